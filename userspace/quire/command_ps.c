// SPDX-License-Identifier: GPL-2.0
/*
 * quire ps: what each process costs in memory, and what want of memory costs it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "live.h"
#include "quire/abi.h"

enum { OPT_ROWS = 0x200 };

/* The columns, in the order in which they are printed, but for the command. */
enum column { PID, MEMORY, SWAP, FAULTS, MAJOR, SWAPIN, REFAULT, STALL, TLB, COLUMNS };

static const char *const names[] = {
	"pid", "memory", "swap", "faults", "major", "swapin", "refault", "stall", "tlb",
};

static const char *const headings[] = {
	"PID", "MEMORY", "SWAP", "FAULTS", "MAJOR", "SWAPIN", "REFAULT", "STALL", "TLB",
};

/**
 * struct ps - what was asked for besides
 * @sort: the column to sort by; COLUMNS for the command
 * @rows: print so many at most, 0 for all
 */
struct ps {
	int sort;
	uint64_t rows;
};

/**
 * struct line - a process to print
 * @row: in the table of processes
 * @value: of each column
 * @command: printable
 * @sort: the column to sort by
 */
struct line {
	size_t row;
	uint64_t value[COLUMNS];
	struct human command;
	int sort;
};

static const struct argp_option options[] = {
	{ "sort", 's', "COLUMN", 0, "Sort by this column, named as in the heading (default stall)", 1 },
	{ "rows", 'r', "ROWS", 0, "Print so many rows at most", 1 },
	{ }
};

static const char doc[] =
	"Show the processes, what they have in memory and in swap, and what they wait for.\v"
	"MEMORY   in memory now, in bytes\n"
	"SWAP     in swap now, in bytes\n"
	"FAULTS   page faults\n"
	"MAJOR    those of them that had to wait for a disk\n"
	"SWAPIN   pages that were read from swap for it\n"
	"REFAULT  pages that had been evicted and that it wanted back\n"
	"STALL    time in which it got nowhere for want of memory: it had to free\n"
	"         memory itself, or to wait for pages that had been evicted; with -i\n"
	"         the share of the time; a wait counts when it ends, and those of\n"
	"         threads are added up, so that it can be above 100 %\n"
	"TLB      TLB flushes that it caused\n\n"
	"K, M and G of bytes are of 1,024, those of counts of 1,000. With -i counts are per second, the "
	"machine's (faults, swap traffic, TLB flushes) come first, and processes in which nothing "
	"happened are left out. A process that has exited is shown for some "
	"seconds, as \"gone\". You see the processes that you may inspect.\n\n"
	"Example:\n"
	"  quire ps -i 1 -s swapin -r 10";

static int find_column(const char *name)
{
	for (int i = 0; i < COLUMNS; i++)
		if (!strcasecmp(name, names[i]))
			return i;
	return strcasecmp(name, "command") ? -1 : COLUMNS;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct live *live = state->input;
	struct ps *ps = live->arg;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = live;
		break;
	case 's':
		ps->sort = find_column(arg);
		if (ps->sort < 0)
			argp_error(state, "there is no column \"%s\"", arg);
		break;
	case 'r':
		ps->rows = strtoull(arg, &end, 10);
		if (end == arg || *end || *arg == '-' || !ps->rows)
			argp_error(state, "rows \"%s\" is not a number of rows", arg);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The largest first, but for PIDs and commands. */
static int compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = 0;

	if (x->sort == COLUMNS)
		order = strcmp(x->command.text, y->command.text);
	else if (x->sort != PID)
		/* One more than the count, so that none is the least. */
		order = (x->value[x->sort] + 1 < y->value[x->sort] + 1) -
			(x->value[x->sort] + 1 > y->value[x->sort] + 1);
	if (!order && x->sort == STALL)
		order = (x->value[FAULTS] < y->value[FAULTS]) - (x->value[FAULTS] > y->value[FAULTS]);
	return order ? order : (x->value[PID] > y->value[PID]) - (x->value[PID] < y->value[PID]);
}

static uint64_t sum(const struct live *live, size_t row, const char *const *columns)
{
	uint64_t count = QUIRE_NONE;

	for (; *columns; columns++)
		count = live_add(count, live_process(live, row, *columns));
	return count;
}

static void fill(const struct live *live, size_t row, struct line *line)
{
	static const char *const faults[] = { "min_flt", "maj_flt", NULL };
	static const char *const refaults[] = { "refault_anon_pages", "refault_file_pages", NULL };
	static const char *const stalls[] = {
		"stall_reclaim_us", "stall_swapin_us", "stall_file_us", "stall_compaction_us", NULL
	};
	static const char *const flushes[] = {
		"tlb_shootdowns_sent", "tlb_flushes_local_mm", "tlb_flushes_local", NULL
	};
	const struct quire_table *table = &live->now->table[QUIRE_PROCESSES];

	line->row = row;
	line->value[PID] = quire_cell(table, row, quire_column(table, "pid"));
	line->value[MEMORY] = quire_cell(table, row, quire_column(table, "resident_pages"));
	line->value[SWAP] = quire_cell(table, row, quire_column(table, "swapped_pages"));
	line->value[FAULTS] = sum(live, row, faults);
	line->value[MAJOR] = live_process(live, row, "maj_flt");
	line->value[SWAPIN] = live_process(live, row, "swapin_pages");
	line->value[REFAULT] = sum(live, row, refaults);
	line->value[STALL] = sum(live, row, stalls);
	line->value[TLB] = sum(live, row, flushes);
	line->command = human_command(table->label[row]);
}

/* With rates, a process in which nothing happened is left out, unless it was asked for. */
static bool worth_a_line(const struct live *live, const struct line *line)
{
	if (!live->before || !live_all(live))
		return true;
	for (int i = FAULTS; i < COLUMNS; i++)
		if (line->value[i] && line->value[i] != QUIRE_NONE)
			return true;
	return false;
}

static struct human cell(const struct live *live, const struct line *line, int column)
{
	uint64_t value = line->value[column];
	struct human human;

	switch (column) {
	case PID:
		snprintf(human.text, sizeof(human.text), "%" PRIu64, value);
		return human;
	case MEMORY:
	case SWAP:
		return human_pages(value);
	case STALL:
		if (live->before)
			return human_share(value, live_seconds(live) * 1e6);
		return human_ns(value > QUIRE_NONE / 1000 ? QUIRE_NONE : value * 1000);
	default:
		return human_count(live_rate(live, value));
	}
}

/* A count of the whole machine, a second. */
static uint64_t machine(const struct live *live, const char *name)
{
	return live_rate(live, quire_since(quire_value(&live->now->table[QUIRE_STAT], name),
					   quire_value(&live->before->table[QUIRE_STAT], name)));
}

/* The causes of the machine's faults, the most frequent first. */
static void print_causes(const struct live *live)
{
	static const char *const causes[] = {
#define X(id, name, about) name,
		QUIRE_CAUSES(X)
#undef X
	};
	uint64_t count[QUIRE_NR_CAUSES];
	uint64_t all = QUIRE_NONE;
	char name[QUIRE_NAME_MAX];

	for (int i = 0; i < QUIRE_NR_CAUSES; i++) {
		snprintf(name, sizeof(name), "faults_%s", causes[i]);
		count[i] = machine(live, name);
		all = live_add(all, count[i]);
		if (count[i] == QUIRE_NONE)
			count[i] = 0;
	}
	/* Counts stay when counting is switched off. */
	if (all == QUIRE_NONE || (!all && machine(live, "pgfault"))) {
		puts("Faults by cause: not counted; sudo quire config faults=1");
		return;
	}
	fputs("Faults by cause:", stdout);
	for (int shown = 0; shown < 3; shown++) {
		int most = 0;

		for (int i = 1; i < QUIRE_NR_CAUSES; i++)
			if (count[i] > count[most])
				most = i;
		if (!count[most]) {
			fputs(shown ? "" : " none", stdout);
			break;
		}
		printf("%s %s %s/s", shown ? "," : "", causes[most], human_count(count[most]).text);
		count[most] = 0;
	}
	putchar('\n');
}

/* What the whole machine did, whichever processes are shown. */
static void print_machine(const struct live *live)
{
	printf("%.1f s: %s faults/s, %s major;", (live->now->ns - live->start_ns) / 1e9,
	       human_count(machine(live, "pgfault")).text,
	       human_count(machine(live, "pgmajfault")).text);
	printf(" swap %s/s in, %s/s out;", human_pages(machine(live, "pswpin")).text,
	       human_pages(machine(live, "pswpout")).text);
	printf(" TLB %s/s\n",
	       human_count(live_add(machine(live, "tlb_flushes_full"),
				    machine(live, "tlb_flushes_ranged"))).text);
	print_causes(live);
}

static void print_table(const struct live *live, const struct line *lines, size_t count)
{
	int exited = quire_column(&live->now->table[QUIRE_PROCESSES], "exited_ms");

	for (int i = 0; i < COLUMNS; i++)
		printf(i == REFAULT ? "%8s" : "%7s", headings[i]);
	puts(" COMMAND");
	for (size_t i = 0; i < count; i++) {
		for (int column = 0; column < COLUMNS; column++)
			printf(column == REFAULT ? "%8s" : "%7s", cell(live, &lines[i], column).text);
		printf(" %s%s\n", lines[i].command.text,
		       quire_cell(&live->now->table[QUIRE_PROCESSES], lines[i].row, exited) ==
		       QUIRE_NONE ? "" : ", gone");
	}
}

static void print_json(const struct live *live, const struct line *lines, size_t count)
{
	const struct quire_table *table = &live->now->table[QUIRE_PROCESSES];
	struct json_object *root = json_object_new_object();
	struct json_object *array = json_object_new_array();

	if (live->before)
		json_object_object_add(root, "seconds", json_object_new_double(live_seconds(live)));
	json_object_object_add(root, "processes", array);
	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_new_object();

		for (size_t column = 0; column < table->columns; column++) {
			const char *name = table->column[column];
			bool level = !strcmp(name, "pid") || !strcmp(name, "uid") ||
				     !strcmp(name, "exited_ms") || !strcmp(name, "resident_pages") ||
				     !strcmp(name, "swapped_pages");

			live_put(object, name, level ? quire_cell(table, lines[i].row, column) :
				 live_process(live, lines[i].row, name));
		}
		json_object_object_add(object, "command", json_object_new_string(lines[i].command.text));
		json_object_array_add(array, object);
	}
	live_print_json(live, root);
}

static int show(struct live *live)
{
	const struct ps *ps = live->arg;
	size_t rows = live->now->table[QUIRE_PROCESSES].rows, count = 0;
	struct line *lines = calloc(rows + 1, sizeof(*lines));

	if (!lines) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	for (size_t i = 0; i < rows; i++) {
		if (!live_selected(live, i))
			continue;
		fill(live, i, &lines[count]);
		lines[count].sort = ps->sort;
		count += worth_a_line(live, &lines[count]);
	}
	qsort(lines, count, sizeof(*lines), compare);
	if (ps->rows && count > ps->rows)
		count = ps->rows;
	if (live->json) {
		print_json(live, lines, count);
	} else {
		if (live->before)
			print_machine(live);
		print_table(live, lines, count);
		if (live->before)
			putchar('\n');
	}
	free(lines);
	return EXIT_GOOD;
}

int command_ps(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, NULL, doc, children, NULL, NULL };
	struct ps ps = { .sort = STALL };
	struct live live = { .show = show, .arg = &ps, .need = LIVE_FILE(QUIRE_PROCESSES) };

	argp_parse(&argp, argc, argv, 0, NULL, &live);
	if (live.interval && !live.json)
		live.need |= LIVE_FILE(QUIRE_STAT);
	return live_run(&live);
}
