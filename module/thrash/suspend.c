// SPDX-License-Identifier: GPL-2.0
/*
 * Suspending and resuming: a process by SIGSTOP and SIGCONT, a cgroup by its freezer.
 *
 * What is suspended is in a list. Who takes an entry out of it resumes what is in it: the
 * thread that looks (thrash.c), whoever switches load control off or unloads the module, or the
 * watchdog, a timer that goes off when that thread has not looked for 5 s. The timer itself resumes
 * processes; thawing has to sleep, and is done by a queue of its own.
 *
 * A process must not be resumed that somebody else wants stopped. One that he has stopped before is
 * never suspended. If he stops it after us, the signal waits in its queue, for it is
 * stopped already, and there it is found: the process is left as it is. One that he resumes is
 * none of ours any more. (Both at once, between two looks, look like nothing. Of cgroups only
 * the last is seen: a freezer keeps one bit.)
 */
#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "interface/trace.h"
#include "thrash/freeze.h"
#include "thrash/spare.h"
#include "thrash/suspend.h"

/**
 * struct quire_suspended - what is suspended
 * @list:	in quire_suspended_list, or in a list of who has taken it
 * @pid:	the process, referenced; or NULL
 * @cgroup:	the cgroup, referenced; or NULL
 * @file:	its cgroup.freeze
 * @since_ns:	when
 * @needed_pages: its working set before that
 * @stopped:	it has been seen to have stopped
 * @comm:	the name of the process
 */
struct quire_suspended {
	struct list_head list;
	struct pid *pid;
	struct cgroup *cgroup;
	struct file *file;
	u64 since_ns;
	u64 needed_pages;
	bool stopped;
	char comm[TASK_COMM_LEN];
};

static DEFINE_SPINLOCK(quire_suspended_lock);	/* all that follows; also taken by the timer */
static LIST_HEAD(quire_suspended_list);
static unsigned int quire_nr_suspended;
static u64 quire_suspensions;
static u64 quire_watchdogs;

static struct workqueue_struct *quire_thaw_queue;

static const void *quire_suspended_what(const struct quire_suspended *entry)
{
	return entry->pid ? (const void *)entry->pid : (const void *)entry->cgroup;
}

static void quire_suspended_add(struct quire_suspended *entry)
{
	list_add_tail(&entry->list, &quire_suspended_list);
	quire_nr_suspended++;
	quire_suspensions++;
}

static void quire_suspended_take(struct quire_suspended *entry, struct list_head *to)
{
	list_move_tail(&entry->list, to);
	quire_nr_suspended--;
}

static u32 quire_suspended_tgid(const struct quire_suspended *entry)
{
	return entry->pid ? pid_nr(entry->pid) : 0;
}

static u64 quire_suspended_cgroup_id(const struct quire_suspended *entry)
{
	return entry->cgroup ? cgroup_id(entry->cgroup) : 0;
}

/* Stopped, and a stop is waiting: that of somebody else. Under RCU. */
static bool quire_is_stopped_by_others(struct task_struct *task)
{
	return READ_ONCE(task->signal->flags) & SIGNAL_STOP_STOPPED &&
	       READ_ONCE(task->signal->shared_pending.signal.sig[0]) & SIG_KERNEL_STOP_MASK;
}

static void quire_resume_process(struct pid *pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task && !quire_is_stopped_by_others(task))
		kill_pid(pid, SIGCONT, 1);
	rcu_read_unlock();
}

/* Resume what has been taken out of the list. Of a process: in any context; of a cgroup: may sleep. */
static void quire_release(struct quire_suspended *entry, enum quire_resume why)
{
	trace_resume(quire_suspended_tgid(entry), quire_suspended_cgroup_id(entry),
		     ktime_get_ns() - entry->since_ns, why);
	list_del(&entry->list);
	if (entry->pid) {
		if (why == QUIRE_RESUME_OTHERS)
			quire_spare_process(entry->pid);
		else
			quire_resume_process(entry->pid);
		put_pid(entry->pid);
	} else {
		if (why == QUIRE_RESUME_OTHERS)
			quire_spare_cgroup(entry->cgroup);
		else
			quire_freeze_write(entry->file, false);
		fput(entry->file);
		cgroup_put(entry->cgroup);
	}
	kfree(entry);
}

static void quire_release_all(struct list_head *entries, enum quire_resume why)
{
	struct quire_suspended *entry, *next;

	list_for_each_entry_safe(entry, next, entries, list)
		quire_release(entry, why);
}

static void quire_thaw_all(struct work_struct *work)
{
	quire_resume_all(QUIRE_RESUME_WATCHDOG);
}

static DECLARE_WORK(quire_thaw_work, quire_thaw_all);

static void quire_watchdog_bites(struct timer_list *timer)
{
	struct quire_suspended *entry, *next;
	LIST_HEAD(processes);
	bool any;

	spin_lock(&quire_suspended_lock);
	any = quire_nr_suspended;
	quire_watchdogs += any;
	list_for_each_entry_safe(entry, next, &quire_suspended_list, list) {
		if (entry->pid)
			quire_suspended_take(entry, &processes);
	}
	if (quire_nr_suspended)
		queue_work(quire_thaw_queue, &quire_thaw_work);
	spin_unlock(&quire_suspended_lock);
	quire_release_all(&processes, QUIRE_RESUME_WATCHDOG);
	if (any)
		pr_warn("quire: load control: nobody has looked for %u ms, all are resumed\n",
			QUIRE_WATCHDOG_MS);
}

static DEFINE_TIMER(quire_watchdog, quire_watchdog_bites);

static void quire_watchdog_feed(void)
{
	mod_timer(&quire_watchdog, jiffies + msecs_to_jiffies(QUIRE_WATCHDOG_MS));
}

static struct quire_suspended *quire_suspended_find(const void *what)
{
	struct quire_suspended *entry;

	list_for_each_entry(entry, &quire_suspended_list, list) {
		if (quire_suspended_what(entry) == what)
			return entry;
	}
	return NULL;
}

static struct quire_suspended *quire_suspended_new(u64 needed_pages)
{
	struct quire_suspended *entry = NULL;

	if (READ_ONCE(quire_nr_suspended) < QUIRE_SUSPENDED_MAX)
		entry = kzalloc(sizeof(*entry), GFP_NOWAIT | __GFP_NOWARN);
	if (entry) {
		entry->since_ns = ktime_get_ns();
		entry->needed_pages = needed_pages;
	}
	return entry;
}

/**
 * quire_suspend_process - stop a process, until it is resumed
 * @pid:	the process; not suspended yet
 * @needed_pages: its working set
 *
 * Context: the thread that looks.
 * Return: 0, -ESRCH if it is gone, -ENOMEM, -EBUSY if somebody else has stopped it.
 */
int quire_suspend_process(struct pid *pid, u64 needed_pages)
{
	struct quire_suspended *entry = quire_suspended_new(needed_pages);
	struct task_struct *task;
	int err = -ESRCH;

	if (!entry)
		return -ENOMEM;
	entry->pid = get_pid(pid);
	quire_watchdog_feed();
	spin_lock_bh(&quire_suspended_lock);
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task) {
		strscpy(entry->comm, task->comm, sizeof(entry->comm));
		err = READ_ONCE(task->signal->flags) & SIGNAL_STOP_STOPPED ? -EBUSY :
		      kill_pid(pid, SIGSTOP, 1);
	}
	rcu_read_unlock();
	if (!err)
		quire_suspended_add(entry);
	spin_unlock_bh(&quire_suspended_lock);
	if (err) {
		put_pid(entry->pid);
		kfree(entry);
		return err;
	}
	trace_suspend(pid_nr(pid), 0, needed_pages);
	return 0;
}

/**
 * quire_suspend_cgroup - freeze a cgroup, until it is resumed
 * @cgroup:	the cgroup; not suspended yet
 * @needed_pages: the working set of all in it
 *
 * It is in the list first, so that the watchdog thaws it even if freezing never ends.
 *
 * Context: the thread that looks, may sleep.
 * Return: 0, -ENOMEM, -ENODEV if it is gone, or what opening or writing its file said.
 */
int quire_suspend_cgroup(struct cgroup *cgroup, u64 needed_pages)
{
	struct file *file = quire_freeze_open(cgroup);
	struct quire_suspended *entry;
	bool still_there;
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOENT ? -ENODEV : PTR_ERR(file);
	entry = quire_suspended_new(needed_pages);
	if (!entry) {
		fput(file);
		return -ENOMEM;
	}
	cgroup_get(cgroup);
	entry->cgroup = cgroup;
	entry->file = get_file(file);
	quire_watchdog_feed();
	spin_lock_bh(&quire_suspended_lock);
	quire_suspended_add(entry);
	spin_unlock_bh(&quire_suspended_lock);

	err = quire_freeze_write(file, true);
	spin_lock_bh(&quire_suspended_lock);
	still_there = quire_suspended_find(cgroup);
	spin_unlock_bh(&quire_suspended_lock);
	if (!still_there)
		quire_freeze_write(file, false);
	else if (err)
		quire_resume(cgroup, QUIRE_RESUME_OFF);
	fput(file);
	if (!err)
		trace_suspend(0, cgroup_id(cgroup), needed_pages);
	return err;
}

/**
 * quire_resume - resume a process or cgroup
 * @what:	its struct pid or cgroup; nothing is done if it is not suspended
 * @why:	for the tracepoint; for QUIRE_RESUME_OTHERS it is only forgotten
 *
 * Context: process, may sleep.
 */
void quire_resume(const void *what, enum quire_resume why)
{
	struct quire_suspended *entry;
	LIST_HEAD(taken);

	spin_lock_bh(&quire_suspended_lock);
	entry = quire_suspended_find(what);
	if (entry)
		quire_suspended_take(entry, &taken);
	spin_unlock_bh(&quire_suspended_lock);
	quire_release_all(&taken, why);
}

/**
 * quire_resume_all - resume all
 * @why:	for the tracepoint
 *
 * Context: process, may sleep.
 */
void quire_resume_all(enum quire_resume why)
{
	struct quire_suspended *entry, *next;
	LIST_HEAD(taken);

	spin_lock_bh(&quire_suspended_lock);
	list_for_each_entry_safe(entry, next, &quire_suspended_list, list)
		quire_suspended_take(entry, &taken);
	spin_unlock_bh(&quire_suspended_lock);
	quire_release_all(&taken, why);
}

/* Whether it is not for us to resume it: it is gone, or somebody else has. */
static bool quire_is_not_ours(struct quire_suspended *entry)
{
	struct task_struct *task;
	bool stopped = false, gone;

	if (entry->cgroup) {
		gone = !(entry->cgroup->self.flags & CSS_ONLINE);
		stopped = READ_ONCE(entry->cgroup->freezer.freeze);
	} else {
		rcu_read_lock();
		task = pid_task(entry->pid, PIDTYPE_TGID);
		gone = !task || READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT;
		stopped = task && READ_ONCE(task->signal->flags) & SIGNAL_STOP_STOPPED;
		rcu_read_unlock();
	}
	if (stopped)
		entry->stopped = true;
	return gone || (entry->stopped && !stopped);
}

/**
 * quire_suspended_look - forget what others have resumed or killed, and feed the watchdog
 *
 * Context: the thread that looks, may sleep.
 */
void quire_suspended_look(void)
{
	struct quire_suspended *entry, *next;
	LIST_HEAD(taken);

	spin_lock_bh(&quire_suspended_lock);
	list_for_each_entry_safe(entry, next, &quire_suspended_list, list) {
		if (quire_is_not_ours(entry))
			quire_suspended_take(entry, &taken);
	}
	if (quire_nr_suspended)
		quire_watchdog_feed();
	spin_unlock_bh(&quire_suspended_lock);
	quire_release_all(&taken, QUIRE_RESUME_OTHERS);
}

/**
 * quire_is_suspended - whether we have suspended it
 * @what:	the struct pid of a process, or the cgroup
 * @since_ms:	set to how long
 * @needed_pages: set to its working set before that
 *
 * Context: any but interrupts.
 */
bool quire_is_suspended(const void *what, u64 *since_ms, u64 *needed_pages)
{
	const struct quire_suspended *entry;

	spin_lock_bh(&quire_suspended_lock);
	entry = quire_suspended_find(what);
	if (entry) {
		*since_ms = div_u64(ktime_get_ns() - entry->since_ns, NSEC_PER_MSEC);
		*needed_pages = entry->needed_pages;
	}
	spin_unlock_bh(&quire_suspended_lock);
	return entry;
}

/* The end of a path says most. */
static void quire_cgroup_name(struct cgroup *cgroup, char *name, size_t size)
{
	char path[256];
	int length = cgroup_path(cgroup, path, sizeof(path));

	if (length < 0 || length >= sizeof(path))
		strscpy(name, "(a long path)", size);
	else
		strscpy(name, length < size ? path : path + length + 1 - size, size);
}

/**
 * quire_suspended_read - what is suspended
 * @info:	filled in
 * @max:	so many at most
 *
 * Context: process.
 * Return: how many there are.
 */
unsigned int quire_suspended_read(struct quire_suspended_info *info, unsigned int max)
{
	struct quire_suspended *entry;
	u64 now_ns = ktime_get_ns();
	unsigned int nr = 0;

	spin_lock_bh(&quire_suspended_lock);
	list_for_each_entry(entry, &quire_suspended_list, list) {
		if (nr == max)
			break;
		info[nr] = (struct quire_suspended_info){
			.pid = entry->pid ? get_pid(entry->pid) : NULL,
			.since_ms = div_u64(max(now_ns, entry->since_ns) - entry->since_ns, NSEC_PER_MSEC),
			.needed_pages = entry->needed_pages,
		};
		if (entry->pid)
			strscpy(info[nr].name, entry->comm, sizeof(info[nr].name));
		else
			quire_cgroup_name(entry->cgroup, info[nr].name, sizeof(info[nr].name));
		nr++;
	}
	spin_unlock_bh(&quire_suspended_lock);
	return nr;
}

/**
 * quire_suspend_stats - what has been done
 * @stats:	filled in
 */
void quire_suspend_stats(struct quire_suspend_stats *stats)
{
	spin_lock_bh(&quire_suspended_lock);
	*stats = (struct quire_suspend_stats){
		.suspended = quire_nr_suspended,
		.suspensions = quire_suspensions,
		.watchdogs = quire_watchdogs,
	};
	spin_unlock_bh(&quire_suspended_lock);
}

/**
 * quire_suspend_start - before anything is suspended
 *
 * Return: 0 or -ENOMEM.
 */
int quire_suspend_start(void)
{
	quire_thaw_queue = alloc_workqueue("quire_thaw", WQ_MEM_RECLAIM | WQ_HIGHPRI, 1);
	return quire_thaw_queue ? 0 : -ENOMEM;
}

/**
 * quire_suspend_stop - resume all, for nobody looks any more
 *
 * Context: process, may sleep.
 */
void quire_suspend_stop(void)
{
	timer_delete_sync(&quire_watchdog);
	quire_resume_all(QUIRE_RESUME_OFF);
	destroy_workqueue(quire_thaw_queue);
	quire_thaw_queue = NULL;
}
