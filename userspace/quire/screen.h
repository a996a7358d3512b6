/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A terminal's screen: text that is cut off at its edge, graphs and bars; with colours and UTF-8
 * where the terminal has them, readable where it has not. Nothing in here knows what is shown.
 */
#ifndef QUIRE_SCREEN_H
#define QUIRE_SCREEN_H

#include <stdbool.h>

enum ink {
	INK_PLAIN, INK_DIM, INK_BOLD, INK_HEADING, INK_SORTED, INK_SELECTED, INK_GRAPH, INK_CALM,
	INK_TIGHT, INK_BAD, INKS
};

/**
 * struct screen - the terminal
 * @lines: its height
 * @columns: its width
 * @utf8: it shows UTF-8
 * @colour: it has colours
 */
struct screen {
	int lines;
	int columns;
	bool utf8;
	bool colour;
};

/**
 * screen_open() - take the terminal
 * @screen: filled in
 * @ascii: draw with ASCII alone, though there may be UTF-8
 *
 * Return: whether there is one that will do; a message has been printed if not.
 */
bool screen_open(struct screen *screen, bool ascii);

/**
 * screen_close() - give the terminal back as it was
 */
void screen_close(void);

/**
 * screen_begin() - begin to draw anew
 * @screen: its size is brought up to date
 */
void screen_begin(struct screen *screen);

/**
 * screen_end() - show what has been drawn
 */
void screen_end(void);

/**
 * screen_key() - wait for a key
 * @ms: as long at most
 *
 * Return: what getch() of curses returns; -1 for none.
 */
int screen_key(int ms);

/**
 * screen_put() - draw text
 * @screen: where
 * @y: line
 * @x: column
 * @ink: how
 * @text: what; what goes over the edge is cut off
 *
 * Return: the column behind it.
 */
int screen_put(const struct screen *screen, int y, int x, enum ink ink, const char *text);

/**
 * screen_print() - the same with a format
 * @screen: where
 * @y: line
 * @x: column
 * @ink: how
 * @format: what
 *
 * Return: the column behind it.
 */
int screen_print(const struct screen *screen, int y, int x, enum ink ink, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * screen_fill() - make a whole line the background of what comes next
 * @screen: where
 * @y: line
 * @ink: how
 */
void screen_fill(const struct screen *screen, int y, enum ink ink);

/**
 * screen_column() - draw a place of a graph
 * @screen: where
 * @y: the lowest line of the graph
 * @x: column
 * @height: lines of it
 * @ink: how
 * @value: 0 to 1; negative: nothing is known
 */
void screen_column(const struct screen *screen, int y, int x, int height, enum ink ink, double value);

/**
 * screen_bar() - draw a bar of two parts
 * @screen: where
 * @y: line
 * @x: column
 * @width: of 1
 * @ink: how
 * @first: the first part, 0 to 1
 * @both: both parts, not less than the first
 */
void screen_bar(const struct screen *screen, int y, int x, int width, enum ink ink, double first,
		double both);

#endif
