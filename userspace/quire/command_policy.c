// SPDX-License-Identifier: GPL-2.0
/*
 * quire policy: which replacement policies there are, who has which, and what they do.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "policy_options.h"

/* Lines of a scope that are no parameter of its policy. */
static const char *const common[] = {
	"window", "window_most", "protect_ms", "protect_anon_mb", "protect_file_mb",
	"protected_verdicts", "protected_native", "oom_retries",
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct policy_options *wanted = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = wanted;
		break;
	case ARGP_KEY_ARG:
		if (!policy_add_word(wanted, arg))
			argp_error(state, "\"%s\" is no policy and no NAME=VALUE, or too long", arg);
		break;
	case ARGP_KEY_END:
		if (wanted->need_words && !wanted->words)
			argp_error(state, "want a policy, or NAME=VALUE");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The same, for commands that take no words. */
static error_t parse_none(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		argp_error(state, "\"%s\" is one too many", arg);
	return parse(key, arg, state);
}

static const struct argp_child source_child[] = { { &live_source_argp, 0, NULL, 0 }, { } };
static const struct argp_child cgroup_child[] = { { &policy_argp, 0, NULL, 0 }, { } };

static struct json_object *text(const char *string)
{
	return json_object_new_string(string);
}

/* Print JSON, or drop it. */
static int finish(struct policy_options *wanted, struct json_object *root)
{
	if (wanted->live.json)
		live_print_json(&wanted->live, root);
	else
		json_object_put(root);
	quire_policies_free(&wanted->policies);
	return live_finish(EXIT_GOOD);
}

static int run_list(int argc, char **argv)
{
	static const char doc[] =
		"List the replacement policies, * before the one of the machine; native is the kernel's "
		"own choice.\v"
		"Example:\n"
		"  quire policy list";
	static const struct argp argp = { NULL, parse_none, NULL, doc, source_child, NULL, NULL };
	struct policy_options wanted = { };
	struct json_object *root, *array;

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	if (policy_read(&wanted))
		return EXIT_COULD_NOT;
	root = json_object_new_object();
	array = json_object_new_array();
	json_object_object_add(root, "policies", array);
	for (size_t i = 0; i < wanted.policies.policies; i++) {
		const struct quire_policy *policy = &wanted.policies.policy[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "policy", text(policy->name));
		json_object_object_add(object, "of_the_machine",
				       json_object_new_boolean(policy->attached));
		json_object_object_add(object, "about", text(policy->about));
		json_object_array_add(array, object);
		if (!wanted.live.json)
			printf("%c %-12s%s\n", policy->attached ? '*' : ' ', policy->name,
			       policy->about);
	}
	return finish(&wanted, root);
}

/* Whether a policy is among the words, or there are none; what is no policy is said. */
static bool is_asked_for(const struct policy_options *wanted, const char *name)
{
	const char *at = wanted->request;
	size_t length = strlen(name);

	for (; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == length && !strncmp(at, name, length))
			return true;
	return !wanted->words;
}

static bool all_policies(const struct policy_options *wanted)
{
	char names[sizeof(wanted->request)], *rest = NULL;

	snprintf(names, sizeof(names), "%s", wanted->request);
	for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
		if (strchr(name, '=') || quire_policy_find(&wanted->policies, name))
			continue;
		say("there is no policy \"%s\": quire policy list", name);
		return false;
	}
	return true;
}

static void print_params(const struct quire_policy *policy)
{
	printf("%s\n", policy->name);
	for (size_t i = 0; i < policy->params; i++) {
		const struct quire_policy_param *param = &policy->param[i];

		printf("  %-12s%" PRIu64 " to %" PRIu64 " %s, %" PRIu64 " unless set: %s\n", param->name,
		       param->least, param->most, param->unit, param->preset, param->about);
	}
	if (!policy->params)
		puts("  nothing of its own");
}

static struct json_object *params_object(const struct quire_policy *policy)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < policy->params; i++) {
		const struct quire_policy_param *param = &policy->param[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "name", text(param->name));
		live_put(object, "least", param->least);
		live_put(object, "most", param->most);
		json_object_object_add(object, "unit", text(param->unit));
		live_put(object, "unless_set", param->preset);
		json_object_object_add(object, "about", text(param->about));
		json_object_array_add(array, object);
	}
	return array;
}

static int run_params(int argc, char **argv)
{
	static const char doc[] =
		"Show what can be set of policies: of those named, or of all that have something.\v"
		"Besides, of every scope: window (1 to 256), window_most (1 to window), "
		"ghost_percent (0 to 100), steer (0 or 1), protect_ms, protect_anon_mb, "
		"protect_file_mb (see quire protect), and of the machine lru=classic or lru=default.\n\n"
		"Example:\n"
		"  quire policy params lirs";
	static const struct argp argp = { NULL, parse, "[POLICY...]", doc, source_child, NULL, NULL };
	struct policy_options wanted = { };
	struct json_object *root;

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	if (policy_read(&wanted) || !all_policies(&wanted))
		return EXIT_COULD_NOT;
	root = json_object_new_object();
	for (size_t i = 0; i < wanted.policies.policies; i++) {
		const struct quire_policy *policy = &wanted.policies.policy[i];

		if (!is_asked_for(&wanted, policy->name) || (!wanted.words && !policy->params))
			continue;
		json_object_object_add(root, policy->name, params_object(policy));
		if (!wanted.live.json)
			print_params(policy);
	}
	return finish(&wanted, root);
}

static void put_numbers(struct json_object *object, const struct quire_number *number, size_t count)
{
	for (size_t i = 0; i < count; i++)
		live_put(object, number[i].name, number[i].value);
}

static struct json_object *scope_object(const struct quire_scope *scope)
{
	struct json_object *object = json_object_new_object(), *array = json_object_new_array();

	json_object_object_add(object, "scope", text(policy_scope_name(scope)));
	json_object_object_add(object, "policy", text(scope->policy));
	json_object_object_add(object, "ejected", scope->ejected ? text(scope->ejected) : NULL);
	json_object_object_add(object, "why", scope->ejected ? text(scope->why) : NULL);
	put_numbers(object, scope->number, scope->numbers);
	json_object_object_add(object, "pools", array);
	for (size_t i = 0; i < scope->pools; i++) {
		struct json_object *pool = json_object_new_object();

		json_object_object_add(pool, "kind", text(scope->pool[i].kind));
		put_numbers(pool, scope->pool[i].number, scope->pool[i].numbers);
		json_object_array_add(array, pool);
	}
	return object;
}

static uint64_t of_scope(const struct quire_scope *scope, const char *name)
{
	return quire_number_find(scope->number, scope->numbers, name);
}

static bool is_common(const char *name)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (!strcmp(name, common[i]))
			return true;
	return false;
}

static void print_settings(const struct quire_scope *scope)
{
	uint64_t ms = of_scope(scope, "protect_ms"), anon = of_scope(scope, "protect_anon_mb");
	uint64_t file = of_scope(scope, "protect_file_mb");
	const char *before = "  settings:";

	for (size_t i = 0; i < scope->numbers; i++) {
		if (is_common(scope->number[i].name))
			continue;
		printf("%s %s=%" PRIu64, before, scope->number[i].name, scope->number[i].value);
		before = "";
	}
	printf("%s window=%" PRIu64 " window_most=%" PRIu64 "\n", before, of_scope(scope, "window"),
	       of_scope(scope, "window_most"));
	if (ms || anon || file)
		printf("  protected: used within %" PRIu64 " ms, %" PRIu64 " MiB anonymous, %" PRIu64
		       " MiB of files\n", ms, anon, file);
}

static const struct {
	const char *heading;
	const char *name;
	int width;
} pool_columns[] = {
	{ "MEMORY", "resident_pages", 8 }, { "CHOSEN", "condemned_pages", 8 },
	{ "VERDICTS", "verdicts", 9 }, { "EVICT", "verdicts_evict", 7 },
	{ "KEEP", "verdicts_activate", 7 }, { "NATIVE", "verdicts_native", 7 },
	{ "EVICTED", "evicted_pages", 8 },
};

#define POOL_COLUMNS (sizeof(pool_columns) / sizeof(*pool_columns))

static void print_pool(const struct quire_pool *pool)
{
	const struct quire_number *number = pool->number;
	uint64_t evicted = quire_number_find(number, pool->numbers, "evicted_pages");

	printf("  %-5s", pool->kind);
	for (size_t i = 0; i < POOL_COLUMNS; i++) {
		uint64_t value = quire_number_find(number, pool->numbers, pool_columns[i].name);

		printf("%*s", pool_columns[i].width,
		       i ? human_count(value).text : human_pages(value).text);
	}
	printf("%7s", evicted && evicted != QUIRE_NONE ?
	       human_share(quire_number_find(number, pool->numbers, "evicted_condemned_pages"),
			   evicted).text : "-");
	printf("%9s\n", human_count(quire_number_find(number, pool->numbers, "refaulted_folios")).text);
}

static void print_scope(const struct quire_scope *scope)
{
	printf("%s: %s\n", policy_scope_name(scope), scope->policy);
	if (scope->ejected)
		printf("  the guard has ejected %s: %s\n", scope->ejected, scope->why);
	print_settings(scope);
	if (scope->pools) {
		printf("  %-5s", "PAGES");
		for (size_t i = 0; i < POOL_COLUMNS; i++)
			printf("%*s", pool_columns[i].width, pool_columns[i].heading);
		printf("%7s%9s\n", "OBEYED", "REFAULTS");
	}
	for (size_t i = 0; i < scope->pools; i++)
		print_pool(&scope->pool[i]);
}

/* Where policies could hear of more uses than they do, say how. */
static void print_hint(const struct quire_source *source)
{
	struct quire_config config;
	struct quire_error error;
	const char *value;

	if (quire_read_config(source, &config, &error))
		return;
	value = quire_config_value(&config, "workingset");
	if (value && strcmp(value, "1"))
		puts("Policies hear of a use only when reclaim looks at the page. To tell them more:\n"
		     "sudo quire config workingset=1");
	quire_config_free(&config);
}

/* Print what is asked for of what was read. */
static int print_show(struct policy_options *wanted)
{
	const struct quire_policies *policies = &wanted->policies;
	struct json_object *root = json_object_new_object(), *array = json_object_new_array();
	bool attached = false;
	size_t shown = 0;

	put_numbers(root, policies->number, policies->numbers);
	json_object_object_add(root, "scopes", array);
	for (size_t i = 0; i < policies->scopes; i++) {
		const struct quire_scope *scope = &policies->scope[i];

		if (*wanted->cgroup && strcmp(wanted->cgroup, scope->name))
			continue;
		json_object_array_add(array, scope_object(scope));
		if (!wanted->live.json)
			print_scope(scope);
		attached |= scope->pools > 0;
		shown++;
	}
	if (!shown && !wanted->live.json)
		printf("%s: nothing is set, the kernel chooses by itself\n",
		       *wanted->cgroup ? wanted->cgroup : "machine");
	if (attached && !wanted->live.json)
		print_hint(&wanted->live.source);
	return finish(wanted, root);
}

static int run_show(int argc, char **argv)
{
	static const char doc[] =
		"Show what is set for the machine and for cgroups, and what the policies do.\v"
		"MEMORY    what the policy governs, in bytes\n"
		"CHOSEN    pages that it has named to go next\n"
		"VERDICTS  pages that reclaim proposed: EVICT are to go, KEEP stay, NATIVE the\n"
		"          guard left to the kernel\n"
		"EVICTED   pages that went; OBEYED are those of them that the policy had named\n"
		"REFAULTS  evicted pages that came back\n\n"
		"Example:\n"
		"  quire policy show -g /db";
	static const struct argp argp = { NULL, parse_none, NULL, doc, cgroup_child, NULL, NULL };
	struct policy_options wanted = { };

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	return policy_read(&wanted) ? EXIT_COULD_NOT : print_show(&wanted);
}

static int run_set(int argc, char **argv)
{
	static const char doc[] =
		"Attach a policy to the machine or to a cgroup and what is below it, or change settings. All "
		"of it is done, or being wrong, nothing. Takes root.\v"
		"\"quire policy params\" lists what can be set.\n\n"
		"Example:\n"
		"  sudo quire policy set lirs hir=2\n"
		"  sudo quire policy set -g /db arc protect_ms=500";
	static const struct argp argp = {
		NULL, parse, "[POLICY] [NAME=VALUE...]", doc, cgroup_child, NULL, NULL
	};
	struct policy_options wanted = { .need_words = true };
	bool known;

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	if (policy_read(&wanted))
		return EXIT_COULD_NOT;
	known = all_policies(&wanted);
	quire_policies_free(&wanted.policies);
	if (!known || policy_write(&wanted))
		return EXIT_COULD_NOT;
	return print_show(&wanted);
}

static int run_unset(int argc, char **argv)
{
	static const char doc[] =
		"Detach the policy of the machine or of a cgroup: the kernel chooses by itself again, or for a "
		"cgroup the policy around it. What is protected stays so (quire protect --off). Takes "
		"root.\v"
		"Example:\n"
		"  sudo quire policy unset";
	static const struct argp argp = { NULL, parse_none, NULL, doc, cgroup_child, NULL, NULL };
	struct policy_options wanted = { };

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	policy_add_word(&wanted, "native");
	return policy_write(&wanted) ? EXIT_COULD_NOT : print_show(&wanted);
}

static const struct command commands[] = {
	{ "list", "the policies there are", run_list },
	{ "show", "which are attached, and what they do", run_show },
	{ "set", "attach one, or change settings", run_set },
	{ "unset", "detach it", run_unset },
	{ "params", "what can be set", run_params },
	{ }
};

int command_policy(int argc, char **argv)
{
	return command_group(commands, "Replacement policies in the kernel: see them, attach them.",
			     "  quire policy list\n"
			     "  sudo quire policy set lirs\n", argc, argv);
}
