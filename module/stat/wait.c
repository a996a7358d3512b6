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
#include <linux/vmalloc.h>
#include "stat/wait.h"

#define QUIRE_WAIT_BITS		12
#define QUIRE_WAIT_SLOTS	(1U << QUIRE_WAIT_BITS)
#define QUIRE_WAIT_PROBES	16

static struct task_struct **quire_wait_tasks;	/* [QUIRE_WAIT_SLOTS] */
static struct quire_wait *quire_wait_slots;	/* beside them */
static atomic64_t quire_wait_missed;

/**
 * quire_waits_start - get the memory for the slots
 *
 * Return: 0 or -ENOMEM.
 */
int quire_waits_start(void)
{
	quire_wait_tasks = vzalloc(array_size(QUIRE_WAIT_SLOTS, sizeof(*quire_wait_tasks)));
	quire_wait_slots = vzalloc(array_size(QUIRE_WAIT_SLOTS, sizeof(*quire_wait_slots)));
	if (quire_wait_tasks && quire_wait_slots)
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
	vfree(quire_wait_tasks);
	vfree(quire_wait_slots);
	quire_wait_tasks = NULL;
	quire_wait_slots = NULL;
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
