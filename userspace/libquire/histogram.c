// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms: for each name buckets with bounds, in order.
 */
#include <errno.h>
#include <string.h>

#include "line.h"

enum { FROM, BELOW, COUNT };

static int check_rows(const struct quire_table *table, const char *what, struct quire_error *error)
{
	for (size_t i = 0; i < table->rows; i++) {
		const uint64_t *cell = &table->cell[i * table->columns];

		if (cell[FROM] == QUIRE_NONE || cell[COUNT] == QUIRE_NONE || cell[FROM] >= cell[BELOW])
			return quire_fail(error, -EBADMSG, "%s, line %zu: no bucket", what, i + 2);
		if (i && !strcmp(table->label[i], table->label[i - 1])) {
			if (cell[FROM] < cell[BELOW - 3])
				return quire_fail(error, -EBADMSG, "%s, line %zu: buckets overlap", what,
						  i + 2);
			continue;
		}
		for (size_t j = 0; j < i; j++)
			if (!strcmp(table->label[i], table->label[j]))
				return quire_fail(error, -EBADMSG, "%s, line %zu: %s is there twice",
						  what, i + 2, table->label[i]);
	}
	return 0;
}

static int starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

int quire_histogram_parse(struct quire_table *table, const char *what, const char *text, size_t size,
			  struct quire_error *error)
{
	int err = quire_table_parse(table, QUIRE_NAMED, what, text, size, error);

	if (err)
		return err;
	if (table->columns != 3 || !starts_with(table->column[FROM], "from_") ||
	    !starts_with(table->column[BELOW], "below_"))
		err = quire_fail(error, -EBADMSG, "%s has no columns from, below and a count", what);
	else if (table->rows > QUIRE_LINES_MAX)
		err = quire_fail(error, -EBADMSG, "%s has more than %d lines", what, QUIRE_LINES_MAX);
	else
		err = check_rows(table, what, error);
	if (err)
		quire_table_free(table);
	return err;
}

/* What came into a bucket since an earlier reading. */
static uint64_t bucket_since(const struct quire_table *now, size_t row,
			     const struct quire_table *before)
{
	const uint64_t *cell = &now->cell[row * now->columns];

	for (size_t i = 0; before && i < before->rows; i++)
		if (!strcmp(before->label[i], now->label[row]) &&
		    before->cell[i * before->columns + FROM] == cell[FROM])
			return quire_since(cell[COUNT], before->cell[i * before->columns + COUNT]);
	return cell[COUNT];
}

uint64_t quire_histogram_count(const struct quire_table *now, const struct quire_table *before,
			       const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < now->rows; i++)
		if (!strcmp(now->label[i], name) &&
		    __builtin_add_overflow(sum, bucket_since(now, i, before), &sum))
			return QUIRE_NONE;
	return sum;
}

uint64_t quire_histogram_below(const struct quire_table *now, const struct quire_table *before,
			       const char *name, double share)
{
	double wanted = share * quire_histogram_count(now, before, name), seen = 0;

	for (size_t i = 0; wanted > 0 && i < now->rows; i++) {
		if (strcmp(now->label[i], name))
			continue;
		seen += bucket_since(now, i, before);
		if (seen >= wanted)
			return now->cell[i * now->columns + BELOW];
	}
	return QUIRE_NONE;
}
