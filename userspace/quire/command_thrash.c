// SPDX-License-Identifier: GPL-2.0
/*
 * quire thrash: whether the machine thrashes, who suffers, and who causes it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "human.h"
#include "live.h"

enum { OPT_WAIT = 0x200, OPT_TIMEOUT };

/* Exit statuses of its own, beside those of all commands. */
enum { EXIT_TIGHT = 3, EXIT_THRASHING = 4 };

#define POLL_NS 200000000

/**
 * struct thrash - what was asked for
 * @live: the options of all commands
 * @wait: wait for another state
 * @wanted: which; NULL for any other than now
 * @timeout: seconds to wait at most; 0 for ever
 */
struct thrash {
	struct live live;
	bool wait;
	const char *wanted;
	double timeout;
};

static const struct argp_option options[] = {
	{ "wait", OPT_WAIT, "STATE", OPTION_ARG_OPTIONAL,
	  "Wait until the state is calm, tight or thrashing (default: until it changes)", 1 },
	{ "timeout", OPT_TIMEOUT, "SECONDS", 0, "Wait so long at most, then exit with 1", 1 },
	{ }
};

static const char doc[] =
	"Show whether the machine thrashes, what that is said from, who suffers, and who causes it.\v"
	"States: calm, there is enough memory; tight, it is short, and work gets done; thrashing, much "
	"of the time is lost to getting back what was evicted a moment ago.\n\n"
	"LOST      time lost for want of memory, of the last second\n"
	"OF-WORK   the same of the time lost and worked\n"
	"WAITED    of it, for pages that had been evicted\n"
	"RECLAIM   of it, looking for free memory\n"
	"REFAULT   pages that came back soon after their eviction\n"
	"NEEDS     the working set; - unless workingset=1\n"
	"HOLDS     in memory now\n\n"
	"With -p, -c or -g only what is about these processes is shown, beside the machine's state. -i shows it "
	"every so many seconds.\n\n"
	"Exit status: 0 calm, 3 tight, 4 thrashing; with --wait or -i 0; 1 could not, or the timeout "
	"was over; 2 wrong usage.\n\n"
	"Example:\n"
	"  sudo quire config thrash=1\n"
	"  quire thrash\n"
	"  quire thrash --wait=thrashing && notify-send \"the machine thrashes\"";

static double seconds(struct argp_state *state, const char *what, const char *text, double least)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= least && value <= 86400))
		argp_error(state, "%s \"%s\" is not a number of seconds from %g to 86400", what, text,
			   least);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct thrash *thrash = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &thrash->live;
		break;
	case OPT_WAIT:
		if (arg && strcmp(arg, "calm") && strcmp(arg, "tight") && strcmp(arg, "thrashing"))
			argp_error(state, "there is no state \"%s\": calm, tight or thrashing", arg);
		thrash->wait = true;
		thrash->wanted = arg;
		break;
	case OPT_TIMEOUT:
		thrash->timeout = seconds(state, "timeout", arg, 0.1);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	case ARGP_KEY_SUCCESS:
		if (thrash->timeout && !thrash->wait)
			argp_error(state, "--timeout is for --wait");
		if (thrash->wait && thrash->live.interval)
			argp_error(state, "--wait shows it once: no -i or -n");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The command of a process: a line about it may not have it. */
static const char *command_of(const struct quire_thrash *verdict, uint64_t pid)
{
	for (size_t i = 0; i < verdict->lines; i++)
		if (verdict->line[i].kind != QUIRE_THRASH_SENTENCE && verdict->line[i].text &&
		    verdict->line[i].number[0] == pid)
			return verdict->line[i].text;
	return "";
}

static bool is_wanted(const struct live *live, const struct quire_thrash *verdict, uint64_t pid)
{
	return pid != QUIRE_NONE && live_chosen(live, pid, command_of(verdict, pid));
}

/* Leave out what is about processes that were not asked for. */
static void choose(const struct live *live, struct quire_thrash *verdict)
{
	struct quire_thrash chosen = *verdict;

	if (live_all(live))
		return;
	chosen.lines = 0;
	chosen.line = calloc(verdict->lines + 1, sizeof(*chosen.line));
	for (size_t i = 0; chosen.line && i < verdict->lines; i++) {
		const struct quire_thrash_line *line = &verdict->line[i];

		if ((line->kind == QUIRE_THRASH_SENTENCE && line->number[0] == QUIRE_NONE) ||
		    is_wanted(live, verdict, line->number[0]) ||
		    (line->kind == QUIRE_THRASH_BLAME && is_wanted(live, verdict, line->number[1])))
			chosen.line[chosen.lines++] = *line;
	}
	free(verdict->line);
	*verdict = chosen;
}

/* Read it; a message has been printed if that is not EXIT_GOOD. */
static int read_verdict(const struct thrash *thrash, struct quire_thrash *verdict)
{
	struct quire_error error;

	if (quire_read_thrash(&thrash->live.source, verdict, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	if (!strcmp(verdict->state, "off"))
		say("nobody judges: sudo quire config thrash=1");
	else if (!strcmp(verdict->state, "unknown"))
		say("stalls are not counted, so nobody can judge: sudo quire config stalls=1");
	else {
		choose(&thrash->live, verdict);
		return EXIT_GOOD;
	}
	quire_thrash_free(verdict);
	return EXIT_COULD_NOT;
}

static struct human permille(uint64_t value)
{
	return human_share(value == QUIRE_NONE ? 0 : value, value == QUIRE_NONE ? 0 : 1000);
}

static struct human time_of(uint64_t value, uint64_t ns)
{
	return human_ns(value > QUIRE_NONE / ns ? QUIRE_NONE : value * ns);
}

static struct human pid_of(uint64_t pid)
{
	struct human human = { "-" };

	if (pid != QUIRE_NONE)
		snprintf(human.text, sizeof(human.text), "%" PRIu64, pid);
	return human;
}

/* The numbers of the machine or a process; @number as in QUIRE_THRASH_PROCESS. */
static void print_numbers(const char *pid, const char *state, const uint64_t *number,
			  const char *command)
{
	printf("%7s %-9s %6s %6s %7s %7s %7s %7s %7s %7s%s%s\n", pid, state,
	       time_of(number[1], 1000000).text, permille(number[2]).text, permille(number[3]).text,
	       time_of(number[4], 1000).text, time_of(number[5], 1000).text,
	       human_count(number[6]).text, human_pages(number[7]).text,
	       human_pages(number[8]).text, *command ? " " : "", command);
}

/* A sentence is longer than most terminals are wide. What reads a pipe gets it as a line. */
static void print_sentence(const char *text)
{
	struct winsize size = { 0 };
	size_t width, cut;

	width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? SIZE_MAX : size.ws_col;
	while (strlen(text) > width) {
		for (cut = width; cut && text[cut] != ' '; cut--)
			;
		if (!cut)
			break;
		printf("%.*s\n", (int)cut, text);
		text += cut + 1;
	}
	puts(text);
}

static void print_sentences(const struct quire_thrash *verdict)
{
	char text[512];

	for (size_t i = 0; i < verdict->lines; i++) {
		if (verdict->line[i].kind != QUIRE_THRASH_SENTENCE)
			continue;
		human_text(verdict->line[i].text, text, sizeof(text));
		print_sentence(text);
	}
}

static void print_culprit(const struct quire_thrash_line *line)
{
	printf("%7s %9s %6s %9s  %s\n", pid_of(line->number[0]).text,
	       human_count(line->number[1]).text, permille(line->number[2]).text,
	       human_count(line->number[3]).text, human_command(line->text).text);
}

static void print_leak(const struct quire_thrash_line *line)
{
	printf("%7s %9s %6s %9s  %s\n", pid_of(line->number[0]).text,
	       time_of(line->number[1], 1000000).text, human_pages(line->number[2]).text,
	       human_pages(line->number[3]).text, human_command(line->text).text);
}

static void print_suspended(const struct quire_thrash_line *line)
{
	printf("%7s %9s %7s  %s\n", pid_of(line->number[0]).text,
	       time_of(line->number[1], 1000000).text, human_pages(line->number[2]).text,
	       human_command(line->text).text);
}

/* The lines of a kind, below a heading; nothing if there are none. */
static void print_kind(const struct quire_thrash *verdict, enum quire_thrash_kind kind,
		       const char *heading, void (*print)(const struct quire_thrash_line *line))
{
	bool any = false;

	for (size_t i = 0; i < verdict->lines; i++) {
		if (verdict->line[i].kind != kind)
			continue;
		if (!any)
			printf("\n%s\n", heading);
		any = true;
		print(&verdict->line[i]);
	}
}

static void print_process(const struct quire_thrash_line *line)
{
	print_numbers(pid_of(line->number[0]).text, line->state, line->number,
		      human_command(line->text).text);
}

static void print_text(const struct quire_thrash *verdict)
{
	static const char *const names[] = {
		"", "since_ms", "stalled_permille", "lost_permille", "waited_us", "reclaim_us",
		"refault_soon_pages", "needed_pages", "memory_pages",
	};
	uint64_t number[QUIRE_THRASH_NUMBERS];

	print_sentences(verdict);
	for (int i = 0; i < QUIRE_THRASH_NUMBERS; i++)
		number[i] = quire_thrash_value(verdict, names[i]);
	printf("\n%7s %-9s %6s %6s %7s %7s %7s %7s %7s %7s %s\n", "PID", "STATE", "SINCE", "LOST",
	       "OF-WORK", "WAITED", "RECLAIM", "REFAULT", "NEEDS", "HOLDS", "COMMAND");
	print_numbers("all", verdict->state, number, "");
	for (size_t i = 0; i < verdict->lines; i++)
		if (verdict->line[i].kind == QUIRE_THRASH_PROCESS)
			print_process(&verdict->line[i]);
	print_kind(verdict, QUIRE_THRASH_CULPRIT,
		   "For whom the pages that came back had been evicted:\n"
		   "    PID     PAGES  SHARE OF-OTHERS  COMMAND", print_culprit);
	print_kind(verdict, QUIRE_THRASH_LEAK,
		   "Suspected leaks:\n    PID     SINCE  GROWN  AN-HOUR   COMMAND", print_leak);
	print_kind(verdict, QUIRE_THRASH_SUSPENDED,
		   "Suspended by load control:\n    PID     SINCE   NEEDS  COMMAND", print_suspended);
}

/* What the numbers of each kind of line are called. */
static const char *const keys[][QUIRE_THRASH_NUMBERS] = {
	[QUIRE_THRASH_SENTENCE] = { "pid" },
	[QUIRE_THRASH_CULPRIT] = { "pid", "pages", "permille", "pages_of_others" },
	[QUIRE_THRASH_BLAME] = { "victim", "culprit", "pages" },
	[QUIRE_THRASH_PROCESS] = {
		"pid", "since_ms", "stalled_permille", "lost_permille", "waited_us", "reclaim_us",
		"refault_soon_pages", "needed_pages", "resident_pages",
	},
	[QUIRE_THRASH_LEAK] = { "pid", "since_ms", "grown_pages", "pages_an_hour" },
	[QUIRE_THRASH_SUSPENDED] = { "pid", "since_ms", "needed_pages" },
};

static const char *const arrays[] = {
	[QUIRE_THRASH_SENTENCE] = "sentences", [QUIRE_THRASH_CULPRIT] = "culprits",
	[QUIRE_THRASH_BLAME] = "blame", [QUIRE_THRASH_PROCESS] = "processes",
	[QUIRE_THRASH_LEAK] = "leaks", [QUIRE_THRASH_SUSPENDED] = "suspended",
};

static void print_json(const struct live *live, const struct quire_thrash *verdict)
{
	struct json_object *root = json_object_new_object(), *array, *object;
	char text[512];

	json_object_object_add(root, "state", json_object_new_string(verdict->state));
	for (size_t i = 0; i < verdict->facts; i++)
		live_put(root, verdict->fact[i], verdict->value[i]);
	for (size_t kind = 0; kind < sizeof(arrays) / sizeof(arrays[0]); kind++)
		json_object_object_add(root, arrays[kind], json_object_new_array());
	for (size_t i = 0; i < verdict->lines; i++) {
		const struct quire_thrash_line *line = &verdict->line[i];

		object = json_object_new_object();
		for (int n = 0; n < QUIRE_THRASH_NUMBERS && keys[line->kind][n]; n++)
			live_put(object, keys[line->kind][n], line->number[n]);
		if (line->state)
			json_object_object_add(object, "state", json_object_new_string(line->state));
		if (line->text) {
			human_text(line->text, text, sizeof(text));
			json_object_object_add(object, line->kind == QUIRE_THRASH_SENTENCE ?
					       "sentence" : "command", json_object_new_string(text));
		}
		json_object_object_get_ex(root, arrays[line->kind], &array);
		json_object_array_add(array, object);
	}
	live_print_json(live, root);
}

static int show(const struct thrash *thrash, const struct quire_thrash *verdict)
{
	if (thrash->live.json)
		print_json(&thrash->live, verdict);
	else
		print_text(verdict);
	if (thrash->wait || thrash->live.interval)
		return live_finish(EXIT_GOOD);
	return live_finish(!strcmp(verdict->state, "thrashing") ? EXIT_THRASHING :
			   !strcmp(verdict->state, "tight") ? EXIT_TIGHT : EXIT_GOOD);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void sleep_ns(uint64_t ns)
{
	struct timespec rest = { ns / 1000000000, ns % 1000000000 };

	while (nanosleep(&rest, &rest) && errno == EINTR)
		;
}

static int wait_for_state(const struct thrash *thrash)
{
	uint64_t end = thrash->timeout ? now_ns() + thrash->timeout * 1e9 : UINT64_MAX;
	struct quire_thrash verdict;
	char first[16] = "";
	int status;

	for (;;) {
		status = read_verdict(thrash, &verdict);
		if (status)
			return status;
		if (!*first)
			snprintf(first, sizeof(first), "%s", verdict.state);
		if (thrash->wanted ? !strcmp(verdict.state, thrash->wanted) :
		    strcmp(verdict.state, first))
			break;
		if (now_ns() >= end) {
			say("still %s after %g s", verdict.state, thrash->timeout);
			quire_thrash_free(&verdict);
			return EXIT_COULD_NOT;
		}
		quire_thrash_free(&verdict);
		sleep_ns(POLL_NS);
	}
	status = show(thrash, &verdict);
	quire_thrash_free(&verdict);
	return status;
}

static int repeat(const struct thrash *thrash)
{
	struct quire_thrash verdict;
	int status = EXIT_GOOD;

	for (uint64_t i = 0; !thrash->live.times || i < thrash->live.times; i++) {
		if (i)
			sleep_ns(thrash->live.interval * 1e9);
		if (i && !thrash->live.json)
			putchar('\n');
		status = read_verdict(thrash, &verdict);
		if (status)
			break;
		status = show(thrash, &verdict);
		quire_thrash_free(&verdict);
		if (status || !thrash->live.interval)
			break;
	}
	return status;
}

int command_thrash(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, NULL, doc, children, NULL, NULL };
	struct thrash thrash = { };
	struct quire_error error;

	argp_parse(&argp, argc, argv, 0, NULL, &thrash);
	if (quire_source_init(&thrash.live.source, thrash.live.copy, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	/* When memory is short this must not have to wait for its own. Allowed or not. */
	if (thrash.wait || thrash.live.interval)
		mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
	return thrash.wait ? wait_for_state(&thrash) : repeat(&thrash);
}
