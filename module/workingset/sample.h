/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Samples: what is known of all pieces from some of them, and how well.
 */
#ifndef QUIRE_WORKINGSET_SAMPLE_H
#define QUIRE_WORKINGSET_SAMPLE_H

#include "workingset/ages.h"

#define QUIRE_SHIFT_MAX		20	/* one piece in 2^20 at the least */

#define QUIRE_SHIFTS		(QUIRE_SHIFT_MAX + 1)
#define QUIRE_KNOWN_ALWAYS	U32_MAX

/**
 * struct quire_stratum - the pieces of one segment of a process
 * @pieces:	how many there are
 * @sampled:	how many of them are looked at
 * @known:	of how many of those a figure is known: they have been looked at for as long as its window
 * @sum:	of each figure over those
 * @square:	the sum of their squares
 * @least:	of each figure what was seen in the others
 */
struct quire_stratum {
	u32 pieces;
	u32 sampled;
	u32 known[QUIRE_NR_FIGURES];
	u64 sum[QUIRE_NR_FIGURES];
	u64 square[QUIRE_NR_FIGURES];
	u64 least[QUIRE_NR_FIGURES];
};

/**
 * struct quire_estimate - a figure and its 95 % interval
 * @pages:	the best guess; all three are the same where nothing was guessed
 * @low:	in 95 of 100 samples it is not less than this
 * @high:	and not more than this
 */
struct quire_estimate {
	u32 pages;
	u32 low;
	u32 high;
};

void quire_stratum_add(struct quire_stratum *stratum, const struct quire_piece *piece,
		       const u32 *window, u32 known);
void quire_stratum_estimate(const struct quire_stratum *stratum, enum quire_figure what,
			    struct quire_estimate *estimate);
void quire_estimates_sum(const struct quire_estimate *estimate, unsigned int nr,
			 unsigned int step, struct quire_estimate *sum);
u64 quire_used_within(const struct quire_estimate *figure, u32 interval_ms, u32 window_ms);
unsigned int quire_sample_level(u64 seed, unsigned long range);
void quire_sample_change(u32 *since, unsigned int before, unsigned int shift, u32 now);
u32 quire_sample_known(u32 since, u32 now, u32 tracked);
unsigned int quire_stratum_shift(unsigned int shift, u32 pieces);
unsigned int quire_shift_next(unsigned int shift, u64 cost_ns, u64 budget_ns);

#endif
