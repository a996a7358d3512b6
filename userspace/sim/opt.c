// SPDX-License-Identifier: GPL-2.0
/*
 * OPT without looking ahead.
 *
 * Belady's rule, to evict the page whose next use is farthest, needs the future at each eviction. Whether a
 * reference hits does not. Let a page be referenced at time p and next at time t. It is a hit if OPT kept the
 * page over the times between, p < s < t. Each time s has frames - 1 places for pages that are kept (one frame
 * holds the page referenced at s). Taken in the order of their ends, an interval is kept exactly if all its
 * times have a place left: a kept interval is never one that Belady's rule would have given up, because that
 * rule gives up the latest end among those that overlap (the intervals scheme of Carlisle and Lloyd; Jain and
 * Lin use it as OPTgen, ISCA 2016).
 *
 * All kept intervals end before now, so only one thing matters of the past: M(p), the most places taken at
 * any time after p. It falls as p grows, in steps of one, and keeping (p, t) adds one to it at and after p:
 *
 *	M  3 |----+                       keep (p, t): the step at or before p goes away,
 *	   2 |    +-----+                 a step at t - 1 is added
 *	   1 |    .     +------+
 *	   0 |    .   p .      +----      hit if M(p) < frames - 1
 *	     +----s1----s2-----s3--- time
 *
 * The steps are a set of at most frames - 1 times. M(p) is the number of steps after p, so it is below
 * frames - 1 if there are fewer steps than that, or one at or before p. A reference therefore asks for the
 * last step at or before p, takes it away and adds t - 1. The set is a bitmap over time with summaries, 64 bits
 * to one; additions come at its end, so what is in use stays in the cache.
 *
 * Dirty evictions need to know which pages went, not only how many. A page that faults again went after its
 * last use. The others compete for the frames at the end, like intervals that all end together: those that are
 * dirty first, each kept if it still fits.
 */
#include <stdlib.h>

#include "big.h"
#include "opt.h"

#define LEVELS 7

/**
 * struct steps - a set of times
 * @level: bitmaps; a bit of one says that the word of that number below is not 0
 * @levels: how many
 * @count: times in the set
 * @low: no time below this is in the set (it never gets an earlier one)
 */
struct steps {
	uint64_t *level[LEVELS];
	int levels;
	uint64_t count;
	uint64_t low;
};

static int steps_start(struct steps *s, uint64_t times)
{
	*s = (struct steps){ };
	do {
		times = times / 64 + 1;
		s->level[s->levels] = big_alloc(times * sizeof(uint64_t));
		if (!s->level[s->levels++])
			return -1;
	} while (times > 1);
	return 0;
}

static void steps_end(struct steps *s)
{
	for (int i = 0; i < s->levels; i++)
		big_free(s->level[i]);
}

static inline void steps_add(struct steps *s, uint64_t time)
{
	s->count++;
	for (int i = 0; i < s->levels; i++, time /= 64) {
		uint64_t *word = &s->level[i][time / 64];
		uint64_t before = *word;

		*word = before | 1ULL << (time % 64);
		if (before)
			break;
	}
}

static inline void steps_delete(struct steps *s, uint64_t time)
{
	s->count--;
	for (int i = 0; i < s->levels; i++, time /= 64) {
		uint64_t *word = &s->level[i][time / 64];

		*word &= ~(1ULL << (time % 64));
		if (*word)
			break;
	}
}

/* Take away the last step at or before @time; false if there is none. */
static inline bool steps_take(struct steps *s, uint64_t time)
{
	uint64_t at = time;
	int i;

	if (time < s->low)
		return false;
	for (i = 0; i < s->levels; i++) {
		uint64_t word = s->level[i][at / 64] & (~0ULL >> (63 - at % 64));

		if (word) {
			at = (at & ~63ULL) + 63 - __builtin_clzll(word);
			break;
		}
		if (at < 64) {
			s->low = time + 1;
			return false;
		}
		at = at / 64 - 1;
	}
	if (i == s->levels)
		return false;
	while (i-- > 0)
		at = at * 64 + 63 - __builtin_clzll(s->level[i][at]);
	steps_delete(s, at);
	return true;
}

/* The last use of each page, from 1; 0: none. In 4 bytes where that is enough. */
static inline __attribute__((always_inline))
uint64_t last_use(const void *last, uint32_t page, bool wide)
{
	return wide ? ((const uint64_t *)last)[page] : ((const uint32_t *)last)[page];
}

static inline __attribute__((always_inline))
void set_last_use(void *last, uint32_t page, uint64_t time, bool wide)
{
	if (wide)
		((uint64_t *)last)[page] = time;
	else
		((uint32_t *)last)[page] = time;
}

static inline bool test_bit(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void put_bit(uint64_t *bits, uint32_t i, bool value)
{
	bits[i / 64] = (bits[i / 64] & ~(1ULL << (i % 64))) | (uint64_t)value << (i % 64);
}

/* Times are counted from 1, the reference i being at i + 1. */
static inline __attribute__((always_inline))
void run(const struct quire_trace *trace, uint64_t places, struct steps *steps, void *last,
	 uint64_t *dirty, bool wide, struct quire_result *c, u64 *done)
{
	const uint64_t ahead = 16, step = 1UL << 20;

	for (uint64_t t = 1; t <= trace->requests; t++) {
		uint32_t page = trace->page[t - 1];
		uint64_t p = last_use(last, page, wide);
		bool hit;

		if (t + ahead <= trace->requests)
			__builtin_prefetch((char *)last + (wide ? 8UL : 4UL) * trace->page[t - 1 + ahead]);
		set_last_use(last, page, t, wide);
		if (!p) {
			c->cold_faults++;
			hit = false;
		} else if (p == t - 1) {
			hit = true;	/* nothing lies between */
		} else {
			hit = steps_take(steps, p) || steps->count < places;
			if (hit)
				steps_add(steps, t - 1);
		}
		c->hits += hit;
		if (dirty) {
			bool was = test_bit(dirty, page);

			c->dirty_evictions += was && !hit;
			put_bit(dirty, page, (was && hit) || (trace->write[(t - 1) / 64] >> ((t - 1) % 64) & 1));
		}
		if (done && t % step == 0)
			__atomic_fetch_add(done, step, __ATOMIC_RELAXED);
	}
	if (done)
		__atomic_fetch_add(done, trace->requests % step, __ATOMIC_RELAXED);
	for (uint32_t page = 1; page <= trace->pages && dirty; page++) {
		uint64_t p = last_use(last, page, wide);

		if (!test_bit(dirty, page) || p == trace->requests)
			continue;
		if (steps_take(steps, p) || steps->count < places)
			steps->count++;	/* a step at the end, before which no page asks */
		else
			c->dirty_evictions++;
	}
}

int opt_run(const struct quire_trace *trace, uint32_t frames, struct quire_result *result, u64 *done)
{
	bool wide = trace->requests > UINT32_MAX;
	struct steps steps;
	uint64_t *dirty = NULL;
	void *last = big_alloc((trace->pages + 1UL) * (wide ? 8 : 4));
	int ret = steps_start(&steps, trace->requests);

	*result = (struct quire_result){ .requests = trace->requests };
	if (trace->write) {
		dirty = calloc(trace->pages / 64 + 1UL, sizeof(*dirty));
		ret |= -!dirty;
	}
	if (!last || ret) {
		ret = -1;
	} else {
		if (wide)
			run(trace, frames - 1UL, &steps, last, dirty, true, result, done);
		else
			run(trace, frames - 1UL, &steps, last, dirty, false, result, done);
		result->faults = result->requests - result->hits;
		if (result->faults > frames)
			result->evictions = result->faults - frames;
	}
	steps_end(&steps);
	big_free(last);
	free(dirty);
	return ret;
}
