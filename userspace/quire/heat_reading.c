// SPDX-License-Identifier: GPL-2.0
/*
 * Readings of where processes are at work. As JSON, one is
 *
 *	{ "seconds": 1.0, "processes": [ { "pid": 1, "command": "sh",
 *	  "areas": [ { "start": 4194304, "end": 8388608, "name": "[heap]" } ],
 *	  "ranges": [ { "address": 4194304, "scan": 7, "known_pages": [...], "used_pages": [...] } ] } ] }
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat_reading.h"
#include "human.h"
#include "live.h"

#define SLICE_PAGES 32
#define SECONDS_MAX 1e9	/* that a reading can be of */
#define BACK_MAX 120	/* seconds between two scans, at most, that are filled */

static int fail(struct quire_error *error, int ret, const char *text)
{
	snprintf(error->text, sizeof(error->text), "%s", text);
	return ret;
}

/* The parent of a process, 0 if it is gone. */
static uint64_t parent_of(const struct quire_source *source, uint64_t pid)
{
	struct quire_error error;
	uint64_t parent = 0;
	char name[40], *text, *at;

	snprintf(name, sizeof(name), "%" PRIu64 "/stat", pid);
	if (quire_read_text(source, name, &text, &error))
		return 0;
	/* The command, in brackets, may hold anything. */
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %*c %" SCNu64, &parent) != 1)
		parent = 0;
	free(text);
	return parent;
}

static bool is_chosen(const struct heat_watch *watch, const struct quire_table *processes, size_t row)
{
	return quire_cell(processes, row, quire_column(processes, "exited_ms")) == QUIRE_NONE &&
	       live_chosen(watch->live, quire_cell(processes, row, quire_column(processes, "pid")),
			   processes->label[row]);
}

/* Whether it descends from one that is chosen. */
static bool is_descendant(const struct heat_watch *watch, const struct quire_table *processes, uint64_t pid)
{
	int pids = quire_column(processes, "pid");

	for (int depth = 0; pid && depth < HEAT_PROCESSES_MAX; depth++) {
		pid = parent_of(&watch->live->source, pid);
		for (size_t row = 0; pid && row < processes->rows; row++)
			if (quire_cell(processes, row, pids) == pid && is_chosen(watch, processes, row))
				return true;
	}
	return false;
}

static void read_areas(struct heat_watch *watch, int process)
{
	struct heat_areas *areas = &watch->areas[process];
	struct quire_error error;
	char name[40], *text;

	snprintf(name, sizeof(name), "%" PRIu64 "/maps", watch->heat.process[process].pid);
	if (quire_read_text(&watch->live->source, name, &text, &error))
		return;
	free(areas->area);
	heat_areas_parse(areas, text);
	free(text);
}

static struct json_object *put_areas(const struct heat_areas *areas)
{
	struct json_object *array = json_object_new_array(), *object;

	for (size_t i = 0; i < areas->count; i++) {
		object = json_object_new_object();
		live_put(object, "start", areas->area[i].start);
		live_put(object, "end", areas->area[i].end);
		json_object_object_add(object, "name", json_object_new_string(areas->area[i].name));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *put_slices(const uint64_t *pages)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; i < HEAT_SLICES; i++)
		json_object_array_add(array, json_object_new_uint64(pages[i]));
	return array;
}

/* What was read last of a range; made if there is nothing. NULL without memory. */
static struct heat_seen *find_seen(struct heat_watch *watch, int process, uint64_t address, bool *known)
{
	size_t low = 0, high = watch->seen_count[process];
	struct heat_seen *seen = watch->seen[process], *grown;

	while (low < high) {
		size_t middle = (low + high) / 2;

		*known = seen[middle].address == address;
		if (*known)
			return &seen[middle];
		if (seen[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	*known = false;
	high = watch->seen_count[process];
	if (!(high & (high - 1))) {
		grown = reallocarray(seen, high ? 2 * high : 1, sizeof(*seen));
		if (!grown)
			return NULL;
		seen = watch->seen[process] = grown;
	}
	memmove(seen + low + 1, seen + low, (high - low) * sizeof(*seen));
	watch->seen_count[process]++;
	seen[low].address = address;
	return &seen[low];
}

/*
 * A range into the grid. What a scan has found is of all the time since the scan before, and scans may come
 * less often than readings: so it goes to all columns since then, and only once.
 */
static int add_range(struct heat_watch *watch, int process, double seconds, uint64_t address, uint64_t scan,
		     const uint64_t *known, const uint64_t *used)
{
	bool again;
	struct heat_seen *seen = find_seen(watch, process, address, &again);
	double time;
	int err = 0;

	if (!seen)
		return -ENOMEM;
	if (again && seen->scan == scan)
		return 0;
	time = again && seconds - seen->time < BACK_MAX ? seen->time + watch->heat.step : seconds;
	for (; !err && time < seconds; time += watch->heat.step)
		err = heat_add(&watch->heat, time, process, address, known, used);
	seen->scan = scan;
	seen->time = seconds;
	return err ? err : heat_add(&watch->heat, seconds, process, address, known, used);
}

/* The ranges of a process: into the grid, and into @ranges if there is one. How many, or an errno. */
static long add_ranges(struct heat_watch *watch, int process, const struct quire_table *table,
		       double seconds, struct json_object *ranges)
{
	uint64_t pid = watch->heat.process[process].pid, known[HEAT_SLICES], used[HEAT_SLICES];
	int pids = quire_column(table, "pid"), address = quire_column(table, "address");
	int first = quire_column(table, "known_0_pages"), scan = quire_column(table, "scan");
	struct json_object *object;
	long count = 0;

	if (address < 0 || first < 0 || (size_t)first + 2 * HEAT_SLICES > table->columns)
		return -EBADMSG;
	for (size_t row = 0; row < table->rows; row++) {
		if (quire_cell(table, row, pids) != pid)
			continue;
		for (int i = 0; i < HEAT_SLICES; i++) {
			known[i] = quire_cell(table, row, first + 2 * i);
			used[i] = quire_cell(table, row, first + 2 * i + 1);
			if (known[i] > SLICE_PAGES || used[i] > known[i])
				return -EBADMSG;
		}
		if (add_range(watch, process, seconds, quire_cell(table, row, address),
			      quire_cell(table, row, scan), known, used))
			return -ENOMEM;
		count++;
		if (!ranges)
			continue;
		object = json_object_new_object();
		live_put(object, "address", quire_cell(table, row, address));
		live_put(object, "scan", quire_cell(table, row, scan));
		json_object_object_add(object, "known_pages", put_slices(known));
		json_object_object_add(object, "used_pages", put_slices(used));
		json_object_array_add(ranges, object);
	}
	return count;
}

static long read_process(struct heat_watch *watch, uint64_t pid, const char *command,
			 const struct quire_table *table, double seconds, struct json_object *array)
{
	int before = watch->heat.processes;
	int process = heat_process(&watch->heat, pid, human_command(command).text);
	struct json_object *object, *ranges = NULL;
	long count;

	/* More than there is room for are left out. */
	if (process < 0)
		return 0;
	read_areas(watch, process);
	if (array)
		ranges = json_object_new_array();
	count = add_ranges(watch, process, table, seconds, ranges);
	if (!array)
		return count;
	object = json_object_new_object();
	live_put(object, "pid", pid);
	json_object_object_add(object, "command",
			       json_object_new_string(watch->heat.process[process].command));
	/* They are many, and seldom others than before: in the first reading only. */
	if (process >= before)
		json_object_object_add(object, "areas", put_areas(&watch->areas[process]));
	json_object_object_add(object, "ranges", ranges);
	json_object_array_add(array, object);
	return count;
}

static long read_processes(struct heat_watch *watch, const struct quire_table *processes,
			   const struct quire_table *table, double seconds, struct json_object *array,
			   struct quire_error *error)
{
	int pids = quire_column(processes, "pid"), exited = quire_column(processes, "exited_ms");
	long count = 0, got;
	bool there = false;

	for (size_t i = 0; i < processes->rows; i++) {
		uint64_t pid = quire_cell(processes, i, pids);
		bool chosen = is_chosen(watch, processes, i);

		there |= chosen;
		if (!chosen && (!watch->children || quire_cell(processes, i, exited) != QUIRE_NONE ||
				!is_descendant(watch, processes, pid)))
			continue;
		got = read_process(watch, pid, processes->label[i], table, seconds, array);
		if (got < 0)
			return fail(error, got, got == -ENOMEM ? "no memory" :
				    "heat: not what this command understands");
		count += got;
	}
	return there ? count : fail(error, -ESRCH, "there is no such process, or not for this user to see");
}

long heat_watch_read(struct heat_watch *watch, double seconds, struct json_object **json,
		     struct quire_error *error)
{
	struct quire_table processes, table = { };
	struct json_object *array = NULL;
	long count;

	count = quire_read(&watch->live->source, QUIRE_PROCESSES, &processes, error);
	if (!count)
		count = quire_read(&watch->live->source, QUIRE_HEAT, &table, error);
	if (!count) {
		if (json) {
			*json = json_object_new_object();
			array = json_object_new_array();
			json_object_object_add(*json, "seconds", json_object_new_double(seconds));
			json_object_object_add(*json, "processes", array);
		}
		count = read_processes(watch, &processes, &table, seconds, array, error);
		if (json && count < 0)
			json_object_put(*json);
	}
	quire_table_free(&table);
	quire_table_free(&processes);
	return count;
}

static bool get_number(struct json_object *object, const char *name, uint64_t *number)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return false;
	*number = json_object_get_uint64(value);
	return true;
}

static bool get_slices(struct json_object *object, const char *name, uint64_t *pages)
{
	struct json_object *array, *value;

	if (!json_object_object_get_ex(object, name, &array) ||
	    !json_object_is_type(array, json_type_array) ||
	    json_object_array_length(array) != HEAT_SLICES)
		return false;
	for (int i = 0; i < HEAT_SLICES; i++) {
		value = json_object_array_get_idx(array, i);
		if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0 ||
		    json_object_get_int64(value) > SLICE_PAGES)
			return false;
		pages[i] = json_object_get_int64(value);
	}
	return true;
}

static bool get_array(struct json_object *object, const char *name, struct json_object **array)
{
	return json_object_object_get_ex(object, name, array) &&
	       json_object_is_type(*array, json_type_array);
}

static int parse_areas(struct heat_areas *areas, struct json_object *array)
{
	size_t count = json_object_array_length(array);

	free(areas->area);
	*areas = (struct heat_areas){ .area = calloc(count + 1, sizeof(*areas->area)) };
	if (!areas->area)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_array_get_idx(array, i), *name;
		struct heat_area *area = &areas->area[i];

		if (!get_number(object, "start", &area->start) || !get_number(object, "end", &area->end) ||
		    !json_object_object_get_ex(object, "name", &name))
			return -EBADMSG;
		human_text(json_object_get_string(name), area->name, sizeof(area->name));
		areas->count++;
	}
	return 0;
}

static int parse_process(struct heat_watch *watch, struct json_object *object, double seconds)
{
	uint64_t pid, address, scan, known[HEAT_SLICES], used[HEAT_SLICES];
	struct json_object *ranges, *range, *command, *areas;
	int process;

	if (!get_number(object, "pid", &pid) || !get_array(object, "ranges", &ranges) ||
	    !json_object_object_get_ex(object, "command", &command))
		return -EBADMSG;
	process = heat_process(&watch->heat, pid, human_command(json_object_get_string(command) ?: "").text);
	if (process < 0)
		return 0;
	if (get_array(object, "areas", &areas)) {
		int err = parse_areas(&watch->areas[process], areas);

		if (err)
			return err;
	}
	for (size_t i = 0; i < json_object_array_length(ranges); i++) {
		range = json_object_array_get_idx(ranges, i);
		if (!get_number(range, "address", &address) || !get_number(range, "scan", &scan) ||
		    !get_slices(range, "known_pages", known) ||
		    !get_slices(range, "used_pages", used))
			return -EBADMSG;
		if (seconds >= 0 && add_range(watch, process, seconds, address, scan, known, used))
			return -ENOMEM;
	}
	return 0;
}

int heat_watch_parse(struct heat_watch *watch, const char *text, double from, double to,
		     struct quire_error *error)
{
	struct json_object *root = json_tokener_parse(text), *value, *processes;
	double seconds;
	int err = -EBADMSG;

	if (root && json_object_object_get_ex(root, "seconds", &value) &&
	    get_array(root, "processes", &processes)) {
		seconds = json_object_get_double(value);
		err = seconds >= 0 && seconds <= SECONDS_MAX ? 0 : -EBADMSG;
		/* What is left out may have the areas. */
		if (!(seconds >= from && seconds <= to))
			seconds = -1;
		for (size_t i = 0; !err && i < json_object_array_length(processes); i++)
			err = parse_process(watch, json_object_array_get_idx(processes, i), seconds);
	}
	json_object_put(root);
	return err ? fail(error, err, err == -ENOMEM ? "no memory" : "this is not what quire heat --json prints") :
	       0;
}

void heat_watch_free(struct heat_watch *watch)
{
	for (int i = 0; i < HEAT_PROCESSES_MAX; i++) {
		free(watch->areas[i].area);
		free(watch->seen[i]);
	}
	heat_free(&watch->heat);
}
