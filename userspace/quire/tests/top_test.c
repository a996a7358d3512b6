// SPDX-License-Identifier: GPL-2.0
/*
 * quire top without a screen: history, rows, sorting, and a module that goes and comes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../command.c"
#include "../heat.c"
#include "../heat_areas.c"
#include "../heat_reading.c"
#include "../human.c"
#include "../live.c"
#include "../top_model.c"
#include "../verdict.c"
#include "tap.h"

static char dir[] = "/var/tmp/quire-top-test-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file)) {
		printf("Bail out! %s cannot be written\n", path);
		exit(1);
	}
}

static void remove_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

#define COLUMNS_LINE "pid uid exited_ms min_flt maj_flt resident_pages swapped_pages swapin_pages " \
		     "stall_swapin_us stall_reclaim_us comm\n"

static void test_memory(void)
{
	struct top_machine machine;

	top_memory_parse(&machine, "MemTotal:  4000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\n"
			 "SwapCached: 3 kB\nSwapTotal:  8000 kB\nSwapFree: 6000 kB\n",
			 "some avg10=1.00 avg60=0.00 avg300=0.00 total=123\n"
			 "full avg10=1.00 avg60=0.00 avg300=0.00 total=45\n");
	ok(machine.pages == 1000 && machine.available == 100 && machine.swap == 2000 &&
	   machine.swap_free == 1500, "memory and swap in pages");
	ok(machine.some_us == 123 && machine.full_us == 45, "times of pressure");
	top_memory_parse(&machine, NULL, NULL);
	ok(machine.pages == QUIRE_NONE && machine.some_us == QUIRE_NONE, "no files: nothing is known");
	top_memory_parse(&machine, "MemTotal: x\nXMemAvailable: 7 kB\n", "some avg10=1.00");
	ok(machine.pages == QUIRE_NONE && machine.available == QUIRE_NONE &&
	   machine.some_us == QUIRE_NONE && machine.full_us == QUIRE_NONE, "garbage: nothing is known");
}

static void test_history(void)
{
	static struct top_history history;
	bool good = true;

	ok(top_now(&history, 0) < 0 && top_sample(&history, 0, 10, 1, 9) < 0, "at first there is nothing");
	for (int i = 0; i < 7; i++)
		history.value[0][history.samples++ % TOP_HISTORY] = i;
	ok(top_sample(&history, 0, 10, 1, 9) == 6 && top_sample(&history, 0, 10, 1, 3) == 0 &&
	   top_sample(&history, 0, 10, 1, 2) < 0, "the newest is at the right, before the first is nothing");
	/* Of 7 samples in threes: 0 1 2, 3 4 5, 6. */
	ok(top_sample(&history, 0, 4, 3, 3) == 6 && top_sample(&history, 0, 4, 3, 2) == 5 &&
	   top_sample(&history, 0, 4, 3, 1) == 2, "several in a place: the largest");
	history.value[0][6] = -1;
	ok(top_sample(&history, 0, 4, 3, 3) < 0 && top_now(&history, 0) < 0, "a sample that is not known");
	for (; history.samples < 5 * TOP_HISTORY + 1; history.samples++)
		history.value[0][history.samples % TOP_HISTORY] = history.samples;
	for (int i = 0; i < TOP_HISTORY; i++)
		good &= top_sample(&history, 0, TOP_HISTORY, 1, i) >= 0;
	ok(good && top_sample(&history, 0, 2 * TOP_HISTORY, 1, 0) < 0,
	   "as many as are kept, and none before");
	good = true;
	for (int i = 0; i < TOP_HISTORY / 4 - 1; i++)
		good &= top_sample(&history, 0, TOP_HISTORY / 4, 4, i + 1) >
			top_sample(&history, 0, TOP_HISTORY / 4, 4, i);
	ok(good, "in places of four they go up as they do");
}

/* Rows in their order, as PIDs. */
static const char *order(const struct top *top)
{
	static char text[256];
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < top->rows && used < sizeof(text); i++)
		used += snprintf(text + used, sizeof(text) - used, "%d ", (int)top->row[i].value[TOP_PID]);
	return text;
}

static const struct top_row *row_of(const struct top *top, uint64_t pid)
{
	for (size_t i = 0; i < top->rows; i++)
		if (top->row[i].value[TOP_PID] == pid)
			return &top->row[i];
	return NULL;
}

static void test_reading(struct top *top)
{
	put("uptime", "100.00\n");
	put("stat", "pgfault 1000\nrefault_anon_pages 100\nrefault_file_pages 10\n");
	put("processes", COLUMNS_LINE "1 0 - 5 0 10 0 0 0 0 init\n7 0 - 50 9 30 4 9 1000 0 hog\n"
	    "8 0 - 3 0 20 0 0 0 0 idle\n9 0 5 3 0 0 0 0 0 0 dead\n");
	put("workingset", "pid segment resident_pages wss_1s_pages wss_10s_pages comm\n7 all 30 11 25 hog\n"
	    "7 heap 30 10 20 hog\n8 all 20 - 1 idle\n");
	top_read(top);
	ok(top->readings == 1 && top->rows == 3 && !strcmp(order(top), "1 7 8 "),
	   "the first reading: who has exited before is left out");
	ok(row_of(top, 7)->value[TOP_FAULTS] == 0 && row_of(top, 7)->value[TOP_MEMORY] == 30,
	   "nothing has happened yet, levels are there");
	ok(row_of(top, 7)->value[TOP_WSS_1S] == 11 && row_of(top, 7)->value[TOP_WSS_10S] == 25 &&
	   row_of(top, 8)->value[TOP_WSS_1S] == QUIRE_NONE && row_of(top, 1)->working == QUIRE_NONE &&
	   row_of(top, 7)->value[TOP_WSS_60S] == QUIRE_NONE, "working sets, where they are known");

	put("uptime", "102.00\n");
	put("stat", "pgfault 1500\nrefault_anon_pages 300\nrefault_file_pages 10\n");
	put("processes", COLUMNS_LINE "1 0 - 6 0 10 0 0 0 0 init\n7 0 900 60 19 30 4 209 1500000 500000 hog\n"
	    "8 0 - 3 0 20 0 0 0 0 idle\n10 0 - 40 0 5 0 0 0 0 new\n");
	top_read(top);
	ok(top->readings == 2 && !strcmp(order(top), "7 10 1 8 "), "sorted by stall, then by faults");
	ok(row_of(top, 7)->gone && row_of(top, 7)->value[TOP_FAULTS] == 20 &&
	   row_of(top, 7)->value[TOP_SWAPIN] == 200 && row_of(top, 7)->value[TOP_STALL] == 1999000,
	   "counts since the reading before, sums of several");
	ok(row_of(top, 10)->value[TOP_FAULTS] == 40 && row_of(top, 10)->value[TOP_COW] == QUIRE_NONE,
	   "all that a new process did is new; what is not kept is no number");
	ok(!strcmp(top_cell(top, 0, TOP_SWAPIN).text, "100") &&
	   !strcmp(top_cell(top, 0, TOP_STALL).text, "100%") &&
	   !strcmp(top_cell(top, 0, TOP_MEMORY).text, "120K"), "as text: a second, a share, bytes");
	ok(top_now(&top->history, TOP_REFAULTS) == 100, "refaults a second in the history");

	top->sort = TOP_MEMORY;
	top_sort(top);
	ok(!strcmp(order(top), "7 8 1 10 "), "sorted by memory");
	top->reversed = true;
	top_sort(top);
	ok(!strcmp(order(top), "10 1 8 7 "), "the other way round");
	top->sort = TOP_COLUMNS;
	top->reversed = false;
	top_sort(top);
	ok(!strcmp(order(top), "7 8 1 10 "), "sorted by command");
	top->sort = TOP_PID;
	top_sort(top);
	ok(!strcmp(order(top), "1 7 8 10 "), "sorted by PID");
}

static void test_away(struct top *top)
{
	put("uptime", "103.00\n");
	remove_file("processes");
	top_read(top);
	ok(!top->readings && !top->rows && strstr(top->reading[top->last].error.text, "processes"),
	   "the module is away: %s", top->reading[top->last].error.text);
	top_read_more(top, QUIRE_AGES);
	top_read(top);
	ok(!top->readings && top->history.samples == 4, "and stays away; graphs go on");
	put("uptime", "104.00\n");
	put("processes", COLUMNS_LINE "1 0 - 6 0 10 0 0 0 0 init\n");
	top_read(top);
	ok(top->readings == 1 && top->rows == 1 && !row_of(top, 1)->value[TOP_FAULTS],
	   "it is back: nothing is compared with what was before");
	put("uptime", "105.00\n");
	put("processes", COLUMNS_LINE "1 0 - 9 0 10 0 0 0 0 init\n");
	top_read(top);
	ok(top->readings == 2 && row_of(top, 1)->value[TOP_FAULTS] == 3, "and goes on");
}

int main(void)
{
	static struct top top = { .sort = TOP_STALL };
	static const char *const names[] = { "uptime", "stat", "processes", "workingset" };
	struct quire_error error;

	if (!mkdtemp(dir)) {
		puts("Bail out! no folder for the test's files");
		return 1;
	}
	test_memory();
	test_history();
	top.live.need = LIVE_FILE(QUIRE_STAT) | LIVE_FILE(QUIRE_PROCESSES);
	top.live.want = LIVE_FILE(QUIRE_WORKINGSET);
	ok(!quire_source_init(&top.live.source, dir, &error), "a copy to read from");
	test_reading(&top);
	test_away(&top);
	top_free(&top);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		remove_file(names[i]);
	rmdir(dir);
	return tap_done();
}
