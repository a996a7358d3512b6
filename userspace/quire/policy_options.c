// SPDX-License-Identifier: GPL-2.0
/*
 * Options of quire policy and quire protect, and the reading and writing of /proc/quire/policy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "policy_options.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

static const struct argp_option options[] = {
	{ "cgroup", 'g', "CGROUP", 0, "Of this cgroup (v2), instead of the machine", 5 },
	{ }
};

bool policy_cgroup(char *path, size_t size, const char *cgroup)
{
	size_t length;

	if (!strncmp(cgroup, CGROUP_ROOT, strlen(CGROUP_ROOT)) &&
	    strchr("/", cgroup[strlen(CGROUP_ROOT)]))
		cgroup += strlen(CGROUP_ROOT);
	while (*cgroup == '/')
		cgroup++;
	length = strlen(cgroup);
	while (length && cgroup[length - 1] == '/')
		length--;
	return snprintf(path, size, "%s%.*s", length ? "/" : "", (int)length, cgroup) < (int)size;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct policy_options *wanted = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &wanted->live;
		break;
	case 'g':
		if (!policy_cgroup(wanted->cgroup, sizeof(wanted->cgroup), arg) ||
		    strpbrk(arg, " \t\n"))
			argp_error(state, "\"%s\" is no cgroup whose path quire can take", arg);
		if (!*wanted->cgroup)
			argp_error(state, "the root of all cgroups is the machine: leave out -g");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { { &live_source_argp, 0, NULL, 0 }, { } };

const struct argp policy_argp = { options, parse, NULL, NULL, children, NULL, NULL };

bool policy_add_word(struct policy_options *wanted, const char *word)
{
	size_t used = strlen(wanted->request);

	if (!*word || strpbrk(word, " \t\n"))
		return false;
	wanted->words++;
	return snprintf(wanted->request + used, sizeof(wanted->request) - used, "%s%s",
			used ? " " : "", word) < (int)(sizeof(wanted->request) - used);
}

const char *policy_scope_name(const struct quire_scope *scope)
{
	static char name[1024];

	human_text(scope->name, name, sizeof(name));
	return name;
}

int policy_read(struct policy_options *wanted)
{
	struct quire_error error;

	if (!quire_source_init(&wanted->live.source, wanted->live.copy, &error) &&
	    !quire_read_policies(&wanted->live.source, &wanted->policies, &error))
		return EXIT_GOOD;
	say("%s", error.text);
	return EXIT_COULD_NOT;
}

int policy_write(struct policy_options *wanted)
{
	char line[sizeof(wanted->cgroup) + sizeof(wanted->request) + 16];
	struct quire_error error;

	snprintf(line, sizeof(line), "%s%s%s%s", *wanted->cgroup ? "cgroup " : "", wanted->cgroup,
		 *wanted->cgroup ? " " : "", wanted->request);
	if (quire_source_init(&wanted->live.source, wanted->live.copy, &error) ||
	    quire_write_policy(&wanted->live.source, line, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	return policy_read(wanted);
}
