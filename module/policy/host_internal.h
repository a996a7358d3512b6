/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What host.c (events), window.c (victims ahead of need) and pool.c (coming and going) share.
 */
#ifndef QUIRE_HOST_INTERNAL_H
#define QUIRE_HOST_INTERNAL_H

#include "compat/cycles.h"
#include "policy/host.h"

#define QUIRE_CYCLES_QUICK	100000	/* quick on any CPU: a guard's slow call takes 2 ms */

/**
 * struct quire_host - the kernel's side of a pool
 * @lock:	around everything here, the nodes of the pool's pages and the callbacks
 * @number:	of the pool, in the tags of its pages
 * @closed:	the guard has ejected the policy: it is not called any more
 * @passed:	condemned pages let go by quire_host_lets_go() since the last verdict, without the lock
 * @wide_for:	who the last verdict was for; 1 if the pool was more than theirs
 * @reckon_at:	the verdict with which the frames are reckoned next; without the lock
 * @guard:	what the policy may do
 * @params:	what a person has set
 * @fixed:	no page can be brought forward, as the last verdict had it
 * @share:	the window is 1/@share of the pool
 * @shrinking:	it is to be smaller, and no page is condemned until it is
 * @condemned:	the pages in it, the oldest first
 * @oldest:	the last of them from before this round, or %QUIRE_NONE
 * @round:	pages proposed in this round
 * @expelling:	those up to @oldest leave the pool
 * @next:	the next of the condemned to be brought forward, or %QUIRE_NONE if all were
 * @again:	the next to be so once more, or %QUIRE_NONE: from the first on
 * @steering:	verdicts for which pages are brought forward as they are condemned
 * @in_row:	pages refused, one after the other
 * @evicting:	identity of the page in remove(QUIRE_EVICTED), 0 outside it
 * @span_refused: pages refused since @share was last reckoned
 * @span_gone:	pages that went since
 * @stats:	see there
 */
struct quire_host {
	spinlock_t lock;
	unsigned int number;
	bool closed;
	atomic_t passed;
	u64 wide_for;
	u64 reckon_at;
	struct quire_guard guard;
	struct quire_host_params params;
	bool fixed;
	u32 share;
	bool shrinking;
	struct quire_list condemned;
	quire_page_t oldest;
	u64 round;
	bool expelling;
	quire_page_t next;
	quire_page_t again;
	u64 steering;
	u32 in_row;
	u64 evicting;
	u32 span_refused;
	u32 span_gone;
	struct quire_host_stats stats;
};

/* Are condemned pages brought forward? Under the lock. */
static inline bool quire_steers(const struct quire_host *host)
{
	return host->params.steer && !host->fixed;
}

/**
 * struct quire_at - a page that a pool has, looked up once
 * @pfn:	the page
 * @tag:	its tag
 * @node:	its node
 */
struct quire_at {
	unsigned long pfn;
	u16 *tag;
	struct quire_node *node;
};

/* Does the pool have the page? Then @at is filled in. Under the lock. */
static inline bool quire_find(const struct quire_pool *pool, unsigned long pfn, struct quire_at *at)
{
	at->pfn = pfn;
	at->tag = quire_page_tag(pfn);
	if (!at->tag || (READ_ONCE(*at->tag) & QUIRE_TAG_POOL) != pool->host->number)
		return false;
	at->node = quire_node(pool, pfn);
	return true;
}

static inline unsigned long quire_pages_at(const struct quire_at *at)
{
	return 1ul << quire_tag_order(*at->tag);
}

/* The tag says it too, for those who have no lock. Under the lock. */
static inline void quire_set_condemned(const struct quire_at *at, bool condemned)
{
	if (condemned) {
		at->node->bits |= QUIRE_CONDEMNED;
		quire_tag_change(at->tag, 0, QUIRE_TAG_CONDEMNED);
	} else {
		at->node->bits &= ~QUIRE_CONDEMNED;
		quire_tag_change(at->tag, QUIRE_TAG_CONDEMNED, 0);
	}
}

/* Was its admission not yet told as a reference? Now it is. Under the lock. */
static inline bool quire_was_fresh(const struct quire_at *at)
{
	if (!(READ_ONCE(*at->tag) & QUIRE_TAG_FRESH))
		return false;
	quire_tag_change(at->tag, QUIRE_TAG_FRESH, 0);
	return true;
}

static inline void quire_strike(struct quire_host *host, enum quire_fault fault)
{
	quire_guard_strike(&host->guard, quire_guard_clock(), fault);
}

extern int (*quire_generation)(unsigned long pfn);

void quire_pools_eject(void);
void quire_enter_late(struct quire_host *host);
void quire_leave_late(struct quire_host *host, u64 took);

/* Takes the pool's lock for an event. Returns the time, in cycles. */
static inline u64 quire_enter(struct quire_host *host, unsigned long *flags)
{
	local_irq_save(*flags);
	if (unlikely(!spin_trylock(&host->lock)))
		quire_enter_late(host);
	return quire_cycles();
}

/*
 * Both are on the way of every event. Cycles may run backwards where a virtual machine is moved; that is no slow
 * call.
 */
static inline void quire_leave(struct quire_host *host, unsigned long flags, u64 began)
{
	u64 now = quire_cycles(), took = now > began ? now - began : 0;

	if (unlikely(took > QUIRE_CYCLES_QUICK || host->guard.slow_ns || host->guard.fault))
		quire_leave_late(host, took);
	spin_unlock_irqrestore(&host->lock, flags);
}

void quire_admit(struct quire_pool *pool, unsigned long pfn, unsigned int order,
		 quire_page_t ghost, bool dirty);
void quire_drop(struct quire_pool *pool, const struct quire_at *at, enum quire_why why);
void quire_touch(struct quire_pool *pool, const struct quire_at *at);
void quire_look(struct quire_pool *pool);

u32 quire_window_share(const struct quire_pool *pool);
u64 quire_window(const struct quire_host *host, u32 share);
void quire_unwindow(struct quire_pool *pool, const struct quire_at *at);
bool quire_condemn_one(struct quire_pool *pool);
void quire_condemn(struct quire_pool *pool, struct quire_asked *asked);
void quire_window_fix(struct quire_pool *pool, bool fixed);
void quire_steer_to(struct quire_pool *pool, struct quire_asked *asked);
void quire_adapt(struct quire_pool *pool);
void quire_expel_stuck(struct quire_pool *pool);

#endif
