// SPDX-License-Identifier: GPL-2.0
/*
 * Denning's working set: a page enters with a reference when it was not in the window, and leaves when the
 * reference that leaves the window was its last.
 */
#include <stdlib.h>

#include "working_set.h"

int working_set(const struct quire_trace *refs, struct working_set *set)
{
	uint64_t *last = calloc(refs->pages + 1UL, sizeof(*last));	/* counted from 1 */
	uint64_t sum = 0, missing = 0;
	uint32_t size = 0;

	if (!last)
		return -1;
	set->max = 0;
	for (uint64_t t = 1; t <= refs->requests; t++) {
		uint32_t page = refs->page[t - 1];
		bool within = last[page] && t - last[page] <= set->tau;

		missing += !within;
		/* A page that left the window was taken off when it did. */
		size += !within;
		last[page] = t;
		if (t > set->tau && last[refs->page[t - set->tau - 1]] == t - set->tau)
			size--;
		sum += size;
		if (size > set->max)
			set->max = size;
	}
	set->mean = (double)sum / refs->requests;
	set->missing = (double)missing / refs->requests;
	free(last);
	return 0;
}
