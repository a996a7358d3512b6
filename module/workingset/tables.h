/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way of one address through the page tables.
 */
#ifndef QUIRE_WORKINGSET_TABLES_H
#define QUIRE_WORKINGSET_TABLES_H

#include <linux/pid.h>

#define QUIRE_TABLE_LEVELS	5

/**
 * struct quire_table_entry - an entry on the way
 * @level:	"pgd" and so on, as the kernel calls it
 * @index:	in its table
 * @value:	as the processor sees it; software's own where it is not present
 * @frame:	the bits of it that are a physical address, or all if it is not present
 */
struct quire_table_entry {
	const char *level;
	unsigned int index;
	u64 value;
	u64 frame;
};

int quire_tables_read(struct pid *pid, unsigned long address, struct quire_table_entry *entry);

#endif
