// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's host of policies, with reclaim played by the tests: every policy works in it, and
 * memory that cannot be had is a clean error.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../module/policy/ghosts.h"
#include "host_help.h"

#define SLOTS	4000u		/* identities that a page can have */

#define QUIRE_POLICY(name) extern const struct quire_policy_ops quire_policy_##name;
#include "../module/policies/policies.h"
#undef QUIRE_POLICY

static const struct quire_policy_ops *const policies[] = {
#define QUIRE_POLICY(name) &quire_policy_##name,
#include "../module/policies/policies.h"
#undef QUIRE_POLICY
};

static u64 luck;

static u32 chance(u32 below)
{
	luck ^= luck << 13;
	luck ^= luck >> 7;
	luck ^= luck << 17;
	return (luck >> 32) * below >> 32;
}

static void fails_cleanly_at_each_allocation(struct kunit *test)
{
	const struct quire_policy_ops *ops = &quire_policy_arc;
	unsigned int all, fail;
	struct quire_pool *pool;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(ops, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	all = quire_test_allocations();
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
	KUNIT_EXPECT_GT(test, all, 6u);

	for (fail = 1; fail <= all; fail++) {
		int err;

		quire_test_allocations_start(fail);
		err = quire_hosts_start(on_eject, NULL);
		if (!err) {
			pool = quire_host_new(ops, &usual);
			KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(pool), -ENOMEM);
			quire_hosts_stop();
		} else {
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		}
		if (quire_test_allocated()) {
			KUNIT_FAIL(test, "%ld left when allocation %u of %u fails",
				   quire_test_allocated(), fail, all);
			break;
		}
	}
	expect_nothing_left(test);
}

/* Times of frames come and go by themselves, or not at all. */
static void keeps_times_while_they_are_wanted(struct kunit *test)
{
	unsigned long pfn, last = 0, sections = 0;
	long before;
	u64 bytes;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	bytes = quire_frames.bytes;
	before = quire_test_allocated();
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(false), 0);
	KUNIT_EXPECT_NULL(test, quire_time_of(1));
	for (pfn = 0; pfn < quire_frames.frames; pfn += QUIRE_SECTION_FRAMES)
		sections += quire_tag_of(pfn + 1) != NULL;
	quire_test_allocations_start(1);
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(true), -ENOMEM);
	quire_test_allocations_start(3);
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(true), -ENOMEM);
	KUNIT_EXPECT_NULL(test, quire_time_of(1));
	KUNIT_EXPECT_EQ(test, quire_frames.bytes, bytes);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), before);
	quire_test_allocations_start(0);
	KUNIT_ASSERT_EQ(test, quire_frames_keep_times(true), 0);
	KUNIT_EXPECT_EQ(test, quire_frames.bytes, bytes + sections * QUIRE_SECTION_FRAMES * sizeof(u32));
	for (pfn = 1; pfn < quire_frames.frames; pfn++) {
		KUNIT_ASSERT_EQ(test, !quire_time_of(pfn), !quire_tag_of(pfn));
		if (!quire_time_of(pfn))
			continue;
		KUNIT_ASSERT_EQ(test, *quire_time_of(pfn), 0u);
		*quire_time_of(pfn) = pfn;
		last = pfn;
	}
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(true), 0);
	KUNIT_EXPECT_EQ(test, (unsigned long)*quire_time_of(last), last);
	KUNIT_EXPECT_EQ(test, *quire_time_of(1), 1u);
	KUNIT_EXPECT_NULL(test, quire_time_of(quire_frames.frames));
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(false), 0);
	KUNIT_EXPECT_EQ(test, quire_frames.bytes, bytes);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), before);
	/* The tables take them along. */
	KUNIT_EXPECT_EQ(test, quire_frames_keep_times(true), 0);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void takes_the_memory_that_is_stated(struct kunit *test)
{
	u64 frames = 0, tables, ghosts;
	struct quire_pool *pool;
	unsigned long pfn;
	size_t i;

	KUNIT_EXPECT_EQ(test, sizeof(struct quire_node), 16ul);
	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	tables = quire_test_allocated_bytes();
	for (pfn = 1; pfn < quire_frames.frames; pfn++)
		frames += quire_tag_of(pfn) != NULL;
	KUNIT_EXPECT_EQ_MSG(test, quire_frames.bytes, tables, "what it says that it uses");
	/* 18 bytes a page, pointers to them, and what is rounded up. */
	KUNIT_EXPECT_GE(test, frames, (u64)totalram_pages());
	KUNIT_EXPECT_LE(test, tables, frames * 19 + 8 * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		pool = quire_host_new(policies[i], &usual);
		KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
		KUNIT_EXPECT_LE_MSG(test, quire_test_allocated_bytes() - quire_frames.bytes,
				    policies[i]->pool_size + sizeof(*pool) + 1024, "%s",
				    policies[i]->name);
		KUNIT_EXPECT_EQ(test, quire_test_allocated_bytes() - quire_frames.bytes <
				      policies[i]->pool_size, false);
		quire_host_free(pool);
	}
	/* Ghosts of half as many pages, 30 bytes each, and a byte a page to find them. */
	ghosts = quire_ghosts_all();
	KUNIT_EXPECT_GE(test, ghosts, (u64)totalram_pages() / 2);
	KUNIT_EXPECT_LE(test, ghosts, (u64)totalram_pages() / 2 + QUIRE_SECTION_FRAMES);
	KUNIT_EXPECT_LE(test, quire_frames.bytes - tables, (ghosts + 1) * 30 + frames + PAGE_SIZE);
	pool = quire_host_new(&quire_policy_arc, &(struct quire_host_params){ 16, 2, 100 });
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_GE(test, quire_ghosts_all(), (u32)totalram_pages());
	KUNIT_EXPECT_EQ(test, (u64)quire_test_allocated_bytes() - quire_frames.bytes <
			      quire_policy_arc.pool_size + sizeof(*pool) + 1024, true);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/**
 * struct machine - a memory whose pages a pool governs
 * @pool:     the pool
 * @slot_of:  by frame: the identity of the page in it, 0 if it is free
 * @hand:     the frame that reclaim proposes next
 * @frames:   frames 1 to that are there
 * @used:     so many hold a page
 * @worst:    most proposals for one eviction
 */
struct machine {
	struct quire_pool *pool;
	u32 slot_of[PAGES + 1];
	bool used_since[PAGES + 1];
	u32 frame_of[SLOTS + 1];
	u32 hand;
	u32 frames;
	u32 used;
	u32 worst;
};

static struct machine machine;

static void start_machine(struct quire_pool *pool)
{
	memset(&machine, 0, sizeof(machine));
	machine.pool = pool;
	machine.frames = PAGES;
	machine.hand = 1;
	luck = 88172645463325252ull;
	quire_host_frames(pool, PAGES);
}

static void evict(u32 pfn)
{
	u32 slot = machine.slot_of[pfn];

	quire_host_evicted(machine.pool, pfn, slot);
	machine.slot_of[pfn] = 0;
	machine.frame_of[slot] = 0;
	machine.used--;
}

/* Reclaim goes round the frames until one is free, as the kernel would: native is its own yes. */
static u32 reclaim(void)
{
	u32 pfn, proposals;

	for (proposals = 1; proposals < 100000; proposals++) {
		pfn = machine.hand;
		quire_host_frames(machine.pool, machine.frames);
		machine.hand = machine.hand % machine.frames + 1;
		if (lets_go(pfn, 0, machine.used_since[pfn], 0) ||
		    propose(machine.pool, pfn, machine.used_since[pfn]) != QUIRE_KEEP) {
			machine.worst = max(machine.worst, proposals);
			evict(pfn);
			return pfn;
		}
		machine.used_since[pfn] = false;
	}
	return 0;
}

/* A reference to what slot @slot holds. False if reclaim found no frame. */
static bool use(u32 slot)
{
	u32 pfn = machine.frame_of[slot];

	if (pfn) {
		machine.used_since[pfn] = true;
		return true;
	}
	pfn = machine.used < machine.frames ? machine.used + 1 : reclaim();
	if (!pfn)
		return false;
	machine.used++;
	machine.slot_of[pfn] = slot;
	machine.frame_of[slot] = pfn;
	machine.used_since[pfn] = false;
	quire_host_refault(machine.pool, pfn, 0, slot);
	return true;
}

static void works_in_the_kernels_host(struct kunit *test)
{
	const struct quire_policy_ops *ops = *(const struct quire_policy_ops *const *)test->param_value;
	struct quire_host_stats stats;
	struct quire_pool *pool;
	u32 i, a, b, pfn;
	long before;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	/* Room for ghosts, once made, stays. */
	pool = quire_host_new(ops, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	quire_host_free(pool);
	before = quire_test_allocated();
	pool = quire_host_new(ops, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	start_machine(pool);
	for (i = 0; i < 8000; i++) {
		a = chance(1200);
		b = chance(1200);
		if (!use(1 + (i % 2000 < 1400 ? min(a, b) : i % 1200)))
			break;
		if (ops->check && i % 500 == 0)
			KUNIT_EXPECT_NULL(test, ops->check(pool, ~0u));
	}
	KUNIT_EXPECT_EQ_MSG(test, i, 8000u, "%s: reclaim found no page", ops->name);
	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
	stats = stats_of(pool);
	KUNIT_EXPECT_EQ(test, stats.resident, (u64)machine.used);
	KUNIT_EXPECT_EQ(test, stats.folios, stats.resident);
	KUNIT_EXPECT_LE(test, stats.condemned, stats.resident / 2 + 1);
	KUNIT_EXPECT_GE_MSG(test, stats.obeyed * 10, stats.evictions * 8,
			    "%s: most of the evictions are its own", ops->name);
	KUNIT_EXPECT_LE(test, machine.worst, 2 * PAGES + quire_guard_usual.row + 1);
	KUNIT_EXPECT_LE(test, pool->ghosts, pool->ghosts_max);
	if (stats.ghost_hits)
		KUNIT_EXPECT_LE(test, stats.ghost_hits, stats.refaults);

	for (pfn = 1; pfn <= machine.frames; pfn++)
		quire_host_gone(pool, pfn, pfn & 1 ? QUIRE_FREED : QUIRE_INVALIDATED);
	stats = stats_of(pool);
	KUNIT_EXPECT_EQ(test, stats.resident, 0ull);
	KUNIT_EXPECT_EQ(test, stats.condemned, 0ull);
	KUNIT_EXPECT_NULL(test, ops->check(pool, ~0u));
	KUNIT_EXPECT_EQ(test, atomic_read(&ejected), 0);
	quire_host_free(pool);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), before);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void describe_policy(const struct quire_policy_ops *const *ops, char *to)
{
	strscpy(to, (*ops)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(policies, policies, describe_policy);

/* The pool of a number, to be compared: outside of the section it may go. */
static const struct quire_pool *pool_of(unsigned int number)
{
	const struct quire_pool *pool;

	rcu_read_lock_sched();
	pool = quire_host_of(number);
	rcu_read_unlock_sched();
	return pool;
}

static void has_so_many_pools_and_no_more(struct kunit *test)
{
	struct quire_pool **pools = kunit_kcalloc(test, QUIRE_POOLS, sizeof(*pools), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, pools);
	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	for (i = 0; i < QUIRE_POOLS; i++) {
		pools[i] = quire_host_new(&quire_policy_fifo, &usual);
		KUNIT_ASSERT_FALSE(test, IS_ERR(pools[i]));
		KUNIT_EXPECT_EQ(test, quire_host_number(pools[i]), i + 1);
		KUNIT_EXPECT_PTR_EQ(test, pool_of(i + 1), pools[i]);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(quire_host_new(&quire_policy_fifo, &usual)), -ENOSPC);
	for (i = 0; i < QUIRE_POOLS; i++)
		quire_host_free(pools[i]);
	KUNIT_EXPECT_NULL(test, pool_of(1));
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void hands_pages_over_in_their_order(struct kunit *test)
{
	struct quire_pool *from, *to;
	u32 pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	from = quire_host_new(&quire_policy_lru, &usual);
	to = quire_host_new(&quire_policy_fifo, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(from) || IS_ERR(to));
	for (pfn = 1; pfn <= PAGES; pfn++)
		quire_host_admit(from, pfn, 0, pfn & 1);
	/* The first use is the one that brought it in. */
	for (pfn = 1; pfn <= PAGES / 2; pfn++)
		quire_host_touch(from, pfn);
	for (pfn = 1; pfn <= PAGES / 2; pfn++)
		quire_host_touch(from, pfn);
	quire_host_hand_over(from, to);
	KUNIT_EXPECT_EQ(test, stats_of(from).folios, 0ull);
	KUNIT_EXPECT_EQ(test, stats_of(to).folios, (u64)PAGES);
	KUNIT_EXPECT_EQ(test, stats_of(to).handed_over, (u64)PAGES);
	quire_host_free(from);
	for (pfn = PAGES / 2 + 1; pfn <= PAGES; pfn++)
		KUNIT_EXPECT_EQ(test, to->ops->victim(to), pfn);
	for (pfn = 1; pfn <= PAGES / 2; pfn++)
		KUNIT_EXPECT_EQ(test, to->ops->victim(to), pfn);
	quire_host_free(to);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void leaves_a_page_to_the_pool_that_has_it(struct kunit *test)
{
	struct quire_pool *one, *other;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	one = quire_host_new(&quire_policy_lru, &usual);
	other = quire_host_new(&quire_policy_clock, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(one) || IS_ERR(other));
	quire_host_admit(one, 5, 0, false);
	quire_host_admit(one, 5, 0, false);
	quire_host_admit(other, 5, 0, false);
	quire_host_touch(other, 5);
	quire_host_gone(other, 5, QUIRE_FREED);
	quire_host_evicted(other, 5, 1);
	quire_host_refault(other, 5, 0, 1);
	KUNIT_EXPECT_EQ(test, propose(other, 5, false), QUIRE_NATIVE);
	KUNIT_EXPECT_EQ(test, stats_of(one).folios, 1ull);
	KUNIT_EXPECT_EQ(test, stats_of(other).folios, 0ull);
	KUNIT_EXPECT_EQ(test, quire_owner_of(5), quire_host_number(one));
	/* No page: the first frame, and what lies beyond all memory. */
	quire_host_admit(one, 0, 0, false);
	quire_host_admit(one, quire_frames.handles + 5ul, 0, false);
	quire_host_admit(one, ~0ul, 0, false);
	KUNIT_EXPECT_EQ(test, stats_of(one).folios, 1ull);
	quire_host_free(one);
	KUNIT_EXPECT_EQ(test, quire_owner_of(5), 0u);
	quire_host_free(other);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void counts_large_folios_by_their_pages(struct kunit *test)
{
	struct quire_asked half = { .pfn = 512, .order = 8, .task = TASK };
	struct quire_pool *pool;
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&quire_policy_lru, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 512; pfn <= 16 * 512; pfn += 512)
		quire_host_admit(pool, pfn, 9, false);
	KUNIT_EXPECT_EQ(test, stats_of(pool).resident, 16 * 512ull);
	KUNIT_EXPECT_EQ(test, stats_of(pool).folios, 16ull);
	/* Less the window, a sixteenth of what is there; never more than is there. */
	quire_host_frames(pool, 10 * 16 * 512);
	KUNIT_EXPECT_EQ(test, pool->frames, 15u);
	quire_host_frames(pool, 0);
	KUNIT_EXPECT_EQ(test, pool->frames, 15u);
	quire_host_frames(pool, 8 * 512);
	KUNIT_EXPECT_EQ(test, pool->frames, 7u);
	quire_host_frames(pool, 1);
	KUNIT_EXPECT_EQ(test, pool->frames, 1u);
	quire_host_verdict(pool, &half);
	KUNIT_EXPECT_EQ(test, stats_of(pool).resident, 15 * 512 + 256ull);
	quire_host_gone(pool, 512, QUIRE_FREED);
	KUNIT_EXPECT_EQ(test, stats_of(pool).resident, 15 * 512ull);
	KUNIT_EXPECT_EQ(test, stats_of(pool).folios, 15ull);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

/* A reference that reclaim finds is an old one: it makes no page the most recently used. */
static void tells_mru_that_references_are_late(struct kunit *test)
{
	struct quire_pool *pool;
	u32 pfn;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&quire_policy_mru, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	for (pfn = 1; pfn <= 4; pfn++)
		quire_host_admit(pool, pfn, 0, false);
	quire_host_touch(pool, 2);
	quire_host_touch(pool, 2);
	/* 4 and 3 are condemned; 4 is found to be used, as of old: it is the last to go. */
	KUNIT_EXPECT_EQ(test, propose(pool, 1, false), QUIRE_KEEP);
	KUNIT_EXPECT_EQ(test, stats_of(pool).condemned, 2ull);
	quire_host_touch(pool, 4);
	quire_host_touch(pool, 4);
	KUNIT_EXPECT_EQ(test, stats_of(pool).condemned, 1ull);
	for (pfn = 2; pfn; pfn--)
		KUNIT_EXPECT_EQ(test, pool->ops->victim(pool), pfn);
	KUNIT_EXPECT_EQ(test, pool->ops->victim(pool), 4u);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void keeps_parameters_and_window_within_their_bounds(struct kunit *test)
{
	struct quire_host_params tight = { 4, 4 }, wide = { QUIRE_WINDOW_BOUND, 2 };
	struct quire_pool *pool;
	u32 i;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(&quire_policy_slru, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_EQ(test, pool->param[0], quire_policy_slru.params[0].def);
	quire_host_set_param(pool, 0, 33);
	KUNIT_EXPECT_EQ(test, pool->param[0], 33u);
	start_machine(pool);
	quire_host_set_params(pool, &tight);
	for (i = 1; i <= 3000; i++)
		KUNIT_ASSERT_TRUE(test, use(i % 1500 + 1));
	KUNIT_EXPECT_EQ(test, stats_of(pool).window, stats_of(pool).resident / 4);
	quire_host_set_params(pool, &wide);
	for (i = 1; i <= 3000; i++)
		KUNIT_ASSERT_TRUE(test, use(i % 1500 + 1));
	KUNIT_EXPECT_LE(test, stats_of(pool).window, stats_of(pool).resident / 2);
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static void remembers_no_more_than_there_are_ghosts(struct kunit *test)
{
	static const u32 percent[] = { 0, 8, 50, 100 };
	struct quire_host_params params = usual;
	struct quire_pool *pool;
	u32 i, j, before = 0;

	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	for (j = 0; j < ARRAY_SIZE(percent); j++) {
		params.ghosts = percent[j];
		pool = quire_host_new(&quire_policy_lirs, &params);
		KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
		start_machine(pool);
		/* A loop that comes round after as many evictions as there are ghosts, and before. */
		for (i = 0; i < 6000; i++) {
			KUNIT_ASSERT_TRUE(test, use(1 + i % (PAGES * 3 / 2)));
			KUNIT_ASSERT_LE(test, pool->ghosts, pool->ghosts_max);
			KUNIT_ASSERT_LE(test, pool->ghosts, PAGES * percent[j] / 100 + 1);
		}
		KUNIT_EXPECT_NULL(test, pool->ops->check(pool, ~0u));
		if (percent[j])
			KUNIT_EXPECT_EQ(test, pool->ghosts_max, pool->frames * percent[j] / 100 + 1);
		else
			KUNIT_EXPECT_EQ(test, stats_of(pool).ghost_hits, 0ull);
		KUNIT_EXPECT_GE(test, stats_of(pool).ghost_hits, (u64)before);
		before = stats_of(pool).ghost_hits;
		quire_host_free(pool);
	}
	KUNIT_EXPECT_GT(test, before, 100u);
	quire_hosts_stop();
	expect_nothing_left(test);
}

#define THREADS		4
#define EACH		500u

struct reclaimer {
	struct quire_pool *pool;
	u32 first;
	u32 luck;
	struct completion done;
};

/* Brings in, proposes and frees pages of its own part of memory, as one CPU of many. */
static int reclaims(void *data)
{
	struct reclaimer *me = data;
	u32 i;

	for (i = 0; i < 4000; i++) {
		u32 pfn;

		me->luck = me->luck * 1664525 + 1013904223;
		pfn = me->first + (me->luck >> 16) % EACH;
		switch (me->luck >> 8 & 7) {
		case 0:
			quire_host_gone(me->pool, pfn, QUIRE_FREED);
			break;
		case 1:
		case 2:
			quire_host_refault(me->pool, pfn, 0, 1 + (me->luck >> 12) % 4000);
			break;
		case 3:
			quire_host_touch(me->pool, pfn);
			break;
		default:
			if (lets_go(pfn, 0, me->luck >> 11 & 1, 0) ||
			    propose(me->pool, pfn, me->luck >> 11 & 1) != QUIRE_KEEP)
				quire_host_evicted(me->pool, pfn, 1 + (me->luck >> 12) % 4000);
		}
		if (i % 256 == 0)
			cond_resched();
	}
	complete(&me->done);
	return 0;
}

static void is_not_confused_by_several_reclaimers(struct kunit *test)
{
	const struct quire_policy_ops *ops = *(const struct quire_policy_ops *const *)test->param_value;
	struct reclaimer *reclaimers = kunit_kcalloc(test, THREADS, sizeof(*reclaimers), GFP_KERNEL);
	struct quire_pool *pool;
	u32 i, pfn, held = 0;

	KUNIT_ASSERT_NOT_NULL(test, reclaimers);
	KUNIT_ASSERT_EQ(test, quire_hosts_start(on_eject, NULL), 0);
	pool = quire_host_new(ops, &usual);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	quire_host_frames(pool, THREADS * EACH);
	for (i = 0; i < THREADS; i++) {
		struct task_struct *task;

		reclaimers[i] = (struct reclaimer){ .pool = pool, .first = 1 + i * EACH, .luck = i };
		init_completion(&reclaimers[i].done);
		task = kthread_run(reclaims, &reclaimers[i], "quire_reclaim/%u", i);
		if (IS_ERR(task)) {
			KUNIT_FAIL(test, "no thread");
			complete(&reclaimers[i].done);
		}
	}
	for (i = 0; i < THREADS; i++)
		wait_for_completion(&reclaimers[i].done);
	for (pfn = 1; pfn <= THREADS * EACH; pfn++)
		held += quire_owner_of(pfn) == quire_host_number(pool);
	KUNIT_EXPECT_EQ(test, stats_of(pool).folios, (u64)held);
	KUNIT_EXPECT_EQ(test, quire_host_fault(pool), QUIRE_FAULT_NONE);
	KUNIT_EXPECT_NULL(test, ops->check(pool, ~0u));
	quire_host_free(pool);
	quire_hosts_stop();
	expect_nothing_left(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(fails_cleanly_at_each_allocation),
	KUNIT_CASE(keeps_times_while_they_are_wanted),
	KUNIT_CASE(takes_the_memory_that_is_stated),
	KUNIT_CASE_PARAM(works_in_the_kernels_host, policies_gen_params),
	KUNIT_CASE_PARAM(is_not_confused_by_several_reclaimers, policies_gen_params),
	KUNIT_CASE(has_so_many_pools_and_no_more),
	KUNIT_CASE(hands_pages_over_in_their_order),
	KUNIT_CASE(leaves_a_page_to_the_pool_that_has_it),
	KUNIT_CASE(counts_large_folios_by_their_pages),
	KUNIT_CASE(tells_mru_that_references_are_late),
	KUNIT_CASE(keeps_parameters_and_window_within_their_bounds),
	KUNIT_CASE(remembers_no_more_than_there_are_ghosts),
	{}
};

struct kunit_suite quire_host_suite = { .name = "host", .init = begin_host, .test_cases = cases };
