/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are read again: waits for their pages.
 */
#ifndef QUIRE_THRASH_REREAD_H
#define QUIRE_THRASH_REREAD_H

#include <linux/kprobes.h>
#include <linux/mm_types.h>

#define QUIRE_REREAD_INSTANCES	1024	/* tasks that wait at once */

int quire_reread_start(void);
void quire_reread_stop(void);
void quire_reread_note(struct folio *folio, bool soon);
int quire_reread_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int quire_reread_return(struct kretprobe_instance *ri, struct pt_regs *regs);

#endif
