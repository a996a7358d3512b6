// SPDX-License-Identifier: GPL-2.0
/*
 * Large arrays in huge pages, aligned so that they can be. Small ones are malloc's.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "big.h"

#define HUGE_PAGE (2UL << 20)

/* Before each array. */
struct header {
	size_t bytes;		/* of the array */
	size_t mapped;		/* with this header; 0: from malloc */
} __attribute__((aligned(64)));

/* Map @bytes, a multiple of HUGE_PAGE, aligned to it. */
static void *map_aligned(size_t bytes)
{
	char *map = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (map == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)map & (HUGE_PAGE - 1);
	if (before)
		munmap(map, before);
	if (before < HUGE_PAGE)
		munmap(map + before + bytes, HUGE_PAGE - before);
	madvise(map + before, bytes, MADV_HUGEPAGE);
	return map + before;
}

void *big_alloc(size_t bytes)
{
	size_t all = bytes + sizeof(struct header);
	struct header *header;

	if (all < HUGE_PAGE) {
		header = aligned_alloc(64, (all + 63) & ~63UL);
		if (!header)
			return NULL;
		memset(header, 0, all);
	} else {
		all = (all + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
		header = map_aligned(all);
		if (!header)
			return NULL;
		header->mapped = all;
	}
	header->bytes = bytes;
	return header + 1;
}

void *big_grow(void *old, size_t bytes)
{
	void *array = big_alloc(bytes);
	size_t before;

	if (!array || !old)
		return array;
	before = ((struct header *)old)[-1].bytes;
	memcpy(array, old, before < bytes ? before : bytes);
	big_free(old);
	return array;
}

void big_free(const void *array)
{
	struct header *header;

	if (!array)
		return;
	header = (struct header *)array - 1;
	if (header->mapped)
		munmap(header, header->mapped);
	else
		free(header);
}
