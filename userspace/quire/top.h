/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire top: what it shows, apart from how. Nothing in here knows of a terminal.
 */
#ifndef QUIRE_TOP_H
#define QUIRE_TOP_H

#include "heat_reading.h"
#include "human.h"
#include "live.h"
#include "verdict.h"

#define TOP_HISTORY	600	/* samples that are kept: ten minutes of one a second */

/* The columns of the processes, but for the command. */
enum top_column {
	TOP_PID, TOP_MEMORY, TOP_WSS_1S, TOP_WSS_10S, TOP_WSS_60S, TOP_SWAP, TOP_FAULTS, TOP_MAJOR,
	TOP_ANON, TOP_COW, TOP_FILE, TOP_SWAPIN, TOP_REFAULT, TOP_STALL, TOP_STATE, TOP_TLB,
	TOP_COLUMNS
};

/* What runs as a graph. */
enum top_graph {
	TOP_MEMORY_USED, TOP_SWAP_USED, TOP_PRESSURE, TOP_REFAULTS, TOP_FLUSHES, TOP_GRAPHS
};

/**
 * struct top_row - a process
 * @row: in the table of processes
 * @working: its row "all" in the table of working sets, or QUIRE_NONE
 * @value: of each column, counts since the reading before; QUIRE_NONE if not kept
 * @command: printable
 * @gone: it has exited
 */
struct top_row {
	size_t row;
	uint64_t working;
	uint64_t value[TOP_COLUMNS];
	struct human command;
	bool gone;
};

/**
 * struct top_history - the last samples of each graph
 * @value: sample n is at n % TOP_HISTORY; negative if it was not known
 * @samples: how many there have been
 */
struct top_history {
	float value[TOP_GRAPHS][TOP_HISTORY];
	uint64_t samples;
};

/**
 * struct top_machine - what the kernel says of its memory, QUIRE_NONE if it does not
 * @pages: of memory
 * @available: of them
 * @swap: pages of swap
 * @swap_free: of them
 * @some_us: time in which some task waited for memory, since boot
 * @full_us: and in which all did
 * @ns: when it said so, 0 for never
 */
struct top_machine {
	uint64_t pages, available, swap, swap_free;
	uint64_t some_us, full_us;
	uint64_t ns;
};

/**
 * struct top - all that is shown
 * @live: what was asked for, and the last two readings
 * @reading: these
 * @machine: the last two of these
 * @last: which of the two is the last
 * @readings: how many of two there are, 0 while the module is away
 * @verdict: the state of the machine and its sentence
 * @history: for the graphs
 * @row: the processes, sorted
 * @rows: how many
 * @sort: the column by which; TOP_COLUMNS is the command
 * @reversed: the other way round
 * @watched: the process that is looked at
 * @watch: where it is at work, NULL if none is looked at
 * @watch_began: when that was begun
 * @watch_error: why that is not known, if it is not
 */
struct top {
	struct live live;
	struct reading reading[2];
	struct top_machine machine[2];
	int last;
	int readings;
	struct verdict verdict;
	struct top_history history;
	struct top_row *row;
	size_t rows;
	int sort;
	bool reversed;
	struct live watched;
	struct heat_watch *watch;
	uint64_t watch_began;
	struct quire_error watch_error;
};

/**
 * struct top_column_info - a column
 * @heading: at most as wide as @width
 * @width: with the blank before it
 * @key: the letter that sorts by it, or 0
 * @about: for the help
 */
struct top_column_info {
	const char *heading;
	int width;
	char key;
	const char *about;
};

/* Of each column, and at last of the command. */
extern const struct top_column_info top_columns[TOP_COLUMNS + 1];

/**
 * top_read() - take a reading and work out all that is shown
 * @top: what was there before
 *
 * Where the module is away, what the kernel says is there all the same.
 */
void top_read(struct top *top);

/**
 * top_read_more() - add a file to the last reading
 * @top: with a reading
 * @file: which, if it has not been read
 */
void top_read_more(struct top *top, enum quire_file file);

/**
 * top_watch() - begin to watch where a process is at work
 * @top: what is shown
 * @pid: the process; 0: end it
 */
void top_watch(struct top *top, uint64_t pid);

/**
 * top_watch_read() - add a reading to what is watched
 * @top: what is shown
 */
void top_watch_read(struct top *top);

/**
 * top_sort() - sort the processes anew
 * @top: with @sort and @reversed as they are to be
 */
void top_sort(struct top *top);

/**
 * top_free() - free what it holds
 * @top: what was shown
 */
void top_free(struct top *top);

/**
 * top_cell() - a process' value as text
 * @top: with a reading
 * @row: of @top->row
 * @column: less than TOP_COLUMNS
 */
struct human top_cell(const struct top *top, size_t row, int column);

/**
 * top_sample() - the height of a graph at a place
 * @history: the samples
 * @graph: which
 * @width: places that there are
 * @each: samples in a place
 * @place: 0 is the oldest; the last has the newest sample
 *
 * Return: the largest sample of the place; negative if there is none.
 */
double top_sample(const struct top_history *history, int graph, int width, int each, int place);

/**
 * top_now() - the newest sample
 * @history: the samples
 * @graph: which
 *
 * Return: the sample; negative if it is not known.
 */
double top_now(const struct top_history *history, int graph);

/**
 * top_memory_parse() - understand /proc/meminfo and /proc/pressure/memory
 * @machine: filled in
 * @meminfo: the one, NULL if it could not be read
 * @pressure: the other
 */
void top_memory_parse(struct top_machine *machine, const char *meminfo, const char *pressure);

#endif
