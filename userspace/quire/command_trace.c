// SPDX-License-Identifier: GPL-2.0
/*
 * quire trace: convert, describe and make traces.
 */
#include "command.h"
#include "command_trace.h"

static const struct command commands[] = {
	{ "convert", "change a trace's format", command_trace_convert },
	{ "info", "requests, pages, reuse distances, working sets", command_trace_info },
	{ "gen", "make up a trace", command_trace_gen },
	{ }
};

int command_trace(int argc, char **argv)
{
	return command_group(commands, "Convert, describe and make traces.",
			     "  quire trace convert valgrind.out.gz trace.quire\n", argc, argv);
}
