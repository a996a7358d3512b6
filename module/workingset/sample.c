// SPDX-License-Identifier: GPL-2.0
/*
 * Samples.
 *
 * When all pages are more than the budget allows, only some 2 MiB ranges are
 * looked at: those whose hash ends in `shift` zeros. So the sample is the same
 * at each scan, and each smaller one lies within the larger. Each segment of a
 * process is a stratum of its own, and a small one is looked at as a whole.
 *
 *	hash of a range  ...01100000	five zeros, its level: in the sample while shift <= 5
 *
 * When the sample grows, of what is new in it nothing older is known. So a range tells of a window once it
 * has been looked at for as long: until then the figure rests on the smaller sample. As samples lie within each
 * other, since when a level is in the sample says it of all its ranges.
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
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/math64.h>
#include "workingset/sample.h"

#define QUIRE_ADDED_PIECES	4	/* half of them empty, half full */
#define QUIRE_STRATUM_LEAST	32	/* pieces that a sample should have */
#define QUIRE_KNOWN_NEARLY	2	/* intervals: the first two scans may differ in how thinly they sample */

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

/* How long a figure's window is, in intervals. */
static u32 quire_figure_ticks(unsigned int what, const u32 *window)
{
	if (what >= QUIRE_W)
		return 1u << (what - QUIRE_W);
	switch (what) {
	case QUIRE_WSS_1S:
		return window[QUIRE_WINDOW_1S];
	case QUIRE_WSS_10S:
	case QUIRE_WSS_10S_SHARE:
		return window[QUIRE_WINDOW_10S];
	case QUIRE_WSS_60S:
		return window[QUIRE_WINDOW_60S];
	default:
		return 0;
	}
}

/* Nearly as long will do. What was used in the first eighth of a window and not since is little. */
static bool quire_is_known_for(u32 known, u32 ticks)
{
	return known >= ticks || known + QUIRE_KNOWN_NEARLY + ticks / 8 >= ticks;
}

/**
 * quire_stratum_add - take a piece into the sample
 * @stratum:	of the piece's segment; the caller counts @pieces
 * @piece:	what was found in it
 * @window:	how long the windows are, QUIRE_NR_WINDOWS, in intervals
 * @known:	for how many intervals it has been looked at, not 0, or QUIRE_KNOWN_ALWAYS
 */
void quire_stratum_add(struct quire_stratum *stratum, const struct quire_piece *piece,
		       const u32 *window, u32 known)
{
	u32 figure[QUIRE_NR_FIGURES];
	unsigned int i;

	quire_piece_figures(piece, figure);
	stratum->sampled++;
	for (i = 0; i < QUIRE_NR_FIGURES; i++) {
		if (!quire_is_known_for(known, quire_figure_ticks(i, window))) {
			stratum->least[i] += figure[i];
			continue;
		}
		stratum->known[i]++;
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
	u64 seen = stratum->sum[what] + stratum->least[what], sum = stratum->sum[what];
	u64 pieces = stratum->pieces, known = stratum->known[what], most, n, centre, width;

	most = sum + (pieces - known) * full;
	if (known == pieces || !known) {
		*estimate = (struct quire_estimate){ seen, seen, most };
		return;
	}
	estimate->pages = max(div64_u64(sum * pieces, known), seen);

	n = known + QUIRE_ADDED_PIECES;
	sum += half * full;
	width = quire_half_width(pieces, known, n, sum, stratum->square[what] + half * full * full);
	centre = stratum->sum[what] + div64_u64(sum * (pieces - known), n);
	estimate->low = max(centre > width ? centre - width : 0, seen);
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
 * quire_used_within - the working set of any window, or of one that is up to twice as long
 * @figure:	QUIRE_NR_FIGURES of them
 * @interval_ms: of the scans
 * @window_ms:	how long the window is
 *
 * It is known for 1, 2, 4, ... intervals. Between these nothing is known of it: who has stood still for a
 * while has used all of it within a short time.
 *
 * Return: pages.
 */
u64 quire_used_within(const struct quire_estimate *figure, u32 interval_ms, u32 window_ms)
{
	u64 known_ms = interval_ms;
	unsigned int i;

	for (i = 0; i < QUIRE_AGE_BUCKETS - 1 && known_ms < window_ms; i++)
		known_ms *= 2;
	return figure[QUIRE_W + i].pages;
}

/**
 * quire_sample_level - how thin a sample a range is still in
 * @seed:	of the process
 * @range:	the range's number
 *
 * Return: of the sample that has one range in 2^shift it is one if that is not more than this.
 */
unsigned int quire_sample_level(u64 seed, unsigned long range)
{
	u64 hash = seed ^ (range * 0x9e3779b97f4a7c15ull);

	/* The finish of splitmix64: each bit of the range reaches each of the hash. */
	hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
	hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
	hash ^= hash >> 31;
	return __ffs64(hash | 1ull << QUIRE_SHIFT_MAX);
}

/**
 * quire_sample_change - a sample becomes another
 * @since:	since when the ranges of each level are looked at, QUIRE_SHIFTS; 0: since the first scan
 * @before:	what its shift was
 * @shift:	what it is from this scan on
 * @now:	the tick of this scan, not 0
 */
void quire_sample_change(u32 *since, unsigned int before, unsigned int shift, u32 now)
{
	for (; shift < before; shift++)
		since[shift] = now;
}

/**
 * quire_sample_known - for how many intervals a range has been looked at
 * @since:	since when those of its level are
 * @now:	the tick of this scan
 * @tracked:	for how many intervals the process has been
 *
 * Return: at most QUIRE_KNOWN_ALWAYS: nearly as long as the process, or longer.
 */
u32 quire_sample_known(u32 since, u32 now, u32 tracked)
{
	if (!since || quire_is_known_for(now - since, tracked))
		return QUIRE_KNOWN_ALWAYS;
	return now - since;
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
