/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsing of what is written to our files: strict, and nothing else.
 */
#ifndef QUIRE_SETTING_H
#define QUIRE_SETTING_H

#include <linux/types.h>

#define QUIRE_SETTINGS 8

/**
 * struct quire_request - what somebody wants
 * @cgroup:	path of the cgroup, NULL for the machine
 * @policy:	name of a policy or "native", NULL if that is not to change
 * @nr:		settings
 * @name:	theirs
 * @value:	theirs
 */
struct quire_request {
	const char *cgroup;
	const char *policy;
	unsigned int nr;
	const char *name[QUIRE_SETTINGS];
	const char *value[QUIRE_SETTINGS];
};

int quire_parse_setting(char *line, size_t size, char **name, char **value);
int quire_parse_request(char *line, size_t size, struct quire_request *request);
int quire_parse_switch(const char *text, bool *on);
int quire_parse_uint(const char *text, unsigned int low, unsigned int high,
		     unsigned int *number);

#endif
