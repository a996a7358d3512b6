// SPDX-License-Identifier: GPL-2.0
/*
 * The window of the kernel's host: what is condemned ahead of need, and how it goes.
 */
#include <linux/err.h>

#include "host_help.h"

#define QUIRE_POLICY(name) extern const struct quire_policy_ops quire_policy_##name;
#include "../module/policies/policies.h"
#undef QUIRE_POLICY

/* The pages that go first are mlocked, say: reclaim never proposes them. */
static void expels_what_is_never_proposed(struct kunit *test)
{
	struct quire_pool *pool;
	u32 pfn, i, went = 0;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&quire_policy_fifo, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	for (i = 0; i < 20 * PAGES && went < 100; i++) {
		pfn = PAGES / 2 + 1 + i % (PAGES / 2);
		quire_host_frames(pool, PAGES);
		if (!quire_owner_of(pfn) || propose(pool, pfn, false) != QUIRE_EVICT)
			continue;
		went++;
		quire_host_evicted(pool, pfn, pfn);
	}
	KUNIT_EXPECT_EQ(test, went, 100u);
	KUNIT_EXPECT_GE(test, stats_of(pool).expelled, 100ull);
	KUNIT_EXPECT_EQ(test, quire_owner_of(1), 0u);
	KUNIT_EXPECT_EQ(test, stats_of(pool).folios, PAGES - stats_of(pool).expelled - went);
	KUNIT_EXPECT_NULL(test, pool->ops->check(pool, ~0u));
	/* It is proposed after all. */
	propose(pool, 1, false);
	KUNIT_EXPECT_EQ(test, quire_owner_of(1), quire_host_number(pool));
	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static u32 named(struct quire_pool *pool, struct quire_asked *asked, unsigned long pfn)
{
	*asked = (struct quire_asked){ .pfn = pfn, .task = TASK };
	quire_host_verdict(pool, asked);
	return asked->nr_victims;
}

/* Each page is named to be brought forward when it is condemned, and again when others are proposed. */
static void names_what_is_to_be_brought_forward(struct kunit *test)
{
	struct quire_host_params params = usual;
	struct quire_asked asked;
	struct quire_pool *pool;
	u32 pfn, i, j;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	params.window = 4;
	params.steer = 1;
	pool = quire_host_new(&quire_policy_fifo, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	/* Of few pages the share itself, though a sixteenth of it is said to do. */
	for (i = 0; i < PAGES / 4 / QUIRE_VICTIMS; i++) {
		KUNIT_ASSERT_EQ(test, named(pool, &asked, 500 + i), (u32)QUIRE_VICTIMS);
		for (j = 0; j < QUIRE_VICTIMS; j++)
			KUNIT_EXPECT_EQ(test, asked.victims[j], i * QUIRE_VICTIMS + j + 1);
	}
	KUNIT_EXPECT_EQ(test, named(pool, &asked, 510), PAGES / 4 % QUIRE_VICTIMS);
	KUNIT_EXPECT_FALSE(test, asked.newest);
	KUNIT_EXPECT_EQ(test, stats_of(pool).condemned, PAGES / 4ull);
	KUNIT_EXPECT_EQ(test, stats_of(pool).steered, PAGES / 4ull);
	/* Ten have been refused by now: six more are, then all are named in turn. */
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, named(pool, &asked, 520 + i), 0u);
	KUNIT_EXPECT_EQ(test, named(pool, &asked, 530), (u32)QUIRE_VICTIMS);
	KUNIT_EXPECT_EQ(test, asked.victims[0], 1u);
	/* The next in turn leaves. */
	quire_host_gone(pool, QUIRE_VICTIMS + 1, QUIRE_FREED);
	KUNIT_EXPECT_EQ(test, named(pool, &asked, 531), 0u);
	for (i = 0; i < 14; i++)
		KUNIT_EXPECT_EQ(test, named(pool, &asked, 540 + i), 0u);
	KUNIT_EXPECT_EQ(test, named(pool, &asked, 560), (u32)QUIRE_VICTIMS);
	KUNIT_EXPECT_EQ(test, asked.victims[0], QUIRE_VICTIMS + 2u);
	/* One that goes ends the row; the one condemned for it is the next. */
	KUNIT_EXPECT_EQ(test, propose(pool, 1, false), QUIRE_EVICT);
	quire_host_evicted(pool, 1, 1);
	/* What is proposed itself need not be brought forward. */
	KUNIT_EXPECT_EQ(test, named(pool, &asked, PAGES / 4 + 1), 0u);
	KUNIT_EXPECT_EQ(test, propose(pool, PAGES / 4 + 1, false), QUIRE_EVICT);
	quire_host_free(pool);
	/* Few pages have a window all the same. */
	pool = quire_host_new(&quire_policy_fifo, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= 3; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	KUNIT_EXPECT_EQ(test, propose(pool, 1, false), QUIRE_EVICT);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/* While no page can be brought forward none is named for that, and the window is as it would be without. */
static void is_as_without_while_nothing_can_be_brought_forward(struct kunit *test)
{
	struct quire_host_params params = usual;
	struct quire_asked asked;
	struct quire_pool *pool;
	u32 pfn, i;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	params.steer = 1;
	pool = quire_host_new(&quire_policy_mru, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	for (i = 0; i < 2 * QUIRE_VICTIMS; i++) {
		asked = (struct quire_asked){ .pfn = 1 + i, .task = TASK, .fixed = true };
		quire_host_verdict(pool, &asked);
		KUNIT_EXPECT_EQ(test, asked.nr_victims, 0u);
	}
	KUNIT_EXPECT_EQ(test, stats_of(pool).window, (u64)PAGES / QUIRE_WINDOW_SHARE);
	KUNIT_EXPECT_EQ(test, stats_of(pool).steered, 0ull);
	/* The kernel's lists have been switched. */
	asked = (struct quire_asked){ .pfn = 100, .task = TASK };
	quire_host_verdict(pool, &asked);
	KUNIT_EXPECT_GT(test, asked.nr_victims, 0u);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static bool has_fresh(unsigned long pfn, unsigned int order, u64 target)
{
	bool has;

	rcu_read_lock_sched();
	has = quire_host_has_fresh_victim(pfn, order, target);
	rcu_read_unlock_sched();
	return has;
}

/* What is condemned goes without a verdict, for a while, and is counted as if there had been one. */
static void lets_the_condemned_go_without_a_verdict(struct kunit *test)
{
	struct quire_asked inside = { .pfn = 300, .task = TASK, .target = 8, .narrow = true };
	struct quire_asked whole = { .pfn = 300, .task = TASK, .target = 8 };
	struct quire_host_stats before;
	struct quire_pool *pool, *other;
	u32 pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&quire_policy_fifo, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(pool, pfn, pfn == 3 ? 1 : 0, false);
	KUNIT_EXPECT_FALSE(test, lets_go(1, 0, false, 0));
	for (pfn = 0; stats_of(pool).condemned <= stats_of(pool).window - QUIRE_VICTIMS || !pfn; pfn++)
		KUNIT_ASSERT_EQ(test, propose(pool, PAGES - pfn, false), QUIRE_KEEP);
	KUNIT_ASSERT_GE(test, stats_of(pool).condemned, 2ull * QUIRE_VICTIMS);
	/* Not: of nobody, not condemned, split since, none at all. */
	KUNIT_EXPECT_FALSE(test, lets_go(PAGES + 1, 0, false, 0));
	KUNIT_EXPECT_FALSE(test, lets_go(PAGES / 2, 0, false, 0));
	KUNIT_EXPECT_FALSE(test, lets_go(3, 0, false, 0));
	KUNIT_EXPECT_FALSE(test, lets_go(0, 0, false, 0));
	KUNIT_EXPECT_FALSE(test, lets_go(~0ul, 0, false, 0));
	/* Not: for somebody else than the last verdict, or for somebody inside. */
	KUNIT_EXPECT_FALSE(test, lets_go(1, 0, false, 8));
	KUNIT_EXPECT_FALSE(test, has_fresh(1, 0, 8));
	KUNIT_EXPECT_TRUE(test, has_fresh(1, 0, 0));
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &inside), QUIRE_NATIVE);
	KUNIT_EXPECT_FALSE(test, lets_go(1, 0, false, 8));
	KUNIT_EXPECT_FALSE(test, has_fresh(1, 0, 8));
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &whole), QUIRE_KEEP);
	KUNIT_EXPECT_FALSE(test, lets_go(1, 0, false, 0));
	before = stats_of(pool);
	KUNIT_EXPECT_TRUE(test, lets_go(1, 0, false, 8));
	/* As it is large; and fresh, but once. */
	KUNIT_EXPECT_FALSE(test, has_fresh(3, 0, 8));
	KUNIT_EXPECT_TRUE(test, has_fresh(3, 1, 8));
	KUNIT_EXPECT_TRUE(test, lets_go(3, 1, true, 8));
	KUNIT_EXPECT_FALSE(test, has_fresh(3, 1, 8));
	KUNIT_EXPECT_FALSE(test, lets_go(3, 1, true, 8));
	KUNIT_EXPECT_TRUE(test, lets_go(3, 1, false, 8));
	KUNIT_EXPECT_EQ(test, stats_of(pool).verdicts, before.verdicts + 3);
	KUNIT_EXPECT_EQ(test, stats_of(pool).evicted, before.evicted + 3);
	/* It has not gone, and is used: it is not condemned any more. */
	quire_host_touch(pool, 1);
	KUNIT_EXPECT_FALSE(test, lets_go(1, 0, false, 8));
	/* The policy is heard again before the window is empty. */
	for (pfn = 4; lets_go(pfn, 0, false, 8); pfn++)
		quire_host_evicted(pool, pfn, pfn);
	KUNIT_EXPECT_EQ(test, pfn, 4u + QUIRE_VICTIMS - 1 - 3);
	KUNIT_EXPECT_TRUE(test, has_fresh(pfn, 0, 8));
	KUNIT_EXPECT_EQ(test, stats_of(pool).verdicts, before.verdicts + QUIRE_VICTIMS - 1);
	before = stats_of(pool);
	whole.pfn = pfn;
	KUNIT_EXPECT_EQ(test, quire_host_verdict(pool, &whole), QUIRE_EVICT);
	KUNIT_EXPECT_EQ(test, stats_of(pool).verdicts, before.verdicts + 1);
	KUNIT_EXPECT_EQ(test, stats_of(pool).evicted, before.evicted + 1);
	KUNIT_EXPECT_GT(test, stats_of(pool).condemned, before.condemned);
	KUNIT_EXPECT_TRUE(test, lets_go(pfn, 0, false, 8));
	/* Another policy takes over, that has condemned nothing; then there is none. */
	other = quire_host_new(&quire_policy_lru, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	quire_host_hand_over(pool, other);
	KUNIT_EXPECT_EQ(test, quire_owner_of(pfn), quire_host_number(other));
	KUNIT_EXPECT_FALSE(test, lets_go(pfn, 0, false, 0));
	quire_host_free(pool);
	quire_host_free(other);
	KUNIT_EXPECT_FALSE(test, lets_go(pfn, 0, false, 0));
	KUNIT_EXPECT_FALSE(test, has_fresh(pfn, 0, 0));
	quire_hosts_stop();
	expect_nothing_left(test);
}

#define MANY_PAGES	6000u	/* enough that the least window is not all there is to be seen */

static bool is_condemned(u32 pfn)
{
	bool is;

	rcu_read_lock_sched();
	is = *quire_page_tag(pfn) & QUIRE_TAG_CONDEMNED;
	rcu_read_unlock_sched();
	return is;
}

/* Reclaim proposes the page; one that goes is back at once. */
static void propose_again(struct quire_pool *pool, u32 pfn)
{
	if (propose(pool, pfn, false) != QUIRE_EVICT)
		return;
	quire_host_evicted(pool, pfn, 0);
	quire_host_admit(pool, pfn, 0, false);
}

static u32 in, out;	/* pages proposed last: one that is not condemned, one that is */

/* The window after so many verdicts, of which one of @refused + 1 is that a page goes. */
static u64 window_after(struct kunit *test, struct quire_pool *pool, u32 verdicts, u32 refused)
{
	u32 i, j;

	for (i = 0; i < verdicts; i += refused + 1) {
		for (j = 0; j < refused; j++) {
			do {
				in = in % MANY_PAGES + 1;
			} while (is_condemned(in));
			propose_again(pool, in);
		}
		for (j = 0; j < MANY_PAGES && !is_condemned(out); j++)
			out = out % MANY_PAGES + 1;
		propose_again(pool, out);
	}
	KUNIT_EXPECT_EQ(test, stats_of(pool).resident, (u64)MANY_PAGES);
	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
	return stats_of(pool).window;
}

static struct quire_pool *full_pool(const struct quire_policy_ops *ops, const struct quire_host_params *params)
{
	struct quire_pool *pool = quire_host_new(ops, params);
	struct quire_asked asked;
	u32 pfn;

	in = 1;
	out = 1;
	if (IS_ERR(pool))
		return pool;
	for (pfn = 1; pfn <= MANY_PAGES; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	named(pool, &asked, MANY_PAGES / 2);
	return pool;
}

/* Where pages can be brought forward it begins as small as that allows, and grows where this does not help. */
static void is_as_large_as_refusals_make_it(struct kunit *test)
{
	struct quire_host_params params = usual;
	struct quire_asked asked;
	struct quire_pool *pool;
	u32 i;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	params.steer = 1;
	pool = full_pool(&quire_policy_mru, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_EQ(test, stats_of(pool).window, 2048ull / 16);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 3), 2048ull / 16);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 9), MANY_PAGES / 16ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 3), MANY_PAGES / 16ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 17), MANY_PAGES / 2ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 7), MANY_PAGES / 16ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 40 * MANY_PAGES, 1), 2048ull / 16);
	while (is_condemned(in))
		in = in % MANY_PAGES + 1;
	named(pool, &asked, in);
	KUNIT_EXPECT_TRUE(test, asked.newest);
	quire_host_free(pool);
	/* A step that would lead past the share that is set leads to it. */
	params.window = 10;
	pool = full_pool(&quire_policy_mru, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_LE(test, window_after(test, pool, MANY_PAGES, 9), MANY_PAGES / 10ull);
	/* But for what was expelled and is not back. */
	KUNIT_EXPECT_GT(test, stats_of(pool).window, MANY_PAGES / 11ull);
	quire_host_free(pool);
	params.window = QUIRE_WINDOW_SHARE;
	/* Without: by the share that is set, from the beginning. */
	params.steer = 0;
	pool = full_pool(&quire_policy_mru, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_EQ(test, stats_of(pool).window, MANY_PAGES / 16ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 1), MANY_PAGES / 16ull);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/* Of a policy that loses nothing by naming its victims early the window never is less than it says. */
static void is_as_large_as_the_policy_allows(struct kunit *test)
{
	struct quire_host_params params = usual;
	struct quire_pool *pool;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	KUNIT_ASSERT_EQ(test, quire_policy_lru.ahead, 4u);
	params.window = quire_policy_lru.ahead;
	params.steer = 1;
	pool = full_pool(&quire_policy_lru, &params);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_EQ(test, stats_of(pool).window, MANY_PAGES / 4ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 0), MANY_PAGES / 4ull);
	KUNIT_EXPECT_EQ(test, window_after(test, pool, 20 * MANY_PAGES, 9), MANY_PAGES / 4ull);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static int generation[PAGES + 1];	/* that the kernel has a page in, or -1 */

static int generation_of(unsigned long pfn)
{
	return generation[pfn];
}

static void note(u32 pfn, int now)
{
	generation[pfn] = now;
	rcu_read_lock_sched();
	quire_tag_note(quire_page_tag(pfn), now);
	rcu_read_unlock_sched();
}

/* What the kernel has found to be used is no victim; nor is it told twice that a page has come. */
static void hears_what_the_kernel_found(struct kunit *test)
{
	struct quire_pool *pool, *other;
	u32 pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, generation_of), 0);
	pool = quire_host_new(&quire_policy_lru, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	/* Of no pool: it stays so, whatever is noted. */
	note(1, 3);
	KUNIT_EXPECT_EQ(test, quire_owner_of(1), 0u);
	for (pfn = 1; pfn <= PAGES; pfn++) {
		quire_host_admit(pool, pfn, 0, false);
		note(pfn, pfn & 3);
	}
	/* 2 and 3 have been used since, 3 for the second time; 4 is where nothing can be told; 5 has been kept. */
	quire_host_touch(pool, 3);
	generation[2] = (2 + 1) & 3;
	generation[3] = (3 + 2) & 3;
	generation[4] = -1;
	note(5, 2);
	KUNIT_EXPECT_EQ(test, propose(pool, PAGES, false), QUIRE_KEEP);
	KUNIT_EXPECT_EQ(test, stats_of(pool).found, 1ull);
	for (pfn = 1; pfn <= 5; pfn++)
		KUNIT_EXPECT_EQ_MSG(test, is_condemned(pfn), pfn != 3, "page %u", pfn);
	KUNIT_EXPECT_EQ(test, stats_of(pool).condemned, QUIRE_VICTIMS - 1ull);
	/* The pool that follows knows where pages were: of all only 6 has moved since, for the second time. */
	quire_host_touch(pool, 6);
	other = quire_host_new(&quire_policy_fifo, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other));
	quire_host_hand_over(pool, other);
	quire_host_free(pool);
	KUNIT_EXPECT_EQ(test, stats_of(other).folios, (u64)PAGES);
	generation[6] = (6 + 3) & 3;
	for (pfn = 0; pfn < 8; pfn++)
		KUNIT_EXPECT_EQ(test, propose(other, PAGES - 1 - pfn, false), QUIRE_KEEP);
	KUNIT_EXPECT_EQ(test, stats_of(other).condemned, stats_of(other).window);
	KUNIT_EXPECT_EQ(test, stats_of(other).found, 1ull);
	KUNIT_EXPECT_TRUE(test, is_condemned(5) && !is_condemned(6) && is_condemned(7));
	KUNIT_EXPECT_NULL(test, other->ops->check(other, ~0u));
	quire_host_free(other);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hears_what_the_kernel_found),
	KUNIT_CASE(is_as_large_as_refusals_make_it),
	KUNIT_CASE(is_as_large_as_the_policy_allows),
	KUNIT_CASE(expels_what_is_never_proposed),
	KUNIT_CASE(names_what_is_to_be_brought_forward),
	KUNIT_CASE(is_as_without_while_nothing_can_be_brought_forward),
	KUNIT_CASE(lets_the_condemned_go_without_a_verdict),
	{}
};

struct kunit_suite quire_window_suite = { .name = "window", .init = begin_host, .test_cases = cases };
