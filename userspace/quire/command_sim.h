/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of quire sim: what was asked for, and what is done with it.
 */
#ifndef QUIRE_COMMAND_SIM_H
#define QUIRE_COMMAND_SIM_H

#include <stdio.h>

#include "sim_rows.h"
#include "simulate.h"

#define SIM_MAX_POLICIES 64

/**
 * struct sim - what was asked for
 * @options: how to read the traces
 * @policy: the policies
 * @policies: how many
 * @sizes: as typed, or NULL
 * @threads: jobs at a time
 * @curve: draw curves
 * @step: show each reference
 * @time: print how long simulations took
 * @output: how to print
 * @png: where to draw curves to, or NULL
 * @trace: the traces' names
 * @traces: how many
 */
struct sim {
	struct trace_options options;
	struct sim_policy policy[SIM_MAX_POLICIES];
	uint32_t policies;
	const char *sizes;
	uint32_t threads;
	bool curve;
	bool step;
	bool time;
	enum { OUTPUT_TABLE, OUTPUT_CSV, OUTPUT_JSON } output;
	const char *png;
	char **trace;
	uint32_t traces;
};

/**
 * sim_trace() - all policies and sizes on one trace
 * @sim: what was asked for
 * @trace: the trace
 * @frames: the sizes
 * @sizes: how many
 * @rows: the results are added
 * @error: filled in on failure
 *
 * Return: 0 or -1.
 */
int sim_trace(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
	      struct sim_rows *rows, struct trace_error *error);

/**
 * sim_step() - show what each reference does, for one policy and size after the other
 * @sim: what was asked for
 * @trace: the trace
 * @frames: the sizes
 * @sizes: how many
 * @error: filled in on failure
 *
 * Return: 0 or -1.
 */
int sim_step(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
	     struct trace_error *error);

int command_sim_translate(int argc, char **argv);

#endif
