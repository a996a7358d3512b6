// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that answer badly, in the kernel's host: each fault is found, ends the policy once, and
 * costs reclaim no more than a bounded number of proposals.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "../module/policy/host_internal.h"
#include "host_help.h"

extern const struct quire_policy_ops quire_policy_fifo;

/* Waits for what an interrupt is to bring. */
static bool comes_true(const atomic_t *what)
{
	unsigned int i;

	for (i = 0; i < 250 && !atomic_read(what); i++)
		msleep(20);
	return atomic_read(what);
}

/* A policy that keeps no lists: what it answers is set by the tests. */
struct bad {
	u32 calls;
};

static quire_page_t bad_answer;		/* the next victim; with BAD_NEXT the pages in turn */
static quire_page_t bad_ghost;		/* given back at each eviction */
static u32 bad_delay_us;
static const char *bad_check;
static int bad_init_error;

#define BAD_NEXT	~0u
#define BAD_HOARD	~2u	/* for an answer: the pages from 1 to HOARD in turn, again and again */
#define HOARD		100u

static int bad_init(struct quire_pool *pool)
{
	return bad_init_error;
}

static void bad_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
}

static void bad_touch(struct quire_pool *pool, quire_page_t page)
{
	u64 end = ktime_get_mono_fast_ns() + (u64)bad_delay_us * NSEC_PER_USEC;

	while (bad_delay_us && ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

static quire_page_t bad_victim(struct quire_pool *pool)
{
	struct bad *bad = quire_priv(pool);

	if (bad_answer == BAD_HOARD)
		return bad->calls++ % HOARD + 1;
	return bad_answer == BAD_NEXT ? ++bad->calls : bad_answer;
}

static void bad_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	if (bad_ghost)
		quire_forget(pool, bad_ghost);
}

static const char *bad_looks(struct quire_pool *pool, u32 limit)
{
	return bad_check;
}

static const struct quire_policy_ops bad = {
	.name = "bad", .about = "does as it is told", .pool_size = sizeof(struct bad),
	.init = bad_init, .admit = bad_admit, .touch = bad_touch, .victim = bad_victim,
	.remove = bad_remove, .check = bad_looks,
};

static struct quire_pool *bad_pool(struct kunit *test)
{
	struct quire_pool *pool;
	u32 pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&bad, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	quire_host_frames(pool, PAGES);
	return pool;
}

/* It must be ejected for @fault, told of once; then the kernel decides, and another can follow. */
static void expect_ejected(struct kunit *test, struct quire_pool *pool, enum quire_fault fault)
{
	struct quire_pool *next;
	u32 i;

	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), fault);
	KUNIT_EXPECT_TRUE(test, comes_true(&ejected));
	for (i = 1; i <= 100; i++)
		KUNIT_EXPECT_EQ(test, propose(pool, i, i & 1), QUIRE_NATIVE);
	quire_host_evicted(pool, 1, 7);
	quire_host_gone(pool, 2, QUIRE_FREED);
	quire_host_touch(pool, 3);
	quire_host_admit(pool, PAGES + 1, 0, false);
	KUNIT_EXPECT_EQ(test, stats_of(pool).folios, (u64)PAGES - 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&ejected), 1);

	next = quire_host_new(&quire_policy_fifo, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(next));
	quire_host_hand_over(pool, next);
	quire_host_free(pool);
	/* Its pages are nobody's, and the next takes them as they are proposed. */
	quire_host_frames(next, PAGES);
	for (i = 0; i < 5000; i++)
		if (propose(next, i % PAGES + 1, false) == QUIRE_EVICT)
			quire_host_evicted(next, i % PAGES + 1, i + 1);
	KUNIT_EXPECT_GE(test, stats_of(next).obeyed, (u64)PAGES);
	KUNIT_EXPECT_EQ(test, quire_host_fault(next), QUIRE_FAULT_NONE);
	quire_host_free(next);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void ejects_what_names_no_victim(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	u32 i;

	bad_answer = QUIRE_NONE;
	for (i = 1; i <= 3; i++) {
		KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
		propose(pool, i, false);
	}
	expect_ejected(test, pool, QUIRE_FAULT_NO_VICTIM);
}

static void ejects_what_names_a_victim_that_is_none(struct kunit *test)
{
	static const quire_page_t none[] = { PAGES + 1, 0x7fffffff, ~1u };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		struct quire_pool *pool = bad_pool(test);
		u32 j;

		bad_answer = none[i];
		atomic_set(&ejected, 0);
		for (j = 1; j <= 6; j++)
			propose(pool, j, false);
		expect_ejected(test, pool, QUIRE_FAULT_BAD_VICTIM);
	}
}

static void ejects_what_names_a_victim_twice(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	u32 i;

	bad_answer = 5;
	for (i = 1; i <= 6; i++)
		propose(pool, 100 + i, false);
	expect_ejected(test, pool, QUIRE_FAULT_BAD_VICTIM);
}

static void ejects_what_gives_back_a_ghost_that_it_does_not_have(struct kunit *test)
{
	static const quire_page_t none[] = { 1, PAGES, ~1u };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		struct quire_pool *pool = bad_pool(test);
		u32 j;

		bad_answer = BAD_NEXT;
		bad_ghost = none[i];
		atomic_set(&ejected, 0);
		for (j = 1; j <= 4; j++)
			quire_host_evicted(pool, PAGES - j, j);
		bad_ghost = QUIRE_NONE;
		KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_BAD_GHOST);
		KUNIT_EXPECT_TRUE(test, comes_true(&ejected));
		quire_host_free(pool);
		quire_hosts_stop();
		expect_nothing_left(test);
	}
}

static void ejects_what_finds_its_lists_broken(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	u32 i;

	bad_answer = BAD_NEXT;
	bad_check = "broken on purpose";
	for (i = 0; i < 10000 && !quire_host_fault(pool); i++)
		propose(pool, PAGES - i % 50, false);
	expect_ejected(test, pool, QUIRE_FAULT_BROKEN);
}

static void looks_at_the_lists_of_what_names_no_victim(struct kunit *test)
{
	static const quire_page_t wrong[] = { QUIRE_NONE, PAGES + 1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct quire_pool *pool = bad_pool(test);

		bad_answer = wrong[i];
		atomic_set(&ejected, 0);
		propose(pool, 1, false);
		KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
		bad_check = "broken on purpose";
		propose(pool, 2, false);
		expect_ejected(test, pool, QUIRE_FAULT_BROKEN);
		bad_check = NULL;
	}
}

static void ejects_what_is_slow(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	u32 i;

	bad_answer = BAD_NEXT;
	bad_delay_us = quire_guard_usual.slow_call_us + 500;
	for (i = 1; i <= 1000 && !quire_host_fault(pool); i++)
		quire_host_touch(pool, 300);
	KUNIT_EXPECT_GE(test, i, quire_guard_usual.slow_ms / quire_guard_usual.slow_most_ms);
	bad_delay_us = 0;
	expect_ejected(test, pool, QUIRE_FAULT_SLOW);
}

/* Whatever is condemned is never proposed: the budget bounds how many proposals a page costs. */
static void lets_no_policy_keep_everything(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	u32 gone, proposals, worst = 0;

	bad_answer = BAD_NEXT;
	for (gone = 0; gone < 200; gone++) {
		for (proposals = 1; proposals < 5000; proposals++)
			if (propose(pool, PAGES - gone, false) != QUIRE_KEEP)
				break;
		worst = max(worst, proposals);
		quire_host_evicted(pool, PAGES - gone, gone + 1);
	}
	KUNIT_EXPECT_LE(test, worst, quire_guard_usual.row + 1);
	KUNIT_EXPECT_GE(test, stats_of(pool).native, 50ull);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/* A policy that names what is never proposed: each of its victims is one, and none goes. */
static struct quire_pool *hoard_pool(struct kunit *test)
{
	struct quire_pool *pool = bad_pool(test);
	struct quire_host_params params = usual;

	bad_answer = BAD_HOARD;
	params.window_most = params.window;	/* less than the hoard */
	KUNIT_ASSERT_EQ(test, quire_host_set_params(pool, &params), 0);
	return pool;
}

/* Reclaim proposes all but the hoard in turn; what it may take goes, and comes back. False: it stays. */
static bool hoard_is_asked(struct kunit *test, struct quire_pool *pool, u32 turn)
{
	u32 page = HOARD + 1 + turn % (PAGES - HOARD), pfn;
	enum quire_verdict verdict;

	/* Those that left the pool since nobody proposed them are used. */
	for (pfn = 1; pfn <= HOARD && turn % 64 == 0; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	verdict = propose(pool, page, false);
	KUNIT_EXPECT_NE(test, verdict, QUIRE_EVICT);
	if (verdict == QUIRE_KEEP || quire_host_fault(pool))
		return verdict != QUIRE_KEEP;
	quire_host_evicted(pool, page, turn + 1);
	quire_host_admit(pool, page, 0, false);
	return true;
}

/* Under a steady load time pays for nothing: what goes does, and a page a dozen refusals is no fault. */
static void bounds_what_a_hoard_costs(struct kunit *test)
{
	const struct quire_guard_limits *limits = &quire_guard_usual;
	struct quire_pool *pool = hoard_pool(test);
	u64 began = quire_guard_clock(), ms;
	u32 turn, gone = 0, refused = 0;

	for (turn = 0; gone < 3000 && turn < 100000; turn++) {
		if (hoard_is_asked(test, pool, turn))
			gone++;
		else
			refused++;
	}
	ms = (quire_guard_clock() - began) / NSEC_PER_MSEC + 1;
	KUNIT_EXPECT_EQ(test, gone, 3000u);
	KUNIT_EXPECT_LE(test, (u64)refused, limits->credit_max + gone * limits->credit + ms * limits->credit_ms);
	KUNIT_EXPECT_GE(test, refused, limits->credit_max);
	KUNIT_EXPECT_GE(test, stats_of(pool).trips, (u64)limits->credit_max / limits->pass);
	KUNIT_EXPECT_EQ(test, stats_of(pool).obeyed, 0ull);
	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/* So much time passes for a pool's guard. */
static void later(struct quire_pool *pool, u32 ms)
{
	struct quire_guard *guard = &pool->host->guard;

	guard->paid_ns -= ms * (u64)NSEC_PER_MSEC;
	guard->trip_ns -= ms * (u64)NSEC_PER_MSEC;
}

/* Under one that now and then wants a page, time pays for a whole pass. */
static void ejects_what_hoards(struct kunit *test)
{
	const struct quire_guard_limits *limits = &quire_guard_usual;
	struct quire_pool *pool = hoard_pool(test);
	u32 turn, gone = 0, refused = 0;

	for (turn = 0; turn < 100000 && !quire_host_fault(pool); turn++) {
		if (!hoard_is_asked(test, pool, turn)) {
			refused++;
			continue;
		}
		gone++;
		KUNIT_EXPECT_EQ(test, stats_of(pool).trips, (u64)gone);
		KUNIT_EXPECT_EQ(test, refused, gone * limits->pass);
		later(pool, limits->pass);
	}
	KUNIT_EXPECT_EQ(test, gone, limits->trips);
	expect_ejected(test, pool, QUIRE_FAULT_KEEPS);
}

static void says_what_init_says(struct kunit *test)
{
	long before;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	before = quire_test_allocated();
	bad_init_error = -EDOM;
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(quire_host_new(&bad, &usual)), -EDOM);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), before);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void leaves_to_the_kernel_what_is_for_a_limit_inside(struct kunit *test)
{
	struct quire_asked asked = { .pfn = 3, .narrow = true, .task = TASK };
	struct quire_pool *pool = bad_pool(test);

	bad_answer = BAD_NEXT;
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &asked), QUIRE_NATIVE);
	asked.referenced = true;
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &asked), QUIRE_NATIVE);
	KUNIT_EXPECT_EQ(test, stats_of(pool).narrow, 1ull);
	/* What the kernel would keep anyway costs no refusal. */
	asked = (struct quire_asked){ .pfn = PAGES, .stays = true, .task = TASK };
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &asked), QUIRE_KEEP);
	KUNIT_EXPECT_EQ(test, stats_of(pool).kept, 1ull);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static int begin(struct kunit *test)
{
	quire_test_allocations_start(0);
	atomic_set(&ejected, 0);
	bad_answer = BAD_NEXT;
	bad_ghost = QUIRE_NONE;
	bad_delay_us = 0;
	bad_check = NULL;
	bad_init_error = 0;
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ejects_what_names_no_victim),
	KUNIT_CASE(ejects_what_names_a_victim_that_is_none),
	KUNIT_CASE(ejects_what_names_a_victim_twice),
	KUNIT_CASE(ejects_what_gives_back_a_ghost_that_it_does_not_have),
	KUNIT_CASE(ejects_what_finds_its_lists_broken),
	KUNIT_CASE(looks_at_the_lists_of_what_names_no_victim),
	KUNIT_CASE(ejects_what_is_slow),
	KUNIT_CASE(lets_no_policy_keep_everything),
	KUNIT_CASE(bounds_what_a_hoard_costs),
	KUNIT_CASE(ejects_what_hoards),
	KUNIT_CASE(says_what_init_says),
	KUNIT_CASE(leaves_to_the_kernel_what_is_for_a_limit_inside),
	{}
};

struct kunit_suite quire_eject_suite = { .name = "eject", .init = begin, .test_cases = cases };
