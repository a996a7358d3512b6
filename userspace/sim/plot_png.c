// SPDX-License-Identifier: GPL-2.0
/*
 * Curves as a PNG file, by cairo.
 */
#include <cairo.h>
#include <math.h>
#include <stdlib.h>

#include "plot.h"
#include "trace.h"

#define WIDTH	960
#define HEIGHT	600
#define LEFT	70
#define RIGHT	30
#define TOP	50
#define BOTTOM	60

static const double colours[][3] = {
	{ 0.00, 0.45, 0.70 }, { 0.84, 0.37, 0.00 }, { 0.00, 0.62, 0.45 }, { 0.80, 0.47, 0.65 },
	{ 0.34, 0.71, 0.91 }, { 0.90, 0.62, 0.00 }, { 0.60, 0.10, 0.10 }, { 0.40, 0.40, 0.40 },
};

#define COLOURS (sizeof(colours) / sizeof(colours[0]))

static double place_x(double x, double low, double high)
{
	return LEFT + log(x / low) / log(high / low) * (WIDTH - LEFT - RIGHT);
}

static double place_y(double y, double top)
{
	return HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM);
}

/* Text whose middle (@at 0.5), start (0) or end (1) is at @x. */
static void text(cairo_t *cairo, double x, double y, double at, const char *string)
{
	cairo_text_extents_t extents;

	cairo_text_extents(cairo, string, &extents);
	cairo_move_to(cairo, x - at * extents.x_advance, y);
	cairo_show_text(cairo, string);
}

static void line(cairo_t *cairo, double x0, double y0, double x1, double y1)
{
	cairo_move_to(cairo, x0, y0);
	cairo_line_to(cairo, x1, y1);
	cairo_stroke(cairo);
}

static void axes(cairo_t *cairo, const struct plot *plot, double low, double high, double top)
{
	char name[32];

	cairo_set_line_width(cairo, 1);
	for (int i = 0; i <= 5; i++) {
		double y = place_y(top * i / 5, top);

		cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
		line(cairo, LEFT, y, WIDTH - RIGHT, y);
		cairo_set_source_rgb(cairo, 0, 0, 0);
		snprintf(name, sizeof(name), "%g %%", 100 * top * i / 5);
		text(cairo, LEFT - 8, y + 4, 1, name);
	}
	for (double x = low; x <= high; x *= 10) {
		cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
		line(cairo, place_x(x, low, high), TOP, place_x(x, low, high), HEIGHT - BOTTOM);
		cairo_set_source_rgb(cairo, 0, 0, 0);
		snprintf(name, sizeof(name), "%.0f", x);
		text(cairo, place_x(x, low, high), HEIGHT - BOTTOM + 18, 0.5, name);
	}
	line(cairo, LEFT, TOP, LEFT, HEIGHT - BOTTOM);
	line(cairo, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
	text(cairo, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 18, 0.5, plot->x_label);
	text(cairo, LEFT, TOP - 10, 0.5, plot->y_label);
	text(cairo, (LEFT + WIDTH - RIGHT) / 2.0, 20, 0.5, plot->title);
}

static void curves(cairo_t *cairo, const struct plot *plot, double low, double high, double top)
{
	cairo_set_line_width(cairo, 2);
	for (size_t s = 0; s < plot->count; s++) {
		const struct plot_series *series = &plot->series[s];
		const double *colour = colours[s % COLOURS];
		double y = HEIGHT - BOTTOM - 18 * (plot->count - s) + 4.0;

		cairo_set_source_rgb(cairo, colour[0], colour[1], colour[2]);
		cairo_new_path(cairo);
		for (size_t i = 0; i < series->points; i++)
			cairo_line_to(cairo, place_x(series->x[i], low, high), place_y(series->y[i], top));
		cairo_stroke(cairo);
		line(cairo, LEFT + 12, y, LEFT + 42, y);
		text(cairo, LEFT + 50, y + 4, 0, series->name);
	}
}

struct plot_picture {
	cairo_surface_t *surface;
	cairo_t *cairo;
};

struct plot_picture *plot_picture_new(size_t panels)
{
	struct plot_picture *picture = malloc(sizeof(*picture));

	if (!picture)
		return NULL;
	picture->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH,
						      HEIGHT * panels);
	picture->cairo = cairo_create(picture->surface);
	cairo_set_source_rgb(picture->cairo, 1, 1, 1);
	cairo_paint(picture->cairo);
	cairo_select_font_face(picture->cairo, "sans", CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(picture->cairo, 13);
	return picture;
}

void plot_picture_add(struct plot_picture *picture, const struct plot *plot)
{
	double low, high, top = plot_top(plot);

	plot_range(plot, &low, &high);
	axes(picture->cairo, plot, low, high, top);
	curves(picture->cairo, plot, low, high, top);
	cairo_translate(picture->cairo, 0, HEIGHT);
}

int plot_picture_end(struct plot_picture *picture, const char *path, struct trace_error *error)
{
	cairo_status_t status = cairo_status(picture->cairo);

	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png(picture->surface, path);
	cairo_destroy(picture->cairo);
	cairo_surface_destroy(picture->surface);
	free(picture);
	if (status == CAIRO_STATUS_SUCCESS)
		return 0;
	return trace_fail(error, "%s: %s", path, cairo_status_to_string(status));
}
