// SPDX-License-Identifier: GPL-2.0
/*
 * quire sim --step: what each reference does, for people who learn.
 *
 * Policies go one reference at a time through the same code as always. OPT is done as Belady wrote it, looking
 * ahead through the trace for each victim: slow, and plain to see.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command_sim.h"

/**
 * struct show - a memory being shown
 * @trace: the trace
 * @frame: page id in each frame, 0: empty
 * @dirty: whether each was written to
 * @frames: how many
 * @wide: digits of the largest page number
 * @result: the counts so far
 */
struct show {
	const struct trace *trace;
	uint32_t *frame;
	bool *dirty;
	uint32_t frames;
	int wide;
	struct quire_result result;
};

static uint32_t find_frame(const struct show *show, uint32_t page)
{
	uint32_t f = 0;

	while (f < show->frames && show->frame[f] != page)
		f++;
	return f;
}

static uint64_t number(const struct show *show, uint32_t page)
{
	return show->trace->raw[page];
}

/* A list from its head on, as page numbers. */
static void print_list(const struct show *show, const struct quire_pool *pool,
		       const struct quire_list *list)
{
	for (quire_page_t page = quire_list_first(list); page; page = quire_list_next(pool, list, page)) {
		const char *marks = pool->ops->marks;

		printf(" %" PRIu64, number(show, page));
		for (u32 bit = 1; marks && *marks; marks++, bit <<= 1)
			if (*marks != ' ' && quire_marked(quire_node(pool, page), bit))
				putchar(*marks);
	}
}

static void print_lists(const struct show *show, struct quire_pool *pool)
{
	const struct quire_list_info *info = pool->ops->lists;

	for (; info && info->name; info++) {
		const struct quire_list *list = (void *)((char *)quire_priv(pool) + info->offset);

		for (int i = 0; i < info->count; i++) {
			if (info->count > 1 && !list[i].size)
				continue;
			printf("  %s", info->name);
			if (info->count > 1)
				printf("[%d]", i);
			printf("%s", info->ghosts ? " (ghosts):" : ":");
			print_list(show, pool, &list[i]);
		}
	}
}

/* The head of the next OPT's victim: the frame whose page is needed last, and of those never needed a clean one. */
static uint32_t farthest(const struct show *show, uint64_t i)
{
	const struct quire_trace *refs = &show->trace->refs;
	uint64_t best_use = 0;
	uint32_t best = 0;

	for (uint32_t f = 0; f < show->frames; f++) {
		uint64_t use = i + 1;

		while (use < refs->requests && refs->page[use] != show->frame[f])
			use++;
		if (use == refs->requests && !show->dirty[f])
			use++;
		if (use > best_use) {
			best_use = use;
			best = f;
		}
	}
	return best;
}

/* OPT's reference; the same as quire_pool_step(). */
static struct quire_event opt_step(const struct show *show, uint64_t i)
{
	uint32_t page = show->trace->refs.page[i], victim;
	struct quire_event event = { .evicted = QUIRE_NONE, .hit = find_frame(show, page) < show->frames };

	if (event.hit || find_frame(show, 0) < show->frames)
		return event;
	victim = farthest(show, i);
	event.evicted = show->frame[victim];
	event.dirty = show->dirty[victim];
	return event;
}

static void count(struct show *show, const struct quire_event *event)
{
	struct quire_result *r = &show->result;

	r->requests++;
	r->hits += event->hit;
	r->faults += !event->hit;
	r->evictions += event->evicted != QUIRE_NONE;
	r->dirty_evictions += event->dirty;
}

static void print_step(const struct show *show, uint64_t i, const struct quire_event *event)
{
	uint32_t page = show->trace->refs.page[i];
	char what[64];

	if (event->hit)
		snprintf(what, sizeof(what), "hit");
	else if (event->evicted)
		snprintf(what, sizeof(what), "fault, out %*" PRIu64 "%s", show->wide,
			 number(show, event->evicted), event->dirty ? "*" : "");
	else
		snprintf(what, sizeof(what), "fault");
	printf("%6" PRIu64 "  %*" PRIu64 "%c  %-*s [", i + 1, show->wide, number(show, page),
	       trace_wrote(&show->trace->refs, i) ? 'W' : ' ', 13 + show->wide, what);
	for (uint32_t f = 0; f < show->frames; f++) {
		if (show->frame[f])
			printf(" %*" PRIu64 "%c", show->wide, number(show, show->frame[f]),
			       show->dirty[f] ? '*' : ' ');
		else
			printf(" %*s ", show->wide, ".");
	}
	putchar(']');
}

static void show_all(struct show *show, struct quire_pool *pool)
{
	const struct quire_trace *refs = &show->trace->refs;

	for (uint64_t i = 0; i < refs->requests; i++) {
		bool write = trace_wrote(refs, i);
		struct quire_event event;
		uint32_t f;

		event = pool ? quire_pool_step(pool, refs->page[i], write) : opt_step(show, i);
		count(show, &event);
		f = find_frame(show, event.hit ? refs->page[i] : event.evicted);
		show->dirty[f] = write || (event.hit && show->dirty[f]);
		show->frame[f] = refs->page[i];
		print_step(show, i, &event);
		if (pool)
			print_lists(show, pool);
		putchar('\n');
	}
}

/* One policy with one size; 0 or -1. */
static int show_one(const struct trace *trace, const struct sim_policy *policy, uint32_t frames)
{
	struct show show = {
		.trace = trace,
		.frame = calloc(frames, sizeof(*show.frame)),
		.dirty = calloc(frames, sizeof(*show.dirty)),
		.frames = frames,
	};
	struct quire_pool *pool = policy->engine ? sim_pool(policy, frames, trace->refs.pages) : NULL;
	uint64_t highest = 0;
	int ret = -1;

	for (uint32_t page = 1; page <= trace->refs.pages; page++)
		if (trace->raw[page] > highest)
			highest = trace->raw[page];
	show.wide = snprintf(NULL, 0, "%" PRIu64, highest);
	if (show.frame && show.dirty && (pool || !policy->engine)) {
		printf("%s, %u frames: %s\n", policy->spec, frames, sim_policy_about(policy));
		printf("%6s  %*s   %-*s  frames (* written to)%s\n", "", show.wide, "page", 13 + show.wide - 3,
		       "", pool && pool->ops->lists ? "  lists, from the head" : "");
		show_all(&show, pool);
		printf("%" PRIu64 " faults, %" PRIu64 " hits, %" PRIu64 " evictions (%" PRIu64 " dirty)\n\n",
		       (uint64_t)show.result.faults, (uint64_t)show.result.hits,
		       (uint64_t)show.result.evictions, (uint64_t)show.result.dirty_evictions);
		ret = 0;
	}
	quire_pool_free(pool);
	free(show.frame);
	free(show.dirty);
	return ret;
}

int sim_step(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
	     struct trace_error *error)
{
	for (uint32_t p = 0; p < sim->policies; p++)
		for (int s = 0; s < sizes; s++)
			if (show_one(trace, &sim->policy[p], frames[s]))
				return trace_fail(error, "policy %s with %u frames: not enough memory, or it does not run with so few",
						  sim->policy[p].spec, frames[s]);
	return 0;
}
