// SPDX-License-Identifier: GPL-2.0
/*
 * quire status: what of the module runs, what cannot and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "live.h"

static const char doc[] =
	"Show what of the module runs, what cannot and why, and what it does not see.\v"
	"Example:\n"
	"  quire status";

static const char *const states[] = {
	[QUIRE_RUNNING] = "running", [QUIRE_OFF] = "off", [QUIRE_UNAVAILABLE] = "unavailable",
};

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

static const char *fact(const struct quire_status *status, const char *name)
{
	const char *text = quire_fact(status, name);

	return text ? text : "?";
}

/* The devices that pages were swapped to: "swapN_device NAME" in the module's words. */
static void print_swap(const struct quire_status *status)
{
	bool any = false;

	for (size_t i = 0; i < status->facts; i++) {
		unsigned int number;
		int end = 0;

		if (sscanf(status->fact[i].name, "swap%u_device%n", &number, &end) != 1 || !end)
			continue;
		printf("swap %-7u %s\n", number, status->fact[i].text);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void print_text(const struct quire_status *status)
{
	printf("quire.ko %s on Linux %s, page lists of reclaim: %s\n", fact(status, "version"),
	       fact(status, "kernel"), fact(status, "lru"));
	printf("%s processes recorded, %s of them have exited; room for %s, %s did not fit\n\n",
	       fact(status, "processes"), fact(status, "processes_exited"),
	       fact(status, "processes_max"), fact(status, "processes_lost"));
	print_swap(status);
	printf("%-12s %-12s %s\n", "PART", "STATE", "WHAT IT DOES");
	for (size_t i = 0; i < status->parts; i++) {
		const struct quire_part_status *part = &status->part[i];

		printf("%-12s %-12s %s\n", part->name, states[part->state], part->about);
		if (*part->why)
			printf("%-12s %s\n", "", part->why);
	}
	for (size_t i = 0; i < status->limits; i++)
		printf("%s%-12s %s\n", i ? "" : "\nLIMITS\n", status->limit[i].name,
		       status->limit[i].text);
	printf("\n%-12s %-36s %s\n", "PART", "ATTACHED TO", "MISSED EVENTS");
	for (size_t i = 0; i < status->hooks; i++) {
		const struct quire_hook_status *hook = &status->hook[i];

		if (hook->state == QUIRE_RUNNING)
			printf("%-12s %-36s %llu\n", hook->part, hook->name,
			       (unsigned long long)hook->missed);
		else if (hook->state == QUIRE_OFF)
			printf("%-12s %-36s off\n", hook->part, hook->name);
		else
			printf("%-12s %-36s no: %s\n", hook->part, hook->name, strerror(-hook->error));
	}
}

static void put_text(struct json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, json_object_new_string(text));
}

static void print_json(const struct live *live, const struct quire_status *status)
{
	struct json_object *root = json_object_new_object(), *array, *object;

	for (size_t i = 0; i < status->facts; i++) {
		const char *text = status->fact[i].text;

		/* Up to 18 digits always fit. */
		if (strspn(text, "0123456789") == strlen(text) && strlen(text) <= 18)
			live_put(root, status->fact[i].name, strtoull(text, NULL, 10));
		else
			put_text(root, status->fact[i].name, text);
	}
	array = json_object_new_array();
	json_object_object_add(root, "parts", array);
	for (size_t i = 0; i < status->parts; i++) {
		object = json_object_new_object();
		put_text(object, "part", status->part[i].name);
		put_text(object, "state", states[status->part[i].state]);
		put_text(object, "why", status->part[i].why);
		put_text(object, "about", status->part[i].about);
		json_object_array_add(array, object);
	}
	array = json_object_new_array();
	json_object_object_add(root, "limits", array);
	for (size_t i = 0; i < status->limits; i++) {
		object = json_object_new_object();
		put_text(object, "part", status->limit[i].name);
		put_text(object, "limits", status->limit[i].text);
		json_object_array_add(array, object);
	}
	array = json_object_new_array();
	json_object_object_add(root, "hooks", array);
	for (size_t i = 0; i < status->hooks; i++) {
		const struct quire_hook_status *hook = &status->hook[i];

		object = json_object_new_object();
		put_text(object, "part", hook->part);
		put_text(object, "hook", hook->name);
		put_text(object, "state", hook->state == QUIRE_RUNNING ? "attached" : states[hook->state]);
		live_put(object, "missed", hook->state == QUIRE_RUNNING ? hook->missed : QUIRE_NONE);
		put_text(object, "cost", hook->cost);
		json_object_array_add(array, object);
	}
	live_print_json(live, root);
}

int command_status(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_source_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { NULL, parse, NULL, doc, children, NULL, NULL };
	static struct quire_status status;
	struct live live = { };
	struct quire_error error;

	argp_parse(&argp, argc, argv, 0, NULL, &live);
	if (quire_source_init(&live.source, live.copy, &error) ||
	    quire_read_status(&live.source, &status, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	if (live.json)
		print_json(&live, &status);
	else
		print_text(&status);
	quire_status_free(&status);
	return live_finish(EXIT_GOOD);
}
