// SPDX-License-Identifier: GPL-2.0
/*
 * Load control: while the machine thrashes, some are suspended so that the others get on.
 *
 *	thrash.c	looks four times a second; if load control is wanted:
 *	control.c	makes a list of units, what runs and what is suspended
 *	balance.c	chooses; spare.c knows who is left alone
 *	suspend.c	stops or freezes, resumes, has a watchdog
 *
 * A unit is a process, or with `freeze` a cgroup that no other cgroup with processes is in. What needs
 * less than 1 MiB is none; its needs count.
 *
 * Context: the thread that looks, between quire_control_begin() and _end().
 */
#include <linux/cgroup.h>
#include <linux/ktime.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/vmstat.h>
#include "quire/part.h"
#include "thrash/balance.h"
#include "thrash/control.h"
#include "thrash/freeze.h"
#include "thrash/spare.h"
#include "thrash/suspend.h"

#define QUIRE_UNITS_MAX		512
#define QUIRE_UNIT_PAGES	256	/* less is not worth it */
#define QUIRE_ROOM_SPARE	16	/* of memory, 1/16 is for what is not in working sets */
#define QUIRE_LIMIT_NEAR	8	/* a limit is reached at 7/8 of it: reclaim goes on somewhat below */

static DEFINE_MUTEX(quire_control_mutex);	/* all that follows */
static enum quire_control quire_control_now;
static unsigned int quire_quantum_ms = QUIRE_QUANTUM_MS;

/* Of the look that goes on. */
static struct quire_unit quire_units[QUIRE_UNITS_MAX];
static struct pid *quire_unit_pid[QUIRE_UNITS_MAX];		/* of processes */
static struct cgroup *quire_unit_cgroup[QUIRE_UNITS_MAX];	/* of cgroups, referenced */
static unsigned int quire_nr_units;
static struct quire_room quire_room;
static u64 quire_look_began_ns;
static u64 quire_moved_ns;

/* What processes and files can have: what they have, and what is free. */
static u64 quire_room_pages(void)
{
	u64 pages = global_zone_page_state(NR_FREE_PAGES);
	int list;

	for (list = 0; list < NR_LRU_LISTS; list++)
		pages += global_node_page_state(NR_LRU_BASE + list);
	return pages - pages / QUIRE_ROOM_SPARE;
}

/**
 * quire_control_begin - look at what is suspended
 * @state:	of the machine
 *
 * Return: whether there is anything to choose: then all processes are to be added, and
 * quire_control_end() called.
 */
bool quire_control_begin(enum quire_thrash_state state)
{
	struct quire_suspend_stats stats;

	mutex_lock(&quire_control_mutex);
	if (quire_control_now == QUIRE_CONTROL_OFF)
		goto nothing;
	if (!READ_ONCE(quire_workingset_part.running)) {
		quire_resume_all(QUIRE_RESUME_OFF);
		goto nothing;
	}
	quire_suspended_look();
	quire_suspend_stats(&stats);
	if (state != QUIRE_THRASHING && !stats.suspended)
		goto nothing;
	quire_look_began_ns = ktime_get_ns();
	quire_nr_units = 0;
	quire_room = (struct quire_room){
		.state = state,
		.memory_pages = quire_room_pages(),
		.quantum_ms = READ_ONCE(quire_quantum_ms),
		.moved_ms = div_u64(quire_look_began_ns - quire_moved_ns, NSEC_PER_MSEC),
	};
	return true;
nothing:
	mutex_unlock(&quire_control_mutex);
	return false;
}

/* The cgroup that a process is in, referenced, if it can be frozen. */
static struct cgroup *quire_cgroup_of(struct pid *pid)
{
	struct cgroup *cgroup = NULL;
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		cgroup = task_dfl_cgroup(task);
	if (cgroup && (!cgroup_parent(cgroup) || !cgroup_tryget(cgroup)))
		cgroup = NULL;
	rcu_read_unlock();
	return cgroup;
}

static struct quire_unit *quire_unit_of_cgroup(const struct cgroup *cgroup)
{
	unsigned int i;

	for (i = 0; i < quire_nr_units; i++) {
		if (quire_unit_cgroup[i] == cgroup)
			return &quire_units[i];
	}
	return NULL;
}

/* A new unit; takes the reference to the cgroup, if it is one. NULL if there are too many. */
static struct quire_unit *quire_unit_add(struct pid *pid, struct cgroup *cgroup)
{
	struct quire_unit *unit = &quire_units[quire_nr_units];

	if (quire_nr_units == QUIRE_UNITS_MAX)
		return NULL;
	quire_unit_pid[quire_nr_units] = pid;
	quire_unit_cgroup[quire_nr_units] = cgroup;
	*unit = (struct quire_unit){ };
	unit->suspended = quire_is_suspended(pid ?: (void *)cgroup, &unit->since_ms,
					     &unit->need_pages);
	quire_nr_units++;
	return unit;
}

static struct quire_unit *quire_unit_for(struct pid *pid, u64 need_pages)
{
	struct quire_unit *unit;
	struct cgroup *cgroup;
	u64 since_ms, before;

	if (quire_control_now == QUIRE_CONTROL_STOP) {
		if (need_pages < QUIRE_UNIT_PAGES && !quire_is_suspended(pid, &since_ms, &before))
			return NULL;
		return quire_unit_add(pid, NULL);
	}
	cgroup = quire_cgroup_of(pid);
	if (!cgroup)
		return NULL;
	unit = quire_unit_of_cgroup(cgroup);
	if (!unit) {
		unit = quire_unit_add(NULL, cgroup);
		if (unit)
			return unit;
	}
	cgroup_put(cgroup);
	return unit;
}

/* The lowest cgroup above a process that has reached its memory.max or memory.high. */
static void quire_find_limit(struct pid *pid, struct quire_unit *unit)
{
	struct mem_cgroup *memcg = NULL;
	struct task_struct *task;
	u64 limit;

	unit->limit = 0;
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		memcg = mem_cgroup_from_task(task);
	for (; memcg && memcg->css.parent; memcg = parent_mem_cgroup(memcg)) {
		limit = min(READ_ONCE(memcg->memory.max), READ_ONCE(memcg->memory.high));
		if (page_counter_read(&memcg->memory) < limit - limit / QUIRE_LIMIT_NEAR)
			continue;
		unit->limit = cgroup_id(memcg->css.cgroup);
		unit->limit_pages = limit - limit / QUIRE_ROOM_SPARE;
		break;
	}
	rcu_read_unlock();
}

/**
 * quire_control_add - a process
 * @turn:	its turn
 * @pid:	its struct pid
 * @need_pages:	its working set
 * @suffers:	whether it is not calm
 */
void quire_control_add(struct quire_turn *turn, struct pid *pid, u64 need_pages, bool suffers)
{
	struct quire_unit *unit = quire_unit_for(pid, need_pages);

	if (!turn->since_ns || (turn->suspended && (!unit || !unit->suspended)))
		turn->since_ns = quire_look_began_ns;
	turn->suspended = unit && unit->suspended;
	if (unit)
		quire_find_limit(pid, unit);
	if (!unit) {
		quire_room.other_pages += need_pages;
	} else if (!unit->suspended) {
		unit->need_pages += need_pages;
		unit->suffers |= suffers;
		unit->since_ms = max(unit->since_ms,
				     div_u64(quire_look_began_ns - turn->since_ns, NSEC_PER_MSEC));
	}
}

/* Whether a process of the cgroup, or the cgroup itself, must not be suspended. */
static bool quire_is_cgroup_spared(struct cgroup *cgroup)
{
	struct task_struct *task;
	bool spared = false;

	if (READ_ONCE(cgroup->freezer.e_freeze) || READ_ONCE(cgroup->nr_populated_domain_children) ||
	    READ_ONCE(cgroup->nr_populated_threaded_children))
		return true;
	rcu_read_lock();
	for_each_process(task) {
		if (task_dfl_cgroup(task) == cgroup && quire_is_spared(task)) {
			spared = true;
			break;
		}
	}
	rcu_read_unlock();
	return spared;
}

static bool quire_is_unit_spared(unsigned int i)
{
	struct task_struct *task;
	bool spared;

	if (quire_unit_cgroup[i])
		return quire_is_cgroup_spared(quire_unit_cgroup[i]);
	task = get_pid_task(quire_unit_pid[i], PIDTYPE_TGID);
	if (!task)
		return true;
	spared = quire_is_spared(task);
	put_task_struct(task);
	return spared;
}

static void quire_choose(struct quire_move *move)
{
	quire_spare_begin();
	for (;;) {
		quire_balance_choose(&quire_room, quire_units, quire_nr_units, move);
		if (move->suspend == QUIRE_NOBODY || !quire_is_unit_spared(move->suspend))
			break;
		quire_units[move->suspend].spared = true;
	}
	quire_spare_end();
}

/* Suspend a unit. Return: an errno that load control cannot live with, else 0. */
static int quire_unit_suspend(unsigned int i)
{
	u64 need_pages = quire_units[i].need_pages;
	int err;

	if (quire_unit_cgroup[i])
		err = quire_suspend_cgroup(quire_unit_cgroup[i], need_pages);
	else
		err = quire_suspend_process(quire_unit_pid[i], need_pages);
	/* It is gone or stopped, or there is no memory just now: the next look chooses anew. */
	if (err == -ESRCH || err == -EBUSY || err == -ENODEV || err == -ENOMEM)
		err = 0;
	return err;
}

static void quire_move(const struct quire_move *move)
{
	int i = move->resume, err = 0;

	if (move->suspend != QUIRE_NOBODY)
		err = quire_unit_suspend(move->suspend);
	if (err) {
		pr_warn("quire: load control is switched off: it cannot suspend (error %d)\n", err);
		WRITE_ONCE(quire_control_now, QUIRE_CONTROL_OFF);
		quire_resume_all(QUIRE_RESUME_OFF);
		return;
	}
	if (i != QUIRE_NOBODY)
		quire_resume(quire_unit_pid[i] ?: (void *)quire_unit_cgroup[i], QUIRE_RESUME_TURN);
	if (move->suspend != QUIRE_NOBODY || i != QUIRE_NOBODY)
		quire_moved_ns = quire_look_began_ns;
}

/**
 * quire_control_end - all processes have been added: suspend and resume
 */
void quire_control_end(void)
{
	struct quire_move move;
	unsigned int i;

	quire_choose(&move);
	quire_move(&move);
	for (i = 0; i < quire_nr_units; i++) {
		if (quire_unit_cgroup[i])
			cgroup_put(quire_unit_cgroup[i]);
	}
	mutex_unlock(&quire_control_mutex);
}

/**
 * quire_control - whether load is controlled, and how
 */
enum quire_control quire_control(void)
{
	return READ_ONCE(quire_control_now);
}

/**
 * quire_control_set - control load, or do not; all that is suspended is resumed
 * @control:	how
 *
 * Context: process that sees cgroups, may sleep; under quire_parts_lock().
 * Return: 0, -EOPNOTSUPP unless the parts `thrash` and `workingset` run, -ENOTDIR where there is
 * no cgroup v2 and that is what is wanted.
 */
int quire_control_set(enum quire_control control)
{
	int err = 0;

	if (control != QUIRE_CONTROL_OFF &&
	    !(quire_thrash_part.running && quire_workingset_part.running))
		return -EOPNOTSUPP;
	mutex_lock(&quire_control_mutex);
	if (control == QUIRE_CONTROL_FREEZE)
		err = quire_freeze_find();
	if (!err && control != quire_control_now) {
		quire_resume_all(QUIRE_RESUME_OFF);
		WRITE_ONCE(quire_control_now, control);
		if (control != QUIRE_CONTROL_FREEZE)
			quire_freeze_forget();
	}
	mutex_unlock(&quire_control_mutex);
	return err;
}

/**
 * quire_control_quantum_ms - how long one is suspended while others wait for their turn
 */
unsigned int quire_control_quantum_ms(void)
{
	return READ_ONCE(quire_quantum_ms);
}

/**
 * quire_control_set_quantum_ms - set it; holds from the next look on
 * @ms:		not 0
 */
void quire_control_set_quantum_ms(unsigned int ms)
{
	WRITE_ONCE(quire_quantum_ms, ms);
}

/**
 * quire_control_start - before the thread that looks starts
 *
 * Return: 0 or -ENOMEM.
 */
int quire_control_start(void)
{
	return quire_suspend_start();
}

/**
 * quire_control_stop - resume all; the thread that looks has ended, and load control is off
 *
 * Context: process, may sleep.
 */
void quire_control_stop(void)
{
	mutex_lock(&quire_control_mutex);
	WRITE_ONCE(quire_control_now, QUIRE_CONTROL_OFF);
	quire_suspend_stop();
	quire_freeze_forget();
	mutex_unlock(&quire_control_mutex);
}
