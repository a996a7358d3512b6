// SPDX-License-Identifier: GPL-2.0
/* What the guard promises: whatever a policy answers, what it may refuse is bounded. */
#include <linux/string.h>
#include <linux/time64.h>

#include "../module/policy/guard.h"
#include "suites.h"

#define MS(n)	((u64)(n) * NSEC_PER_MSEC)
#define US(n)	((u64)(n) * NSEC_PER_USEC)
#define T0	(5 * (u64)NSEC_PER_SEC)	/* when each case begins */
#define TASK	0xffff888000123400ull
#define OTHER	(TASK + 64)		/* in another place of the table of passes */
#define TWIN	(TASK + 64 * QUIRE_GUARD_PASSES)	/* in the same */

/* Small, and no two alike; each case changes what it is not about out of the way. */
static const struct quire_guard_limits small = {
	.row = 7, .pass = 5, .open = 3, .credit = 3, .credit_ms = 2, .credit_max = 100, .trips = 4,
	.stall_ms = 50, .strikes = 3, .strike_ms = 1000, .slow_call_us = 10, .slow_most_ms = 1, .slow_ms = 2,
	.fast_us = 4,
};

static struct quire_guard guard;
static struct quire_guard_limits limits;

static void start(void)
{
	quire_guard_start(&guard, &limits, T0);
}

/* How many of @wishes in a row are granted. */
static u32 refusals(u32 wishes, u64 task)
{
	u32 granted = 0;

	for (; wishes; wishes--)
		granted += quire_guard_may_refuse(&guard, T0, task);
	return granted;
}

/* Is the budget used up: does a trip follow, and does the kernel decide about @pages from now on? */
static void expect_open(struct kunit *test, u64 task, u32 pages)
{
	u32 trips = guard.trips;

	KUNIT_EXPECT_EQ(test, refusals(pages, task), 0u);
	KUNIT_EXPECT_EQ(test, guard.trips, trips + 1);
	KUNIT_EXPECT_EQ(test, refusals(1, task), 1u);
}

static void lets_one_reclaimer_refuse_a_pass_and_no_more(struct kunit *test)
{
	start();
	KUNIT_EXPECT_EQ(test, refusals(5, TASK), 5u);
	KUNIT_EXPECT_EQ(test, guard.trips, 0u);
	expect_open(test, TASK, 3);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
}

static void lets_all_reclaimers_refuse_a_row_and_no_more(struct kunit *test)
{
	start();
	KUNIT_EXPECT_EQ(test, refusals(4, TASK), 4u);
	KUNIT_EXPECT_EQ(test, refusals(3, OTHER), 3u);
	KUNIT_EXPECT_EQ(test, guard.trips, 0u);
	expect_open(test, OTHER, 3);
}

static void counts_the_row_even_of_reclaimers_that_share_a_place(struct kunit *test)
{
	u32 i, granted = 0;

	start();
	for (i = 0; i < 10; i++)
		granted += refusals(1, i & 1 ? TASK : TWIN);
	KUNIT_EXPECT_EQ(test, granted, 7u);
	KUNIT_EXPECT_EQ(test, guard.trips, 1u);
}

static void lets_the_kernel_decide_for_all_about_the_next_pages(struct kunit *test)
{
	start();
	refusals(6, TASK);
	KUNIT_EXPECT_EQ(test, refusals(1, OTHER), 0u);
	/* What is let go of may yet stay. */
	quire_guard_let_go(&guard, TASK);
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 0u);
	/* Then rows and passes are counted anew, for all. */
	KUNIT_EXPECT_EQ(test, refusals(4, TASK), 4u);
	KUNIT_EXPECT_EQ(test, refusals(3, OTHER), 3u);
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 0u);
}

static void lets_it_decide_about_twice_as_many_each_time_that_none_has_gone(struct kunit *test)
{
	u32 pages;

	limits.credit_max = 1000000;
	start();
	for (pages = 3; pages < 5000; pages *= 2) {
		KUNIT_EXPECT_EQ(test, refusals(5, TASK), 5u);
		KUNIT_EXPECT_EQ(test, refusals(pages, TASK), 0u);
	}
	refusals(6, TASK);
	quire_guard_gone(&guard, false);
	KUNIT_EXPECT_EQ(test, refusals(5, TASK), 5u);
	expect_open(test, TASK, 3);
}

static void does_not_wrap_however_often_it_trips(struct kunit *test)
{
	u32 i, opened = 0;

	limits.credit = limits.credit_max = 1000000;
	start();
	for (i = 0; i < 100; i++) {
		refusals(6, TASK);
		KUNIT_EXPECT_GE(test, guard.opened, opened);
		KUNIT_EXPECT_GE(test, guard.open, 2u);
		opened = guard.opened;
		guard.open = 1;	/* as after so many pages */
		refusals(1, TASK);
	}
	KUNIT_EXPECT_GE(test, opened, 1u << 30);
}

static void begins_a_row_and_a_pass_anew_when_a_page_is_let_go(struct kunit *test)
{
	start();
	refusals(3, TASK);
	refusals(3, OTHER);
	quire_guard_let_go(&guard, TASK);
	/* Of the other's pass 2 are left, of the row all. */
	KUNIT_EXPECT_EQ(test, refusals(2, OTHER), 2u);
	KUNIT_EXPECT_EQ(test, refusals(5, TASK), 5u);
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 0u);
}

static void begins_all_passes_anew_when_a_page_has_gone(struct kunit *test)
{
	start();
	refusals(3, TASK);
	refusals(3, OTHER);
	quire_guard_gone(&guard, true);
	KUNIT_EXPECT_EQ(test, refusals(4, OTHER), 4u);
	KUNIT_EXPECT_EQ(test, refusals(3, TASK), 3u);
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 0u);
}

static void knows_who_has_been_refused_pages_since_one_has_gone(struct kunit *test)
{
	start();
	KUNIT_EXPECT_FALSE(test, quire_guard_has_refused(&guard, TASK));
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 1u);
	KUNIT_EXPECT_TRUE(test, quire_guard_has_refused(&guard, TASK));
	KUNIT_EXPECT_FALSE(test, quire_guard_has_refused(&guard, TASK + 64));
	KUNIT_EXPECT_FALSE(test, quire_guard_has_refused(&guard, TASK + 64 * QUIRE_GUARD_PASSES));
	quire_guard_gone(&guard, false);
	KUNIT_EXPECT_FALSE(test, quire_guard_has_refused(&guard, TASK));
}

static void yields_for_a_while_when_memory_is_out(struct kunit *test)
{
	const u64 retry = T0 + (u64)QUIRE_GUARD_RETRY_MS * NSEC_PER_MSEC, end = T0 + (u64)QUIRE_GUARD_YIELD_MS * NSEC_PER_MSEC;
	u32 i;

	start();
	/* Nothing was refused: who is killed is killed natively. */
	KUNIT_EXPECT_FALSE(test, quire_guard_yield(&guard, T0));
	KUNIT_EXPECT_EQ(test, refusals(1, TASK), 1u);
	KUNIT_EXPECT_TRUE(test, quire_guard_yield(&guard, T0));
	KUNIT_EXPECT_EQ(test, refusals(3, TASK), 0u);
	/* So it is for as long, and no longer. */
	KUNIT_EXPECT_TRUE(test, quire_guard_yield(&guard, retry - 1));
	KUNIT_EXPECT_FALSE(test, quire_guard_yield(&guard, retry));
	KUNIT_EXPECT_FALSE(test, quire_guard_may_refuse(&guard, end, TASK));
	KUNIT_EXPECT_FALSE(test, quire_guard_yield(&guard, 2 * end));
	/* Nothing is refused before pages have gone, and time. */
	for (i = 0; i < QUIRE_GUARD_YIELD_GONE; i++) {
		KUNIT_EXPECT_FALSE(test, quire_guard_may_refuse(&guard, end, TASK));
		quire_guard_gone(&guard, false);
	}
	KUNIT_EXPECT_FALSE(test, quire_guard_may_refuse(&guard, end - 1, TASK));
	KUNIT_EXPECT_TRUE(test, quire_guard_may_refuse(&guard, end, TASK));
	KUNIT_EXPECT_TRUE(test, quire_guard_yield(&guard, end));
	KUNIT_EXPECT_EQ(test, guard.trips, 0u);
}

static void grants_no_more_than_has_been_paid_for(struct kunit *test)
{
	limits.row = limits.pass = 1000;
	limits.credit_max = 20;
	start();
	KUNIT_EXPECT_EQ(test, refusals(100, TASK), 20u);
	/* The kernel decides about these pages, and the policy is not shut out. */
	KUNIT_EXPECT_EQ(test, guard.trips, 0u);
	quire_guard_gone(&guard, true);
	KUNIT_EXPECT_EQ(test, refusals(100, TASK), 3u);
	quire_guard_gone(&guard, false);
	quire_guard_gone(&guard, false);
	KUNIT_EXPECT_EQ(test, refusals(100, TASK), 6u);
}

static void is_paid_by_time_and_loses_no_part_of_a_millisecond(struct kunit *test)
{
	u64 now = T0;
	u32 i, granted = 0;

	limits.row = limits.pass = 1000;
	start();
	refusals(100, TASK);
	KUNIT_EXPECT_FALSE(test, quire_guard_may_refuse(&guard, T0 + MS(1) - 1, TASK));
	/* 2 for each of 10 ms, in steps of 400 us. */
	for (i = 1; i <= 25; i++) {
		now = T0 + i * US(400);
		while (quire_guard_may_refuse(&guard, now, TASK))
			granted++;
	}
	KUNIT_EXPECT_EQ(test, granted, 20u);
	KUNIT_EXPECT_FALSE(test, quire_guard_may_refuse(&guard, T0, TASK));
}

static void saves_up_no_more_than_its_most(struct kunit *test)
{
	u32 i, granted = 0;

	limits.row = limits.pass = 1000;
	start();
	for (i = 0; i < 1000; i++)
		quire_guard_gone(&guard, true);
	while (quire_guard_may_refuse(&guard, T0 + MS(1000000), TASK))
		granted++;
	KUNIT_EXPECT_EQ(test, granted, 100u);
}

/* Uses up the budget at @now; then a page goes. */
static void trip(u64 now, bool chosen)
{
	while (!guard.open)
		quire_guard_may_refuse(&guard, now, TASK);
	quire_guard_gone(&guard, chosen);
}

static void ejects_a_policy_that_keeps_all_when_trips_and_time_are_enough(struct kunit *test)
{
	u32 i;

	limits.credit = limits.credit_max = 1000;
	start();
	for (i = 0; i < 20; i++) {
		trip(T0 + MS(1) + MS(50) - 1, false);
		if (!i)
			guard.trip_ns = T0 + MS(1);
		KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	}
	trip(T0 + MS(51), false);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_KEEPS);
}

static void does_not_eject_for_few_trips_in_a_long_time(struct kunit *test)
{
	limits.credit = limits.credit_max = 1000;
	start();
	trip(T0, false);
	trip(T0 + MS(1000), false);
	trip(T0 + MS(2000), false);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	trip(T0 + MS(3000), false);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_KEEPS);
}

static void forgives_when_a_page_goes_that_the_policy_gave_up(struct kunit *test)
{
	u32 i;

	limits.credit = limits.credit_max = 1000;
	start();
	for (i = 0; i < 100; i++)
		trip(T0 + i * MS(1000), i % 3 == 2);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
}

static void ejects_at_the_last_of_its_strikes(struct kunit *test)
{
	start();
	quire_guard_strike(&guard, T0, QUIRE_FAULT_NO_VICTIM);
	quire_guard_strike(&guard, T0 + MS(999), QUIRE_FAULT_BAD_GHOST);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	quire_guard_strike(&guard, T0 + MS(1998), QUIRE_FAULT_BAD_VICTIM);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_BAD_VICTIM);
}

static void forgets_strikes_after_a_time_without_one(struct kunit *test)
{
	u32 i;

	start();
	for (i = 0; i < 20; i++) {
		quire_guard_strike(&guard, T0 + i * MS(2000), QUIRE_FAULT_NO_VICTIM);
		quire_guard_strike(&guard, T0 + i * MS(2000) + MS(1000) - 1,
				   QUIRE_FAULT_NO_VICTIM);
	}
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	start();
	for (i = 0; i < 20; i++)
		quire_guard_strike(&guard, T0 + i * MS(1000), QUIRE_FAULT_NO_VICTIM);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
}

static void ejects_at_once_when_lists_are_broken(struct kunit *test)
{
	start();
	quire_guard_strike(&guard, T0, QUIRE_FAULT_BROKEN);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_BROKEN);
}

static void names_the_fault_that_was_first(struct kunit *test)
{
	start();
	quire_guard_strike(&guard, T0, QUIRE_FAULT_BROKEN);
	quire_guard_strike(&guard, T0, QUIRE_FAULT_NO_VICTIM);
	quire_guard_strike(&guard, T0, QUIRE_FAULT_NO_VICTIM);
	quire_guard_called(&guard, MS(100));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_BROKEN);
}

static void does_not_mind_quick_calls_however_many(struct kunit *test)
{
	u32 i;

	start();
	for (i = 0; i < 10000; i++)
		quire_guard_called(&guard, US(10) - 1);
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
}

static void ejects_for_slow_calls_that_add_up(struct kunit *test)
{
	u32 i;

	start();
	for (i = 0; i < 199; i++)
		quire_guard_called(&guard, US(10));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	quire_guard_called(&guard, US(10));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_SLOW);
}

static void takes_back_slow_time_by_quick_calls(struct kunit *test)
{
	u32 i, quick;

	start();
	/* A slow call of 12 us is made up for by three quick ones, for ever. */
	for (i = 0; i < 1000; i++) {
		quire_guard_called(&guard, US(12));
		for (quick = 0; quick < 3; quick++)
			quire_guard_called(&guard, 0);
	}
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	KUNIT_EXPECT_EQ(test, guard.slow_ns, 0ull);
	/* Not by two: 4 us stand for each. */
	for (i = 0; i < 496; i++) {
		quire_guard_called(&guard, US(12));
		quire_guard_called(&guard, 0);
		quire_guard_called(&guard, 0);
	}
	quire_guard_called(&guard, US(12));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	quire_guard_called(&guard, US(12));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_SLOW);
}

static void does_not_eject_for_one_call_however_slow(struct kunit *test)
{
	start();
	quire_guard_called(&guard, MS(1000000));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_NONE);
	quire_guard_called(&guard, MS(1000000));
	KUNIT_EXPECT_EQ(test, guard.fault, QUIRE_FAULT_SLOW);
}

/* Any answers at all, in any order: refusals are bounded by what pays for them, and by the row. */
static void bounds_refusals_whatever_happens(struct kunit *test)
{
	u64 luck = 88172645463325252ull, now = T0, granted = 0, paid = small.credit_max;
	u32 row = 0, worst = 0, i;

	start();
	for (i = 0; i < 200000; i++) {
		luck ^= luck << 13;
		luck ^= luck >> 7;
		luck ^= luck << 17;
		now += luck >> 45;	/* up to half a millisecond */
		switch (luck % 64) {
		case 0:
			quire_guard_gone(&guard, luck & 64);
			paid += small.credit;
			row = 0;
			break;
		case 1:
			quire_guard_let_go(&guard, TASK + (luck >> 8) % 3 * 64);
			row = 0;
			break;
		default:
			if (quire_guard_may_refuse(&guard, now, TASK + (luck >> 8) % 40 * 64)) {
				granted++;
				row++;
			} else if (guard.row == 0) {
				row = 0;	/* the kernel has decided about its pages */
			}
		}
		worst = max(worst, row);
		if (granted > paid + (now - T0) / NSEC_PER_MSEC * small.credit_ms)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, 200000u);
	KUNIT_EXPECT_EQ(test, worst, small.row);
}

static void has_usual_limits_that_leave_reclaim_a_way_out(struct kunit *test)
{
	const struct quire_guard_limits *usual = &quire_guard_usual;

	KUNIT_EXPECT_LE(test, usual->row, 1024u);
	KUNIT_EXPECT_GE(test, usual->open, 1u);
	KUNIT_EXPECT_LE(test, usual->pass, usual->row);
	KUNIT_EXPECT_GE(test, usual->pass, 32u);	/* SWAP_CLUSTER_MAX */
	KUNIT_EXPECT_GE(test, usual->credit, 1u);
	KUNIT_EXPECT_GE(test, usual->credit_max, usual->row);
	KUNIT_EXPECT_GE(test, usual->trips, 1u);
	KUNIT_EXPECT_LE(test, usual->stall_ms, 10000u);
	KUNIT_EXPECT_GE(test, usual->strikes, 1u);
	KUNIT_EXPECT_LT(test, usual->fast_us, usual->slow_call_us);
}

static void says_each_fault_in_words(struct kunit *test)
{
	int a, b;

	for (a = 0; a < QUIRE_FAULTS; a++) {
		KUNIT_ASSERT_NOT_NULL(test, quire_fault_text(a));
		for (b = 0; b < a; b++)
			KUNIT_EXPECT_STRNEQ(test, quire_fault_text(a), quire_fault_text(b));
	}
	KUNIT_EXPECT_STREQ(test, quire_fault_text(QUIRE_FAULT_NONE), "nothing");
	KUNIT_EXPECT_STREQ(test, quire_fault_text(QUIRE_FAULTS), "unknown");
	KUNIT_EXPECT_STREQ(test, quire_fault_text(-1), "unknown");
}

static int begin(struct kunit *test)
{
	limits = small;
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lets_one_reclaimer_refuse_a_pass_and_no_more),
	KUNIT_CASE(lets_all_reclaimers_refuse_a_row_and_no_more),
	KUNIT_CASE(counts_the_row_even_of_reclaimers_that_share_a_place),
	KUNIT_CASE(lets_the_kernel_decide_for_all_about_the_next_pages),
	KUNIT_CASE(lets_it_decide_about_twice_as_many_each_time_that_none_has_gone),
	KUNIT_CASE(does_not_wrap_however_often_it_trips),
	KUNIT_CASE(begins_a_row_and_a_pass_anew_when_a_page_is_let_go),
	KUNIT_CASE(begins_all_passes_anew_when_a_page_has_gone),
	KUNIT_CASE(knows_who_has_been_refused_pages_since_one_has_gone),
	KUNIT_CASE(yields_for_a_while_when_memory_is_out),
	KUNIT_CASE(grants_no_more_than_has_been_paid_for),
	KUNIT_CASE(is_paid_by_time_and_loses_no_part_of_a_millisecond),
	KUNIT_CASE(saves_up_no_more_than_its_most),
	KUNIT_CASE(ejects_a_policy_that_keeps_all_when_trips_and_time_are_enough),
	KUNIT_CASE(does_not_eject_for_few_trips_in_a_long_time),
	KUNIT_CASE(forgives_when_a_page_goes_that_the_policy_gave_up),
	KUNIT_CASE(ejects_at_the_last_of_its_strikes),
	KUNIT_CASE(forgets_strikes_after_a_time_without_one),
	KUNIT_CASE(ejects_at_once_when_lists_are_broken),
	KUNIT_CASE(names_the_fault_that_was_first),
	KUNIT_CASE(does_not_mind_quick_calls_however_many),
	KUNIT_CASE(ejects_for_slow_calls_that_add_up),
	KUNIT_CASE(does_not_eject_for_one_call_however_slow),
	KUNIT_CASE(takes_back_slow_time_by_quick_calls),
	KUNIT_CASE(bounds_refusals_whatever_happens),
	KUNIT_CASE(has_usual_limits_that_leave_reclaim_a_way_out),
	KUNIT_CASE(says_each_fault_in_words),
	{}
};

struct kunit_suite quire_guard_suite = { .name = "guard", .init = begin, .test_cases = cases };
