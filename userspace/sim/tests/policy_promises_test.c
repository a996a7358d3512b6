// SPDX-License-Identifier: GPL-2.0
/* What papers and textbooks promise: loops, scans, hot sets, more memory, nothing below OPT. */
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "tap.h"

#define REQUESTS 200000

static u32 page[REQUESTS];
static u64 luck = 88172645463325252ull;

static u32 random_below(u32 below)
{
	luck ^= luck << 13;
	luck ^= luck >> 7;
	luck ^= luck << 17;
	return (luck >> 32) * below >> 32;
}

/* Faults from request @from on. */
static u64 late_faults(const char *policy, u32 from, u32 n, u32 pages, u32 frames)
{
	const struct quire_engine *engine = quire_engine_find(policy);
	const struct quire_trace trace = { page, NULL, n, pages };
	struct quire_pool *pool = quire_pool_new(engine->ops, frames, pages, 1);
	struct quire_result early = { 0 }, late = { 0 };

	if (!pool || quire_pool_start(pool))
		exit(1);
	engine->run(pool, &trace, 0, from, &early);
	engine->run(pool, &trace, from, n, &late);
	quire_pool_free(pool);
	return late.faults;
}

static u64 faults(const char *policy, u32 n, u32 pages, u32 frames)
{
	return late_faults(policy, 0, n, pages, frames);
}

/* Belady's OPT by search: the resident page whose next use is furthest goes. */
static u32 opt_faults(u32 n, u32 frames)
{
	u32 resident[16], held = 0, count = 0;

	for (u32 i = 0; i < n; i++) {
		u32 worst = 0, furthest = 0, at;

		for (at = 0; at < held && resident[at] != page[i]; at++)
			;
		if (at < held)
			continue;
		count++;
		if (held < frames) {
			resident[held++] = page[i];
			continue;
		}
		for (u32 j = 0; j < held; j++) {
			u32 next = i + 1;

			while (next < n && page[next] != resident[j])
				next++;
			if (next > furthest) {
				furthest = next;
				worst = j;
			}
		}
		resident[worst] = page[i];
	}
	return count;
}

/* A loop over a tenth more pages than there are frames. */
static void test_loop(void)
{
	const u32 frames = 1000, pages = 1100, rounds = 50, n = pages * rounds;
	/* Nobody can hold more than the frames: 100 faults a round after the first. */
	const u64 least = pages + (rounds - 1) * (pages - frames);
	static const char *const lost[] = { "fifo", "lru", "clock", "sieve", "slru", "nru" };
	static const char *const good[] = { "mru", "lirs", "clock_pro", "atlas" };

	for (u32 i = 0; i < n; i++)
		page[i] = 1 + i % pages;
	for (size_t i = 0; i < QUIRE_COUNT_OF(lost); i++)
		ok(faults(lost[i], n, pages, frames) == n, "loop: %s misses every time", lost[i]);
	for (size_t i = 0; i < QUIRE_COUNT_OF(good); i++) {
		u64 had = late_faults(good[i], n / 2, n, pages, frames);

		ok(had < rounds / 2 * (pages - frames) * 5 / 4,
		   "loop: %s has at most 125 faults a round when it has learnt it (%llu in 25)",
		   good[i], (unsigned long long)had);
	}
	for (const struct quire_engine *const *e = quire_engines; *e; e++)
		ok(faults((*e)->ops->name, n, pages, frames) >= least, "loop: %s not below OPT",
		   (*e)->ops->name);
}

/* A hot set that fits, used half of the time; the other half one scan of pages never used again. */
static void test_scan(void)
{
	const u32 frames = 1000, hot = 600, n = REQUESTS;
	static const char *const resist[] = {
		"2q", "arc", "lirs", "s3fifo", "clock_pro", "lru_k", "slru", "lfu", "sieve"
	};
	u32 scanned = 0;
	u64 least, lru;

	for (u32 i = 0; i < n; i++)
		page[i] = i % 2 ? 1 + random_below(hot) : 1 + hot + scanned++;
	least = scanned + hot;	/* each page once: nobody can do better */
	lru = faults("lru", n, hot + scanned, frames) - least;
	ok(lru > 10000, "scan: lru loses the hot set again and again (%llu times)",
	   (unsigned long long)lru);
	for (size_t i = 0; i < QUIRE_COUNT_OF(resist); i++) {
		u64 lost = faults(resist[i], n, hot + scanned, frames) - least;

		ok(lost <= 3000, "scan: %s keeps the hot set (loses %llu of 100,000, lru %llu)",
		   resist[i], (unsigned long long)lost, (unsigned long long)lru);
	}
}

/* Two hot sets, one after the other: who learns the second? */
static void test_change(void)
{
	const u32 frames = 500, hot = 400, n = 100000;
	static const char *const learn[] = {
		"fifo", "lru", "clock", "sieve", "2q", "arc", "lirs", "s3fifo", "clock_pro", "slru",
		"aging", "nru", "wsclock", "random", "lru_k", "atlas"
	};

	for (u32 i = 0; i < n; i++)
		page[i] = 1 + random_below(hot) + (i < n / 2 ? 0 : hot);
	for (size_t i = 0; i < QUIRE_COUNT_OF(learn); i++) {
		u64 had = faults(learn[i], n, hot * 2, frames);

		ok(had < 8000, "change: %s learns the new set (%llu faults, the least is 800)",
		   learn[i], (unsigned long long)had);
	}
}

/* More memory: never worse for stack algorithms; FIFO has its anomaly. */
static void test_inclusion(void)
{
	static const char *const stack[] = { "lru", "mru" };
	const u32 pages = 60, n = 20000;

	for (u32 i = 0; i < n; i++)
		page[i] = 1 + random_below(1 + random_below(pages));
	for (size_t i = 0; i < QUIRE_COUNT_OF(stack); i++) {
		u64 before = n;
		bool grows = false;

		for (u32 frames = 1; frames <= pages; frames++) {
			u64 had = faults(stack[i], n, pages, frames);

			grows |= had > before;
			before = had;
		}
		ok(!grows, "inclusion: %s has no more faults with more frames", stack[i]);
		ok(before == pages, "inclusion: %s with room for all has cold faults only",
		   stack[i]);
	}
}

/* A thousand small random strings: no policy has fewer faults than OPT. */
static void test_opt(void)
{
	for (const struct quire_engine *const *e = quire_engines; *e; e++) {
		u32 below = 0;

		for (u32 round = 0; round < 1000; round++) {
			u32 pages = 3 + random_below(8), frames = 1 + random_below(6);
			u32 n = 20 + random_below(60);

			for (u32 i = 0; i < n; i++)
				page[i] = 1 + random_below(pages);
			below += faults((*e)->ops->name, n, pages, frames) < opt_faults(n, frames);
		}
		ok(!below, "opt: %s is never below it (%u of 1000)", (*e)->ops->name, below);
	}
}

/* Each page of the pool is as likely to go: chi-squared over 15 degrees of freedom. */
static void test_random(void)
{
	u32 went[33] = { 0 }, frames = 16, n = 0;
	double chi = 0;

	for (u32 round = 0; round < 4000; round++) {
		struct quire_pool *pool = quire_pool_new(quire_engine_find("random")->ops, frames,
							 32, round);

		if (!pool || quire_pool_start(pool))
			exit(1);
		for (u32 i = 1; i <= frames; i++)
			quire_pool_step(pool, i, false);
		went[quire_pool_step(pool, frames + 1, false).evicted]++;
		n++;
		quire_pool_free(pool);
	}
	for (u32 i = 1; i <= frames; i++) {
		double expect = (double)n / frames;

		chi += (went[i] - expect) * (went[i] - expect) / expect;
	}
	/* 37.7 is passed once in 1,000 by chance; the seeds are fixed, so this is one draw. */
	ok(chi < 37.7, "random: all pages are equally likely (chi squared %.1f of 37.7)", chi);
}

/* Dirty pages that had to be written; @param of the policy is set to 20 if it is not NULL. */
static u64 written(const char *policy, const struct quire_trace *trace, u32 frames,
		   const char *param)
{
	const struct quire_engine *engine = quire_engine_find(policy);
	struct quire_pool *pool = quire_pool_new(engine->ops, frames, trace->pages, 1);
	struct quire_result result = { 0 };

	if (!pool || (param && quire_pool_set(pool, param, 20)) || quire_pool_start(pool))
		exit(1);
	engine->run(pool, trace, 0, trace->requests, &result);
	quire_pool_free(pool);
	return result.dirty_evictions;
}

/* A dirty page costs a write: NRU takes clean ones first, WSClock if they are old enough. */
static void test_dirty(void)
{
	static u64 write[REQUESTS / 64];
	const u32 pages = 400, frames = 100, n = 60000;
	const struct quire_trace trace = { page, write, n, pages };
	u64 clock, nru, wsclock;

	for (u32 i = 0; i < n; i++) {
		page[i] = 1 + random_below(pages);
		if (page[i] % 16 == 0)
			write[i / 64] |= 1ull << i % 64;
	}
	clock = written("clock", &trace, frames, NULL);
	nru = written("nru", &trace, frames, NULL);
	wsclock = written("wsclock", &trace, frames, "tau");
	ok(nru * 2 < clock, "dirty: nru writes less than half as much as clock (%llu, %llu)",
	   (unsigned long long)nru, (unsigned long long)clock);
	ok(wsclock * 2 < clock, "dirty: wsclock writes less than half as much as clock (%llu, %llu)",
	   (unsigned long long)wsclock, (unsigned long long)clock);
}

int main(void)
{
	test_loop();
	test_scan();
	test_change();
	test_inclusion();
	test_opt();
	test_random();
	test_dirty();
	return tap_done();
}
