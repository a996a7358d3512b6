// SPDX-License-Identifier: GPL-2.0
/*
 * The grid of address and time. A row is 2^shift bytes, a column is some seconds; when there are too many of
 * either, neighbours are joined two by two: what was added up stays added up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat.h"

#define ADDRESS_BITS 57

int heat_init(struct heat *heat, double step)
{
	*heat = (struct heat){ .shift = HEAT_SLICE_SHIFT, .step = step };
	/* A reading may bring a range, of as many rows as it has slices, before rows are joined. */
	heat->row = calloc(HEAT_ROWS_MAX + HEAT_SLICES, sizeof(*heat->row));
	return heat->row ? 0 : -ENOMEM;
}

int heat_process(struct heat *heat, uint64_t pid, const char *command)
{
	int i;

	for (i = 0; i < heat->processes; i++)
		if (heat->process[i].pid == pid)
			return i;
	if (i == HEAT_PROCESSES_MAX)
		return -1;
	heat->process[i].pid = pid;
	snprintf(heat->process[i].command, sizeof(heat->process[i].command), "%s", command);
	return heat->processes++;
}

/* Join each two columns. */
static void join_columns(struct heat *heat)
{
	for (int i = 0; i < heat->rows; i++) {
		struct heat_cell *cell = heat->row[i]->cell;

		for (int j = 0; j < HEAT_COLUMNS_MAX; j++) {
			struct heat_cell from = cell[j];

			cell[j] = (struct heat_cell){ 0, 0 };
			cell[j / 2].known += from.known;
			cell[j / 2].used += from.used;
		}
	}
	heat->columns = (heat->columns + 1) / 2;
	heat->step *= 2;
}

/* Join rows of the same two blocks. */
static void join_rows(struct heat *heat)
{
	int rows = 0;

	heat->shift++;
	for (int i = 0; i < heat->rows; i++) {
		struct heat_row *row = heat->row[i], *last = rows ? heat->row[rows - 1] : NULL;

		row->block >>= 1;
		if (!last || last->process != row->process || last->block != row->block) {
			heat->row[rows++] = row;
			continue;
		}
		for (int j = 0; j < heat->columns; j++) {
			last->cell[j].known += row->cell[j].known;
			last->cell[j].used += row->cell[j].used;
		}
		free(row);
	}
	heat->rows = rows;
}

void heat_fit(struct heat *heat, int rows, int columns)
{
	while (heat->rows > rows && heat->shift < ADDRESS_BITS)
		join_rows(heat);
	while (heat->columns > columns && heat->columns > 1)
		join_columns(heat);
}

/* The row of a block, made if there is none; NULL without memory. */
static struct heat_row *find_row(struct heat *heat, int process, uint64_t block)
{
	struct heat_row *row;
	int low = 0, high = heat->rows;

	while (low < high) {
		int middle = (low + high) / 2;

		row = heat->row[middle];
		if (row->process == process && row->block == block)
			return row;
		if (row->process < process || (row->process == process && row->block < block))
			low = middle + 1;
		else
			high = middle;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->process = process;
	row->block = block;
	memmove(heat->row + low + 1, heat->row + low, (heat->rows - low) * sizeof(*heat->row));
	heat->row[low] = row;
	heat->rows++;
	return row;
}

/* The column of a time, which is not before that of the first. */
static int find_column(struct heat *heat, double time)
{
	int column;

	if (!heat->columns)
		heat->first = time;
	if (time < heat->first)
		time = heat->first;
	while ((time - heat->first) / heat->step >= HEAT_COLUMNS_MAX)
		join_columns(heat);
	column = (time - heat->first) / heat->step;
	if (column >= heat->columns)
		heat->columns = column + 1;
	return column;
}

int heat_add(struct heat *heat, double time, int process, uint64_t address, const uint64_t *known,
	     const uint64_t *used)
{
	int column = find_column(heat, time);

	for (int i = 0; i < HEAT_SLICES; i++) {
		uint64_t slice = address + ((uint64_t)i << HEAT_SLICE_SHIFT);
		struct heat_row *row;

		if (!known[i])
			continue;
		row = find_row(heat, process, slice >> heat->shift);
		if (!row)
			return -ENOMEM;
		row->cell[column].known += known[i];
		row->cell[column].used += used[i];
	}
	heat_fit(heat, HEAT_ROWS_MAX, HEAT_COLUMNS_MAX);
	return 0;
}

int heat_copy(const struct heat *heat, struct heat *copy)
{
	*copy = *heat;
	copy->rows = 0;
	copy->row = calloc(HEAT_ROWS_MAX + HEAT_SLICES, sizeof(*copy->row));
	for (int i = 0; copy->row && i < heat->rows; i++) {
		copy->row[i] = malloc(sizeof(*copy->row[i]));
		if (!copy->row[i])
			return -ENOMEM;
		*copy->row[i] = *heat->row[i];
		copy->rows++;
	}
	return copy->row ? 0 : -ENOMEM;
}

void heat_free(struct heat *heat)
{
	for (int i = 0; i < heat->rows; i++)
		free(heat->row[i]);
	free(heat->row);
	*heat = (struct heat){ };
}
