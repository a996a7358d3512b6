/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where processes use their memory, and when: readings become a grid of bounded size, whatever the
 * processes' size and however long they are watched.
 */
#ifndef QUIRE_HEAT_H
#define QUIRE_HEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAT_SLICE_SHIFT	17	/* what the module tells apart: 128 KiB */
#define HEAT_SLICES		16	/* of a range of 2 MiB */
#define HEAT_ROWS_MAX		512
#define HEAT_COLUMNS_MAX	256
#define HEAT_PROCESSES_MAX	64

/**
 * struct heat_cell - a place of the grid: pages of some addresses in some time
 * @known: that have been used at all, added up over scans
 * @used: that were used, added up over scans
 */
struct heat_cell {
	uint32_t known;
	uint32_t used;
};

/**
 * struct heat_row - some addresses of a process
 * @process: its index in the grid
 * @block: the address, shifted by the grid's shift
 * @cell: by time
 */
struct heat_row {
	int process;
	uint64_t block;
	struct heat_cell cell[HEAT_COLUMNS_MAX];
};

/**
 * struct heat_process - a process
 * @pid: its number
 * @command: printable
 */
struct heat_process {
	uint64_t pid;
	char command[64];
};

/**
 * struct heat - the grid
 * @row: sorted by process and address
 * @rows: how many
 * @shift: a row is 2^shift bytes
 * @columns: how many have something
 * @step: seconds that a column is
 * @first: seconds at which the first begins
 * @process: in the order in which they came
 * @processes: how many
 */
struct heat {
	struct heat_row **row;
	int rows;
	int shift;
	int columns;
	double step;
	double first;
	struct heat_process process[HEAT_PROCESSES_MAX];
	int processes;
};

/**
 * heat_init() - begin with an empty grid
 * @heat: the grid; free it with heat_free()
 * @step: seconds between two readings
 *
 * Return: 0 or -ENOMEM.
 */
int heat_init(struct heat *heat, double step);

/**
 * heat_process() - the index of a process
 * @heat: the grid
 * @pid: its number
 * @command: printable
 *
 * Return: the index, or -1 if there are too many.
 */
int heat_process(struct heat *heat, uint64_t pid, const char *command);

/**
 * heat_add() - put a range into the grid
 * @heat: the grid
 * @time: when, in seconds; not before what came before
 * @process: from heat_process()
 * @address: of the range, a multiple of 2 MiB
 * @known: pages of each of its slices that have been used at all
 * @used: those that were used in the last scan
 *
 * Return: 0 or -ENOMEM.
 */
int heat_add(struct heat *heat, double time, int process, uint64_t address, const uint64_t *known,
	     const uint64_t *used);

/**
 * heat_fit() - make rows and columns fewer, by joining neighbours
 * @heat: the grid
 * @rows: so many at the most, where that is possible: a process has one at least
 * @columns: likewise
 */
void heat_fit(struct heat *heat, int rows, int columns);

/**
 * heat_copy() - a grid of its own with the same in it
 * @heat: the grid
 * @copy: filled in; free it with heat_free(), also after a failure
 *
 * Return: 0 or -ENOMEM.
 */
int heat_copy(const struct heat *heat, struct heat *copy);

/**
 * heat_free() - free what a grid holds
 * @heat: the grid, or all zeros
 */
void heat_free(struct heat *heat);

#endif
