/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Curves with axes, for the terminal and as PNG. X grows by its logarithm, Y is a share from 0 to 1.
 */
#ifndef QUIRE_PLOT_H
#define QUIRE_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct trace_error;

/**
 * struct plot_series - a curve
 * @name: for the legend
 * @x: ascending, above 0
 * @y: from 0 to 1
 * @points: how many
 */
struct plot_series {
	const char *name;
	const double *x;
	const double *y;
	size_t points;
};

/**
 * struct plot - a picture
 * @title: above it
 * @x_label: what x is, with its unit
 * @y_label: what y is
 * @series: the curves
 * @count: how many
 */
struct plot {
	const char *title;
	const char *x_label;
	const char *y_label;
	const struct plot_series *series;
	size_t count;
};

/**
 * struct plot_screen - what a terminal can do
 * @columns: width in characters, at least 40
 * @rows: height in characters, at least 10
 * @colour: colours may be used
 * @utf8: so may braille; else the curves are drawn in letters
 */
struct plot_screen {
	int columns;
	int rows;
	bool colour;
	bool utf8;
};

/**
 * plot_screen() - find out what standard output can do
 */
struct plot_screen plot_screen(void);

/**
 * plot_terminal() - draw with characters
 * @plot: what
 * @screen: for what
 * @to: where to
 */
void plot_terminal(const struct plot *plot, const struct plot_screen *screen, FILE *to);

struct plot_picture;

/**
 * plot_picture_new() - begin a picture of panels of 960 by 600, one below the other
 * @panels: how many, at least one
 *
 * Return: the picture, white; NULL if there is no memory for it.
 */
struct plot_picture *plot_picture_new(size_t panels);

/**
 * plot_picture_add() - draw the next panel
 * @picture: the picture
 * @plot: what
 */
void plot_picture_add(struct plot_picture *picture, const struct plot *plot);

/**
 * plot_picture_end() - write a picture as a PNG file and free it
 * @picture: the picture
 * @path: the file
 * @error: filled in on failure
 *
 * Return: 0 or -1.
 */
int plot_picture_end(struct plot_picture *picture, const char *path, struct trace_error *error);

/**
 * plot_range() - the range of all x
 * @plot: the picture
 * @low: set to a power of 10 at or below the smallest
 * @high: set to the largest, above @low
 */
void plot_range(const struct plot *plot, double *low, double *high);

/**
 * plot_top() - the end of the y axis
 * @plot: the picture
 *
 * Return: a round number at or above all y, at most 1.
 */
double plot_top(const struct plot *plot);

#endif
