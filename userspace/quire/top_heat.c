// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: where in its memory one process is at work, since it is looked at.
 */
#include <inttypes.h>

#include "heat_draw.h"
#include "top_view.h"

#define LABEL	14	/* columns before the grid: an address */
#define AREA	17	/* and behind it: a name */

static void draw_row(const struct screen *screen, const struct heat *heat, int index,
		     const struct heat_areas *areas, int y)
{
	const struct heat_row *row = heat->row[index];
	uint64_t start = row->block << heat->shift;

	screen_print(screen, y, 0, INK_DIM, "%*" PRIx64, LABEL - 1, start);
	for (int i = 0; i < heat->columns; i++)
		screen_put(screen, y, LABEL + i, INK_GRAPH, heat_shade(&row->cell[i], screen->utf8));
	screen_put(screen, y, screen->columns - AREA + 1, INK_DIM,
		   heat_areas_name(areas, start, start + (UINT64_C(1) << heat->shift)));
}

void view_heat(const struct screen *screen, const struct top *top, int y, int last)
{
	int room = screen->columns - LABEL - AREA;
	struct heat heat = { };

	screen_fill(screen, y, INK_HEADING);
	if (!top->watch || !top->watch->heat.rows || room < 8 || last - y < 2 ||
	    heat_copy(&top->watch->heat, &heat)) {
		screen_put(screen, y, 1, INK_HEADING, "WHERE IT IS AT WORK");
		screen_put(screen, y + 1, 1, INK_DIM, top->watch && *top->watch_error.text ?
			   top->watch_error.text : "not known: sudo quire config workingset=1");
		heat_free(&heat);
		return;
	}
	heat_fit(&heat, last - y - 1, room);
	screen_print(screen, y++, 1, INK_HEADING, "WHERE IT IS AT WORK: each line %s of addresses, each column %gs",
		     human_pages(UINT64_C(1) << (heat.shift - 12)).text, heat.step);
	for (int i = 0; i < heat.rows && y < last; i++)
		draw_row(screen, &heat, i, &top->watch->areas[heat.row[i]->process], y++);
	screen_print(screen, y, 1, INK_DIM, "Of the pages there, used in a scan: %s none %s some %s 25%% %s 50%% %s 75%%",
		     heat_shade(&(struct heat_cell){ 8, 0 }, screen->utf8),
		     heat_shade(&(struct heat_cell){ 8, 1 }, screen->utf8),
		     heat_shade(&(struct heat_cell){ 8, 2 }, screen->utf8),
		     heat_shade(&(struct heat_cell){ 8, 4 }, screen->utf8),
		     heat_shade(&(struct heat_cell){ 8, 6 }, screen->utf8));
	heat_free(&heat);
}
