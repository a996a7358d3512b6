// SPDX-License-Identifier: GPL-2.0
/*
 * The picture:
 *
 *	7f3a5c000000│███████████░░░░░░░░ anon		address downwards, each line the same size;
 *	7f3a5c200000│············██████▓ anon		time to the right
 *	7ffc21000000┬░░░░░░░░░░░░░░░░░░░ [stack]
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "heat_draw.h"
#include "human.h"

#define LABEL	12	/* columns of an address */
#define AREA	16	/* of a name, with the blank before it */
#define AROUND	7	/* lines that are no addresses */

const char *heat_shade(const struct heat_cell *cell, bool utf8)
{
	static const char *const fine[] = { " ", "·", "░", "▒", "▓", "█" };
	static const char *const plain[] = { " ", ".", ":", "+", "*", "#" };
	int level = 0;

	if (cell->known)
		level = !cell->used ? 1 : 2 + 4 * (uint64_t)cell->used / cell->known;
	return (utf8 ? fine : plain)[level > 5 ? 5 : level];
}

static void draw_row(const struct heat *heat, int index, const struct heat_areas *areas, bool utf8,
		     FILE *to)
{
	const struct heat_row *row = heat->row[index], *before = index ? heat->row[index - 1] : row;
	uint64_t start = row->block << heat->shift, end = start + (UINT64_C(1) << heat->shift);
	bool follows = before->process != row->process || before == row || before->block + 1 == row->block;

	fprintf(to, "%*" PRIx64 "%s", LABEL, start,
		follows ? utf8 ? "│" : "|" : utf8 ? "┬" : "+");
	for (int i = 0; i < heat->columns; i++)
		fputs(heat_shade(&row->cell[i], utf8), to);
	fprintf(to, " %.*s\n", AREA - 1, heat_areas_name(&areas[row->process], start, end));
}

static struct human seconds(double value)
{
	return human_ns(value < 0 ? 0 : value * 1e9);
}

/* The axis, and on it when the first, the middle and the last column were. */
static void draw_axis(const struct heat *heat, bool utf8, FILE *to)
{
	double last = heat->first + heat->columns * heat->step;
	int half = heat->columns / 2, used;

	fprintf(to, "%*s%s", LABEL, "address", utf8 ? "└" : "+");
	for (int i = 0; i < heat->columns; i++)
		fputs(utf8 ? "─" : "-", to);
	used = fprintf(to, " time\n%*s%s", LABEL + 1, "", seconds(heat->first).text) - LABEL - 7;
	if (half >= 10)
		used += fprintf(to, "%*s%s", half - used, "",
				seconds((heat->first + last) / 2).text);
	fprintf(to, "%*s%s\n", heat->columns - used - 6 > 1 ? heat->columns - used - 6 : 1, "",
		seconds(last).text);
}

static void draw_legend(const struct heat *heat, bool utf8, FILE *to)
{
	static const struct heat_cell cell[] = { { 4, 0 }, { 8, 1 }, { 4, 1 }, { 4, 2 }, { 4, 3 } };
	static const char *const about[] = { "none", "some", "25 %", "50 %", "75 % and more" };
	uint64_t kib = UINT64_C(1) << heat->shift >> 10;

	fprintf(to, "A line is %s of addresses (after %s some are left out), a column %s.\n",
		human_pages(kib / 4).text, utf8 ? "┬" : "+", seconds(heat->step).text);
	fputs("Of the pages there that were ever used, how many each scan found in use:\n", to);
	for (size_t i = 0; i < sizeof(cell) / sizeof(*cell); i++)
		fprintf(to, "%s%s %s", i ? "  " : "", heat_shade(&cell[i], utf8), about[i]);
	fputs("  (blank: not known)\n", to);
}

int heat_draw(const struct heat *heat, const struct heat_areas *areas,
	      const struct heat_screen *screen, FILE *to)
{
	struct heat fitted;

	if (heat_copy(heat, &fitted)) {
		heat_free(&fitted);
		return -ENOMEM;
	}
	heat_fit(&fitted, screen->lines - AROUND - fitted.processes, screen->columns - LABEL - 1 - AREA);
	for (int i = 0; i < fitted.rows; i++) {
		const struct heat_process *process = &fitted.process[fitted.row[i]->process];

		if (!i || fitted.row[i]->process != fitted.row[i - 1]->process)
			fprintf(to, "%s %" PRIu64 "\n", process->command, process->pid);
		draw_row(&fitted, i, areas, screen->utf8, to);
	}
	if (fitted.rows) {
		draw_axis(&fitted, screen->utf8, to);
		draw_legend(&fitted, screen->utf8, to);
	}
	heat_free(&fitted);
	return 0;
}
