// SPDX-License-Identifier: GPL-2.0
/*
 * The tally: counts for the machine and for each process, cheap where faults
 * are many.
 *
 * A count for the machine is a number on each CPU. A count for a process
 * cannot be: 16,384 processes times 50 counts times the CPUs is too much memory.
 * So a CPU keeps the tally of one process, the one it counted for last, and
 * when it counts for another it hands in what it has to that process' record:
 *
 *	CPU 0  [total ...] [delta ...] --hands in-->  record of 1423
 *	CPU 1  [total ...] [delta ...] --hands in-->  record of 977
 *
 * A process that runs alone on a CPU never touches a shared line; two that take
 * turns pay one atomic addition for each kind of count that they have used. A
 * reader first asks all CPUs to hand in, by an interrupt, so that what it
 * reads is exact for all that happened before.
 */
#include <linux/smp.h>
#include "quire/part.h"
#include "stat/tally.h"

DEFINE_PER_CPU(struct quire_tally_cpu, quire_tally_cpu);

static DECLARE_BITMAP(quire_provided, QUIRE_NR_COUNTS);

enum { COUNT, TIME };
enum { ALL, PROC };

static const struct {
	const char *name;
	u8 unit;
	u8 scope;
} quire_count_rows[QUIRE_NR_COUNTS] = {
#define X(id, name, unit, scope) [QUIRE_##id] = { name, unit, scope },
	QUIRE_COUNTS(X)
#undef X
};

/* Give what this CPU has counted for a process to the process' record. */
static void quire_tally_hand_in(void)
{
	struct quire_proc *proc = __this_cpu_read(quire_tally_cpu.proc);
	unsigned int i;
	u64 n;

	for (i = 0; i < QUIRE_NR_COUNTS; i++) {
		if (!__this_cpu_read(quire_tally_cpu.delta[i]))
			continue;
		n = this_cpu_xchg(quire_tally_cpu.delta[i], 0);
		if (proc)
			quire_proc_add_counts(proc, i, n);
	}
}

/**
 * quire_tally_turn - this CPU now counts for another process
 * @pid:	the thread group of the current task
 *
 * Context: process, preemption off. Takes no lock but, for a process that is
 * new to us, that of the table of records.
 */
void quire_tally_turn(struct pid *pid)
{
	unsigned long flags;

	local_irq_save(flags);
	quire_tally_hand_in();
	__this_cpu_write(quire_tally_cpu.proc, quire_proc_find(pid));
	__this_cpu_write(quire_tally_cpu.pid, pid);
	local_irq_restore(flags);
}

static void quire_tally_gather_cpu(void *unused)
{
	struct quire_proc *proc = __this_cpu_read(quire_tally_cpu.proc);

	quire_tally_hand_in();
	/*
	 * Records of processes that are gone are about to be freed; one that was
	 * not found may be there by now, or its number belong to another process.
	 */
	if (!proc || quire_proc_expired(proc)) {
		__this_cpu_write(quire_tally_cpu.proc, NULL);
		__this_cpu_write(quire_tally_cpu.pid, NULL);
	}
}

/**
 * quire_tally_gather - have all CPUs hand in what they have counted
 *
 * On return, the records have all that was counted before the call, and no CPU
 * refers to a record that has expired.
 *
 * Context: process, interrupts on. One interrupt to each CPU.
 */
void quire_tally_gather(void)
{
	on_each_cpu(quire_tally_gather_cpu, NULL, 1);
}

/**
 * quire_tally_on - what was counted on one CPU
 * @cpu:	possible, online or not
 * @what:	which
 */
u64 quire_tally_on(int cpu, enum quire_count what)
{
	return READ_ONCE(per_cpu(quire_tally_cpu.total[what], cpu));
}

/**
 * quire_tally_total - what was counted on the whole machine
 * @what:	which
 *
 * Return: the sum over all CPUs, offline ones included; ns for times.
 */
u64 quire_tally_total(enum quire_count what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += quire_tally_on(cpu, what);
	return sum;
}

/**
 * quire_tally_provide - say that counts are being kept
 * @what:	which
 * @nr:		how many
 *
 * What no part provides is shown as `-`, never as 0.
 */
void quire_tally_provide(const enum quire_count *what, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		set_bit(what[i], quire_provided);
}

/**
 * quire_tally_provided - whether a count is or was being kept
 * @what:	which
 */
bool quire_tally_provided(enum quire_count what)
{
	return test_bit(what, quire_provided);
}

/**
 * quire_count_name - the name of a count, with its unit, as files show it
 * @what:	which
 */
const char *quire_count_name(enum quire_count what)
{
	return quire_count_rows[what].name;
}

/**
 * quire_count_is_time - whether a count is kept in ns and shown in us
 * @what:	which
 */
bool quire_count_is_time(enum quire_count what)
{
	return quire_count_rows[what].unit == TIME;
}

/**
 * quire_count_is_per_process - whether a count is kept for each process
 * @what:	which
 */
bool quire_count_is_per_process(enum quire_count what)
{
	return quire_count_rows[what].scope == PROC;
}

struct quire_part quire_tally_part = {
	.name = "processes",
	.about = "a record for each process",
	.start = quire_procs_start,
	.stop = quire_procs_stop,
};
