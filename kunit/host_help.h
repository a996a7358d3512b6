/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites of the kernel's host share. */
#ifndef QUIRE_KUNIT_HOST_HELP_H
#define QUIRE_KUNIT_HOST_HELP_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>

#include "../module/policy/host.h"
#include "allocations.h"
#include "suites.h"

#define PAGES	600u		/* frames 1 to PAGES are the memory of a pool; no page is behind them */
#define TASK	0xffff888000123400ull

static const struct quire_host_params usual = {
	.window = QUIRE_WINDOW_SHARE, .window_most = QUIRE_WINDOW_MOST, .ghosts = QUIRE_GHOST_PERCENT,
};
static atomic_t ejected;

static void on_eject(void)
{
	atomic_inc(&ejected);
}

/* Before each case of a suite. */
static __maybe_unused int begin_host(struct kunit *test)
{
	quire_test_allocations_start(0);
	atomic_set(&ejected, 0);
	return 0;
}

static struct quire_host_stats stats_of(struct quire_pool *pool)
{
	struct quire_host_stats stats;

	quire_host_read(pool, &stats);
	return stats;
}

static enum quire_verdict propose(struct quire_pool *pool, unsigned long pfn, bool referenced)
{
	struct quire_asked asked = { .pfn = pfn, .referenced = referenced, .task = TASK };

	return quire_host_verdict(pool, &asked);
}

static bool lets_go(unsigned long pfn, unsigned int order, bool referenced, u64 target)
{
	bool goes;

	rcu_read_lock_sched();
	goes = quire_host_lets_go(pfn, order, referenced, target);
	rcu_read_unlock_sched();
	return goes;
}

/* Is what is allocated what was, before all pools? */
static void expect_nothing_left(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
	KUNIT_EXPECT_EQ(test, quire_test_allocated_bytes(), 0l);
}

#endif /* QUIRE_KUNIT_HOST_HELP_H */
