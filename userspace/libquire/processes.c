// SPDX-License-Identifier: GPL-2.0
/*
 * The table of processes, and the same process in two readings of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

/* Counts that a process itself never takes back. */
#define IS_LEVEL(name) \
	(!strcmp(name, "uid") || !strcmp(name, "exited_ms") || !strcmp(name, "resident_pages") || \
	 !strcmp(name, "swapped_pages"))

/* Readings are not taken in an instant: how much the age of an exit may be off. */
#define SLACK_MS 100

int quire_processes_parse(struct quire_table *table, const char *text, size_t size,
			  struct quire_error *error)
{
	int err, pid, uid;

	err = quire_table_parse(table, QUIRE_COMMANDS, "processes", text, size, error);
	if (err)
		return err;
	pid = quire_column(table, "pid");
	uid = quire_column(table, "uid");
	if (pid < 0 || uid < 0 || quire_column(table, "exited_ms") < 0)
		err = quire_fail(error, -EBADMSG, "processes has no column pid, uid or exited_ms");
	for (size_t i = 0; !err && i < table->rows; i++)
		if (quire_cell(table, i, pid) == QUIRE_NONE || quire_cell(table, i, uid) == QUIRE_NONE)
			err = quire_fail(error, -EBADMSG, "processes, line %zu: no pid or no uid", i + 2);
	if (err)
		quire_table_free(table);
	return err;
}

/* A process that lived in the earlier reading. */
struct living {
	uint64_t pid;
	size_t row;
	int taken;
};

static int compare(const void *a, const void *b)
{
	const struct living *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Whether the second row can be a later state of the first: columns are looked up by name. */
static int can_follow(const struct quire_table *before, size_t old, const struct quire_table *now,
		      size_t new)
{
	for (size_t i = 0; i < now->columns; i++) {
		uint64_t was, is = quire_cell(now, new, i);

		if (IS_LEVEL(now->column[i]))
			continue;
		was = quire_cell(before, old, quire_column(before, now->column[i]));
		if (was != QUIRE_NONE && is != QUIRE_NONE && is < was)
			return 0;
	}
	return 1;
}

int quire_processes_match(const struct quire_table *now, const struct quire_table *before,
			  uint64_t elapsed_ms, size_t *row)
{
	int pid = quire_column(now, "pid"), exited = quire_column(now, "exited_ms");
	int old_pid = quire_column(before, "pid"), old_exited = quire_column(before, "exited_ms");
	struct living *living = calloc(before->rows + 1, sizeof(*living)), *found;
	size_t count = 0;

	if (!living)
		return -ENOMEM;
	for (size_t i = 0; i < before->rows; i++)
		if (quire_cell(before, i, old_exited) == QUIRE_NONE)
			living[count++] = (struct living){ quire_cell(before, i, old_pid), i, 0 };
	qsort(living, count, sizeof(*living), compare);

	/* Rows are in the order of birth, so the first that fits is the one that lived before. */
	for (size_t i = 0; i < now->rows; i++) {
		uint64_t age = quire_cell(now, i, exited);
		struct living key = { .pid = quire_cell(now, i, pid) };

		if (age != QUIRE_NONE && age > elapsed_ms + SLACK_MS) {
			row[i] = QUIRE_GONE;
			continue;
		}
		found = bsearch(&key, living, count, sizeof(*living), compare);
		if (found && !found->taken && can_follow(before, found->row, now, i)) {
			found->taken = 1;
			row[i] = found->row;
		} else {
			row[i] = QUIRE_BORN;
		}
	}
	free(living);
	return 0;
}
