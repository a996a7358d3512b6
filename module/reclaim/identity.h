/* SPDX-License-Identifier: GPL-2.0 */
/*
 * By what an evicted page is known again when it comes back.
 */
#ifndef QUIRE_RECLAIM_IDENTITY_H
#define QUIRE_RECLAIM_IDENTITY_H

#include <linux/mm.h>
#include <linux/pagemap.h>

struct ftrace_regs;

/* Of a slot of swap, by its swp_entry_t. */
static inline u64 quire_identity_of_slot(u64 entry)
{
	return entry * 2 + 1;
}

/**
 * quire_identity - what a page would come back as: its place in a file, or its slot of swap
 * @folio:	the page; locked, or isolated, or about to be put into the cache
 *
 * Return: it; 0 if it has neither.
 */
static inline u64 quire_identity(struct folio *folio)
{
	u64 id;

	if (folio_test_swapcache(folio))
		return quire_identity_of_slot(page_private(&folio->page));
	if (folio_test_anon(folio) || !folio->mapping)
		return 0;
	id = ((u64)(unsigned long)folio->mapping ^ folio->index * 0x9e3779b97f4a7c15ull) & ~1ull;
	return id ?: 2;
}

void quire_on_slot(struct ftrace_regs *regs);
u64 quire_identity_back(struct folio *folio);

#endif
