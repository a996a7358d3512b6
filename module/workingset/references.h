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

/* For whoever answers reclaim before we do, see reclaim/. */
int quire_reference_give_back(struct folio *folio, int answer, unsigned long *vm_flags);

#endif
