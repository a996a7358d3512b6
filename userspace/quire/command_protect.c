// SPDX-License-Identifier: GPL-2.0
/*
 * quire protect: keep pages in memory, whatever policy there is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "policy_options.h"

enum { OPT_OFF = 0x200 };

static const struct argp_option options[] = {
	{ "time", 't', "MS", 0, "Keep pages that were used within so many milliseconds", 1 },
	{ "anon", 'a', "MIB", 0, "Keep so many MiB of anonymous and shared memory", 1 },
	{ "file", 'f', "MIB", 0, "Keep so many MiB of pages of files", 1 },
	{ "off", OPT_OFF, NULL, 0, "Protect nothing", 1 },
	{ }
};

static const char doc[] =
	"Keep pages in memory, of the machine or of a cgroup and what is below it, with any policy or "
	"none. Without -t, -a, -f and --off show what is protected. Changing it takes root.\v"
	"A guard sees to it that the kernel finds something to free: protection that would keep "
	"everything is passed over. MS is 0 to 3600000, MIB 0 to 16777216; 0 is none.\n\n"
	"KEPT    pages that stayed because of it\n"
	"PASSED  pages that the guard left to the kernel nevertheless\n\n"
	"Example:\n"
	"  sudo quire protect -t 1000 -f 64\n"
	"  sudo quire protect -g /db -a 512";

/* A number from 0 to @most as NAME=NUMBER into the request. */
static void add(struct argp_state *state, const char *name, const char *arg, uint64_t most)
{
	struct policy_options *wanted = state->input;
	char word[64], *end;
	uint64_t value;

	value = strtoull(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || value > most)
		argp_error(state, "\"%s\" is not a number from 0 to %" PRIu64, arg, most);
	snprintf(word, sizeof(word), "%s=%" PRIu64, name, value);
	policy_add_word(wanted, word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct policy_options *wanted = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = wanted;
		break;
	case 't':
		add(state, "protect_ms", arg, 3600000);
		break;
	case 'a':
		add(state, "protect_anon_mb", arg, 1 << 24);
		break;
	case 'f':
		add(state, "protect_file_mb", arg, 1 << 24);
		break;
	case OPT_OFF:
		policy_add_word(wanted, "protect_ms=0");
		policy_add_word(wanted, "protect_anon_mb=0");
		policy_add_word(wanted, "protect_file_mb=0");
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static uint64_t of_scope(const struct quire_scope *scope, const char *name)
{
	return quire_number_find(scope->number, scope->numbers, name);
}

static struct human mib(uint64_t count)
{
	return human_pages(count > QUIRE_NONE / 256 ? QUIRE_NONE : count * 256);
}

static void print_scope(const struct quire_scope *scope)
{
	struct human time = human_ns(of_scope(scope, "protect_ms") * 1000000);

	printf("%9s", time.text);
	printf("%9s", mib(of_scope(scope, "protect_anon_mb")).text);
	printf("%9s", mib(of_scope(scope, "protect_file_mb")).text);
	printf("%9s", human_count(of_scope(scope, "protected_verdicts")).text);
	printf("%9s  %s\n", human_count(of_scope(scope, "protected_native")).text, policy_scope_name(scope));
}

static void put_scope(struct json_object *array, const struct quire_scope *scope)
{
	static const char *const names[] = {
		"protect_ms", "protect_anon_mb", "protect_file_mb", "protected_verdicts",
		"protected_native",
	};
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "scope", json_object_new_string(policy_scope_name(scope)));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		live_put(object, names[i], of_scope(scope, names[i]));
	json_object_array_add(array, object);
}

static int print(struct policy_options *wanted)
{
	struct json_object *root = json_object_new_object(), *array = json_object_new_array();
	const struct quire_policies *policies = &wanted->policies;

	json_object_object_add(root, "scopes", array);
	if (!wanted->live.json)
		printf("%9s%9s%9s%9s%9s  %s\n", "TIME", "ANON", "FILE", "KEPT", "PASSED", "SCOPE");
	for (size_t i = 0; i < policies->scopes; i++) {
		const struct quire_scope *scope = &policies->scope[i];

		if (*wanted->cgroup && strcmp(scope->name, wanted->cgroup))
			continue;
		put_scope(array, scope);
		if (!wanted->live.json)
			print_scope(scope);
	}
	if (!wanted->live.json && !json_object_array_length(array))
		printf("%45s  nothing is protected\n", "");
	if (wanted->live.json)
		live_print_json(&wanted->live, root);
	else
		json_object_put(root);
	quire_policies_free(&wanted->policies);
	return live_finish(EXIT_GOOD);
}

int command_protect(int argc, char **argv)
{
	static const struct argp_child children[] = { { &policy_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, NULL, doc, children, NULL, NULL };
	struct policy_options wanted = { };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	status = wanted.words ? policy_write(&wanted) : policy_read(&wanted);
	return status ? status : print(&wanted);
}
