// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: one process: its faults and stalls, its segments, its working set.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "quire/abi.h"
#include "top_view.h"

#define SEGMENTS_MAX 16

static const struct top_row *find_row(const struct top *top, uint64_t pid, size_t *index)
{
	for (size_t i = 0; i < top->rows; i++) {
		if (top->row[i].value[TOP_PID] == pid) {
			*index = i;
			return &top->row[i];
		}
	}
	return NULL;
}

static void draw_figures(const struct screen *screen, const struct top *top, size_t index, int y)
{
	const struct top_row *row = &top->row[index];
	int x = screen_print(screen, y, 1, INK_BOLD, "%s %" PRIu64, row->command.text,
			     row->value[TOP_PID]);

	x = screen_print(screen, y, x, INK_PLAIN, "%s: %s in memory,", row->gone ? ", gone" : "",
			 top_cell(top, index, TOP_MEMORY).text);
	x = screen_print(screen, y, x, INK_PLAIN, " %s in swap; loses", top_cell(top, index, TOP_SWAP).text);
	screen_print(screen, y, x, INK_PLAIN, " %s of its time", top_cell(top, index, TOP_STALL).text);
}

/* What it loses the time with, then its faults by cause: those that there are. */
static int draw_rates(const struct screen *screen, const struct top *top, size_t row, int y)
{
	static const char *const stalls[] = { "reclaim", "swapin", "file", "compaction" };
	static const char *const causes[] = {
#define X(id, name, about) name,
		QUIRE_CAUSES(X)
#undef X
	};
	const struct live *live = &top->live;
	char name[QUIRE_NAME_MAX];
	int x = screen_put(screen, y, 1, INK_PLAIN, "Waits:");

	for (size_t i = 0; i < sizeof(stalls) / sizeof(*stalls); i++) {
		uint64_t us;

		snprintf(name, sizeof(name), "stall_%s_us", stalls[i]);
		us = live_process(live, row, name);
		x = screen_print(screen, y, x, INK_PLAIN, "  %s %s", stalls[i],
				 human_share(us, live->before ? live_seconds(live) * 1e6 : 0).text);
	}
	y++;
	x = screen_put(screen, y, 1, INK_PLAIN, "Faults a second:");
	for (size_t i = 0; i < QUIRE_NR_CAUSES; i++) {
		uint64_t count;

		snprintf(name, sizeof(name), "faults_%s", causes[i]);
		count = live_rate(live, live_process(live, row, name));
		if (live->before && count && count != QUIRE_NONE)
			x = screen_print(screen, y, x, INK_PLAIN, "  %s %s", causes[i],
					 human_count(count).text);
	}
	return y + 1;
}

/* The process' segments; returns the line behind them. */
static int draw_segments(const struct screen *screen, const struct top *top, const struct top_row *row,
			 int *segment, int y, const char **name)
{
	static const char *const columns[] = {
		"resident_pages", "swapped_pages", "wss_1s_pages", "wss_10s_pages", "wss_60s_pages",
	};
	const struct quire_table *table = &top->live.now->table[QUIRE_WORKINGSET];
	int pid = quire_column(table, "pid"), count = 0, x;

	screen_fill(screen, y, INK_HEADING);
	screen_put(screen, y++, 1, INK_HEADING,
		   "SEGMENT        MEMORY     SWAP  USED 1s  USED 10s  USED 60s");
	for (size_t i = row->working; i < table->rows && count < SEGMENTS_MAX; i++, count++) {
		enum ink ink = count == *segment ? INK_SELECTED : INK_PLAIN;

		if (quire_cell(table, i, pid) != row->value[TOP_PID])
			break;
		if (count == *segment) {
			screen_fill(screen, y, ink);
			*name = table->segment[i];
		}
		x = screen_print(screen, y, 1, ink, "%-12s", table->segment[i]);
		for (int j = 0; j < 5; j++)
			x = screen_print(screen, y, x, ink, "%*s", j > 2 ? 10 : 9,
				human_pages(quire_cell(table, i, quire_column(table, columns[j]))).text);
		y++;
	}
	/* It may have fewer than when the cursor was set. */
	if (*segment >= count)
		*segment = count ? count - 1 : 0;
	return y;
}

/* W(t, tau): a bar for each tau; what is lighter was used no later than the line above says. */
static void draw_ages(const struct screen *screen, const struct top *top, uint64_t process,
		      const char *segment, int y, int last)
{
	const struct quire_table *table = &top->live.now->table[QUIRE_AGES];
	int pid = quire_column(table, "pid"), within = quire_column(table, "within_ms");
	int pages = quire_column(table, "pages"), width = screen->columns - 32;
	uint64_t most = 1, before = 0;

	if (!top->live.now->there[QUIRE_AGES] || !table->segment) {
		screen_put(screen, y, 1, INK_DIM, "Its ages are in debugfs, which only root may read.");
		return;
	}
	screen_print(screen, y++, 1, INK_BOLD, "WITHIN      USED, OF %s: W(t, tau); %s not used before that",
		     segment, screen->utf8 ? "░" : "+");
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < table->rows; i++) {
			uint64_t value = quire_cell(table, i, pages);

			if (quire_cell(table, i, pid) != process || strcmp(table->segment[i], segment) ||
			    value == QUIRE_NONE)
				continue;
			if (!pass) {
				most = value > most ? value : most;
				continue;
			}
			if (y > last)
				return;
			screen_print(screen, y, 1, INK_PLAIN, "%8s",
				     human_ns(quire_cell(table, i, within) * 1000000).text);
			screen_print(screen, y, 10, INK_PLAIN, "%8s", human_pages(value).text);
			screen_bar(screen, y++, 20, width, INK_GRAPH, (double)before / most,
				   (double)value / most);
			before = value;
		}
	}
}

void view_process(const struct screen *screen, const struct top *top, struct view_state *state,
		  int y, int last)
{
	const char *segment = "all";
	const struct top_row *row;
	char text[512];
	size_t index = 0;

	row = find_row(top, state->process, &index);
	if (!row) {
		screen_print(screen, y, 1, INK_PLAIN, "process %" PRIu64 " is gone", state->process);
		return;
	}
	draw_figures(screen, top, index, y++);
	if (verdict_sentence(&top->verdict, state->process)) {
		human_text(verdict_sentence(&top->verdict, state->process), text, sizeof(text));
		y = view_text(screen, y, 1, INK_TIGHT, 3, text);
	}
	y = draw_rates(screen, top, row->row, y);
	if (state->heat) {
		view_heat(screen, top, y, last);
		return;
	}
	if (row->working == QUIRE_NONE) {
		screen_put(screen, y, 1, INK_DIM, row->gone ? "" :
			   "Its working set is not known: sudo quire config workingset=1");
		return;
	}
	y = draw_segments(screen, top, row, &state->segment, y, &segment);
	draw_ages(screen, top, state->process, segment, y, last);
}
