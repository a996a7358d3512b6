/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "quire doctor" looks at: each topic is a function that reads files of the kernel below a
 * directory and says what it found.
 */
#ifndef QUIRE_DOCTOR_H
#define QUIRE_DOCTOR_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * enum doctor_state - how a finding is meant
 * @DOCTOR_GOOD: nothing to do
 * @DOCTOR_NOTE: worth knowing, or worth a try
 * @DOCTOR_BAD: costs time or memory now, or keeps quire from working
 * @DOCTOR_UNKNOWN: could not be found out, and why
 */
enum doctor_state { DOCTOR_GOOD, DOCTOR_NOTE, DOCTOR_BAD, DOCTOR_UNKNOWN };

/**
 * struct doctor - where to look, and what was found
 * @root: a directory that has proc, sys, dev, lib; open
 * @findings: a JSON array of objects: check, state, found, advice
 */
struct doctor {
	int root;
	struct json_object *findings;
};

/**
 * doctor_say() - add a finding
 * @doctor: to whom
 * @check: the topic, one word
 * @state: how it is meant
 * @advice: what to do, one line; NULL if there is nothing
 * @format: what was found, a printf format
 */
void doctor_say(struct doctor *doctor, const char *check, enum doctor_state state,
		const char *advice, const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * doctor_read() - all of a file
 * @doctor: where
 * @path: of the file, without a leading slash
 *
 * Return: the text, to be freed; NULL if it cannot be read, with errno.
 */
char *doctor_read(const struct doctor *doctor, const char *path);

/**
 * doctor_line() - the first line of a file
 * @doctor: where
 * @path: of the file
 * @line: filled in, "" if it cannot be read
 * @size: of @line
 *
 * Return: whether it could be read.
 */
bool doctor_line(const struct doctor *doctor, const char *path, char *line, size_t size);

/**
 * doctor_number() - the number after a name in a file of "name value" or "name: value" lines
 * @text: the file, or NULL
 * @name: which
 *
 * Return: the number, or QUIRE_NONE.
 */
uint64_t doctor_number(const char *text, const char *name);

void doctor_kernel(struct doctor *doctor);
void doctor_module(struct doctor *doctor);
void doctor_tracing(struct doctor *doctor);
void doctor_swap(struct doctor *doctor);
void doctor_overcommit(struct doctor *doctor);
void doctor_thp(struct doctor *doctor);
void doctor_lru(struct doctor *doctor);
void doctor_fragmentation(struct doctor *doctor);
void doctor_pressure(struct doctor *doctor);
void doctor_cgroups(struct doctor *doctor);

#endif
