// SPDX-License-Identifier: GPL-2.0
/*
 * Segmentation.
 *
 *	memory	|  seg 3  |....|  seg 0  |  seg 7  |..........|  seg 1  |..|
 *	                   hole                        hole              hole
 *
 * The segments in memory are kept in the order of their addresses there, so that the holes are what lies
 * between them. There are few segments, so that all is done by looking at each.
 */
#include <stdlib.h>
#include <string.h>

#include "segments.h"

static int by_page(const void *a, const void *b, void *raw)
{
	uint64_t x = ((uint64_t *)raw)[*(const uint32_t *)a], y = ((uint64_t *)raw)[*(const uint32_t *)b];

	return (x > y) - (x < y);
}

int segments_find(const struct trace *trace, uint64_t gap, struct segments *segments)
{
	uint32_t pages = trace->refs.pages;
	uint32_t *sorted = malloc(pages * sizeof(*sorted));
	uint64_t size = trace->page_size;
	struct segment *now = NULL;

	segments->segment = malloc(pages * sizeof(*segments->segment));
	segments->of = malloc((pages + 1UL) * sizeof(*segments->of));
	segments->count = 0;
	if (!sorted || !segments->segment || !segments->of) {
		free(sorted);
		segments_free(segments);
		return -1;
	}
	for (uint32_t i = 0; i < pages; i++)
		sorted[i] = i + 1;
	qsort_r(sorted, pages, sizeof(*sorted), by_page, trace->raw);
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t base = trace->raw[sorted[i]] * size;

		if (!now || base - (now->base + now->size) >= gap) {
			now = &segments->segment[segments->count++];
			now->base = base;
		}
		now->size = base + size - now->base;
		segments->of[sorted[i]] = segments->count - 1;
	}
	free(sorted);
	return 0;
}

void segments_free(struct segments *segments)
{
	free(segments->segment);
	free(segments->of);
	segments->segment = NULL;
	segments->of = NULL;
}

/* A segment in memory. */
struct placed {
	uint32_t segment;
	uint64_t at;
};

/**
 * struct memory - memory with segments in it
 * @segments: all segments
 * @size: bytes
 * @free: bytes free
 * @placed: those in memory, by address
 * @count: how many
 * @used: time of the last reference to each segment; 0: not in memory
 * @dirty: each was written to since it came
 */
struct memory {
	const struct segments *segments;
	uint64_t size, free;
	struct placed *placed;
	uint32_t count;
	uint64_t *used;
	bool *dirty;
};

static uint64_t size_of(const struct memory *m, uint32_t place)
{
	return m->segments->segment[m->placed[place].segment].size;
}

/* The hole before @place (that after the last one, for @place = count): its size; *at is its start. */
static uint64_t hole(const struct memory *m, uint32_t place, uint64_t *at)
{
	uint64_t end = place < m->count ? m->placed[place].at : m->size;

	*at = place ? m->placed[place - 1].at + size_of(m, place - 1) : 0;
	return end - *at;
}

/* The hole for @size bytes: before which place it is; count + 1: there is none. @largest is set to the largest. */
static uint32_t choose(const struct memory *m, uint64_t size, enum fit fit, uint64_t *largest)
{
	uint32_t best = m->count + 1;
	uint64_t best_size = 0;

	*largest = 0;
	for (uint32_t place = 0; place <= m->count; place++) {
		uint64_t at, here = hole(m, place, &at);

		if (here > *largest)
			*largest = here;
		if (here < size)
			continue;
		if (best > m->count || (fit == BEST_FIT && here < best_size) ||
		    (fit == WORST_FIT && here > best_size)) {
			best = place;
			best_size = here;
		}
	}
	return best;
}

static void compact(struct memory *m, struct segments_result *r)
{
	uint64_t at = 0;

	r->compactions++;
	for (uint32_t place = 0; place < m->count; place++) {
		if (m->placed[place].at != at)
			r->bytes_moved += size_of(m, place);
		m->placed[place].at = at;
		at += size_of(m, place);
	}
}

static void evict(struct memory *m, struct segments_result *r)
{
	uint32_t oldest = 0, segment;

	for (uint32_t place = 1; place < m->count; place++)
		if (m->used[m->placed[place].segment] < m->used[m->placed[oldest].segment])
			oldest = place;
	segment = m->placed[oldest].segment;
	r->evictions++;
	if (m->dirty[segment])
		r->bytes_out += size_of(m, oldest);
	m->free += size_of(m, oldest);
	m->used[segment] = 0;
	m->dirty[segment] = false;
	m->count--;
	memmove(&m->placed[oldest], &m->placed[oldest + 1], (m->count - oldest) * sizeof(*m->placed));
}

static void bring_in(struct memory *m, uint32_t segment, enum fit fit, struct segments_result *r)
{
	uint64_t size = m->segments->segment[segment].size, largest, at;
	uint32_t place = choose(m, size, fit, &largest);

	r->faults++;
	r->bytes_in += size;
	if (m->free)
		r->external += 1 - (double)largest / m->free;
	while (place > m->count) {
		if (m->free >= size)
			compact(m, r);
		else
			evict(m, r);
		place = choose(m, size, fit, &largest);
	}
	hole(m, place, &at);
	memmove(&m->placed[place + 1], &m->placed[place], (m->count - place) * sizeof(*m->placed));
	m->placed[place] = (struct placed){ segment, at };
	m->count++;
	m->free -= size;
}

int segments_run(const struct trace *trace, const struct segments *segments, uint64_t memory,
		 enum fit fit, struct segments_result *result)
{
	struct memory m = {
		.segments = segments,
		.size = memory,
		.free = memory,
		.placed = calloc(segments->count, sizeof(*m.placed)),
		.used = calloc(segments->count, sizeof(*m.used)),
		.dirty = calloc(segments->count, sizeof(*m.dirty)),
	};
	int ret = m.placed && m.used && m.dirty ? 0 : -1;

	*result = (struct segments_result){ };
	for (uint64_t i = 0; i < trace->refs.requests && !ret; i++) {
		uint32_t segment = segments->of[trace->refs.page[i]];

		if (segments->segment[segment].size > memory) {
			result->refused++;
			continue;
		}
		if (!m.used[segment])
			bring_in(&m, segment, fit, result);
		m.used[segment] = i + 1;
		m.dirty[segment] |= trace_wrote(&trace->refs, i);
	}
	if (result->faults)
		result->external /= result->faults;
	free(m.placed);
	free(m.used);
	free(m.dirty);
	return ret;
}
