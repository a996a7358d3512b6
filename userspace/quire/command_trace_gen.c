// SPDX-License-Identifier: GPL-2.0
/*
 * quire trace gen: make up a trace.
 */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "command_trace.h"
#include "gen.h"

enum { OPT_TO = 0x200, OPT_SEED, OPT_WRITES, OPT_ALPHA, OPT_HOT, OPT_HOT_SHARE, OPT_LENGTH };

struct make {
	struct gen_spec spec;
	uint64_t count;
	int to;
	const char *path;
};

static const struct argp_option options[] = {
	{ "pages", 'p', "COUNT", 0, "Pages there are (default 100k)", 0 },
	{ "count", 'n', "COUNT", 0, "References to make (default 1M)", 0 },
	{ "seed", OPT_SEED, "NUMBER", 0, "Seed of the random numbers (default 1)", 0 },
	{ "writes", OPT_WRITES, "SHARE", 0, "Share of the references that write (default 0)", 0 },
	{ "alpha", OPT_ALPHA, "EXPONENT", 0, "zipf: its exponent (default 0.8)", 0 },
	{ "hot", OPT_HOT, "COUNT", 0,
	  "hot-scan: hot pages; phases: pages of a phase (default a tenth of the pages)", 0 },
	{ "hot-share", OPT_HOT_SHARE, "SHARE", 0,
	  "hot-scan: share of the references that go to hot pages (default 0.9)", 0 },
	{ "length", OPT_LENGTH, "COUNT", 0,
	  "phases: references in a phase (default 20 for each of its pages)", 0 },
	{ "to", OPT_TO, "NAME", 0, "Format to write: quire, text, csv or oracle (default quire)", 0 },
	{ }
};

static double parse_real(const char *what, const char *text, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end)
		argp_error(state, "%s \"%s\" is not a number", what, text);
	return value;
}

static uint64_t parse_whole(const char *what, const char *text, struct argp_state *state)
{
	uint64_t value = 0;

	if (parse_count(text, &value))
		argp_error(state, "%s \"%s\" is not a count", what, text);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct make *make = state->input;

	switch (key) {
	case 'p':
		make->spec.pages = parse_whole("pages", arg, state);
		break;
	case 'n':
		make->count = parse_whole("count", arg, state);
		break;
	case OPT_SEED:
		make->spec.seed = parse_whole("seed", arg, state);
		break;
	case OPT_WRITES:
		make->spec.writes = parse_real("writes", arg, state);
		break;
	case OPT_ALPHA:
		make->spec.alpha = parse_real("alpha", arg, state);
		break;
	case OPT_HOT:
		make->spec.hot = parse_whole("hot", arg, state);
		break;
	case OPT_HOT_SHARE:
		make->spec.hot_share = parse_real("hot-share", arg, state);
		break;
	case OPT_LENGTH:
		make->spec.length = parse_whole("length", arg, state);
		break;
	case OPT_TO:
		make->to = trace_format_find(arg);
		if (make->to != TRACE_QUIRE && make->to != TRACE_TEXT && make->to != TRACE_CSV &&
		    make->to != TRACE_ORACLE)
			argp_error(state, "cannot write \"%s\"; quire, text, csv and oracle can be written", arg);
		break;
	case ARGP_KEY_ARG:
		if (!make->spec.kind)
			make->spec.kind = arg;
		else if (!make->path)
			make->path = arg;
		else
			argp_error(state, "too many files: \"%s\"", arg);
		break;
	case ARGP_KEY_END:
		if (!make->path)
			argp_error(state, "which kind, and where to?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The text of --help: the kinds of traces come from the generator's table. */
static char *filter(int key, const char *text, void *input)
{
	const char *name, *about;
	char *all = NULL;
	size_t size;
	FILE *file;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	file = open_memstream(&all, &size);
	if (!file)
		return (char *)text;
	fputs("Kinds:\n", file);
	for (int i = 0; (name = gen_about(i, &about)); i++)
		fprintf(file, "  %-10s %s\n", name, about);
	fprintf(file, "\n%s", text);
	fclose(file);
	return all;
}

static int generate(const struct make *make, struct trace_error *error)
{
	struct gen *gen = gen_start(&make->spec, error);
	struct trace_writer *writer = NULL;
	struct trace_ref refs[4096];
	int ret = -1;

	if (gen)
		writer = trace_create(make->path, make->to, 0, error);
	if (writer) {
		ret = 0;
		for (uint64_t left = make->count; left && !ret; ) {
			size_t n = left < 4096 ? left : 4096;

			gen_fill(gen, refs, n);
			ret = trace_write(writer, refs, n);
			left -= n;
		}
		if (ret)
			trace_abandon(writer);
		else
			ret = trace_finish(writer);
	}
	gen_free(gen);
	return ret;
}

int command_trace_gen(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "KIND FILE",
		"Make up a trace. \"-\" is standard output.\vThe same options make the same trace on every machine.\n\n"
		"Example:\n"
		"  quire trace gen zipf --pages 200k --alpha 0.8 -n 2M zipf.quire\n"
		"  quire trace gen loop --pages 100 -n 1000 --to text - | quire sim -p lru,opt -m 90 -",
		NULL, filter, NULL
	};
	struct make make = {
		.spec = { .pages = 100000, .seed = 1, .alpha = 0.8, .hot_share = 0.9 },
		.count = 1000000,
		.to = TRACE_QUIRE,
	};
	struct trace_error error = { "" };

	argp_parse(&argp, argc, argv, 0, NULL, &make);
	if (!generate(&make, &error))
		return EXIT_GOOD;
	say("%s", error.text);
	return EXIT_COULD_NOT;
}
