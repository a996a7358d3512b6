/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OPT, the policy that knows the future (Belady, IBM Systems Journal 5(2), 1966).
 */
#ifndef QUIRE_OPT_H
#define QUIRE_OPT_H

#include "engine.h"

/**
 * opt_run() - count what OPT does
 * @trace: the trace
 * @frames: pages that fit in memory, at least 1
 * @result: filled in
 * @done: advanced by the references passed, as they pass; may be NULL
 *
 * Demand paging, no bypass. Of pages that are never used again a clean one goes first, so that the number
 * of dirty evictions is the least that is possible among these.
 *
 * Memory: 4 bytes and a bit a distinct page (8 beyond 2^32 references) and 0.127 bytes a reference.
 * Time: O(n log n) with a logarithm to the base of 64.
 *
 * Return: 0, or -1 without memory.
 */
int opt_run(const struct quire_trace *trace, uint32_t frames, struct quire_result *result,
	    u64 *done);

#endif
