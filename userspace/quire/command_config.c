// SPDX-License-Identifier: GPL-2.0
/*
 * quire config: show and change settings of the module.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "live.h"

#define WANTED_MAX 16

/**
 * struct config - what was asked for
 * @live: the options
 * @wanted: NAME or NAME=VALUE
 * @count: how many
 */
struct config {
	struct live live;
	char *wanted[WANTED_MAX];
	int count;
};

static const char doc[] =
	"Show or change settings of the module. They last until it is unloaded; changing them takes "
	"root.\v"
	"Example:\n"
	"  quire config\n"
	"  sudo quire config faults=1";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct config *config = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &config->live;
		break;
	case ARGP_KEY_ARG:
		if (config->count == WANTED_MAX)
			argp_error(state, "more than %d settings", WANTED_MAX);
		if (!*arg || *arg == '=')
			argp_error(state, "\"%s\" is no setting: want NAME or NAME=VALUE", arg);
		config->wanted[config->count++] = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Say which settings there are, after one that there is not. */
static void say_settings(const struct quire_config *settings, const char *name)
{
	char list[1024] = "";

	for (size_t i = 0; i < settings->settings; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 settings->setting[i].name);
	say("there is no setting \"%s\"; there are: %s", name, list);
}

/* Write what is to be changed; 0 or -1. */
static int change(const struct config *config, const struct quire_config *settings)
{
	struct quire_error error;

	/* Nothing is changed if one of the names is wrong. */
	for (int i = 0; i < config->count; i++) {
		char name[QUIRE_NAME_MAX + 2];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(config->wanted[i], "="),
			 config->wanted[i]);
		if (!quire_config_value(settings, name)) {
			say_settings(settings, name);
			return -1;
		}
	}
	for (int i = 0; i < config->count; i++) {
		if (strchr(config->wanted[i], '=') &&
		    quire_write_config(&config->live.source, config->wanted[i], &error)) {
			say("%s", error.text);
			return -1;
		}
	}
	return 0;
}

static bool is_wanted(const struct config *config, const char *name)
{
	for (int i = 0; i < config->count; i++)
		if (strcspn(config->wanted[i], "=") == strlen(name) &&
		    !strncmp(config->wanted[i], name, strlen(name)))
			return true;
	return !config->count;
}

static void print(const struct config *config, const struct quire_config *settings)
{
	struct json_object *root = json_object_new_object();

	for (size_t i = 0; i < settings->settings; i++) {
		const char *name = settings->setting[i].name, *value = settings->setting[i].text;

		if (!is_wanted(config, name))
			continue;
		if (!config->live.json)
			printf("%-20s %s\n", name, value);
		else if (strspn(value, "0123456789") == strlen(value) && strlen(value) <= 18)
			live_put(root, name, strtoull(value, NULL, 10));
		else
			json_object_object_add(root, name, json_object_new_string(value));
	}
	if (config->live.json)
		live_print_json(&config->live, root);
	else
		json_object_put(root);
}

static int run(struct config *config)
{
	static struct quire_config settings;
	struct quire_error error;
	int err;

	if (quire_source_init(&config->live.source, config->live.copy, &error) ||
	    quire_read_config(&config->live.source, &settings, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	err = change(config, &settings);
	quire_config_free(&settings);
	if (err)
		return EXIT_COULD_NOT;
	if (quire_read_config(&config->live.source, &settings, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	print(config, &settings);
	quire_config_free(&settings);
	return live_finish(EXIT_GOOD);
}

int command_config(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_source_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = {
		NULL, parse, "[NAME[=VALUE]...]", doc, children, NULL, NULL
	};
	struct config config = { };

	argp_parse(&argp, argc, argv, 0, NULL, &config);
	return run(&config);
}
