/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records of tracked processes.
 */
#ifndef QUIRE_WORKINGSET_RECORD_H
#define QUIRE_WORKINGSET_RECORD_H

#include <linux/spinlock.h>
#include <linux/xarray.h>
#include "workingset/workingset.h"

/**
 * struct quire_ws - the record of a tracked process
 * @hash:	in the table
 * @rcu:	frees it
 * @pid:	referenced
 * @mm:	its memory, or NULL; what is in it may be gone, but the struct is referenced
 * @leaves:	stamps by range
 * @pass:	that last saw it
 * @version:	of the rules for @inherits
 * @inherits:	a rule means its children, too
 * @fresh:	the next walk only clears
 * @shift:	of its sample, by segment
 * @since:	since when ranges of each level are looked at, by segment, see sample.c
 * @pieces:	at the last walk, by segment
 * @since_ns:	when uses began to be known
 * @lock:	around what follows
 * @scanned_ns:	when it was walked last; 0: @info is not filled in
 * @info:	for readers, but for the times
 *
 * All but the last two belong to the scanner's thread.
 */
struct quire_ws {
	struct hlist_node hash;
	struct rcu_head rcu;
	struct pid *pid;
	struct mm_struct *mm;
	struct xarray leaves;
	u32 pass;
	u32 version;
	bool inherits;
	bool fresh;
	u8 shift[QUIRE_NR_SEGMENTS];
	u32 since[QUIRE_NR_SEGMENTS][QUIRE_SHIFTS];
	u32 pieces[QUIRE_NR_SEGMENTS];
	u64 since_ns;
	spinlock_t lock;
	u64 scanned_ns;
	struct quire_ws_info info;
};

/**
 * struct quire_leaf - the stamps of a 2 MiB range of a process
 * @rcu:	frees it
 * @hash:	by the next two, for faults
 * @mm:		the process' memory, a name alone
 * @range:	its number
 * @seen:	the pass that last walked it
 * @now:	the stamp of that pass
 * @huge:	a huge page was mapped: stamp[0] stands for all
 * @stamp:	of each page, see ages.h
 */
struct quire_leaf {
	struct rcu_head rcu;
	struct hlist_node hash;
	const struct mm_struct *mm;
	unsigned long range;
	u32 seen;
	u16 now;
	bool huge;
	u16 stamp[QUIRE_PIECE_PAGES];
};

int quire_ws_table_start(void);
void quire_ws_table_stop(void);
struct quire_ws *quire_ws_find(struct pid *pid);
struct quire_ws *quire_ws_new(struct pid *pid);
bool quire_ws_is_known(const struct mm_struct *mm);
void quire_ws_set_memory(struct quire_ws *ws, struct mm_struct *mm);
struct quire_leaf *quire_ws_leaf(struct quire_ws *ws, unsigned long range);
void quire_ws_note_use(const struct mm_struct *mm, unsigned long address, u16 stamp);
void quire_ws_trim(struct quire_ws *ws, u32 pass);
void quire_ws_publish(struct quire_ws *ws, const struct quire_ws_info *info, u64 now_ns);
void quire_ws_reap(u32 pass);
void quire_ws_table_stats(struct quire_scan_stats *stats);

#endif
