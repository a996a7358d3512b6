// SPDX-License-Identifier: GPL-2.0
/*
 * Protection: with any policy, or with none.
 *
 *	protect_ms		what was used within so long stays
 *	protect_file_mb		so much of what files back stays
 *	protect_anon_mb		so much of what swap backs stays
 *
 * That a page was used is seen when it comes in, and when reclaim looks at it and
 * finds it referenced. The time of that is kept for each page frame while somebody wants protect_ms
 * (quire_time_of()), so that each scope can have an age of its own.
 *
 * Protected pages are refused as by a policy, so a guard stands over them too: with
 * everything protected the kernel decides now and then, and nobody is killed for it.
 */
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include "interface/trace.h"
#include "policy/frames.h"
#include "reclaim/scope.h"

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

/* 0 is for never. */
static u32 quire_protect_now(void)
{
	return (u32)jiffies ?: 1;
}

/**
 * quire_protect_used - a page is used
 * @pfn:	the page
 *
 * Context: with preemption off.
 */
void quire_protect_used(unsigned long pfn)
{
	u32 *time = quire_time_of(pfn);

	if (time)
		WRITE_ONCE(*time, quire_protect_now());
}

/* Another CPU may be a jiffy ahead. Who was last used 2^32 jiffies ago, half a year, is recent once more. */
static bool quire_is_recent(unsigned long pfn, u32 ms)
{
	const u32 *time = quire_time_of(pfn);
	u32 used = time ? READ_ONCE(*time) : 0;

	return used && quire_protect_now() - used + 1 <= msecs_to_jiffies(ms) + 1;
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
