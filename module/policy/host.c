// SPDX-License-Identifier: GPL-2.0
/*
 * The host of a policy in the kernel.
 *
 * A policy wants to choose victims; the kernel's reclaim proposes candidates,
 * and takes a yes or a no. The *window* joins them: victims are asked for ahead
 * of need and marked as condemned, and a candidate goes if it is condemned.
 *
 *	policy   victim() -> [ condemned: a window of 1/16 of the pool, say ]
 *	reclaim  proposes p -> referenced since?  touch(p): a reprieve, it stays
 *			       condemned?	  it goes
 *			       neither?		  it stays
 *
 * That a page is condemned stands in its tag as well, so that this answer needs no lock: most of the
 * time it is the answer. Every sixteenth time it is a verdict all the same, which makes up for the
 * others: it counts them, and has as many victims named.
 *
 * The access that brought a page in also sets the accessed bit of its mapping, so
 * the first time that a page is found to be referenced says nothing new: it is
 * what admit() has told, and no touch(). Not so of a program's text, which as for the kernel by
 * itself is used again once it is used: else a program that starts where others use up
 * all memory waits for its text again and again.
 *
 * What the policy may do at most is for the guard to say (guard.c). When it must go,
 * the pool is closed: the policy is not called again and the kernel decides,
 * until the pool is taken away.
 *
 * Context: events come with interrupts off or on, from any context but NMI. A
 * pool's lock is taken alone, but for a handing over (from, then to); inside it
 * only that of the ghosts. A page's node and tag are changed under the lock of the
 * pool that the tag names; a tag of no pool is claimed by cmpxchg(), and by that a page that goes
 * without the lock ceases to be fresh.
 */
#include <linux/mm.h>
#include "policy/ghosts.h"
#include "policy/host.h"
#include "policy/host_internal.h"

#define QUIRE_PASS_MOST		15	/* pages let go between two verdicts, one of which names so many and one */
#define QUIRE_RECKON_EVERY	16	/* verdicts between two reckonings of the frames */
#define QUIRE_CHECK_EVERY	2048	/* verdicts between two looks at the policy's lists ... */
#define QUIRE_CHECK_NODES	1024	/* ... of so many nodes at the most */

/* Somebody else has the lock. */
void quire_enter_late(struct quire_host *host)
{
	spin_lock(&host->lock);
	host->stats.waits++;
}

/* The guard is only told what it would not forget at once. Under the lock. */
void quire_leave_late(struct quire_host *host, u64 took)
{
	quire_guard_called(&host->guard, quire_cycles_ns(took));
	if (host->guard.fault && !host->closed) {
		host->closed = true;
		quire_pools_eject();
	}
}

/* See quire/policy.h. */
quire_page_t quire_remember(struct quire_pool *pool, quire_page_t page)
{
	struct quire_host *host = pool->host;
	const struct quire_node *node = quire_node(pool, page);
	struct quire_node *copy;
	quire_page_t ghost;

	if (!host->evicting || pool->ghosts >= pool->ghosts_max)
		return QUIRE_NONE;
	ghost = quire_ghost_new(host->number, host->evicting);
	if (!ghost)
		return QUIRE_NONE;
	pool->ghosts++;
	copy = quire_node(pool, ghost);
	copy->stamp = node->stamp;
	copy->bits = (node->bits & QUIRE_POLICY_BITS) | QUIRE_GHOST;
	return ghost;
}

/* See quire/policy.h. */
void quire_forget(struct quire_pool *pool, quire_page_t ghost)
{
	if (!quire_ghost_release(pool->host->number, ghost)) {
		quire_strike(pool->host, QUIRE_FAULT_BAD_GHOST);
		return;
	}
	quire_node(pool, ghost)->bits = 0;
	pool->ghosts--;
}

static void quire_set_dirty(struct quire_node *node, bool dirty)
{
	node->bits = (node->bits & ~QUIRE_DIRTY) | (dirty ? QUIRE_DIRTY : 0);
}

/* Under the lock. A page that a pool has already stays as it is. */
void quire_admit(struct quire_pool *pool, unsigned long pfn, unsigned int order,
		 quire_page_t ghost, bool dirty)
{
	struct quire_host *host = pool->host;
	u16 *tag = quire_page_tag(pfn);
	struct quire_node *node;

	if (!tag || host->closed || cmpxchg(tag, 0, QUIRE_TAG(host->number, order) | QUIRE_TAG_FRESH))
		return;
	node = quire_node(pool, pfn);
	node->bits = (node->bits & QUIRE_POLICY_BITS) | QUIRE_RESIDENT | QUIRE_SEEN;
	quire_set_dirty(node, dirty);
	pool->now++;
	host->stats.resident += 1ul << order;
	host->stats.folios++;
	pool->ops->admit(pool, pfn, ghost);
}

/**
 * quire_host_admit - a page is on the kernel's lists
 * @pool:	the pool
 * @pfn:	of the page
 * @order:	of the folio that it begins
 * @dirty:	it must be written before its frame is free
 */
void quire_host_admit(struct quire_pool *pool, unsigned long pfn, unsigned int order, bool dirty)
{
	unsigned long flags;
	u64 began = quire_enter(pool->host, &flags);

	quire_admit(pool, pfn, order, QUIRE_NONE, dirty);
	quire_leave(pool->host, flags, began);
}

/**
 * quire_host_refault - a page that reclaim had evicted comes back
 * @pool:	the pool
 * @pfn:	where it is now
 * @order:	of the folio that it begins
 * @identity:	what it was evicted as, 0 if nobody can tell
 */
void quire_host_refault(struct quire_pool *pool, unsigned long pfn, unsigned int order,
			u64 identity)
{
	struct quire_host *host = pool->host;
	const u16 *tag = quire_page_tag(pfn);
	quire_page_t ghost = QUIRE_NONE;
	struct quire_at at;
	unsigned long flags;
	u64 began = quire_enter(host, &flags);

	host->stats.refaults++;
	if (!host->closed && identity && tag && !READ_ONCE(*tag))
		ghost = quire_ghost_find(host->number, identity);
	quire_admit(pool, pfn, order, ghost, false);
	if (ghost && quire_find(pool, pfn, &at)) {
		host->stats.ghost_hits++;
		quire_forget(pool, ghost);
	}
	quire_leave(host, flags, began);
}

/* A page leaves the pool; the policy is told, unless it has been ejected. Under the lock. */
void quire_drop(struct quire_pool *pool, const struct quire_at *at, enum quire_why why)
{
	struct quire_host *host = pool->host;

	if (!host->closed) {
		if (at->node->bits & QUIRE_CONDEMNED)
			quire_unwindow(pool, at);
		pool->ops->remove(pool, at->pfn, why);
	}
	host->stats.resident -= min_t(u64, host->stats.resident, quire_pages_at(at));
	host->stats.folios--;
	at->node->bits &= QUIRE_POLICY_BITS;
	/* Another pool may claim the page once it sees this: we are done with the node. */
	smp_store_release(at->tag, 0);
}

/**
 * quire_host_evicted - reclaim has evicted a page
 * @pool:	the pool
 * @pfn:	of the page
 * @identity:	what it would come back as
 *
 * If the policy had not condemned it, the kernel chose it: no ghost is kept.
 */
void quire_host_evicted(struct quire_pool *pool, unsigned long pfn, u64 identity)
{
	struct quire_host *host = pool->host;
	struct quire_at at;
	quire_page_t stale;
	bool chosen;
	unsigned long flags;
	u64 began = quire_enter(host, &flags);

	if (!quire_find(pool, pfn, &at))
		goto leave;
	chosen = at.node->bits & QUIRE_CONDEMNED;
	host->stats.evictions += quire_pages_at(&at);
	if (chosen)
		host->stats.obeyed += quire_pages_at(&at);
	host->span_gone++;
	quire_guard_gone(&host->guard, chosen);
	/* A slot of swap that was freed and used again: what we remember is of another page. */
	stale = host->closed ? QUIRE_NONE : quire_ghost_find(host->number, identity);
	if (stale) {
		pool->ops->remove(pool, stale, QUIRE_FORGOTTEN);
		quire_forget(pool, stale);
	}
	host->evicting = identity;
	quire_drop(pool, &at, chosen ? QUIRE_EVICTED : QUIRE_INVALIDATED);
	host->evicting = 0;
leave:
	quire_leave(host, flags, began);
}

/**
 * quire_host_gone - a page is not the pool's any more
 * @pool:	the pool
 * @pfn:	of the page
 * @why:	%QUIRE_FREED or %QUIRE_INVALIDATED
 */
void quire_host_gone(struct quire_pool *pool, unsigned long pfn, enum quire_why why)
{
	struct quire_at at;
	unsigned long flags;
	u64 began = quire_enter(pool->host, &flags);

	if (quire_find(pool, pfn, &at))
		quire_drop(pool, &at, why);
	quire_leave(pool->host, flags, began);
}

/* A page is used, or treated as if it were. Under the lock. */
void quire_touch(struct quire_pool *pool, const struct quire_at *at)
{
	pool->now++;
	if (!(at->node->bits & QUIRE_CONDEMNED)) {
		pool->ops->touch(pool, at->pfn);
		return;
	}
	quire_unwindow(pool, at);
	pool->ops->touch(pool, at->pfn);
	quire_set_condemned(at, false);
}

/**
 * quire_host_touch - a page was found to be used, and nothing is to be decided
 * @pool:	the pool
 * @pfn:	of the page
 */
void quire_host_touch(struct quire_pool *pool, unsigned long pfn)
{
	struct quire_host *host = pool->host;
	struct quire_at at;
	unsigned long flags;
	u64 began = quire_enter(host, &flags);

	if (quire_find(pool, pfn, &at) && !host->closed) {
		if (!quire_was_fresh(&at))
			quire_touch(pool, &at);
	}
	quire_leave(host, flags, began);
}

/**
 * quire_host_yield - somebody is about to be killed for want of memory
 * @pool:	a pool that might have kept it
 *
 * Return: see quire_guard_yield().
 */
bool quire_host_yield(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned long flags;
	u64 began = quire_enter(host, &flags);
	bool yields = quire_guard_yield(&host->guard, quire_guard_clock());

	quire_leave(host, flags, began);
	return yields;
}

/* A page that is not condemned is proposed: does it stay? Under the lock. */
static enum quire_verdict quire_refuse(struct quire_pool *pool, struct quire_asked *asked)
{
	struct quire_host *host = pool->host;
	u32 trips = host->guard.trips;

	host->span_refused++;
	if (asked->stays ||
	    quire_guard_may_refuse(&host->guard, quire_guard_clock(), asked->task)) {
		host->stats.kept++;
		return QUIRE_KEEP;
	}
	host->stats.native++;
	if (host->guard.trips != trips) {
		host->stats.trips++;
		asked->trips = host->guard.trips;
	}
	return QUIRE_NATIVE;
}

/* Under the lock. */
static enum quire_verdict quire_judge(struct quire_pool *pool, const struct quire_at *at,
				      struct quire_asked *asked)
{
	struct quire_host *host = pool->host;
	struct quire_node *node = at->node;
	bool fresh = quire_was_fresh(at) && !asked->text;

	quire_set_dirty(node, asked->dirty);
	if (asked->referenced && !fresh) {
		host->stats.touched++;
		if (node->bits & QUIRE_CONDEMNED)
			host->stats.reprieved++;
		quire_touch(pool, at);
		return asked->narrow ? QUIRE_NATIVE : quire_refuse(pool, asked);
	}
	if (asked->narrow) {
		host->stats.narrow++;
		return QUIRE_NATIVE;
	}
	quire_condemn(pool, asked);
	if (!(node->bits & QUIRE_CONDEMNED)) {
		if (quire_steers(host))
			quire_steer_to(pool, asked);
		return quire_refuse(pool, asked);
	}
	host->in_row = 0;
	host->stats.evicted++;
	quire_guard_let_go(&host->guard, asked->task);
	return QUIRE_EVICT;
}

/* A folio has been split since: what was of it is now proposed by itself. Under the lock. */
static void quire_resize(struct quire_host *host, const struct quire_at *at, unsigned int order)
{
	u64 less = quire_pages_at(at) - (1ul << order);

	if (!less)
		return;
	host->stats.resident -= less;
	if (at->node->bits & QUIRE_CONDEMNED)
		host->stats.condemned -= less;
	quire_tag_change(at->tag, QUIRE_TAG_ORDER, QUIRE_TAG(0, order));
}

/* Are the policy's lists whole? Under the lock, and not in a call of the policy. */
void quire_look(struct quire_pool *pool)
{
	if (pool->ops->check && pool->ops->check(pool, QUIRE_CHECK_NODES))
		quire_strike(pool->host, QUIRE_FAULT_BROKEN);
}

/* Verdicts that needed no lock count from now on. Under the lock. */
static void quire_catch_up(struct quire_host *host, u64 task)
{
	u32 passed = atomic_read(&host->passed) ? atomic_xchg(&host->passed, 0) : 0;

	if (!passed)
		return;
	host->stats.verdicts += passed;
	host->stats.evicted += passed;
	host->round += passed;
	host->steering -= min_t(u64, host->steering, passed);
	host->in_row = 0;
	quire_guard_let_go(&host->guard, task);
}

/* The host of a page that goes, for what its tag says, if proposed for that target; else NULL. */
static struct quire_host *quire_host_letting(u16 tag, unsigned int order, u64 target)
{
	struct quire_pool *pool;
	struct quire_host *host;

	if (!(tag & QUIRE_TAG_CONDEMNED) || quire_tag_order(tag) != order)
		return NULL;
	pool = quire_host_of(tag & QUIRE_TAG_POOL);
	if (!pool)
		return NULL;
	host = pool->host;
	return READ_ONCE(host->closed) || READ_ONCE(host->wide_for) != target ? NULL : host;
}

/**
 * quire_host_has_fresh_victim - does a page go that reclaim proposes, used or not?
 * @pfn:	the page
 * @order:	of its folio
 * @target:	as in &struct quire_asked
 *
 * It is condemned, and what would tell that it was used is its admission. Whether it goes is still to be asked for.
 *
 * Context: any but NMI, under rcu_read_lock_sched().
 */
bool quire_host_has_fresh_victim(unsigned long pfn, unsigned int order, u64 target)
{
	const u16 *at = quire_page_tag(pfn);
	u16 tag = at ? READ_ONCE(*at) : 0;

	return tag & QUIRE_TAG_FRESH && quire_host_letting(tag, order, target);
}

/**
 * quire_host_lets_go - does a page that reclaim proposes go at once?
 * @pfn:	the page
 * @order:	of its folio
 * @referenced:	it was used since it was last proposed, and not as a program's text
 * @target:	as in &struct quire_asked
 *
 * It does where quire_host_verdict() would say so for what the tag tells without a lock: it is
 * condemned, and if it was used then not since it was admitted. Most pages that are proposed are so where the
 * kernel's order has become the policy's. Now and then it is told no all the same, so that a
 * verdict has the window filled.
 *
 * Context: any but NMI, under rcu_read_lock_sched().
 * Return: true if it goes; false if quire_host_verdict() is to be asked.
 */
bool quire_host_lets_go(unsigned long pfn, unsigned int order, bool referenced, u64 target)
{
	u16 *at = quire_page_tag(pfn), tag = at ? READ_ONCE(*at) : 0;
	struct quire_host *host;

	if (referenced && !(tag & QUIRE_TAG_FRESH))
		return false;
	host = quire_host_letting(tag, order, target);
	if (!host || atomic_read(&host->passed) >= QUIRE_PASS_MOST)
		return false;
	/* It has changed hands, or been used: that is for others to see to. */
	if (tag & QUIRE_TAG_FRESH && cmpxchg(at, tag, (u16)(tag & ~QUIRE_TAG_FRESH)) != tag)
		return false;
	atomic_inc(&host->passed);
	return true;
}

/**
 * quire_host_verdict - reclaim proposes a page
 * @pool:	the pool that it belongs to
 * @asked:	the page; names those to be brought forward
 *
 * Return: what is to become of it.
 */
enum quire_verdict quire_host_verdict(struct quire_pool *pool, struct quire_asked *asked)
{
	struct quire_host *host = pool->host;
	enum quire_verdict verdict = QUIRE_NATIVE;
	struct quire_at at;
	unsigned long flags;
	u64 began = quire_enter(host, &flags), before = host->stats.verdicts;

	asked->nr_victims = 0;
	quire_catch_up(host, asked->task);
	WRITE_ONCE(host->wide_for, asked->narrow ? 1 : asked->target);
	host->stats.verdicts++;
	quire_admit(pool, asked->pfn, asked->order, QUIRE_NONE, asked->dirty);
	if (!host->closed && quire_find(pool, asked->pfn, &at)) {
		quire_resize(host, &at, asked->order);
		quire_window_fix(pool, asked->fixed);
		verdict = quire_judge(pool, &at, asked);
		host->stats.steered += asked->nr_victims;
		quire_adapt(pool);
		quire_expel_stuck(pool);
		if (host->stats.verdicts / QUIRE_CHECK_EVERY != before / QUIRE_CHECK_EVERY)
			quire_look(pool);
	}
	quire_leave(host, flags, began);
	return verdict;
}

/**
 * quire_host_frames - memory is full, and this is what fits
 * @pool:	the pool
 * @pages:	of its kind on the kernel's lists, 0 for those that the pool has
 *
 * A large folio takes many pages and is one for the policy, so it is scaled. What
 * is condemned is in none of the policy's lists: it does not fit. Ghosts go by frames.
 */
void quire_host_frames(struct quire_pool *pool, unsigned long pages)
{
	const struct quire_host_stats *stats = &pool->host->stats;
	u64 resident = READ_ONCE(stats->resident), folios = READ_ONCE(stats->folios);
	u32 percent = READ_ONCE(pool->host->params.ghosts), frames;

	if (!pages || pages > resident)
		pages = resident;
	pages -= min_t(u64, pages, quire_window(pool->host, READ_ONCE(pool->host->share)));
	if (resident > folios)
		pages = mul_u64_u64_div_u64(pages, folios, resident);
	frames = clamp(pages, 1ul, (unsigned long)U32_MAX);
	WRITE_ONCE(pool->frames, frames);
	WRITE_ONCE(pool->ghosts_max, percent ? (u64)frames * percent / 100 + 1 : 0);
	WRITE_ONCE(pool->host->reckon_at, READ_ONCE(stats->verdicts) + QUIRE_RECKON_EVERY);
}
