// SPDX-License-Identifier: GPL-2.0
/*
 * W(t, tau) of a process, as a picture made of characters:
 *
 *	 64M|              ..       tau grows to the right, each column twice the one before;
 *	    |         ..   ==       up to `low` it is solid, then comes the 95 % interval
 *	 32M|---------==---##---    the line is what the process holds in memory
 *	    |    ##   ##   ##
 *	   0+----------------
 *	      1s   2s   4s
 */
#include <string.h>

#include "human.h"
#include "wss.h"

#define GUTTER	8	/* for the numbers at the left */
#define STEP	5	/* columns of the least wide bar, with the blank behind it */

/**
 * struct signs - what a picture is made of
 * @part: of the height of a character, in eighths
 * @maybe: from the low end of the interval to the figure
 * @hardly: from the figure to the high end
 * @line: what is held
 * @corner: where the axes meet
 * @edge: of the axis at the left
 */
struct signs {
	const char *part[9];
	const char *maybe, *hardly, *line, *corner, *edge;
};

static const struct signs fine = {
	{ " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, "▒", "░", "─", "└", "│",
};

static const struct signs plain = {
	{ " ", ".", ".", ":", ":", "+", "+", "#", "#" }, "=", ".", "-", "+", "|",
};

static void fill_windows(struct wss_curve *curve, const struct quire_table *sets, size_t row)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} windows[] = { { "1s", 1000 }, { "10s", 10000 }, { "60s", 60000 } };
	char name[QUIRE_NAME_MAX];

	for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
		struct wss_point *point = &curve->point[curve->points++];

		point->within_ms = windows[i].ms;
		snprintf(name, sizeof(name), "wss_%s_pages", windows[i].name);
		point->pages = quire_cell(sets, row, quire_column(sets, name));
		snprintf(name, sizeof(name), "wss_%s_low_pages", windows[i].name);
		point->low = quire_cell(sets, row, quire_column(sets, name));
		snprintf(name, sizeof(name), "wss_%s_high_pages", windows[i].name);
		point->high = quire_cell(sets, row, quire_column(sets, name));
	}
}

void wss_curve_fill(struct wss_curve *curve, const struct quire_table *sets, size_t row,
		    const struct quire_table *ages)
{
	uint64_t pid = quire_cell(sets, row, quire_column(sets, "pid"));
	size_t all = row;

	/* The line "all" of the process is before those of its segments, and has its times. */
	while (all && strcmp(sets->segment[all], "all"))
		all--;
	memset(curve, 0, sizeof(*curve));
	curve->resident = quire_cell(sets, row, quire_column(sets, "resident_pages"));
	curve->known_ms = quire_cell(sets, all, quire_column(sets, "tracked_ms"));
	for (size_t i = 0; ages && ages->segment && i < ages->rows && curve->points < WSS_POINTS_MAX; i++) {
		struct wss_point *point = &curve->point[curve->points];

		if (quire_cell(ages, i, quire_column(ages, "pid")) != pid ||
		    strcmp(ages->segment[i], sets->segment[row]))
			continue;
		point->within_ms = quire_cell(ages, i, quire_column(ages, "within_ms"));
		point->pages = quire_cell(ages, i, quire_column(ages, "pages"));
		point->low = quire_cell(ages, i, quire_column(ages, "low_pages"));
		point->high = quire_cell(ages, i, quire_column(ages, "high_pages"));
		curve->points++;
	}
	if (!curve->points)
		fill_windows(curve, sets, row);
}

/* A character of a bar, which reaches from @from to @to in pages. */
static const char *bar(const struct wss_point *point, const struct signs *signs, double from, double to)
{
	double middle = (from + to) / 2;
	int part;

	if (point->low == point->high) {
		part = point->pages <= from ? 0 : point->pages >= to ? 8 :
		       (point->pages - from) / (to - from) * 8;
		/* What is there at all is to be seen. */
		return signs->part[!part && point->pages && !(from > 0) ? 1 : part];
	}
	return middle < point->low ? signs->part[8] : middle < point->pages ? signs->maybe :
	       middle < point->high || (!(from > 0) && point->high) ? signs->hardly : signs->part[0];
}

static void draw_line(const struct wss_curve *curve, const struct signs *signs, int shown, int step,
		      double from, double to, FILE *file)
{
	bool held = curve->resident > from && curve->resident <= to;
	int blanks = 0;

	for (int i = 0; i < shown * step; i++) {
		const char *sign = bar(&curve->point[i / step], signs, from, to);

		if (i % step == step - 1 || !strcmp(sign, " "))
			sign = held ? signs->line : " ";
		if (!strcmp(sign, " ")) {
			blanks++;
			continue;
		}
		fprintf(file, "%*s%s", blanks, "", sign);
		blanks = 0;
	}
	fputs(held ? " held\n" : "\n", file);
}

void wss_curve_draw(const struct wss_curve *curve, int columns, int lines, bool utf8, FILE *to)
{
	const struct signs *signs = utf8 ? &fine : &plain;
	int room = columns - GUTTER - 6, shown = 0, step;
	uint64_t most = curve->resident;
	bool sampled = false;

	/* Longer than uses are known there is nothing new. */
	while (shown < curve->points && shown < room / STEP &&
	       (!shown || curve->point[shown - 1].within_ms < curve->known_ms))
		shown++;
	step = room / shown < 10 ? room / shown : 10;
	for (int i = 0; i < shown; i++) {
		most = curve->point[i].high > most ? curve->point[i].high : most;
		sampled |= curve->point[i].low != curve->point[i].high;
	}
	most = most ? most : 1;
	for (int line = lines; line-- > 0;) {
		bool number = line == lines - 1 || (line + 1) * 2 == lines;

		fprintf(to, "%*s%s", GUTTER - 1,
			number ? human_pages(most * (line + 1) / lines).text : "", signs->edge);
		draw_line(curve, signs, shown, step, (double)most * line / lines,
			  (double)most * (line + 1) / lines, to);
	}
	fprintf(to, "%*s%s", GUTTER - 1, "0", signs->corner);
	for (int x = 0; x < shown * step; x++)
		fputs(signs->line, to);
	fprintf(to, " tau\n%*s", GUTTER, "");
	for (int i = 0; i < shown; i++)
		fprintf(to, "%-*s", i + 1 < shown ? step : 0,
			human_ns(curve->point[i].within_ms * 1000000).text);
	fputc('\n', to);
	if (sampled)
		fprintf(to, "%*sOf a sample: with 95 %% certainty it is within %s and %s.\n", GUTTER, "",
			signs->maybe, signs->hardly);
}
