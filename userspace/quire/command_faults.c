// SPDX-License-Identifier: GPL-2.0
/*
 * quire faults: page faults by cause.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "live.h"
#include "quire/abi.h"

static const struct {
	const char *name;
	const char *about;
} causes[] = {
#define X(id, name, about) { name, about },
	QUIRE_CAUSES(X)
#undef X
};

#define CAUSES (sizeof(causes) / sizeof(causes[0]))

static const char doc[] =
	"Show page faults by cause: how many, how long they took, and how long half of them and all but "
	"one in a hundred took at most.\v"
	"Causes:\n"
#define X(id, name, about) "  " name ": " about "\n"
	QUIRE_CAUSES(X)
#undef X
	"\nThe times need debugfs, which is root's, and are the machine's: with -p, -c or -g they are left "
	"out. Counting by cause is switched on by: sudo quire config faults=1\n\n"
	"Example:\n"
	"  sudo quire faults -i 5 -n 3";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/**
 * struct fault - the faults of a cause
 * @count: how many
 * @us: the time they took
 * @half_ns: half of them took less
 * @most_ns: 99 % of them took less
 */
struct fault {
	uint64_t count;
	uint64_t us;
	uint64_t half_ns;
	uint64_t most_ns;
};

static struct fault read_cause(const struct live *live, const char *cause)
{
	const struct quire_table *now = &live->now->table[QUIRE_FAULT_LATENCY], *before = NULL;
	struct fault fault = { .half_ns = QUIRE_NONE, .most_ns = QUIRE_NONE };
	char name[QUIRE_NAME_MAX];

	snprintf(name, sizeof(name), "faults_%s", cause);
	fault.count = live_count(live, name);
	snprintf(name, sizeof(name), "fault_%s_us", cause);
	fault.us = live_count(live, name);
	if (!live_all(live) || !live->now->there[QUIRE_FAULT_LATENCY])
		return fault;
	if (live->before && live->before->there[QUIRE_FAULT_LATENCY])
		before = &live->before->table[QUIRE_FAULT_LATENCY];
	fault.half_ns = quire_histogram_below(now, before, cause, 0.5);
	fault.most_ns = quire_histogram_below(now, before, cause, 0.99);
	return fault;
}

static struct human time_of(uint64_t us)
{
	return human_ns(us > QUIRE_NONE / 1000 ? QUIRE_NONE : us * 1000);
}

static void print_row(const struct live *live, const char *name, const struct fault *fault,
		      uint64_t all)
{
	uint64_t mean = QUIRE_NONE;

	if (fault->count && fault->count != QUIRE_NONE && fault->us < QUIRE_NONE / 1000)
		mean = fault->us * 1000 / fault->count;
	printf("%-12s %9s %7s", name, human_count(live_rate(live, fault->count)).text,
	       human_share(fault->count, all).text);
	if (live->before)
		printf(" %9s", human_share(fault->us, live_seconds(live) * 1e6).text);
	else
		printf(" %9s", time_of(fault->us).text);
	printf(" %9s %11s %10s\n", human_ns(mean).text, human_ns(fault->half_ns).text,
	       human_ns(fault->most_ns).text);
}

static struct human count_of(const struct live *live, const char *name)
{
	return human_count(live_rate(live, live_count(live, name)));
}

/* Counts stay when counting is switched off; then they are those of earlier. */
static bool is_switched_off(const struct live *live)
{
	static struct quire_config config;
	struct quire_error error;
	const char *value;
	bool off;

	if (quire_read_config(&live->source, &config, &error))
		return false;
	value = quire_config_value(&config, "faults");
	off = value && !strcmp(value, "0");
	quire_config_free(&config);
	return off;
}

static void print_text(const struct live *live, const struct fault *fault, const struct fault *all)
{
	bool machine = live_all(live);

	live_print_scope(live, "Page faults by cause");
	printf("%-12s %9s %7s %9s %9s %11s %10s\n", "CAUSE", "FAULTS", "SHARE", "TIME", "MEAN",
	       "HALF BELOW", "99% BELOW");
	for (size_t i = 0; i < CAUSES; i++)
		print_row(live, causes[i].name, &fault[i], all->count);
	print_row(live, "all", all, all->count);
	printf("Of these %s major, %s in kernel mode, %s on behalf of others;\n"
	       "besides %s tried again and %s failed.\n", count_of(live, "faults_major").text,
	       count_of(live, "faults_kernel_mode").text, count_of(live, "faults_on_behalf").text,
	       count_of(live, "faults_retried").text, count_of(live, "faults_failed").text);
	if (machine)
		printf("The kernel's own count%s: %s, %s of them major.\n",
		       live->before ? "" : " since boot", count_of(live, "pgfault").text,
		       count_of(live, "pgmajfault").text);
	else
		printf("The kernel's own count%s: %s minor, %s major.\n",
		       live->before ? "" : " since it began", count_of(live, "min_flt").text,
		       count_of(live, "maj_flt").text);
	if (is_switched_off(live))
		puts("Counting by cause is switched off now: sudo quire config faults=1");
	if (machine && !live->now->there[QUIRE_FAULT_LATENCY])
		puts("How long most faults take is in debugfs, which only root may read.");
	if (live->before)
		putchar('\n');
}

static void print_json(const struct live *live, const struct fault *fault, const struct fault *all)
{
	static const char *const more[] = {
		"faults_major", "faults_kernel_mode", "faults_on_behalf", "faults_retried",
		"faults_failed",
	};
	struct json_object *root = json_object_new_object();
	struct json_object *array = json_object_new_array();

	if (live->before)
		json_object_object_add(root, "seconds", json_object_new_double(live_seconds(live)));
	json_object_object_add(root, "causes", array);
	for (size_t i = 0; i < CAUSES; i++) {
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "cause", json_object_new_string(causes[i].name));
		live_put(object, "faults", fault[i].count);
		live_put(object, "time_us", fault[i].us);
		live_put(object, "half_below_ns", fault[i].half_ns);
		live_put(object, "99_percent_below_ns", fault[i].most_ns);
		json_object_array_add(array, object);
	}
	live_put(root, "faults", all->count);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		live_put(root, more[i], live_count(live, more[i]));
	live_print_json(live, root);
}

static int show(struct live *live)
{
	struct fault fault[CAUSES], all = { QUIRE_NONE, QUIRE_NONE, QUIRE_NONE, QUIRE_NONE };

	for (size_t i = 0; i < CAUSES; i++) {
		fault[i] = read_cause(live, causes[i].name);
		all.count = live_add(all.count, fault[i].count);
		all.us = live_add(all.us, fault[i].us);
	}
	if (all.count == QUIRE_NONE || (live->before && is_switched_off(live))) {
		say("faults are not counted by cause; to switch that on: sudo quire config faults=1");
		return EXIT_COULD_NOT;
	}
	if (live->json)
		print_json(live, fault, &all);
	else
		print_text(live, fault, &all);
	return EXIT_GOOD;
}

int command_faults(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { NULL, parse, NULL, doc, children, NULL, NULL };
	struct live live = {
		.show = show, .need = LIVE_FILE(QUIRE_STAT), .want = LIVE_FILE(QUIRE_FAULT_LATENCY),
	};

	argp_parse(&argp, argc, argv, 0, NULL, &live);
	return live_run(&live);
}
