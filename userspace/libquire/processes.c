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

/* A process in the earlier reading. */
struct earlier {
	uint64_t pid;
	uint64_t age;	/* ms since it exited, QUIRE_NONE while it lives */
	size_t row;
	int taken;
};

static int compare(const void *a, const void *b)
{
	const struct earlier *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
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

/* The first process with a PID; they are sorted. */
static struct earlier *find(struct earlier *list, size_t count, uint64_t pid)
{
	size_t low = 0;

	while (count) {
		if (list[low + count / 2].pid < pid) {
			low += count / 2 + 1;
			count -= count / 2 + 1;
		} else {
			count /= 2;
		}
	}
	return &list[low];
}

/* Whether a row shows a process that was dead in the earlier reading, in which it then is the same. */
static int was_dead(const struct quire_table *now, size_t row, uint64_t age,
		    const struct quire_table *before, const struct earlier *old)
{
	return age != QUIRE_NONE && old->age != QUIRE_NONE && age >= old->age &&
	       can_follow(before, old->row, now, row) && can_follow(now, row, before, old->row);
}

static size_t match_row(const struct quire_table *now, size_t row, uint64_t age,
			const struct quire_table *before, struct earlier *old, struct earlier *end,
			uint64_t elapsed_ms)
{
	uint64_t pid = quire_cell(now, row, quire_column(now, "pid"));

	for (struct earlier *i = old; i < end && i->pid == pid; i++)
		if (!i->taken && was_dead(now, row, age, before, i)) {
			i->taken = 1;
			return QUIRE_GONE;
		}
	if (age != QUIRE_NONE && age > elapsed_ms + SLACK_MS)
		return QUIRE_GONE;
	/* Rows are in the order of birth, so the first that fits is the one that lived before. */
	for (; old < end && old->pid == pid; old++) {
		if (old->age == QUIRE_NONE && !old->taken && can_follow(before, old->row, now, row)) {
			old->taken = 1;
			return old->row;
		}
	}
	return QUIRE_BORN;
}

int quire_processes_match(const struct quire_table *now, const struct quire_table *before,
			  uint64_t elapsed_ms, size_t *row)
{
	int pid = quire_column(now, "pid"), exited = quire_column(now, "exited_ms");
	int old_pid = quire_column(before, "pid"), old_exited = quire_column(before, "exited_ms");
	struct earlier *list = calloc(before->rows + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < before->rows; i++)
		list[i] = (struct earlier){ quire_cell(before, i, old_pid),
					    quire_cell(before, i, old_exited), i, 0 };
	qsort(list, before->rows, sizeof(*list), compare);
	for (size_t i = 0; i < now->rows; i++)
		row[i] = match_row(now, i, quire_cell(now, i, exited), before,
				   find(list, before->rows, quire_cell(now, i, pid)),
				   list + before->rows, elapsed_ms);
	free(list);
	return 0;
}
