// SPDX-License-Identifier: GPL-2.0
/*
 * quire trace info: describe a trace.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "command_trace.h"
#include "stack.h"
#include "working_set.h"

#define MAX_TAUS 32

enum { OPT_JSON = 0x200, OPT_TAU };

static const double shares[] = { 1, 5, 10, 25, 50, 75, 90, 95, 99 };

#define SHARES ((int)(sizeof(shares) / sizeof(shares[0])))

/**
 * struct info - what is known of a trace
 * @options: how to read it
 * @path: its name
 * @json: print JSON
 * @trace: the trace
 * @writes: references that write
 * @written: distinct pages written to
 * @percentile: reuse distances, by @shares
 * @set: working sets
 * @sets: how many
 */
struct info {
	struct trace_options options;
	const char *path;
	bool json;
	struct trace *trace;
	uint64_t writes, written;
	uint32_t percentile[SHARES];
	struct working_set set[MAX_TAUS];
	int sets;
};

static const struct argp_option options[] = {
	{ "tau", OPT_TAU, "LIST", 0,
	  "Windows of the working set in references, by commas (default 100,1k,10k,... as the trace is long)",
	  0 },
	{ "json", OPT_JSON, NULL, 0, "Print JSON", 0 },
	{ }
};

static void parse_taus(struct info *info, char *list, struct argp_state *state)
{
	char *word;

	while ((word = strsep(&list, ","))) {
		if (info->sets == MAX_TAUS)
			argp_error(state, "more than %d windows", MAX_TAUS);
		if (parse_count(word, &info->set[info->sets].tau) || !info->set[info->sets].tau)
			argp_error(state, "window \"%s\" is not a count of references", word);
		info->sets++;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct info *info = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &info->options;
		break;
	case OPT_TAU:
		parse_taus(info, arg, state);
		break;
	case OPT_JSON:
		info->json = true;
		break;
	case ARGP_KEY_ARG:
		if (info->path)
			argp_error(state, "one trace at a time: \"%s\"", arg);
		info->path = arg;
		break;
	case ARGP_KEY_END:
		if (!info->path)
			argp_error(state, "which trace? \"-\" is standard input");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int count_writes(struct info *info)
{
	const struct quire_trace *refs = &info->trace->refs;
	bool *written = calloc(refs->pages + 1UL, sizeof(*written));

	if (!written)
		return -1;
	for (uint64_t i = 0; i < refs->requests && refs->write; i++) {
		if (trace_wrote(refs, i)) {
			info->writes++;
			info->written += !written[refs->page[i]];
			written[refs->page[i]] = true;
		}
	}
	free(written);
	return 0;
}

/* The smallest distance that so many percent of the reuses do not exceed. */
static int find_percentiles(struct info *info)
{
	struct stack_curve *curve = stack_run(&info->trace->refs, NULL);
	uint64_t reuses = info->trace->refs.requests - info->trace->refs.pages, sum = 0;
	int next = 0;

	if (!curve)
		return -1;
	for (uint32_t distance = 1; distance <= curve->pages && reuses; distance++) {
		sum += curve->distance[distance];
		while (next < SHARES && sum >= shares[next] / 100 * reuses)
			info->percentile[next++] = distance;
	}
	stack_free(curve);
	return 0;
}

static int study(struct info *info)
{
	if (!info->sets)
		for (uint64_t tau = 100; tau <= info->trace->refs.requests && info->sets < MAX_TAUS; tau *= 10)
			info->set[info->sets++].tau = tau;
	if (count_writes(info) || find_percentiles(info))
		return -1;
	for (int i = 0; i < info->sets; i++)
		if (working_set(&info->trace->refs, &info->set[i]))
			return -1;
	return 0;
}

static void print(const struct info *info)
{
	const struct quire_trace *refs = &info->trace->refs;

	printf("%s\n", info->path);
	printf("requests          %12" PRIu64 "\n", (uint64_t)refs->requests);
	printf("distinct pages    %12" PRIu32 "  (%.1f MiB of %" PRIu64 " bytes each)\n", refs->pages,
	       (double)refs->pages * info->trace->page_size / (1 << 20), info->trace->page_size);
	printf("writes            %12" PRIu64 "  (%.1f %%, to %" PRIu64 " pages)\n", info->writes,
	       100.0 * info->writes / refs->requests, info->written);
	printf("\nreuse distance: distinct pages since the last reference to the same page, with itself\n");
	for (int i = 0; i < SHARES && refs->requests > refs->pages; i++)
		printf("  %2.0f %% of reuses within %9" PRIu32 "\n", shares[i], info->percentile[i]);
	if (refs->requests == refs->pages)
		printf("  no page is used twice\n");
	printf("\nworking set W(t, tau): distinct pages in the last tau references\n");
	printf("  %12s %12s %12s %12s\n", "tau", "mean pages", "max pages", "missing %");
	for (int i = 0; i < info->sets; i++)
		printf("  %12" PRIu64 " %12.1f %12" PRIu32 " %12.3f\n", info->set[i].tau, info->set[i].mean,
		       info->set[i].max, 100 * info->set[i].missing);
}

static void put_number(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

static void print_json(const struct info *info)
{
	struct json_object *root = json_object_new_object(), *array = json_object_new_array();
	const struct quire_trace *refs = &info->trace->refs;

	json_object_object_add(root, "trace", json_object_new_string(info->path));
	put_number(root, "requests", refs->requests);
	put_number(root, "pages", refs->pages);
	put_number(root, "page_size_bytes", info->trace->page_size);
	put_number(root, "writes", info->writes);
	put_number(root, "written_pages", info->written);
	json_object_object_add(root, "reuse_distance", array);
	for (int i = 0; i < SHARES && refs->requests > refs->pages; i++) {
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "percent", json_object_new_double(shares[i]));
		put_number(object, "distance_pages", info->percentile[i]);
		json_object_array_add(array, object);
	}
	array = json_object_new_array();
	json_object_object_add(root, "working_set", array);
	for (int i = 0; i < info->sets; i++) {
		struct json_object *object = json_object_new_object();

		put_number(object, "tau_references", info->set[i].tau);
		json_object_object_add(object, "mean_pages", json_object_new_double(info->set[i].mean));
		put_number(object, "max_pages", info->set[i].max);
		json_object_object_add(object, "missing_ratio", json_object_new_double(info->set[i].missing));
		json_object_array_add(array, object);
	}
	puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
}

int command_trace_info(int argc, char **argv)
{
	static const struct argp_child children[] = { { &trace_argp, 0, "Reading traces:", 10 }, { } };
	static const struct argp argp = {
		options, parse, "TRACE",
		"Describe a trace: how long, how many pages, how soon they are used again, and its working sets.\vExample:\n"
		"  quire trace info --tau 1k,100k trace.quire",
		children, NULL, NULL
	};
	struct trace_error error = { "no memory" };
	struct info info = { };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &info);
	info.trace = trace_load(info.path, &info.options, &error);
	ret = info.trace ? study(&info) : -1;
	if (ret)
		say("%s", error.text);
	else if (info.json)
		print_json(&info);
	else
		print(&info);
	trace_free(info.trace);
	return ret ? EXIT_COULD_NOT : EXIT_GOOD;
}
