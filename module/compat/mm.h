/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process' memory: its counters and whether it may be inspected.
 *
 * 6.2 made rss_stat per-CPU counters, get_mm_counter() hides it.
 */
#ifndef QUIRE_COMPAT_MM_H
#define QUIRE_COMPAT_MM_H

#include <linux/mm.h>
#include <linux/sched/coredump.h>

static inline u64 quire_mm_resident_pages(struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) +
	       get_mm_counter(mm, MM_SHMEMPAGES);
}

static inline u64 quire_mm_anon_pages(struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_ANONPAGES);
}

static inline u64 quire_mm_swapped_pages(struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_SWAPENTS);
}

static inline bool quire_mm_dumpable(struct mm_struct *mm)
{
	return get_dumpable(mm) == SUID_DUMP_USER;
}

#endif
