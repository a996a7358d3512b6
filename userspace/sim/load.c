// SPDX-License-Identifier: GPL-2.0
/*
 * A whole trace in memory, its pages numbered densely from 1 in the order of their first reference.
 *
 * The numbers come from one open hash table of 16-byte slots. References are taken in batches: all hashes of a
 * batch first, asking for their cache lines, then the look-ups, so that the misses overlap.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define BATCH		1024
#define PAGES_MAX	(UINT32_MAX - 2)

struct slot {
	uint64_t page;
	uint32_t id;		/* 0: free */
};

/**
 * struct numbering - page numbers to ids
 * @slots: the table
 * @bits: log2 of its size
 * @used: slots in use
 * @raw: page number of each id
 * @raw_room: room in @raw
 */
struct numbering {
	struct slot *slots;
	unsigned int bits;
	uint32_t used;
	uint64_t *raw;
	size_t raw_room;
};

static int numbering_start(struct numbering *n)
{
	n->bits = 12;
	n->used = 0;
	n->raw_room = 1024;
	n->slots = calloc(1UL << n->bits, sizeof(*n->slots));
	n->raw = calloc(n->raw_room, sizeof(*n->raw));
	return n->slots && n->raw ? 0 : -1;
}

/* Room for @more pages at a load of at most 3/4. */
static int numbering_room(struct numbering *n, uint32_t more)
{
	uint64_t need = (uint64_t)n->used + more + 1;

	if (need > n->raw_room) {
		size_t room = 2 * need;
		uint64_t *raw = realloc(n->raw, room * sizeof(*raw));

		if (!raw)
			return -1;
		n->raw = raw;
		n->raw_room = room;
	}
	while (need > (3UL << n->bits) / 4) {
		struct slot *old = n->slots;
		size_t size = 1UL << n->bits, mask = 2 * size - 1;
		struct slot *slots = calloc(2 * size, sizeof(*slots));

		if (!slots)
			return -1;
		n->bits++;
		for (size_t i = 0; i < size; i++) {
			size_t at = trace_hash(old[i].page) >> (64 - n->bits);

			if (!old[i].id)
				continue;
			while (slots[at].id)
				at = (at + 1) & mask;
			slots[at] = old[i];
		}
		free(old);
		n->slots = slots;
	}
	return 0;
}

static void numbering_get(struct numbering *n, const struct trace_ref *refs, uint32_t count,
			  uint32_t *ids)
{
	size_t at[BATCH], mask = (1UL << n->bits) - 1;

	for (uint32_t i = 0; i < count; i++) {
		at[i] = trace_hash(refs[i].page) >> (64 - n->bits);
		__builtin_prefetch(&n->slots[at[i]]);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct slot *slot = &n->slots[at[i]];

		while (slot->id && slot->page != refs[i].page)
			slot = &n->slots[(slot - n->slots + 1) & mask];
		if (!slot->id) {
			slot->page = refs[i].page;
			slot->id = ++n->used;
			n->raw[slot->id] = slot->page;
		}
		ids[i] = slot->id;
	}
}

/**
 * struct builder - a trace that grows
 * @trace: the trace
 * @page: its references
 * @write: its write marks
 * @numbering: its pages' numbers
 * @room: references there is room for
 * @wrote: words of @write there are
 */
struct builder {
	struct trace *trace;
	u32 *page;
	u64 *write;
	struct numbering numbering;
	uint64_t room;
	uint64_t wrote;
};

static int builder_start(struct builder *b, const char *name, uint64_t page_size)
{
	memset(b, 0, sizeof(*b));
	b->trace = calloc(1, sizeof(*b->trace));
	if (!b->trace)
		return -1;
	b->trace->name = strdup(name);
	b->trace->page_size = page_size;
	b->trace->sample = 1;
	return !b->trace->name || numbering_start(&b->numbering) ? -1 : 0;
}

/* Room for another batch of references. */
static int builder_room(struct builder *b)
{
	u32 *page;

	if (b->trace->refs.requests + BATCH <= b->room)
		return 0;
	b->room = b->room ? 2 * b->room : 1UL << 16;
	page = realloc(b->page, b->room * sizeof(*page));
	if (!page)
		return -1;
	b->page = page;
	b->trace->refs.page = page;
	return 0;
}

/* Have @words words of write marks, the new ones clear. */
static int builder_words(struct builder *b, uint64_t words)
{
	u64 *write;

	if (words <= b->wrote)
		return 0;
	write = realloc(b->write, words * sizeof(*write));
	if (!write)
		return -1;
	memset(write + b->wrote, 0, (words - b->wrote) * sizeof(*write));
	b->write = write;
	b->trace->refs.write = write;
	b->wrote = words;
	return 0;
}

static int mark_write(struct builder *b, uint64_t i)
{
	if (i / 64 >= b->wrote && builder_words(b, b->room / 64))
		return -1;
	b->write[i / 64] |= 1ULL << (i % 64);
	return 0;
}

/* Append at most BATCH references; 0, -1 without memory, -2 with too many pages. */
static int builder_add(struct builder *b, const struct trace_ref *refs, uint32_t count)
{
	struct trace *trace = b->trace;

	if (b->numbering.used > PAGES_MAX - BATCH)
		return -2;
	if (builder_room(b) || numbering_room(&b->numbering, count))
		return -1;
	numbering_get(&b->numbering, refs, count, b->page + trace->refs.requests);
	for (uint32_t i = 0; i < count; i++)
		if (refs[i].write && mark_write(b, trace->refs.requests + i))
			return -1;
	trace->refs.requests += count;
	return 0;
}

/* The trace as it is then, without what was needed to build it only; NULL if @keep is false. */
static struct trace *builder_end(struct builder *b, bool keep)
{
	struct trace *trace = b->trace;

	free(b->numbering.slots);
	if (keep && b->write && builder_words(b, trace->refs.requests / 64 + 1))
		keep = false;
	if (!trace || !keep) {
		free(b->numbering.raw);
		trace_free(trace);
		return NULL;
	}
	trace->refs.pages = b->numbering.used;
	trace->raw = realloc(b->numbering.raw, (trace->refs.pages + 1UL) * sizeof(*trace->raw));
	if (!trace->raw)
		trace->raw = b->numbering.raw;
	return trace;
}

struct trace *trace_build(const char *name, const struct trace_ref *refs, uint64_t count,
			  uint64_t page_size)
{
	struct builder b;
	int ret = builder_start(&b, name, page_size);

	for (uint64_t i = 0; i < count && !ret; i += BATCH)
		ret = builder_add(&b, refs + i, count - i < BATCH ? count - i : BATCH);
	return builder_end(&b, !ret);
}

struct trace *trace_load(const char *path, const struct trace_options *options,
			 struct trace_error *error)
{
	struct trace_reader *reader = trace_open(path, options, error);
	struct trace_ref refs[BATCH];
	struct builder b;
	long n = 0;
	int ret;

	if (!reader)
		return NULL;
	ret = builder_start(&b, path, trace_page_size(reader));
	while (!ret) {
		n = trace_read(reader, refs, BATCH);
		if (n <= 0)
			break;
		ret = builder_add(&b, refs, n);
	}
	if (ret)
		trace_fail(error, "%s: %s", path, ret == -1 ? "not enough memory to hold the trace" :
			   "more than 2^32 - 3 distinct pages");
	else if (n == 0 && !b.trace->refs.requests)
		trace_fail(error, "%s: there is no reference in it%s", path,
			   trace_seen(reader) ? " to any of the pages sampled" : "");
	if (b.trace) {
		b.trace->seen = trace_seen(reader);
		if (options && options->sample > 0 && options->sample < 1)
			b.trace->sample = options->sample;
	}
	trace_close(reader);
	return builder_end(&b, !ret && n == 0 && b.trace->refs.requests);
}

static uint32_t group_of(const struct trace *trace, uint32_t page, uint32_t groups)
{
	uint32_t group = trace_hash(trace->raw[page]) * 0x1p-64 / trace->sample * groups;

	return group < groups ? group : groups - 1;
}

struct trace **trace_split(const struct trace *trace, uint32_t groups)
{
	struct trace **parts = calloc(groups, sizeof(*parts));
	struct builder *b = calloc(groups, sizeof(*b));
	bool good = parts && b;

	for (uint32_t g = 0; g < groups && good; g++)
		good = !builder_start(&b[g], "", trace->page_size);
	for (uint64_t i = 0; i < trace->refs.requests && good; i++) {
		uint32_t page = trace->refs.page[i];
		struct trace_ref ref = { trace->raw[page], trace_wrote(&trace->refs, i) };

		good = !builder_add(&b[group_of(trace, page, groups)], &ref, 1);
	}
	for (uint32_t g = 0; g < groups && b && parts; g++) {
		parts[g] = builder_end(&b[g], good);
		good &= !!parts[g];
	}
	free(b);
	if (good)
		return parts;
	for (uint32_t g = 0; g < groups && parts; g++)
		trace_free(parts[g]);
	free(parts);
	return NULL;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	free(trace->name);
	free((void *)trace->refs.page);
	free((void *)trace->refs.write);
	free(trace->raw);
	free(trace);
}
