// SPDX-License-Identifier: GPL-2.0
/*
 * Thrashing: a thread that looks four times a second at what each process, and the
 * machine, has lost since the last look, and judges it (verdict.c).
 *
 *	tally	    stalls, refaults, evictions ---\
 *	kernel	    time worked		        ----+--> judge, for each and for all
 *	workingset  what is needed	        ---/
 *
 * The thread allocates little and waits for no memory, so that it goes on when there is
 * none. What it knows is under one mutex; it is held for a look, and by readers.
 */
#include <linux/cgroup.h>
#include <linux/freezer.h>
#include <linux/hashtable.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "interface/trace.h"
#include "quire/part.h"
#include "stat/tally.h"
#include "stat/wait.h"
#include "thrash/control.h"
#include "thrash/events.h"
#include "thrash/own.h"
#include "thrash/thrash.h"
#include "workingset/workingset.h"

#define QUIRE_THRASH_NICE	-10
#define QUIRE_PENDING_MAX	256	/* processes that wait at once */
#define QUIRE_FULL		2	/* so many times what reclaim keeps free, and it is full */
#define QUIRE_NEED_MS		10000	/* the window of what a process needs, in its own time */

/**
 * struct quire_sums - what has been lost and done, since ever
 * @waited_ns:	as in struct quire_loss; this and what follows
 * @reclaim_ns:	likewise
 * @user_ns:	time of CPUs in programs
 * @system_ns:	and in the kernel for them
 * @refaults:	likewise
 * @evictions:	likewise
 */
struct quire_sums {
	u64 waited_ns;
	u64 reclaim_ns;
	u64 user_ns;
	u64 system_ns;
	u64 refaults;
	u64 evictions;
};

/**
 * struct quire_subject - what is judged: a process, or the machine
 * @sums:	at the last look
 * @judge:	the verdict
 */
struct quire_subject {
	struct quire_sums sums;
	struct quire_judge judge;
};

/**
 * struct quire_suspect - a process
 * @hash:	in quire_suspects
 * @pid:	referenced
 * @look:	that last saw it
 * @subject:	what is judged
 * @own:	its own time
 * @needed_pages: its working set, or QUIRE_UNKNOWN
 * @share_pages: the same, what it shares divided by who shares it; 0 if that is not known
 * @memory_pages: what it has in memory
 * @leak:	whether it grows
 * @turn:	for load control
 */
struct quire_suspect {
	struct hlist_node hash;
	struct pid *pid;
	u32 look;
	struct quire_subject subject;
	struct quire_own own;
	u64 needed_pages;
	u64 share_pages;
	u64 memory_pages;
	struct quire_leak leak;
	struct quire_turn turn;
};

static unsigned int quire_look_ms = QUIRE_THRASH_INTERVAL_MS;
static unsigned int quire_leak_s = QUIRE_LEAK_SECONDS;

static DEFINE_MUTEX(quire_thrash_mutex);		/* all that follows */
static DEFINE_HASHTABLE(quire_suspects, 10);
static struct quire_subject quire_machine;
static u64 quire_thrashings;
static u64 quire_thrashed_ns;
static u64 quire_needed_pages;			/* by all processes, or QUIRE_UNKNOWN */
static u64 quire_look_ns;			/* of the last look */
static u32 quire_look;				/* its number; 0: there was none yet */
static struct task_struct *quire_thrash_thread;

/* The thread's own. */
static struct quire_proc_info quire_look_info;
static struct quire_ws_info quire_look_ws;
static struct quire_pending quire_pending[QUIRE_PENDING_MAX];
static unsigned int quire_nr_pending;
static bool quire_look_is_full;

static u64 quire_grown(u64 now, u64 before)
{
	return now > before ? now - before : 0;
}

/* No memory is free but what reclaim keeps free, which is somewhere about the high watermarks. */
static bool quire_memory_is_full(void)
{
	unsigned long free = 0, kept = 0;
	struct zone *zone;
	int nid, i;

	for_each_online_node(nid) {
		for (i = 0; i < MAX_NR_ZONES; i++) {
			zone = &NODE_DATA(nid)->node_zones[i];
			if (!managed_zone(zone))
				continue;
			free += zone_page_state(zone, NR_FREE_PAGES);
			kept += high_wmark_pages(zone);
		}
	}
	return free <= kept * QUIRE_FULL;
}

static void quire_judge_subject(struct quire_subject *subject, const struct quire_sums *now,
				u64 evictions, u64 elapsed_ns, u64 interval_ns)
{
	const struct quire_sums *before = &subject->sums;
	struct quire_loss loss = {
		.elapsed_ns = elapsed_ns,
		.waited_ns = quire_grown(now->waited_ns, before->waited_ns),
		.reclaim_ns = quire_grown(now->reclaim_ns, before->reclaim_ns),
		.refaults = quire_grown(now->refaults, before->refaults),
		.evictions = evictions,
		.full = quire_look_is_full,
	};
	u64 system_ns = quire_grown(now->system_ns, before->system_ns);

	/* A stall keeps a CPU busy, too, in the kernel: that is no work. */
	loss.worked_ns = quire_grown(now->user_ns, before->user_ns) +
			 quire_grown(system_ns, loss.waited_ns + loss.reclaim_ns);
	subject->sums = *now;
	quire_judge_look(&subject->judge, &loss, interval_ns);
}

static void quire_machine_sums(struct quire_sums *sums)
{
	const struct kernel_cpustat *stat;
	int cpu;

	*sums = (struct quire_sums){
		.waited_ns = quire_tally_total(QUIRE_STALL_SWAP_IN_TIME) +
			     quire_tally_total(QUIRE_STALL_FILE_TIME) +
			     quire_tally_total(QUIRE_STALL_REREAD_TIME),
		.reclaim_ns = quire_tally_total(QUIRE_STALL_RECLAIM_TIME) +
			      quire_tally_total(QUIRE_STALL_COMPACTION_TIME),
		.refaults = quire_tally_total(QUIRE_REFAULT_SOON_PAGES),
		.evictions = quire_tally_total(QUIRE_EVICTED_PAGES),
	};
	for_each_possible_cpu(cpu) {
		stat = &kcpustat_cpu(cpu);
		sums->user_ns += READ_ONCE(stat->cpustat[CPUTIME_USER]) +
				 READ_ONCE(stat->cpustat[CPUTIME_NICE]);
		sums->system_ns += READ_ONCE(stat->cpustat[CPUTIME_SYSTEM]);
	}
}

static void quire_process_sums(const struct quire_proc_info *info, struct quire_sums *sums)
{
	*sums = (struct quire_sums){
		.waited_ns = info->count[QUIRE_STALL_SWAP_IN_TIME] +
			     info->count[QUIRE_STALL_FILE_TIME] +
			     info->count[QUIRE_STALL_REREAD_TIME],
		.reclaim_ns = info->count[QUIRE_STALL_RECLAIM_TIME] +
			      info->count[QUIRE_STALL_COMPACTION_TIME],
		.user_ns = info->user_ns,
		.system_ns = info->system_ns,
		.refaults = info->count[QUIRE_REFAULT_SOON_PAGES],
	};
}

/*
 * Add what waits have cost that go on, of one process or (tgid 0) of all: when they end it
 * is in the tally, and no longer here, so that the sum grows evenly.
 */
static void quire_add_pending(u32 tgid, struct quire_sums *sums)
{
	unsigned int i;

	for (i = 0; i < quire_nr_pending; i++) {
		if (tgid && quire_pending[i].tgid != tgid)
			continue;
		sums->waited_ns += quire_pending[i].waited_ns;
		sums->reclaim_ns += quire_pending[i].reclaim_ns;
	}
}

static struct quire_suspect *quire_suspect_find(struct pid *pid)
{
	struct quire_suspect *suspect;

	hash_for_each_possible(quire_suspects, suspect, hash, (unsigned long)pid) {
		if (suspect->pid == pid)
			return suspect;
	}
	return NULL;
}

/* Of a process that is new, what it did before is not known: the next look judges it. */
static void quire_suspect_add(struct pid *pid, const struct quire_sums *sums)
{
	struct quire_suspect *suspect = kzalloc(sizeof(*suspect), GFP_NOWAIT | __GFP_NOWARN);

	if (!suspect)
		return;
	suspect->pid = get_pid(pid);
	suspect->look = quire_look;
	suspect->subject.sums = *sums;
	suspect->needed_pages = QUIRE_UNKNOWN;
	hash_add(quire_suspects, &suspect->hash, (unsigned long)pid);
}

static void quire_suspect_free(struct quire_suspect *suspect)
{
	hash_del(&suspect->hash);
	put_pid(suspect->pid);
	kfree(suspect);
}

/* Whether it is stopped, or its cgroup frozen: by load control, or by somebody else. */
static bool quire_stands_still(struct pid *pid)
{
	struct task_struct *task;
	bool still;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	still = task && (READ_ONCE(task->signal->flags) & SIGNAL_STOP_STOPPED ||
			 cgroup_task_frozen(task));
	rcu_read_unlock();
	return still;
}

/* How much of its time it has lost. */
static void quire_look_at_own_time(struct quire_suspect *suspect, u64 elapsed_ns)
{
	const struct quire_judge *judge = &suspect->subject.judge;
	const struct quire_loss *loss = &judge->loss[judge->last];
	u32 lost = min(quire_stalled_permille(loss), quire_lost_permille(loss));

	if (quire_stands_still(suspect->pid))
		lost = 1000;
	quire_own_look(&suspect->own, div_u64(elapsed_ns, NSEC_PER_MSEC), lost);
}

/* What it needs: pages that it has used in so much of its own time, or, if it loses much, in up to twice that. */
static void quire_look_at_need(struct quire_suspect *suspect, const struct quire_ws_info *ws)
{
	u32 window_ms = quire_own_window_ms(&suspect->own, QUIRE_NEED_MS);
	u64 needed = ws->all[QUIRE_WSS_10S].pages, share = ws->all[QUIRE_WSS_10S_SHARE].pages;

	suspect->needed_pages = needed;
	suspect->share_pages = share;
	if (window_ms <= QUIRE_NEED_MS * 6 / 5)
		return;
	suspect->needed_pages = max(needed, quire_used_within(ws->all, ws->interval_ms, window_ms));
	/* What of it is shared is known of the 10 s alone. */
	suspect->share_pages += suspect->needed_pages - needed;
}

/* What it needs, and whether it grows without need. */
static void quire_look_at_memory(struct quire_suspect *suspect, const struct quire_proc_info *info,
				 u64 now_ns, u64 *needed_pages)
{
	suspect->memory_pages = info->resident_pages;
	suspect->needed_pages = QUIRE_UNKNOWN;
	suspect->share_pages = 0;
	if (!READ_ONCE(quire_workingset_part.running) ||
	    !quire_workingset_read(info->pid, &quire_look_ws)) {
		suspect->leak.nr = 0;
		return;
	}
	quire_look_at_need(suspect, &quire_look_ws);
	*needed_pages += suspect->share_pages;
	quire_leak_look(&suspect->leak, div_u64(now_ns, NSEC_PER_MSEC),
			READ_ONCE(quire_leak_s) * MSEC_PER_SEC,
			info->anon_pages + info->swapped_pages,
			quire_look_ws.all[QUIRE_WSS_10S].pages);
}

static void quire_look_at_process(const struct quire_proc_info *info, u64 now_ns, u64 evictions,
				  u64 interval_ns, u64 *needed_pages)
{
	struct quire_suspect *suspect = quire_suspect_find(info->pid);
	enum quire_thrash_state before;
	struct quire_sums sums;

	if (info->kthread || info->exited)
		return;
	quire_process_sums(info, &sums);
	quire_add_pending(pid_nr(info->pid), &sums);
	if (!suspect) {
		quire_suspect_add(info->pid, &sums);
		return;
	}
	suspect->look = quire_look;
	before = suspect->subject.judge.state;
	quire_judge_subject(&suspect->subject, &sums, evictions, now_ns - quire_look_ns, interval_ns);
	quire_look_at_own_time(suspect, now_ns - quire_look_ns);
	quire_look_at_memory(suspect, info, now_ns, needed_pages);
	if (suspect->subject.judge.state != before)
		trace_thrash_state(pid_nr(info->pid), info->comm, before, &suspect->subject.judge,
				   suspect->needed_pages, suspect->memory_pages);
}

static void quire_judge_machine(const struct quire_sums *sums, u64 evictions, u64 elapsed_ns,
				u64 interval_ns)
{
	enum quire_thrash_state before = quire_machine.judge.state, now;

	quire_judge_subject(&quire_machine, sums, evictions, elapsed_ns, interval_ns);
	now = quire_machine.judge.state;
	if (now == QUIRE_THRASHING && before != QUIRE_THRASHING)
		quire_thrashings++;
	if (before == QUIRE_THRASHING)
		quire_thrashed_ns += elapsed_ns;
	if (now != before)
		trace_thrash_state(0, "", before, &quire_machine.judge, quire_needed_pages,
				   totalram_pages());
}

static void quire_look_at_all(u64 interval_ns)
{
	u64 now_ns = ktime_get_ns(), evictions, needed_pages = 0;
	struct quire_suspect *suspect;
	struct hlist_node *next;
	struct quire_sums sums;
	unsigned long id = 0;
	int bucket;

	quire_tally_gather();
	quire_nr_pending = quire_waits_pending(quire_pending, QUIRE_PENDING_MAX);
	quire_machine_sums(&sums);
	quire_add_pending(0, &sums);
	quire_look_is_full = quire_memory_is_full();
	evictions = quire_grown(sums.evictions, quire_machine.sums.evictions);
	if (quire_look)
		quire_judge_machine(&sums, evictions, now_ns - quire_look_ns, interval_ns);
	quire_machine.sums = sums;
	quire_look = max(quire_look + 1, 1u);
	while (quire_proc_next(&id, &quire_look_info)) {
		quire_look_at_process(&quire_look_info, now_ns, evictions, interval_ns,
				      &needed_pages);
		quire_proc_info_put(&quire_look_info);
	}
	hash_for_each_safe(quire_suspects, bucket, next, suspect, hash) {
		if (suspect->look != quire_look)
			quire_suspect_free(suspect);
	}
	quire_needed_pages = needed_pages ?: QUIRE_UNKNOWN;
	quire_blame_age();
	quire_look_ns = now_ns;
	quire_tally(QUIRE_VERDICTS, 1);
	quire_tally(QUIRE_VERDICT_TIME, ktime_get_ns() - now_ns);
}

static void quire_control_load(void)
{
	enum quire_thrash_state state = quire_machine.judge.state;
	struct quire_suspect *suspect;
	int bucket;

	if (!quire_control_begin(state))
		return;
	hash_for_each(quire_suspects, bucket, suspect, hash)
		quire_control_add(&suspect->turn, suspect->pid, suspect->share_pages,
				  suspect->subject.judge.state != QUIRE_CALM);
	quire_control_end();
}

static int quire_thrash_run(void *data)
{
	unsigned int ms;

	set_freezable();
	set_user_nice(current, QUIRE_THRASH_NICE);
	while (!kthread_freezable_should_stop(NULL)) {
		ms = READ_ONCE(quire_look_ms);
		mutex_lock(&quire_thrash_mutex);
		quire_look_at_all(ms * NSEC_PER_MSEC);
		quire_control_load();
		mutex_unlock(&quire_thrash_mutex);
		schedule_timeout_interruptible(msecs_to_jiffies(ms));
	}
	return 0;
}

static int quire_thrash_start(void)
{
	struct task_struct *thread;
	int err;

	err = quire_control_start();
	if (err)
		return err;
	err = quire_thrash_events_start();
	if (err)
		goto no_events;
	mutex_lock(&quire_thrash_mutex);
	memset(&quire_machine, 0, sizeof(quire_machine));
	quire_thrashings = 0;
	quire_thrashed_ns = 0;
	quire_needed_pages = QUIRE_UNKNOWN;
	quire_look = 0;
	thread = kthread_run(quire_thrash_run, NULL, "quire_thrash");
	if (!IS_ERR(thread))
		quire_thrash_thread = thread;
	mutex_unlock(&quire_thrash_mutex);
	if (!IS_ERR(thread))
		return 0;
	err = PTR_ERR(thread);
	quire_thrash_events_stop();
no_events:
	quire_control_stop();
	return err;
}

static void quire_thrash_stop(void)
{
	struct task_struct *thread = quire_thrash_thread;
	struct quire_suspect *suspect;
	struct hlist_node *next;
	int bucket;

	kthread_stop(thread);
	quire_control_stop();
	mutex_lock(&quire_thrash_mutex);
	quire_thrash_thread = NULL;
	hash_for_each_safe(quire_suspects, bucket, next, suspect, hash)
		quire_suspect_free(suspect);
	mutex_unlock(&quire_thrash_mutex);
	quire_thrash_events_stop();
}

static void quire_thrash_fill(const struct quire_subject *subject, struct quire_thrash_info *info)
{
	info->state = subject->judge.state;
	/* The state was found by the last look, and is a little older by now. */
	info->state_ms = div_u64(subject->judge.state_ns + ktime_get_ns() - quire_look_ns,
				 NSEC_PER_MSEC);
	quire_judge_window(&subject->judge, &info->loss);
}

/**
 * quire_thrash_read - the verdict on the machine
 * @info:	filled in
 *
 * Context: process, may sleep.
 * Return: false if the part does not run.
 */
bool quire_thrash_read(struct quire_thrash_info *info)
{
	bool there;

	mutex_lock(&quire_thrash_mutex);
	there = quire_thrash_thread && quire_look;
	if (there) {
		*info = (struct quire_thrash_info){
			.needed_pages = quire_needed_pages,
			.memory_pages = totalram_pages(),
			.thrashings = quire_thrashings,
			.thrashed_ms = div_u64(quire_thrashed_ns, NSEC_PER_MSEC),
		};
		quire_thrash_fill(&quire_machine, info);
	}
	mutex_unlock(&quire_thrash_mutex);
	return there;
}

/**
 * quire_thrash_read_process - the verdict on a process
 * @pid:	the process
 * @info:	filled in
 *
 * Context: process, may sleep.
 * Return: false if there is none.
 */
bool quire_thrash_read_process(struct pid *pid, struct quire_thrash_info *info)
{
	struct quire_suspect *suspect;

	mutex_lock(&quire_thrash_mutex);
	suspect = quire_suspect_find(pid);
	if (suspect) {
		*info = (struct quire_thrash_info){
			.needed_pages = suspect->needed_pages,
			.memory_pages = suspect->memory_pages,
		};
		quire_thrash_fill(&suspect->subject, info);
		info->leaks = quire_leak_suspected(&suspect->leak, &info->leak);
	}
	mutex_unlock(&quire_thrash_mutex);
	return suspect;
}

/**
 * quire_thrash_read_blame - who evicts whom
 * @blame:	filled in
 * @max:	so many at most
 *
 * Context: process, may sleep.
 * Return: how many there are.
 */
unsigned int quire_thrash_read_blame(struct quire_blame *blame, unsigned int max)
{
	unsigned int nr;

	mutex_lock(&quire_thrash_mutex);
	nr = quire_blame_read(blame, max);
	mutex_unlock(&quire_thrash_mutex);
	return nr;
}

/**
 * quire_thrash_is_blind - whether stalls are not counted, so that nothing can be judged
 */
bool quire_thrash_is_blind(void)
{
	return !READ_ONCE(quire_stall_part.running);
}

/**
 * quire_thrash_interval_ms - time between looks
 */
unsigned int quire_thrash_interval_ms(void)
{
	return READ_ONCE(quire_look_ms);
}

/**
 * quire_thrash_set_interval_ms - look so often, from the next look on
 * @ms:		not 0
 */
void quire_thrash_set_interval_ms(unsigned int ms)
{
	WRITE_ONCE(quire_look_ms, ms);
}

/**
 * quire_leak_seconds - how long a process must grow to be suspected
 */
unsigned int quire_leak_seconds(void)
{
	return READ_ONCE(quire_leak_s);
}

/**
 * quire_leak_set_seconds - suspect what has grown for so long
 * @seconds:	not 0
 */
void quire_leak_set_seconds(unsigned int seconds)
{
	WRITE_ONCE(quire_leak_s, seconds);
}

struct quire_part quire_thrash_part = {
	.name = "thrash",
	.about = "the verdict on thrashing, who causes it, suspected leaks",
	.limits = "judges by stalls, so that part must run; suspects leaks only while workingset runs",
	.start = quire_thrash_start,
	.stop = quire_thrash_stop,
	.needs = &quire_stall_part,
	.hooks = quire_thrash_hooks,
	.nr_hooks = QUIRE_NR_THRASH_HOOKS,
	.optional = true,
};
