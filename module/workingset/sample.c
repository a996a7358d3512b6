// SPDX-License-Identifier: GPL-2.0
/*
 * Samples.
 *
 * When all pages are more than the budget allows, only some 2 MiB ranges are
 * looked at: those whose hash ends in `shift` zeros. So the sample is the same
 * at each scan, and each smaller one lies within the larger. Each segment of a
 * process is a stratum of its own, and a small one is looked at as a whole.
 *
 * From n of N pieces with sum S, the figure is N * S / n. Its interval is that of
 * Agresti and Coull ("Approximate is better than exact", The American Statistician
 * 52, 1998), for bounded values in place of yes and no: four pieces are added, two
 * that are empty and two that are full, so that it holds where all sampled pieces happen
 * to be alike. They tell of the N - n pieces that are left alone: what was seen is certain,
 * bounds the interval, and narrows the variance to that of the rest. Intervals of
 * strata are added by their squares, lower and upper side each for itself. A range is in the
 * sample or not by itself, so it is the ranges that are counted, not their pages: how much one differs
 * from the next is all that the width rests on.
 */
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
#include "workingset/sample.h"

#define QUIRE_ADDED_PIECES	4	/* half of them empty, half full */
#define QUIRE_STRATUM_LEAST	32	/* pieces that a sample should have */

/* Student's t for 95 % and n degrees of freedom, in hundredths: 1.96 + 2.5 / n, from 5 on within 1 %. */
#define QUIRE_T_MANY		196
#define QUIRE_T_FEW		250

/**
 * quire_piece_figures - what has been counted, figure by figure
 * @piece:	the piece
 * @figure:	QUIRE_NR_FIGURES of them, filled in
 */
void quire_piece_figures(const struct quire_piece *piece, u32 *figure)
{
	u32 used = 0;
	unsigned int i;

	for (i = 0; i < QUIRE_NR_WINDOWS; i++)
		figure[QUIRE_WSS_1S + i] = piece->window[i];
	figure[QUIRE_WSS_10S_SHARE] = (piece->share + QUIRE_SHARE_UNIT / 2) / QUIRE_SHARE_UNIT;
	figure[QUIRE_PAGES_RESIDENT] = piece->resident;
	figure[QUIRE_PAGES_SWAPPED] = piece->swapped;
	for (i = 0; i < QUIRE_AGE_BUCKETS; i++) {
		used += piece->bucket[i];
		figure[QUIRE_W + i] = used;
	}
}

/**
 * quire_stratum_add - take a piece into the sample
 * @stratum:	of the piece's segment; the caller counts @pieces
 * @piece:	what was found in it
 */
void quire_stratum_add(struct quire_stratum *stratum, const struct quire_piece *piece)
{
	u32 figure[QUIRE_NR_FIGURES];
	unsigned int i;

	quire_piece_figures(piece, figure);
	stratum->sampled++;
	for (i = 0; i < QUIRE_NR_FIGURES; i++) {
		stratum->sum[i] += figure[i];
		stratum->square[i] += (u64)figure[i] * figure[i];
	}
}

/* Half the width of the interval. Fixed point: the variance has 20 bits behind the point. */
static u64 quire_half_width(u64 pieces, u64 sampled, u64 n, u64 sum, u64 square)
{
	u64 variance = div64_u64(square * n - sum * sum, n);

	variance = div64_u64(div64_u64(variance << 20, n), n);
	variance = div64_u64(variance * (pieces - sampled), pieces - 1);
	return (pieces * int_sqrt(variance) * (QUIRE_T_MANY + QUIRE_T_FEW / (n - 1)) / 100) >> 10;
}

/**
 * quire_stratum_estimate - a figure of a segment
 * @stratum:	the segment
 * @what:	which
 * @estimate:	filled in
 */
void quire_stratum_estimate(const struct quire_stratum *stratum, enum quire_figure what,
			    struct quire_estimate *estimate)
{
	const u64 full = QUIRE_PIECE_PAGES, half = QUIRE_ADDED_PIECES / 2;
	u64 sum = stratum->sum[what], most, n, centre, width;

	most = sum + (u64)(stratum->pieces - stratum->sampled) * full;
	if (stratum->sampled == stratum->pieces || !stratum->sampled) {
		*estimate = (struct quire_estimate){ sum, sum, most };
		return;
	}
	estimate->pages = div_u64(sum * stratum->pieces, stratum->sampled);

	n = stratum->sampled + QUIRE_ADDED_PIECES;
	sum += half * full;
	width = quire_half_width(stratum->pieces, stratum->sampled, n, sum,
				 stratum->square[what] + half * full * full);
	centre = stratum->sum[what] + div64_u64(sum * (stratum->pieces - stratum->sampled), n);
	estimate->low = max(centre > width ? centre - width : 0, stratum->sum[what]);
	estimate->low = min(estimate->low, estimate->pages);
	estimate->high = max_t(u64, min(centre + width, most), estimate->pages);
}

/**
 * quire_estimates_sum - the sum of independent estimates
 * @estimate:	the first
 * @nr:		how many
 * @step:	to the next one, in estimates
 * @sum:	filled in
 */
void quire_estimates_sum(const struct quire_estimate *estimate, unsigned int nr,
			 unsigned int step, struct quire_estimate *sum)
{
	u64 pages = 0, below = 0, above = 0, low, d;
	unsigned int i;

	for (i = 0; i < nr; i++, estimate += step) {
		pages += estimate->pages;
		d = estimate->pages - estimate->low;
		below += d * d;
		d = estimate->high - estimate->pages;
		above += d * d;
	}
	low = int_sqrt(below);
	sum->pages = pages;
	sum->low = pages - min(low, pages);
	sum->high = pages + int_sqrt(above);
}

/**
 * quire_is_sampled - whether a range is in the sample
 * @seed:	of the process
 * @range:	the range's number
 * @shift:	one in 2^shift is
 */
bool quire_is_sampled(u64 seed, unsigned long range, unsigned int shift)
{
	u64 hash = seed ^ (range * 0x9e3779b97f4a7c15ull);

	/* The finish of splitmix64: each bit of the range reaches each of the hash. */
	hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
	hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
	hash ^= hash >> 31;
	return !(hash & ((1ull << shift) - 1));
}

/**
 * quire_stratum_shift - how thinly a segment is sampled
 * @shift:	as the budget asks
 * @pieces:	that it had at the last scan
 *
 * Return: @shift, or less, so that about QUIRE_STRATUM_LEAST pieces are looked at.
 */
unsigned int quire_stratum_shift(unsigned int shift, u32 pieces)
{
	unsigned int most = pieces < QUIRE_STRATUM_LEAST ? 0 : fls(pieces / QUIRE_STRATUM_LEAST) - 1;

	return min(shift, most);
}

/**
 * quire_shift_next - how thinly to sample next time
 * @shift:	this time
 * @cost_ns:	what it has cost
 * @budget_ns:	what it may cost
 *
 * Thinner at once where it was too much, denser where twice as much would still
 * leave room: a cost that stays the same does not make it go back and forth.
 *
 * Return: the shift, at most one less than before.
 */
unsigned int quire_shift_next(unsigned int shift, u64 cost_ns, u64 budget_ns)
{
	while (cost_ns > budget_ns && shift < QUIRE_SHIFT_MAX) {
		cost_ns /= 2;
		shift++;
	}
	if (shift && cost_ns * 5 / 2 < budget_ns)
		shift--;
	return shift;
}
