/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ages: how long ago a page was last seen used, in intervals of the scanner.
 *
 *	stamp	when a page was last seen used; kept for each page, 2 bytes
 *	age	now - stamp: 0 is "used since the scan before this one"
 *	bucket	0, 1, 2-3, 4-7, ... 16384-32767 intervals of age
 *
 * The pages with an age below 2^k are those that were used in the last 2^k
 * intervals: Denning's W(t, tau) for tau = 2^k intervals is the sum of the
 * buckets 0 to k. So one pass gives it for every such tau. What is not a power
 * of two (the windows of 10 and 60 s) is counted beside the buckets.
 *
 * Nothing here knows of page tables: the suites in kunit/ run the same code.
 */
#ifndef QUIRE_WORKINGSET_AGES_H
#define QUIRE_WORKINGSET_AGES_H

#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

/* A piece is what an area has of one 2 MiB range: it is sampled or not as a whole. */
#define QUIRE_PIECE_PAGES	512

#define QUIRE_AGE_BUCKETS	16
#define QUIRE_AGE_MAX		((1 << (QUIRE_AGE_BUCKETS - 1)) - 1)
#define QUIRE_AGE_NEVER		U32_MAX
#define QUIRE_STAMPS		65535	/* stamps are 1 to this, then 1 again; 0: never */
#define QUIRE_STAMPS_AHEAD	4	/* a use that a fault notes is of the scan to come */

#define QUIRE_SHARE_UNIT	64	/* a page that n processes map is 64 / n */

#define QUIRE_SLICES		16	/* of a piece: 128 KiB each, to show where use is */
#define QUIRE_SLICE_PAGES	(QUIRE_PIECE_PAGES / QUIRE_SLICES)

enum quire_window { QUIRE_WINDOW_1S, QUIRE_WINDOW_10S, QUIRE_WINDOW_60S, QUIRE_NR_WINDOWS };

/* What is known of a piece, a segment or a process, all in pages. */
enum quire_figure {
	QUIRE_WSS_1S,
	QUIRE_WSS_10S,
	QUIRE_WSS_60S,
	QUIRE_WSS_10S_SHARE,	/* the same, each page divided by how often it is mapped */
	QUIRE_PAGES_RESIDENT,
	QUIRE_PAGES_SWAPPED,
	QUIRE_W,		/* W(t, 1 interval), then 2, 4, ... */
	QUIRE_NR_FIGURES = QUIRE_W + QUIRE_AGE_BUCKETS
};

/**
 * struct quire_piece - a piece while it is being counted
 * @bucket:	pages by age
 * @window:	pages used within each of the windows
 * @share:	those of the 10 s window, divided by how often they are mapped,
 *		in units of 1 / QUIRE_SHARE_UNIT
 * @resident:	pages in memory
 * @swapped:	pages in swap
 */
struct quire_piece {
	u32 bucket[QUIRE_AGE_BUCKETS];
	u32 window[QUIRE_NR_WINDOWS];
	u32 share;
	u32 resident;
	u32 swapped;
};

/**
 * struct quire_run - pages in a row that were used last at the same time; begins as zeros
 * @stamp:	theirs; 0: never, these are not counted
 * @age:	theirs
 * @pages:	how many
 */
struct quire_run {
	u16 stamp;
	u32 age;
	u32 pages;
};

/**
 * quire_stamp - the stamp of a tick
 * @tick:	intervals since the scanner started
 */
static inline u16 quire_stamp(u64 tick)
{
	return tick % QUIRE_STAMPS + 1;
}

/**
 * quire_ticks_gone - by how many ticks a pass is later than the last one
 * @now_ns:	when it begins
 * @tick_ns:	when the tick of the last one began; may be a little ahead
 * @interval_ns: between ticks
 *
 * Return: at least 1: two passes never have the same tick, however close they come.
 */
static inline u64 quire_ticks_gone(u64 now_ns, u64 tick_ns, u64 interval_ns)
{
	return now_ns > tick_ns ? max(div64_u64(now_ns - tick_ns, interval_ns), 1ull) : 1;
}

/**
 * quire_age - how old a stamp is
 * @now:	the stamp of the present tick
 * @stamp:	the page's; one that is too old for a bucket is renewed, so
 *		that it never becomes young again by the stamps' turning over
 *
 * Each page must be looked at once in QUIRE_AGE_MAX ticks, or oftener.
 *
 * Return: intervals, at most QUIRE_AGE_MAX, or QUIRE_AGE_NEVER.
 */
static inline u32 quire_age(u16 now, u16 *stamp)
{
	u32 age;

	if (!*stamp)
		return QUIRE_AGE_NEVER;
	age = now >= *stamp ? now - *stamp : now + QUIRE_STAMPS - *stamp;
	if (age >= QUIRE_STAMPS - QUIRE_STAMPS_AHEAD)
		return 0;
	if (age > QUIRE_AGE_MAX) {
		age = QUIRE_AGE_MAX;
		*stamp = now > age ? now - age : now + QUIRE_STAMPS - age;
	}
	return age;
}

/**
 * quire_age_bucket - which bucket an age is in
 * @age:	not QUIRE_AGE_NEVER
 */
static inline unsigned int quire_age_bucket(u32 age)
{
	return fls(age);
}

/**
 * quire_window_ticks - how many intervals make a window
 * @ms:		its length
 * @interval_ms: of the scanner
 *
 * Return: at least one: nothing shorter than an interval can be seen.
 */
static inline u32 quire_window_ticks(u32 ms, u32 interval_ms)
{
	return max(ms / interval_ms, 1u);
}

/**
 * quire_piece_add - count pages of one age
 * @piece:	where
 * @ticks:	how long the windows are
 * @age:	of the pages, or QUIRE_AGE_NEVER
 * @pages:	how many
 */
static inline void quire_piece_add(struct quire_piece *piece, const u32 *ticks, u32 age,
				   u32 pages)
{
	unsigned int i;

	if (age == QUIRE_AGE_NEVER)
		return;
	piece->bucket[quire_age_bucket(age)] += pages;
	for (i = 0; i < QUIRE_NR_WINDOWS; i++) {
		if (age < ticks[i])
			piece->window[i] += pages;
	}
}

/**
 * quire_run_end - count the pages of a run; there is none after it
 * @run:	the run
 * @piece:	where
 * @ticks:	how long the windows are
 */
static inline void quire_run_end(struct quire_run *run, struct quire_piece *piece, const u32 *ticks)
{
	if (run->stamp)
		quire_piece_add(piece, ticks, run->age, run->pages);
	*run = (struct quire_run){};
}

/**
 * quire_run_add - the next page, or pages that have one stamp
 * @run:	the run; another stamp ends it and begins the next
 * @piece:	where a run that ends is counted
 * @ticks:	how long the windows are
 * @now:	the stamp of the present tick
 * @stamp:	the pages', see quire_age(); a fault may write it meanwhile
 * @pages:	how many
 *
 * What is next to each other has mostly been used at the same time.
 */
static inline void quire_run_add(struct quire_run *run, struct quire_piece *piece, const u32 *ticks, u16 now,
				 u16 *stamp, u32 pages)
{
	u16 found = READ_ONCE(*stamp);

	if (found != run->stamp) {
		quire_run_end(run, piece, ticks);
		run->stamp = found;
		run->age = quire_age(now, &run->stamp);
		if (run->stamp != found)
			WRITE_ONCE(*stamp, run->stamp);
	}
	run->pages += pages;
}

/**
 * quire_slices_count - where in a piece its use is
 * @stamp:	of its pages, may change meanwhile
 * @huge:	the first stands for all
 * @now:	the stamp of the walk that was last over it
 * @known:	filled in for each slice: pages that have been used at all
 * @used:	filled in: those that have been since the walk before, or by a fault after it
 */
static inline void quire_slices_count(const u16 *stamp, bool huge, u16 now, u8 *known, u8 *used)
{
	unsigned int i;
	u16 page;

	for (i = 0; i < QUIRE_SLICES; i++)
		known[i] = used[i] = 0;
	for (i = 0; i < QUIRE_PIECE_PAGES; i++) {
		page = READ_ONCE(stamp[huge ? 0 : i]);
		known[i / QUIRE_SLICE_PAGES] += page != 0;
		used[i / QUIRE_SLICE_PAGES] += quire_age(now, &page) == 0;
	}
}

void quire_piece_figures(const struct quire_piece *piece, u32 *figure);

#endif
