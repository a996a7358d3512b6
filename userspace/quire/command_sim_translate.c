// SPDX-License-Identifier: GPL-2.0
/*
 * quire sim translate: the textbooks' ways to translate addresses, on one reference string.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "command_sim.h"
#include "command_trace.h"
#include "segments.h"
#include "tables.h"

#define MAX_LIST 8
#define GRAIN 64	/* bytes that addresses are told apart by, where a trace has addresses */

enum { OPT_JSON = 0x200, OPT_GAP, OPT_PAGES, OPT_LEVELS, OPT_TLB, OPT_MEM_NS, OPT_TLB_NS };

static const char *const fit_names[] = { "first", "best", "worst" };

/**
 * struct translate - what was asked for, and what came of it
 * @options: how to read the trace
 * @path: its name
 * @json: print JSON
 * @memory: bytes of memory for segments; 0: half of them or the largest
 * @gap: unused bytes that divide segments
 * @page_size: page sizes
 * @page_sizes: how many
 * @levels: levels of page tables
 * @level_count: how many
 * @tlb: TLBs
 * @tlbs: how many
 * @mem_ns: one access to memory
 * @tlb_ns: one look into the TLB
 * @trace: the trace
 * @segments: its segments
 * @span: from the first byte used to the last
 * @segment_bytes: of all segments
 * @fit: what segmentation did, by enum fit
 */
struct translate {
	struct trace_options options;
	const char *path;
	bool json;
	uint64_t memory, gap;
	uint64_t page_size[MAX_LIST];
	unsigned int page_sizes;
	unsigned int levels[MAX_LIST];
	unsigned int level_count;
	struct tlb tlb[MAX_LIST];
	unsigned int tlbs;
	double mem_ns, tlb_ns;
	struct trace *trace;
	struct segments segments;
	uint64_t span, segment_bytes;
	struct segments_result fit[3];
};

static const struct argp_option options[] = {
	{ "memory", 'm', "BYTES", 0, "Memory for segments (default half of what all of them take, or the largest)", 0 },
	{ "gap", OPT_GAP, "BYTES", 0, "Unused bytes that divide one segment from the next (default 64KiB)", 0 },
	{ "pages", OPT_PAGES, "LIST", 0, "Page sizes (default 4KiB,2MiB)", 0 },
	{ "levels", OPT_LEVELS, "LIST", 0, "Levels of page tables (default 1,2,4)", 0 },
	{ "tlb", OPT_TLB, "LIST", 0, "TLBs, ENTRIES:WAYS or ENTRIES:full (default 16:1,64:4,1536:12)", 0 },
	{ "mem-ns", OPT_MEM_NS, "NS", 0, "Time of an access to memory (default 100)", 0 },
	{ "tlb-ns", OPT_TLB_NS, "NS", 0, "Time of a look into the TLB (default 1)", 0 },
	{ "json", OPT_JSON, NULL, 0, "Print JSON", 0 },
	{ }
};

static uint64_t bytes_of(const char *what, const char *text, struct argp_state *state)
{
	uint64_t bytes = 0;

	if (parse_size(text, &bytes))
		argp_error(state, "%s \"%s\" is not a number of bytes such as 4096 or 64KiB", what, text);
	return bytes;
}

static double time_of(const char *text, struct argp_state *state)
{
	char *end;
	double ns = strtod(text, &end);

	if (end == text || *end || !(ns >= 0 && ns < 1e12))
		argp_error(state, "\"%s\" is not a time in nanoseconds", text);
	return ns;
}

static void parse_pages(struct translate *t, char *list, struct argp_state *state)
{
	char *word;

	t->page_sizes = 0;
	while ((word = strsep(&list, ","))) {
		uint64_t size = bytes_of("page size", word, state);

		if (size & (size - 1) || t->page_sizes == MAX_LIST)
			argp_error(state, "page sizes are at most %d powers of two", MAX_LIST);
		t->page_size[t->page_sizes++] = size;
	}
}

static void parse_levels(struct translate *t, char *list, struct argp_state *state)
{
	char *word;
	uint64_t levels = 0;

	t->level_count = 0;
	while ((word = strsep(&list, ","))) {
		if (parse_count(word, &levels) || !levels || levels > TABLES_MAX_LEVELS ||
		    t->level_count == MAX_LIST)
			argp_error(state, "levels are at most %d numbers from 1 to %d", MAX_LIST,
				   TABLES_MAX_LEVELS);
		t->levels[t->level_count++] = levels;
	}
}

static void parse_tlbs(struct translate *t, char *list, struct argp_state *state)
{
	char *word;

	t->tlbs = 0;
	while ((word = strsep(&list, ","))) {
		char *ways_text = strchrnul(word, ':');
		uint64_t entries = 0, ways = 0;
		bool good = *ways_text;

		if (good)
			*ways_text++ = 0;
		good = good && !parse_count(word, &entries) && entries && entries <= 1 << 20;
		if (good && !strcmp(ways_text, "full"))
			ways = entries;
		else
			good = good && !parse_count(ways_text, &ways) && ways && entries % ways == 0;
		if (!good || (entries / ways & (entries / ways - 1)) || t->tlbs == MAX_LIST)
			argp_error(state, "a TLB is ENTRIES:WAYS with a power of two of sets, such as 64:4; at most %d",
				   MAX_LIST);
		t->tlb[t->tlbs++] = (struct tlb){ .entries = entries, .ways = ways };
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct translate *t = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &t->options;
		break;
	case 'm':
		t->memory = bytes_of("memory", arg, state);
		break;
	case OPT_GAP:
		t->gap = bytes_of("gap", arg, state);
		break;
	case OPT_PAGES:
		parse_pages(t, arg, state);
		break;
	case OPT_LEVELS:
		parse_levels(t, arg, state);
		break;
	case OPT_TLB:
		parse_tlbs(t, arg, state);
		break;
	case OPT_MEM_NS:
		t->mem_ns = time_of(arg, state);
		break;
	case OPT_TLB_NS:
		t->tlb_ns = time_of(arg, state);
		break;
	case OPT_JSON:
		t->json = true;
		break;
	case ARGP_KEY_ARG:
		if (t->path)
			argp_error(state, "one trace at a time: \"%s\"", arg);
		t->path = arg;
		break;
	case ARGP_KEY_END:
		if (!t->path)
			argp_error(state, "which trace? \"-\" is standard input");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/*
 * Load the trace by grains smaller than a page where it has addresses, so that what is unused within pages is
 * known.
 */
static int load(struct translate *t, struct trace_error *error)
{
	uint64_t highest = 0;

	t->options.grain = GRAIN;
	t->trace = trace_load(t->path, &t->options, error);
	if (!t->trace)
		return -1;
	for (uint32_t page = 1; page <= t->trace->refs.pages; page++)
		if (t->trace->raw[page] > highest)
			highest = t->trace->raw[page];
	if (highest >= UINT64_MAX / t->trace->page_size)
		return trace_fail(error, "%s: page %" PRIu64 " of %" PRIu64 " bytes is beyond 64 bits of address",
				  t->path, highest, t->trace->page_size);
	for (unsigned int i = 0; i < t->page_sizes; i++)
		if (t->page_size[i] < t->trace->page_size)
			return trace_fail(error, "%s: knows pages of %" PRIu64 " bytes, none of %" PRIu64, t->path,
					  t->trace->page_size, t->page_size[i]);
	return 0;
}

static int run_segments(struct translate *t)
{
	const struct segment *last;
	uint64_t largest = 0;

	if (segments_find(t->trace, t->gap, &t->segments))
		return -1;
	for (uint32_t i = 0; i < t->segments.count; i++) {
		t->segment_bytes += t->segments.segment[i].size;
		if (t->segments.segment[i].size > largest)
			largest = t->segments.segment[i].size;
	}
	last = &t->segments.segment[t->segments.count - 1];
	t->span = last->base + last->size - t->segments.segment[0].base;
	if (!t->memory)
		t->memory = t->segment_bytes / 2 > largest ? t->segment_bytes / 2 : largest;
	for (int fit = FIRST_FIT; fit <= WORST_FIT; fit++)
		if (segments_run(t->trace, &t->segments, t->memory, fit, &t->fit[fit]))
			return -1;
	return 0;
}

static double mib(uint64_t bytes)
{
	return bytes / 1048576.0;
}

/* "4 KiB", "64.5 MiB": a size as people say it. */
static const char *say_size(uint64_t bytes, char text[16])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = bytes;
	int unit = 0;

	if (bytes == UINT64_MAX)
		return "too large";
	for (; value >= 1024 && unit < 6; unit++)
		value /= 1024;
	snprintf(text, 16, value == (int)value ? "%.0f %s" : "%.1f %s", value, units[unit]);
	return text;
}

/* Average time of an access: a hit needs the TLB and memory, a miss a walk through all levels before. */
static double access_ns(const struct translate *t, const struct tlb *tlb, unsigned int levels)
{
	double miss = 1 - (double)tlb->hits / t->trace->refs.requests;

	return t->tlb_ns + t->mem_ns + miss * levels * t->mem_ns;
}

static void print_head(const struct translate *t)
{
	uint64_t used = t->trace->refs.pages * t->trace->page_size;
	char a[16], b[16], c[16];

	printf("%s: %" PRIu64 " references to %s in grains of %s\n\n", t->path,
	       (uint64_t)t->trace->refs.requests, say_size(used, a), say_size(t->trace->page_size, b));
	printf("Base and bounds: all addresses in one piece of %s, %.4g %% of it used.\n", say_size(t->span, a),
	       100.0 * used / t->span);
	printf("  It %s in %s of memory. An access takes %.1f ns: the registers add and compare.\n\n",
	       t->span <= t->memory ? "fits" : "does not fit", say_size(t->memory, c), t->mem_ns);
	printf("Segmentation: %" PRIu32 " segments, %s in all, in %s of memory; a table of %s.\n",
	       t->segments.count, say_size(t->segment_bytes, a), say_size(t->memory, b),
	       say_size(16UL * t->segments.count, c));
	printf("  %-6s %10s %10s %10s %10s %8s %10s %11s %8s\n", "fit", "faults", "evictions", "in MiB",
	       "out MiB", "compact", "moved MiB", "external %", "refused");
	for (int fit = FIRST_FIT; fit <= WORST_FIT; fit++) {
		const struct segments_result *r = &t->fit[fit];

		printf("  %-6s %10" PRIu64 " %10" PRIu64 " %10.1f %10.1f %8" PRIu64 " %10.1f %11.1f %8" PRIu64 "\n",
		       fit_names[fit], r->faults, r->evictions, mib(r->bytes_in), mib(r->bytes_out),
		       r->compactions, mib(r->bytes_moved), 100 * r->external, r->refused);
	}
	printf("  An access takes %.1f ns: the segment table and the data.\n\n", 2 * t->mem_ns);
}

static int print_paging(struct translate *t, uint64_t page_size)
{
	struct paging paging = { .page_size = page_size };
	char a[16], b[16];

	if (paging_find(t->trace, &paging))
		return -1;
	printf("Paging, %s: %" PRIu64 " pages, %s; internal fragmentation %.1f %%.\n", say_size(page_size, a),
	       paging.pages, say_size(paging.pages * page_size, b),
	       100.0 * paging.waste / (paging.pages * page_size));
	printf("  %-14s", "page tables");
	for (unsigned int i = 0; i < t->level_count; i++) {
		uint64_t bytes;

		if (paging_tables(t->trace, &paging, t->levels[i], &bytes))
			return -1;
		printf("  %u level%s %-10s", t->levels[i], t->levels[i] > 1 ? "s" : " ", say_size(bytes, a));
	}
	printf("\n  %-14s", "no TLB");
	for (unsigned int i = 0; i < t->level_count; i++)
		printf("  %11.1f ns     ", t->mem_ns * (t->levels[i] + 1));
	putchar('\n');
	for (unsigned int n = 0; n < t->tlbs; n++) {
		struct tlb *tlb = &t->tlb[n];

		if (tlb_run(t->trace, page_size, tlb))
			return -1;
		snprintf(a, sizeof(a), "TLB %u:%u", tlb->entries, tlb->ways);
		printf("  %-14s", a);
		for (unsigned int i = 0; i < t->level_count; i++)
			printf("  %11.1f ns     ", access_ns(t, tlb, t->levels[i]));
		printf("  hits %.3f %%\n", 100.0 * tlb->hits / t->trace->refs.requests);
	}
	putchar('\n');
	return 0;
}

static void put_number(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

static void put_real(struct json_object *object, const char *name, double value)
{
	json_object_object_add(object, name, json_object_new_double(value));
}

static struct json_object *put_array(struct json_object *object, const char *name)
{
	struct json_object *array = json_object_new_array();

	json_object_object_add(object, name, array);
	return array;
}

static struct json_object *put_element(struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	json_object_array_add(array, object);
	return object;
}

static void json_head(const struct translate *t, struct json_object *root)
{
	struct json_object *fits;

	json_object_object_add(root, "trace", json_object_new_string(t->path));
	put_number(root, "references", t->trace->refs.requests);
	put_number(root, "grain_bytes", t->trace->page_size);
	put_number(root, "used_bytes", t->trace->refs.pages * t->trace->page_size);
	put_number(root, "span_bytes", t->span);
	put_number(root, "memory_bytes", t->memory);
	put_number(root, "segments", t->segments.count);
	put_number(root, "segment_bytes", t->segment_bytes);
	fits = put_array(root, "segmentation");
	for (int fit = FIRST_FIT; fit <= WORST_FIT; fit++) {
		const struct segments_result *r = &t->fit[fit];
		struct json_object *object = put_element(fits);

		json_object_object_add(object, "fit", json_object_new_string(fit_names[fit]));
		put_number(object, "faults", r->faults);
		put_number(object, "evictions", r->evictions);
		put_number(object, "in_bytes", r->bytes_in);
		put_number(object, "out_bytes", r->bytes_out);
		put_number(object, "compactions", r->compactions);
		put_number(object, "moved_bytes", r->bytes_moved);
		put_real(object, "external_fragmentation", r->external);
		put_number(object, "refused", r->refused);
	}
}

static int json_paging(struct translate *t, uint64_t page_size, struct json_object *object)
{
	struct paging paging = { .page_size = page_size };
	struct json_object *array;

	if (paging_find(t->trace, &paging))
		return -1;
	put_number(object, "page_size_bytes", page_size);
	put_number(object, "pages", paging.pages);
	put_number(object, "unused_bytes", paging.waste);
	array = put_array(object, "page_tables");
	for (unsigned int i = 0; i < t->level_count; i++) {
		struct json_object *tables = put_element(array);
		uint64_t bytes;

		if (paging_tables(t->trace, &paging, t->levels[i], &bytes))
			return -1;
		put_number(tables, "levels", t->levels[i]);
		put_number(tables, "bytes", bytes);
	}
	array = put_array(object, "tlbs");
	for (unsigned int n = 0; n < t->tlbs; n++) {
		struct json_object *tlb = put_element(array), *times;

		if (tlb_run(t->trace, page_size, &t->tlb[n]))
			return -1;
		put_number(tlb, "entries", t->tlb[n].entries);
		put_number(tlb, "ways", t->tlb[n].ways);
		put_real(tlb, "hit_ratio", (double)t->tlb[n].hits / t->trace->refs.requests);
		times = put_array(tlb, "access_ns");
		for (unsigned int i = 0; i < t->level_count; i++)
			json_object_array_add(times, json_object_new_double(access_ns(t, &t->tlb[n], t->levels[i])));
	}
	return 0;
}

static int print(struct translate *t)
{
	struct json_object *root, *array;
	int ret = 0;

	if (!t->json) {
		print_head(t);
		for (unsigned int i = 0; i < t->page_sizes && !ret; i++)
			ret = print_paging(t, t->page_size[i]);
		return ret;
	}
	root = json_object_new_object();
	json_head(t, root);
	array = put_array(root, "paging");
	for (unsigned int i = 0; i < t->page_sizes && !ret; i++)
		ret = json_paging(t, t->page_size[i], put_element(array));
	if (!ret)
		puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(root);
	return ret;
}

int command_sim_translate(int argc, char **argv)
{
	static const struct argp_child children[] = { { &trace_argp, 0, "Reading traces:", 10 }, { } };
	static const struct argp argp = {
		options, parse, "TRACE",
		"Compare the textbooks' ways to translate addresses on one trace: base and bounds, segmentation, paging.\v"
		"Where the trace has addresses they are told apart by 64 bytes, else by its pages.\n"
		"A page fault takes no time here: \"quire sim\" counts those.\n\n"
		"Example:\n"
		"  valgrind --tool=lackey --trace-mem=yes --log-file=ls.lackey ls\n"
		"  quire sim translate --tlb 64:4,64:full --levels 1,2,4 -m 1MiB ls.lackey",
		children, NULL, NULL
	};
	struct translate t = {
		.gap = 64 << 10,
		.page_size = { 4096, 2 << 20 }, .page_sizes = 2,
		.levels = { 1, 2, 4 }, .level_count = 3,
		.tlb = { { 16, 1, 0 }, { 64, 4, 0 }, { 1536, 12, 0 } }, .tlbs = 3,
		.mem_ns = 100, .tlb_ns = 1,
	};
	struct trace_error error = { "no memory" };
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &t);
	ret = load(&t, &error);
	if (!ret) {
		trace_fail(&error, "no memory");
		ret = run_segments(&t) || print(&t);
	}
	if (ret)
		say("%s", error.text);
	segments_free(&t.segments);
	trace_free(t.trace);
	return ret ? EXIT_COULD_NOT : EXIT_GOOD;
}
