/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire wss: the working set of a process, out of what the module says of all of them.
 */
#ifndef QUIRE_WSS_H
#define QUIRE_WSS_H

#include <stdbool.h>
#include <stdio.h>

#include "libquire.h"

#define WSS_POINTS_MAX	16

/**
 * struct wss_point - W(t, tau) for one tau, in pages
 * @within_ms: tau
 * @pages: used within it
 * @low: of the 95 % interval
 * @high: of it
 */
struct wss_point {
	uint64_t within_ms;
	uint64_t pages, low, high;
};

/**
 * struct wss_curve - W(t, tau) of a process or a segment of it
 * @point: by growing tau
 * @points: how many
 * @resident: pages in memory
 * @known_ms: since when uses are known
 */
struct wss_curve {
	struct wss_point point[WSS_POINTS_MAX];
	int points;
	uint64_t resident;
	uint64_t known_ms;
};

/**
 * wss_curve_fill() - take a curve out of the module's tables
 * @curve: filled in; @resident and @known_ms too
 * @sets: the table of working sets
 * @row: of the process or its segment in it
 * @ages: the table of ages, NULL where that may not be read: then there are only the three windows
 *	that the table of working sets has
 */
void wss_curve_fill(struct wss_curve *curve, const struct quire_table *sets, size_t row,
		    const struct quire_table *ages);

/**
 * wss_curve_draw() - draw a curve, its axes and what they mean
 * @curve: with at least one point
 * @columns: width of the terminal, at least 40
 * @lines: height of the curve itself, at least 4
 * @utf8: the terminal shows UTF-8
 * @to: where to
 */
void wss_curve_draw(const struct wss_curve *curve, int columns, int lines, bool utf8, FILE *to);

#endif
