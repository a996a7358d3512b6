/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands that show the running kernel have in common: their options, readings of what
 * the module exports, once or again and again, and the difference between two of them.
 */
#ifndef QUIRE_LIVE_H
#define QUIRE_LIVE_H

#include <argp.h>
#include <json-c/json.h>
#include <stdbool.h>

#include "libquire.h"

#define LIVE_FILES QUIRE_FILES
#define LIVE_CHOSEN_MAX 16

/**
 * struct reading - what the module said at a time
 * @ns: when, of CLOCK_MONOTONIC
 * @table: by enum quire_file; empty if it was not asked for or could not be had
 * @there: whether it could
 * @chosen: for each process, whether it was asked for; NULL if all were
 * @error: why one that is needed could not be had
 */
struct reading {
	uint64_t ns;
	struct quire_table table[LIVE_FILES];
	bool there[LIVE_FILES];
	bool *chosen;
	struct quire_error error;
};

/**
 * struct live - what was asked for, and the readings to show
 * @source: where to read
 * @copy: a copy to read instead of the running kernel, or NULL
 * @interval: seconds between two readings; 0: show totals, once
 * @times: how often to show, 0 for ever
 * @pid: only these processes
 * @pids: how many; if there are no PIDs, commands and cgroups, all processes
 * @command: only processes with these commands
 * @commands: how many
 * @cgroup: only processes in these cgroups or below
 * @cgroups: how many
 * @json: print JSON
 * @need: a bit for each file that is needed
 * @want: and for those that are shown if they can be read
 * @show: shows @now; returns an exit status
 * @arg: the command's own
 * @start_ns: of the first reading
 * @now: the last reading
 * @before: the one before, or NULL: totals are shown
 * @match: for each process of @now its row in @before; only if @before
 */
struct live {
	struct quire_source source;
	const char *copy;
	double interval;
	uint64_t times;
	uint64_t pid[LIVE_CHOSEN_MAX];
	int pids;
	const char *command[LIVE_CHOSEN_MAX];
	int commands;
	const char *cgroup[LIVE_CHOSEN_MAX];
	int cgroups;
	bool json;

	unsigned int need;
	unsigned int want;
	int (*show)(struct live *live);
	void *arg;

	uint64_t start_ns;
	struct reading *now;
	struct reading *before;
	size_t *match;
};

int live_parse_pid(struct argp_state *state, const char *arg);
void live_add_pid(struct argp_state *state, struct live *live, const char *arg);

/* A bit of @need or @want. */
#define LIVE_FILE(file) (1u << (file))

/* The options; a child of a command's own. Its input is the struct live. */
extern const struct argp live_argp;

/* The options that choose a copy and JSON only, for commands that show no counts. */
extern const struct argp live_source_argp;

/**
 * live_run() - read and show, as often as was asked for
 * @live: what was asked for
 *
 * Return: an exit status; a message has been printed if it is not EXIT_GOOD.
 */
int live_run(struct live *live);

/**
 * live_take() - read what is needed and what is wanted
 * @live: what was asked for
 * @reading: filled in; free it with live_drop(), also after a failure
 *
 * Return: 0, or a negative errno; @reading->error says why.
 */
int live_take(const struct live *live, struct reading *reading);

/**
 * live_drop() - free a reading
 * @reading: taken, or all zeros
 */
void live_drop(struct reading *reading);

/**
 * live_match() - find the processes of the last reading in the one before
 * @live: with a reading; @match is filled in, to be freed
 *
 * Return: 0 or -ENOMEM.
 */
int live_match(struct live *live);

/**
 * live_lock_memory() - see to it that what shows that memory is short need not wait for its own
 *
 * Only where as much as there is may be locked: else later memory would be refused.
 */
void live_lock_memory(void);

/**
 * live_now() - the time in nanoseconds, of CLOCK_MONOTONIC
 */
uint64_t live_now(void);

/**
 * live_wait_until() - sleep
 * @ns: until then, of live_now()
 *
 * Return: false if a signal came before.
 */
bool live_wait_until(uint64_t ns);

/**
 * live_all() - whether no processes were chosen
 * @live: what was asked for
 */
bool live_all(const struct live *live);

/**
 * live_chosen() - whether a process is among those that were chosen
 * @live: what was asked for
 * @pid: the process
 * @command: its own
 */
bool live_chosen(const struct live *live, uint64_t pid, const char *command);

/**
 * live_selected() - whether a process was asked for
 * @live: with a reading
 * @row: of its table of processes
 */
bool live_selected(const struct live *live, size_t row);

/**
 * live_process() - a count of a process: in all, or since the reading before
 * @live: with a reading
 * @row: of its table of processes
 * @name: the column
 *
 * Return: the count, or QUIRE_NONE.
 */
uint64_t live_process(const struct live *live, size_t row, const char *name);

/**
 * live_count() - a count of the machine, or of the processes that were asked for
 * @live: with a reading
 * @name: in stat and in processes
 *
 * Return: the count, in all or since the reading before, or QUIRE_NONE.
 */
uint64_t live_count(const struct live *live, const char *name);

/**
 * live_add() - the sum of counts, QUIRE_NONE if none of them is kept
 * @a: a count or QUIRE_NONE
 * @b: a count or QUIRE_NONE
 */
uint64_t live_add(uint64_t a, uint64_t b);

/**
 * live_rate() - a count as it is to be shown: a second if there is a reading before
 * @live: with a reading
 * @count: from live_count() or live_process()
 */
uint64_t live_rate(const struct live *live, uint64_t count);

/**
 * live_seconds() - the time between the two readings, 0 if there is only one
 * @live: with a reading
 */
double live_seconds(const struct live *live);

/**
 * live_print_scope() - say of whom and of which time the numbers are
 * @live: with a reading
 * @what: the numbers
 */
void live_print_scope(const struct live *live, const char *what);

/**
 * live_say_unscanned() - print why no working set is known of a process
 * @source: from where it was to be read
 */
void live_say_unscanned(const struct quire_source *source);

/**
 * live_put() - add a count to a JSON object, null for QUIRE_NONE
 * @object: the object
 * @name: the name
 * @value: the count
 */
void live_put(struct json_object *object, const char *name, uint64_t value);

/**
 * live_print_json() - print a JSON object and free it
 * @live: decides between many lines once and a line each time
 * @object: the object
 */
void live_print_json(const struct live *live, struct json_object *object);

/**
 * live_finish() - see to it that all output was written
 * @status: the exit status so far
 *
 * Return: the exit status.
 */
int live_finish(int status);

#endif
