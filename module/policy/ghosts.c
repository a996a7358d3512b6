// SPDX-License-Identifier: GPL-2.0
/*
 * Ghosts: what is remembered of pages that were evicted.
 *
 * A ghost has a handle above those of all frames, hence a node that a policy can
 * link, and is found by what it was: the place in a file, or the slot of swap.
 * Nothing is kept for them until a policy that has ghosts is attached, and then for as
 * many as the largest share that somebody wants; the pools share them.
 *
 *	per frame   16 node + 2 tag			18 bytes = 0.44 % of memory
 *	            1 hash, with the first ghost	 1 byte  = 0.02 %
 *	per ghost   16 node + 2 tag + 12 here		30 bytes = 0.37 % for half the frames
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

#define QUIRE_GHOST_HASH	4	/* ghosts a bucket, when all that there can be are in use */

/**
 * struct quire_ghost - what makes a ghost findable; 12 bytes
 * @low:	half of its identity
 * @high:	the other
 * @next:	in the bucket, or in the list of free ones; 0 ends it
 */
struct quire_ghost {
	u32 low;
	u32 high;
	u32 next;
};

static struct {
	spinlock_t lock;
	struct quire_ghost **section;	/* by index, QUIRE_SECTION_FRAMES each; the first is unused */
	u32 *bucket;
	unsigned int bucket_bits;
	u32 sections;
	u32 free;
} quire_ghosts = { .lock = __SPIN_LOCK_UNLOCKED(quire_ghosts.lock) };

static struct quire_ghost *quire_ghost_at(u32 index)
{
	return &quire_ghosts.section[index >> QUIRE_SECTION_SHIFT][index % QUIRE_SECTION_FRAMES];
}

static u32 *quire_bucket(u32 low, u32 high)
{
	return &quire_ghosts.bucket[hash_64((u64)high << 32 | low, quire_ghosts.bucket_bits)];
}

/** quire_ghosts_most - how many ghosts a machine of this size can have: one a frame. */
u32 quire_ghosts_most(void)
{
	return min_t(unsigned long, totalram_pages(), U32_MAX - 1);
}

/** quire_ghosts_all - how many ghosts there are, used or not. */
u32 quire_ghosts_all(void)
{
	return quire_ghosts.sections ? quire_ghosts.sections * QUIRE_SECTION_FRAMES - 1 : 0;
}

/* What all sections need. */
static int quire_ghosts_begin(void)
{
	u32 sections = (quire_frames.handles - quire_frames.frames) >> QUIRE_SECTION_SHIFT;
	u32 most = sections << QUIRE_SECTION_SHIFT;

	if (quire_ghosts.bucket || !sections)
		return 0;
	quire_ghosts.bucket_bits = ilog2(most / QUIRE_GHOST_HASH);
	quire_ghosts.section = kvcalloc(sections, sizeof(*quire_ghosts.section), GFP_KERNEL);
	quire_ghosts.bucket = kvcalloc(1ul << quire_ghosts.bucket_bits,
				       sizeof(*quire_ghosts.bucket), GFP_KERNEL);
	if (!quire_ghosts.section || !quire_ghosts.bucket) {
		quire_ghosts_stop();
		return -ENOMEM;
	}
	quire_frames_account(sections * sizeof(*quire_ghosts.section) +
			     (sizeof(*quire_ghosts.bucket) << quire_ghosts.bucket_bits));
	return 0;
}

static int quire_ghosts_add_section(void)
{
	u32 first = quire_ghosts.sections << QUIRE_SECTION_SHIFT, index;
	u32 end = first + QUIRE_SECTION_FRAMES;
	struct quire_ghost *ghosts;
	unsigned long flags;
	int err = quire_frames_add(quire_frames.frames + first);

	if (err)
		return err;
	ghosts = kvcalloc(QUIRE_SECTION_FRAMES, sizeof(*ghosts), GFP_KERNEL);
	if (!ghosts)
		return -ENOMEM;
	quire_frames_account(QUIRE_SECTION_FRAMES * sizeof(*ghosts));
	first = first ?: 1;
	for (index = first; index < end - 1; index++)
		ghosts[index % QUIRE_SECTION_FRAMES].next = index + 1;
	spin_lock_irqsave(&quire_ghosts.lock, flags);
	ghosts[QUIRE_SECTION_FRAMES - 1].next = quire_ghosts.free;
	quire_ghosts.section[quire_ghosts.sections++] = ghosts;
	quire_ghosts.free = first;
	spin_unlock_irqrestore(&quire_ghosts.lock, flags);
	return 0;
}

/**
 * quire_ghosts_grow - make room for ghosts
 * @nr:		so many at the least, or as many as there can be
 *
 * Context: process, may sleep and reclaim; one at a time.
 * Return: 0 or -ENOMEM.
 */
int quire_ghosts_grow(u32 nr)
{
	u32 most = quire_frames.handles - quire_frames.frames;
	int err;

	if (!nr || quire_ghosts_all() >= min(nr, most - 1))
		return 0;
	err = quire_ghosts_begin();
	while (!err && quire_ghosts_all() < min(nr, most - 1)) {
		err = quire_ghosts_add_section();
		cond_resched();
	}
	return err;
}

/**
 * quire_ghosts_stop - free it all
 *
 * Context: process; no pool is left.
 */
void quire_ghosts_stop(void)
{
	while (quire_ghosts.sections)
		kvfree(quire_ghosts.section[--quire_ghosts.sections]);
	kvfree(quire_ghosts.section);
	kvfree(quire_ghosts.bucket);
	quire_ghosts.section = NULL;
	quire_ghosts.bucket = NULL;
	quire_ghosts.free = 0;
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
		ghost = quire_ghost_at(index);
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

	if (!quire_ghosts_all())
		return QUIRE_NONE;
	spin_lock_irqsave(&quire_ghosts.lock, flags);
	for (index = *quire_bucket(low, high); index; index = quire_ghost_at(index)->next) {
		const struct quire_ghost *ghost = quire_ghost_at(index);

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
	struct quire_ghost *ghost = quire_ghost_at(index);
	u32 *link = quire_bucket(ghost->low, ghost->high);

	while (*link != index)
		link = &quire_ghost_at(*link)->next;
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

	if (ghost <= quire_frames.frames || index > quire_ghosts_all())
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
	u32 index, all = quire_ghosts_all();

	for (index = 1; index <= all; index++) {
		quire_ghost_release(pool, quire_frames.frames + index);
		cond_resched();
	}
}
