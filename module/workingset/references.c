// SPDX-License-Identifier: GPL-2.0
/*
 * References: the scanner and reclaim both take them out of page tables.
 *
 *	scanner clears a bit	-> taken, for the frame	-> reclaim asks: 1 more than it found
 *	reclaim clears a bit	-> seen, for the frame	-> scanner: used since the last scan
 *	a page comes back by a fault			-> its stamp, at once
 *
 * The first: else what is used would look idle to reclaim, and be evicted because we
 * look. Where the kernel has a young flag for pages it does this by itself; elsewhere a
 * bit a frame remembers, and folio_referenced()'s answer is put right as it returns: one more, if
 * that is not more than there are mappings (used again since, it would count twice, and
 * reclaim takes for hot what was used twice), and with the flag of program text, if it was
 * used as such, for reclaim keeps that longer.
 *
 * The second: what reclaim has found used and kept would look idle to us. A byte a frame
 * has the number of the pass in which that was. The third: what has come in, been used
 * and been evicted again between two scans has left nothing in the page table; under
 * memory pressure that is what matters most.
 *
 * A frame that is used for another page takes its notes along until the next scan or
 * proposal: a new page that looks used, which is what it is. References that MGLRU's own walks
 * take are not seen.
 *
 * Cost: a look at each proposal of reclaim, an entry hook on each fault that
 * brings in a page from swap, a file or shared memory; 10 bits a frame, 0.03 % of memory.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>
#include "compat/walk.h"
#include "hook/hook.h"
#include "reclaim/events.h"
#include "workingset/record.h"
#include "workingset/references.h"

/**
 * struct quire_frames - what is noted of page frames
 * @nr:		how many there are; those of memory added later have no notes
 * @taken:	the scanner has taken a reference since reclaim asked last
 * @text:	by a mapping that can be executed
 * @seen:	in which pass reclaim found the page used, see quire_pass_mark()
 */
struct quire_frames {
	unsigned long nr;
	unsigned long *taken;
	unsigned long *text;
	u8 *seen;
};

static struct quire_frames __rcu *quire_frames;
static u8 quire_mark_now = 1;
static u8 quire_mark_before = 1;
static u16 quire_stamp_now;	/* 0: no pass yet */
bool quire_references_noted;

/* A pass' number in a byte; never 0. */
static u8 quire_pass_mark(u32 pass)
{
	return pass % U8_MAX + 1;
}

/**
 * quire_references_pass - a pass begins
 * @pass:	its number
 * @stamp:	of its tick
 */
void quire_references_pass(u32 pass, u16 stamp)
{
	WRITE_ONCE(quire_mark_before, quire_pass_mark(pass - 1));
	WRITE_ONCE(quire_mark_now, quire_pass_mark(pass));
	WRITE_ONCE(quire_stamp_now, stamp);
}

/* For the scanner: they are there as long as it runs. */
static struct quire_frames *quire_frames_there(void)
{
	return rcu_dereference_protected(quire_frames, true);
}

/**
 * quire_reference_taken - the scanner has cleared an accessed bit
 * @folio:	of the page
 * @text:	in a mapping that can be executed
 *
 * Context: the scanner's thread; the page's table is locked.
 */
void quire_reference_taken(struct folio *folio, bool text)
{
	struct quire_frames *frames = quire_frames_there();
	unsigned long pfn = folio_pfn(folio);

	if (QUIRE_KERNEL_KEEPS_YOUNG) {
		folio_set_young(folio);
		return;
	}
	if (pfn >= frames->nr)
		return;
	if (test_bit(pfn, frames->text) != text)
		change_bit(pfn, frames->text);
	if (!test_bit(pfn, frames->taken))
		set_bit(pfn, frames->taken);
}

/**
 * quire_reference_seen - whether reclaim has found a page used since the last scan
 * @pfn:	of the page
 *
 * Context: the scanner's thread; the page's table is locked.
 */
bool quire_reference_seen(unsigned long pfn)
{
	struct quire_frames *frames = quire_frames_there();
	u8 mark = pfn < frames->nr ? READ_ONCE(frames->seen[pfn]) : 0;

	if (likely(!mark))
		return false;
	if (mark == quire_mark_now || mark == quire_mark_before)
		return true;
	/* Or it would come back when marks turn over. */
	WRITE_ONCE(frames->seen[pfn], 0);
	return false;
}

/* The frame's note goes to the page that was used; not to another, mapped by nobody, that has it since. */
static noinline int quire_reference_add(struct quire_frames *frames, struct folio *folio, int answer,
					unsigned long *vm_flags)
{
	unsigned long pfn = folio_pfn(folio);

	if (!folio_mapped(folio) || !test_and_clear_bit(pfn, frames->taken))
		return answer;
	if (answer < quire_page_sharers(folio_page(folio, 0), folio))
		answer++;
	if (test_bit(pfn, frames->text))
		*vm_flags |= VM_EXEC;
	return answer;
}

static noinline int quire_reference_put_right_large(struct quire_frames *frames, struct folio *folio,
						    int answer, unsigned long *vm_flags)
{
	unsigned long pfn = folio_pfn(folio), pages = folio_nr_pages(folio);

	if (!frames || pfn + pages > frames->nr)
		return answer;
	if (answer)
		memset(&frames->seen[pfn], READ_ONCE(quire_mark_now), pages);
	if (QUIRE_KERNEL_KEEPS_YOUNG)
		return answer;
	return quire_reference_add(frames, folio, answer, vm_flags);
}

/* See quire_reference_give_back(). What is rare is elsewhere. */
int quire_reference_put_right(struct folio *folio, int answer, unsigned long *vm_flags)
{
	struct quire_frames *frames = rcu_dereference_sched(quire_frames);
	unsigned long pfn = folio_pfn(folio);

	if (unlikely(!frames || folio_test_large(folio) || pfn >= frames->nr))
		return quire_reference_put_right_large(frames, folio, answer, vm_flags);
	if (answer)
		WRITE_ONCE(frames->seen[pfn], READ_ONCE(quire_mark_now));
	if (QUIRE_KERNEL_KEEPS_YOUNG || likely(!test_bit(pfn, frames->taken)))
		return answer;
	return quire_reference_add(frames, folio, answer, vm_flags);
}

/* A fault that brings a page in is a use of it. */
static void quire_on_fault_in(struct ftrace_regs *regs)
{
	const struct vm_fault *vmf = (struct vm_fault *)quire_argument(regs, 0);
	u16 stamp = READ_ONCE(quire_stamp_now);

	if (stamp)
		quire_ws_note_use(vmf->vma->vm_mm, vmf->address, stamp);
}

struct quire_hook quire_reference_hooks[QUIRE_NR_REFERENCE_HOOKS] = {
	{
		.kind = QUIRE_HOOK_AROUND, .name = "folio_referenced", .around = &quire_around_referenced,
		.cost = "two looks at a frame's notes a proposal of reclaim, if it is mapped",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "do_swap_page", .shared = true,
		.entry = quire_on_fault_in,
		.cost = "a look-up of the stamp a fault on a swapped page",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "filemap_fault",
		.entry = quire_on_fault_in,
		.cost = "a look-up of the stamp a fault on a file that is not mapped around",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "shmem_fault",
		.entry = quire_on_fault_in,
		.cost = "a look-up of the stamp a fault on shared memory",
	},
};

static void quire_frames_free(struct quire_frames *frames)
{
	vfree(frames->taken);
	vfree(frames->text);
	vfree(frames->seen);
	kfree(frames);
}

static struct quire_frames *quire_frames_new(void)
{
	struct quire_frames *frames = kzalloc(sizeof(*frames), GFP_KERNEL);
	int nid;

	if (!frames)
		return NULL;
	for_each_online_node(nid)
		frames->nr = max_t(unsigned long, frames->nr, node_end_pfn(nid));
	frames->seen = vzalloc(frames->nr);
	if (!QUIRE_KERNEL_KEEPS_YOUNG) {
		frames->taken = vzalloc(BITS_TO_LONGS(frames->nr) * sizeof(long));
		frames->text = vzalloc(BITS_TO_LONGS(frames->nr) * sizeof(long));
	}
	if (!frames->seen || (!QUIRE_KERNEL_KEEPS_YOUNG && (!frames->taken || !frames->text))) {
		quire_frames_free(frames);
		return NULL;
	}
	return frames;
}

/**
 * quire_references_start - begin to note references
 *
 * A hook that cannot be attached is told in the status file; the others serve.
 *
 * Context: process, may sleep; before the scanner starts.
 * Return: 0 or an errno.
 */
int quire_references_start(void)
{
	struct quire_frames *frames = quire_frames_new();
	int err;

	if (!frames)
		return -ENOMEM;
	rcu_assign_pointer(quire_frames, frames);
	WRITE_ONCE(quire_references_noted, true);
	err = quire_hooks_attach(quire_reference_hooks, QUIRE_NR_REFERENCE_HOOKS);
	if (err) {
		WRITE_ONCE(quire_references_noted, false);
		rcu_assign_pointer(quire_frames, NULL);
		synchronize_rcu();
		quire_frames_free(frames);
	}
	return err;
}

/**
 * quire_references_stop - note no more
 *
 * Context: process, may sleep; after the scanner has stopped, before its records go.
 */
void quire_references_stop(void)
{
	struct quire_frames *frames = rcu_dereference_protected(quire_frames, true);

	quire_hooks_detach(quire_reference_hooks, QUIRE_NR_REFERENCE_HOOKS);
	WRITE_ONCE(quire_references_noted, false);
	rcu_assign_pointer(quire_frames, NULL);
	synchronize_rcu();
	quire_frames_free(frames);
	WRITE_ONCE(quire_stamp_now, 0);
}
