// SPDX-License-Identifier: GPL-2.0
/*
 * Time lost for want of memory.
 *
 *	reclaim	    in try_to_free_pages() or try_to_free_mem_cgroup_pages(): the
 *		    process looks for memory itself
 *	swapin	    in do_swap_page(), where the page had to be read or waited for,
 *		    less the time it spent in reclaim to get a frame
 *	file	    in what the kernel itself calls a memory stall (between
 *		    psi_memstall_enter() and _leave()) and that is none of the
 *		    others: the wait for a page that was part of the working set,
 *		    had been evicted, and must be read again. Shared memory that
 *		    is read from swap is here too.
 *	compaction  in a memory stall in which memory was compacted
 *
 * So the four never overlap, and their sum is the time a process lost. kswapd
 * and other kernel threads have times of their own in reclaim; nobody waits
 * for those, so they are not counted here.
 */
#include "compat/fault.h"
#include "hook/hook.h"
#include "quire/part.h"
#include "stat/stall.h"
#include "stat/tally.h"
#include "stat/wait.h"

/* Tasks that can be inside each function at once. */
#define QUIRE_STALL_INSTANCES	1024

static DEFINE_PER_CPU(struct quire_hist, quire_stall_hist[QUIRE_NR_STALLS]);

static const struct {
	const char *name;
	enum quire_count count;
	enum quire_count time;
} quire_stalls[QUIRE_NR_STALLS] = {
	[QUIRE_STALL_RECLAIM] = { "reclaim", QUIRE_STALL_RECLAIMS, QUIRE_STALL_RECLAIM_TIME },
	[QUIRE_STALL_SWAP_IN] = { "swapin", QUIRE_STALL_SWAP_INS, QUIRE_STALL_SWAP_IN_TIME },
	[QUIRE_STALL_FILE] = { "file", QUIRE_STALL_FILES, QUIRE_STALL_FILE_TIME },
	[QUIRE_STALL_COMPACTION] = {
		"compaction", QUIRE_STALL_COMPACTIONS, QUIRE_STALL_COMPACTION_TIME
	},
};

/**
 * quire_stall_name - the name of a kind of stall, as files show it
 * @stall:	the kind
 */
const char *quire_stall_name(enum quire_stall stall)
{
	return quire_stalls[stall].name;
}

/**
 * quire_stall_latency - how long the stalls of a kind took
 * @stall:	the kind
 * @sum:	filled in, in ns
 */
void quire_stall_latency(enum quire_stall stall, struct quire_hist *sum)
{
	quire_hist_sum(&quire_stall_hist[stall], sum);
}

static void quire_stalled(enum quire_stall stall, u64 ns)
{
	quire_tally(quire_stalls[stall].count, 1);
	quire_tally(quire_stalls[stall].time, ns);
	quire_hist_add(quire_stall_hist[stall], ns);
}

static int quire_reclaim_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (current->flags & PF_KTHREAD || !quire_wait_begin(QUIRE_WAIT_RECLAIM))
		return 1;	/* no interest in the return */
	return 0;
}

static int quire_reclaim_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_wait *wait = quire_wait_current();
	u64 ns, reclaim_ns;

	ns = wait ? quire_wait_end(wait, QUIRE_WAIT_RECLAIM, &reclaim_ns) : 0;
	if (ns)
		quire_stalled(QUIRE_STALL_RECLAIM, ns);
	return 0;
}

static void quire_swap_in_end(vm_fault_t ret)
{
	struct quire_wait *wait = quire_wait_current();
	u64 ns, reclaim_ns;

	ns = wait ? quire_wait_end(wait, QUIRE_WAIT_SWAP_IN, &reclaim_ns) : 0;
	if (ns && ret & (VM_FAULT_MAJOR | VM_FAULT_RETRY))
		quire_stalled(QUIRE_STALL_SWAP_IN, ns - min(ns, reclaim_ns));
}

QUIRE_AROUND(do_swap_page);

static vm_fault_t quire_around_do_swap_page(struct vm_fault *vmf)
{
	vm_fault_t ret;
	bool begun;

	preempt_disable();
	begun = quire_wait_begin(QUIRE_WAIT_SWAP_IN);
	preempt_enable();
	ret = static_call(quire_real_do_swap_page)(vmf);
	if (begun) {
		preempt_disable();
		quire_swap_in_end(ret);
		preempt_enable();
	}
	quire_leave_do_swap_page();
	return ret;
}

static void quire_on_memstall_enter(struct ftrace_regs *regs)
{
	if (!(current->flags & PF_KTHREAD))
		quire_wait_begin(QUIRE_WAIT_MEMORY);
}

static void quire_on_memstall_leave(struct ftrace_regs *regs)
{
	struct quire_wait *wait = quire_wait_current();
	bool compacting, inside;
	u64 ns, reclaim_ns;

	if (!wait)
		return;
	compacting = wait->compacting;
	inside = wait->depth[QUIRE_WAIT_SWAP_IN] || wait->depth[QUIRE_WAIT_RECLAIM];
	ns = quire_wait_end(wait, QUIRE_WAIT_MEMORY, &reclaim_ns);
	if (!ns || inside)
		return;
	if (compacting)
		quire_stalled(QUIRE_STALL_COMPACTION, ns - min(ns, reclaim_ns));
	else if (!reclaim_ns)
		quire_stalled(QUIRE_STALL_FILE, ns);
}

static void quire_on_compaction(void *data, unsigned int order, gfp_t gfp_mask, int prio)
{
	struct quire_wait *wait;

	preempt_disable();
	wait = quire_wait_current();
	if (wait)
		wait->compacting = true;
	preempt_enable();
}

static void quire_on_task_exit(void *data, struct task_struct *task)
{
	preempt_disable();
	quire_wait_forget();
	preempt_enable();
}

enum {
	HOOK_SWAP_IN, HOOK_RECLAIM, HOOK_MEMCG_RECLAIM, HOOK_ENTER, HOOK_LEAVE, HOOK_COMPACTION,
	HOOK_EXIT,
};

static struct quire_hook quire_stall_hooks[] = {
	[HOOK_SWAP_IN] = {
		.kind = QUIRE_HOOK_AROUND, .name = "do_swap_page", .required = true,
		.around = &(const struct quire_around)QUIRE_AROUND_OF(do_swap_page),
		.cost = "two clock readings a fault on swap",
	},
	[HOOK_RECLAIM] = {
		.kind = QUIRE_HOOK_RETURN, .name = "try_to_free_pages", .required = true,
		.cost = "two clock readings a direct reclaim",
		.rp = {
			.entry_handler = quire_reclaim_entry,
			.handler = quire_reclaim_return,
			.maxactive = QUIRE_STALL_INSTANCES,
		},
	},
	[HOOK_MEMCG_RECLAIM] = {
		.kind = QUIRE_HOOK_RETURN, .name = "try_to_free_mem_cgroup_pages",
		.cost = "two clock readings a cgroup's reclaim",
		.rp = {
			.entry_handler = quire_reclaim_entry,
			.handler = quire_reclaim_return,
			.maxactive = QUIRE_STALL_INSTANCES,
		},
	},
	[HOOK_ENTER] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "psi_memstall_enter",
		.entry = quire_on_memstall_enter, .cost = "a clock reading a stall",
	},
	[HOOK_LEAVE] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "psi_memstall_leave",
		.entry = quire_on_memstall_leave, .cost = "a clock reading a stall",
	},
	[HOOK_COMPACTION] = {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_compaction_try_to_compact_pages",
		.probe = quire_on_compaction, .cost = "a mark a compaction",
	},
	[HOOK_EXIT] = {
		.kind = QUIRE_HOOK_TRACE, .name = "sched_process_exit", .required = true,
		.probe = quire_on_task_exit, .cost = "a look at 16 places an exit",
	},
};

static const enum quire_count quire_stall_counts[] = {
	QUIRE_STALL_RECLAIMS, QUIRE_STALL_RECLAIM_TIME,
	QUIRE_STALL_SWAP_INS, QUIRE_STALL_SWAP_IN_TIME,
};

static const enum quire_count quire_stall_file_counts[] = {
	QUIRE_STALL_FILES, QUIRE_STALL_FILE_TIME,
};

static const enum quire_count quire_stall_compaction_counts[] = {
	QUIRE_STALL_COMPACTIONS, QUIRE_STALL_COMPACTION_TIME,
};

static int quire_stall_start(void)
{
	int err = quire_waits_start();

	if (err)
		return err;
	err = quire_hooks_attach(quire_stall_hooks, ARRAY_SIZE(quire_stall_hooks));
	if (err) {
		quire_waits_stop();
		return err;
	}
	quire_tally_provide(quire_stall_counts, ARRAY_SIZE(quire_stall_counts));
	if (!quire_stall_hooks[HOOK_ENTER].attached || !quire_stall_hooks[HOOK_LEAVE].attached)
		return 0;
	quire_tally_provide(quire_stall_file_counts, ARRAY_SIZE(quire_stall_file_counts));
	if (quire_stall_hooks[HOOK_COMPACTION].attached)
		quire_tally_provide(quire_stall_compaction_counts,
				    ARRAY_SIZE(quire_stall_compaction_counts));
	return 0;
}

static void quire_stall_stop(void)
{
	quire_hooks_detach(quire_stall_hooks, ARRAY_SIZE(quire_stall_hooks));
	quire_waits_stop();
}

struct quire_part quire_stall_part = {
	.name = "stalls",
	.about = "time lost in reclaim, swap-in, refaults and compaction",
	.limits = "not seen: waits for pages that were never evicted, and throttling by cgroups",
	.start = quire_stall_start,
	.stop = quire_stall_stop,
	.hooks = quire_stall_hooks,
	.nr_hooks = ARRAY_SIZE(quire_stall_hooks),
	.optional = true,
	.wanted = true,
};
