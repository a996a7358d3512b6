/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Samples: what is known of all pieces from some of them, and how well.
 */
#ifndef QUIRE_WORKINGSET_SAMPLE_H
#define QUIRE_WORKINGSET_SAMPLE_H

#include "workingset/ages.h"

#define QUIRE_SHIFT_MAX		20	/* one piece in 2^20 at the least */

/**
 * struct quire_stratum - the pieces of one segment of a process
 * @pieces:	how many there are
 * @sampled:	of how many of them the figures are known
 * @sum:	of each figure over those
 * @square:	the sum of their squares
 */
struct quire_stratum {
	u32 pieces;
	u32 sampled;
	u64 sum[QUIRE_NR_FIGURES];
	u64 square[QUIRE_NR_FIGURES];
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

void quire_stratum_add(struct quire_stratum *stratum, const struct quire_piece *piece);
void quire_stratum_estimate(const struct quire_stratum *stratum, enum quire_figure what,
			    struct quire_estimate *estimate);
void quire_estimates_sum(const struct quire_estimate *estimate, unsigned int nr,
			 unsigned int step, struct quire_estimate *sum);
bool quire_is_sampled(u64 seed, unsigned long range, unsigned int shift);
unsigned int quire_stratum_shift(unsigned int shift, u32 pieces);
unsigned int quire_shift_next(unsigned int shift, u64 cost_ns, u64 budget_ns);

#endif
