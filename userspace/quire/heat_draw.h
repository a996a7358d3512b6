/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grid of address and time as a picture made of characters.
 */
#ifndef QUIRE_HEAT_DRAW_H
#define QUIRE_HEAT_DRAW_H

#include <stdio.h>

#include "heat.h"
#include "heat_areas.h"

/**
 * struct heat_screen - what there is to draw on
 * @columns: its width, at least 40
 * @lines: its height, at least 12
 * @utf8: it shows UTF-8
 */
struct heat_screen {
	int columns;
	int lines;
	bool utf8;
};

/**
 * heat_draw() - draw a grid, its axes, and what they and the shades mean
 * @heat: the grid; not changed
 * @areas: of each of its processes
 * @screen: the room for it
 * @to: where to
 *
 * Return: 0 or -ENOMEM.
 */
int heat_draw(const struct heat *heat, const struct heat_areas *areas,
	      const struct heat_screen *screen, FILE *to);

/**
 * heat_shade() - how much of a cell is in use, as a character
 * @cell: the cell
 * @utf8: it may be UTF-8
 */
const char *heat_shade(const struct heat_cell *cell, bool utf8);

#endif
