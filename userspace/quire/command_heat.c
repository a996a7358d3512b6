// SPDX-License-Identifier: GPL-2.0
/*
 * quire heat: where in its memory a process is at work, and when: addresses against time.
 */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "heat_draw.h"
#include "heat_reading.h"
#include "live.h"
#include "plot.h"

enum { OPT_CHILDREN = 0x200, OPT_READ };

#define OTHERWISE_SECONDS 30	/* to watch where output is no terminal */

/**
 * struct command_heat - what was asked for
 * @live: the options of all commands
 * @watch: what is watched
 * @file: of readings, to be shown instead; NULL for none
 * @duration: seconds to watch; 0: until it is ended
 * @from: show what was from these seconds on
 * @to: to these
 * @redraw: draw at each reading
 */
struct command_heat {
	struct live live;
	struct heat_watch watch;
	const char *file;
	double duration;
	double from, to;
	bool redraw;
};

static const struct argp_option options[] = {
	{ "children", OPT_CHILDREN, NULL, 0, "Also the processes that these started, and those that they did, 64 in all", 1 },
	{ "duration", 'd', "SECONDS", 0,
	  "Watch for so long (default: until ^C; 30 where the output is no terminal)", 2 },
	{ "time", 't', "FROM-TO", 0, "Show only what was between these seconds", 3 },
	{ "read", OPT_READ, "FILE", 0, "Show what --json has printed into FILE, - for standard input", 3 },
	{ }
};

static const char doc[] =
	"Show where in its memory a process is at work, and when: addresses downwards, time to the right. The "
	"picture says what a line, a column and a shade are.\v"
	"A reading is taken as often as the scanner looks, or as -i says. What is shown is what each scan of the "
	"page tables found in use since the scan before, in parts of 128 KiB or more; so the scanner is to be on: sudo quire config workingset=1. Where it walks a sample "
	"only (quire status: scan_sample), the rest is blank; scan_cpu_permille in quire config gives it more "
	"time. You see the processes that you may inspect.\n\n"
	"--json prints a line for each reading; --read shows them again, with -t a part of them.\n\n"
	"Example:\n"
	"  quire heat 1234 --children -d 60\n"
	"  quire heat -c postgres -d 60\n"
	"  quire heat 1234 --json >seen; quire heat --read seen -t 10-20";

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
	told_to_end = number;
}

static double parse_seconds(struct argp_state *state, const char *what, const char *text, double least)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= least && value <= 86400))
		argp_error(state, "%s \"%s\" is not a number of seconds from %g to 86400", what, text, least);
	return value;
}

static void parse_range(struct argp_state *state, struct command_heat *this, const char *text)
{
	char *end;

	this->from = strtod(text, &end);
	if (end == text || *end != '-')
		argp_error(state, "time \"%s\" is not FROM-TO", text);
	text = end + 1;
	this->to = strtod(text, &end);
	if (end == text || *end || !(this->from >= 0 && this->from < this->to))
		argp_error(state, "time is not FROM-TO, from earlier to later");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_heat *this = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &this->live;
		break;
	case OPT_CHILDREN:
		this->watch.children = true;
		break;
	case OPT_READ:
		this->file = arg;
		break;
	case 'd':
		this->duration = parse_seconds(state, "duration", arg, 0.1);
		break;
	case 't':
		parse_range(state, this, arg);
		break;
	case ARGP_KEY_ARG:
		live_add_pid(state, &this->live, arg);
		break;
	case ARGP_KEY_SUCCESS:
		if (live_all(&this->live) == !this->file)
			argp_error(state, this->file ? "processes, or --read FILE: not both" :
				   "of which process? a PID, -c COMMAND, -g CGROUP, or --read FILE");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int draw(const struct command_heat *this)
{
	struct plot_screen plot = plot_screen();
	struct heat_screen screen = { plot.columns, plot.rows, plot.utf8 };

	if (this->redraw)
		fputs("\033[H\033[J", stdout);
	if (heat_draw(&this->watch.heat, this->watch.areas, &screen, stdout)) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	return live_finish(EXIT_GOOD);
}

/* Show readings that --json has printed. */
static int show_file(struct command_heat *this)
{
	FILE *file = strcmp(this->file, "-") ? fopen(this->file, "r") : stdin;
	struct quire_error error;
	int status = EXIT_GOOD;
	size_t size = 0, lines = 0;
	char *line = NULL;

	if (!file) {
		say("%s: %s", this->file, strerror(errno));
		return EXIT_COULD_NOT;
	}
	while (status == EXIT_GOOD && getline(&line, &size, file) > 0) {
		lines++;
		if (heat_watch_parse(&this->watch, line, this->from, this->to, &error)) {
			say("%s, line %zu: %s", this->file, lines, error.text);
			status = EXIT_COULD_NOT;
		}
	}
	if (status == EXIT_GOOD && ferror(file)) {
		say("%s: %s", this->file, strerror(errno));
		status = EXIT_COULD_NOT;
	}
	free(line);
	if (file != stdin)
		fclose(file);
	if (status == EXIT_GOOD && !this->watch.heat.rows) {
		say("%s: there is nothing of that time in it", this->file);
		status = EXIT_COULD_NOT;
	}
	return status == EXIT_GOOD ? draw(this) : status;
}

/* How often the scanner looks, in seconds. */
static double scan_interval(const struct quire_source *source)
{
	struct quire_config config;
	struct quire_error error;
	double seconds = 1;
	const char *value;

	if (quire_read_config(source, &config, &error))
		return seconds;
	value = quire_config_value(&config, "scan_interval_ms");
	if (value && atoi(value) > 0)
		seconds = atoi(value) / 1000.0;
	quire_config_free(&config);
	return seconds;
}

static bool is_shown(const struct command_heat *this, double seconds)
{
	return seconds >= this->from && seconds <= this->to;
}

/* One reading; -ESRCH if the process is gone. */
static int take(struct command_heat *this, double seconds)
{
	struct json_object *json = NULL;
	struct quire_error error;
	long got;

	got = heat_watch_read(&this->watch, seconds, this->live.json ? &json : NULL, &error);
	if (got < 0) {
		/* What has been seen is shown when the process has ended. */
		if (got != -ESRCH || !this->watch.heat.rows)
			say("%s", error.text);
		return got;
	}
	if (!got && !this->watch.heat.rows) {
		json_object_put(json);
		live_say_unscanned(&this->live.source);
		return -ENODATA;
	}
	if (this->live.json) {
		live_print_json(&this->live, json);
		if (live_finish(EXIT_GOOD))
			return -EIO;
	}
	return 0;
}

static int watch(struct command_heat *this)
{
	uint64_t begin = live_now(), step = this->live.interval * 1e9, due = begin, taken = 0;
	int err = 0, status = EXIT_GOOD;
	double seconds = 0;

	live_lock_memory();
	while (!told_to_end && !err && status == EXIT_GOOD &&
	       (!this->duration || seconds <= this->duration) && seconds <= this->to &&
	       (!this->live.times || taken < this->live.times)) {
		if (is_shown(this, seconds)) {
			taken++;
			err = take(this, seconds);
			if (!err && this->redraw)
				status = draw(this);
		}
		due += step;
		if (due < live_now())
			due = live_now();
		live_wait_until(due);
		seconds = (live_now() - begin) / 1e9;
	}
	if (status != EXIT_GOOD || (err && err != -ESRCH) || !this->watch.heat.rows)
		return EXIT_COULD_NOT;
	return this->live.json || this->redraw ? EXIT_GOOD : draw(this);
}

static int run(struct command_heat *this)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const char *term = getenv("TERM");
	struct quire_error error;

	if (heat_init(&this->watch.heat, this->live.interval ? this->live.interval : 1)) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	if (this->file)
		return show_file(this);
	if (quire_source_init(&this->live.source, this->live.copy, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	/* With one, live_print_json() prints a line each time. */
	if (!this->live.interval)
		this->live.interval = this->watch.heat.step = scan_interval(&this->live.source);
	this->redraw = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") && !this->live.json;
	if (!this->duration && !this->live.times && !isatty(STDOUT_FILENO) && !this->live.json)
		this->duration = OTHERWISE_SECONDS;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return watch(this);
}

int command_heat(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, "[PID...]", doc, children, NULL, NULL };
	struct command_heat *this = calloc(1, sizeof(*this));
	int status;

	if (!this) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	this->to = HUGE_VAL;
	this->watch.live = &this->live;
	argp_parse(&argp, argc, argv, 0, NULL, this);
	status = run(this);
	heat_watch_free(&this->watch);
	free(this);
	return status;
}
