// SPDX-License-Identifier: GPL-2.0
/*
 * The table of processes, and the same process in two readings of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

/* Columns that are no counts: they may shrink. */
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

/* Two readings, and for each count of the later one its column in the earlier one, or -1. */
struct readings {
	const struct quire_table *now;
	const struct quire_table *before;
	uint64_t elapsed_ms;
	int column[QUIRE_COLUMNS_MAX];
};

/* Whether the rows have the same counts, or if @grown, may have grown since. */
static int agree(const struct readings *r, size_t new, size_t old, int grown)
{
	for (size_t i = 0; i < r->now->columns; i++) {
		uint64_t is = quire_cell(r->now, new, i);
		uint64_t was = quire_cell(r->before, old, r->column[i]);

		if (is != QUIRE_NONE && was != QUIRE_NONE && (grown ? is < was : is != was))
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

static size_t match_row(const struct readings *r, size_t row, uint64_t age, struct earlier *old,
			struct earlier *end)
{
	uint64_t pid = old->pid;

	/* One that was dead already is the same but for its age. */
	for (struct earlier *i = old; age != QUIRE_NONE && i < end && i->pid == pid; i++) {
		if (i->age != QUIRE_NONE && !i->taken && age >= i->age && agree(r, row, i->row, 0)) {
			i->taken = 1;
			return QUIRE_GONE;
		}
	}
	if (age != QUIRE_NONE && age > r->elapsed_ms + SLACK_MS)
		return QUIRE_GONE;
	/* Rows are in the order of birth, so the first that fits is the one that lived before. */
	for (; old < end && old->pid == pid; old++) {
		if (old->age == QUIRE_NONE && !old->taken && agree(r, row, old->row, 1)) {
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
	struct earlier *list = calloc(before->rows + 1, sizeof(*list)), *end;
	struct readings r = { .now = now, .before = before, .elapsed_ms = elapsed_ms };

	if (!list)
		return -ENOMEM;
	end = list + before->rows;
	for (size_t i = 0; i < now->columns; i++)
		r.column[i] = IS_LEVEL(now->column[i]) ? -1 : quire_column(before, now->column[i]);
	for (size_t i = 0; i < before->rows; i++)
		list[i] = (struct earlier){ quire_cell(before, i, old_pid),
					    quire_cell(before, i, old_exited), i, 0 };
	qsort(list, before->rows, sizeof(*list), compare);
	for (size_t i = 0; i < now->rows; i++) {
		uint64_t age = quire_cell(now, i, exited);
		struct earlier *old = find(list, before->rows, quire_cell(now, i, pid));

		if (old < end && old->pid == quire_cell(now, i, pid))
			row[i] = match_row(&r, i, age, old, end);
		else
			row[i] = age != QUIRE_NONE && age > elapsed_ms + SLACK_MS ? QUIRE_GONE : QUIRE_BORN;
	}
	free(list);
	return 0;
}
