// SPDX-License-Identifier: GPL-2.0
/*
 * quire wss: how much memory a process uses: its working set W(t, tau), and its segments.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "live.h"
#include "plot.h"
#include "wss.h"

#define CURVE_LINES 12

/**
 * struct wss - what was asked for besides
 * @segment: whose curve is drawn
 */
struct wss {
	const char *segment;
};

static const struct argp_option options[] = {
	{ "segment", 's', "SEGMENT", 0, "Draw the curve of this segment (default: all)", 1 },
	{ }
};

static const char doc[] =
	"Show the working set of a process: how much it has used within the last tau seconds, for each tau, "
	"and which of its segments that is in.\v"
	"W(t, tau) is what was used within tau, wherever that is now: in memory, in swap, or in a file. Where "
	"the curve is flat more time needs no more memory; where it goes over the line \"held\", not all of "
	"it fits into what the process has.\n\n"
	"HELD     in memory now\n"
	"SWAP     in swap now\n"
	"USED     within so many seconds; below it the 95 % interval, where the\n"
	"         scanner looked at a sample only\n"
	"WALKED   ranges of 2 MiB that it looked at, and how many there are\n\n"
	"The scanner is to be on: sudo quire config workingset=1. With -i what it has found last is shown "
	"every so many seconds. The whole curve is root's; others see its points at 1, 10 and 60 s, of the "
	"processes that they may inspect.\n\n"
	"Example:\n"
	"  quire wss 1234\n"
	"  quire wss -c postgres -s shmem -i 10";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct live *live = state->input;
	struct wss *wss = live->arg;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = live;
		break;
	case 's':
		wss->segment = arg;
		break;
	case ARGP_KEY_ARG:
		live_add_pid(state, live, arg);
		break;
	case ARGP_KEY_SUCCESS:
		if (live_all(live))
			argp_error(state, "of which process? a PID, -c COMMAND or -g CGROUP");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static uint64_t number(const struct quire_table *sets, size_t row, const char *name)
{
	return quire_cell(sets, row, quire_column(sets, name));
}

static struct human ms(uint64_t value)
{
	return human_ns(value > QUIRE_NONE / 1000000 ? QUIRE_NONE : value * 1000000);
}

/* The rows of a process: from @first, which is "all" of it. How many; 0 if it has none. */
static size_t find_rows(const struct quire_table *sets, uint64_t pid, size_t *first)
{
	int column = quire_column(sets, "pid");
	size_t count = 0;

	for (*first = 0; *first < sets->rows; ++*first)
		if (quire_cell(sets, *first, column) == pid && !strcmp(sets->segment[*first], "all"))
			break;
	while (*first + count < sets->rows && quire_cell(sets, *first + count, column) == pid)
		count++;
	return count;
}

static const char *const windows[] = { "1s", "10s", "60s" };

static void print_segment(const struct quire_table *sets, size_t row)
{
	uint64_t ranges = number(sets, row, "ranges"), walked = number(sets, row, "ranges_sampled");
	char name[QUIRE_NAME_MAX], text[64];

	printf("%-12s%7s%7s", sets->segment[row], human_pages(number(sets, row, "resident_pages")).text,
	       human_pages(number(sets, row, "swapped_pages")).text);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "wss_%s_pages", windows[i]);
		printf("%14s", human_pages(number(sets, row, name)).text);
	}
	printf("  %" PRIu64 "/%" PRIu64 "\n", walked, ranges);
	if (walked == ranges)
		return;
	printf("%26s", "");
	for (int i = 0; i < 3; i++) {
		struct human low;

		snprintf(name, sizeof(name), "wss_%s_low_pages", windows[i]);
		low = human_pages(number(sets, row, name));
		snprintf(name, sizeof(name), "wss_%s_high_pages", windows[i]);
		snprintf(text, sizeof(text), "%.8s..%.8s", low.text,
			 human_pages(number(sets, row, name)).text);
		printf("%14s", text);
	}
	putchar('\n');
}

static void print_rest(const struct quire_table *sets, size_t row)
{
	uint64_t bytes = number(sets, row, "page_table_bytes");

	printf("Page tables %s, huge pages %s", human_pages(bytes / 4096).text,
	       human_pages(number(sets, row, "huge_pages") * 512).text);
	printf(", hugetlb %s, mlocked %s\n", human_pages(number(sets, row, "hugetlb_pages")).text,
	       human_pages(number(sets, row, "locked_pages")).text);
	printf("Of what it used in 10 s, %s is its share, pages divided by who maps them\n",
	       human_pages(number(sets, row, "wss_10s_share_pages")).text);
	if (number(sets, row, "guest") == 1)
		puts("A virtual machine or a device uses its memory, too: the figures are lower bounds");
}

/* The row of a segment; @count if there is none. */
static size_t find_segment(const struct quire_table *sets, size_t first, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(sets->segment[first + i], name))
			return first + i;
	return first + count;
}

static void print_process(const struct live *live, const char *segment, size_t first, size_t count)
{
	const struct quire_table *sets = &live->now->table[QUIRE_WORKINGSET];
	const struct quire_table *ages = &live->now->table[QUIRE_AGES];
	size_t row = find_segment(sets, first, count, segment);
	struct plot_screen screen = plot_screen();
	struct wss_curve curve;

	printf("%s %" PRIu64 ": %s in memory", human_command(sets->label[first]).text,
	       number(sets, first, "pid"), human_pages(number(sets, first, "resident_pages")).text);
	printf(", %s in swap; watched for %s",
	       human_pages(number(sets, first, "swapped_pages")).text,
	       ms(number(sets, first, "tracked_ms")).text);
	printf(", scanned %s ago\n\n", ms(number(sets, first, "scanned_ms")).text);
	if (row == first + count) {
		printf("It has no segment \"%s\".\n\n", human_command(segment).text);
	} else {
		wss_curve_fill(&curve, sets, row, live->now->there[QUIRE_AGES] ? ages : NULL);
		printf("Used within tau, of %s: W(t, tau)\n", segment);
		wss_curve_draw(&curve, screen.columns, CURVE_LINES, screen.utf8, stdout);
		if (!live->now->there[QUIRE_AGES])
			printf("%8sThe points between are in debugfs, which only root may read.\n", "");
		putchar('\n');
	}
	printf("%-12s%7s%7s%14s%14s%14s  %s\n", "SEGMENT", "HELD", "SWAP", "USED 1s", "USED 10s", "USED 60s",
	       "WALKED");
	for (size_t i = 0; i < count; i++)
		print_segment(sets, first + i);
	print_rest(sets, first);
}

static void put_segment(struct json_object *array, const struct live *live, size_t row)
{
	const struct quire_table *sets = &live->now->table[QUIRE_WORKINGSET];
	struct json_object *object = json_object_new_object(), *points = json_object_new_array();
	struct wss_curve curve;

	json_object_object_add(object, "segment", json_object_new_string(sets->segment[row]));
	for (size_t i = 0; i < sets->columns; i++)
		if (strcmp(sets->column[i], "pid") && sets->cell[row * sets->columns + i] != QUIRE_NONE)
			live_put(object, sets->column[i], sets->cell[row * sets->columns + i]);
	wss_curve_fill(&curve, sets, row,
		       live->now->there[QUIRE_AGES] ? &live->now->table[QUIRE_AGES] : NULL);
	for (int i = 0; i < curve.points; i++) {
		struct json_object *point = json_object_new_object();

		live_put(point, "within_ms", curve.point[i].within_ms);
		live_put(point, "pages", curve.point[i].pages);
		live_put(point, "low_pages", curve.point[i].low);
		live_put(point, "high_pages", curve.point[i].high);
		json_object_array_add(points, point);
	}
	json_object_object_add(object, "curve", points);
	json_object_array_add(array, object);
}

static void put_process(struct json_object *array, const struct live *live, size_t first, size_t count)
{
	const struct quire_table *sets = &live->now->table[QUIRE_WORKINGSET];
	struct json_object *object = json_object_new_object(), *segments = json_object_new_array();

	live_put(object, "pid", number(sets, first, "pid"));
	json_object_object_add(object, "command",
			       json_object_new_string(human_command(sets->label[first]).text));
	for (size_t i = 0; i < count; i++)
		put_segment(segments, live, first + i);
	json_object_object_add(object, "segments", segments);
	json_object_array_add(array, object);
}

static int show(struct live *live)
{
	const struct quire_table *sets = &live->now->table[QUIRE_WORKINGSET];
	const struct quire_table *processes = &live->now->table[QUIRE_PROCESSES];
	const struct wss *wss = live->arg;
	struct json_object *root, *array = json_object_new_array();
	size_t first, count, shown = 0;

	for (size_t i = 0; sets->segment && i < processes->rows; i++) {
		if (!live_selected(live, i) ||
		    quire_cell(processes, i, quire_column(processes, "exited_ms")) != QUIRE_NONE)
			continue;
		count = find_rows(sets, quire_cell(processes, i, quire_column(processes, "pid")), &first);
		if (!count)
			continue;
		if (live->json)
			put_process(array, live, first, count);
		else if (shown)
			putchar('\n');
		if (!live->json)
			print_process(live, wss->segment, first, count);
		shown++;
	}
	if (live->json && shown) {
		root = json_object_new_object();
		json_object_object_add(root, "processes", array);
		live_print_json(live, root);
	} else {
		json_object_put(array);
	}
	if (!shown)
		live_say_unscanned(&live->source);
	return shown ? EXIT_GOOD : EXIT_COULD_NOT;
}

int command_wss(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, "[PID...]", doc, children, NULL, NULL };
	struct wss wss = { .segment = "all" };
	struct live live = {
		.need = LIVE_FILE(QUIRE_PROCESSES) | LIVE_FILE(QUIRE_WORKINGSET),
		.want = LIVE_FILE(QUIRE_AGES),
		.show = show,
		.arg = &wss,
	};

	argp_parse(&argp, argc, argv, 0, NULL, &live);
	return live_run(&live);
}
