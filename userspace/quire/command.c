// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing a subcommand, and what all of them share.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static char running[64] = "quire";

void say(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: ", running);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void help(const struct command *table, const char *about, const char *example)
{
	printf("Usage: %s COMMAND [OPTION...]\n%s\n\n", running, about);
	for (; table->name; table++)
		printf("  %-12s%s\n", table->name, table->about);
	printf("\nExample:\n%s\n\"%s COMMAND --help\" says more about one of them.\n"
	       "Exit status: 0 done, 1 could not, 2 wrong usage.\n", example, running);
}

static const struct command *find(const struct command *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

int command_run(const struct command *command, int argc, char **argv)
{
	size_t used = strlen(running);

	snprintf(running + used, sizeof(running) - used, " %s", command->name);
	argv[0] = running;
	return command->run(argc, argv);
}

int command_group(const struct command *table, const char *about, const char *example,
		  int argc, char **argv)
{
	static char help_option[] = "--help";
	const struct command *command;
	bool helping = false;

	if (argc < 2) {
		say("which command? \"%s --help\" lists them", running);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") && argc > 2) {
		helping = true;
		argv++;
	} else if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
		   !strcmp(argv[1], "-?")) {
		help(table, about, example);
		return EXIT_GOOD;
	}
	command = find(table, argv[1]);
	if (!command) {
		say("there is no command \"%s\"; \"%s --help\" lists them", argv[1], running);
		return EXIT_USAGE;
	}
	if (!helping)
		return command_run(command, argc - 1, argv + 1);
	argv[0] = argv[1];
	argv[1] = help_option;
	return command_run(command, 2, argv);
}
