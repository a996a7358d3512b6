// SPDX-License-Identifier: GPL-2.0
/*
 * Protection: with any policy, or with none.
 *
 *	protect_ms		what was used within so long stays
 *	protect_file_mb		so much of what files back stays
 *	protect_anon_mb		so much of what swap backs stays
 *
 * That a page was used is seen when it comes in, when reclaim looks at it and finds it referenced, and when
 * the scanner of working sets does. The time of that is kept for each page frame while somebody wants protect_ms, so
 * that each scope can have an age of its own:
 *
 *	31                                4 3         0
 *	[ jiffies, to 16 of them; 0: never | generation ]	quire_time_of()
 *
 * MGLRU's own walks of page tables find most uses before reclaim looks, and tell nobody: they put the page into the
 * youngest generation, and the kernel knows when that ended. So the generation is noted that a page was put into for
 * another reason; of its number the last four bits, as where generations end fast more than the flags' four come
 * and go between two looks. A page that is proposed from
 *
 *	another generation than that	was used before it ended
 *	the one noted			may have been, where it was already: so it may for twice the time, if only it
 *					ended within the time. Used again and again, it is found sooner or later
 *
 * Protected pages are refused as by a policy, so a guard stands over them too: with
 * everything protected the kernel decides now and then, and nobody is killed for it. Reclaim that gets pages of
 * others meanwhile does not need these.
 */
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include "interface/trace.h"
#include "policy/frames.h"
#include "reclaim/generation.h"
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

#define QUIRE_TIME_GENERATION	15u
#define QUIRE_TIME_STEP		(QUIRE_TIME_GENERATION + 1)

static u32 quire_time_now(void)
{
	return ((u32)jiffies & ~QUIRE_TIME_GENERATION) ?: QUIRE_TIME_STEP;
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
		WRITE_ONCE(*time, quire_time_now() | (READ_ONCE(*time) & QUIRE_TIME_GENERATION));
}

/**
 * quire_protect_put - the kernel puts a page into a generation, for another reason than that it was used
 * @pfn:	the page
 * @generation:	its number, see quire_generation_number()
 *
 * Context: with preemption off.
 */
void quire_protect_put(unsigned long pfn, unsigned long generation)
{
	u32 *time = quire_time_of(pfn);

	if (time)
		WRITE_ONCE(*time, (READ_ONCE(*time) & ~QUIRE_TIME_GENERATION) | (generation & QUIRE_TIME_GENERATION));
}

/* Another CPU may be a little ahead. Who was last used 2^32 jiffies ago, half a year, is recent once more. */
static bool quire_is_within(u32 time, u32 ms)
{
	return quire_time_now() - time + QUIRE_TIME_STEP <= msecs_to_jiffies(ms) + QUIRE_TIME_STEP;
}

/* Was the page used within @ms? Reclaim proposes it. */
static bool quire_is_recent(struct folio *folio, u32 ms)
{
	u32 *time = quire_time_of(folio_pfn(folio)), known, used, ended;
	unsigned long number;

	if (!time)
		return false;
	known = READ_ONCE(*time);
	used = known & ~QUIRE_TIME_GENERATION;
	if (used && quire_is_within(used, ms))
		return true;
	if (!quire_generation_ended(folio, &number, &ended) || !quire_is_within(ended, ms))
		return false;
	if (!((number ^ known) & QUIRE_TIME_GENERATION))
		return used && quire_is_within(used, 2 * ms);
	WRITE_ONCE(*time, (ended & ~QUIRE_TIME_GENERATION) | (known & QUIRE_TIME_GENERATION));
	return true;
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
		   (protect->wanted.ms && quire_is_recent(folio, protect->wanted.ms));
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
 * quire_protect_gone - a page has been evicted
 * @protect:	of a scope
 * @own:	the page is of that scope; else it counts if whoever evicts it has been refused pages here since one has gone
 *
 * Context: with preemption off.
 */
void quire_protect_gone(struct quire_protect *protect, bool own)
{
	unsigned long flags;

	if (!own && !quire_guard_has_refused(&protect->guard, (unsigned long)current))
		return;
	spin_lock_irqsave(&protect->lock, flags);
	quire_guard_gone(&protect->guard, true);
	spin_unlock_irqrestore(&protect->lock, flags);
}

/**
 * quire_protect_yields - somebody is about to be killed for want of memory
 * @protect:	of a scope that might have kept it
 *
 * Context: with preemption off.
 * Return: see quire_guard_yield().
 */
bool quire_protect_yields(struct quire_protect *protect)
{
	unsigned long flags;
	bool yields;

	spin_lock_irqsave(&protect->lock, flags);
	yields = quire_guard_yield(&protect->guard, quire_guard_clock());
	spin_unlock_irqrestore(&protect->lock, flags);
	return yields;
}
