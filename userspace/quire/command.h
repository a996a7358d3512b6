/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a subcommand of quire is: one file, one line in the table in main.c.
 */
#ifndef QUIRE_COMMAND_H
#define QUIRE_COMMAND_H

/* Exit statuses of every subcommand. */
enum {
	EXIT_GOOD = 0,
	EXIT_COULD_NOT = 1,	/* the work failed: a file, the kernel, memory */
	EXIT_USAGE = 2,		/* the command line is wrong */
};

/**
 * struct command - a subcommand
 * @name: the word after "quire"
 * @about: one line for "quire --help"
 * @run: does it; argv[0] is "quire NAME", so that messages carry it; returns an exit status
 */
struct command {
	const char *name;
	const char *about;
	int (*run)(int argc, char **argv);
};

/**
 * command_group() - run one of several subcommands
 * @table: the subcommands, ended by one without a name
 * @about: what the group is, for its --help
 * @example: lines of example for its --help
 * @argc: as for main(); argv[0] is the group's own name ("quire", "quire trace")
 * @argv: as for main(); argv[1] chooses
 *
 * Return: the exit status of the one chosen, EXIT_USAGE if there is none of that name.
 */
int command_group(const struct command *table, const char *about, const char *example,
		  int argc, char **argv);

/**
 * command_run() - run a subcommand
 * @command: which
 * @argc: as for main(); argv[0] is the word that chose it
 * @argv: as for main(); argv[0] is replaced by the whole name, "quire sim translate"
 *
 * Return: its exit status.
 */
int command_run(const struct command *command, int argc, char **argv);

/**
 * say() - print an error message to stderr
 * @format: a printf format, without newline
 *
 * The message begins with the name of the running command.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

int command_config(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_faults(int argc, char **argv);
int command_heat(int argc, char **argv);
int command_load(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_protect(int argc, char **argv);
int command_ps(int argc, char **argv);
int command_sim(int argc, char **argv);
int command_status(int argc, char **argv);
int command_thrash(int argc, char **argv);
int command_tlb(int argc, char **argv);
int command_top(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_translate(int argc, char **argv);
int command_wss(int argc, char **argv);

#endif
