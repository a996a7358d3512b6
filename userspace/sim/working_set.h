/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Denning's working set of a trace (CACM 11(5), 1968): W(t, tau) is the set of pages referenced by the last
 * tau references up to t.
 */
#ifndef QUIRE_WORKING_SET_H
#define QUIRE_WORKING_SET_H

#include "engine.h"

/**
 * struct working_set - the size of W(t, tau) over a trace
 * @tau: the window, in references
 * @mean: mean size over all t
 * @max: largest size
 * @missing: share of the references to pages outside W(t - 1, tau)
 */
struct working_set {
	uint64_t tau;
	double mean;
	uint32_t max;
	double missing;
};

/**
 * working_set() - follow W(t, tau) through a trace
 * @refs: the trace
 * @set: @tau given, at least 1; the rest is filled in
 *
 * Exact, one pass, 8 bytes a page.
 *
 * Return: 0, or -1 without memory.
 */
int working_set(const struct quire_trace *refs, struct working_set *set);

#endif
