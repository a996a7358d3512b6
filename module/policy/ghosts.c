// SPDX-License-Identifier: GPL-2.0
/*
 * Ghosts: what is remembered of pages that were evicted.
 *
 * A ghost has a handle above those of all frames, hence a node that a policy can
 * link, and is found by what it was: the place in a file, or the slot of swap.
 * There are as many as may be so that all of quire's tables stay below 0.5 % of memory;
 * the pools share them.
 *
 *	per frame   16 node + 2 tag			18 bytes = 0.440 %
 *	per ghost   16 node + 2 tag + 12 here + 1 hash	31 bytes, one for 14 frames = 0.054 %
 *
 * One lock for all: it is taken when pages are evicted or come back and when a policy
 * drops a ghost, not for a verdict as such, and is innermost.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "policy/frames.h"
#include "policy/ghosts.h"

#define QUIRE_GHOST_SHARE	14
#define QUIRE_GHOST_LEAST	256
#define QUIRE_GHOST_HASH	4	/* ghosts a bucket, when all are in use */

/**
 * struct quire_ghost - what makes a ghost findable; 12 bytes
 * @low:	half of its identity
 * @high:	the other
 * @next:	in the bucket, or in the list of free ones; index + 1, 0 ends it
 */
struct quire_ghost {
	u32 low;
	u32 high;
	u32 next;
};

static struct {
	spinlock_t lock;
	struct quire_ghost *ghost;
	u32 *bucket;
	unsigned int bucket_bits;
	u32 nr;
	u32 free;
} quire_ghosts = { .lock = __SPIN_LOCK_UNLOCKED(quire_ghosts.lock) };

static u32 *quire_bucket(u32 low, u32 high)
{
	return &quire_ghosts.bucket[hash_64((u64)high << 32 | low, quire_ghosts.bucket_bits)];
}

/** quire_ghosts_wanted - how many ghosts a machine of this size has. */
u32 quire_ghosts_wanted(void)
{
	return clamp_t(unsigned long, totalram_pages() / QUIRE_GHOST_SHARE, QUIRE_GHOST_LEAST,
		       U32_MAX / QUIRE_GHOST_SHARE);
}

/** quire_ghosts_all - how many ghosts there are, used or not. */
u32 quire_ghosts_all(void)
{
	return quire_ghosts.nr;
}

/**
 * quire_ghosts_start - make room for ghosts
 * @nr:		how many
 *
 * Context: process, may sleep and reclaim; before the first use.
 * Return: 0 or -ENOMEM.
 */
int quire_ghosts_start(u32 nr)
{
	u32 i;

	quire_ghosts.bucket_bits = ilog2(nr / QUIRE_GHOST_HASH);
	quire_ghosts.ghost = kvcalloc(nr, sizeof(*quire_ghosts.ghost), GFP_KERNEL);
	quire_ghosts.bucket = kvcalloc(1ul << quire_ghosts.bucket_bits,
				       sizeof(*quire_ghosts.bucket), GFP_KERNEL);
	if (!quire_ghosts.ghost || !quire_ghosts.bucket) {
		quire_ghosts_stop();
		return -ENOMEM;
	}
	quire_frames.bytes += (u64)nr * sizeof(*quire_ghosts.ghost) +
			      (sizeof(*quire_ghosts.bucket) << quire_ghosts.bucket_bits);
	for (i = 0; i < nr; i++)
		quire_ghosts.ghost[i].next = i + 1 < nr ? i + 2 : 0;
	quire_ghosts.nr = nr;
	quire_ghosts.free = 1;
	return 0;
}

/**
 * quire_ghosts_stop - free it all
 *
 * Context: process; no pool is left.
 */
void quire_ghosts_stop(void)
{
	kvfree(quire_ghosts.ghost);
	kvfree(quire_ghosts.bucket);
	quire_ghosts.ghost = NULL;
	quire_ghosts.bucket = NULL;
	quire_ghosts.nr = 0;
}

/**
 * quire_ghost_new - remember a page
 * @pool:	the number of its pool
 * @identity:	what it would come back as
 *
 * Context: under the pool's lock.
 * Return: the ghost, or %QUIRE_NONE if all are in use.
 */
quire_page_t quire_ghost_new(unsigned int pool, u64 identity)
{
	struct quire_ghost *ghost;
	unsigned long flags;
	u32 index, *bucket;

	spin_lock_irqsave(&quire_ghosts.lock, flags);
	index = quire_ghosts.free;
	if (index) {
		ghost = &quire_ghosts.ghost[index - 1];
		quire_ghosts.free = ghost->next;
		ghost->low = identity;
		ghost->high = identity >> 32;
		bucket = quire_bucket(ghost->low, ghost->high);
		ghost->next = *bucket;
		*bucket = index;
		*quire_tag_of(quire_frames.frames + index) = QUIRE_TAG(pool, 0);
	}
	spin_unlock_irqrestore(&quire_ghosts.lock, flags);
	return index ? quire_frames.frames + index : QUIRE_NONE;
}

/**
 * quire_ghost_find - is a page remembered?
 * @pool:	the number of its pool
 * @identity:	what it has come back as
 *
 * Context: under the pool's lock.
 * Return: the ghost, or %QUIRE_NONE.
 */
quire_page_t quire_ghost_find(unsigned int pool, u64 identity)
{
	u32 low = identity, high = identity >> 32, index;
	unsigned long flags;

	spin_lock_irqsave(&quire_ghosts.lock, flags);
	for (index = *quire_bucket(low, high); index; index = quire_ghosts.ghost[index - 1].next) {
		const struct quire_ghost *ghost = &quire_ghosts.ghost[index - 1];

		if (ghost->low == low && ghost->high == high &&
		    *quire_tag_of(quire_frames.frames + index) == QUIRE_TAG(pool, 0))
			break;
	}
	spin_unlock_irqrestore(&quire_ghosts.lock, flags);
	return index ? quire_frames.frames + index : QUIRE_NONE;
}

/* Under the lock. */
static void quire_ghost_free(u32 index)
{
	struct quire_ghost *ghost = &quire_ghosts.ghost[index - 1];
	u32 *link = quire_bucket(ghost->low, ghost->high);

	while (*link != index)
		link = &quire_ghosts.ghost[*link - 1].next;
	*link = ghost->next;
	*quire_tag_of(quire_frames.frames + index) = 0;
	ghost->next = quire_ghosts.free;
	quire_ghosts.free = index;
}

/**
 * quire_ghost_release - a ghost is not needed any more
 * @pool:	the number of its pool
 * @ghost:	the ghost, or what a policy thinks is one
 *
 * Context: under the pool's lock.
 * Return: false if it was no ghost of that pool.
 */
bool quire_ghost_release(unsigned int pool, quire_page_t ghost)
{
	u32 index = ghost - quire_frames.frames;
	unsigned long flags;
	bool is_one;

	if (ghost <= quire_frames.frames || index > quire_ghosts.nr)
		return false;
	spin_lock_irqsave(&quire_ghosts.lock, flags);
	is_one = *quire_tag_of(ghost) == QUIRE_TAG(pool, 0);
	if (is_one)
		quire_ghost_free(index);
	spin_unlock_irqrestore(&quire_ghosts.lock, flags);
	return is_one;
}

/**
 * quire_ghosts_release_all - a pool goes
 * @pool:	its number; no event comes to it any more
 *
 * Context: process, may sleep.
 */
void quire_ghosts_release_all(unsigned int pool)
{
	u32 index;

	for (index = 1; index <= quire_ghosts.nr; index++) {
		quire_ghost_release(pool, quire_frames.frames + index);
		cond_resched();
	}
}
