// SPDX-License-Identifier: GPL-2.0
/*
 * Who is never suspended:
 *
 *	init, also of a PID namespace, and kernel threads
 *	what the setting `essential` lists, and what the OOM killer is asked to spare
 *	processes with real-time threads, and those that are traced or stopped by somebody else
 *	whoever has read or written our files of late, and its ancestors: the shell, the terminal
 *	who has a lock on a file, for others may wait for it
 *	a vfork()ed child, for its parent does
 *	for a while, who was suspended and then resumed by somebody else
 *
 * A process stops, or freezes, on its way back to its program, where it holds none of the kernel's
 * locks. Of locks in shared memory, and of who waits for what from a pipe or socket, nothing
 * can be known: that is what `essential` is for.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/jiffies.h>
#include <linux/oom.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include "compat/lock.h"
#include "thrash/spare.h"
#include "workingset/track.h"

#define QUIRE_SPARED		32
#define QUIRE_SPARED_MS		60000
#define QUIRE_ANCESTORS_MAX	64

/**
 * struct quire_spared - a process that is spared for a while
 * @tgid:	0: nobody
 * @until:	jiffies
 */
struct quire_spared {
	u32 tgid;
	unsigned long until;
};

static DEFINE_SPINLOCK(quire_spared_lock);
static struct quire_spared quire_spared[QUIRE_SPARED];

static struct quire_rule_list quire_essential = QUIRE_RULE_LIST(quire_essential, "none");

/* The thread's own, from quire_spare_begin() to quire_spare_end(). */
static struct quire_track quire_spare_track;

static void quire_spare(u32 tgid)
{
	struct quire_spared *place, *oldest = quire_spared;

	spin_lock(&quire_spared_lock);
	for (place = quire_spared; place < quire_spared + QUIRE_SPARED; place++) {
		if (place->tgid == tgid || !place->tgid) {
			oldest = place;
			break;
		}
		if (time_before(place->until, oldest->until))
			oldest = place;
	}
	*oldest = (struct quire_spared){ tgid, jiffies + msecs_to_jiffies(QUIRE_SPARED_MS) };
	spin_unlock(&quire_spared_lock);
}

/**
 * quire_spare_reader - the current process uses our files: spare it for a minute
 *
 * Context: process.
 */
void quire_spare_reader(void)
{
	quire_spare(current->tgid);
}

/**
 * quire_spare_process - spare a process for a minute
 * @pid:	the process
 *
 * Context: process.
 */
void quire_spare_process(struct pid *pid)
{
	quire_spare(pid_nr(pid));
}

/**
 * quire_spare_cgroup - spare a cgroup for a minute, by one of its processes
 * @cgroup:	the cgroup
 *
 * Context: process.
 */
void quire_spare_cgroup(struct cgroup *cgroup)
{
	struct task_struct *task;

	rcu_read_lock();
	for_each_process(task) {
		if (task_dfl_cgroup(task) == cgroup) {
			quire_spare(task->tgid);
			break;
		}
	}
	rcu_read_unlock();
}

/* Under RCU. */
static bool quire_is_ancestor(const struct task_struct *task, u32 tgid)
{
	struct task_struct *child = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_TGID);
	unsigned int generation;

	for (generation = 0; child && generation < QUIRE_ANCESTORS_MAX; generation++) {
		if (child->tgid == task->tgid)
			return true;
		if (child->pid <= 1)
			break;
		child = rcu_dereference(child->real_parent);
	}
	return false;
}

/* Under RCU. */
static bool quire_is_spared_for_now(const struct task_struct *task)
{
	const struct quire_spared *place;
	bool found = false;

	spin_lock(&quire_spared_lock);
	for (place = quire_spared; place < quire_spared + QUIRE_SPARED && !found; place++)
		found = place->tgid && time_before(jiffies, place->until) &&
			quire_is_ancestor(task, place->tgid);
	spin_unlock(&quire_spared_lock);
	return found;
}

static bool quire_list_has(struct list_head *locks, const struct file *file, fl_owner_t owner)
{
	struct quire_lock *lock;

	list_for_each_entry(lock, locks, quire_lock_list) {
		if (quire_lock_file(lock) == file || quire_lock_owner(lock) == owner)
			return true;
	}
	return false;
}

/* For iterate_fd(), under the files' lock. */
static int quire_file_is_locked(const void *files, struct file *file, unsigned int fd)
{
	struct file_lock_context *context = locks_inode_context(file_inode(file));
	bool locked;

	if (!context)
		return 0;
	spin_lock(&context->flc_lock);
	locked = quire_list_has(&context->flc_flock, file, (fl_owner_t)files) ||
		 quire_list_has(&context->flc_posix, file, (fl_owner_t)files);
	spin_unlock(&context->flc_lock);
	return locked;
}

static bool quire_holds_file_lock(struct task_struct *task)
{
	bool holds = false;

	task_lock(task);
	if (task->files)
		holds = iterate_fd(task->files, 0, quire_file_is_locked, task->files);
	task_unlock(task);
	return holds;
}

/* Under RCU. */
static bool quire_has_special_thread(struct task_struct *task)
{
	struct task_struct *thread;

	for_each_thread(task, thread) {
		if (rt_task(thread) || thread->ptrace || thread->vfork_done)
			return true;
	}
	return false;
}

/**
 * quire_spare_begin - prepare for quire_is_spared()
 *
 * Context: the thread that looks, may sleep.
 */
void quire_spare_begin(void)
{
	quire_track_begin(&quire_spare_track, &quire_essential);
}

/**
 * quire_is_spared - whether a process must not be suspended
 * @task:	its leader
 *
 * Context: the thread that looks, between quire_spare_begin() and quire_spare_end().
 */
bool quire_is_spared(struct task_struct *task)
{
	bool spared, children;

	if (task->flags & (PF_KTHREAD | PF_EXITING) || is_global_init(task) ||
	    task->signal->flags & (SIGNAL_UNKILLABLE | SIGNAL_GROUP_EXIT | SIGNAL_STOP_STOPPED) ||
	    task->signal->group_stop_count || task->signal->oom_score_adj < 0)
		return true;
	rcu_read_lock();
	spared = quire_has_special_thread(task) || quire_is_spared_for_now(task);
	rcu_read_unlock();
	return spared || quire_track_wants(&quire_spare_track, task, &children) ||
	       quire_holds_file_lock(task);
}

/**
 * quire_spare_end - let go of what quire_spare_begin() took
 */
void quire_spare_end(void)
{
	quire_track_end(&quire_spare_track);
}

/**
 * quire_essential_show - what is essential, as it was written
 * @text:	filled in, QUIRE_RULES_TEXT bytes
 *
 * Context: process, may sleep.
 */
void quire_essential_show(char *text)
{
	quire_rule_list_show(&quire_essential, text);
}

/**
 * quire_essential_set - change it
 * @text:	rules as for what is tracked, see workingset/rules.c
 *
 * Context: process, may sleep.
 * Return: as quire_rule_list_set().
 */
int quire_essential_set(const char *text)
{
	return quire_rule_list_set(&quire_essential, text);
}
