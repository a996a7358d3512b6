/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What quire sim found out, and the ways to print it.
 */
#ifndef QUIRE_SIM_ROWS_H
#define QUIRE_SIM_ROWS_H

#include "simulate.h"

/**
 * struct sim_row - one policy with one size on one trace
 * @trace: its name
 * @policy: as asked for
 * @frames: the size
 * @result: what came of it; of a sample: what is expected of the whole trace
 * @miss_ratio: faults by requests
 * @error: half the width of the 95 % confidence interval of @miss_ratio, 0 if it is exact
 * @seconds: CPU time of the simulation (of all sizes together, for LRU in one pass)
 * @opt_faults: faults of OPT for the same trace and size, 0 if unknown
 */
struct sim_row {
	const char *trace;
	const char *policy;
	uint32_t frames;
	struct quire_result result;
	double miss_ratio;
	double error;
	double seconds;
	uint64_t opt_faults;
};

/**
 * struct sim_rows - all of them, by trace, then size, then policy
 * @row: the rows
 * @count: how many
 * @sampled: the rows are estimates
 * @timed: print how long they took
 */
struct sim_rows {
	struct sim_row *row;
	size_t count;
	bool sampled;
	bool timed;
};

/** rows_print_table() - for people, to standard output. */
void rows_print_table(const struct sim_rows *rows);

/** rows_print_csv() - comma separated, to standard output. */
void rows_print_csv(const struct sim_rows *rows);

/** rows_print_json() - an object with an array of objects, to standard output. */
void rows_print_json(const struct sim_rows *rows);

/** rows_draw() - curves for the terminal, one picture a trace. */
void rows_draw(const struct sim_rows *rows);

/**
 * rows_draw_png() - curves into a file, of the first trace
 * @rows: the rows
 * @path: the file
 * @error: filled in on failure
 *
 * Return: 0 or -1.
 */
int rows_draw_png(const struct sim_rows *rows, const char *path, struct trace_error *error);

#endif
