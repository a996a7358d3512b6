// SPDX-License-Identifier: GPL-2.0
/*
 * The scanner: a thread that walks the page tables of what is tracked, once an interval.
 *
 *	ticks   |        |        |        |	intervals
 *	passes   ####     ###      ####		each process: walk, estimate, publish
 *
 * The mmap_lock of a process is taken only if it is free, and given up every
 * QUIRE_WALK_BATCH pages; a process whose lock is never free keeps its old
 * figures for a while. execve() gives a process new memory: its record starts afresh.
 *
 * What was used before the first walk is from any time. So the first walk of a
 * process that was there before only clears; one that is younger than the
 * last pass, or that has called execve() since, counts at once.
 *
 * A pass may cost permille/1000 of the time of one CPU in an interval. If it costs
 * more, the next one samples (sample.c). If that is not enough, because there are so
 * many processes or small segments, passes come less often. What it costs is the time
 * that the thread has run, not how long that took beside others.
 *
 * Strict mode: a translation that is in a TLB sets no bit. Real TLBs are small, but
 * that of an emulator holds all that a process uses for as long as it runs
 * alone. There each walk ends with a flush on the CPUs that run the process.
 */
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/invpcid.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include "compat/walk.h"
#include "hook/hook.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "stat/tally.h"
#include "workingset/record.h"
#include "workingset/references.h"
#include "workingset/track.h"
#include "workingset/walk.h"
#include "workingset/workingset.h"

#define QUIRE_SCAN_NICE		10
#define QUIRE_LOCK_TRIES	4	/* for one process, a jiffy apart */
#define QUIRE_TICKS_MAX		4096	/* between two passes, see quire_age() */
#define QUIRE_PAGE_NS		50	/* to walk one, guessed before the first pass */

static const u32 quire_window_ms[QUIRE_NR_WINDOWS] = { 1000, 10000, 60000 };

static unsigned int quire_interval_ms = QUIRE_SCAN_INTERVAL_MS;
static unsigned int quire_permille = QUIRE_SCAN_PERMILLE;
static enum quire_strict quire_strict = QUIRE_STRICT_AUTO;
static DEFINE_MUTEX(quire_scan_mutex);		/* the settings, and the pointer to the thread */
static struct task_struct *quire_scanner;
static struct quire_scan *quire_scan;		/* the thread's own while it runs */

static struct quire_rule_list quire_tracked = QUIRE_RULE_LIST(quire_tracked, "all");

static bool quire_emulated;	/* the processor is QEMU's: asked once, as asking a VM costs */
static u64 quire_scan_lost;
static u64 quire_scan_busy;
static unsigned int quire_scan_shift;

/**
 * struct quire_scan - a run of the thread
 * @seed:	of the samples
 * @interval_ms: between ticks
 * @pass:	number of this pass, from 1
 * @tick:	it is in
 * @tick_ns:	when that began
 * @began_ns:	when this pass began
 * @last_ns:	when the last one did; 0: this is the first
 * @paid_ns:	time that the thread had run when that was counted last
 * @shift_most:	beyond this no segment can be sampled more thinly
 * @track:	the rules
 * @walk:	of the process at hand
 * @info:	its figures
 */
struct quire_scan {
	u64 seed;
	u32 interval_ms;
	u32 pass;
	u64 tick;
	u64 tick_ns;
	u64 began_ns;
	u64 last_ns;
	u64 paid_ns;
	unsigned int shift_most;
	struct quire_track track;
	struct quire_walk walk;
	struct quire_ws_info info;
};

static const enum quire_count quire_scan_counts[] = {
	QUIRE_SCAN_PASSES, QUIRE_SCAN_TIME, QUIRE_SCAN_PAGES, QUIRE_SCAN_TOUCHES,
};

static bool quire_is_emulated(void)
{
	return boot_cpu_has(X86_FEATURE_HYPERVISOR) && hypervisor_cpuid_base("TCGTCGTCGTCG", 0);
}

static bool quire_is_strict(void)
{
	enum quire_strict strict = READ_ONCE(quire_strict);

	return strict == QUIRE_STRICT_AUTO ? quire_emulated : strict == QUIRE_STRICT_ON;
}

static void quire_flush_cpu(void *unused)
{
	if (boot_cpu_has(X86_FEATURE_INVPCID))
		invpcid_flush_all_nonglobals();
	else
		native_write_cr3(__native_read_cr3());
}

/* Time that the thread has run; up to a tick late while it does. */
static u64 quire_scan_cost(void)
{
	return current->se.sum_exec_runtime;
}

/* Give way; no lock is held. False: the thread is to end. */
static bool quire_scan_pause(void)
{
	cond_resched();
	return !kthread_freezable_should_stop(NULL);
}

/*
 * Walk all of the memory.
 * Return: 0, -EBUSY if its lock was never free, -ESRCH if nobody but us uses it
 * any more, -EINTR if the thread is to end.
 */
static int quire_scan_memory(struct quire_scan *scan)
{
	struct mm_struct *mm = scan->walk.mm;
	unsigned long address = 0;
	unsigned int tries = 0;

	for (;;) {
		if (atomic_read(&mm->mm_users) == 1)
			return -ESRCH;
		if (mmap_read_trylock(mm)) {
			address = quire_walk_batch(&scan->walk, address);
			mmap_read_unlock(mm);
			if (!address)
				return 0;
		} else {
			if (++tries == QUIRE_LOCK_TRIES)
				return -EBUSY;
			schedule_timeout_idle(1);
		}
		if (!quire_scan_pause())
			return -EINTR;
	}
}

static void quire_scan_publish(struct quire_scan *scan, struct quire_ws *ws,
			       struct task_struct *task)
{
	const struct quire_walk *walk = &scan->walk;
	struct quire_ws_info *info = &scan->info;
	struct mm_struct *mm = walk->mm;
	unsigned int i, what;

	info->tracked_ms = div_u64(scan->began_ns - ws->since_ns, NSEC_PER_MSEC);
	info->interval_ms = scan->interval_ms;
	info->guest = mm_has_notifiers(mm);
	info->page_table_bytes = mm_pgtables_bytes(mm);
	info->huge_pages = walk->huge_pages;
	info->hugetlb_pages = quire_mm_hugetlb_pages(mm);
	info->locked_pages = READ_ONCE(mm->locked_vm);
	for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
		info->pieces[i] = walk->stratum[i].pieces;
		info->sampled[i] = walk->stratum[i].sampled;
		for (what = 0; what < QUIRE_NR_FIGURES; what++)
			quire_stratum_estimate(&walk->stratum[i], what, &info->segment[i][what]);
	}
	for (what = 0; what < QUIRE_NR_FIGURES; what++)
		quire_estimates_sum(&info->segment[0][what], QUIRE_NR_SEGMENTS, QUIRE_NR_FIGURES,
				    &info->all[what]);
	quire_ws_publish(ws, info, ktime_get_ns());
	trace_working_set(task, info->all);
}

static void quire_scan_prepare(struct quire_scan *scan, struct quire_ws *ws)
{
	struct quire_walk *walk = &scan->walk;
	unsigned int i;

	memset(walk, 0, sizeof(*walk));
	walk->ws = ws;
	walk->mm = ws->mm;
	walk->seed = scan->seed ^ (unsigned long)ws;
	walk->pass = scan->pass;
	walk->now = quire_stamp(scan->tick);
	walk->fresh = ws->fresh;
	walk->feeds = !quire_scan_shift;
	for (i = 0; i < QUIRE_NR_WINDOWS; i++)
		walk->ticks[i] = quire_window_ticks(quire_window_ms[i], scan->interval_ms);
	walk->tick = max_t(u32, scan->tick, 1);
	walk->tracked = div64_u64(scan->began_ns - ws->since_ns, scan->interval_ms * NSEC_PER_MSEC);
	for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
		walk->shift[i] = quire_stratum_shift(quire_scan_shift, ws->pieces[i]);
		quire_sample_change(ws->since[i], ws->shift[i], walk->shift[i], walk->tick);
	}
}

/* What the walk has changed. */
static void quire_scan_conclude(struct quire_scan *scan, struct quire_ws *ws,
				struct task_struct *task, int err)
{
	struct quire_walk *walk = &scan->walk;
	unsigned int i;

	for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
		/* Where not all was walked, only what both samples have is known. */
		ws->shift[i] = err ? max(walk->shift[i], ws->shift[i]) : walk->shift[i];
		if (!err)
			ws->pieces[i] = walk->stratum[i].pieces;
		scan->shift_most = max(scan->shift_most,
				       quire_stratum_shift(QUIRE_SHIFT_MAX, ws->pieces[i]));
	}
	quire_tally(QUIRE_SCAN_PAGES, walk->walked);
	quire_tally(QUIRE_SCAN_TOUCHES, walk->fed);
	WRITE_ONCE(quire_scan_lost, quire_scan_lost + walk->lost);
	if (err == -EBUSY)
		WRITE_ONCE(quire_scan_busy, quire_scan_busy + 1);
	if (err)
		return;
	quire_ws_trim(ws, scan->pass);
	if (!ws->fresh)
		quire_scan_publish(scan, ws, task);
	ws->fresh = false;
}

/* Begin with the memory of a process, or with its new one. */
static void quire_scan_adopt(struct quire_scan *scan, struct quire_ws *ws, struct mm_struct *mm,
			     u64 born_ns)
{
	bool followed = ws->mm && ws->pass == scan->pass - 1;
	unsigned int i;

	quire_ws_set_memory(ws, mm);
	/* How large its segments are is not known yet; none has more than all. */
	for (i = 0; i < QUIRE_NR_SEGMENTS; i++)
		ws->pieces[i] = mm_pgtables_bytes(mm) >> PAGE_SHIFT;
	/* Memory that is younger than the last pass has not been used before it. */
	ws->fresh = !followed && (!scan->last_ns || born_ns < scan->last_ns);
	if (ws->fresh)
		ws->since_ns = scan->began_ns;
	else
		ws->since_ns = max(born_ns, scan->last_ns);
}

/* The memory of a process, whose first thread may have ended before the others. */
static struct mm_struct *quire_process_memory(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct task_struct *thread;

	if (mm)
		return mm;
	rcu_read_lock();
	for_each_thread(task, thread) {
		mm = get_task_mm(thread);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

/* Return: as quire_scan_memory(); -ENOENT: there is nothing to track. */
static int quire_scan_process(struct quire_scan *scan, struct quire_ws *ws,
			      struct task_struct *task)
{
	u64 began_ns = trace_scan_enabled() ? ktime_get_ns() : 0;
	struct mm_struct *mm = quire_process_memory(task);
	int err;

	if (!mm)
		return -ENOENT;
	if (ws->mm != mm && quire_ws_is_known(mm)) {
		mmput_async(mm);
		return -ENOENT;
	}
	if (ws->mm != mm)
		quire_scan_adopt(scan, ws, mm, task->start_time);
	ws->pass = scan->pass;
	quire_scan_prepare(scan, ws);
	err = quire_scan_memory(scan);
	if (quire_is_strict())
		on_each_cpu_mask(mm_cpumask(mm), quire_flush_cpu, NULL, true);
	if (began_ns)
		trace_scan(task, scan->walk.walked, scan->walk.young, ktime_get_ns() - began_ns, !err);
	quire_scan_conclude(scan, ws, task, err);
	mmput_async(mm);
	return err;
}

static bool quire_scan_wants(struct quire_scan *scan, struct quire_ws *ws,
			     struct task_struct *task, bool *children)
{
	if (quire_track_wants(&scan->track, task, children))
		return true;
	*children = ws && ws->inherits && ws->version == scan->track.version;
	return *children;
}

/* False: the thread is to end. */
static bool quire_scan_task(struct quire_scan *scan, struct pid *pid)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	struct quire_ws *ws = quire_ws_find(pid);
	bool children;
	int err = 0;

	if (!task)
		return true;
	if (!(task->flags & PF_KTHREAD) && quire_scan_wants(scan, ws, task, &children)) {
		if (!ws)
			ws = quire_ws_new(pid);
		if (ws) {
			ws->inherits = children;
			ws->version = scan->track.version;
			err = quire_scan_process(scan, ws, task);
		}
	}
	put_task_struct(task);
	return err != -EINTR && quire_scan_pause();
}

static void quire_scan_pass(struct quire_scan *scan)
{
	unsigned long id = 0;
	struct pid *pid;
	bool go_on = true;
	u64 ticks;

	scan->began_ns = ktime_get_ns();
	ticks = quire_ticks_gone(scan->began_ns, scan->tick_ns, scan->interval_ms * NSEC_PER_MSEC);
	scan->tick_ns += ticks * scan->interval_ms * NSEC_PER_MSEC;
	scan->tick += min_t(u64, ticks, QUIRE_TICKS_MAX);
	scan->pass = max(scan->pass + 1, 1u);
	scan->shift_most = 0;
	quire_references_pass(scan->pass, quire_stamp(scan->tick + 1));

	quire_track_begin(&scan->track, &quire_tracked);
	while (go_on && (pid = quire_proc_next_pid(&id))) {
		go_on = quire_scan_task(scan, pid);
		put_pid(pid);
	}
	quire_track_end(&scan->track);
	if (go_on)
		quire_ws_reap(scan->pass);
	scan->last_ns = scan->began_ns;
	quire_tally(QUIRE_SCAN_PASSES, 1);
}

static void quire_scan_sleep(struct quire_scan *scan, u64 until_ns)
{
	u64 now;

	while (!kthread_freezable_should_stop(NULL)) {
		set_current_state(TASK_INTERRUPTIBLE);
		now = ktime_get_ns();
		if (now >= until_ns || kthread_should_stop() ||
		    scan->interval_ms != READ_ONCE(quire_interval_ms))
			break;
		schedule_timeout(nsecs_to_jiffies(until_ns - now) + 1);
	}
	__set_current_state(TASK_RUNNING);
}

/* What a pass may cost. */
static u64 quire_scan_budget_ns(u32 interval_ms)
{
	return div_u64(interval_ms * NSEC_PER_MSEC * READ_ONCE(quire_permille), 1000);
}

/* Of the first pass it is only known how much memory it may find. */
static unsigned int quire_first_shift(void)
{
	return quire_shift_next(0, (u64)totalram_pages() * QUIRE_PAGE_NS,
				quire_scan_budget_ns(READ_ONCE(quire_interval_ms)));
}

/* Sleep until the next pass is due, and choose its sample. */
static void quire_scan_rest(struct quire_scan *scan)
{
	u64 interval_ns = scan->interval_ms * NSEC_PER_MSEC, cost_ns;
	unsigned int permille = READ_ONCE(quire_permille), shift;

	/* A whole interval, or what is used less often than that would look idle. */
	quire_scan_sleep(scan, scan->began_ns + interval_ns);
	/* The kernel keeps this exactly for a thread that has just slept. */
	cost_ns = quire_scan_cost() - scan->paid_ns;
	scan->paid_ns += cost_ns;
	quire_tally(QUIRE_SCAN_TIME, cost_ns);
	shift = quire_shift_next(quire_scan_shift, cost_ns, quire_scan_budget_ns(scan->interval_ms));
	WRITE_ONCE(quire_scan_shift, min(shift, scan->shift_most));
	quire_scan_sleep(scan, scan->began_ns + div_u64(cost_ns * 1000, permille));
}

static int quire_scan_thread(void *data)
{
	struct quire_scan *scan = data;

	set_freezable();
	set_user_nice(current, QUIRE_SCAN_NICE);
	while (!kthread_freezable_should_stop(NULL)) {
		if (scan->interval_ms != READ_ONCE(quire_interval_ms)) {
			quire_ws_reap(0);	/* ages in other intervals mean nothing */
			scan->interval_ms = READ_ONCE(quire_interval_ms);
			scan->tick_ns = ktime_get_ns();
			scan->last_ns = 0;
		}
		quire_scan_pass(scan);
		quire_scan_rest(scan);
	}
	return 0;
}

static int quire_scan_start(void)
{
	struct task_struct *thread;
	int err = -ENOMEM;

	quire_scan = kvzalloc(sizeof(*quire_scan), GFP_KERNEL);
	if (!quire_scan)
		return err;
	err = quire_ws_table_start();
	if (err)
		goto no_table;
	err = quire_references_start();
	if (err)
		goto no_references;
	quire_scan->seed = get_random_u64();
	quire_scan_shift = quire_first_shift();
	quire_emulated = quire_is_emulated();
	quire_tally_provide(quire_scan_counts, ARRAY_SIZE(quire_scan_counts));
	thread = kthread_run(quire_scan_thread, quire_scan, "quire_scan");
	if (IS_ERR(thread)) {
		err = PTR_ERR(thread);
		goto no_thread;
	}
	mutex_lock(&quire_scan_mutex);
	quire_scanner = thread;
	mutex_unlock(&quire_scan_mutex);
	return 0;

no_thread:
	quire_references_stop();
no_references:
	quire_ws_table_stop();
no_table:
	kvfree(quire_scan);
	return err;
}

static void quire_scan_stop(void)
{
	struct task_struct *thread = quire_scanner;

	mutex_lock(&quire_scan_mutex);
	quire_scanner = NULL;
	mutex_unlock(&quire_scan_mutex);
	kthread_stop(thread);
	quire_references_stop();
	quire_ws_table_stop();
	kvfree(quire_scan);
	quire_scan_shift = 0;
}

/**
 * quire_scan_stats - how the scanner does
 * @stats:	filled in
 */
void quire_scan_stats(struct quire_scan_stats *stats)
{
	quire_ws_table_stats(stats);
	stats->lost = READ_ONCE(quire_scan_lost);
	stats->busy = READ_ONCE(quire_scan_busy);
	stats->shift = READ_ONCE(quire_scan_shift);
	stats->strict = quire_is_strict();
}

/**
 * quire_scan_interval_ms - time between scans
 */
unsigned int quire_scan_interval_ms(void)
{
	return READ_ONCE(quire_interval_ms);
}

/**
 * quire_scan_set_interval_ms - scan so often
 * @ms:		time between scans; another than before begins all anew
 *
 * Context: process, may sleep.
 */
void quire_scan_set_interval_ms(unsigned int ms)
{
	mutex_lock(&quire_scan_mutex);
	WRITE_ONCE(quire_interval_ms, ms);
	if (quire_scanner)
		wake_up_process(quire_scanner);
	mutex_unlock(&quire_scan_mutex);
}

/**
 * quire_scan_permille - the budget
 *
 * Return: thousandths of the time of one CPU.
 */
unsigned int quire_scan_permille(void)
{
	return READ_ONCE(quire_permille);
}

/**
 * quire_scan_set_permille - set the budget; it holds from the next scan on
 * @permille:	thousandths of the time of one CPU, not 0
 */
void quire_scan_set_permille(unsigned int permille)
{
	WRITE_ONCE(quire_permille, permille);
}

/**
 * quire_scan_strict - whether translations are to be flushed after each scan
 */
enum quire_strict quire_scan_strict(void)
{
	return READ_ONCE(quire_strict);
}

/**
 * quire_scan_set_strict - flush translations, do not, or only where TLBs are emulated
 * @strict:	which
 */
void quire_scan_set_strict(enum quire_strict strict)
{
	WRITE_ONCE(quire_strict, strict);
}

/**
 * quire_track_show - which processes are tracked, as it was written
 * @text:	filled in, QUIRE_RULES_TEXT bytes
 *
 * Context: process, may sleep.
 */
void quire_track_show(char *text)
{
	quire_rule_list_show(&quire_tracked, text);
}

/**
 * quire_track_set - change which processes are tracked
 * @text:	see rules.c
 *
 * Context: process, may sleep.
 * Return: as quire_rule_list_set().
 */
int quire_track_set(const char *text)
{
	return quire_rule_list_set(&quire_tracked, text);
}

struct quire_part quire_workingset_part = {
	.name = "workingset",
	.about = "working sets by scanning page tables",
	.limits = "a huge page is used as a whole; uses by devices and guests are not seen",
	.start = quire_scan_start,
	.stop = quire_scan_stop,
	.hooks = quire_reference_hooks,
	.nr_hooks = QUIRE_NR_REFERENCE_HOOKS,
	.optional = true,
};
