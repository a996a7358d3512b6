// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults by cause.
 *
 * The kernel counts faults as minor and major. What a person wants to know is
 * why: memory touched for the first time, a copy after fork, a page that had
 * been swapped out. All that is in the page table when the fault arrives, so
 * handle_mm_fault() is looked at twice:
 *
 *	entry	 what is in the entry for the address?	  -> a guess
 *	return	 what came of it? how long did it take?	  -> the cause, the time
 *
 *	entry found			return		cause
 *	---------------------------	-------------	-----------
 *	nothing, anonymous area		a huge page	huge
 *					otherwise	anon
 *	nothing, private file, write	waited		file_read
 *					otherwise	cow
 *	nothing, file			waited		file_read
 *					otherwise	file_cached
 *	nothing, tmpfs			any		shmem
 *	a swap entry			any		swapin
 *	a page, write, not writable	another page	cow
 *					the same page	notify
 *	a page that permits the access	any		spurious
 *	a huge page, or hugetlb		any		huge
 *	anything else			any		other
 *
 * "Waited" is the kernel's own definition of a major fault: VM_FAULT_MAJOR, or
 * the second try of one that had to let go of its lock. So for each process
 * the causes add up to min_flt + maj_flt, and faults_major to maj_flt.
 *
 * Most faults of most programs are the first line but one, with a table there:
 * those need no second look. They are counted at entry, and of QUIRE_SAMPLE of
 * them one is timed for all, which spares the others most of what the hook costs. (One that
 * then runs out of memory is an anon fault here, and none to the kernel.)
 *
 * The look at the page table takes no lock: mmap_lock or the VMA's lock is held
 * by the caller, tables that go away are freed after an RCU grace period, and
 * the entry is read once. It may be wrong when another thread faults on the
 * same page at the same time; then it says what this fault found, which is true.
 */
#include <linux/hugetlb.h>
#include <linux/ktime.h>
#include <linux/magic.h>
#include <linux/pgtable.h>
#include <linux/swapops.h>
#include <linux/userfaultfd_k.h>
#include "compat/fault.h"
#include "hook/hook.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "stat/fault.h"
#include "stat/tally.h"

/* One in so many plain first touches is followed to its return. */
#define QUIRE_SAMPLE		64

enum quire_found {
	QUIRE_FOUND_NOTHING,	/* an empty entry, its table is there */
	QUIRE_FOUND_NO_TABLE,	/* not even a table: a huge page could come here */
	QUIRE_FOUND_PAGE,
	QUIRE_FOUND_HUGE,
	QUIRE_FOUND_SWAP,
	QUIRE_FOUND_OTHER,
};

/**
 * struct quire_page_fault - a fault under way
 * @vma:	the area; valid at return unless the lock was dropped
 * @address:	of the fault
 * @start_ns:	when it came
 * @pfn:	the frame that was there, for QUIRE_FOUND_PAGE
 * @flags:	enum fault_flag
 * @weight:	how many faults this one stands for
 * @cause:	the guess
 * @found:	what it is based on
 * @mode:	QUIRE_FAULTS_KERNEL, QUIRE_FAULTS_GUP, or QUIRE_NR_COUNTS
 */
struct quire_page_fault {
	struct vm_area_struct *vma;
	unsigned long address;
	u64 start_ns;
	unsigned long pfn;
	unsigned int flags;
	u8 weight;
	u8 cause;
	u8 found;
	u8 mode;
};

static DEFINE_PER_CPU(struct quire_hist, quire_fault_hist[QUIRE_NR_CAUSES]);
static DEFINE_PER_CPU(unsigned int, quire_fault_plain);

static const char * const quire_cause_names[] = {
#define X(id, name, about) [QUIRE_CAUSE_##id] = name,
	QUIRE_CAUSES(X)
#undef X
};

/**
 * quire_cause_name - the name of a cause, as files show it
 * @cause:	the cause
 */
const char *quire_cause_name(enum quire_cause cause)
{
	return quire_cause_names[cause];
}

/**
 * quire_fault_latency - how long the faults of a cause took
 * @cause:	the cause
 * @sum:	filled in, values in ns
 */
void quire_fault_latency(enum quire_cause cause, struct quire_hist *sum)
{
	quire_hist_sum(&quire_fault_hist[cause], sum);
}

/* What is in the page table for @address? Under the VMA's lock and RCU. */
static enum quire_found quire_peek(struct mm_struct *mm, unsigned long address, pte_t *entry)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud, pud_now;
	pmd_t *pmd, pmd_now;

	*entry = __pte(0);
	if (pgd_none(*pgd))
		return QUIRE_FOUND_NO_TABLE;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return QUIRE_FOUND_NO_TABLE;
	pud = pud_offset(p4d, address);
	pud_now = READ_ONCE(*pud);
	if (pud_none(pud_now))
		return QUIRE_FOUND_NO_TABLE;
	if (!pud_present(pud_now) || pud_leaf(pud_now))
		return QUIRE_FOUND_HUGE;
	pmd = pmd_offset(pud, address);
	pmd_now = READ_ONCE(*pmd);
	if (pmd_none(pmd_now))
		return QUIRE_FOUND_NO_TABLE;
	if (!pmd_present(pmd_now))
		return QUIRE_FOUND_OTHER;	/* a huge page that migrates */
	if (pmd_leaf(pmd_now))
		return QUIRE_FOUND_HUGE;
	*entry = READ_ONCE(*pte_offset_kernel(&pmd_now, address));
	if (pte_none(*entry))
		return QUIRE_FOUND_NOTHING;
	if (pte_present(*entry))
		return pte_protnone(*entry) ? QUIRE_FOUND_OTHER : QUIRE_FOUND_PAGE;
	return non_swap_entry(pte_to_swp_entry(*entry)) ? QUIRE_FOUND_OTHER : QUIRE_FOUND_SWAP;
}

static bool quire_vma_is_shmem(const struct vm_area_struct *vma)
{
	return vma->vm_file && file_inode(vma->vm_file)->i_sb->s_magic == TMPFS_MAGIC;
}

static enum quire_cause quire_guess(const struct quire_page_fault *fault, pte_t entry)
{
	const struct vm_area_struct *vma = fault->vma;
	bool write = fault->flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE);

	if (is_vm_hugetlb_page((struct vm_area_struct *)vma))
		return QUIRE_CAUSE_HUGE;
	switch (fault->found) {
	case QUIRE_FOUND_NOTHING:
	case QUIRE_FOUND_NO_TABLE:
		if (vma_is_anonymous((struct vm_area_struct *)vma))
			return QUIRE_CAUSE_ANON;
		if (vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
			return QUIRE_CAUSE_OTHER;
		if (quire_vma_is_shmem(vma))
			return QUIRE_CAUSE_SHMEM;
		if (write && !(vma->vm_flags & VM_SHARED))
			return QUIRE_CAUSE_COW;
		return QUIRE_CAUSE_FILE_CACHED;
	case QUIRE_FOUND_PAGE:
		return write && !pte_write(entry) ? QUIRE_CAUSE_NOTIFY : QUIRE_CAUSE_SPURIOUS;
	case QUIRE_FOUND_HUGE:
		return QUIRE_CAUSE_HUGE;
	case QUIRE_FOUND_SWAP:
		return QUIRE_CAUSE_SWAP_IN;
	}
	return QUIRE_CAUSE_OTHER;
}

/* @regs: of who has faulted */
static enum quire_count quire_fault_mode(struct pt_regs *regs)
{
	return !regs ? QUIRE_FAULTS_GUP : !user_mode(regs) ? QUIRE_FAULTS_KERNEL : QUIRE_NR_COUNTS;
}

/*
 * A first touch whose outcome is known: a table is there, nobody waits for
 * userfaultfd, and it need not be tried again with mmap_lock to get an anon_vma.
 */
static bool quire_is_plain(struct vm_area_struct *vma, unsigned long address)
{
	pte_t entry;

	return vma_is_anonymous(vma) && vma->anon_vma && !userfaultfd_armed(vma) &&
	       !is_vm_hugetlb_page(vma) &&
	       quire_peek(vma->vm_mm, address, &entry) == QUIRE_FOUND_NOTHING;
}

/* Whether the plain first touch that this CPU is in stands for QUIRE_SAMPLE of them. */
static bool quire_is_sample(void)
{
	return this_cpu_read(quire_fault_plain) % QUIRE_SAMPLE == 0;
}

/* Count a plain first touch, unless it is a sample, which is followed to its return. */
static bool quire_fault_settle(struct ftrace_regs *regs)
{
	enum quire_count mode;

	/* Whoever traces faults wants each with its time. */
	if (trace_fault_enabled())
		return false;
	if (!quire_is_plain((struct vm_area_struct *)quire_argument(regs, 0), quire_argument(regs, 1)))
		return false;
	this_cpu_inc(quire_fault_plain);
	if (quire_is_sample())
		return false;
	mode = quire_fault_mode((struct pt_regs *)quire_argument(regs, 3));
	quire_tally(QUIRE_FAULTS_ANON, 1);
	if (mode < QUIRE_NR_COUNTS)
		quire_tally(mode, 1);
	return true;
}

static void quire_fault_begin(struct quire_page_fault *fault, struct pt_regs *regs)
{
	pte_t entry;

	fault->found = quire_peek(fault->vma->vm_mm, fault->address, &entry);
	fault->pfn = fault->found == QUIRE_FOUND_PAGE ? pte_pfn(entry) : 0;
	fault->cause = quire_guess(fault, entry);
	fault->mode = quire_fault_mode(regs);
	fault->weight = 1;
	if (!trace_fault_enabled() && quire_is_plain(fault->vma, fault->address) &&
	    quire_is_sample())
		fault->weight = QUIRE_SAMPLE;
	fault->start_ns = ktime_get_mono_fast_ns();
}

/* The cause, now that the outcome is known. The VMA's lock is still held unless @completed. */
static enum quire_cause quire_judge(const struct quire_page_fault *fault, bool waited, bool completed)
{
	enum quire_found found;
	pte_t entry;

	switch (fault->cause) {
	case QUIRE_CAUSE_FILE_CACHED:
		return waited ? QUIRE_CAUSE_FILE_READ : QUIRE_CAUSE_FILE_CACHED;
	case QUIRE_CAUSE_COW:
		return waited ? QUIRE_CAUSE_FILE_READ : QUIRE_CAUSE_COW;
	case QUIRE_CAUSE_ANON:
		if (fault->found != QUIRE_FOUND_NO_TABLE || completed)
			return QUIRE_CAUSE_ANON;
		found = quire_peek(fault->vma->vm_mm, fault->address, &entry);
		return found == QUIRE_FOUND_HUGE ? QUIRE_CAUSE_HUGE : QUIRE_CAUSE_ANON;
	case QUIRE_CAUSE_NOTIFY:
		if (completed || fault->vma->vm_flags & VM_SHARED)
			return QUIRE_CAUSE_NOTIFY;
		found = quire_peek(fault->vma->vm_mm, fault->address, &entry);
		return found == QUIRE_FOUND_PAGE && pte_pfn(entry) != fault->pfn ?
		       QUIRE_CAUSE_COW : QUIRE_CAUSE_NOTIFY;
	default:
		return fault->cause;
	}
}

static void quire_fault_end(const struct quire_page_fault *fault, vm_fault_t ret)
{
	u64 ns = ktime_get_mono_fast_ns() - fault->start_ns;
	bool tried = fault->flags & FAULT_FLAG_TRIED;
	bool waited = (ret & VM_FAULT_MAJOR) || tried;
	enum quire_cause cause;

	if (fault->weight > 1) {
		quire_tally(QUIRE_FAULTS_ANON, 1);
		if (fault->mode < QUIRE_NR_COUNTS)
			quire_tally(fault->mode, 1);
		quire_tally(QUIRE_FAULT_TIME_ANON, ns * fault->weight);
		this_cpu_add(quire_fault_hist[QUIRE_CAUSE_ANON].bucket[quire_hist_index(ns)],
			     fault->weight);
		return;
	}
	if (ret & VM_FAULT_ERROR) {
		quire_tally(QUIRE_FAULTS_FAILED, 1);
		return;
	}
	if (ret & VM_FAULT_RETRY) {
		/*
		 * The wait is over, the rest follows in the next try; the first wait
		 * is the fault's in the histogram. A try that only found that it
		 * needs mmap_lock has not waited.
		 */
		waited = waited || !(fault->flags & QUIRE_FAULT_VMA_LOCKED);
		cause = quire_judge(fault, waited, true);
		quire_tally(QUIRE_FAULTS_RETRIED, 1);
		quire_tally(QUIRE_FAULT_TIME_ANON + cause, ns);
		if (waited && !tried) {
			quire_hist_add(quire_fault_hist[cause], ns);
			trace_fault(fault->address, cause, true, ns);
		}
		return;
	}
	cause = quire_judge(fault, waited, ret & VM_FAULT_COMPLETED);
	quire_tally(QUIRE_FAULTS_ANON + cause, 1);
	quire_tally(QUIRE_FAULT_TIME_ANON + cause, ns);
	if (waited)
		quire_tally(QUIRE_FAULTS_MAJOR, 1);
	if (fault->mode < QUIRE_NR_COUNTS)
		quire_tally(fault->mode, 1);
	if (!tried) {
		quire_hist_add(quire_fault_hist[cause], ns);
		trace_fault(fault->address, cause, waited, ns);
	}
}

QUIRE_AROUND(handle_mm_fault);

static vm_fault_t quire_around_handle_mm_fault(struct vm_area_struct *vma, unsigned long address,
					       unsigned int flags, struct pt_regs *regs)
{
	struct quire_page_fault fault = { .vma = vma, .address = address, .flags = flags };
	vm_fault_t ret;

	rcu_read_lock_sched();
	quire_fault_begin(&fault, regs);
	rcu_read_unlock_sched();
	ret = static_call(quire_real_handle_mm_fault)(vma, address, flags, regs);
	rcu_read_lock_sched();
	quire_fault_end(&fault, ret);
	rcu_read_unlock_sched();
	quire_leave_handle_mm_fault();
	return ret;
}

static struct quire_hook quire_fault_hooks[] = {
	{
		.kind = QUIRE_HOOK_AROUND, .name = "handle_mm_fault", .required = true,
		.cost = "a look at the page table a fault, and two clock readings but for first touches",
		.around = &(const struct quire_around)QUIRE_AROUND_OF(handle_mm_fault),
		.settle = quire_fault_settle,
	},
};

static const enum quire_count quire_fault_counts[] = {
#define X(id, name, unit, scope) QUIRE_##id,
	QUIRE_CAUSE_COUNTS(X)
	QUIRE_CAUSE_TIMES(X)
#undef X
	QUIRE_FAULTS_MAJOR, QUIRE_FAULTS_KERNEL, QUIRE_FAULTS_GUP,
	QUIRE_FAULTS_RETRIED, QUIRE_FAULTS_FAILED,
};

static int quire_fault_start(void)
{
	int err;

	/* The counts of a cause are found by adding it to the first one. */
	BUILD_BUG_ON(QUIRE_FAULTS_OTHER - QUIRE_FAULTS_ANON != QUIRE_CAUSE_OTHER);
	BUILD_BUG_ON(QUIRE_FAULT_TIME_OTHER - QUIRE_FAULT_TIME_ANON != QUIRE_CAUSE_OTHER);

	err = quire_hooks_attach(quire_fault_hooks, ARRAY_SIZE(quire_fault_hooks));
	if (!err)
		quire_tally_provide(quire_fault_counts, ARRAY_SIZE(quire_fault_counts));
	return err;
}

static void quire_fault_stop(void)
{
	quire_hooks_detach(quire_fault_hooks, ARRAY_SIZE(quire_fault_hooks));
}

struct quire_part quire_fault_part = {
	.name = "faults",
	.about = "page faults by cause, with their times",
	.start = quire_fault_start,
	.stop = quire_fault_stop,
	.hooks = quire_fault_hooks,
	.nr_hooks = ARRAY_SIZE(quire_fault_hooks),
	.optional = true,
	.wanted = false,
};
