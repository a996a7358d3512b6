// SPDX-License-Identifier: GPL-2.0
/*
 * quire trace convert: change a trace's format.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "command_trace.h"

enum { OPT_TO = 0x200 };

struct convert {
	struct trace_options options;
	int to;
	uint64_t limit;
	const char *from_path, *to_path;
};

static const struct argp_option options[] = {
	{ "to", OPT_TO, "NAME", 0, "Format to write: quire, text, csv or oracle (default quire)", 0 },
	{ "limit", 'n', "COUNT", 0, "Stop after this many references", 0 },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct convert *convert = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &convert->options;
		break;
	case OPT_TO:
		convert->to = trace_format_find(arg);
		if (convert->to != TRACE_QUIRE && convert->to != TRACE_TEXT && convert->to != TRACE_CSV &&
		    convert->to != TRACE_ORACLE)
			argp_error(state, "cannot write \"%s\"; quire, text, csv and oracle can be written", arg);
		break;
	case 'n':
		if (parse_count(arg, &convert->limit) || !convert->limit)
			argp_error(state, "limit \"%s\" is not a count", arg);
		break;
	case ARGP_KEY_ARG:
		if (!convert->from_path)
			convert->from_path = arg;
		else if (!convert->to_path)
			convert->to_path = arg;
		else
			argp_error(state, "too many files: \"%s\"", arg);
		break;
	case ARGP_KEY_END:
		if (!convert->to_path)
			argp_error(state, "which trace, and where to?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Writing over the trace that is being read would lose it. */
static bool same_file(const char *from, const char *to)
{
	struct stat a, b;

	return !stat(from, &a) && !stat(to, &b) && S_ISREG(b.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* All references from one to the other; 0 or -1. */
static int copy(struct trace_reader *reader, struct trace_writer *writer, uint64_t limit)
{
	struct trace_ref refs[4096];

	while (limit) {
		long n = trace_read(reader, refs, limit < 4096 ? limit : 4096);

		if (n <= 0)
			return n;
		if (trace_write(writer, refs, n))
			return -1;
		limit -= n;
	}
	return 0;
}

int command_trace_convert(int argc, char **argv)
{
	static const struct argp_child children[] = { { &trace_argp, 0, "Reading traces:", 10 }, { } };
	static const struct argp argp = {
		options, parse, "FROM TO",
		"Change a trace's format. \"-\" is standard input or output.\vThe format of FROM is found by sight unless named. gzip and zstd are undone on the way.\n\n"
		"Example:\n"
		"  valgrind --tool=lackey --trace-mem=yes --log-file=ls.lackey ls\n"
		"  quire trace convert ls.lackey ls.quire\n"
		"  quire trace convert --to text ls.quire -",
		children, NULL, NULL
	};
	struct convert convert = { .to = TRACE_QUIRE, .limit = UINT64_MAX };
	struct trace_error error = { "" };
	struct trace_reader *reader;
	struct trace_writer *writer = NULL;
	int ret = -1;

	argp_parse(&argp, argc, argv, 0, NULL, &convert);
	if (same_file(convert.from_path, convert.to_path)) {
		say("%s is the trace to read; name another file to write", convert.to_path);
		return EXIT_COULD_NOT;
	}
	reader = trace_open(convert.from_path, &convert.options, &error);
	if (reader)
		writer = trace_create(convert.to_path, convert.to, trace_page_size(reader), &error);
	if (writer) {
		ret = copy(reader, writer, convert.limit);
		if (ret)
			trace_abandon(writer);
		else
			ret = trace_finish(writer);
	}
	trace_close(reader);
	if (ret)
		say("%s", error.text);
	return ret ? EXIT_COULD_NOT : EXIT_GOOD;
}
