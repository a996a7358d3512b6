/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paging: how large page tables are, and how often a TLB hits.
 */
#ifndef QUIRE_TABLES_H
#define QUIRE_TABLES_H

#include "trace.h"

#define TABLES_ENTRY 8		/* bytes of an entry of a page table */
#define TABLES_MAX_LEVELS 6

/**
 * struct paging - one page size
 * @page_size: bytes, a power of two, at least the trace's grain
 * @pages: distinct pages used
 * @waste: bytes of these that are never used, by the trace's grain: internal fragmentation
 * @bits: bits of a page number that covers the highest address used
 */
struct paging {
	uint64_t page_size;
	uint64_t pages;
	uint64_t waste;
	unsigned int bits;
};

/**
 * paging_find() - what pages of a size a trace needs
 * @trace: the trace
 * @paging: @page_size given, the rest filled in
 *
 * Return: 0, or -1 without memory.
 */
int paging_find(const struct trace *trace, struct paging *paging);

/**
 * paging_tables() - the size of the page tables
 * @trace: the trace
 * @paging: from paging_find()
 * @levels: 1: one table from 0 to the highest page; more: a tree, with the bits of the page number divided
 *          evenly, what is over going to the top; tables without a used page are not there
 * @bytes: set; of a table that cannot be (one level beyond 2^60 entries): UINT64_MAX
 *
 * Return: 0, or -1 without memory.
 */
int paging_tables(const struct trace *trace, const struct paging *paging, unsigned int levels,
		  uint64_t *bytes);

/**
 * struct tlb - a translation look-aside buffer
 * @entries: translations it holds
 * @ways: entries of a set; the number of sets is a power of two
 * @hits: references that it had the translation for, filled in
 */
struct tlb {
	uint32_t entries;
	uint32_t ways;
	uint64_t hits;
};

/**
 * tlb_run() - run a trace through a TLB, the least recently used entry of a set going first
 * @trace: the trace
 * @page_size: bytes in a page
 * @tlb: @entries and @ways given, @hits filled in
 *
 * Time: O(ways) a reference.
 *
 * Return: 0, or -1 without memory.
 */
int tlb_run(const struct trace *trace, uint64_t page_size, struct tlb *tlb);

#endif
