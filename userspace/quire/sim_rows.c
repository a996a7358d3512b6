// SPDX-License-Identifier: GPL-2.0
/*
 * Printing what quire sim found out.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "sim_rows.h"

static int width(const struct sim_rows *rows, size_t from)
{
	int widest = 6;

	for (size_t i = from; i < rows->count && rows->row[i].trace == rows->row[from].trace; i++)
		if ((int)strlen(rows->row[i].policy) > widest)
			widest = strlen(rows->row[i].policy);
	return widest;
}

static void print_head(const struct sim_rows *rows, size_t i, int policy)
{
	const struct sim_row *row = &rows->row[i];

	printf("%s%s: %" PRIu64 " requests, %s%" PRIu64 " pages\n", i ? "\n" : "", row->trace,
	       (uint64_t)row->result.requests, rows->sampled ? "about " : "",
	       (uint64_t)row->result.cold_faults);
	printf("%10s  %-*s %12s %9s%s%s %12s %12s%s\n", "frames", policy, "policy", "faults", "miss %",
	       rows->sampled ? "    +-" : "", row->opt_faults ? "  x opt" : "", "evictions", "dirty",
	       rows->timed ? "    CPU s" : "");
}

void rows_print_table(const struct sim_rows *rows)
{
	int policy = 6;

	for (size_t i = 0; i < rows->count; i++) {
		const struct sim_row *row = &rows->row[i];

		if (!i || row->trace != row[-1].trace) {
			policy = width(rows, i);
			print_head(rows, i, policy);
		} else if (row->frames != row[-1].frames && i > 1 && row[-1].frames == row[-2].frames) {
			putchar('\n');
		}
		printf("%10" PRIu32 "  %-*s %12" PRIu64 " %9.3f", row->frames, policy, row->policy,
		       (uint64_t)row->result.faults, 100 * row->miss_ratio);
		if (rows->sampled)
			printf(" %5.2f", 100 * row->error);
		if (row->opt_faults)
			printf(" %6.3f", (double)row->result.faults / row->opt_faults);
		printf(" %12" PRIu64 " %12" PRIu64, (uint64_t)row->result.evictions,
		       (uint64_t)row->result.dirty_evictions);
		if (rows->timed)
			printf(" %8.3f", row->seconds);
		putchar('\n');
	}
}

/* A field of CSV: quoted if it must be. */
static void print_field(const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

void rows_print_csv(const struct sim_rows *rows)
{
	puts("trace,policy,frames,requests,faults,cold_faults,hits,miss_ratio,evictions,dirty_evictions");
	for (size_t i = 0; i < rows->count; i++) {
		const struct sim_row *row = &rows->row[i];
		const struct quire_result *r = &row->result;

		print_field(row->trace);
		putchar(',');
		print_field(row->policy);
		printf(",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.6f,%" PRIu64
		       ",%" PRIu64 "\n", row->frames, (uint64_t)r->requests, (uint64_t)r->faults,
		       (uint64_t)r->cold_faults, (uint64_t)r->hits, row->miss_ratio,
		       (uint64_t)r->evictions, (uint64_t)r->dirty_evictions);
	}
}

static void put_number(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

void rows_print_json(const struct sim_rows *rows)
{
	struct json_object *root = json_object_new_object();
	struct json_object *array = json_object_new_array();

	json_object_object_add(root, "results", array);
	for (size_t i = 0; i < rows->count; i++) {
		const struct sim_row *row = &rows->row[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "trace", json_object_new_string(row->trace));
		json_object_object_add(object, "policy", json_object_new_string(row->policy));
		put_number(object, "frames", row->frames);
		put_number(object, "requests", row->result.requests);
		put_number(object, "faults", row->result.faults);
		put_number(object, "cold_faults", row->result.cold_faults);
		put_number(object, "hits", row->result.hits);
		json_object_object_add(object, "miss_ratio", json_object_new_double(row->miss_ratio));
		if (rows->sampled)
			json_object_object_add(object, "miss_ratio_error",
					       json_object_new_double(row->error));
		put_number(object, "evictions", row->result.evictions);
		put_number(object, "dirty_evictions", row->result.dirty_evictions);
		if (rows->timed)
			json_object_object_add(object, "cpu_seconds",
					       json_object_new_double(row->seconds));
		json_object_array_add(array, object);
	}
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}
