/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segmentation: pieces of an address space, each whole and in one place in memory.
 */
#ifndef QUIRE_SEGMENTS_H
#define QUIRE_SEGMENTS_H

#include "trace.h"

/**
 * struct segment - a piece of the address space
 * @base: its first byte
 * @size: bytes
 */
struct segment {
	uint64_t base;
	uint64_t size;
};

/**
 * struct segments - the pieces of a trace
 * @segment: in the order of addresses
 * @count: how many
 * @of: which segment each page id of the trace is in
 */
struct segments {
	struct segment *segment;
	uint32_t count;
	uint32_t *of;
};

/**
 * segments_find() - cut the addresses that a trace uses into segments
 * @trace: the trace; its pages are the grain
 * @gap: unused bytes between two used pages that divide segments, at least
 * @segments: filled in; segments_free() it
 *
 * Return: 0, or -1 without memory.
 */
int segments_find(const struct trace *trace, uint64_t gap, struct segments *segments);

/**
 * segments_free() - free what segments_find() made
 * @segments: the segments
 */
void segments_free(struct segments *segments);

/**
 * enum fit - which hole a segment goes to
 * @FIRST_FIT: the lowest that is large enough
 * @BEST_FIT: the smallest that is large enough
 * @WORST_FIT: the largest
 */
enum fit { FIRST_FIT, BEST_FIT, WORST_FIT };

/**
 * struct segments_result - what segmentation did
 * @faults: references to a segment that was not in memory
 * @evictions: segments that had to go
 * @bytes_in: bytes brought in
 * @bytes_out: bytes written out with segments that were written to
 * @compactions: times that there was room enough, but not in one place
 * @bytes_moved: bytes moved by these
 * @external: mean over the faults of the share of free memory outside the largest hole
 * @refused: references to segments larger than memory, which nobody can serve
 */
struct segments_result {
	uint64_t faults;
	uint64_t evictions;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t compactions;
	uint64_t bytes_moved;
	double external;
	uint64_t refused;
};

/**
 * segments_run() - run a trace with whole segments in memory
 * @trace: the trace
 * @segments: its segments
 * @memory: bytes of memory
 * @fit: how a hole is chosen
 * @result: filled in
 *
 * A segment comes in when it is referenced. If no hole takes it, but all holes together would, memory is
 * compacted; if they would not, the least recently used segment goes first.
 * Time: O(segments) a fault.
 *
 * Return: 0, or -1 without memory.
 */
int segments_run(const struct trace *trace, const struct segments *segments, uint64_t memory,
		 enum fit fit, struct segments_result *result);

#endif
