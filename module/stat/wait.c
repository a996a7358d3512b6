// SPDX-License-Identifier: GPL-2.0
/*
 * What a task is waiting for, and since when.
 *
 * A wait begins in one hook and ends in another, with a sleep between, so its
 * start must be kept with the task; and a task_struct has no room for us. A
 * task that waits takes one of 4,096 slots, found by hashing its address:
 *
 *	hash -> [ task  task  -  task ... ]	16 places, looked at one by one
 *
 * Only the task itself takes its slot, changes it and leaves it, so taking is
 * one compare-and-exchange and the rest needs no lock. When all 16 places are
 * taken the wait is not timed, and counted as missed.
 */
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>
#include "stat/wait.h"

#define QUIRE_WAIT_BITS		12
#define QUIRE_WAIT_SLOTS	(1U << QUIRE_WAIT_BITS)
#define QUIRE_WAIT_PROBES	16

static struct task_struct **quire_wait_tasks;	/* [QUIRE_WAIT_SLOTS] */
static struct quire_wait *quire_wait_slots;	/* beside them */
static DEFINE_MUTEX(quire_waits_mutex);		/* that they are there, for who is no hook */
static atomic64_t quire_wait_missed;

/**
 * quire_waits_start - get the memory for the slots
 *
 * Return: 0 or -ENOMEM.
 */
int quire_waits_start(void)
{
	bool there;

	mutex_lock(&quire_waits_mutex);
	quire_wait_tasks = vzalloc(array_size(QUIRE_WAIT_SLOTS, sizeof(*quire_wait_tasks)));
	quire_wait_slots = vzalloc(array_size(QUIRE_WAIT_SLOTS, sizeof(*quire_wait_slots)));
	there = quire_wait_tasks && quire_wait_slots;
	mutex_unlock(&quire_waits_mutex);
	if (there)
		return 0;
	quire_waits_stop();
	return -ENOMEM;
}

/**
 * quire_waits_stop - free the slots
 *
 * No hook uses them any more.
 */
void quire_waits_stop(void)
{
	mutex_lock(&quire_waits_mutex);
	vfree(quire_wait_tasks);
	vfree(quire_wait_slots);
	quire_wait_tasks = NULL;
	quire_wait_slots = NULL;
	mutex_unlock(&quire_waits_mutex);
}

static unsigned int quire_wait_place(unsigned int probe)
{
	return (hash_ptr(current, QUIRE_WAIT_BITS) + probe) & (QUIRE_WAIT_SLOTS - 1);
}

/**
 * quire_wait_current - the slot of the current task
 *
 * Return: it, or NULL if it has none.
 */
struct quire_wait *quire_wait_current(void)
{
	unsigned int i, place;

	for (i = 0; i < QUIRE_WAIT_PROBES; i++) {
		place = quire_wait_place(i);
		if (READ_ONCE(quire_wait_tasks[place]) == current)
			return &quire_wait_slots[place];
	}
	return NULL;
}

static struct quire_wait *quire_wait_take(void)
{
	unsigned int i, place;

	for (i = 0; i < QUIRE_WAIT_PROBES; i++) {
		place = quire_wait_place(i);
		if (!READ_ONCE(quire_wait_tasks[place]) &&
		    !cmpxchg(&quire_wait_tasks[place], NULL, current)) {
			memset(&quire_wait_slots[place], 0, sizeof(*quire_wait_slots));
			return &quire_wait_slots[place];
		}
	}
	atomic64_inc(&quire_wait_missed);
	return NULL;
}

static void quire_wait_leave(struct quire_wait *wait)
{
	/* The slot is done with before another task can take it. */
	smp_store_release(&quire_wait_tasks[wait - quire_wait_slots], NULL);
}

/**
 * quire_wait_begin - the current task begins to wait
 * @kind:	for what; kinds nest in each other and in themselves
 *
 * Context: process, preemption off.
 * Return: its slot, or NULL if there is none free.
 */
struct quire_wait *quire_wait_begin(enum quire_wait_kind kind)
{
	struct quire_wait *wait = quire_wait_current();

	if (!wait)
		wait = quire_wait_take();
	if (!wait)
		return NULL;
	if (!wait->depth[kind]++) {
		wait->since_ns[kind] = ktime_get_mono_fast_ns();
		wait->reclaimed_before[kind] = wait->reclaim_ns;
		if (kind == QUIRE_WAIT_MEMORY)
			wait->compacting = false;
		else if (kind == QUIRE_WAIT_SWAP_IN)
			wait->missing = false;
	}
	return wait;
}

/**
 * quire_wait_end - the current task ends to wait
 * @wait:	its slot
 * @kind:	for what
 * @reclaim_ns:	set to the part of the time that it spent in reclaim
 *
 * The slot is gone when this was the last wait.
 *
 * Context: process, preemption off.
 * Return: the time since the outermost begin of this kind, in ns; 0 if this is
 * not its end.
 */
u64 quire_wait_end(struct quire_wait *wait, enum quire_wait_kind kind, u64 *reclaim_ns)
{
	u64 ns = 0;
	unsigned int i;

	*reclaim_ns = 0;
	if (!wait->depth[kind])		/* it began before the hooks were there */
		return 0;
	if (--wait->depth[kind])
		return 0;
	ns = ktime_get_mono_fast_ns() - wait->since_ns[kind];
	*reclaim_ns = wait->reclaim_ns - wait->reclaimed_before[kind];
	if (kind == QUIRE_WAIT_RECLAIM)
		wait->reclaim_ns += ns;
	for (i = 0; i < QUIRE_NR_WAITS; i++) {
		if (wait->depth[i])
			return ns;
	}
	quire_wait_leave(wait);
	return ns;
}

/**
 * quire_wait_forget - the current task exits: its slot is free
 */
void quire_wait_forget(void)
{
	struct quire_wait *wait = quire_wait_current();

	if (wait)
		quire_wait_leave(wait);
}

/**
 * quire_waits_missed - how many waits found no slot
 */
u64 quire_waits_missed(void)
{
	return atomic64_read(&quire_wait_missed);
}

static u64 quire_since(u64 now_ns, u64 then_ns)
{
	return then_ns && then_ns < now_ns ? now_ns - then_ns : 0;
}

/* What a wait has cost so far, as it would be counted if it ended now. Another task's: racy. */
static void quire_wait_so_far(const struct quire_wait *wait, u64 now_ns, struct quire_pending *sum)
{
	u64 reclaim_ns = 0, swap_in_ns, before_ns;

	if (READ_ONCE(wait->depth[QUIRE_WAIT_RECLAIM]))
		reclaim_ns = quire_since(now_ns, READ_ONCE(wait->since_ns[QUIRE_WAIT_RECLAIM]));
	sum->reclaim_ns += reclaim_ns;
	if (READ_ONCE(wait->depth[QUIRE_WAIT_SWAP_IN])) {
		swap_in_ns = quire_since(now_ns, READ_ONCE(wait->since_ns[QUIRE_WAIT_SWAP_IN]));
		before_ns = READ_ONCE(wait->reclaim_ns) -
			    READ_ONCE(wait->reclaimed_before[QUIRE_WAIT_SWAP_IN]);
		sum->waited_ns += swap_in_ns - min(swap_in_ns, reclaim_ns + before_ns);
	} else if (READ_ONCE(wait->depth[QUIRE_WAIT_MEMORY]) && !reclaim_ns &&
		   !READ_ONCE(wait->compacting)) {
		sum->waited_ns += quire_since(now_ns, READ_ONCE(wait->since_ns[QUIRE_WAIT_MEMORY]));
	}
}

/**
 * quire_waits_pending - what waits have cost that have not ended yet
 * @pending:	filled in, an entry for each process
 * @max:	so many at most; what does not fit is left out
 *
 * A wait is counted when it ends, and where disks are slow that may be seconds later.
 *
 * Context: process, may sleep. A task in a slot has not exited, and its struct outlives an RCU
 * grace period.
 * Return: how many entries there are; none if waits are not timed.
 */
unsigned int quire_waits_pending(struct quire_pending *pending, unsigned int max)
{
	u64 now_ns = ktime_get_mono_fast_ns();
	struct task_struct *task;
	unsigned int place, i, nr = 0;

	mutex_lock(&quire_waits_mutex);
	rcu_read_lock();
	for (place = 0; quire_wait_tasks && place < QUIRE_WAIT_SLOTS; place++) {
		task = READ_ONCE(quire_wait_tasks[place]);
		if (!task || task->flags & PF_KTHREAD)
			continue;
		for (i = 0; i < nr && pending[i].tgid != task->tgid; i++)
			;
		if (i == max)
			continue;
		if (i == nr)
			pending[nr++] = (struct quire_pending){ .tgid = task->tgid };
		quire_wait_so_far(&quire_wait_slots[place], now_ns, &pending[i]);
	}
	rcu_read_unlock();
	mutex_unlock(&quire_waits_mutex);
	return nr;
}
