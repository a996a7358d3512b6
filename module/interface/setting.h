/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsing of what is written to our files: strict, and nothing else.
 */
#ifndef QUIRE_SETTING_H
#define QUIRE_SETTING_H

#include <linux/types.h>

int quire_parse_setting(char *line, size_t size, char **name, char **value);
int quire_parse_switch(const char *text, bool *on);
int quire_parse_uint(const char *text, unsigned int low, unsigned int high,
		     unsigned int *number);

#endif
