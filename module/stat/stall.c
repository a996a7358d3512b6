// SPDX-License-Identifier: GPL-2.0
/*
 * Time lost for want of memory.
 *
 *	reclaim	    in try_to_free_pages() or try_to_free_mem_cgroup_pages(): the
 *		    process looks for memory itself
 *	swapin	    in do_swap_page(), or for shared memory in shmem_swapin_folio(),
 *		    where the page had to be read or waited for, less the time it
 *		    spent in reclaim to get a frame
 *	file	    in what the kernel itself calls a memory stall (between
 *		    psi_memstall_enter() and _leave()) and that is none of the
 *		    others: the wait for a page that was part of the working set,
 *		    had been evicted, and must be read again
 *	compaction  in a memory stall in which memory was compacted
 *
 * So the four never overlap, and their sum is the time a process lost. kswapd
 * and other kernel threads have times of their own in reclaim; nobody waits
 * for those, so they are not counted here.
 */
#include <linux/oom.h>
#include "compat/fault.h"
#include "compat/swap.h"
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

static bool quire_swap_in_begin(void)
{
	bool begun;

	preempt_disable();
	begun = quire_wait_begin(QUIRE_WAIT_SWAP_IN);
	preempt_enable();
	return begun;
}

/* @waited: it is known that the page had to be read or waited for. */
static void quire_swap_in_end(bool waited)
{
	struct quire_wait *wait;
	u64 ns, reclaim_ns;

	preempt_disable();
	wait = quire_wait_current();
	if (wait) {
		waited |= wait->missing;
		ns = quire_wait_end(wait, QUIRE_WAIT_SWAP_IN, &reclaim_ns);
		if (ns && waited)
			quire_stalled(QUIRE_STALL_SWAP_IN, ns - min(ns, reclaim_ns));
	}
	preempt_enable();
}

QUIRE_AROUND(do_swap_page);

static vm_fault_t quire_around_do_swap_page(struct vm_fault *vmf)
{
	bool begun = quire_swap_in_begin();
	vm_fault_t ret = static_call(quire_real_do_swap_page)(vmf);

	if (begun)
		quire_swap_in_end(ret & (VM_FAULT_MAJOR | VM_FAULT_RETRY));
	quire_leave_do_swap_page();
	return ret;
}

QUIRE_AROUND(shmem_swapin_folio);

/* For a fault, or for who reads or writes a file of tmpfs; but swapoff gets all of it for nobody. */
static int quire_around_shmem_swapin_folio(unsigned long a0, unsigned long a1, unsigned long a2,
					   unsigned long a3, unsigned long a4, unsigned long a5,
					   unsigned long a6, unsigned long a7)
{
	bool begun = !(current->flags & PF_KTHREAD) && !oom_task_origin(current) &&
		     quire_swap_in_begin();
	int ret = static_call(quire_real_shmem_swapin_folio)(a0, a1, a2, a3, a4, a5, a6, a7);

	if (begun)
		quire_swap_in_end(false);
	quire_leave_shmem_swapin_folio();
	return ret;
}

/* The first of the pages that are read is the one that is missing, the others are read ahead. */
static void quire_on_swap_read(struct ftrace_regs *regs)
{
	struct quire_wait *wait = quire_wait_current();

	if (wait && wait->depth[QUIRE_WAIT_SWAP_IN])
		wait->missing = true;
}

static void quire_on_memstall_enter(struct ftrace_regs *regs)
{
	if (!(current->flags & PF_KTHREAD))
		quire_wait_begin(QUIRE_WAIT_MEMORY);
}

static void quire_on_memstall_leave(struct ftrace_regs *regs)
{
	struct quire_wait *wait = quire_wait_current();
	bool compacting, swapping_in, reclaiming;
	u64 ns, reclaim_ns;

	if (!wait)
		return;
	compacting = wait->compacting;
	swapping_in = wait->depth[QUIRE_WAIT_SWAP_IN];
	reclaiming = wait->depth[QUIRE_WAIT_RECLAIM];
	ns = quire_wait_end(wait, QUIRE_WAIT_MEMORY, &reclaim_ns);
	if (!ns || reclaiming)
		return;
	if (swapping_in) {
		wait->missing |= !compacting && !reclaim_ns;
		return;
	}
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
	HOOK_SWAP_IN, HOOK_SHMEM_SWAP_IN, HOOK_SWAP_READ, HOOK_RECLAIM, HOOK_MEMCG_RECLAIM, HOOK_ENTER,
	HOOK_LEAVE, HOOK_COMPACTION, HOOK_EXIT,
};

static struct quire_hook quire_stall_hooks[] = {
	[HOOK_SWAP_IN] = {
		.kind = QUIRE_HOOK_AROUND, .name = "do_swap_page", .required = true,
		.around = &(const struct quire_around)QUIRE_AROUND_OF(do_swap_page),
		.cost = "two clock readings a fault on swap",
	},
	[HOOK_SHMEM_SWAP_IN] = {
		.kind = QUIRE_HOOK_AROUND, .name = "shmem_swapin_folio",
		.around = &(const struct quire_around)QUIRE_AROUND_OF(shmem_swapin_folio),
		.cost = "two clock readings a page of shared memory that is in swap",
	},
	[HOOK_SWAP_READ] = {
		.kind = QUIRE_HOOK_ENTRY, QUIRE_HOOK_NAMES(QUIRE_SWAP_READ),
		.entry = quire_on_swap_read, .cost = "a mark a page read from swap",
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
