/* SPDX-License-Identifier: GPL-2.0 */
/*
 * By what an evicted page is known again when it comes back.
 */
#ifndef QUIRE_RECLAIM_IDENTITY_H
#define QUIRE_RECLAIM_IDENTITY_H

#include <linux/mm.h>
#include <linux/pagemap.h>

/**
 * quire_identity - what a page would come back as: its place in a file, or its slot of swap
 * @folio:	the page; locked, or isolated, or about to be put into the cache
 *
 * Return: it; 0 for a page that is read from memory-like swap past the swap cache, where its
 * slot is not yet in it.
 */
static inline u64 quire_identity(struct folio *folio)
{
	u64 id;

	if (folio_test_swapcache(folio))
		return (u64)page_private(&folio->page) * 2 + 1;
	if (folio_test_anon(folio))
		return 0;
	id = ((u64)(unsigned long)folio->mapping ^ folio->index * 0x9e3779b97f4a7c15ull) & ~1ull;
	return id ?: 2;
}

#endif
