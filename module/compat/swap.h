/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading from and writing to swap.
 *
 * The functions that read and write a swap page change their names and take a
 * page or a folio; a folio's first page is at the folio's own address. The swap
 * entry is in the private field, to which later kernels gave another name.
 */
#ifndef QUIRE_COMPAT_SWAP_H
#define QUIRE_COMPAT_SWAP_H

#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#define QUIRE_SWAP_READ		"swap_readpage", "swap_read_folio"
#define QUIRE_SWAP_WRITE	"swap_writepage", "swap_writeout"

static inline struct folio *quire_swap_arg(unsigned long arg)
{
	return page_folio((struct page *)arg);
}

static inline unsigned int quire_folio_swap_type(struct folio *folio)
{
	return swp_type((swp_entry_t){ .val = page_private(&folio->page) });
}

static inline unsigned long quire_folio_swap_slot(struct folio *folio)
{
	return swp_offset((swp_entry_t){ .val = page_private(&folio->page) });
}

/*
 * The contents of the device or file that a folio is swapped to, which a folio
 * that is read or written keeps from being switched off.
 */
static inline struct address_space *quire_folio_swap_mapping(struct folio *folio)
{
	return swapcache_mapping(folio);
}

#endif
