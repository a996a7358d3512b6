// SPDX-License-Identifier: GPL-2.0
/*
 * What module/thrash/ works out, without a kernel that swaps: the verdict, own time, suspected leaks, the
 * table of recent evictions, who is to blame.
 */
#include <linux/slab.h>
#include <linux/time64.h>

#include "suites.h"
#include "thrash/blame.h"
#include "thrash/leak.h"
#include "thrash/own.h"
#include "thrash/recent.h"
#include "thrash/verdict.h"

#define INTERVAL (250 * NSEC_PER_MSEC)

/* A look of the usual length: percent of it waited, in reclaim and worked; pages. */
static struct quire_loss look(u64 waited, u64 reclaim, u64 worked, u64 refaults, u64 evictions)
{
	return (struct quire_loss){
		.elapsed_ns = INTERVAL, .waited_ns = INTERVAL * waited / 100,
		.reclaim_ns = INTERVAL * reclaim / 100, .worked_ns = INTERVAL * worked / 100,
		.refaults = refaults, .evictions = evictions,
	};
}

/* Looks like this one, until the state is as wanted: how many, 100 if it never is. */
static unsigned int looks_until(struct quire_judge *judge, struct quire_loss loss,
				enum quire_thrash_state state)
{
	unsigned int n;

	for (n = 1; n < 100; n++) {
		quire_judge_look(judge, &loss, INTERVAL);
		if (judge->state == state)
			break;
	}
	return n;
}

static void looks(struct quire_judge *judge, struct quire_loss loss, unsigned int n)
{
	while (n--)
		quire_judge_look(judge, &loss, INTERVAL);
}

static void thrashing_is_named_within_a_second(struct kunit *test)
{
	struct quire_judge judge = { };

	looks(&judge, look(0, 0, 90, 0, 0), 10);
	KUNIT_EXPECT_EQ(test, judge.state, QUIRE_CALM);
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(80, 5, 15, 900, 900), QUIRE_THRASHING), 3u);
}

static void its_end_is_named_within_two_seconds(struct kunit *test)
{
	struct quire_judge judge = { };

	looks(&judge, look(80, 5, 15, 900, 900), 20);
	KUNIT_EXPECT_LE(test, looks_until(&judge, look(0, 0, 90, 0, 0), QUIRE_CALM), 5u);
}

/* The hog has gone: pages come back from swap, and nothing is evicted for them. */
static void coming_back_is_no_thrashing(struct kunit *test)
{
	struct quire_judge judge = { };

	looks(&judge, look(80, 5, 15, 900, 900), 20);
	KUNIT_EXPECT_LE(test, looks_until(&judge, look(90, 0, 10, 900, 0), QUIRE_CALM), 7u);
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(90, 0, 10, 900, 0), QUIRE_TIGHT), 100u);
}

static void a_short_spike_is_none(struct kunit *test)
{
	struct quire_judge judge = { };

	looks(&judge, look(0, 0, 90, 0, 0), 10);
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(90, 0, 10, 900, 900), QUIRE_TIGHT), 2u);
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 0, 90, 0, 0), QUIRE_THRASHING), 100u);
	KUNIT_EXPECT_EQ(test, judge.state, QUIRE_CALM);
}

/* It thrashes in every look but some: one state, without a gap. */
static void a_pause_is_no_end(struct kunit *test)
{
	struct quire_judge judge = { };
	unsigned int i;

	looks(&judge, look(80, 5, 15, 900, 900), 4);
	for (i = 0; i < 100; i++) {
		quire_judge_look(&judge, i % 3 ? &(struct quire_loss){ .elapsed_ns = INTERVAL } :
				 &(struct quire_loss){ .elapsed_ns = INTERVAL, .waited_ns = INTERVAL,
						       .refaults = 100, .evictions = 100 }, INTERVAL);
		KUNIT_ASSERT_EQ(test, judge.state, QUIRE_THRASHING);
	}
	KUNIT_EXPECT_EQ(test, judge.state_ns, 101 * INTERVAL);
}

/* The disk is busy: all wait, for longer than a look, and nothing comes back meanwhile. */
static void a_stuck_disk_changes_nothing(struct kunit *test)
{
	struct quire_judge judge = { };

	looks(&judge, look(100, 0, 0, 0, 0), 20);
	KUNIT_EXPECT_NE(test, judge.state, QUIRE_THRASHING);
	looks(&judge, look(80, 5, 15, 900, 900), 4);
	looks(&judge, look(100, 0, 0, 0, 0), 20);
	KUNIT_EXPECT_EQ(test, judge.state, QUIRE_THRASHING);
	KUNIT_EXPECT_LE(test, looks_until(&judge, look(0, 0, 90, 0, 0), QUIRE_CALM), 5u);
}

/*
 * Reclaim evicts ahead, in bursts: in looks between them pages come back and nothing goes. One burst lasts for five
 * looks where a slow disk brings back a few pages in each, in a cgroup for less.
 */
static void bursts_of_evictions_are_no_gaps(struct kunit *test)
{
	struct quire_loss between = look(95, 0, 5, 100, 0);
	struct quire_judge judge = { };
	unsigned int i;

	between.full = true;
	looks(&judge, look(0, 0, 90, 0, 0), 10);
	for (i = 0; i < 100; i++) {
		quire_judge_look(&judge, i % 5 ? &between : &(struct quire_loss){ .elapsed_ns = INTERVAL,
				 .waited_ns = INTERVAL, .refaults = 100, .evictions = 500, .full = true }, INTERVAL);
		KUNIT_ASSERT_EQ(test, judge.state == QUIRE_THRASHING, i >= 2);
	}
	judge = (struct quire_judge){ };
	for (i = 0; i < 100; i++) {
		quire_judge_look(&judge, i % 3 ? &(struct quire_loss){ .elapsed_ns = INTERVAL, .waited_ns = INTERVAL,
									.refaults = 25 } :
				 &(struct quire_loss){ .elapsed_ns = INTERVAL, .waited_ns = INTERVAL, .refaults = 25,
						       .evictions = 75 }, INTERVAL);
		KUNIT_ASSERT_EQ(test, judge.state == QUIRE_THRASHING, i >= 2);
	}
	/* With memory to spare that is the end of it. */
	between.full = false;
	KUNIT_EXPECT_LE(test, looks_until(&judge, between, QUIRE_CALM), 7u);
}

static void not_thrashing_at_all(struct kunit *test)
{
	static const struct {
		const char *what;
		u64 waited, reclaim, worked, refaults, evictions;
	} cases[] = {
		{ "a cold start: waits for the disk are none for evicted pages", 0, 0, 20, 0, 0 },
		{ "one pass over a big file", 0, 10, 90, 2, 5000 },
		{ "a leak: cold pages go to swap", 2, 70, 28, 3, 3000 },
		{ "steady swap of cold pages", 5, 15, 80, 60, 400 },
		{ "a few come back, slowly", 60, 0, 5, 3, 3000 },
		{ "much is written at the first touch", 0, 95, 5, 0, 3500 },
		{ "one process waits, and 64 CPUs work", 90, 5, 6400, 900, 900 },
	};
	struct quire_judge judge;
	struct quire_loss loss;
	unsigned int i;

	/* Whether or not memory is full. */
	for (i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		judge = (struct quire_judge){ };
		loss = look(cases[i / 2].waited, cases[i / 2].reclaim, cases[i / 2].worked, cases[i / 2].refaults,
			    cases[i / 2].evictions);
		loss.full = i % 2;
		KUNIT_EXPECT_EQ_MSG(test, looks_until(&judge, loss, QUIRE_THRASHING), 100u, "%s",
				    cases[i / 2].what);
	}
}

/* At the bounds: a fifth of the time, 16 pages a second. */
static void the_bounds_are_exact(struct kunit *test)
{
	struct quire_judge judge = { };

	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 0, 80, 4, 4), QUIRE_THRASHING), 3u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(19, 0, 80, 4, 4), QUIRE_THRASHING), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 0, 80, 3, 4), QUIRE_THRASHING), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 0, 80, 4, 2), QUIRE_THRASHING), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 0, 80, 4, 3), QUIRE_THRASHING), 3u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 0, 81, 4, 4), QUIRE_THRASHING), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 42, 30, 4, 17), QUIRE_THRASHING), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 42, 30, 4, 16), QUIRE_THRASHING), 3u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(20, 40, 30, 4, 17), QUIRE_THRASHING), 3u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 10, 90, 0, 1), QUIRE_TIGHT), 2u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 9, 90, 0, 1), QUIRE_TIGHT), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 10, 90, 0, 0), QUIRE_TIGHT), 100u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 0, 90, 64, 64), QUIRE_TIGHT), 2u);
	judge = (struct quire_judge){ };
	KUNIT_EXPECT_EQ(test, looks_until(&judge, look(0, 0, 90, 63, 64), QUIRE_TIGHT), 100u);
}

/* A look that comes late stands for those that were missed. */
static void late_looks_count_for_more(struct kunit *test)
{
	struct quire_loss late = look(80, 5, 15, 900, 900);
	struct quire_judge judge = { };

	late.elapsed_ns *= 3;
	late.waited_ns *= 3;
	quire_judge_look(&judge, &late, INTERVAL);
	KUNIT_EXPECT_EQ(test, judge.state, QUIRE_THRASHING);
	late = look(0, 0, 90, 0, 0);
	late.elapsed_ns *= 4;
	quire_judge_look(&judge, &late, INTERVAL);
	KUNIT_EXPECT_EQ(test, judge.state, QUIRE_TIGHT);
	KUNIT_EXPECT_EQ(test, looks_until(&judge, late, QUIRE_CALM), 1u);
}

static void the_window_is_the_last_looks(struct kunit *test)
{
	struct quire_judge judge = { };
	struct quire_loss sum;

	looks(&judge, look(90, 90, 90, 90, 90), 7);
	looks(&judge, look(50, 10, 20, 30, 40), QUIRE_LOOKS);
	quire_judge_window(&judge, &sum);
	KUNIT_EXPECT_EQ(test, sum.elapsed_ns, QUIRE_LOOKS * INTERVAL);
	KUNIT_EXPECT_EQ(test, sum.refaults, QUIRE_LOOKS * 30ull);
	KUNIT_EXPECT_EQ(test, sum.evictions, QUIRE_LOOKS * 40ull);
	KUNIT_EXPECT_EQ(test, quire_stalled_permille(&sum), 600u);
	KUNIT_EXPECT_EQ(test, quire_lost_permille(&sum), 750u);
	sum = (struct quire_loss){ };
	KUNIT_EXPECT_EQ(test, quire_stalled_permille(&sum), 0u);
	KUNIT_EXPECT_EQ(test, quire_lost_permille(&sum), 0u);
}

/* Grows by @step a second for a minute, with so many pages in use at the end as at each second. */
static bool leaks(u64 pages, s64 step, u64 used, s64 use_step, struct quire_leak_info *info)
{
	struct quire_leak leak = { };
	u64 ms;

	for (ms = 1000; ms <= 62000; ms += 250)
		quire_leak_look(&leak, ms, 60000, pages + div_s64(step * (s64)ms, 1000),
				used + div_s64(use_step * (s64)ms, 1000));
	return quire_leak_suspected(&leak, info);
}

static void growth_without_use_is_suspected(struct kunit *test)
{
	struct quire_leak_info info;

	KUNIT_ASSERT_TRUE(test, leaks(1000, 50, 400, 0, &info));
	KUNIT_EXPECT_EQ(test, info.since_ms, 60000ull);
	KUNIT_EXPECT_EQ(test, info.grown_pages, 3000ull);
	KUNIT_EXPECT_EQ(test, info.pages_an_hour, 180000ull);
	/* A quarter of it in use is too little to clear it, more is not. */
	KUNIT_EXPECT_TRUE(test, leaks(1000, 100, 400, 40, &info));
	KUNIT_EXPECT_FALSE(test, leaks(1000, 100, 400, 60, &info));
	KUNIT_EXPECT_FALSE(test, leaks(1000, 100, 400, 100, &info));
	KUNIT_EXPECT_FALSE(test, leaks(1000, 0, 400, 0, &info));
	KUNIT_EXPECT_FALSE(test, leaks(10000, -100, 400, 0, &info));
	/* Too little to speak of, of itself and of what there is. */
	KUNIT_EXPECT_FALSE(test, leaks(1000, 4, 400, 0, &info));
	KUNIT_EXPECT_FALSE(test, leaks(1000000, 50, 400, 0, &info));
}

static void a_suspicion_takes_its_time(struct kunit *test)
{
	struct quire_leak leak = { };
	struct quire_leak_info info;
	unsigned int i;

	for (i = 0; i <= QUIRE_LEAK_STEPS; i++) {
		KUNIT_EXPECT_FALSE(test, quire_leak_suspected(&leak, &info));
		quire_leak_look(&leak, 1000 + i * 1000, 8000, 1000 * (i + 1), 10);
	}
	KUNIT_EXPECT_TRUE(test, quire_leak_suspected(&leak, &info));
	/* One step in which it does not grow ends it. */
	quire_leak_look(&leak, 1000 + i * 1000, 8000, 1000 * i, 10);
	KUNIT_EXPECT_FALSE(test, quire_leak_suspected(&leak, &info));
}

/* Look after look of 250 ms, for so long. */
static void own_time(struct quire_own *own, u32 for_ms, u32 lost_permille)
{
	for (; for_ms; for_ms -= 250)
		quire_own_look(own, 250, lost_permille);
}

static void who_waits_has_a_longer_window(struct kunit *test)
{
	struct quire_own own = { };

	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 10000u);
	own_time(&own, 60000, 0);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 10000u);
	/* A fifth of 20 s is 4 s: the 6 s that are missing are from before. */
	own_time(&own, 20000, 800);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 26000u);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 2000), 10000u);
	own_time(&own, 60000, 800);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 50000u);
	/* Each second without waits makes it shorter by four. */
	own_time(&own, 5000, 0);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 30000u);
	own_time(&own, 5000, 0);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 10000u);
}

static void own_time_stands_still_while_all_is_lost(struct kunit *test)
{
	struct quire_own own = { };

	own_time(&own, 60000, 0);
	own_time(&own, 30000, 1000);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 40000u);
	/* Several threads can lose more than all of the time. */
	own_time(&own, 10000, 3000);
	KUNIT_EXPECT_EQ(test, quire_own_window_ms(&own, 10000), 50000u);
	/* What is longer ago than all slots is not known. */
	own_time(&own, 1000000, 1000);
	KUNIT_EXPECT_GT(test, quire_own_window_ms(&own, 10000),
			(QUIRE_OWN_SLOTS - 1) * QUIRE_OWN_SLOT_MS - 1u);
	KUNIT_EXPECT_LE(test, quire_own_window_ms(&own, 10000), QUIRE_OWN_SLOTS * QUIRE_OWN_SLOT_MS);
}

static void recent_evictions_are_known(struct kunit *test)
{
	struct quire_recent recent;
	u32 i;

	KUNIT_ASSERT_EQ(test, quire_recent_start(4096, 20), 0);
	for (i = 1; i <= 1000; i++)
		quire_recent_note(i * 8, i);
	KUNIT_EXPECT_EQ(test, quire_recent_take(500 * 8, &recent), 1u);
	KUNIT_EXPECT_EQ(test, recent.tgid, 500u);
	KUNIT_EXPECT_EQ(test, recent.distance_pages, 500);
	KUNIT_EXPECT_EQ(test, quire_recent_take(500 * 8, &recent), 0u);
	KUNIT_EXPECT_EQ(test, recent.distance_pages, -1);
	KUNIT_EXPECT_EQ(test, quire_recent_take(1001 * 8, &recent), 0u);
	KUNIT_EXPECT_EQ(test, recent.away_ms, -1);
	quire_recent_stop();
}

/* A slot of swap that was freed and used again: what was in it before does not come back. */
static void the_last_eviction_counts(struct kunit *test)
{
	struct quire_recent recent;

	KUNIT_ASSERT_EQ(test, quire_recent_start(4096, 20), 0);
	quire_recent_note(8, 1);
	quire_recent_note(16, 3);
	quire_recent_note(8, 2);
	KUNIT_EXPECT_EQ(test, quire_recent_take(8, &recent), 1u);
	KUNIT_EXPECT_EQ(test, recent.tgid, 2u);
	KUNIT_EXPECT_EQ(test, recent.distance_pages, 0);
	KUNIT_EXPECT_EQ(test, quire_recent_take(8, &recent), 0u);
	quire_recent_stop();
}

static void the_time_away_is_known(struct kunit *test)
{
	struct quire_recent recent;

	KUNIT_ASSERT_EQ(test, quire_recent_start(4096, 20), 0);
	quire_recent_note(8, 1);
	schedule_timeout_uninterruptible(HZ / 5);
	quire_recent_note(16, 1);
	KUNIT_EXPECT_EQ(test, quire_recent_take(8, &recent), 1u);
	KUNIT_EXPECT_GE(test, recent.away_ms, 200);
	KUNIT_EXPECT_LT(test, recent.away_ms, 60000);
	KUNIT_EXPECT_EQ(test, quire_recent_take(16, &recent), 1u);
	KUNIT_EXPECT_LT(test, recent.away_ms, 200);
	quire_recent_stop();
}

/* There are as many times as places: of what is older it is not known when it was. */
static void the_time_of_what_is_too_old_is_not(struct kunit *test)
{
	struct quire_recent recent;
	u32 i;

	KUNIT_ASSERT_EQ(test, quire_recent_start(4096, 12), 0);
	quire_recent_note(8, 1);
	/* In other buckets: none of these makes the first give way. */
	for (i = 1; i <= 4096; i++) {
		quire_recent_note(16, 1);
		quire_recent_take(16, &recent);
	}
	KUNIT_EXPECT_EQ(test, quire_recent_take(8, &recent), 1u);
	KUNIT_EXPECT_EQ(test, recent.distance_pages, 4096);
	KUNIT_EXPECT_EQ(test, recent.away_ms, -1);
	quire_recent_stop();
}

/* As much as there is memory: what was evicted before that came back too late to count. */
static void old_evictions_are_not(struct kunit *test)
{
	u32 i, wrong = 0, found = 0;
	struct quire_recent recent;

	KUNIT_ASSERT_EQ(test, quire_recent_start(4096, 20), 0);
	for (i = 1; i <= 3 * 4096; i++)
		quire_recent_note(i * 8, 7);
	for (i = 1; i < 2 * 4096; i++)
		wrong += quire_recent_take(i * 8, &recent);
	/* 14 bits tell pages of a bucket apart: one in 2,048 is taken for another. */
	KUNIT_EXPECT_LT(test, wrong, 2u * 4096 / 256);
	for (; i <= 3 * 4096; i++)
		found += quire_recent_take(i * 8, &recent);
	/* A bucket that fills up before the others has lost a few. */
	KUNIT_EXPECT_GT(test, found, 4096u * 8 / 10);
	quire_recent_stop();
}

/* Of more memory than the table has places for, some pages stand for all. */
static void samples_stand_for_all(struct kunit *test)
{
	u32 i, found = 0, pages = 0, weight;
	struct quire_recent recent;

	KUNIT_ASSERT_EQ(test, quire_recent_start(65536, 12), 0);
	for (i = 0; i < 65536; i++)
		quire_recent_note(i * 2 + 1, 7);
	for (i = 32768; i < 65536; i++) {
		weight = quire_recent_take(i * 2 + 1, &recent);
		found += !!weight;
		pages += weight;
		if (weight)
			KUNIT_EXPECT_EQ(test, recent.distance_pages % 16, 0);
	}
	KUNIT_EXPECT_LT(test, found, 4096u);
	KUNIT_EXPECT_EQ(test, pages, found * 16);
	KUNIT_EXPECT_GT(test, pages, 32768u * 8 / 10);
	KUNIT_EXPECT_LT(test, pages, 32768u * 12 / 10);
	quire_recent_stop();
}

static u32 blamed(const struct quire_blame *blame, unsigned int nr, u32 victim, u32 culprit)
{
	while (nr--) {
		if (blame[nr].victim == victim && blame[nr].culprit == culprit)
			return blame[nr].pages;
	}
	return 0;
}

/* What is evicted for others is charged to those who take memory, in proportion, of late. */
static void admissions_are_charged_in_turn(struct kunit *test)
{
	u32 i, first = 0, second = 0;

	quire_blame_start();
	KUNIT_EXPECT_EQ(test, quire_admissions_take(), 0u);
	for (i = 0; i < 10000; i++)
		quire_admissions_note(33);
	for (i = 0; i < 256; i++)
		quire_admissions_note(i % 4 ? 11 : 22);
	for (i = 0; i < 2560; i++) {
		switch (quire_admissions_take()) {
		case 11:
			first++;
			break;
		case 22:
			second++;
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, first, 1920u);
	KUNIT_EXPECT_EQ(test, second, 640u);
}

static void blame_fades(struct kunit *test)
{
	struct quire_blame *blame = kunit_kcalloc(test, QUIRE_BLAMES, sizeof(*blame), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, blame);
	quire_blame_start();
	for (i = 0; i < 100; i++) {
		quire_blame_add(1, 2, 30);
		quire_blame_add(1, 2, 10);
		quire_blame_add(2, 1, 5);
		quire_blame_age();
	}
	KUNIT_EXPECT_EQ(test, quire_blame_read(blame, QUIRE_BLAMES), 2u);
	KUNIT_EXPECT_GE(test, blamed(blame, 2, 1, 2), 300u);
	KUNIT_EXPECT_LE(test, blamed(blame, 2, 1, 2), 320u);
	KUNIT_EXPECT_GE(test, blamed(blame, 2, 2, 1), 30u);
	KUNIT_EXPECT_LE(test, blamed(blame, 2, 2, 1), 40u);
	KUNIT_EXPECT_EQ(test, quire_blame_read(blame, 1), 1u);
	for (i = 0; i < 60; i++)
		quire_blame_age();
	KUNIT_EXPECT_EQ(test, quire_blame_read(blame, QUIRE_BLAMES), 0u);
}

/* More pairs than there is room for: those that are there are right. */
static void blame_has_its_bounds(struct kunit *test)
{
	struct quire_blame *blame = kunit_kcalloc(test, QUIRE_BLAMES, sizeof(*blame), GFP_KERNEL);
	unsigned int i, nr;

	KUNIT_ASSERT_NOT_NULL(test, blame);
	quire_blame_start();
	for (i = 1; i <= 5000; i++)
		quire_blame_add(i, i + 1, i);
	quire_blame_age();
	nr = quire_blame_read(blame, QUIRE_BLAMES);
	KUNIT_EXPECT_GT(test, nr, QUIRE_BLAMES * 9 / 10);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test, blame[i].pages, blame[i].victim);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(thrashing_is_named_within_a_second),
	KUNIT_CASE(its_end_is_named_within_two_seconds),
	KUNIT_CASE(coming_back_is_no_thrashing),
	KUNIT_CASE(a_short_spike_is_none),
	KUNIT_CASE(a_pause_is_no_end),
	KUNIT_CASE(a_stuck_disk_changes_nothing),
	KUNIT_CASE(bursts_of_evictions_are_no_gaps),
	KUNIT_CASE(not_thrashing_at_all),
	KUNIT_CASE(the_bounds_are_exact),
	KUNIT_CASE(late_looks_count_for_more),
	KUNIT_CASE(the_window_is_the_last_looks),
	KUNIT_CASE(growth_without_use_is_suspected),
	KUNIT_CASE(a_suspicion_takes_its_time),
	KUNIT_CASE(who_waits_has_a_longer_window),
	KUNIT_CASE(own_time_stands_still_while_all_is_lost),
	KUNIT_CASE(recent_evictions_are_known),
	KUNIT_CASE(the_last_eviction_counts),
	KUNIT_CASE(the_time_away_is_known),
	KUNIT_CASE(the_time_of_what_is_too_old_is_not),
	KUNIT_CASE(old_evictions_are_not),
	KUNIT_CASE(samples_stand_for_all),
	KUNIT_CASE(admissions_are_charged_in_turn),
	KUNIT_CASE(blame_fades),
	KUNIT_CASE(blame_has_its_bounds),
	{}
};

struct kunit_suite quire_thrash_suite = {
	.name = "thrash",
	.test_cases = cases,
};
