// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: the head, the table of processes, the keys and the help.
 */
#include <stdio.h>
#include <string.h>

#include "top_view.h"

#define LABEL	26	/* columns before a graph */
#define SCALE	8	/* and behind it */
#define SPAN	300	/* samples that a graph has at least: five minutes of one a second */

static const char *const view_names[VIEWS] = { "processes", "policies", "TLB", "faults" };

/* The order in which columns are left out where there is little room: the last first. */
static const int wanted[] = {
	TOP_PID, TOP_COLUMNS, TOP_MEMORY, TOP_STALL, TOP_STATE, TOP_SWAP, TOP_WSS_10S, TOP_REFAULT, TOP_SWAPIN,
	TOP_FAULTS, TOP_TLB, TOP_MAJOR, TOP_WSS_1S, TOP_WSS_60S, TOP_ANON, TOP_FILE, TOP_COW,
};

size_t view_selected(const struct top *top, struct view_state *state)
{
	for (size_t i = 0; state->selected && i < top->rows; i++)
		if (top->row[i].value[TOP_PID] == state->selected)
			return i;
	state->selected = 0;
	return 0;
}

static enum ink pressure_ink(double percent)
{
	return percent < 1 ? INK_GRAPH : percent < 20 ? INK_TIGHT : INK_BAD;
}

/* Samples in each column of a graph of a width. */
static int samples_each(int width)
{
	int each = 1;

	while (width > 0 && each * width < SPAN && each * 2 * width <= TOP_HISTORY)
		each++;
	return each;
}

/* One graph: what it is, its course, and what its full height is. */
static int draw_graph(const struct screen *screen, const struct top *top, int graph, int y, int height)
{
	static const char *const names[TOP_GRAPHS] = {
		"Memory", "Swap", "Pressure", "Refaults", "TLB",
	};
	const struct top_machine *machine = &top->machine[top->last];
	double now = top_now(&top->history, graph), most = 100;
	int width = screen->columns - LABEL - SCALE, each = samples_each(width);
	enum ink ink = graph == TOP_PRESSURE ? pressure_ink(now) : INK_GRAPH;
	int base = y + height - 1;

	screen_put(screen, base, 1, INK_BOLD, names[graph]);
	if (now < 0)
		screen_put(screen, base, 10, INK_DIM, "-");
	else if (graph == TOP_MEMORY_USED || graph == TOP_SWAP_USED)
		screen_print(screen, base, 10, INK_PLAIN, "%5.1f%% of %s", now,
			     human_pages(graph == TOP_MEMORY_USED ? machine->pages :
					 machine->swap).text);
	else if (graph == TOP_PRESSURE)
		screen_print(screen, base, 10, INK_PLAIN, "%5.1f%% waiting", now);
	else
		screen_print(screen, base, 10, INK_PLAIN, "%6s%s", human_count(now + 0.5).text,
			     graph == TOP_REFAULTS ? " pages/s" : " flushes/s");
	if (width < 8)
		return y + height;
	if (graph == TOP_REFAULTS || graph == TOP_FLUSHES) {
		most = 100;
		for (int i = 0; i < width; i++)
			if (top_sample(&top->history, graph, width, each, i) > most)
				most = top_sample(&top->history, graph, width, each, i);
		screen_print(screen, y, screen->columns - SCALE + 1, INK_DIM, "%6s",
			     human_count(most).text);
	} else {
		screen_print(screen, y, screen->columns - SCALE + 1, INK_DIM, "%6s", "100%");
	}
	for (int i = 0; i < width; i++) {
		double value = top_sample(&top->history, graph, width, each, i);

		screen_column(screen, base, LABEL + i, height, ink, value < 0 ? -1 : value / most);
	}
	return y + height;
}

/* Who loses most, for the sentence where there is no verdict. */
static void describe(const struct top *top, char *text, size_t size)
{
	const struct top_row *worst = NULL;
	size_t at = 0, used;

	used = snprintf(text, size, "%s", top->verdict.sentence);
	for (size_t i = 0; i < top->rows; i++) {
		uint64_t stall = top->row[i].value[TOP_STALL];

		if (stall != QUIRE_NONE && stall && (!worst || stall > worst->value[TOP_STALL])) {
			worst = &top->row[i];
			at = i;
		}
	}
	if (used >= size || top->verdict.state != VERDICT_UNKNOWN || !top->live.before)
		return;
	if (worst)
		snprintf(text + used, size - used, "; %s loses %s of its time", worst->command.text,
			 top_cell(top, at, TOP_STALL).text);
	else
		snprintf(text + used, size - used, "; no process waits for memory");
}

int view_text(const struct screen *screen, int y, int x, enum ink ink, int lines, const char *text)
{
	int room, end;

	for (; --lines > 0; y++, x = 1) {
		room = screen->columns - x;
		if (room <= 0 || (int)strlen(text) <= room)
			break;
		for (end = room; end > room / 2 && text[end] != ' '; end--)
			;
		screen_print(screen, y, x, ink, "%.*s", end, text);
		text += end + (text[end] == ' ');
	}
	screen_put(screen, y, x, ink, text);
	return y + 1;
}

/* In @lines at the most. Returns the line behind it. */
static int draw_state(const struct screen *screen, const struct top *top, int lines)
{
	static const struct {
		const char *name;
		enum ink ink;
	} states[] = {
		[VERDICT_UNKNOWN] = { "?", INK_BOLD }, [VERDICT_CALM] = { "CALM", INK_CALM },
		[VERDICT_TIGHT] = { "TIGHT", INK_TIGHT }, [VERDICT_THRASHING] = { "THRASHING", INK_BAD },
	};
	char text[640];
	int x;

	if (!top->readings) {
		x = screen_put(screen, 0, 0, INK_BAD, "no module");
		return view_text(screen, 0, x + 1, INK_PLAIN, lines, top->reading[top->last].error.text);
	}
	describe(top, text, sizeof(text));
	x = screen_put(screen, 0, 0, states[top->verdict.state].ink, states[top->verdict.state].name);
	return view_text(screen, 0, x + 1, INK_PLAIN, lines, text);
}

static uint64_t machine_rate(const struct top *top, const char *name)
{
	const struct live *live = &top->live;

	if (!live->now || !live->before)
		return QUIRE_NONE;
	return live_rate(live, quire_since(quire_value(&live->now->table[QUIRE_STAT], name),
					   quire_value(&live->before->table[QUIRE_STAT], name)));
}

/* Where there are few lines, those of one process are worth more than most of the machine. */
static bool is_small(const struct screen *screen, const struct view_state *state)
{
	return screen->lines < (state->process ? 40 : 24);
}

/* Below the graphs, at their end: the time that they are of. */
static void draw_span(const struct screen *screen, const struct top *top, int x, int y)
{
	int width = screen->columns - LABEL - SCALE;
	char text[80];

	snprintf(text, sizeof(text), "graphs: last %s", human_ns(samples_each(width) * width * top->live.interval * 1e9).text);
	if (width >= 8 && x + 2 + (int)strlen(text) <= LABEL + width)
		screen_put(screen, y, LABEL + width - strlen(text), INK_DIM, text);
}

static int draw_head(const struct screen *screen, const struct top *top,
		     const struct view_state *state)
{
	int height = screen->lines >= 60 ? 3 : screen->lines >= 40 ? 2 : 1;
	int y = draw_state(screen, top, is_small(screen, state) ? 1 : 3), x;

	for (int i = 0; i < TOP_GRAPHS && y < screen->lines - 6; i++)
		if (!state->process || !is_small(screen, state) || i == TOP_PRESSURE)
			y = draw_graph(screen, top, i, y, height);
	if (screen->lines >= 20 && top->readings) {
		x = screen_print(screen, y, 1, INK_PLAIN, "%s faults/s, %s major; swap %s/s in, %s/s out",
			     human_count(machine_rate(top, "pgfault")).text,
			     human_count(machine_rate(top, "pgmajfault")).text,
			     human_pages(machine_rate(top, "pswpin")).text,
			     human_pages(machine_rate(top, "pswpout")).text);
		draw_span(screen, top, x, y++);
	}
	return y;
}

/* Which columns there is room for: a bit each. */
static unsigned int choose_columns(const struct screen *screen, const struct top *top)
{
	int sort = top->sort;
	unsigned int chosen = 1u << sort;
	int used = top_columns[sort].width;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		int column = wanted[i];

		if (column == TOP_STATE && top->verdict.state == VERDICT_UNKNOWN)
			continue;
		if (column == sort || used + top_columns[column].width > screen->columns)
			continue;
		chosen |= 1u << column;
		used += top_columns[column].width;
	}
	return chosen;
}

static void draw_row(const struct screen *screen, const struct top *top, size_t row, int y,
		     unsigned int chosen, bool selected)
{
	enum ink ink = selected ? INK_SELECTED : INK_PLAIN;
	int x = 0;

	if (selected)
		screen_fill(screen, y, ink);
	for (int i = 0; i < TOP_COLUMNS; i++) {
		if (!(chosen & 1u << i))
			continue;
		screen_print(screen, y, x, ink, "%*s", top_columns[i].width, top_cell(top, row, i).text);
		x += top_columns[i].width;
	}
	if (chosen & 1u << TOP_COLUMNS)
		screen_print(screen, y, x + 1, ink, "%s%s", top->row[row].command.text,
			     top->row[row].gone ? ", gone" : "");
}

void view_processes(const struct screen *screen, const struct top *top, struct view_state *state,
		    int y, int last)
{
	unsigned int chosen = choose_columns(screen, top);
	int selected = view_selected(top, state), x = 0;

	screen_fill(screen, y, INK_HEADING);
	for (int i = 0; i <= TOP_COLUMNS; i++) {
		enum ink ink = i == top->sort ? INK_SORTED : INK_HEADING;
		int blanks = top_columns[i].width - (int)strlen(top_columns[i].heading);

		if (!(chosen & 1u << i))
			continue;
		screen_put(screen, y, i == TOP_COLUMNS ? x + 1 : x + blanks, ink,
			   top_columns[i].heading);
		x += top_columns[i].width;
	}
	y++;
	state->body = last - y + 1;
	if (selected < state->first)
		state->first = selected;
	if (selected >= state->first + state->body)
		state->first = selected - state->body + 1;
	if (state->first < 0)
		state->first = 0;
	for (int i = state->first; i < (int)top->rows && y <= last; i++, y++)
		draw_row(screen, top, i, y, chosen, i == selected);
	if (!top->rows && top->readings)
		screen_put(screen, y, 1, INK_DIM, "no process that was asked for and that you may see");
}

void view_help(const struct screen *screen, struct view_state *state, int y, int last)
{
	static const char *const keys[] = {
		"Tab, Shift-Tab  the next view, the one before: processes, policies, TLB, faults;",
		"of a process: where in its memory it is at work",
		"arrows, PgUp, PgDn, Home, End  move; Enter  look at a process; Esc  back",
		"F6 > <  sort by the next column, the one before; R  the other way round",
		"Space  read now; + -  read less, more often; q  quit",
		"",
		"Graphs: memory that is not available; swap in use; share of the time in which a",
		"task waited for memory (PSI); pages that came back after their eviction; TLB",
		"flushes. The newest is at the right, the number there is the full height.",
		"",
	};
	int count = sizeof(keys) / sizeof(*keys), most = count + TOP_COLUMNS - (last - y);

	if (state->first > most)
		state->first = most > 0 ? most : 0;
	for (int i = state->first; i < count + TOP_COLUMNS + 1 && y <= last; i++, y++) {
		const struct top_column_info *column = &top_columns[i < count ? 0 : i - count];

		if (i < count)
			screen_put(screen, y, 1, INK_PLAIN, keys[i]);
		else
			screen_print(screen, y, 1, INK_PLAIN, "%c  %-9s%s", column->key, column->heading,
				     column->about);
	}
}

static void draw_keys(const struct screen *screen, const struct top *top,
		      const struct view_state *state)
{
	int y = screen->lines - 1, x;

	screen_fill(screen, y, INK_HEADING);
	if (state->help || state->process) {
		screen_put(screen, y, 0, INK_HEADING, state->help ?
			   " Esc back  arrows move  q quit" :
			   " Esc back  Tab where it is at work  arrows segment  Space now  h help  q quit");
		return;
	}
	x = screen_print(screen, y, 0, INK_HEADING, " q quit  h help  Tab %s",
			 view_names[(state->view + 1) % VIEWS]);
	if (state->view == VIEW_PROCESSES)
		x = screen_print(screen, y, x, INK_HEADING, "  Enter process  F6 sort: %s%s",
				 top_columns[top->sort].heading, top->reversed ? ", reversed" : "");
	screen_print(screen, y, x, INK_HEADING, "  +- %gs  Space now", top->live.interval);
}

void view_draw(struct screen *screen, const struct top *top, struct view_state *state)
{
	int y, last;

	screen_begin(screen);
	y = draw_head(screen, top, state);
	last = screen->lines - 2;
	state->body = last - y + 1;
	if (state->help) {
		view_help(screen, state, y, last);
	} else if (!top->readings) {
		screen_put(screen, y + 1, 1, INK_PLAIN, top->reading[top->last].error.text);
		screen_put(screen, y + 2, 1, INK_DIM, "This screen goes on as soon as the module is there.");
	} else if (state->process) {
		view_process(screen, top, state, y, last);
	} else if (state->view == VIEW_POLICIES) {
		view_policies(screen, top, state, y, last);
	} else if (state->view == VIEW_TLB) {
		view_tlb(screen, top, y, last);
	} else if (state->view == VIEW_FAULTS) {
		view_faults(screen, top, y, last);
	} else {
		view_processes(screen, top, state, y, last);
	}
	draw_keys(screen, top, state);
	screen_end();
}
