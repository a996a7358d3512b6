/* SPDX-License-Identifier: GPL-2.0 */
/*
 * References: the scanner and reclaim both take them out of page tables, and tell each other.
 */
#ifndef QUIRE_WORKINGSET_REFERENCES_H
#define QUIRE_WORKINGSET_REFERENCES_H

#include <linux/mm_types.h>
#include "hook/hook.h"

#define QUIRE_NR_REFERENCE_HOOKS	4

extern struct quire_hook quire_reference_hooks[QUIRE_NR_REFERENCE_HOOKS];

int quire_references_start(void);
void quire_references_stop(void);
void quire_references_pass(u32 pass, u16 stamp);
void quire_reference_taken(struct folio *folio, bool text);
bool quire_reference_seen(unsigned long pfn);

extern bool quire_references_noted;	/* between start and stop */

int quire_reference_put_right(struct folio *folio, int answer, unsigned long *vm_flags);

/**
 * quire_reference_give_back - note what reclaim has found, and what it would have had we not scanned
 * @folio:	that it asks about
 * @answer:	references found, not negative
 * @vm_flags:	of the mappings that they are from
 *
 * For whoever answers reclaim before we do, see reclaim/. On the way of each page that reclaim looks at.
 *
 * Context: any but NMI, under rcu_read_lock_sched().
 * Return: the answer, put right, as are the flags; what was taken is given back but once.
 */
static inline int quire_reference_give_back(struct folio *folio, int answer, unsigned long *vm_flags)
{
	return READ_ONCE(quire_references_noted) ? quire_reference_put_right(folio, answer, vm_flags) : answer;
}

#endif
