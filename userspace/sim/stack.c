// SPDX-License-Identifier: GPL-2.0
/*
 * LRU at all sizes at once.
 *
 * A reference hits in a memory of m frames if fewer than m other pages were referenced since the last
 * reference to its page. So one histogram of these distances is the whole curve.
 *
 * The distance is counted on a line of times. Each page has one mark on it, at its last reference:
 *
 *	time   1 2 3 4 5 6 7		distance of the next reference to the page marked at 3:
 *	mark   . . x x . x x		marks at 3 and after, 4
 *
 * Marks are bits. A Fenwick tree counts them by blocks of 512, so that it stays in the cache, and within a block
 * they are counted as bits. When the line is full, the marks are moved to its start in their order: it needs
 * twice as many places as there are pages, and the move costs less than a step a reference.
 *
 * Dirty evictions (Thompson and Smith, ACM TOCS 7(1), 1989): a page written to is written out once by every memory
 * that loses it before it is written to again: by those smaller than the largest distance until then.
 */
#include <stdlib.h>
#include <string.h>

#include "stack.h"
#include "trace.h"

#define BLOCK_WORDS 8
#define BLOCK_BITS (64 * BLOCK_WORDS)

/**
 * struct line - the line of times
 * @bits: the marks
 * @tree: marks before, by blocks, as a Fenwick tree; tree[i] covers the i & -i blocks that end at block i - 1
 * @blocks: how many
 * @now: the next time
 * @marks: marks in all
 */
struct line {
	uint64_t *bits;
	uint32_t *tree;
	uint32_t blocks;
	uint64_t now;
	uint32_t marks;
};

static int line_start(struct line *line, uint32_t pages)
{
	uint64_t places = 2UL * pages + 4 * BLOCK_BITS;

	line->blocks = places / BLOCK_BITS;
	line->bits = calloc(line->blocks, BLOCK_WORDS * sizeof(*line->bits));
	line->tree = calloc(line->blocks + 1UL, sizeof(*line->tree));
	line->now = 0;
	line->marks = 0;
	return line->bits && line->tree ? 0 : -1;
}

static inline void line_set(struct line *line, uint64_t time)
{
	line->bits[time / 64] |= 1ULL << (time % 64);
	for (uint32_t i = time / BLOCK_BITS + 1; i <= line->blocks; i += i & -i)
		line->tree[i]++;
}

static inline void line_clear(struct line *line, uint64_t time)
{
	line->bits[time / 64] &= ~(1ULL << (time % 64));
	for (uint32_t i = time / BLOCK_BITS + 1; i <= line->blocks; i += i & -i)
		line->tree[i]--;
}

/* Marks before @time. */
static inline __attribute__((always_inline))
uint32_t line_before(const struct line *line, uint64_t time)
{
	uint32_t block = time / BLOCK_BITS, count = 0;

	for (uint32_t i = block; i; i &= i - 1)
		count += line->tree[i];
	for (uint64_t word = (uint64_t)block * BLOCK_WORDS; word < time / 64; word++)
		count += __builtin_popcountll(line->bits[word]);
	return count + __builtin_popcountll(line->bits[time / 64] & ((1ULL << (time % 64)) - 1));
}

/* Move the marks to the start of the line; @time holds those of the pages. */
static void line_pack(struct line *line, uint64_t *time, uint32_t pages)
{
	for (uint32_t page = 1; page <= pages; page++)
		if (time[page])
			time[page] = line_before(line, time[page] - 1) + 1UL;
	memset(line->bits, 0, (size_t)line->blocks * BLOCK_WORDS * sizeof(*line->bits));
	memset(line->tree, 0, (line->blocks + 1UL) * sizeof(*line->tree));
	for (uint32_t i = 0; i < line->marks / 64; i++)
		line->bits[i] = ~0ULL;
	if (line->marks % 64)
		line->bits[line->marks / 64] = (1ULL << (line->marks % 64)) - 1;
	for (uint32_t i = 1; i <= line->blocks; i++) {
		uint64_t first = (uint64_t)(i - (i & -i)) * BLOCK_BITS, end = (uint64_t)i * BLOCK_BITS;

		if (first < line->marks)
			line->tree[i] = (end < line->marks ? end : line->marks) - first;
	}
	line->now = line->marks;
}

/* A page was referenced after @distance: its write, if it had one, is written out by smaller memories. */
static inline void note_write(struct stack_curve *curve, uint32_t *exposed, uint32_t distance, bool write)
{
	if (*exposed && distance > *exposed)
		*exposed = distance;
	if (!write)
		return;
	if (*exposed)
		curve->dirty[*exposed]++;
	*exposed = 1;	/* no memory has lost it yet: all have at least one frame */
}

/* @time is that of each page's mark, from 1; @exposed the largest distance since its last write, 0: clean. */
__attribute__((target_clones("popcnt", "default")))
static void pass(const struct quire_trace *refs, struct line *line, uint64_t *time, uint32_t *exposed,
		 struct stack_curve *curve, uint64_t *done)
{
	const uint64_t step = 1UL << 20, ahead = 16;

	for (uint64_t i = 0; i < refs->requests; i++) {
		uint32_t page = refs->page[i], distance = 0;

		if (i + ahead < refs->requests)
			__builtin_prefetch(&time[refs->page[i + ahead]]);
		if (line->now == (uint64_t)line->blocks * BLOCK_BITS)
			line_pack(line, time, refs->pages);
		if (time[page]) {
			distance = line->marks - line_before(line, time[page] - 1);
			curve->distance[distance]++;
			line_clear(line, time[page] - 1);
		} else {
			line->marks++;
		}
		line_set(line, line->now);
		time[page] = ++line->now;
		if (exposed)
			note_write(curve, &exposed[page], distance, trace_wrote(refs, i));
		if (done && i % step == step - 1)
			__atomic_fetch_add(done, step, __ATOMIC_RELAXED);
	}
	for (uint32_t page = 1; page <= refs->pages && exposed; page++) {
		/* Memories smaller than its depth in the stack have lost it at the end. */
		uint32_t depth = line->marks - line_before(line, time[page] - 1);

		if (exposed[page]) {
			note_write(curve, &exposed[page], depth, false);
			curve->dirty[exposed[page]]++;
		}
	}
	if (done)
		__atomic_fetch_add(done, refs->requests % step, __ATOMIC_RELAXED);
}

struct stack_curve *stack_run(const struct quire_trace *refs, uint64_t *done)
{
	struct stack_curve *curve = calloc(1, sizeof(*curve));
	uint64_t *time = calloc(refs->pages + 1UL, sizeof(*time));
	uint32_t *exposed = refs->write ? calloc(refs->pages + 1UL, sizeof(*exposed)) : NULL;
	struct line line;
	bool good = !line_start(&line, refs->pages) && curve && time && (exposed || !refs->write);

	if (good) {
		curve->pages = refs->pages;
		curve->requests = refs->requests;
		curve->distance = calloc(refs->pages + 1UL, sizeof(*curve->distance));
		curve->dirty = calloc(refs->pages + 1UL, sizeof(*curve->dirty));
		good = curve->distance && curve->dirty;
	}
	if (good)
		pass(refs, &line, time, exposed, curve, done);
	free(line.bits);
	free(line.tree);
	free(time);
	free(exposed);
	if (!good) {
		stack_free(curve);
		return NULL;
	}
	return curve;
}

void stack_sum(struct stack_curve *curve)
{
	uint64_t above = 0, dirty = 0;

	for (uint32_t i = curve->pages + 1; i-- > 0; ) {
		uint64_t here = curve->distance[i], written = curve->dirty[i];

		curve->distance[i] = above;
		curve->dirty[i] = dirty;
		above += here;
		dirty += written;
	}
}

void stack_at(const struct stack_curve *curve, uint32_t frames, struct quire_result *result)
{
	uint32_t at = frames < curve->pages ? frames : curve->pages;

	*result = (struct quire_result){
		.requests = curve->requests,
		.faults = curve->pages + curve->distance[at],
		.cold_faults = curve->pages,
		.dirty_evictions = curve->dirty[at],
	};
	result->hits = result->requests - result->faults;
	if (result->faults > frames)
		result->evictions = result->faults - frames;
}

void stack_free(struct stack_curve *curve)
{
	if (!curve)
		return;
	free(curve->distance);
	free(curve->dirty);
	free(curve);
}
