// SPDX-License-Identifier: GPL-2.0
/*
 * The walk over a process' page tables: which pages have been used?
 *
 *	area -> 2 MiB pieces -> in the sample? -> entries -> accessed bit set?
 *	                                             |            |
 *	                                         page's age <- stamp: now
 *
 * The processor sets the accessed bit of an entry when it first uses it after a
 * TLB miss; the walk clears it, as reclaim does, and so knows at the next one. A
 * reference that is taken in this way is given back to reclaim, and one that
 * reclaim has taken is learnt from it: see references.c. Where a policy has been
 * put into reclaim's place it is told instead, while all is walked: of a sample, it would take
 * what is in it for hotter than the rest.
 *
 * What a page's entry says:
 *
 *	present			in memory; used if the bit is set
 *	in swap			keeps its age: it belongs to the working set even if
 *				there is no room for it
 *	nothing, of a file	the same: reclaim removes such an entry
 *	nothing, anonymous	never touched, or given back: no page
 *	zero page, device, ...	uses no memory: no page
 *
 * A huge page has one bit and one age for all its 512 pages.
 *
 * No function for this is exported, so what is inline in the kernel's headers is
 * put together here. Page tables can be freed under the mmap_lock held for
 * reading, by RCU: the entry that leads to a table is looked at again once
 * its lock is held.
 */
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "compat/walk.h"
#include "reclaim/reclaim.h"
#include "workingset/references.h"
#include "workingset/walk.h"

/* The cost of a step over what is not there, in pages. */
#define QUIRE_WALK_STEP		4

static enum quire_segment quire_vma_segment(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	struct quire_area area = {
		.file = vma->vm_file,
		.tmpfs = vma->vm_file && file_inode(vma->vm_file)->i_sb->s_magic == TMPFS_MAGIC,
		.shared = vma->vm_flags & VM_SHARED,
		.exec = vma->vm_flags & VM_EXEC,
		.heap = vma->vm_start < mm->brk && vma->vm_end > mm->start_brk,
		.stack = vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack,
	};

	return quire_segment_of(&area);
}

static void quire_count_used(struct quire_walk *walk, struct quire_piece *piece, u16 *stamp,
			     struct page *page, u32 pages)
{
	unsigned int sharers;

	quire_run_add(&walk->run, piece, walk->ticks, walk->now, stamp, pages);
	if (walk->run.stamp && walk->run.age < walk->ticks[QUIRE_WINDOW_10S]) {
		sharers = page ? quire_page_sharers(page, page_folio(page)) : 1;
		piece->share += pages * (sharers == 1 ? QUIRE_SHARE_UNIT : QUIRE_SHARE_UNIT / sharers);
	}
}

/* What is not special has a struct page: areas in which that need not be are not walked. */
static struct page *quire_pte_page(pte_t pte)
{
	return pte_special(pte) || quire_pte_devmap(pte) ? NULL : pfn_to_page(pte_pfn(pte));
}

/*
 * An accessed bit has been cleared. A policy that the page belongs to hears of it now; else reclaim
 * is to find it.
 */
static void quire_walk_took(struct quire_walk *walk, struct folio *folio)
{
	if (walk->feeds && !walk->fresh && quire_reclaim_used(folio))
		walk->fed++;
	else
		quire_reference_taken(folio, walk->text);
}

static void quire_walk_present(struct quire_walk *walk, pte_t *pte, pte_t value, u16 *stamp,
			       struct quire_piece *piece)
{
	struct page *page = quire_pte_page(value);

	if (!page)
		return;
	piece->resident++;
	if (pte_young(value) && test_and_clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)&pte->pte)) {
		quire_walk_took(walk, page_folio(page));
		walk->young++;
		*stamp = walk->fresh ? 0 : walk->now;
	} else if (!walk->fresh && quire_reference_seen(pte_pfn(value))) {
		*stamp = walk->now;
	}
	quire_count_used(walk, piece, stamp, page, 1);
}

static void quire_walk_absent(struct quire_walk *walk, pte_t value, u16 *stamp, bool file,
			      struct quire_piece *piece)
{
	swp_entry_t entry;

	if (pte_none(value)) {
		if (!file)
			*stamp = 0;
	} else {
		entry = pte_to_swp_entry(value);
		if (is_migration_entry(entry))
			piece->resident++;
		else if (!non_swap_entry(entry))
			piece->swapped++;
		else
			*stamp = 0;	/* a marker, bad memory, a device's */
	}
	quire_count_used(walk, piece, stamp, NULL, 1);
}

/*
 * A table of entries, locked. NULL if it is none any more.
 * On success RCU is held, too; quire_pte_unlock() ends both.
 */
static pte_t *quire_pte_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long address,
			     spinlock_t **lock)
{
	pmd_t value;
	pte_t *pte;

	for (;;) {
		rcu_read_lock();
		value = READ_ONCE(*pmd);
		barrier();
		if (!quire_pmd_is_table(value)) {
			rcu_read_unlock();
			return NULL;
		}
		pte = pte_offset_kernel(&value, address);
		*lock = pte_lockptr(mm, &value);
		spin_lock(*lock);
		if (pmd_val(value) == pmd_val(READ_ONCE(*pmd)))
			return pte;
		spin_unlock(*lock);
		rcu_read_unlock();
	}
}

static void quire_pte_unlock(spinlock_t *lock)
{
	spin_unlock(lock);
	rcu_read_unlock();
}

static bool quire_walk_entries(struct quire_walk *walk, struct vm_area_struct *vma, pmd_t *pmd,
			       unsigned long address, unsigned long end, struct quire_leaf *leaf,
			       struct quire_piece *piece)
{
	spinlock_t *lock;
	pte_t *pte = quire_pte_lock(walk->mm, pmd, address, &lock), value;
	unsigned int i, at;
	u16 *stamp;

	if (!pte)
		return false;
	if (leaf->huge) {	/* it has been split since */
		for (i = 1; i < QUIRE_PIECE_PAGES; i++)
			leaf->stamp[i] = leaf->stamp[0];
		leaf->huge = false;
	}
	at = (address & ~PMD_MASK) >> PAGE_SHIFT;
	for (stamp = &leaf->stamp[at]; address < end; address += PAGE_SIZE, pte++, stamp++) {
		value = READ_ONCE(*pte);
		if (pte_present(value))
			quire_walk_present(walk, pte, value, stamp, piece);
		else if (*stamp || !pte_none(value))	/* else it was never used, as most of many areas */
			quire_walk_absent(walk, value, stamp, vma->vm_file, piece);
	}
	quire_pte_unlock(lock);
	quire_run_end(&walk->run, piece, walk->ticks);
	walk->walked += stamp - &leaf->stamp[at];
	return true;
}

/* A huge page, or what of it is in the area. */
static bool quire_walk_huge(struct quire_walk *walk, pmd_t *pmd, u32 pages,
			    struct quire_leaf *leaf, struct quire_piece *piece)
{
	spinlock_t *lock = pmd_lock(walk->mm, pmd);
	pmd_t value = READ_ONCE(*pmd);
	struct page *page;
	unsigned int i;

	if (!pmd_trans_huge(value) || !pmd_present(value) || quire_pmd_devmap(value)) {
		spin_unlock(lock);
		return false;
	}
	page = pfn_to_page(pmd_pfn(value));
	if (!folio_test_lru(page_folio(page))) {	/* the huge zero page uses no memory */
		spin_unlock(lock);
		return true;
	}
	if (!leaf->huge) {	/* it has been made of small ones since */
		for (i = 1; i < QUIRE_PIECE_PAGES; i++) {
			if (quire_age(walk->now, &leaf->stamp[i]) <
			    quire_age(walk->now, &leaf->stamp[0]))
				leaf->stamp[0] = leaf->stamp[i];
		}
		leaf->huge = true;
	}
	piece->resident += pages;
	if (pmd_young(value) && test_and_clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)&pmd->pmd)) {
		quire_walk_took(walk, page_folio(page));
		walk->young += pages;
		leaf->stamp[0] = walk->fresh ? 0 : walk->now;
	} else if (!walk->fresh && quire_reference_seen(pmd_pfn(value))) {
		leaf->stamp[0] = walk->now;
	}
	quire_count_used(walk, piece, &leaf->stamp[0], page, pages);
	quire_run_end(&walk->run, piece, walk->ticks);
	spin_unlock(lock);
	walk->walked++;
	return true;
}

/* A piece: what an area has of a range with a table or a huge page. */
static void quire_walk_piece(struct quire_walk *walk, struct vm_area_struct *vma, pmd_t *pmd,
			     unsigned long address, unsigned long end, enum quire_segment segment)
{
	struct quire_stratum *stratum = &walk->stratum[segment];
	unsigned long range = address >> PMD_SHIFT;
	u32 pages = (end - address) >> PAGE_SHIFT;
	struct quire_piece piece = {};
	struct quire_leaf *leaf;
	bool huge = pmd_trans_huge(READ_ONCE(*pmd)), fresh = walk->fresh;
	unsigned int level = quire_sample_level(walk->seed, range);
	u32 since = walk->ws->since[segment][level];

	stratum->pieces++;
	walk->huge_pages += huge && pages == QUIRE_PIECE_PAGES;
	walk->budget -= QUIRE_WALK_STEP;
	if (level < walk->shift[segment])
		return;
	leaf = quire_ws_leaf(walk->ws, range);
	if (!leaf) {
		walk->lost++;
		return;
	}
	leaf->seen = walk->pass;
	WRITE_ONCE(leaf->now, walk->now);
	/* Bits of a piece that is new to the sample are from any time. */
	walk->fresh |= since == walk->tick;
	walk->budget -= huge ? 0 : pages;
	if ((huge ? quire_walk_huge(walk, pmd, pages, leaf, &piece) :
	     quire_walk_entries(walk, vma, pmd, address, end, leaf, &piece)) && since != walk->tick)
		quire_stratum_add(stratum, &piece, walk->ticks,
				  quire_sample_known(since, walk->tick, walk->tracked));
	walk->fresh = fresh;
}

/* The entry of a 2 MiB range; NULL and @next set if there is none at this place. */
static pmd_t *quire_pmd(struct mm_struct *mm, unsigned long address, unsigned long end,
			unsigned long *next)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;

	*next = pgd_addr_end(address, end);
	if (pgd_none(*pgd) || unlikely(pgd_bad(*pgd)))
		return NULL;
	p4d = p4d_offset(pgd, address);
	*next = p4d_addr_end(address, end);
	if (p4d_none(*p4d) || unlikely(p4d_bad(*p4d)))
		return NULL;
	pud = pud_offset(p4d, address);
	*next = pud_addr_end(address, end);
	if (pud_none(*pud) || pud_leaf(*pud) || unlikely(pud_bad(*pud)))
		return NULL;
	*next = pmd_addr_end(address, end);
	return pmd_offset(pud, address);
}

/* An area, from @address on. Returns where it stopped. */
static unsigned long quire_walk_area(struct quire_walk *walk, struct vm_area_struct *vma,
				     unsigned long address)
{
	enum quire_segment segment = quire_vma_segment(vma);
	unsigned long next;
	pmd_t *pmd;

	walk->text = vma->vm_flags & VM_EXEC;
	for (; address < vma->vm_end && walk->budget > 0; address = next) {
		pmd = quire_pmd(walk->mm, address, vma->vm_end, &next);
		if (pmd && !pmd_none(READ_ONCE(*pmd)))
			quire_walk_piece(walk, vma, pmd, address, next, segment);
		else
			walk->budget -= 1;
	}
	return address;
}

/**
 * quire_walk_batch - walk some pages
 * @walk:	the walk
 * @address:	where to go on
 *
 * Areas of devices and of hugetlb have no pages here.
 *
 * Context: process, mmap_lock of the memory held for reading; takes locks of page
 * tables, does not sleep. About QUIRE_WALK_BATCH pages.
 * Return: where to go on, or 0 at the end.
 */
unsigned long quire_walk_batch(struct quire_walk *walk, unsigned long address)
{
	VMA_ITERATOR(vmi, walk->mm, address);
	struct vm_area_struct *vma;

	walk->budget = QUIRE_WALK_BATCH;
	for_each_vma(vmi, vma) {
		walk->budget -= QUIRE_WALK_STEP;
		address = max(address, vma->vm_start);
		if (vma->vm_flags & (VM_PFNMAP | VM_IO | VM_HUGETLB))
			address = vma->vm_end;
		else
			address = quire_walk_area(walk, vma, address);
		if (walk->budget <= 0)
			return address;
	}
	return 0;
}
