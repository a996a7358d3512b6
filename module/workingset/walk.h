/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk over a process' page tables.
 */
#ifndef QUIRE_WORKINGSET_WALK_H
#define QUIRE_WORKINGSET_WALK_H

#include <linux/mm_types.h>
#include "workingset/record.h"

#define QUIRE_WALK_BATCH	4096	/* pages that are walked under mmap_lock at once */

/**
 * struct quire_walk - a walk
 * @ws:		the process' record
 * @mm:		the process' memory
 * @seed:	of its sample
 * @pass:	this one's number
 * @now:	the stamp of now
 * @ticks:	how long the windows are
 * @fresh:	what has been used before is not known: the first walk
 * @feeds:	policies hear of what is used
 * @text:	the area at hand can be executed
 * @tick:	of now, not 0
 * @tracked:	for how many ticks uses have been known
 * @shift:	one piece in 2^shift of each segment is looked at
 * @stratum:	what is found
 * @run:	pages that are found and not yet counted
 * @huge_pages:	2 MiB pages found, in all pieces
 * @walked:	page table entries looked at
 * @young:	pages found used
 * @fed:	pages that a policy was told of
 * @lost:	pieces for whose stamps there was no memory
 * @budget:	pages to go in this batch
 */
struct quire_walk {
	struct quire_ws *ws;
	struct mm_struct *mm;
	u64 seed;
	u32 pass;
	u16 now;
	u32 ticks[QUIRE_NR_WINDOWS];
	bool fresh;
	bool feeds;
	bool text;
	u32 tick;
	u32 tracked;
	u8 shift[QUIRE_NR_SEGMENTS];
	struct quire_stratum stratum[QUIRE_NR_SEGMENTS];
	struct quire_run run;
	u64 huge_pages;
	u64 walked;
	u64 young;
	u64 fed;
	u64 lost;
	long budget;
};

unsigned long quire_walk_batch(struct quire_walk *walk, unsigned long address);

#endif
