// SPDX-License-Identifier: GPL-2.0
/*
 * quire doctor: what this machine offers for memory, what is missing, and what to do about it.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "doctor.h"
#include "libquire.h"
#include "live.h"

/* More of a file than this is not read. */
#define FILE_MAX (1 << 20)

struct options {
	const char *root;
	bool json;
};

static const char doc[] =
	"Look at the kernel, its swap, its settings and its fragmentation, and say what is missing and "
	"what to do, a line each, what hurts first. Needs no quire.ko; some things only root can see.\v"
	"bad      costs time or memory now, or keeps quire from working\n"
	"note     worth knowing, or worth a try\n"
	"unknown  could not be found out\n"
	"good     nothing to do\n\n"
	"Example:\n"
	"  sudo quire doctor";

static const struct argp_option options[] = {
	{ "root", 'r', "DIR", 0, "Look below DIR, a copy of proc and sys, instead of /", 0 },
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ }
};

static void (*const topics[])(struct doctor *doctor) = {
	doctor_kernel, doctor_module, doctor_tracing, doctor_swap, doctor_overcommit, doctor_thp,
	doctor_lru, doctor_fragmentation, doctor_pressure, doctor_cgroups,
};

static const char *const states[] = {
	[DOCTOR_GOOD] = "good", [DOCTOR_NOTE] = "note", [DOCTOR_BAD] = "bad",
	[DOCTOR_UNKNOWN] = "unknown",
};

static void put_text(struct json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

void doctor_say(struct doctor *doctor, const char *check, enum doctor_state state,
		const char *advice, const char *format, ...)
{
	struct json_object *finding = json_object_new_object();
	char found[512];
	va_list args;

	va_start(args, format);
	vsnprintf(found, sizeof(found), format, args);
	va_end(args);
	/* Names of cgroups and files are what their owners made them: nothing of it steers a terminal. */
	for (char *c = found; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	put_text(finding, "check", check);
	put_text(finding, "state", states[state]);
	put_text(finding, "found", found);
	put_text(finding, "advice", advice);
	json_object_array_add(doctor->findings, finding);
}

char *doctor_read(const struct doctor *doctor, const char *path)
{
	char *text = malloc(FILE_MAX + 1);
	size_t used = 0;
	ssize_t got = 1;
	int fd, err;

	fd = openat(doctor->root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || !text) {
		err = fd < 0 ? errno : ENOMEM;
		goto failed;
	}
	while (got > 0 && used < FILE_MAX) {
		got = read(fd, text + used, FILE_MAX - used);
		if (got > 0)
			used += got;
	}
	err = errno;
	close(fd);
	if (got < 0)
		goto failed;
	text[used] = '\0';
	return text;
failed:
	free(text);
	errno = err;
	return NULL;
}

bool doctor_line(const struct doctor *doctor, const char *path, char *line, size_t size)
{
	char *text = doctor_read(doctor, path);

	*line = '\0';
	if (!text)
		return false;
	snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	return true;
}

uint64_t doctor_number(const char *text, const char *name)
{
	size_t length = strlen(name);
	uint64_t value;
	char *end;

	for (; text && *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, name, length) || !strchr(": ", text[length]))
			continue;
		text += length + strspn(text + length, ": ");
		errno = 0;
		value = strtoull(text, &end, 10);
		return end == text || errno ? QUIRE_NONE : value;
	}
	return QUIRE_NONE;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *wanted = state->input;

	switch (key) {
	case 'r':
		wanted->root = arg;
		break;
	case 'j':
		wanted->json = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const char *text_of(struct json_object *finding, const char *name)
{
	return json_object_get_string(json_object_object_get(finding, name));
}

static void print_state(struct json_object *findings, const char *state)
{
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		struct json_object *finding = json_object_array_get_idx(findings, i);
		const char *advice = text_of(finding, "advice");

		if (strcmp(text_of(finding, "state"), state))
			continue;
		printf("%-8s%-14s%s\n", state, text_of(finding, "check"), text_of(finding, "found"));
		if (advice)
			printf("%22s> %s\n", "", advice);
	}
}

/* What hurts comes first. */
static void print_text(struct json_object *findings)
{
	print_state(findings, states[DOCTOR_BAD]);
	print_state(findings, states[DOCTOR_NOTE]);
	print_state(findings, states[DOCTOR_UNKNOWN]);
	print_state(findings, states[DOCTOR_GOOD]);
}

int command_doctor(int argc, char **argv)
{
	static const struct argp argp = { options, parse, NULL, doc, NULL, NULL, NULL };
	struct options wanted = { .root = "/" };
	struct live live = { };
	struct doctor doctor;

	argp_parse(&argp, argc, argv, 0, NULL, &wanted);
	doctor.root = open(wanted.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (doctor.root < 0 || faccessat(doctor.root, "proc/meminfo", R_OK, 0)) {
		say("%s/proc/meminfo: %s", wanted.root, strerror(errno));
		return EXIT_COULD_NOT;
	}
	doctor.findings = json_object_new_array();
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++)
		topics[i](&doctor);
	close(doctor.root);
	if (wanted.json) {
		struct json_object *root = json_object_new_object();

		json_object_object_add(root, "findings", doctor.findings);
		live_print_json(&live, root);
	} else {
		print_text(doctor.findings);
		json_object_put(doctor.findings);
	}
	return live_finish(EXIT_GOOD);
}
