/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blame: for whom were the pages evicted that others, or they themselves, want back?
 */
#ifndef QUIRE_THRASH_BLAME_H
#define QUIRE_THRASH_BLAME_H

#include <linux/types.h>

#define QUIRE_BLAMES		1024	/* pairs at most */

/**
 * struct quire_blame - a pair of processes
 * @victim:	wants pages back; numbers are thread groups' of the initial namespace
 * @culprit:	they were evicted for it; 0 if that is not known
 * @pages:	how many of late
 */
struct quire_blame {
	u32 victim;
	u32 culprit;
	u32 pages;
};

void quire_blame_start(void);
void quire_admissions_note(u32 tgid);
u32 quire_admissions_take(void);
void quire_blame_add(u32 victim, u32 culprit, u32 pages);
void quire_blame_age(void);
unsigned int quire_blame_read(struct quire_blame *blame, unsigned int max);

#endif
