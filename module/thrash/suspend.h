/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Suspended processes and cgroups.
 */
#ifndef QUIRE_THRASH_SUSPEND_H
#define QUIRE_THRASH_SUSPEND_H

#include <linux/cgroup.h>
#include <linux/pid.h>
#include <linux/sched.h>

#define QUIRE_SUSPENDED_MAX	128
#define QUIRE_SUSPENDED_NAME	64
#define QUIRE_WATCHDOG_MS	5000

/* Why somebody is resumed; names as in the tracepoint. */
#define QUIRE_RESUMES(X)					\
	X(TURN, "turn")		/* there is room, or it has waited long enough */ \
	X(OFF, "off")		/* load control ends, or cannot go on */	\
	X(WATCHDOG, "watchdog")	/* nobody has looked for QUIRE_WATCHDOG_MS */	\
	X(OTHERS, "others")	/* somebody else has, or wants it stopped himself, or it is gone */

enum quire_resume {
#define X(id, name) QUIRE_RESUME_##id,
	QUIRE_RESUMES(X)
#undef X
};

/**
 * struct quire_suspended_info - what is suspended
 * @pid:	the process, referenced: put_pid(); NULL for a cgroup
 * @name:	of the command, or the end of the cgroup's path
 * @since_ms:	how long
 * @needed_pages: its working set before that
 */
struct quire_suspended_info {
	struct pid *pid;
	char name[QUIRE_SUSPENDED_NAME];
	u64 since_ms;
	u64 needed_pages;
};

/**
 * struct quire_suspend_stats - what has been done
 * @suspended:	now
 * @suspensions: since the module was loaded
 * @watchdogs:	how often the watchdog has resumed all
 */
struct quire_suspend_stats {
	unsigned int suspended;
	u64 suspensions;
	u64 watchdogs;
};

int quire_suspend_start(void);
void quire_suspend_stop(void);
int quire_suspend_process(struct pid *pid, u64 needed_pages);
int quire_suspend_cgroup(struct cgroup *cgroup, u64 needed_pages);
void quire_resume(const void *what, enum quire_resume why);
void quire_resume_all(enum quire_resume why);
void quire_suspended_look(void);
bool quire_is_suspended(const void *what, u64 *since_ms, u64 *needed_pages);
unsigned int quire_suspended_read(struct quire_suspended_info *info, unsigned int max);
void quire_suspend_stats(struct quire_suspend_stats *stats);

#endif
