// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes of memory as typed: "1000,100k,25%,64MiB". Bytes end in iB, since k and M alone mean thousands
 * and millions of whatever is counted everywhere else.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_trace.h"
#include "sim_sizes.h"

#define CURVE_POINTS 64

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sort and drop doubles; how many are left. */
static int tidy(uint32_t *sizes, int count)
{
	int kept = 0;

	qsort(sizes, count, sizeof(*sizes), ascending);
	for (int i = 0; i < count; i++)
		if (!kept || sizes[i] != sizes[kept - 1])
			sizes[kept++] = sizes[i];
	return kept;
}

static int parse_one(const char *text, uint64_t pages, uint64_t page_size, uint32_t *frames)
{
	uint64_t value;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	if (strchr(text, '%')) {
		double share = strtod(text, &end);

		if (strcmp(end, "%") || !(share > 0 && share <= 1000))
			return -1;
		value = ceil(share * pages / 100);
	} else if (strstr(text, "iB")) {
		if (parse_size(text, &value))
			return -1;
		value /= page_size;
	} else if (parse_count(text, &value)) {
		return -1;
	}
	if (!value || value > UINT32_MAX - 2)
		return -1;
	*frames = value;
	return 0;
}

int sizes_parse(const char *text, uint64_t pages, uint64_t page_size, uint32_t **sizes)
{
	char *copy = strdup(text), *rest = copy, *word;
	int count = 0;

	*sizes = copy ? calloc(strlen(text) + 1, sizeof(**sizes)) : NULL;
	if (!*sizes) {
		free(copy);
		return -2;
	}
	while ((word = strsep(&rest, ","))) {
		if (parse_one(word, pages, page_size, &(*sizes)[count++])) {
			free(*sizes);
			*sizes = NULL;
			free(copy);
			return -1;
		}
	}
	free(copy);
	return tidy(*sizes, count);
}

int sizes_curve(uint64_t pages, uint32_t **sizes)
{
	*sizes = calloc(CURVE_POINTS, sizeof(**sizes));
	if (!*sizes)
		return -2;
	for (int i = 0; i < CURVE_POINTS; i++)
		(*sizes)[i] = round(pow(pages, i / (CURVE_POINTS - 1.0)));
	return tidy(*sizes, CURVE_POINTS);
}
