/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time lost for want of memory.
 */
#ifndef QUIRE_STALL_H
#define QUIRE_STALL_H

#include "stat/histogram.h"

enum quire_stall {
	QUIRE_STALL_RECLAIM,
	QUIRE_STALL_SWAP_IN,
	QUIRE_STALL_FILE,
	QUIRE_STALL_COMPACTION,
	QUIRE_NR_STALLS
};

const char *quire_stall_name(enum quire_stall stall);
void quire_stall_latency(enum quire_stall stall, struct quire_hist *sum);

#endif
