// SPDX-License-Identifier: GPL-2.0
/*
 * Brings condemned pages to where reclaim looks first.
 *
 * A policy that can only say yes or no to what reclaim proposes waits for its victims: each
 * refused page costs a proposal, and goes to the list's other end, where it is out of order for
 * good. So the kernel is told which pages are next, in its own words: a page whose write
 * for reclaim has just ended goes to the tail of the inactive list (of the oldest
 * generation, under MGLRU), wherever it was before.
 *
 *	PG_reclaim, folio_start_writeback(), folio_end_writeback()	-> list tail
 *
 *	inactive   head [ ................................ victims ] tail -> reclaim
 *	                    ^ pages that came in          ^ newest last
 *
 * Nothing is written. For others the page is under writeback for a moment, as if its disk
 * were very fast: who waits for that waits no longer than for a lock. Only pages that
 * swap backs are steered: of a file's page the write would enter the reckoning of
 * that file's disk, by which the kernel throttles those who write. What remains is that
 * nr_written of /proc/vmstat counts the pages that were steered.
 *
 * Context: with preemption off, and no lock but that of a folio, which is why
 * others are only tried. On 6.1 to 6.12 the functions called take the list's lock and
 * may be called in interrupts.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
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

/* A dirty page is not moved by the kernel, or not to where it helps; one that is being written will be. */
static bool quire_steer_can(struct folio *folio)
{
	return folio_test_swapbacked(folio) && !folio_test_dirty(folio) &&
	       !folio_test_unevictable(folio) && !folio_test_writeback(folio) &&
	       quire_generation_is_last(folio);
}

static void quire_steer_one(unsigned long pfn)
{
	struct folio *folio = quire_steer_get(pfn);

	if (!folio)
		return;
	if (!quire_steer_can(folio) || !folio_trylock(folio))
		goto put;
	if (quire_steer_can(folio)) {
		folio_start_writeback(folio);
		folio_set_reclaim(folio);
		folio_unlock(folio);
		folio_end_writeback(folio);
	} else {
		folio_unlock(folio);
	}
put:
	folio_put(folio);
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
		quire_steer_one(asked->victims[i]);
}
