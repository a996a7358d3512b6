/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A part of quire: something that can run or not, by itself.
 *
 * main.c holds the table of parts; a part holds its own state. The status file
 * says of each part whether it runs, is off, or why it cannot run here.
 */
#ifndef QUIRE_PART_H
#define QUIRE_PART_H

#include <linux/types.h>

struct quire_hook;

/**
 * struct quire_part - one row of the table in main.c
 * @name:	as in the status file, and the switch in /proc/quire/config if
 *		the part is @optional
 * @about:	what it gives, one line
 * @limits:	what it cannot see, one line, or NULL; shown in the status file
 * @start:	starts it; 0 or an errno. It runs in process context and may sleep.
 *		On an error it has undone what it had done, and the reason is
 *		in the part's hooks (&struct quire_hook.error).
 * @stop:	stops it; nothing of it runs any more on return. May sleep.
 * @needs:	the part that must be able to run, though it may be off, or NULL
 * @hooks:	where it attaches to the kernel, or NULL
 * @nr_hooks:	how many
 * @optional:	it can be switched, and the module is of use without it
 * @spare:	it cannot be switched, but the module is of use without it
 * @wanted:	for an optional part: whether it is to run
 * @running:	whether it runs; under the parts' mutex
 * @error:	the errno of the last start, 0 when it can run here
 */
struct quire_part {
	const char *name;
	const char *about;
	const char *limits;
	int (*start)(void);
	void (*stop)(void);
	const struct quire_part *needs;
	struct quire_hook *hooks;
	unsigned int nr_hooks;
	bool optional;
	bool spare;
	bool wanted;
	bool running;
	int error;
};

/* The parts, each defined by the file that is named like it. */
extern struct quire_part quire_tally_part;
extern struct quire_part quire_fault_part;
extern struct quire_part quire_swap_part;
extern struct quire_part quire_tlb_part;
extern struct quire_part quire_stall_part;
extern struct quire_part quire_workingset_part;
extern struct quire_part quire_policy_part;
extern struct quire_part quire_thrash_part;
extern struct quire_part quire_proc_part;
extern struct quire_part quire_debugfs_part;

struct quire_part *quire_part_at(unsigned int i);
int quire_part_switch(struct quire_part *part, bool on);
void quire_parts_lock(void);
void quire_parts_unlock(void);

#endif
