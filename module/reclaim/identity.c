// SPDX-License-Identifier: GPL-2.0
/*
 * What comes back from swap in memory (zram) is read past the swap cache, into a page that has no slot yet. But the
 * kernel looks up when it was evicted first, by the slot: we listen there, and the same task goes on to say that the page comes back.
 */
#include <linux/percpu.h>
#include <linux/sched.h>
#include "hook/hook.h"
#include "reclaim/identity.h"

/*
 * The task that last asked on this CPU, and of which slot. A task that is moved to another CPU in between finds there what
 * somebody else asked for, and its page is not known, or an older question of its own, and its page is taken for that one.
 */
struct quire_slot {
	const struct task_struct *task;
	u64 entry;
};

static DEFINE_PER_CPU(struct quire_slot, quire_slots);

/**
 * quire_on_slot - get_shadow_from_swap_cache() begins
 * @regs:	its arguments
 *
 * Context: preemption off.
 */
void quire_on_slot(struct ftrace_regs *regs)
{
	struct quire_slot *slot = this_cpu_ptr(&quire_slots);

	slot->task = current;
	slot->entry = quire_argument(regs, 0);
}

/**
 * quire_identity_back - what a page that comes back had been
 * @folio:	the page; of a file in the page cache already
 *
 * Context: preemption off; called from workingset_refault().
 * Return: see quire_identity().
 */
u64 quire_identity_back(struct folio *folio)
{
	struct quire_slot *slot = this_cpu_ptr(&quire_slots);

	if (folio->mapping || folio_test_swapcache(folio))
		return quire_identity(folio);
	return slot->task == current ? quire_identity_of_slot(slot->entry) : 0;
}
