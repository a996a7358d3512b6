// SPDX-License-Identifier: GPL-2.0
/*
 * Paging: page tables and TLBs.
 */
#include <stdlib.h>
#include <string.h>

#include "tables.h"

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* log2 of how many of the trace's pages are one page of @page_size. */
static unsigned int shift_of(const struct trace *trace, uint64_t page_size)
{
	return __builtin_ctzll(page_size) - __builtin_ctzll(trace->page_size);
}

/* The distinct pages used, ascending, to be freed; *count is set. */
static uint64_t *used_pages(const struct trace *trace, uint64_t page_size, uint64_t *count)
{
	uint64_t *pages = malloc(trace->refs.pages * sizeof(*pages));
	unsigned int shift = shift_of(trace, page_size);
	uint64_t kept = 0;

	if (!pages)
		return NULL;
	for (uint32_t i = 0; i < trace->refs.pages; i++)
		pages[i] = trace->raw[i + 1] >> shift;
	qsort(pages, trace->refs.pages, sizeof(*pages), ascending);
	for (uint32_t i = 0; i < trace->refs.pages; i++)
		if (!kept || pages[i] != pages[kept - 1])
			pages[kept++] = pages[i];
	*count = kept;
	return pages;
}

int paging_find(const struct trace *trace, struct paging *paging)
{
	uint64_t *pages = used_pages(trace, paging->page_size, &paging->pages);
	uint64_t highest;

	if (!pages)
		return -1;
	highest = pages[paging->pages - 1];
	paging->waste = paging->pages * paging->page_size - trace->refs.pages * trace->page_size;
	paging->bits = highest ? 64 - __builtin_clzll(highest) : 1;
	free(pages);
	return 0;
}

int paging_tables(const struct trace *trace, const struct paging *paging, unsigned int levels,
		  uint64_t *bytes)
{
	unsigned int each = paging->bits / levels, top = paging->bits - each * (levels - 1);
	uint64_t count, *pages;

	if (levels == 1) {
		*bytes = paging->bits > 60 ? UINT64_MAX : (uint64_t)TABLES_ENTRY << paging->bits;
		return 0;
	}
	pages = used_pages(trace, paging->page_size, &count);
	if (!pages)
		return -1;
	/* The top table, and below it one for each different start of a page number. */
	*bytes = (uint64_t)TABLES_ENTRY << top;
	for (unsigned int level = 1; level < levels; level++) {
		unsigned int below = each * (levels - level);
		uint64_t tables = 0;

		for (uint64_t i = 0; i < count; i++)
			tables += !i || pages[i] >> below != pages[i - 1] >> below;
		*bytes += tables * ((uint64_t)TABLES_ENTRY << each);
	}
	free(pages);
	return 0;
}

int tlb_run(const struct trace *trace, uint64_t page_size, struct tlb *tlb)
{
	uint32_t sets = tlb->entries / tlb->ways;
	unsigned int shift = shift_of(trace, page_size);
	/* Each set from the most to the least recently used. A page number plus 1; 0: free. */
	uint64_t *entry = calloc(tlb->entries, sizeof(*entry));

	if (!entry)
		return -1;
	tlb->hits = 0;
	for (uint64_t i = 0; i < trace->refs.requests; i++) {
		uint64_t page = trace->raw[trace->refs.page[i]] >> shift;
		uint64_t *set = &entry[(page & (sets - 1)) * tlb->ways];
		uint32_t way = 0;

		while (way < tlb->ways - 1 && set[way] != page + 1)
			way++;
		tlb->hits += set[way] == page + 1;
		memmove(set + 1, set, way * sizeof(*set));
		set[0] = page + 1;
	}
	free(entry);
	return 0;
}
