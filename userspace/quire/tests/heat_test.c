// SPDX-License-Identifier: GPL-2.0
/*
 * quire heat without a terminal: nothing is lost when rows and columns are joined, areas have their
 * names, and whatever is read, JSON or maps, is understood or refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../command.c"
#include "../heat.c"
#include "../heat_areas.c"
#include "../heat_draw.c"
#include "../heat_reading.c"
#include "../human.c"
#include "../live.c"
#include "random.h"
#include "tap.h"

#define RANGE	(UINT64_C(2) << 20)

static void sum(const struct heat *heat, uint64_t *known, uint64_t *used)
{
	*known = *used = 0;
	for (int i = 0; i < heat->rows; i++) {
		for (int j = 0; j < heat->columns; j++) {
			*known += heat->row[i]->cell[j].known;
			*used += heat->row[i]->cell[j].used;
		}
	}
}

static bool is_sorted(const struct heat *heat)
{
	for (int i = 1; i < heat->rows; i++) {
		const struct heat_row *a = heat->row[i - 1], *b = heat->row[i];

		if (a->process > b->process || (a->process == b->process && a->block >= b->block))
			return false;
	}
	return true;
}

static void test_grid(void)
{
	uint64_t known[HEAT_SLICES], used[HEAT_SLICES], all_known = 0, all_used = 0, got_known, got_used;
	struct random random = random_seed(7);
	struct heat heat, copy;
	int err;

	err = heat_init(&heat, 1);
	for (int time = 0; !err && time < 1000; time++) {
		for (int i = 0; !err && i < 20; i++) {
			int process = heat_process(&heat, 1 + random_below(&random, 3), "x");

			for (int j = 0; j < HEAT_SLICES; j++) {
				known[j] = random_below(&random, 33);
				used[j] = random_below(&random, known[j] + 1);
				all_known += known[j];
				all_used += used[j];
			}
			err = heat_add(&heat, time, process, random_below(&random, 1 << 14) * RANGE, known, used);
		}
	}
	sum(&heat, &got_known, &got_used);
	ok(!err && got_known == all_known && got_used == all_used,
	   "whatever is joined, all pages are there: %llu", (unsigned long long)all_known);
	ok(heat.rows <= HEAT_ROWS_MAX && heat.columns <= HEAT_COLUMNS_MAX && heat.columns * heat.step >= 1000,
	   "the grid is bounded: %d rows, %d columns of %g s", heat.rows, heat.columns, heat.step);
	ok(is_sorted(&heat) && heat.processes == 3, "and sorted");
	err = heat_copy(&heat, &copy);
	heat_fit(&copy, 10, 7);
	sum(&copy, &got_known, &got_used);
	ok(!err && copy.rows <= 10 && copy.columns <= 7 && got_known == all_known && got_used == all_used &&
	   is_sorted(&copy), "fitted to 10 by 7: %d by %d", copy.rows, copy.columns);
	heat_free(&copy);
	heat_fit(&heat, 1, 1);
	ok(heat.rows == 3 && heat.columns == 1, "each process keeps a row");
	heat_free(&heat);
}

static void test_areas(void)
{
	struct heat_areas areas;

	heat_areas_parse(&areas, "555555400000-555555500000 r-xp 00000000 08:01 1 /usr/bin/a b\n"
			 "555555500000-555555600000 r--p 00100000 08:01 1 /usr/bin/a b\n"
			 "555555600000-555555700000 rw-p 00000000 00:00 0\n"
			 "no such line\n"
			 "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]");
	ok(areas.count == 3 && areas.area[0].end == 0x555555600000, "neighbours of one name are one area");
	ok(!strcmp(heat_areas_name(&areas, 0x555555400000, 0x555555800000), "a b"), "the larger one has the name");
	ok(!strcmp(heat_areas_name(&areas, 0x555555600000, 0x555555800000), "anon"), "anonymous memory");
	ok(!strcmp(heat_areas_name(&areas, 0x7ffd00000000, 0x7ffd00200000), "[stack]"), "the last line");
	ok(!*heat_areas_name(&areas, 0, 4096), "nothing is there");
	free(areas.area);
}

/* Change a byte, take some away, or say some twice. */
static size_t mutate(struct random *random, char *text, size_t size, size_t room)
{
	static const char likely[] = "{}[]\",:0189-.e\\ \x80\x1b";
	size_t at = random_below(random, size), length = 1 + random_below(random, size - at);

	switch (random_below(random, 3)) {
	case 0:
		text[at] = likely[random_below(random, sizeof(likely) - 1)];
		return size;
	case 1:
		if (length > 40 || length == size)
			return size;
		memmove(text + at, text + at + length, size - at - length);
		return size - length;
	default:
		if (length > room - size)
			return size;
		memmove(text + at + length, text + at, size - at);
		return size + length;
	}
}

static void test_mutations(const char *name, const char *good, bool (*try)(const char *text))
{
	struct random random = random_seed(11);
	unsigned int taken = 0, rounds = 20000;
	char text[2048];

	for (unsigned int i = 0; i < rounds; i++) {
		size_t size = strlen(good);
		char *exact;

		memcpy(text, good, size);
		for (unsigned int changes = 1 + random_below(&random, 3); changes; changes--)
			size = mutate(&random, text, size, sizeof(text) - 1);
		/* Of exactly this size, so that ASan sees a byte too far. */
		exact = malloc(size + 1);
		memcpy(exact, text, size);
		exact[size] = '\0';
		taken += try(exact);
		free(exact);
	}
	ok(taken > rounds / 100 && taken < rounds * 99 / 100, "%s: %u of %u changed ones were taken", name, taken,
	   rounds);
}

/* What is taken can be drawn. */
static bool try_json(const char *text)
{
	static FILE *nowhere;
	const struct heat_screen screen = { 80, 24, true };
	struct heat_watch *watch = calloc(1, sizeof(*watch));
	struct quire_error error;
	bool taken;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	taken = !heat_init(&watch->heat, 1) && !heat_watch_parse(watch, text, 0, 1e9, &error) &&
		!heat_draw(&watch->heat, watch->areas, &screen, nowhere);
	heat_watch_free(watch);
	free(watch);
	return taken;
}

static bool try_maps(const char *text)
{
	struct heat_areas areas;
	bool taken = !heat_areas_parse(&areas, text) && areas.count == 3;

	heat_areas_name(&areas, 0, UINT64_MAX);
	free(areas.area);
	return taken;
}

int main(void)
{
	static const char slices[] = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16";
	char json[1024];

	snprintf(json, sizeof(json), "{\"seconds\":1.5,\"processes\":[{\"pid\":7,\"command\":\"a\",\"areas\":["
		 "{\"start\":2097152,\"end\":4194304,\"name\":\"heap\"}],\"ranges\":[{\"address\":2097152,"
		 "\"scan\":3,\"known_pages\":[%s],\"used_pages\":[%s]}]}]}", slices, slices);
	test_grid();
	test_areas();
	ok(try_json(json), "JSON is understood");
	test_mutations("JSON", json, try_json);
	test_mutations("maps", "400000-500000 r-xp 00000000 08:01 1 /bin/a\n500000-600000 rw-p 00000000 00:00 0\n"
		       "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]\n", try_maps);
	return tap_done();
}
