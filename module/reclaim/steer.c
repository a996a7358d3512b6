// SPDX-License-Identifier: GPL-2.0
/*
 * Brings condemned pages to where reclaim looks first.
 *
 * A policy that can only say yes or no to what reclaim proposes waits for its victims: each
 * refused page costs a proposal, and goes to the list's other end, where it is out of order for
 * good. So it is put to where the kernel looks next.
 *
 *	inactive   head [ ................................ victims ] tail -> reclaim
 *	                    ^ pages that came in          ^ newest last
 *
 * A page of the inactive list becomes its last, under the list's lock. That changes no count.
 *
 * One of the active list or of a generation is counted where it is, by functions that no module can
 * call. There the kernel is told in its own words: a page whose write for reclaim has just
 * ended goes to the tail of the inactive list, or of the oldest generation.
 *
 *	PG_reclaim, folio_start_writeback(), folio_end_writeback()	-> list tail
 *
 * Nothing is written. For others the page is under writeback for a moment, as if its disk
 * were very fast: who waits for that waits no longer than for a lock. Only pages that are anonymous or have a
 * slot of swap are moved in this way: of a file's page the write would enter the reckoning of
 * that file's disk, by which the kernel throttles those who write. What remains is that
 * nr_written of /proc/vmstat counts them, and so does reclaim for those of its own that it has wait for writes.
 *
 * Context: with preemption off, and no lock but that of a folio, which is why
 * others are only tried. The lists' lock is taken here and, on 6.1 to 6.12, by the functions called, which
 * may be called in interrupts.
 */
#include <linux/memcontrol.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include "reclaim/generation.h"
#include "reclaim/steer.h"

/* The page, with a reference; NULL if it is on no list. */
static struct folio *quire_steer_get(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	struct folio *folio;

	if (!page)
		return NULL;
	folio = page_folio(page);
	if (!folio_test_lru(folio) || !folio_try_get(folio))
		return NULL;
	if (page_folio(page) == folio && folio_test_lru(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

/* Part of a file that was read ahead, and that nobody has come to yet. */
static bool quire_is_ahead(struct folio *folio)
{
	return !folio_test_swapbacked(folio) && !folio_test_referenced(folio) && !folio_mapped(folio);
}

/* A dirty page would not go, or is not moved by the kernel to where that helps; one that is being written will be. */
static bool quire_steer_may(struct folio *folio)
{
	return !folio_test_dirty(folio) && !folio_test_unevictable(folio) && !folio_test_writeback(folio);
}

/*
 * Shared memory that has no slot of swap is a file's: its inode would be noted as being written, and whoever truncates
 * it does not wait for that to end.
 */
static bool quire_steer_can_end(struct folio *folio)
{
	return quire_steer_may(folio) && (folio_test_anon(folio) || folio_test_swapcache(folio)) &&
	       quire_generation_is_last(folio);
}

static struct lruvec *quire_steer_lists(struct folio *folio)
{
	struct mem_cgroup *memcg = folio_memcg(folio);

	return memcg ? &memcg->nodeinfo[folio_nid(folio)]->lruvec : &folio_pgdat(folio)->__lruvec;
}

/*
 * To the tail of the inactive list, if the page is on it. Whatever leaves a list ceases to be PG_lru or takes the lock
 * before it does, and only what has left moves to another cgroup, and so to another lock.
 */
static bool quire_steer_turn(struct folio *folio)
{
	struct lruvec *lists = quire_steer_lists(folio);
	unsigned long flags;
	bool is_there;

	if (folio_test_active(folio) || quire_generation_of(folio) >= 0)
		return false;
	spin_lock_irqsave(&lists->lru_lock, flags);
	is_there = folio_test_lru(folio) && !folio_test_active(folio) && !folio_test_unevictable(folio) &&
		   quire_generation_of(folio) < 0 && quire_steer_lists(folio) == lists;
	if (is_there)
		list_move_tail(&folio->lru, &lists->lists[folio_lru_list(folio)]);
	spin_unlock_irqrestore(&lists->lru_lock, flags);
	return is_there;
}

/* As if a write of it for reclaim had ended. */
static void quire_steer_end(struct folio *folio)
{
	if (!quire_steer_can_end(folio) || !folio_trylock(folio))
		return;
	if (quire_steer_can_end(folio)) {
		folio_start_writeback(folio);
		folio_set_reclaim(folio);
		folio_unlock(folio);
		folio_end_writeback(folio);
	} else {
		folio_unlock(folio);
	}
}

static void quire_steer_one(unsigned long pfn, bool newest)
{
	struct folio *folio = quire_steer_get(pfn);

	if (!folio)
		return;
	if (quire_steer_may(folio) && !(newest && quire_is_ahead(folio)) && !quire_steer_turn(folio))
		quire_steer_end(folio);
	folio_put(folio);
}

/**
 * quire_steer_can - can pages of its cgroup and kind be brought forward?
 * @folio:	one of them, which reclaim has
 *
 * MGLRU's lists are by generations, and only what swap backs is moved between them.
 *
 * Context: with preemption off.
 */
bool quire_steer_can(struct folio *folio)
{
	return folio_test_swapbacked(folio) || quire_generation_of_kept(folio) < 0;
}

/**
 * quire_steer - bring forward what a verdict has condemned
 * @asked:	names the pages
 *
 * A page that cannot be moved just now (it is locked, or on its way to a list) stays where it is;
 * the host names it again if reclaim does not come across it.
 *
 * Context: with preemption off; not under the lock of a pool or of the kernel's lists.
 */
void quire_steer(const struct quire_asked *asked)
{
	unsigned int i;

	for (i = 0; i < asked->nr_victims; i++)
		quire_steer_one(asked->victims[i], asked->newest);
}
