// SPDX-License-Identifier: GPL-2.0
/*
 * What was done, as "name value" lines or as JSON with the same names.
 */
#include "load.h"

#include <json-c/json.h>

/* A result as a list of names and values, so that both formats say the same. */
struct fields {
	unsigned int count;
	struct note field[24 + MAX_NOTES];
};

static void add(struct fields *fields, const char *name, long long value)
{
	fields->field[fields->count++] = (struct note){ name, value };
}

static void collect(struct fields *fields, const struct result *res)
{
	unsigned int i;

	fields->count = 0;
	add(fields, "pid", res->worker ?: res->pid);
	add(fields, "rounds", res->rounds);
	add(fields, "accesses", res->accesses);
	add(fields, "writes", res->writes);
	add(fields, "elapsed_us", res->elapsed_us);
	add(fields, "user_us", res->user_us);
	add(fields, "system_us", res->system_us);
	add(fields, "minor_faults", res->minor);
	add(fields, "major_faults", res->major);
	if (res->expect_minor != UNKNOWN)
		add(fields, "expect_minor_faults", res->expect_minor);
	if (res->expect_major != UNKNOWN)
		add(fields, "expect_major_faults", res->expect_major);
	for (i = 0; i < res->notes; i++)
		add(fields, res->note[i].name, res->note[i].value);
	add(fields, "locked", res->locked);
	add(fields, "corrupt_pages", res->corrupt);
	add(fields, "status", res->status);
}

/* The sum over all processes; what one of them does not know, the sum does not know. */
static void sum(struct result *total, const struct result *res, unsigned int count)
{
	unsigned int i, j;

	*total = res[0];
	for (i = 1; i < count; i++) {
		total->accesses += res[i].accesses;
		total->writes += res[i].writes;
		total->rounds += res[i].rounds;
		total->corrupt += res[i].corrupt;
		total->user_us += res[i].user_us;
		total->system_us += res[i].system_us;
		total->minor += res[i].minor;
		total->major += res[i].major;
		total->locked &= res[i].locked;
		if (res[i].elapsed_us > total->elapsed_us)
			total->elapsed_us = res[i].elapsed_us;
		if (res[i].status > total->status)
			total->status = res[i].status;
		if (total->expect_minor != UNKNOWN)
			total->expect_minor = res[i].expect_minor == UNKNOWN ?
				UNKNOWN : total->expect_minor + res[i].expect_minor;
		if (total->expect_major != UNKNOWN)
			total->expect_major = res[i].expect_major == UNKNOWN ?
				UNKNOWN : total->expect_major + res[i].expect_major;
		for (j = 0; j < total->notes && j < res[i].notes; j++)
			total->note[j].value += res[i].note[j].value;
	}
}

static void fill(json_object *object, const struct fields *fields)
{
	unsigned int i;

	for (i = 0; i < fields->count; i++)
		json_object_object_add(object, fields->field[i].name,
				       json_object_new_int64(fields->field[i].value));
}

/**
 * report() - print what was done
 * @opt: what was asked for
 * @res: a result for each process
 * @count: how many
 *
 * Return: 0, or -1 with a message.
 */
int report(const struct options *opt, const struct result *res, unsigned int count)
{
	struct result total;
	struct fields fields;
	unsigned int i;
	json_object *root, *workers;
	int err;

	sum(&total, res, count);
	collect(&fields, &total);
	if (!opt->json) {
		printf("pattern %s\npages %zu\nprocesses %u\n", opt->pattern->name, opt->pages, count);
		for (i = 0; i < fields.count; i++)
			printf("%s %lld\n", fields.field[i].name, fields.field[i].value);
		return fflush(stdout) ? fail("write the report") : 0;
	}
	root = json_object_new_object();
	workers = json_object_new_array();
	json_object_object_add(root, "pattern", json_object_new_string(opt->pattern->name));
	json_object_object_add(root, "pages", json_object_new_int64(opt->pages));
	json_object_object_add(root, "processes", json_object_new_int64(count));
	json_object_object_add(root, "seed", json_object_new_uint64(opt->seed));
	fill(root, &fields);
	for (i = 0; i < count; i++) {
		json_object *worker = json_object_new_object();

		collect(&fields, &res[i]);
		fill(worker, &fields);
		json_object_array_add(workers, worker);
	}
	json_object_object_add(root, "workers", workers);
	err = puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY)) < 0 ||
	      fflush(stdout);
	json_object_put(root);
	return err ? fail("write the report") : 0;
}
