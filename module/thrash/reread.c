// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are read again: waits for their pages.
 *
 * The kernel takes a wait for a page of a file for a stall (PSI, and so the part `stalls`) only if the
 * page had been on the active list before its eviction. One that goes round a file which is a
 * little larger than memory by read() never gets there, wherever its pages were needed.
 * Here it is the eviction that counts (recent.c): a page that comes back soon has a bit, and the wait for
 * its data is timed.
 *
 *	workingset_refault	came back soon		-> bit of its frame
 *	folio_wait_bit_common	locked, no data yet	-> timed, if it has that bit and is no stall already
 *	workingset_eviction	evicted			-> no bit
 *
 * Read-ahead brings in many for which nobody waits; they cost a bit and no more.
 *
 * Context: handlers run with preemption off, take no lock and allocate nothing.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/vmalloc.h>
#include "stat/tally.h"
#include "thrash/reread.h"

static unsigned long *quire_reread_frames;	/* a bit each */
static unsigned long quire_reread_nr;		/* those of memory added later have none */

/**
 * quire_reread_start - get the memory for the bits
 *
 * Context: process, may sleep; before the hooks.
 * Return: 0 or -ENOMEM.
 */
int quire_reread_start(void)
{
	int nid;

	quire_reread_nr = 0;
	for_each_online_node(nid)
		quire_reread_nr = max_t(unsigned long, quire_reread_nr, node_end_pfn(nid));
	quire_reread_frames = vzalloc(BITS_TO_LONGS(quire_reread_nr) * sizeof(long));
	return quire_reread_frames ? 0 : -ENOMEM;
}

/**
 * quire_reread_stop - free it; no handler runs any more
 *
 * Context: process, may sleep.
 */
void quire_reread_stop(void)
{
	vfree(quire_reread_frames);
	quire_reread_frames = NULL;
}

/**
 * quire_reread_note - a page has come back, or is evicted
 * @folio:	the page
 * @soon:	it has come back soon
 */
void quire_reread_note(struct folio *folio, bool soon)
{
	unsigned long pfn = folio_pfn(folio);

	if (pfn >= quire_reread_nr || folio_test_swapbacked(folio))
		return;
	if (soon)
		set_bit(pfn, quire_reread_frames);
	else if (test_bit(pfn, quire_reread_frames))
		clear_bit(pfn, quire_reread_frames);
}

/* Of folio_wait_bit_common(folio, bit, ...). Not 0: the return is of no interest. */
int quire_reread_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	int bit = regs_get_kernel_argument(regs, 1);

	if (bit != PG_locked || current->flags & PF_KTHREAD || folio_test_swapbacked(folio) ||
	    folio_test_uptodate(folio) || folio_test_workingset(folio) ||
	    folio_pfn(folio) >= quire_reread_nr || !test_bit(folio_pfn(folio), quire_reread_frames))
		return 1;
	*(u64 *)ri->data = ktime_get_mono_fast_ns();
	return 0;
}

/* Its return. */
int quire_reread_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	u64 now_ns = ktime_get_mono_fast_ns(), since_ns = *(u64 *)ri->data;

	quire_tally(QUIRE_STALL_REREADS, 1);
	quire_tally(QUIRE_STALL_REREAD_TIME, now_ns > since_ns ? now_ns - since_ns : 0);
	return 0;
}
