/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host of a policy in the kernel: nodes by page frame, ghosts by identity,
 * and the window of condemned pages.
 */
#ifndef QUIRE_HOST_H
#define QUIRE_HOST_H

#include <linux/spinlock.h>
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

/**
 * struct quire_host_stats - what a pool has done, under its lock
 * @resident:	pages of the pool in memory (a large folio is one)
 * @condemned:	of them in the window
 * @window:	how many are to be
 * @verdicts:	pages proposed
 * @evicted:	verdicts that a page goes
 * @kept:	verdicts that it stays, not having been condemned
 * @touched:	proposed pages that had been referenced
 * @reprieved:	of them condemned
 * @native:	verdicts left to the kernel by the guard
 * @evictions:	pages that went
 * @obeyed:	of them those that the policy had condemned
 * @refaults:	pages that came back
 * @ghost_hits:	of them those that the policy still remembered
 */
struct quire_host_stats {
	u64 resident;
	u64 condemned;
	u64 window;
	u64 verdicts;
	u64 evicted;
	u64 kept;
	u64 touched;
	u64 reprieved;
	u64 native;
	u64 evictions;
	u64 obeyed;
	u64 refaults;
	u64 ghost_hits;
};

struct quire_pool *quire_host_new(const struct quire_policy_ops *ops);
void quire_host_free(struct quire_pool *pool);
bool quire_host_tracks(const struct quire_pool *pool, unsigned long pfn);
void quire_host_admit(struct quire_pool *pool, unsigned long pfn, bool dirty);
void quire_host_refault(struct quire_pool *pool, unsigned long pfn, u64 identity);
void quire_host_evicted(struct quire_pool *pool, unsigned long pfn, u64 identity);
void quire_host_gone(struct quire_pool *pool, unsigned long pfn);
enum quire_verdict quire_host_verdict(struct quire_pool *pool, unsigned long pfn,
				      bool referenced, bool dirty);
void quire_host_read(struct quire_pool *pool, struct quire_host_stats *stats);

#endif
