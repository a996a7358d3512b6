// SPDX-License-Identifier: GPL-2.0
/*
 * TLB flushes: why, how much, who caused them, and where they were felt.
 *
 * A process that unmaps or write-protects pages flushes its own CPU, and where
 * its memory is in use on other CPUs it interrupts those (a shootdown). The
 * kernel's tracepoint tlb:tlb_flush tells both sides:
 *
 *	sender	 remote_send_ipi     counted for the process that caused it
 *		 local_mm_shootdown  the sender's own CPU, likewise
 *		 local_shootdown     the same for batched unmaps of reclaim
 *	receiver remote_shootdown    counted for the CPU, whatever it ran
 *	switch	 flush_on_task_switch when a process came to a CPU that had
 *				     no valid entries for it
 *
 * What the tracepoint does not see is counted by its entry: flush_tlb_all(),
 * flush_tlb_kernel_range(), and the calls of flush_tlb_mm_range() and
 * arch_tlbbatch_flush() that lead to the above, or to nothing.
 */
#include <asm/tlbflush.h>
#include <linux/mm_types.h>
#include "hook/hook.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "stat/tally.h"
#include "stat/tlb.h"

static const struct {
	const char *name;
	enum quire_count count;
	bool flushed_here;
} quire_tlb_reasons[] = {
#define X(id, name, count, flushed_here) [id] = { name, QUIRE_TLB_##count, flushed_here },
	QUIRE_TLB_REASONS(X)
#undef X
};

static DEFINE_PER_CPU(struct quire_hist, quire_tlb_hist[QUIRE_NR_TLB_REASONS]);

/**
 * quire_tlb_reason_name - the name of a reason, as files show it
 * @reason:	less than QUIRE_NR_TLB_REASONS
 */
const char *quire_tlb_reason_name(unsigned int reason)
{
	return quire_tlb_reasons[reason].name;
}

/**
 * quire_tlb_reason_count - the count of the flushes with a reason
 * @reason:	less than QUIRE_NR_TLB_REASONS
 */
enum quire_count quire_tlb_reason_count(unsigned int reason)
{
	return quire_tlb_reasons[reason].count;
}

/**
 * quire_tlb_pages - how many pages were flushed at a time for a reason
 * @reason:	less than QUIRE_NR_TLB_REASONS
 * @sum:	filled in, in pages; full flushes are in the last bucket
 */
void quire_tlb_pages(unsigned int reason, struct quire_hist *sum)
{
	quire_hist_sum(&quire_tlb_hist[reason], sum);
}

static void quire_on_tlb_flush(void *data, int reason, unsigned long pages)
{
	/* A switch that found its entries valid is told as a flush of 0 pages. */
	if (reason == TLB_FLUSH_ON_TASK_SWITCH && !pages)
		return;
	if (reason < 0 || reason >= QUIRE_NR_TLB_REASONS)
		return;

	trace_tlb_flush(reason, pages, pages == TLB_FLUSH_ALL);
	preempt_disable();
	quire_tally(quire_tlb_reasons[reason].count, 1);
	quire_hist_add(quire_tlb_hist[reason], pages);
	if (quire_tlb_reasons[reason].flushed_here) {
		if (pages == TLB_FLUSH_ALL) {
			quire_tally_cpu_add(QUIRE_TLB_FULL, 1);
		} else if (pages) {
			quire_tally_cpu_add(QUIRE_TLB_RANGED, 1);
			quire_tally_cpu_add(QUIRE_TLB_RANGED_PAGES, pages);
		}
	}
	preempt_enable();
}

static void quire_on_range(struct ftrace_regs *regs)
{
	quire_tally(QUIRE_TLB_CALLS, 1);
}

static void quire_on_batch(struct ftrace_regs *regs)
{
	quire_tally(QUIRE_TLB_BATCHED, 1);
}

static void quire_on_all(struct ftrace_regs *regs)
{
	quire_tally(QUIRE_TLB_ALL_CALLS, 1);
}

static void quire_on_kernel(struct ftrace_regs *regs)
{
	quire_tally(QUIRE_TLB_KERNEL_CALLS, 1);
}

enum { HOOK_FLUSH, HOOK_RANGE, HOOK_BATCH, HOOK_ALL, HOOK_KERNEL };

static struct quire_hook quire_tlb_hooks[] = {
	[HOOK_FLUSH] = {
		.kind = QUIRE_HOOK_TRACE, .name = "tlb_flush", .required = true,
		.probe = quire_on_tlb_flush, .cost = "up to four counts a flush",
	},
	[HOOK_RANGE] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "flush_tlb_mm_range",
		.entry = quire_on_range, .cost = "a count a call",
	},
	[HOOK_BATCH] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "arch_tlbbatch_flush",
		.entry = quire_on_batch, .cost = "a count a call",
	},
	[HOOK_ALL] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "flush_tlb_all",
		.entry = quire_on_all, .cost = "a count a call",
	},
	[HOOK_KERNEL] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "flush_tlb_kernel_range",
		.entry = quire_on_kernel, .cost = "a count a call",
	},
};

static const enum quire_count quire_tlb_counts[] = {
	QUIRE_TLB_SENT, QUIRE_TLB_LOCAL_MM, QUIRE_TLB_LOCAL, QUIRE_TLB_RECEIVED,
	QUIRE_TLB_SWITCH, QUIRE_TLB_WRONG_CPU, QUIRE_TLB_FULL, QUIRE_TLB_RANGED,
	QUIRE_TLB_RANGED_PAGES,
};

static const enum quire_count quire_tlb_hook_counts[] = {
	[HOOK_RANGE] = QUIRE_TLB_CALLS,
	[HOOK_BATCH] = QUIRE_TLB_BATCHED,
	[HOOK_ALL] = QUIRE_TLB_ALL_CALLS,
	[HOOK_KERNEL] = QUIRE_TLB_KERNEL_CALLS,
};

static int quire_tlb_start(void)
{
	unsigned int i;
	int err = quire_hooks_attach(quire_tlb_hooks, ARRAY_SIZE(quire_tlb_hooks));

	if (err)
		return err;
	quire_tally_provide(quire_tlb_counts, ARRAY_SIZE(quire_tlb_counts));
	for (i = HOOK_RANGE; i < ARRAY_SIZE(quire_tlb_hooks); i++) {
		if (quire_tlb_hooks[i].attached)
			quire_tally_provide(&quire_tlb_hook_counts[i], 1);
	}
	return 0;
}

static void quire_tlb_stop(void)
{
	quire_hooks_detach(quire_tlb_hooks, ARRAY_SIZE(quire_tlb_hooks));
}

struct quire_part quire_tlb_part = {
	.name = "tlb",
	.about = "TLB flushes by reason, and who caused them",
	.limits = "not seen: flushes by the hypervisor, by microcode, broadcasts (INVLPGB); not timed",
	.start = quire_tlb_start,
	.stop = quire_tlb_stop,
	.hooks = quire_tlb_hooks,
	.nr_hooks = ARRAY_SIZE(quire_tlb_hooks),
	.optional = true,
	.wanted = true,
};
