// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: readings become rows and graphs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

#define PARTS_MAX 4	/* columns of the module's table that make one of ours */

const struct top_column_info top_columns[TOP_COLUMNS + 1] = {
	[TOP_PID] = { "PID", 7, 'p', "process ID" },
	[TOP_MEMORY] = { "MEMORY", 7, 'm', "in memory now" },
	[TOP_WSS_1S] = { "WS 1s", 7, '1', "working set: used in the last second" },
	[TOP_WSS_10S] = { "WS 10s", 7, 'w', "working set: used in the last 10 s" },
	[TOP_WSS_60S] = { "WS 60s", 7, '6', "working set: used in the last 60 s" },
	[TOP_SWAP] = { "SWAP", 7, 's', "in swap now" },
	[TOP_FAULTS] = { "FAULTS", 7, 'f', "page faults a second" },
	[TOP_MAJOR] = { "MAJOR", 7, 'j', "those of them that waited for a disk" },
	[TOP_ANON] = { "ANON", 7, 'a', "faults: first touch of anonymous memory" },
	[TOP_COW] = { "COW", 7, 'o', "faults: write that had to copy the page" },
	[TOP_FILE] = { "FILE", 7, 'e', "faults: pages of files, cached or read" },
	[TOP_SWAPIN] = { "SWAPIN", 7, 'i', "pages read from swap for it, a second" },
	[TOP_REFAULT] = { "REFAULT", 8, 'r', "evicted pages that it wanted back, a second" },
	[TOP_STALL] = { "STALL", 7, 't', "share of the time lost for want of memory" },
	[TOP_STATE] = { "STATE", 7, 'v', "verdict: calm, tight, THRASH(ing)" },
	[TOP_TLB] = { "TLB", 7, 'l', "TLB flushes that it caused, a second" },
	[TOP_COLUMNS] = { "COMMAND", 16, 'c', "its name" },
};

/* What a column of ours adds up, of the module's table of processes. */
static const struct {
	const char *name[PARTS_MAX];
	bool level;
} parts[TOP_COLUMNS] = {
	[TOP_PID] = { { "pid" }, true },
	[TOP_MEMORY] = { { "resident_pages" }, true },
	[TOP_SWAP] = { { "swapped_pages" }, true },
	[TOP_FAULTS] = { { "min_flt", "maj_flt" }, false },
	[TOP_MAJOR] = { { "maj_flt" }, false },
	[TOP_ANON] = { { "faults_anon" }, false },
	[TOP_COW] = { { "faults_cow" }, false },
	[TOP_FILE] = { { "faults_file_cached", "faults_file_read" }, false },
	[TOP_SWAPIN] = { { "swapin_pages" }, false },
	[TOP_REFAULT] = { { "refault_anon_pages", "refault_file_pages" }, false },
	[TOP_STALL] = { { "stall_reclaim_us", "stall_swapin_us", "stall_file_us",
			  "stall_compaction_us" }, false },
	[TOP_TLB] = { { "tlb_shootdowns_sent", "tlb_flushes_local_mm", "tlb_flushes_local" }, false },
};

/**
 * struct places - where the parts are in two tables: looked up once, not for each process
 * @now: in the last reading, -1 if it is not there or there is no such part
 * @before: in the one before
 */
struct places {
	int now[TOP_COLUMNS][PARTS_MAX];
	int before[TOP_COLUMNS][PARTS_MAX];
};

static void find_places(const struct top *top, struct places *places)
{
	const struct live *live = &top->live;

	for (int i = 0; i < TOP_COLUMNS; i++) {
		for (int j = 0; j < PARTS_MAX; j++) {
			const char *name = parts[i].name[j];

			places->now[i][j] = name ?
				quire_column(&live->now->table[QUIRE_PROCESSES], name) : -1;
			places->before[i][j] = name && live->before ?
				quire_column(&live->before->table[QUIRE_PROCESSES], name) : -1;
		}
	}
}

/* A count since the reading before; before there is one, nothing has happened yet. */
static uint64_t count_of(const struct live *live, size_t row, int now, int before)
{
	uint64_t count = quire_cell(&live->now->table[QUIRE_PROCESSES], row, now);

	if (count == QUIRE_NONE || (live->before && live->match[row] == QUIRE_BORN))
		return count;
	if (!live->before || live->match[row] == QUIRE_GONE)
		return 0;
	return quire_since(count, quire_cell(&live->before->table[QUIRE_PROCESSES], live->match[row],
					     before));
}

static void fill_row(const struct top *top, const struct places *places, struct top_row *row)
{
	const struct quire_table *table = &top->live.now->table[QUIRE_PROCESSES];

	for (int i = 0; i < TOP_COLUMNS; i++) {
		row->value[i] = QUIRE_NONE;
		for (int j = 0; j < PARTS_MAX && parts[i].name[j]; j++)
			row->value[i] = live_add(row->value[i], parts[i].level ?
				quire_cell(table, row->row, places->now[i][j]) :
				count_of(&top->live, row->row, places->now[i][j], places->before[i][j]));
	}
	if (top->verdict.state != VERDICT_UNKNOWN && !row->gone)
		row->value[TOP_STATE] = verdict_of(&top->verdict, row->value[TOP_PID]);
	row->command = human_command(table->label[row->row]);
	row->working = QUIRE_NONE;
}

/* Both tables are in the order in which processes were born: search on from the last one found. */
static void fill_working_sets(struct top *top)
{
	static const char *const names[] = { "wss_1s_pages", "wss_10s_pages", "wss_60s_pages" };
	const struct quire_table *table = &top->live.now->table[QUIRE_WORKINGSET];
	int pid = quire_column(table, "pid"), column[3];
	size_t at = 0;

	if (!top->live.now->there[QUIRE_WORKINGSET] || !table->segment || pid < 0)
		return;
	for (int i = 0; i < 3; i++)
		column[i] = quire_column(table, names[i]);
	for (size_t i = 0; i < top->rows; i++) {
		struct top_row *row = &top->row[i];

		for (size_t tried = 0; !row->gone && tried < table->rows; tried++) {
			size_t here = (at + tried) % table->rows;

			if (quire_cell(table, here, pid) != row->value[TOP_PID] ||
			    strcmp(table->segment[here], "all"))
				continue;
			row->working = at = here;
			for (int j = 0; j < 3; j++)
				row->value[TOP_WSS_1S + j] = quire_cell(table, here, column[j]);
			break;
		}
	}
}

static void fill_rows(struct top *top)
{
	const struct quire_table *table = &top->live.now->table[QUIRE_PROCESSES];
	int exited = quire_column(table, "exited_ms");
	struct top_row *rows = calloc(table->rows + 1, sizeof(*rows));
	struct places places;

	free(top->row);
	top->row = rows;
	top->rows = 0;
	if (!rows || !top->live.now->there[QUIRE_PROCESSES])
		return;
	find_places(top, &places);
	for (size_t i = 0; i < table->rows; i++) {
		struct top_row *row = &rows[top->rows];

		if (!live_selected(&top->live, i))
			continue;
		row->row = i;
		row->gone = quire_cell(table, i, exited) != QUIRE_NONE;
		/* Who was gone before has nothing more to say. */
		if (row->gone && (!top->live.before || top->live.match[i] == QUIRE_GONE))
			continue;
		fill_row(top, &places, row);
		top->rows++;
	}
	fill_working_sets(top);
}

/* For qsort(), which takes no argument of ours. */
static int sort_column;
static int sort_sign;

/* The largest first, but for PIDs and commands; equals by their PIDs, so that they keep still. */
static int compare(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;
	int order = 0;

	if (sort_column == TOP_COLUMNS)
		order = strcmp(x->command.text, y->command.text);
	else if (sort_column != TOP_PID)
		/* One more than the value, so that none is the least. */
		order = (x->value[sort_column] + 1 < y->value[sort_column] + 1) -
			(x->value[sort_column] + 1 > y->value[sort_column] + 1);
	if (!order && sort_column == TOP_STALL)
		order = (x->value[TOP_FAULTS] < y->value[TOP_FAULTS]) -
			(x->value[TOP_FAULTS] > y->value[TOP_FAULTS]);
	if (!order)
		order = (x->value[TOP_PID] > y->value[TOP_PID]) -
			(x->value[TOP_PID] < y->value[TOP_PID]);
	return sort_sign * order;
}

void top_sort(struct top *top)
{
	sort_column = top->sort;
	sort_sign = top->reversed ? -1 : 1;
	if (top->rows)
		qsort(top->row, top->rows, sizeof(*top->row), compare);
}

/* A number behind a name, in kB if @unit says so; QUIRE_NONE. */
static uint64_t number_behind(const char *text, const char *name)
{
	const char *at = text ? strstr(text, name) : NULL;
	uint64_t value;

	if (!at || (at != text && at[-1] != '\n' && at[-1] != ' '))
		return QUIRE_NONE;
	return sscanf(at + strlen(name), "%" SCNu64, &value) == 1 ? value : QUIRE_NONE;
}

static uint64_t pages_of(uint64_t kb)
{
	return kb == QUIRE_NONE ? kb : kb / 4;
}

void top_memory_parse(struct top_machine *machine, const char *meminfo, const char *pressure)
{
	const char *full = pressure ? strstr(pressure, "\nfull ") : NULL;

	machine->pages = pages_of(number_behind(meminfo, "MemTotal:"));
	machine->available = pages_of(number_behind(meminfo, "MemAvailable:"));
	machine->swap = pages_of(number_behind(meminfo, "SwapTotal:"));
	machine->swap_free = pages_of(number_behind(meminfo, "SwapFree:"));
	machine->some_us = number_behind(pressure, "total=");
	machine->full_us = number_behind(full, "total=");
}

static void read_machine(const struct quire_source *source, struct top_machine *machine)
{
	char *meminfo = NULL, *pressure = NULL;
	struct quire_error error;

	if (quire_read_text(source, "meminfo", &meminfo, &error))
		meminfo = NULL;
	if (quire_read_text(source, "pressure/memory", &pressure, &error))
		pressure = NULL;
	top_memory_parse(machine, meminfo, pressure);
	if (!quire_copy_time(source, &machine->ns))
		machine->ns = live_now();
	free(meminfo);
	free(pressure);
}

static double share(uint64_t free, uint64_t all)
{
	if (free == QUIRE_NONE || all == QUIRE_NONE || !all || free > all)
		return -1;
	return 100.0 * (all - free) / all;
}

static double rate(const struct live *live, const char *one, const char *other)
{
	const struct quire_table *now, *before;
	const char *names[] = { one, other };
	uint64_t count = QUIRE_NONE;

	if (!live->now || !live->before)
		return -1;
	now = &live->now->table[QUIRE_STAT];
	before = &live->before->table[QUIRE_STAT];
	for (int i = 0; i < 2; i++)
		count = live_add(count, quire_since(quire_value(now, names[i]),
						    quire_value(before, names[i])));
	return count == QUIRE_NONE ? -1 : count / live_seconds(live);
}

static void add_sample(struct top *top)
{
	const struct top_machine *now = &top->machine[top->last], *before = &top->machine[!top->last];
	uint64_t at = top->history.samples++ % TOP_HISTORY;
	double value[TOP_GRAPHS] = {
		[TOP_MEMORY_USED] = share(now->available, now->pages),
		[TOP_SWAP_USED] = share(now->swap_free, now->swap),
		[TOP_PRESSURE] = -1,
		[TOP_REFAULTS] = rate(&top->live, "refault_anon_pages", "refault_file_pages"),
		[TOP_FLUSHES] = rate(&top->live, "tlb_flushes_full", "tlb_flushes_ranged"),
	};

	if (before->ns && now->ns > before->ns && now->some_us != QUIRE_NONE &&
	    before->some_us != QUIRE_NONE)
		value[TOP_PRESSURE] = quire_since(now->some_us, before->some_us) * 1e5 /
				      (now->ns - before->ns);
	if (value[TOP_PRESSURE] > 100)
		value[TOP_PRESSURE] = 100;
	for (int i = 0; i < TOP_GRAPHS; i++)
		top->history.value[i][at] = value[i];
}

double top_sample(const struct top_history *history, int graph, int width, int each, int place)
{
	/* Places begin at multiples of @each, so that what is drawn moves on and does not flicker. */
	int64_t last = ((int64_t)history->samples + each - 1) / each;
	int64_t from = (last - width + place) * each, to = from + each;
	double most = -1;

	if (to > (int64_t)history->samples)
		to = history->samples;
	if (from < (int64_t)history->samples - TOP_HISTORY)
		from = (int64_t)history->samples - TOP_HISTORY;
	if (from < 0)
		from = 0;
	for (; from < to; from++)
		if (history->value[graph][from % TOP_HISTORY] > most)
			most = history->value[graph][from % TOP_HISTORY];
	return most;
}

double top_now(const struct top_history *history, int graph)
{
	return history->samples ? history->value[graph][(history->samples - 1) % TOP_HISTORY] : -1;
}

struct human top_cell(const struct top *top, size_t row, int column)
{
	uint64_t value = top->row[row].value[column];
	static const char *const states[] = {
		[VERDICT_UNKNOWN] = "-", [VERDICT_CALM] = "calm", [VERDICT_TIGHT] = "tight",
		[VERDICT_THRASHING] = "THRASH",
	};
	struct human human;

	switch (column) {
	case TOP_PID:
		snprintf(human.text, sizeof(human.text), "%" PRIu64, value);
		return human;
	case TOP_STATE:
		snprintf(human.text, sizeof(human.text), "%s",
			 states[value > VERDICT_THRASHING ? VERDICT_UNKNOWN : value]);
		return human;
	case TOP_MEMORY:
	case TOP_SWAP:
	case TOP_WSS_1S:
	case TOP_WSS_10S:
	case TOP_WSS_60S:
		return human_pages(value);
	case TOP_STALL:
		return human_share(value, top->live.before ? live_seconds(&top->live) * 1e6 : 1e6);
	default:
		return human_count(live_rate(&top->live, value));
	}
}

void top_read(struct top *top)
{
	struct live *live = &top->live;
	struct reading *next = &top->reading[!top->last];

	top->last = !top->last;
	live_drop(next);
	read_machine(&live->source, &top->machine[top->last]);
	if (live_take(live, next)) {
		struct quire_error error = next->error;

		/* Away: what comes later has no reading before it. */
		live_drop(&top->reading[0]);
		live_drop(&top->reading[1]);
		next->error = error;
		next->ns = live_now();
		top->readings = 0;
		top->rows = 0;
		live->before = NULL;
		live->now = NULL;
		add_sample(top);
		return;
	}
	live->now = next;
	live->before = top->readings ? &top->reading[!top->last] : NULL;
	top->readings += top->readings < 2;
	if (live_match(live)) {
		live->before = NULL;
		top->readings = 1;
	}
	verdict_read(&live->source, &top->verdict);
	add_sample(top);
	fill_rows(top);
	top_sort(top);
}

void top_read_more(struct top *top, enum quire_file file)
{
	struct reading *now = top->live.now;
	struct quire_error error;

	if (now && !now->there[file])
		now->there[file] = !quire_read(&top->live.source, file, &now->table[file], &error);
}

void top_watch(struct top *top, uint64_t pid)
{
	if (top->watch)
		heat_watch_free(top->watch);
	free(top->watch);
	top->watch = pid ? calloc(1, sizeof(*top->watch)) : NULL;
	if (!top->watch)
		return;
	top->watched = (struct live){ .source = top->live.source, .pid = { pid }, .pids = 1 };
	top->watch->live = &top->watched;
	top->watch_began = live_now();
	top->watch_error.text[0] = '\0';
	if (heat_init(&top->watch->heat, top->live.interval)) {
		top_watch(top, 0);
		return;
	}
	top_watch_read(top);
}

void top_watch_read(struct top *top)
{
	double seconds = (live_now() - top->watch_began) / 1e9;

	if (top->watch && heat_watch_read(top->watch, seconds, NULL, &top->watch_error) >= 0)
		top->watch_error.text[0] = '\0';
}

void top_free(struct top *top)
{
	top_watch(top, 0);
	live_drop(&top->reading[0]);
	live_drop(&top->reading[1]);
	verdict_free(&top->verdict);
	free(top->live.match);
	free(top->row);
}
