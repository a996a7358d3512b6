// SPDX-License-Identifier: GPL-2.0
/*
 * Readings of what the module exports, and the options of the commands that show them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "human.h"
#include "live.h"

enum { OPT_JSON = 0x100, OPT_FROM };

static const struct argp_option source_options[] = {
	{ "json", OPT_JSON, NULL, 0, "Print JSON", 20 },
	{ "from", OPT_FROM, "DIR", 0,
	  "Show a copy of /proc/quire instead, with that of debugfs quire/ in its folder debug", 20 },
	{ }
};

static const struct argp_option options[] = {
	{ "interval", 'i', "SECONDS", 0, "Show what happened every so many seconds, per second", 10 },
	{ "times", 'n', "TIMES", 0, "So many times, then end (default: for ever)", 10 },
	{ "pid", 'p', "PID", 0, "Only this process; can be repeated", 11 },
	{ "command", 'c', "COMMAND", 0, "Only processes with this command; can be repeated", 11 },
	{ "cgroup", 'g', "CGROUP", 0, "Only processes in this cgroup (v2) or below it; can be repeated", 11 },
	{ }
};

static uint64_t parse_number(struct argp_state *state, const char *what, const char *text,
			     uint64_t most)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text < '0' || *text > '9' || !value || value > most)
		argp_error(state, "%s \"%s\" is not a number from 1 to %llu", what, text,
			   (unsigned long long)most);
	return value;
}

/**
 * live_parse_pid - a process named on the command line
 * @state:	of the parser, which ends the command if @arg is no PID
 * @arg:	the word
 *
 * Return: the PID, 1 to 4194304 (PID_MAX_LIMIT).
 */
int live_parse_pid(struct argp_state *state, const char *arg)
{
	return parse_number(state, "PID", arg, 4194304);
}

/**
 * live_add_pid - choose a process named on the command line
 * @state:	of the parser, which ends the command if @arg is no PID
 * @live:	what was asked for
 * @arg:	the word
 */
void live_add_pid(struct argp_state *state, struct live *live, const char *arg)
{
	if (live->pids == LIVE_CHOSEN_MAX)
		argp_error(state, "more than %d processes", LIVE_CHOSEN_MAX);
	live->pid[live->pids++] = live_parse_pid(state, arg);
}

/* A cgroup's path may be given as that of its folder. */
static const char *cgroup_path(const char *arg)
{
	static const char root[] = "/sys/fs/cgroup";
	size_t length = strlen(root);

	return !strncmp(arg, root, length) && strchr("/", arg[length]) ? arg + length : arg;
}

static error_t parse_source(int key, char *arg, struct argp_state *state)
{
	struct live *live = state->input;

	switch (key) {
	case OPT_JSON:
		live->json = true;
		break;
	case OPT_FROM:
		live->copy = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct live *live = state->input;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = live;
		break;
	case 'i':
		live->interval = strtod(arg, &end);
		if (end == arg || *end || !(live->interval >= 0.1 && live->interval <= 86400))
			argp_error(state, "interval \"%s\" is not a number of seconds from 0.1 to 86400",
				   arg);
		break;
	case 'n':
		live->times = parse_number(state, "times", arg, 1000000000);
		break;
	case 'p':
		live_add_pid(state, live, arg);
		break;
	case 'c':
		if (live->commands == LIVE_CHOSEN_MAX)
			argp_error(state, "more than %d commands", LIVE_CHOSEN_MAX);
		live->command[live->commands++] = arg;
		break;
	case 'g':
		if (live->cgroups == LIVE_CHOSEN_MAX)
			argp_error(state, "more than %d cgroups", LIVE_CHOSEN_MAX);
		live->cgroup[live->cgroups++] = cgroup_path(arg);
		break;
	case ARGP_KEY_END:
		if (live->times && !live->interval)
			live->interval = 1;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { { &live_source_argp, 0, NULL, 0 }, { } };

const struct argp live_source_argp = { source_options, parse_source, NULL, NULL, NULL, NULL, NULL };
const struct argp live_argp = { options, parse, NULL, NULL, children, NULL, NULL };

uint64_t live_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

bool live_wait_until(uint64_t ns)
{
	const struct timespec due = { ns / 1000000000, ns % 1000000000 };

	return !clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

void live_lock_memory(void)
{
	struct rlimit limit;

	if (!geteuid() || (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY))
		mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

void live_drop(struct reading *reading)
{
	for (int i = 0; i < LIVE_FILES; i++)
		quire_table_free(&reading->table[i]);
	free(reading->chosen);
	memset(reading, 0, sizeof(*reading));
}

bool live_chosen(const struct live *live, uint64_t pid, const char *command)
{
	for (int i = 0; i < live->pids; i++)
		if (pid == live->pid[i])
			return true;
	for (int i = 0; i < live->commands; i++)
		if (!strcmp(command, live->command[i]))
			return true;
	for (int i = 0; i < live->cgroups; i++)
		if (quire_is_in_cgroup(&live->source, pid, live->cgroup[i]))
			return true;
	return false;
}

/* Once for each reading: a process may change its cgroup, or be gone. */
static int choose(const struct live *live, struct reading *reading)
{
	const struct quire_table *table = &reading->table[QUIRE_PROCESSES];
	int pid = quire_column(table, "pid");

	if (live_all(live) || !reading->there[QUIRE_PROCESSES])
		return 0;
	reading->chosen = calloc(table->rows + 1, sizeof(*reading->chosen));
	if (!reading->chosen) {
		snprintf(reading->error.text, sizeof(reading->error.text), "no memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < table->rows; i++)
		reading->chosen[i] = live_chosen(live, quire_cell(table, i, pid), table->label[i]);
	return 0;
}

int live_take(const struct live *live, struct reading *reading)
{
	uint64_t start = live_now();
	struct quire_error error;

	memset(reading, 0, sizeof(*reading));
	for (int i = 0; i < LIVE_FILES; i++) {
		int err;

		if (!((live->need | live->want) & LIVE_FILE(i)))
			continue;
		err = quire_read(&live->source, i, &reading->table[i], &error);
		reading->there[i] = !err;
		if (err && live->need & LIVE_FILE(i)) {
			reading->error = error;
			return err;
		}
	}
	/* Where memory is short, a reading takes its time. */
	if (!quire_copy_time(&live->source, &reading->ns))
		reading->ns = start + (live_now() - start) / 2;
	return choose(live, reading);
}

int live_match(struct live *live)
{
	const struct quire_table *now = &live->now->table[QUIRE_PROCESSES];

	free(live->match);
	live->match = NULL;
	if (!live->before || !live->now->there[QUIRE_PROCESSES])
		return 0;
	live->match = calloc(now->rows + 1, sizeof(*live->match));
	if (!live->match)
		return -ENOMEM;
	return quire_processes_match(now, &live->before->table[QUIRE_PROCESSES],
				     live_seconds(live) * 1000, live->match);
}

static bool any_selected(const struct live *live)
{
	size_t rows = live->now->table[QUIRE_PROCESSES].rows;

	for (size_t i = 0; i < rows; i++)
		if (live_selected(live, i))
			return true;
	if (!live_all(live))
		say("there is no such process, or none that this user may see");
	return live_all(live);
}

static int show(struct live *live)
{
	if (live_match(live)) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	return live_finish(any_selected(live) ? live->show(live) : EXIT_COULD_NOT);
}

/* A reading, or a message. */
static int take(const struct live *live, struct reading *reading)
{
	if (!live_take(live, reading))
		return EXIT_GOOD;
	say("%s", reading->error.text);
	live_drop(reading);
	return EXIT_COULD_NOT;
}

static int repeat(struct live *live, struct reading *readings)
{
	uint64_t step = live->interval * 1e9, due;
	int status = EXIT_GOOD, last = 0;

	live_lock_memory();
	due = live_now();
	for (uint64_t i = 0; !status && (!live->times || i < live->times); i++) {
		struct reading *now = &readings[!last];

		/* What is late by a whole step is left out, not made up for. */
		due += step;
		if (due < live_now())
			due = live_now() + step;
		while (!live_wait_until(due))
			;
		status = take(live, now);
		if (status)
			break;
		live->before = &readings[last];
		live->now = now;
		status = show(live);
		live_drop(&readings[last]);
		last = !last;
	}
	return status;
}

int live_run(struct live *live)
{
	struct reading readings[2] = { };
	struct quire_error error;
	int status;

	if (!live_all(live))
		live->need |= LIVE_FILE(QUIRE_PROCESSES);
	if (quire_source_init(&live->source, live->copy, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	status = take(live, &readings[0]);
	if (status)
		return status;
	live->start_ns = readings[0].ns;
	live->now = &readings[0];
	if (live->interval)
		status = repeat(live, readings);
	else
		status = show(live);
	live_drop(&readings[0]);
	live_drop(&readings[1]);
	live->now = NULL;
	live->before = NULL;
	free(live->match);
	live->match = NULL;
	return status;
}

bool live_all(const struct live *live)
{
	return !live->pids && !live->commands && !live->cgroups;
}

bool live_selected(const struct live *live, size_t row)
{
	return live_all(live) || live->now->chosen[row];
}

uint64_t live_process(const struct live *live, size_t row, const char *name)
{
	const struct quire_table *now = &live->now->table[QUIRE_PROCESSES], *before;
	uint64_t count = quire_cell(now, row, quire_column(now, name));

	if (!live->before || live->match[row] == QUIRE_BORN || count == QUIRE_NONE)
		return count;
	if (live->match[row] == QUIRE_GONE)
		return 0;
	before = &live->before->table[QUIRE_PROCESSES];
	return quire_since(count, quire_cell(before, live->match[row], quire_column(before, name)));
}

uint64_t live_add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	if (a == QUIRE_NONE || b == QUIRE_NONE)
		return a == QUIRE_NONE ? b : a;
	return __builtin_add_overflow(a, b, &sum) ? QUIRE_NONE : sum;
}

uint64_t live_count(const struct live *live, const char *name)
{
	uint64_t count = QUIRE_NONE;

	if (live_all(live)) {
		count = quire_value(&live->now->table[QUIRE_STAT], name);
		return live->before ?
		       quire_since(count, quire_value(&live->before->table[QUIRE_STAT], name)) : count;
	}
	for (size_t i = 0; i < live->now->table[QUIRE_PROCESSES].rows; i++)
		if (live_selected(live, i))
			count = live_add(count, live_process(live, i, name));
	return count;
}

double live_seconds(const struct live *live)
{
	uint64_t ns;

	if (!live->before)
		return 0;
	/* A copy may have been read twice. */
	ns = live->now->ns > live->before->ns ? live->now->ns - live->before->ns : 0;
	return ns ? ns / 1e9 : 1e-9;
}

uint64_t live_rate(const struct live *live, uint64_t count)
{
	if (!live->before || count == QUIRE_NONE)
		return count;
	return count / live_seconds(live) + 0.5;
}

void live_print_scope(const struct live *live, const char *what)
{
	printf("%s, %s", what, live_all(live) ? "all of the machine" : "processes");
	for (int i = 0; i < live->pids; i++)
		printf(" %llu", (unsigned long long)live->pid[i]);
	for (int i = 0; i < live->commands; i++)
		printf(" %s", human_command(live->command[i]).text);
	for (int i = 0; i < live->cgroups; i++)
		printf(" %s", live->cgroup[i]);
	if (live->before)
		printf(", a second (%.1f s to %.1f s)\n",
		       (live->before->ns - live->start_ns) / 1e9, (live->now->ns - live->start_ns) / 1e9);
	else
		puts(", since they are counted");
}

void live_say_unscanned(const struct quire_source *source)
{
	struct quire_config config;
	struct quire_error error;
	const char *value;

	if (quire_read_config(source, &config, &error)) {
		say("%s", error.text);
		return;
	}
	value = quire_config_value(&config, "workingset");
	if (!value || strcmp(value, "1"))
		say("working sets are not scanned: sudo quire config workingset=1");
	else
		say("not scanned twice yet, or not to be scanned: see track in quire config");
	quire_config_free(&config);
}

void live_put(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name,
			       value == QUIRE_NONE ? NULL : json_object_new_uint64(value));
}

void live_print_json(const struct live *live, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_PLAIN;

	if (!live->interval)
		flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	puts(json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

int live_finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	say("standard output could not be written");
	return EXIT_COULD_NOT;
}
