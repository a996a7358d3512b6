// SPDX-License-Identifier: GPL-2.0
/*
 * The table of records, one for each process (thread group).
 *
 *	fork  -> a record          found by its struct pid in the hash, under RCU
 *	exit  -> last totals, kept for keep_exited_ms, so that a short process is seen
 *	then  -> out of the table; no CPU refers to it any more; freed
 *
 * The key is the struct pid, which the record holds a reference to: a number
 * that is used again is another struct pid. Ids grow, so a reader that goes on
 * from an id sees every process once, in the order of birth.
 *
 * The table has at most max_processes records. What does not fit is counted.
 */
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "compat/mm.h"
#include "hook/hook.h"
#include "quire/part.h"
#include "stat/tally.h"

#define QUIRE_REAP_MS	1000
#define QUIRE_KEEP_MS	30000

/**
 * struct quire_proc - the record of a process
 * @hash:	in quire_procs_by_pid
 * @exits:	in quire_procs_exited once it has exited, oldest first
 * @pid:	referenced
 * @id:		in quire_procs_by_id
 * @count:	what CPUs have handed in
 * @exited_ns:	when it exited, 0 while it lives
 * @expired:	out of the table, to be freed
 * @kthread:	a kernel thread
 * @comm:	from here on: as of its exit
 * @min_flt:	minor faults, all threads
 * @maj_flt:	major faults, all threads
 * @cred:	referenced
 */
struct quire_proc {
	struct hlist_node hash;
	struct list_head exits;
	struct pid *pid;
	u32 id;
	atomic64_t count[QUIRE_NR_COUNTS];
	u64 exited_ns;
	bool expired;
	bool kthread;
	char comm[TASK_COMM_LEN];
	u64 min_flt;
	u64 maj_flt;
	const struct cred *cred;
};

unsigned int quire_max_processes = 16384;
module_param_named(max_processes, quire_max_processes, uint, 0444);
MODULE_PARM_DESC(max_processes, "records of processes at most (default 16384)");

static struct kmem_cache *quire_proc_cache;
static DEFINE_HASHTABLE(quire_procs_by_pid, 12);
static DEFINE_XARRAY_ALLOC1(quire_procs_by_id);
static LIST_HEAD(quire_procs_exited);
static DEFINE_SPINLOCK(quire_procs_lock);	/* the three above and the numbers below */
static unsigned int quire_procs_nr;
static unsigned int quire_procs_nr_exited;
static u32 quire_procs_next_id;
static atomic64_t quire_procs_lost;
static unsigned int quire_keep_ms = QUIRE_KEEP_MS;

static void quire_procs_reap(struct work_struct *work);
static DECLARE_DELAYED_WORK(quire_reap_work, quire_procs_reap);

static struct quire_proc *quire_proc_lookup(struct pid *pid)
{
	struct quire_proc *proc;

	hash_for_each_possible_rcu(quire_procs_by_pid, proc, hash, (unsigned long)pid) {
		if (proc->pid == pid)
			return proc;
	}
	return NULL;
}

/*
 * Make the record of a process that lives: a reference to @pid can be had.
 * Any context but NMI, hence GFP_ATOMIC; NULL where there is no room.
 */
static struct quire_proc *quire_proc_add(struct pid *pid, bool kthread)
{
	struct quire_proc *proc, *other;
	unsigned long flags;

	if (READ_ONCE(quire_procs_nr) >= quire_max_processes)
		return NULL;
	proc = kmem_cache_zalloc(quire_proc_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!proc)
		return NULL;
	proc->pid = get_pid(pid);
	proc->kthread = kthread;

	spin_lock_irqsave(&quire_procs_lock, flags);
	other = quire_proc_lookup(pid);
	if (other)
		goto unlock;
	if (quire_procs_nr >= quire_max_processes ||
	    xa_alloc_cyclic(&quire_procs_by_id, &proc->id, proc, xa_limit_32b,
			    &quire_procs_next_id, GFP_ATOMIC | __GFP_NOWARN) < 0) {
		spin_unlock_irqrestore(&quire_procs_lock, flags);
		put_pid(proc->pid);
		kmem_cache_free(quire_proc_cache, proc);
		return NULL;
	}
	hash_add_rcu(quire_procs_by_pid, &proc->hash, (unsigned long)pid);
	quire_procs_nr++;
	spin_unlock_irqrestore(&quire_procs_lock, flags);
	return proc;

unlock:
	spin_unlock_irqrestore(&quire_procs_lock, flags);
	put_pid(proc->pid);
	kmem_cache_free(quire_proc_cache, proc);
	return other;
}

/* The same for one that is new to us: it is lost if there is no room now. */
static struct quire_proc *quire_proc_add_new(struct pid *pid, bool kthread)
{
	struct quire_proc *proc = quire_proc_add(pid, kthread);

	if (!proc)
		atomic64_inc(&quire_procs_lost);
	return proc;
}

/**
 * quire_proc_find - the record of the current process
 * @pid:	its thread group
 *
 * Makes one if fork had no memory or no room for it.
 *
 * Context: process, preemption off.
 * Return: the record, valid until this CPU has taken part in the next
 * quire_tally_gather(), or NULL.
 */
struct quire_proc *quire_proc_find(struct pid *pid)
{
	struct quire_proc *proc = quire_proc_lookup(pid);

	/* A task on its way out may have outlived its struct pid. */
	if (!proc && !(current->flags & PF_EXITING))
		proc = quire_proc_add(pid, current->flags & PF_KTHREAD);
	return proc;
}

/**
 * quire_proc_add_counts - hand in counts to a record
 * @proc:	the record
 * @what:	which count
 * @n:		how many
 */
void quire_proc_add_counts(struct quire_proc *proc, enum quire_count what, u64 n)
{
	atomic64_add(n, &proc->count[what]);
}

/**
 * quire_proc_expired - whether a record has left the table
 * @proc:	the record
 */
bool quire_proc_expired(const struct quire_proc *proc)
{
	return READ_ONCE(proc->expired);
}

/*
 * The faults of a thread group: those of its threads and those of threads
 * that have gone, taken together as the kernel does for getrusage().
 * Under RCU.
 */
static void quire_group_faults(struct task_struct *task, u64 *min_flt, u64 *maj_flt)
{
	struct signal_struct *sig = task->signal;
	struct task_struct *thread;
	unsigned long flags;
	int seq, next = 0;

	do {
		seq = next;
		flags = read_seqbegin_or_lock_irqsave(&sig->stats_lock, &seq);
		*min_flt = sig->min_flt;
		*maj_flt = sig->maj_flt;
		for_each_thread(task, thread) {
			*min_flt += READ_ONCE(thread->min_flt);
			*maj_flt += READ_ONCE(thread->maj_flt);
		}
		next = 1;	/* a writer was there: lock, the next time */
	} while (need_seqretry(&sig->stats_lock, seq));
	done_seqretry_irqrestore(&sig->stats_lock, seq, flags);
}

/* The last thread of a process has come to its end. Under RCU. */
static void quire_proc_end(struct quire_proc *proc, struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&quire_procs_lock, flags);
	if (proc->exited_ns || proc->expired) {
		spin_unlock_irqrestore(&quire_procs_lock, flags);
		return;
	}
	strscpy(proc->comm, task->group_leader->comm, sizeof(proc->comm));
	quire_group_faults(task, &proc->min_flt, &proc->maj_flt);
	proc->cred = get_cred(__task_cred(task));
	/* Readers look at the above once they see this. */
	smp_store_release(&proc->exited_ns, ktime_get_mono_fast_ns());
	list_add_tail(&proc->exits, &quire_procs_exited);
	quire_procs_nr_exited++;
	spin_unlock_irqrestore(&quire_procs_lock, flags);
	queue_delayed_work(system_wq, &quire_reap_work, msecs_to_jiffies(QUIRE_REAP_MS));
}

static void quire_on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	if (thread_group_leader(child))
		quire_proc_add_new(task_tgid(child), child->flags & PF_KTHREAD);
}

static void quire_on_exit(void *data, struct task_struct *task)
{
	struct quire_proc *proc;

	if (atomic_read(&task->signal->live))
		return;
	rcu_read_lock();
	proc = quire_proc_lookup(task_tgid(task));
	if (proc)
		quire_proc_end(proc, task);
	rcu_read_unlock();
}

static struct quire_hook quire_proc_hooks[] = {
	{
		.kind = QUIRE_HOOK_TRACE, .name = "sched_process_fork", .required = true,
		.probe = quire_on_fork, .cost = "one allocation a fork",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "sched_process_exit", .required = true,
		.probe = quire_on_exit, .cost = "one walk of its threads an exit",
	},
};

/* Take a record out of the table. Under the lock. */
static void quire_proc_expire(struct quire_proc *proc, struct list_head *gone)
{
	hash_del_rcu(&proc->hash);
	xa_erase(&quire_procs_by_id, proc->id);
	WRITE_ONCE(proc->expired, true);
	if (proc->exited_ns) {
		list_del(&proc->exits);
		quire_procs_nr_exited--;
	}
	quire_procs_nr--;
	list_add_tail(&proc->exits, gone);
}

/* Free records that have left the table, once nobody refers to them. */
static void quire_procs_free(struct list_head *gone)
{
	struct quire_proc *proc, *next;

	if (list_empty(gone))
		return;
	quire_tally_gather();
	synchronize_rcu();
	list_for_each_entry_safe(proc, next, gone, exits) {
		if (proc->cred)
			put_cred(proc->cred);
		put_pid(proc->pid);
		kmem_cache_free(quire_proc_cache, proc);
	}
}

static void quire_procs_reap(struct work_struct *work)
{
	struct quire_proc *proc, *next;
	u64 now = ktime_get_mono_fast_ns();
	u64 keep = (u64)READ_ONCE(quire_keep_ms) * NSEC_PER_MSEC;
	unsigned long flags;
	LIST_HEAD(gone);
	bool more;

	spin_lock_irqsave(&quire_procs_lock, flags);
	list_for_each_entry_safe(proc, next, &quire_procs_exited, exits) {
		/* Oldest first; where the table gets full, the dead make room. */
		if (now - proc->exited_ns < keep &&
		    quire_procs_nr < quire_max_processes - quire_max_processes / 4)
			break;
		quire_proc_expire(proc, &gone);
	}
	more = !list_empty(&quire_procs_exited);
	spin_unlock_irqrestore(&quire_procs_lock, flags);

	quire_procs_free(&gone);
	if (more)
		queue_delayed_work(system_wq, &quire_reap_work, msecs_to_jiffies(QUIRE_REAP_MS));
}

/* Records for all that live already. The hooks are attached. */
static void quire_procs_adopt(void)
{
	struct task_struct *task;
	struct quire_proc *proc;

	rcu_read_lock();
	for_each_process(task) {
		if (!atomic_read(&task->signal->live))
			continue;
		proc = quire_proc_add_new(task_tgid(task), task->flags & PF_KTHREAD);
		/* Its exit may have looked for the record just before it was there. */
		if (proc && !atomic_read(&task->signal->live))
			quire_proc_end(proc, task);
	}
	rcu_read_unlock();
}

/**
 * quire_procs_start - begin to keep records
 *
 * Context: process, may sleep.
 * Return: 0 or an errno.
 */
int quire_procs_start(void)
{
	int err;

	if (quire_max_processes < 16 || quire_max_processes > 4 << 20) {
		pr_err("quire: max_processes=%u is not in 16..4194304\n", quire_max_processes);
		return -EINVAL;
	}
	quire_proc_cache = kmem_cache_create("quire_proc", sizeof(struct quire_proc), 0,
					     SLAB_ACCOUNT, NULL);
	if (!quire_proc_cache)
		return -ENOMEM;
	err = quire_hooks_attach(quire_proc_hooks, ARRAY_SIZE(quire_proc_hooks));
	if (err) {
		kmem_cache_destroy(quire_proc_cache);
		return err;
	}
	quire_procs_adopt();
	return 0;
}

/**
 * quire_procs_stop - free all records
 *
 * Nothing counts and nobody reads any more.
 *
 * Context: process, may sleep.
 */
void quire_procs_stop(void)
{
	struct quire_proc *proc;
	unsigned long flags, id;
	LIST_HEAD(gone);

	quire_hooks_detach(quire_proc_hooks, ARRAY_SIZE(quire_proc_hooks));
	cancel_delayed_work_sync(&quire_reap_work);
	spin_lock_irqsave(&quire_procs_lock, flags);
	xa_for_each(&quire_procs_by_id, id, proc)
		quire_proc_expire(proc, &gone);
	spin_unlock_irqrestore(&quire_procs_lock, flags);
	quire_procs_free(&gone);
	xa_destroy(&quire_procs_by_id);
	kmem_cache_destroy(quire_proc_cache);
}

/* The time of a thread group's CPUs, without that of a thread that ends just now. Under RCU. */
static void quire_group_times(struct task_struct *task, u64 *user_ns, u64 *system_ns)
{
	struct task_struct *thread;

	*user_ns = READ_ONCE(task->signal->utime);
	*system_ns = READ_ONCE(task->signal->stime);
	for_each_thread(task, thread) {
		*user_ns += READ_ONCE(thread->utime);
		*system_ns += READ_ONCE(thread->stime);
	}
}

static void quire_proc_fill_live(struct task_struct *task, struct quire_proc_info *info)
{
	struct mm_struct *mm;

	strscpy(info->comm, task->comm, sizeof(info->comm));
	quire_group_faults(task, &info->min_flt, &info->maj_flt);
	quire_group_times(task, &info->user_ns, &info->system_ns);
	info->cred = get_cred(__task_cred(task));
	task_lock(task);
	mm = task->mm;
	if (mm && !info->kthread) {
		info->resident_pages = quire_mm_resident_pages(mm);
		info->anon_pages = quire_mm_anon_pages(mm);
		info->swapped_pages = quire_mm_swapped_pages(mm);
		info->dumpable = quire_mm_dumpable(mm);
		info->mm_ns = get_user_ns(mm->user_ns);
	}
	task_unlock(task);
}

static bool quire_proc_fill(struct quire_proc *proc, struct quire_proc_info *info)
{
	struct task_struct *task;
	u64 exited_ns = smp_load_acquire(&proc->exited_ns);	/* then what it left, see _end() */
	unsigned int i;

	memset(info, 0, sizeof(*info));
	info->kthread = proc->kthread;
	if (exited_ns) {
		strscpy(info->comm, proc->comm, sizeof(info->comm));
		info->min_flt = proc->min_flt;
		info->maj_flt = proc->maj_flt;
		info->cred = get_cred(proc->cred);
		info->exited = true;
		info->exited_ms = div_u64(ktime_get_mono_fast_ns() - exited_ns, NSEC_PER_MSEC);
	} else {
		task = pid_task(proc->pid, PIDTYPE_TGID);
		if (!task)
			return false;
		quire_proc_fill_live(task, info);
	}
	info->pid = get_pid(proc->pid);
	for (i = 0; i < QUIRE_NR_COUNTS; i++)
		info->count[i] = atomic64_read(&proc->count[i]);
	return true;
}

/**
 * quire_proc_next - the next process of the table
 * @id:		where to go on from; starts at 0, is moved behind the one found
 * @info:	filled in; quire_proc_info_put() when done with it
 *
 * Call quire_tally_gather() first, or counts may lag behind.
 *
 * Context: process; takes the task's alloc_lock.
 * Return: false when there are no more.
 */
bool quire_proc_next(unsigned long *id, struct quire_proc_info *info)
{
	struct quire_proc *proc;
	bool found = false;

	rcu_read_lock();
	while (!found) {
		proc = xa_find(&quire_procs_by_id, id, ULONG_MAX, XA_PRESENT);
		if (!proc)
			break;
		++*id;
		found = quire_proc_fill(proc, info);
	}
	rcu_read_unlock();
	return found;
}

/**
 * quire_proc_next_pid - the next process of the table that has not exited
 * @id:		where to go on from; starts at 0, is moved behind the one found
 *
 * Context: any but NMI.
 * Return: its struct pid, referenced, or NULL when there are no more.
 */
struct pid *quire_proc_next_pid(unsigned long *id)
{
	struct quire_proc *proc;
	struct pid *pid = NULL;

	rcu_read_lock();
	while (!pid) {
		proc = xa_find(&quire_procs_by_id, id, ULONG_MAX, XA_PRESENT);
		if (!proc)
			break;
		++*id;
		if (!READ_ONCE(proc->exited_ns))
			pid = get_pid(proc->pid);
	}
	rcu_read_unlock();
	return pid;
}

/**
 * quire_proc_info_put - let go of what a process' info refers to
 * @info:	from quire_proc_next()
 */
void quire_proc_info_put(struct quire_proc_info *info)
{
	put_pid(info->pid);
	put_cred(info->cred);
	if (info->mm_ns)
		put_user_ns(info->mm_ns);
}

/**
 * quire_proc_stats - the table's own numbers
 * @stats:	filled in
 */
void quire_proc_stats(struct quire_proc_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&quire_procs_lock, flags);
	stats->records = quire_procs_nr;
	stats->exited = quire_procs_nr_exited;
	spin_unlock_irqrestore(&quire_procs_lock, flags);
	stats->limit = quire_max_processes;
	stats->lost = atomic64_read(&quire_procs_lost);
	stats->record_bytes = sizeof(struct quire_proc);
}

/**
 * quire_proc_keep_ms - how long the record of an exited process is kept
 */
unsigned int quire_proc_keep_ms(void)
{
	return READ_ONCE(quire_keep_ms);
}

/**
 * quire_proc_set_keep_ms - keep the records of exited processes for so long
 * @ms:		milliseconds; takes effect within a second
 */
void quire_proc_set_keep_ms(unsigned int ms)
{
	WRITE_ONCE(quire_keep_ms, ms);
}
