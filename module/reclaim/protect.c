// SPDX-License-Identifier: GPL-2.0
/*
 * Protection: with any policy, or with none.
 *
 *	protect_ms		what was used within so long stays
 *	protect_file_mb		so much of what files back stays
 *	protect_anon_mb		so much of what swap backs stays
 *
 * That a page was used is seen when it comes in, and when reclaim looks at it and
 * finds it referenced. For protect_ms there is a byte for each page frame, which
 * exists only while somebody wants it:
 *
 *	0		not used for long
 *	1 to 255	in which tick it was last used, of which QUIRE_TICKS are the longest
 *			time that anybody wants
 *
 * Before the tick's byte comes round again, a sweep has put those that are older to 0.
 *
 * Protected pages are refused as by a policy, so a guard stands over them too: with
 * everything protected the kernel decides now and then, and nobody is killed for it.
 */
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include "interface/trace.h"
#include "reclaim/scope.h"

#define QUIRE_TICKS		64
#define QUIRE_PAGES_FOR		(HZ / 50 + 1)	/* jiffies for which a count of pages is good */

/* A protected kind is refused page by page while reclaim works through it to others. */
static const struct quire_guard_limits quire_protect_limits = {
	.row = 1024,
	.pass = 768,
	.open = 4,
	.credit = 64,
	.credit_ms = 4,
	.credit_max = 8192,
};

/**
 * struct quire_ages - when pages were last used
 * @rcu:	frees it
 * @tick:	how long a tick is, in jiffies; at least 1
 * @frames:	there are so many
 * @used:	a byte for each
 */
struct quire_ages {
	struct rcu_head rcu;
	unsigned long tick;
	unsigned long frames;
	u8 used[];
};

static struct quire_ages __rcu *quire_ages;

static u8 quire_tick(const struct quire_ages *ages)
{
	return jiffies / ages->tick % U8_MAX + 1;
}

/* How many ticks ago, going back over the end of the numbers. */
static unsigned int quire_ticks_since(const struct quire_ages *ages, u8 used)
{
	return (quire_tick(ages) + U8_MAX - used) % U8_MAX;
}

static void quire_sweep_ages(struct work_struct *work);
static DECLARE_DELAYED_WORK(quire_ages_work, quire_sweep_ages);

static void quire_sweep_ages(struct work_struct *work)
{
	/* Only quire_ages_want() takes the table away, after this work has ended. */
	struct quire_ages *ages = rcu_dereference_protected(quire_ages, true);
	unsigned long pfn;
	u8 used;

	for (pfn = 0; pfn < ages->frames; pfn++) {
		used = READ_ONCE(ages->used[pfn]);
		if (used && quire_ticks_since(ages, used) > QUIRE_TICKS)
			cmpxchg(&ages->used[pfn], used, 0);
		if (pfn % 65536 == 0)
			cond_resched();
	}
	schedule_delayed_work(&quire_ages_work, ages->tick * QUIRE_TICKS);
}

/**
 * quire_ages_want - keep the times at which pages were used
 * @ms:		so far back, 0: not at all
 *
 * What was known is lost if the time changes.
 *
 * Context: process, may sleep; under the mutex of the scopes.
 * Return: 0 or -ENOMEM, nothing having changed.
 */
int quire_ages_want(u32 ms)
{
	struct quire_ages *old = rcu_dereference_protected(quire_ages, true), *ages = NULL;
	unsigned long tick = max(msecs_to_jiffies(ms) / QUIRE_TICKS, 1ul), frames = 0;
	int nid;

	if (old ? ms && old->tick == tick : !ms)
		return 0;
	if (ms) {
		for_each_online_node(nid)
			frames = max(frames, node_end_pfn(nid));
		ages = vzalloc(sizeof(*ages) + frames);
		if (!ages)
			return -ENOMEM;
		ages->tick = tick;
		ages->frames = frames;
	}
	cancel_delayed_work_sync(&quire_ages_work);
	rcu_assign_pointer(quire_ages, ages);
	synchronize_rcu();
	vfree(old);
	if (ages)
		schedule_delayed_work(&quire_ages_work, tick * QUIRE_TICKS);
	return 0;
}

/**
 * quire_ages_use - a page is used
 * @pfn:	the page
 *
 * Context: with preemption off.
 */
void quire_ages_use(unsigned long pfn)
{
	struct quire_ages *ages = rcu_dereference_sched(quire_ages);

	if (ages && pfn < ages->frames)
		WRITE_ONCE(ages->used[pfn], quire_tick(ages));
}

static bool quire_is_recent(unsigned long pfn, u32 ms)
{
	struct quire_ages *ages = rcu_dereference_sched(quire_ages);
	u8 used;

	if (!ages || pfn >= ages->frames)
		return false;
	used = READ_ONCE(ages->used[pfn]);
	return used && quire_ticks_since(ages, used) * ages->tick <= msecs_to_jiffies(ms);
}

/**
 * quire_protect_init - nothing is protected yet
 * @protect:	filled in
 */
void quire_protect_init(struct quire_protect *protect)
{
	memset(protect, 0, sizeof(*protect));
	spin_lock_init(&protect->lock);
	quire_guard_start(&protect->guard, &quire_protect_limits, quire_guard_clock());
	protect->pages_at = jiffies - QUIRE_PAGES_FOR - 1;
}

/* Are there so few pages of the kind that they are protected? Under the lock. */
static bool quire_is_scarce(struct quire_scope *scope, enum quire_kind kind)
{
	struct quire_protect *protect = &scope->protect;

	if (!protect->wanted.mb[kind])
		return false;
	if (time_after(jiffies, protect->pages_at + QUIRE_PAGES_FOR)) {
		protect->pages[QUIRE_ANON] = quire_scope_pages(scope, QUIRE_ANON);
		protect->pages[QUIRE_FILE] = quire_scope_pages(scope, QUIRE_FILE);
		protect->pages_at = jiffies;
	}
	return protect->pages[kind] >> (20 - PAGE_SHIFT) < protect->wanted.mb[kind];
}

/**
 * quire_protects - must a page stay that would go?
 * @scope:	where it is
 * @folio:	the page
 *
 * Context: with preemption off.
 * Return: true if it is protected, and the guard does not object.
 */
bool quire_protects(struct quire_scope *scope, struct folio *folio)
{
	struct quire_protect *protect = &scope->protect;
	enum quire_kind kind = folio_test_swapbacked(folio) ? QUIRE_ANON : QUIRE_FILE;
	unsigned long flags;
	bool protects;
	u32 trips;

	spin_lock_irqsave(&protect->lock, flags);
	trips = protect->guard.trips;
	protects = quire_is_scarce(scope, kind) ||
		   (protect->wanted.ms && quire_is_recent(folio_pfn(folio), protect->wanted.ms));
	if (protects && !quire_guard_may_refuse(&protect->guard, quire_guard_clock(),
						(unsigned long)current)) {
		protects = false;
		protect->native++;
	}
	protect->kept += protects;
	trips = protect->guard.trips == trips ? 0 : protect->guard.trips;
	spin_unlock_irqrestore(&protect->lock, flags);
	if (trips)
		trace_guard_trip(scope->path, "protection", kind == QUIRE_ANON, trips);
	return protects;
}

/**
 * quire_protect_gone - a page of the scope has been evicted
 * @protect:	of the scope
 *
 * Context: with preemption off.
 */
void quire_protect_gone(struct quire_protect *protect)
{
	unsigned long flags;

	spin_lock_irqsave(&protect->lock, flags);
	quire_guard_gone(&protect->guard, true);
	spin_unlock_irqrestore(&protect->lock, flags);
}
