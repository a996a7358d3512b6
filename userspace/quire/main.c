// SPDX-License-Identifier: GPL-2.0
/*
 * quire: see thrashing, explain it, and change it.
 *
 * Each subcommand is one file; here is the table of them and nothing else.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"

static const struct command commands[] = {
	{ "top", "the screen to open when a machine is slow", command_top },
	{ "thrash", "whether the machine thrashes, who suffers, and who causes it", command_thrash },
	{ "ps", "processes: memory, faults, swap-ins, stalls, TLB flushes", command_ps },
	{ "wss", "how much memory a process uses: its working set, by segment", command_wss },
	{ "heat", "where in its memory a process is at work, and when", command_heat },
	{ "faults", "page faults by cause, and how long they take", command_faults },
	{ "tlb", "TLB flushes: why, who causes them, where", command_tlb },
	{ "status", "what of the module runs, and what it cannot see", command_status },
	{ "doctor", "what this machine lacks for memory, and what to do", command_doctor },
	{ "config", "show and change settings of the module", command_config },
	{ "policy", "replacement policies: list, show, set, unset, params", command_policy },
	{ "protect", "keep pages in memory, whatever policy there is", command_protect },
	{ "translate", "where an address of a process leads", command_translate },
	{ "load", "make memory traffic whose size is known to the page", command_load },
	{ "sim", "run replacement policies on traces, judged against OPT", command_sim },
	{ "trace", "convert, describe and make traces", command_trace },
	{ }
};

int main(int argc, char **argv)
{
	static char name[] = "quire";

	argp_err_exit_status = EXIT_USAGE;
	if (argc > 0)
		argv[0] = name;
	return command_group(commands, "See thrashing, explain it, and change it.",
			     "  quire ps -i 1\n"
			     "  quire sim -p lru,opt -m 25%,50% trace.txt\n", argc, argv);
}
