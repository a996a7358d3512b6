// SPDX-License-Identifier: GPL-2.0
/*
 * What comes into memory, goes, and comes back: noted for the verdict and for the blame.
 *
 *	mm_lru_insertion	a page is on the LRU lists: somebody has it
 *	workingset_eviction	reclaim has evicted one, for somebody
 *	workingset_refault	an evicted one comes back, wanted by the current process
 *	get_shadow_from_swap_cache  and before that, from which slot, see identity.c
 *	folio_wait_bit_common	it is waited for, see reread.c
 *
 * Context: all handlers run with preemption off, some with interrupts off and the lock of
 * the lists or of a mapping held. They take no lock, and allocate nothing.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include "interface/trace.h"
#include "reclaim/identity.h"
#include "stat/tally.h"
#include "thrash/blame.h"
#include "thrash/events.h"
#include "thrash/recent.h"
#include "thrash/reread.h"

#define QUIRE_RECENT_BITS	20	/* of the table: a million places, 8 MiB */

/* Reclaim, read-ahead and writeback work for others. */
static bool quire_works_for_others(void)
{
	return current->flags & PF_KTHREAD || !in_task();
}

static void quire_on_admission(void *data, struct folio *folio)
{
	if (folio_test_unevictable(folio))
		return;
	trace_page_admit(folio);
	if (quire_works_for_others())
		return;
	quire_tally(QUIRE_ADMITTED_PAGES, folio_nr_pages(folio));
	quire_admissions_note(current->tgid);
}

static void quire_on_evicted(struct ftrace_regs *regs)
{
	struct folio *folio = (struct folio *)quire_argument(regs, 0);
	u32 culprit = quire_works_for_others() ? quire_admissions_take() : current->tgid;

	quire_tally(QUIRE_EVICTED_PAGES, folio_nr_pages(folio));
	quire_reread_note(folio, false);
	quire_recent_note(quire_identity(folio), culprit);
	trace_page_evict(folio, culprit);
}

static void quire_on_comeback(struct ftrace_regs *regs)
{
	struct folio *folio = (struct folio *)quire_argument(regs, 0);
	struct quire_recent recent = { .distance_pages = -1, .away_ms = -1 };
	u64 place = quire_identity_back(folio);
	unsigned int pages;

	/* The kernel itself remembers no more than recent evictions. */
	pages = place ? quire_recent_take(place, &recent) : 1;
	trace_page_refault(folio, &recent);
	if (!pages)
		return;
	pages *= folio_nr_pages(folio);
	quire_tally(QUIRE_REFAULT_SOON_PAGES, pages);
	quire_reread_note(folio, true);
	if (!quire_works_for_others())
		quire_blame_add(current->tgid, recent.tgid, pages);
}

struct quire_hook quire_thrash_hooks[QUIRE_NR_THRASH_HOOKS] = {
	{
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_refault", .required = true, .shared = true,
		.entry = quire_on_comeback, .cost = "a look at a cache line, and two counts a refault",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_eviction", .required = true, .often = true,
		.entry = quire_on_evicted, .cost = "a write to a cache line, and a count an eviction",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "get_shadow_from_swap_cache", .often = true,
		.entry = quire_on_slot, .cost = "two stores a page that comes back from swap in memory",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_lru_insertion", .required = true,
		.probe = quire_on_admission, .cost = "two counts a page that comes into memory",
	}, {
		.kind = QUIRE_HOOK_RETURN, .name = "folio_wait_bit_common",
		.cost = "a look at a page that is waited for; two clock readings if it came back soon",
		.rp = {
			.entry_handler = quire_reread_entry,
			.handler = quire_reread_return,
			.data_size = sizeof(u64),
			.maxactive = QUIRE_REREAD_INSTANCES,
		},
	},
};

static const enum quire_count quire_thrash_counts[] = {
	QUIRE_ADMITTED_PAGES, QUIRE_EVICTED_PAGES, QUIRE_REFAULT_SOON_PAGES,
	QUIRE_STALL_REREADS, QUIRE_STALL_REREAD_TIME, QUIRE_VERDICTS, QUIRE_VERDICT_TIME,
};

/**
 * quire_thrash_events_start - begin to note what comes and goes
 *
 * Context: process, may sleep.
 * Return: 0 or an errno.
 */
int quire_thrash_events_start(void)
{
	int err = quire_recent_start(totalram_pages(), QUIRE_RECENT_BITS);

	if (err)
		return err;
	err = quire_reread_start();
	if (err)
		goto no_reread;
	quire_blame_start();
	err = quire_hooks_attach(quire_thrash_hooks, QUIRE_NR_THRASH_HOOKS);
	if (err)
		goto no_hooks;
	quire_tally_provide(quire_thrash_counts, ARRAY_SIZE(quire_thrash_counts));
	return 0;

no_hooks:
	quire_reread_stop();
no_reread:
	quire_recent_stop();
	return err;
}

/**
 * quire_thrash_events_stop - no handler runs any more on return
 *
 * Context: process, may sleep.
 */
void quire_thrash_events_stop(void)
{
	quire_hooks_detach(quire_thrash_hooks, QUIRE_NR_THRASH_HOOKS);
	quire_reread_stop();
	quire_recent_stop();
}
