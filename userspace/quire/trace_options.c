// SPDX-License-Identifier: GPL-2.0
/*
 * The options by which every subcommand that reads a trace is told how, and the numbers on command lines.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_trace.h"

enum { OPT_FORMAT = 0x100, OPT_PAGE_SIZE, OPT_ADDRESSES, OPT_COLUMNS, OPT_SEPARATOR, OPT_HEADER };

int parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	char *end;
	const char *unit;
	double value;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtod(text, &end);
	unit = *end ? strchr(units, *end == 'k' ? 'K' : *end) : NULL;
	if (unit) {
		value = ldexp(value, 10 * (unit - units + 1));
		end++;
		if (!strcmp(end, "iB"))
			end += 2;
	}
	if (*end || !(value >= 1 && value < 0x1p63))
		return -1;
	*bytes = value;
	return 0;
}

int parse_count(const char *text, uint64_t *count)
{
	static const char units[] = "kMG";
	const char *unit;
	char *end;
	uint64_t scale = 1;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	*count = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		for (; unit >= units; unit--)
			scale *= 1000;
		end++;
	}
	if (errno || *end || *count > UINT64_MAX / scale)
		return -1;
	*count *= scale;
	return 0;
}

static const struct argp_option options[] = {
	{ "format", OPT_FORMAT, "NAME", 0,
	  "Format of the traces: auto (by sight), text, csv, lackey, msr, oracle, quire", 10 },
	{ "page-size", OPT_PAGE_SIZE, "BYTES", 0, "Size of a page, a power of two (default 4096)", 10 },
	{ "addresses", OPT_ADDRESSES, NULL, 0, "Text and CSV hold byte addresses, not page numbers", 10 },
	{ "columns", OPT_COLUMNS, "LIST", 0,
	  "Columns of CSV, by number from 1 or by name: page=2,write=3,size=4 (default page=1; size is in bytes and page then an address)",
	  10 },
	{ "separator", OPT_SEPARATOR, "CHARACTER", 0, "Between the fields of CSV (default a comma; \\t is a tab)",
	  10 },
	{ "header", OPT_HEADER, NULL, 0, "The first line of CSV is no data", 10 },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct trace_options *how = state->input;
	int format;

	switch (key) {
	case OPT_FORMAT:
		format = trace_format_find(arg);
		if (format < 0)
			argp_error(state, "there is no trace format \"%s\"", arg);
		how->format = format;
		break;
	case OPT_PAGE_SIZE:
		if (parse_size(arg, &how->page_size) || (how->page_size & (how->page_size - 1)))
			argp_error(state, "page size \"%s\" is not a power of two", arg);
		break;
	case OPT_ADDRESSES:
		how->addresses = true;
		break;
	case OPT_COLUMNS:
		how->columns = arg;
		break;
	case OPT_SEPARATOR:
		if (!strcmp(arg, "\\t"))
			arg[0] = '\t';
		else if (!*arg || arg[1])
			argp_error(state, "separator \"%s\" is not one character", arg);
		how->separator = *arg;
		break;
	case OPT_HEADER:
		how->header = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp trace_argp = { .options = options, .parser = parse };
