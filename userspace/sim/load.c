// SPDX-License-Identifier: GPL-2.0
/*
 * A whole trace in memory, its pages numbered densely from 1 in the order of their first reference.
 *
 * The numbers come from an open hash table of ids, the page numbers standing apart by id. References are taken in
 * batches: all hashes of a batch first, asking for the slots' cache lines, then for those of the page numbers that
 * these point to, then the comparisons, so that the misses overlap.
 */
#include <stdlib.h>
#include <string.h>

#include "big.h"
#include "trace.h"

#define BATCH		1024
/* Arrays grow by this much: what is not yet used of them costs no memory, and growing seldom costs no copies. */
#define GROW		8
#define PAGES_MAX	(UINT32_MAX - 2)

/**
 * struct numbering - page numbers to ids
 * @slots: the table: ids, 0: free
 * @bits: log2 of its size
 * @used: ids given
 * @raw: page number of each id
 * @raw_room: room in @raw
 */
struct numbering {
	uint32_t *slots;
	unsigned int bits;
	uint32_t used;
	uint64_t *raw;
	size_t raw_room;
};

static int numbering_start(struct numbering *n)
{
	n->bits = 15;
	n->used = 0;
	n->raw_room = 1UL << 14;
	n->slots = big_alloc(sizeof(*n->slots) << n->bits);
	n->raw = big_alloc(n->raw_room * sizeof(*n->raw));
	return n->slots && n->raw ? 0 : -1;
}

/* Where to begin to look for a page. */
static inline size_t slot_of(const struct numbering *n, uint64_t page)
{
	return trace_hash(page) >> (64 - n->bits);
}

/* A table of four times the slots; few are in use then, so that it grows seldom. */
static int numbering_widen(struct numbering *n)
{
	uint32_t *slots = big_alloc(4 * sizeof(*slots) << n->bits);
	size_t mask;

	if (!slots)
		return -1;
	big_free(n->slots);
	n->slots = slots;
	n->bits += 2;
	mask = (1UL << n->bits) - 1;
	for (uint32_t id = 1; id <= n->used; id++) {
		size_t at = slot_of(n, n->raw[id]);

		while (slots[at])
			at = (at + 1) & mask;
		slots[at] = id;
	}
	return 0;
}

/* Room for @more pages at a load of at most 1/2. */
static int numbering_room(struct numbering *n, uint32_t more)
{
	uint64_t need = (uint64_t)n->used + more + 1;

	if (need > n->raw_room) {
		size_t room = GROW * need;
		uint64_t *raw = big_grow(n->raw, room * sizeof(*raw));

		if (!raw)
			return -1;
		n->raw = raw;
		n->raw_room = room;
	}
	while (need > 1UL << (n->bits - 1))
		if (numbering_widen(n))
			return -1;
	return 0;
}

static void numbering_get(struct numbering *n, const struct trace_ref *refs, uint32_t count,
			  uint32_t *ids)
{
	size_t at[BATCH], mask = (1UL << n->bits) - 1;

	for (uint32_t i = 0; i < count; i++) {
		at[i] = slot_of(n, refs[i].page);
		__builtin_prefetch(&n->slots[at[i]]);
	}
	for (uint32_t i = 0; i < count; i++)
		__builtin_prefetch(&n->raw[n->slots[at[i]]]);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t *slot = &n->slots[at[i]];

		while (*slot && n->raw[*slot] != refs[i].page)
			slot = &n->slots[(slot - n->slots + 1) & mask];
		if (!*slot) {
			*slot = ++n->used;
			n->raw[*slot] = refs[i].page;
		}
		ids[i] = *slot;
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
	b->room = b->room ? GROW * b->room : 1UL << 18;
	page = big_grow(b->page, b->room * sizeof(*page));
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
	write = big_grow(b->write, words * sizeof(*write));
	if (!write)
		return -1;
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

	big_free(b->numbering.slots);
	if (keep && b->write && builder_words(b, trace->refs.requests / 64 + 1))
		keep = false;
	if (!trace || !keep) {
		big_free(b->numbering.raw);
		trace_free(trace);
		return NULL;
	}
	trace->refs.pages = b->numbering.used;
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
	big_free(trace->refs.page);
	big_free(trace->refs.write);
	big_free(trace->raw);
	free(trace);
}
