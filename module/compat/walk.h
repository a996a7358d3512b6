/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What page tables and the pages that they map look like.
 *
 * Device memory mapped by a page table entry had a bit of its own up to 6.16.
 * Page flags that keep what is taken out of page tables (young, idle) are there
 * only if the kernel was configured for them.
 */
#ifndef QUIRE_COMPAT_WALK_H
#define QUIRE_COMPAT_WALK_H

#include <linux/mm.h>
#include <linux/page_idle.h>
#include <linux/pgtable.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define quire_pte_devmap(pte)	pte_devmap(pte)
#define quire_pmd_devmap(pmd)	pmd_devmap(pmd)
#else
#define quire_pte_devmap(pte)	false
#define quire_pmd_devmap(pmd)	false
#endif

/* Whether an entry holds the address of a last table, of pages of 4 KiB. */
static inline bool quire_pmd_is_table(pmd_t pmd)
{
	return !pmd_none(pmd) && pmd_present(pmd) && !pmd_trans_huge(pmd) &&
	       !quire_pmd_devmap(pmd) && !pmd_bad(pmd);
}

/* Whether the kernel itself remembers what folio_set_young() is told. */
#define QUIRE_KERNEL_KEEPS_YOUNG IS_ENABLED(CONFIG_PAGE_IDLE_FLAG)

/* How many page tables map a page. Its table is locked. */
static inline unsigned int quire_page_sharers(struct page *page, struct folio *folio)
{
	int mapped;

	if (!folio_test_large(folio))
		mapped = atomic_read(&page->_mapcount) + 1;
	else
		mapped = atomic_read(&page->_mapcount) + 1 + folio_entire_mapcount(folio);
	return mapped > 1 ? mapped : 1;
}

static inline unsigned long quire_mm_hugetlb_pages(struct mm_struct *mm)
{
#ifdef CONFIG_HUGETLB_PAGE
	return atomic_long_read(&mm->hugetlb_usage);
#else
	return 0;
#endif
}

#endif
