// SPDX-License-Identifier: GPL-2.0
/*
 * What the generations of MGLRU say of a page.
 *
 * MGLRU walks page tables by itself. A page that it finds to be used it puts into the youngest generation, and
 * does not propose: nobody asks folio_referenced() about it. But the generation stands in the folio's flags.
 *
 *	oldest [ proposed <- tail ]  [ ]  [ ]  [ youngest: came in by a fault, was found to be used, was kept ]
 *
 * It changes for other reasons, too. What comes in or is kept is noted as being where the kernel has put it
 * (quire_tag_note()). What was in the oldest generation when that ended is in the next one, which
 * is now the oldest: so the oldest tells nothing. A page under writeback is put where it may wait.
 *
 * Generations are numbered on and on; in the flags stands the remainder of four, of which there are no more
 * at a time. With the classic lists, or without MGLRU in the kernel, all of this says -1.
 *
 * Context: with preemption off, which keeps the page's cgroup; the page may be going.
 */
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmzone.h>
#include "reclaim/generation.h"

#ifdef CONFIG_LRU_GEN

static const struct lruvec *quire_lruvec_of(struct folio *folio)
{
	const struct mem_cgroup *memcg = folio_memcg(folio);
	const struct lruvec *lruvec = memcg ? &memcg->nodeinfo[folio_nid(folio)]->lruvec : NULL;

	return lruvec && READ_ONCE(lruvec->lrugen.enabled) ? lruvec : NULL;
}

/** quire_generation_of - the generation that a page is in, 0 to 3, or -1 if it is in none. */
int quire_generation_of(struct folio *folio)
{
	return folio_lru_gen(folio);
}

/** quire_generation_of_kept - the generation that a page is put into which reclaim has and keeps, or -1. */
int quire_generation_of_kept(struct folio *folio)
{
	const struct lruvec *lruvec = quire_lruvec_of(folio);

	return lruvec ? lru_gen_from_seq(READ_ONCE(lruvec->lrugen.max_seq)) : -1;
}

/**
 * quire_generation_by_use - the generation of a page, if it can be in it since it was used
 * @pfn:	the page, which a pool has: its memory is there
 *
 * Context: see above; under a pool's lock.
 * Return: 0 to 3, or -1.
 */
int quire_generation_by_use(unsigned long pfn)
{
	struct folio *folio = page_folio(pfn_to_page(pfn));
	int generation = folio_lru_gen(folio);
	const struct lruvec *lruvec;

	if (generation < 0 || !folio_test_lru(folio) || folio_test_writeback(folio) || folio_test_reclaim(folio))
		return -1;
	lruvec = quire_lruvec_of(folio);
	if (!lruvec || generation == lru_gen_from_seq(READ_ONCE(lruvec->lrugen.min_seq[folio_is_file_lru(folio)])))
		return -1;
	return generation;
}

/**
 * quire_generation_number - the number of a generation, of which the flags have the remainder
 * @folio:	a page that is in it, or will be
 * @generation:	0 to 3
 */
unsigned long quire_generation_number(struct folio *folio, unsigned int generation)
{
	const struct lruvec *lruvec = quire_lruvec_of(folio);
	unsigned long youngest = lruvec ? READ_ONCE(lruvec->lrugen.max_seq) : 0;

	return youngest - (youngest - generation) % MAX_NR_GENS;
}

/**
 * quire_generation_ended - when did the generation end in which a page was that reclaim proposes?
 * @folio:	it is proposed, so it was in the oldest generation until just now
 * @number:	set to the number of that
 * @ended:	set to when it ended, in jiffies: MGLRU has not found the page to be used since
 *
 * A generation that ends just as reclaim takes its last pages is mistaken for the next one.
 *
 * Return: false if there are no generations.
 */
bool quire_generation_ended(struct folio *folio, unsigned long *number, u32 *ended)
{
	const struct lruvec *lruvec = quire_lruvec_of(folio);

	if (!lruvec)
		return false;
	*number = READ_ONCE(lruvec->lrugen.min_seq[folio_is_file_lru(folio)]);
	*ended = READ_ONCE(lruvec->lrugen.timestamps[lru_gen_from_seq(*number + 1)]);
	return true;
}

/**
 * quire_generation_is_last - is a page proposed next once a write of it for reclaim has ended?
 * @folio:	a page that swap backs
 *
 * Of the classic lists it is put to the tail that reclaim looks at, and so by MGLRU if it has a slot of swap. If it
 * has none it comes into the second youngest generation, which is the oldest where there are two.
 */
bool quire_generation_is_last(struct folio *folio)
{
	const struct lruvec *lruvec;

	if (!folio_test_anon(folio) || folio_test_swapcache(folio))
		return true;
	lruvec = quire_lruvec_of(folio);
	return !lruvec ||
	       READ_ONCE(lruvec->lrugen.min_seq[LRU_GEN_ANON]) + 1 >= READ_ONCE(lruvec->lrugen.max_seq);
}

/** quire_generation_pages - how many pages of a kind a cgroup has in its generations, on one node. */
unsigned long quire_generation_pages(const struct lruvec *lruvec, bool file)
{
	unsigned int gen, zone;
	long pages = 0;

	for (gen = 0; gen < MAX_NR_GENS; gen++) {
		for (zone = 0; zone < MAX_NR_ZONES; zone++)
			pages += READ_ONCE(lruvec->lrugen.nr_pages[gen][file][zone]);
	}
	return max(pages, 0l);
}

#else

int quire_generation_of(struct folio *folio)
{
	return -1;
}

int quire_generation_of_kept(struct folio *folio)
{
	return -1;
}

int quire_generation_by_use(unsigned long pfn)
{
	return -1;
}

unsigned long quire_generation_number(struct folio *folio, unsigned int generation)
{
	return 0;
}

bool quire_generation_ended(struct folio *folio, unsigned long *number, u32 *ended)
{
	return false;
}

bool quire_generation_is_last(struct folio *folio)
{
	return true;
}

unsigned long quire_generation_pages(const struct lruvec *lruvec, bool file)
{
	return 0;
}

#endif
