/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tally: what has been counted, on each CPU and for each process.
 */
#ifndef QUIRE_TALLY_H
#define QUIRE_TALLY_H

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/types.h>
#include "quire/abi.h"

struct quire_proc;

/**
 * struct quire_tally_cpu - what one CPU has counted
 * @total:	since the module was loaded; for all processes and for none
 * @delta:	what is not yet handed in to @proc
 * @proc:	the record of the process that counted last on this CPU, or NULL
 * @pid:	its thread group
 *
 * Only its own CPU writes to it, with preemption off, one instruction at a
 * time, so that an interrupt may count or hand in between any two of them.
 */
struct quire_tally_cpu {
	u64 total[QUIRE_NR_COUNTS];
	u64 delta[QUIRE_NR_COUNTS];
	struct quire_proc *proc;
	struct pid *pid;
};

DECLARE_PER_CPU(struct quire_tally_cpu, quire_tally_cpu);

void quire_tally_turn(struct pid *pid);

/**
 * quire_tally_cpu_add - count an event for the machine alone
 * @what:	which
 * @n:		how many; ns for times
 *
 * Context: any but NMI. One instruction.
 */
static inline void quire_tally_cpu_add(enum quire_count what, u64 n)
{
	this_cpu_add(quire_tally_cpu.total[what], n);
}

/**
 * quire_tally - count an event for the current process and the machine
 * @what:	which
 * @n:		how many; ns for times
 *
 * No lock and no cache line of another CPU, but when the CPU counts for another
 * process than the last time: then it hands in what it has.
 *
 * Context: any but NMI; outside process context it counts for the machine only.
 */
static inline void quire_tally(enum quire_count what, u64 n)
{
	struct pid *pid;

	preempt_disable();
	this_cpu_add(quire_tally_cpu.total[what], n);
	if (in_task()) {
		pid = task_tgid(current);
		if (unlikely(__this_cpu_read(quire_tally_cpu.pid) != pid))
			quire_tally_turn(pid);
		this_cpu_add(quire_tally_cpu.delta[what], n);
	}
	preempt_enable();
}

u64 quire_tally_on(int cpu, enum quire_count what);
u64 quire_tally_total(enum quire_count what);
void quire_tally_provide(const enum quire_count *what, unsigned int nr);
bool quire_tally_provided(enum quire_count what);
const char *quire_count_name(enum quire_count what);
bool quire_count_is_time(enum quire_count what);
bool quire_count_is_per_process(enum quire_count what);
void quire_tally_gather(void);

/**
 * struct quire_proc_info - a process as a reader sees it
 * @pid:	referenced; quire_proc_info_put() releases it
 * @comm:	its name
 * @count:	what it has counted, threads summed; ns for times
 * @min_flt:	minor faults, the kernel's own count, exited threads included
 * @maj_flt:	major faults, likewise
 * @user_ns:	time of CPUs, all threads; 0 for exited processes
 * @system_ns:	likewise, in the kernel
 * @resident_pages: pages in memory; 0 for kernel threads and exited processes
 * @anon_pages:  those of them that are its own
 * @swapped_pages:  pages in swap
 * @kthread:	a kernel thread
 * @exited:	it has exited, and its record is still kept
 * @exited_ms:	since when, if so
 * @cred:	its credentials, referenced
 * @mm_ns:	the user namespace of its memory, referenced; NULL if it has none
 * @dumpable:	its memory may be inspected by its own user
 */
struct quire_proc_info {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	u64 count[QUIRE_NR_COUNTS];
	u64 min_flt;
	u64 maj_flt;
	u64 user_ns;
	u64 system_ns;
	u64 resident_pages;
	u64 anon_pages;
	u64 swapped_pages;
	bool kthread;
	bool exited;
	u64 exited_ms;
	const struct cred *cred;
	struct user_namespace *mm_ns;
	bool dumpable;
};

bool quire_proc_next(unsigned long *id, struct quire_proc_info *info);
void quire_proc_info_put(struct quire_proc_info *info);
struct pid *quire_proc_next_pid(unsigned long *id);

/**
 * struct quire_proc_stats - the table of records itself
 * @records:	in the table now
 * @exited:	of them, of processes that have exited
 * @limit:	how many there can be
 * @lost:	processes that did not fit, or for which there was no memory
 * @record_bytes: the size of one
 */
struct quire_proc_stats {
	unsigned int records;
	unsigned int exited;
	unsigned int limit;
	u64 lost;
	unsigned int record_bytes;
};

void quire_proc_stats(struct quire_proc_stats *stats);
unsigned int quire_proc_keep_ms(void);
void quire_proc_set_keep_ms(unsigned int ms);

/* Between tally.c and process.c */
struct quire_proc *quire_proc_find(struct pid *pid);
void quire_proc_add_counts(struct quire_proc *proc, enum quire_count what, u64 n);
int quire_procs_start(void);
void quire_procs_stop(void);
bool quire_proc_expired(const struct quire_proc *proc);
extern unsigned int quire_max_processes;

#endif
