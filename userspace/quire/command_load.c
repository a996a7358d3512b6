// SPDX-License-Identifier: GPL-2.0
/*
 * quire load: the workload generator, which is a program of its own so that its faults are no
 * others than those it was asked for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

int command_load(int argc, char **argv)
{
	static const char program[] = "quire-load";
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(program));
	char *name = NULL;

	(void)argc;
	if (length > 0) {
		path[length] = '\0';
		name = strrchr(path, '/');
	}
	/* The one that was installed with this quire; else one on the PATH. */
	if (name) {
		strcpy(name + 1, program);
		execv(path, argv);
	}
	execvp(program, argv);
	say("%s cannot be run: %s", program, strerror(errno));
	return EXIT_COULD_NOT;
}
