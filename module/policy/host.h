/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host of a policy in the kernel: a pool, its lock, its guard and its window of
 * condemned pages.
 */
#ifndef QUIRE_HOST_H
#define QUIRE_HOST_H

#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include "policy/frames.h"
#include "policy/guard.h"
#include "quire/policy.h"

/**
 * enum quire_verdict - what is to become of a page that reclaim proposes
 * @QUIRE_NATIVE:	as the kernel would have it
 * @QUIRE_EVICT:	it goes
 * @QUIRE_KEEP:		it stays
 */
enum quire_verdict {
	QUIRE_NATIVE,
	QUIRE_EVICT,
	QUIRE_KEEP,
};

#define QUIRE_VICTIMS	16	/* pages condemned by one verdict at the most */

/**
 * struct quire_asked - a page that reclaim proposes
 * @pfn:	the page, or the first of a large folio
 * @order:	of the folio
 * @referenced:	it was used since it was last proposed
 * @text:	it is mapped as a program's, to be executed
 * @stays:	the kernel would keep it
 * @dirty:	it must be written before its frame is free
 * @narrow:	reclaim wants less than the pool: a cgroup inside has reached its limit
 * @fixed:	no page of its pool can be brought forward just now
 * @task:	who reclaims ...
 * @target:	... and for whom: any number that is even
 * @victims:	answered: pages that were condemned meanwhile, and that the caller
 *		is to bring forward ...
 * @nr_victims:	... how many ...
 * @newest:	... they came last: of a file, some may have been read ahead
 * @trips:	set if the guard now lets the kernel decide for a while: how often it has since a
 *		page went that the policy had named
 */
struct quire_asked {
	unsigned long pfn;
	unsigned int order;
	bool referenced;
	bool text;
	bool stays;
	bool dirty;
	bool narrow;
	bool fixed;
	u64 task;
	u64 target;
	quire_page_t victims[QUIRE_VICTIMS];
	unsigned int nr_victims;
	bool newest;
	u32 trips;
};

/**
 * struct quire_host_params - what a person may set of the host
 * @window:	the window is 1/@window of the pool; of a scope 0: as the policy would have it ...
 * @window_most: ... and may grow to 1/@window_most
 * @ghosts:	the pool remembers as many pages as this percentage of its frames
 * @steer:	1 if what is condemned is brought forward to where reclaim looks first: unless the policy
 *		loses nothing by naming early, the window is then but 1/%QUIRE_STEERED of that at first
 */
struct quire_host_params {
	u32 window;
	u32 window_most;
	u32 ghosts;
	u32 steer;
};

#define QUIRE_WINDOW_SHARE	16
#define QUIRE_WINDOW_MOST	2
#define QUIRE_WINDOW_BOUND	256	/* no share is smaller */
#define QUIRE_GHOST_PERCENT	50
#define QUIRE_STEERED		16

/**
 * struct quire_host_stats - what a pool has done, under its lock
 * @resident:	pages of the pool in memory, a large folio counting all of its own
 * @folios:	the same, a large folio counting one
 * @condemned:	pages in the window
 * @window:	how many are to be
 * @verdicts:	pages proposed
 * @evicted:	verdicts that a page goes
 * @kept:	verdicts that it stays, not having been condemned
 * @touched:	proposed pages that had been referenced
 * @reprieved:	of them condemned
 * @found:	pages named as victims that the kernel had found to be used
 * @released:	condemned pages that a window which became smaller let go of
 * @steered:	condemned pages that were given out to be brought forward
 * @expelled:	condemned pages that reclaim did not propose, and that left the pool
 * @native:	verdicts left to the kernel by the guard
 * @narrow:	verdicts left to it since reclaim was for a limit inside the pool
 * @trips:	how often the guard let the kernel decide alone until a page went
 * @evictions:	pages that went
 * @obeyed:	of them those that the policy had condemned
 * @refaults:	pages that came back
 * @ghost_hits:	of them those that the policy still remembered
 * @handed_over: pages that another policy handed over, in its order
 * @waits:	events that had to wait for the pool's lock
 */
struct quire_host_stats {
	u64 resident;
	u64 folios;
	u64 condemned;
	u64 window;
	u64 verdicts;
	u64 evicted;
	u64 kept;
	u64 touched;
	u64 reprieved;
	u64 found;
	u64 released;
	u64 steered;
	u64 expelled;
	u64 native;
	u64 narrow;
	u64 trips;
	u64 evictions;
	u64 obeyed;
	u64 refaults;
	u64 ghost_hits;
	u64 handed_over;
	u64 waits;
};

/* The clock of guards, which reckon in milliseconds. */
static inline u64 quire_guard_clock(void)
{
	return (u64)jiffies * TICK_NSEC;
}

int quire_hosts_start(void (*eject)(void), int (*generation)(unsigned long pfn));
void quire_hosts_stop(void);
struct quire_pool *quire_host_of(unsigned int number);
unsigned int quire_host_number(const struct quire_pool *pool);

struct quire_pool *quire_host_new(const struct quire_policy_ops *ops,
				  const struct quire_host_params *params);
void quire_host_free(struct quire_pool *pool);
void quire_host_hand_over(struct quire_pool *from, struct quire_pool *to);
void quire_host_admit(struct quire_pool *pool, unsigned long pfn, unsigned int order, bool dirty);
void quire_host_refault(struct quire_pool *pool, unsigned long pfn, unsigned int order,
			u64 identity);
void quire_host_evicted(struct quire_pool *pool, unsigned long pfn, u64 identity);
void quire_host_gone(struct quire_pool *pool, unsigned long pfn, enum quire_why why);
void quire_host_touch(struct quire_pool *pool, unsigned long pfn);
bool quire_host_frames_are_due(const struct quire_pool *pool);
void quire_host_frames(struct quire_pool *pool, unsigned long pages);
bool quire_host_has_fresh_victim(unsigned long pfn, unsigned int order, u64 target);
bool quire_host_lets_go(unsigned long pfn, unsigned int order, bool referenced, u64 target);
enum quire_verdict quire_host_verdict(struct quire_pool *pool, struct quire_asked *asked);
bool quire_host_yield(struct quire_pool *pool);
void quire_host_read(struct quire_pool *pool, struct quire_host_stats *stats);
void quire_host_set_param(struct quire_pool *pool, u32 which, u32 value);
int quire_host_set_params(struct quire_pool *pool, const struct quire_host_params *params);
enum quire_fault quire_host_fault(const struct quire_pool *pool);

#endif
