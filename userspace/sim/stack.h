/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LRU at all sizes at once, by stack distances (Mattson, Gecsei, Slutz, Traiger, IBM Systems Journal 9(2), 1970).
 */
#ifndef QUIRE_STACK_H
#define QUIRE_STACK_H

#include "engine.h"

/**
 * struct stack_curve - what LRU does at every size
 * @pages: distinct pages; memories of more frames than this behave like one of this many
 * @requests: references
 * @distance: how many references had a stack distance of i, for i from 1 to @pages; the distance is
 *            the number of distinct pages since the last reference to the same page, with itself
 * @dirty: how many times a page is written out in memories smaller than i frames, and not in larger
 */
struct stack_curve {
	uint32_t pages;
	uint64_t requests;
	uint64_t *distance;
	uint64_t *dirty;
};

/**
 * stack_run() - pass over a trace once
 * @refs: the trace
 * @done: advanced by the references passed, as they pass; may be NULL
 *
 * Memory: 32 bytes a distinct page and nothing a reference.
 * Time: O(n log m), m being the distinct pages.
 *
 * Return: the curve, or NULL without memory.
 */
struct stack_curve *stack_run(const struct quire_trace *refs, uint64_t *done);

/**
 * stack_sum() - turn counts by distance into counts by size
 * @curve: from stack_run(); from then on distance[m] is the references with a distance above m, and so for
 *         dirty[m], for m from 0
 */
void stack_sum(struct stack_curve *curve);

/**
 * stack_at() - what LRU does with some frames
 * @curve: after stack_sum()
 * @frames: the size, at least 1
 * @result: set
 */
void stack_at(const struct stack_curve *curve, uint32_t frames, struct quire_result *result);

/**
 * stack_free() - free a curve
 * @curve: from stack_run(), or NULL
 */
void stack_free(struct stack_curve *curve);

#endif
