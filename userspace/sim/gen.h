/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Made-up traces, the same for the same seed everywhere.
 */
#ifndef QUIRE_GEN_H
#define QUIRE_GEN_H

#include "trace.h"

/**
 * struct gen_spec - what to make
 * @kind: "uniform", "zipf", "loop", "hot-scan", "phases" or "stack"
 * @pages: pages there are, numbered from 0
 * @seed: of the random numbers
 * @writes: share of the references that write, from 0 to 1
 * @alpha: zipf: the exponent, at least 0
 * @hot: hot-scan: hot pages; phases: pages of a phase; 0: a tenth of @pages
 * @hot_share: hot-scan: share of the references that go to hot pages
 * @length: phases: references in a phase; 0: 20 times @hot
 */
struct gen_spec {
	const char *kind;
	uint64_t pages;
	uint64_t seed;
	double writes;
	double alpha;
	uint64_t hot;
	double hot_share;
	uint64_t length;
};

struct gen;

/**
 * gen_start() - begin to make a trace
 * @spec: what
 * @error: filled in on failure
 *
 * Memory: zipf 16 bytes a page, phases 8 bytes a page, the others next to nothing.
 *
 * Return: the generator, or NULL.
 */
struct gen *gen_start(const struct gen_spec *spec, struct trace_error *error);

/**
 * gen_fill() - the next references
 * @gen: from gen_start()
 * @refs: filled in
 * @count: how many
 */
void gen_fill(struct gen *gen, struct trace_ref *refs, size_t count);

/**
 * gen_free() - end
 * @gen: from gen_start(), or NULL
 */
void gen_free(struct gen *gen);

/**
 * gen_about() - the kinds there are
 * @i: from 0
 * @about: set to a line about it
 *
 * Return: the name, or NULL behind the last.
 */
const char *gen_about(int i, const char **about);

#endif
