// SPDX-License-Identifier: GPL-2.0
/*
 * What quire sim found out, as curves.
 */
#include <stdio.h>
#include <stdlib.h>

#include "plot.h"
#include "sim_rows.h"

/* The rows of one trace begin at @from; where they end. */
static size_t trace_end(const struct sim_rows *rows, size_t from)
{
	size_t end = from;

	while (end < rows->count && rows->row[end].trace == rows->row[from].trace)
		end++;
	return end;
}

/* How many rows there are for each size, from the first row of a trace on. */
static size_t policies(const struct sim_rows *rows, size_t from, size_t end)
{
	size_t count = 0;

	while (from + count < end && rows->row[from + count].frames == rows->row[from].frames)
		count++;
	return count;
}

/* Call @draw with the plot of the rows of one trace; its result, or -1 without memory. */
static int with_plot(const struct sim_rows *rows, size_t from, size_t end,
		     int (*draw)(const struct plot *plot, void *arg), void *arg)
{
	const struct sim_row *row = &rows->row[from];
	size_t count = policies(rows, from, end), points = (end - from) / count;
	struct plot_series *series = calloc(count, sizeof(*series));
	double *x = calloc(points, sizeof(*x)), *y = calloc(end - from, sizeof(*y));
	struct plot plot = {
		.title = row->trace,
		.x_label = "frames of memory (logarithmic)",
		.y_label = rows->sampled ? "miss ratio (of a sample)" : "miss ratio",
		.series = series,
		.count = count,
	};
	int ret = -1;

	if (series && x && y) {
		for (size_t i = 0; i < end - from; i++) {
			x[i / count] = row[i].frames;
			y[i % count * points + i / count] = row[i].miss_ratio;
		}
		for (size_t s = 0; s < count; s++)
			series[s] = (struct plot_series){ row[s].policy, x, y + s * points, points };
		ret = draw(&plot, arg);
	}
	free(series);
	free(x);
	free(y);
	return ret;
}

static int to_terminal(const struct plot *plot, void *arg)
{
	plot_terminal(plot, arg, stdout);
	return 0;
}

static int to_picture(const struct plot *plot, void *arg)
{
	plot_picture_add(arg, plot);
	return 0;
}

void rows_draw(const struct sim_rows *rows)
{
	struct plot_screen screen = plot_screen();
	size_t end;

	for (size_t from = 0; from < rows->count; from = end) {
		end = trace_end(rows, from);
		with_plot(rows, from, end, to_terminal, &screen);
	}
}

int rows_draw_png(const struct sim_rows *rows, const char *path, struct trace_error *error)
{
	struct plot_picture *picture;
	size_t traces = 0, from;
	int ret = 0;

	for (from = 0; from < rows->count; from = trace_end(rows, from))
		traces++;
	picture = plot_picture_new(traces);
	if (!picture)
		return trace_fail(error, "no memory");
	for (from = 0; from < rows->count; from = trace_end(rows, from))
		ret |= with_plot(rows, from, trace_end(rows, from), to_picture, picture);
	if (plot_picture_end(picture, path, error))
		return -1;
	return ret ? trace_fail(error, "no memory") : 0;
}
