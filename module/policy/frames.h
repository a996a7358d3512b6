/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of each page frame: a policy's node, and whose it is.
 */
#ifndef QUIRE_FRAMES_H
#define QUIRE_FRAMES_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include "quire/policy.h"

#define QUIRE_SECTION_SHIFT	11	/* tags of a section are one page */
#define QUIRE_SECTION_FRAMES	(1u << QUIRE_SECTION_SHIFT)

/*
 * A tag: the number of the pool that has the page, 0 for none; the page's order; what it is in the pool. The
 * pool's lock is around each change but three: a page of no pool is claimed, one that is fresh ceases to be, and a
 * generation is noted.
 */
#define QUIRE_TAG_POOL		0x00ffu
#define QUIRE_TAG_ORDER		0x0f00u
#define QUIRE_TAG_ORDER_SHIFT	8
#define QUIRE_TAG_GENERATION	0x3000u	/* of four, that the kernel has last put it into */
#define QUIRE_TAG_GENERATION_SHIFT 12
#define QUIRE_TAG_CONDEMNED	0x4000u	/* the policy has named it as a victim */
#define QUIRE_TAG_FRESH		0x8000u	/* its admission may yet be told as a reference */
#define QUIRE_TAG(pool, order)	((u16)((pool) | (order) << QUIRE_TAG_ORDER_SHIFT))
#define QUIRE_POOLS		255	/* pools are numbered from 1 on */

/**
 * struct quire_frames - the tables; empty while no pool exists
 * @nodes:	of frames, then of ghosts, by chunks; an absent one is @nowhere
 * @tags:	the same by sections; an absent one is NULL
 * @times:	of frames alone, by sections: when a page there was last used, see quire_time_of(); NULL while nobody wants that
 * @nowhere:	nodes that are no page's
 * @frames:	frames and no ghosts have handles below this
 * @handles:	all have handles below this
 * @bytes:	memory in use for all of it
 */
struct quire_frames {
	struct quire_node **nodes;
	u16 **tags;
	u32 **times;
	struct quire_node *nowhere;
	u32 frames;
	u32 handles;
	u64 bytes;
};

extern struct quire_frames quire_frames;

int quire_frames_start(u32 nr_ghosts, void (*lost)(unsigned long start, unsigned long nr));
int quire_frames_add(u32 handle);
int quire_frames_keep_times(bool keep);
void quire_frames_account(size_t bytes);
void quire_frames_stop(void);

/* The tag of a handle that is below @end, or NULL. */
static inline u16 *quire_tag_below(unsigned long handle, u32 end)
{
	u16 *tags;

	if (!handle || handle >= end)
		return NULL;
	tags = READ_ONCE(quire_frames.tags[handle >> QUIRE_SECTION_SHIFT]);
	return tags ? tags + handle % QUIRE_SECTION_FRAMES : NULL;
}

/**
 * quire_tag_of - where the tag of a page or a ghost is
 * @handle:	the page's frame, or the ghost
 *
 * Context: under rcu_read_lock_sched(), or what else keeps memory from going.
 * Return: the tag, or NULL if nothing is kept of it.
 */
static inline u16 *quire_tag_of(unsigned long handle)
{
	return quire_tag_below(handle, quire_frames.handles);
}

/** quire_page_tag - where the tag of a page is, or NULL. Context: as quire_tag_of(). */
static inline u16 *quire_page_tag(unsigned long pfn)
{
	return quire_tag_below(pfn, quire_frames.frames);
}

/**
 * quire_time_of - where the time is at which a page was last used
 * @pfn:	the page
 *
 * As who has times kept writes it there; 0 at first.
 *
 * Context: as quire_tag_of().
 * Return: the time, or NULL if none is kept of it.
 */
static inline u32 *quire_time_of(unsigned long pfn)
{
	u32 **times = READ_ONCE(quire_frames.times), *section;

	if (!times || pfn >= quire_frames.frames)
		return NULL;
	section = READ_ONCE(times[pfn >> QUIRE_SECTION_SHIFT]);
	return section ? section + pfn % QUIRE_SECTION_FRAMES : NULL;
}

/** quire_owner_of - the number of the pool that has a page, or 0. Context: as quire_tag_of(). */
static inline unsigned int quire_owner_of(unsigned long pfn)
{
	const u16 *tag = quire_page_tag(pfn);

	return tag ? READ_ONCE(*tag) & QUIRE_TAG_POOL : 0;
}

/** quire_tag_change - clear and set some of a tag's bits. Context: any. */
static inline void quire_tag_change(u16 *tag, u16 clear, u16 set)
{
	u16 old = READ_ONCE(*tag);

	while (!try_cmpxchg(tag, &old, (u16)((old & ~clear) | set)))
		;
}

/** quire_tag_order - the order of the page that a tag is of. */
static inline unsigned int quire_tag_order(u16 tag)
{
	return (tag & QUIRE_TAG_ORDER) >> QUIRE_TAG_ORDER_SHIFT;
}

/** quire_tag_generation - the generation that was noted of the page that a tag is of: 0 to 3. */
static inline unsigned int quire_tag_generation(u16 tag)
{
	return (tag & QUIRE_TAG_GENERATION) >> QUIRE_TAG_GENERATION_SHIFT;
}

/**
 * quire_tag_note - the kernel has put a page into a generation, for another reason than that it was used
 * @tag:	of the page; one of no pool stays as it is
 * @generation:	0 to 3
 *
 * Context: any.
 */
static inline void quire_tag_note(u16 *tag, unsigned int generation)
{
	u16 old = READ_ONCE(*tag), new;

	do {
		new = (old & ~QUIRE_TAG_GENERATION) | generation << QUIRE_TAG_GENERATION_SHIFT;
	} while (old & QUIRE_TAG_POOL && !try_cmpxchg(tag, &old, new));
}

#endif
