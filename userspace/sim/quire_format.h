/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire's own trace format; docs/trace-format.md describes it for others. Little endian throughout.
 *
 *	header		"quiretrc", u32 version, u32 page size in bytes
 *	block ...	u32 references, u32 bytes, the references
 *	end		u32 0, u32 8, u64 references in the whole trace
 *
 * All that follows the header is a zstd frame with a checksum, flushed at the end. A reference is the distance
 * from the page before it (0 at the start of a block), folded so that small distances of either sign are
 * small, in groups of 7 bits, the lowest first; the first group holds the write mark and 6 bits:
 *
 *	bit 7: more follows | bits 6..1: lowest bits of the distance | bit 0: write
 */
#ifndef QUIRE_FORMAT_H
#define QUIRE_FORMAT_H

#include <stdint.h>

#define QUIRE_TRACE_VERSION	1
#define QUIRE_TRACE_HEADER	16
#define QUIRE_BLOCK_HEADER	8
#define QUIRE_BLOCK_REFS	65536
#define QUIRE_REF_MAX		10	/* bytes of the longest reference: 6 + 9 * 7 >= 64 bits */

static inline uint64_t quire_fold(uint64_t distance)
{
	return distance << 1 ^ -(distance >> 63);
}

static inline uint64_t quire_unfold(uint64_t folded)
{
	return folded >> 1 ^ -(folded & 1);
}

#endif
