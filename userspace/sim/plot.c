// SPDX-License-Identifier: GPL-2.0
/*
 * Curves for the terminal.
 *
 * With UTF-8 each character is 2 by 4 dots of braille, and curves are told apart by colour. Without colour or
 * without UTF-8 each curve is drawn in a letter of its own.
 */
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "plot.h"

#define MARGIN 8	/* characters left of the y axis */

/* Colours that can be told apart on black and on white, also by most who are colour blind. */
static const int colours[] = { 33, 208, 34, 170, 37, 178, 196, 245 };

#define COLOURS (sizeof(colours) / sizeof(colours[0]))

/**
 * struct canvas - the field between the axes
 * @columns: width in characters
 * @rows: height in characters
 * @dots: braille dots of each character, as the low byte of U+28xx
 * @owner: which curve drew there last, plus 1
 */
struct canvas {
	int columns;
	int rows;
	unsigned char *dots;
	unsigned char *owner;
};

struct plot_screen plot_screen(void)
{
	struct winsize size = { };
	const char *term = getenv("TERM");
	bool tty = isatty(STDOUT_FILENO);
	struct plot_screen screen = { .columns = 80, .rows = 24 };

	setlocale(LC_CTYPE, "");
	screen.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	screen.colour = tty && term && strcmp(term, "dumb") && !getenv("NO_COLOR");
	if (tty && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		if (size.ws_col >= 40)
			screen.columns = size.ws_col > 160 ? 160 : size.ws_col;
		if (size.ws_row >= 12)
			screen.rows = size.ws_row > 50 ? 50 : size.ws_row - 1;
	}
	return screen;
}

void plot_range(const struct plot *plot, double *low, double *high)
{
	*low = INFINITY;
	*high = 1;
	for (size_t s = 0; s < plot->count; s++) {
		const struct plot_series *series = &plot->series[s];

		for (size_t i = 0; i < series->points; i++) {
			*low = fmin(*low, series->x[i]);
			*high = fmax(*high, series->x[i]);
		}
	}
	*low = isfinite(*low) ? pow(10, floor(log10(*low))) : 1;
	if (*high <= *low)
		*high = 10 * *low;
}

double plot_top(const struct plot *plot)
{
	static const double tops[] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1 };
	double highest = 0;
	size_t i = 0;

	for (size_t s = 0; s < plot->count; s++)
		for (size_t p = 0; p < plot->series[s].points; p++)
			highest = fmax(highest, plot->series[s].y[p]);
	while (i < sizeof(tops) / sizeof(tops[0]) - 1 && tops[i] < highest)
		i++;
	return tops[i];
}

static void dot(struct canvas *canvas, int x, int y, size_t series)
{
	static const unsigned char bit[4][2] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 },
	};
	int column = x / 2, row = y / 4;
	size_t at;

	if (x < 0 || y < 0 || column >= canvas->columns || row >= canvas->rows)
		return;
	at = (size_t)row * canvas->columns + column;
	canvas->dots[at] |= bit[y % 4][x % 2];
	canvas->owner[at] = series + 1;
}

/* A curve: for each column of dots its height there, with the gap to the column before filled. */
static void draw(struct canvas *canvas, const struct plot *plot, size_t s, double low, double high,
		 double top)
{
	const struct plot_series *series = &plot->series[s];
	int width = 2 * canvas->columns, height = 4 * canvas->rows, before = -1;
	size_t i = 0;

	for (int x = 0; x < width && series->points; x++) {
		double at = low * pow(high / low, x / (width - 1.0)), y;
		int row;

		if (at < series->x[0] * (1 - 1e-9) ||
		    at > series->x[series->points - 1] * (1 + 1e-9))
			continue;
		while (i + 2 < series->points && series->x[i + 1] < at)
			i++;
		y = series->y[i];
		if (series->points > 1) {
			double part = log(at / series->x[i]) / log(series->x[i + 1] / series->x[i]);

			y += (series->y[i + 1] - y) * fmin(fmax(part, 0), 1);
		}
		row = round((1 - y / top) * (height - 1));
		dot(canvas, x, row, s);
		for (; before >= 0 && abs(before - row) > 1; before += before < row ? 1 : -1)
			dot(canvas, x, before, s);
		before = row;
	}
}

static void set_colour(const struct plot_screen *screen, size_t series, FILE *to)
{
	if (screen->colour)
		fprintf(to, "\033[38;5;%dm", colours[series % COLOURS]);
}

static void reset_colour(const struct plot_screen *screen, FILE *to)
{
	if (screen->colour)
		fputs("\033[0m", to);
}

static char letter(size_t series)
{
	return "abcdefghijklmnopqrstuvwxyz"[series % 26];
}

/* Are the curves told apart by letters? */
static bool letters(const struct plot *plot, const struct plot_screen *screen)
{
	return !screen->utf8 || (!screen->colour && plot->count > 1);
}

static void print_cell(const struct canvas *canvas, size_t at, const struct plot *plot,
		       const struct plot_screen *screen, FILE *to)
{
	unsigned int code = 0x2800 + canvas->dots[at];

	if (!canvas->owner[at]) {
		putc(' ', to);
		return;
	}
	set_colour(screen, canvas->owner[at] - 1, to);
	if (letters(plot, screen))
		putc(letter(canvas->owner[at] - 1), to);
	else
		fprintf(to, "%c%c%c", 0xe0 | code >> 12, 0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
	reset_colour(screen, to);
}

static void print_rows(const struct canvas *canvas, const struct plot *plot,
		       const struct plot_screen *screen, double top, FILE *to)
{
	for (int row = 0; row < canvas->rows; row++) {
		bool tick = row % 4 == 0;

		if (tick)
			fprintf(to, "%*.1f %%", MARGIN - 3, 100 * top * (1 - row / (canvas->rows - 1.0)));
		else
			fprintf(to, "%*s", MARGIN - 1, "");
		fputs(screen->utf8 ? (tick ? "\u2524" : "\u2502") : (tick ? "+" : "|"), to);
		for (int column = 0; column < canvas->columns; column++)
			print_cell(canvas, (size_t)row * canvas->columns + column, plot, screen, to);
		putc('\n', to);
	}
}

/* "1", "10", "100", "1k", ... */
static void power_name(double power, char *name, size_t size)
{
	if (power >= 1e9)
		snprintf(name, size, "%.0fG", power / 1e9);
	else if (power >= 1e6)
		snprintf(name, size, "%.0fM", power / 1e6);
	else if (power >= 1e3)
		snprintf(name, size, "%.0fk", power / 1e3);
	else
		snprintf(name, size, "%.0f", power);
}

/* The x axis: a tick at each power of 10, its name below. */
static void print_axis(const struct canvas *canvas, const struct plot_screen *screen, double low,
		       double high, FILE *to)
{
	int columns = canvas->columns, next = 0;
	char names[columns + 9];

	memset(names, ' ', sizeof(names));
	fprintf(to, "%*s%s", MARGIN - 1, "", screen->utf8 ? "\u2514" : "+");
	for (int column = 0; column < columns; column++) {
		double power = pow(10, next) * low;
		int at = round(log(power / low) / log(high / low) * (columns - 1));
		char name[8];

		if (column != at) {
			fputs(screen->utf8 ? "\u2500" : "-", to);
			continue;
		}
		fputs(screen->utf8 ? "\u252c" : "+", to);
		power_name(power, name, sizeof(name));
		memcpy(names + column, name, strlen(name));
		next++;
	}
	fprintf(to, "\n%*s%.*s\n", MARGIN, "", columns + 8, names);
}

void plot_terminal(const struct plot *plot, const struct plot_screen *screen, FILE *to)
{
	/* A tick every four rows, the last on the axis. */
	struct canvas canvas = {
		.columns = screen->columns - MARGIN - 5,
		.rows = (screen->rows - 6) / 4 * 4 + 1,
	};
	size_t cells = (size_t)canvas.columns * canvas.rows;
	double low, high, top = plot_top(plot);

	canvas.dots = calloc(cells, 1);
	canvas.owner = calloc(cells, 1);
	if (!canvas.dots || !canvas.owner) {
		free(canvas.dots);
		free(canvas.owner);
		return;
	}
	plot_range(plot, &low, &high);
	for (size_t s = 0; s < plot->count; s++)
		draw(&canvas, plot, s, low, high, top);
	fprintf(to, "%s\n%s:", plot->title, plot->y_label);
	for (size_t s = 0; s < plot->count; s++) {
		fputs("  ", to);
		set_colour(screen, s, to);
		if (letters(plot, screen))
			fprintf(to, "%c ", letter(s));
		else
			fputs("\u2501 ", to);
		reset_colour(screen, to);
		fputs(plot->series[s].name, to);
	}
	putc('\n', to);
	print_rows(&canvas, plot, screen, top, to);
	print_axis(&canvas, screen, low, high, to);
	fprintf(to, "%*s%s\n", MARGIN + (int)(canvas.columns - strlen(plot->x_label)) / 2, "", plot->x_label);
	free(canvas.dots);
	free(canvas.owner);
}
