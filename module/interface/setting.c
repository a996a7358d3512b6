// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing of what is written to our files: strict, and nothing else.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "interface/setting.h"

static bool quire_is_name_char(char c)
{
	return islower(c) || isdigit(c) || c == '_';
}

/**
 * quire_parse_setting - take `name=value` or `name value` apart
 * @line:	the text, NUL behind it; NULs are put into it
 * @size:	its length; one newline at its end is allowed
 * @name:	set to the name: lower-case letters, digits and underscores
 * @value:	set to the value: printable, no blanks
 *
 * Context: any.
 * Return: 0, or -EBADMSG if it is anything else, @line then being unchanged.
 */
int quire_parse_setting(char *line, size_t size, char **name, char **value)
{
	size_t i = 0, end, at;

	if (size && line[size - 1] == '\n')
		size--;
	while (i < size && quire_is_name_char(line[i]))
		i++;
	end = i;
	if (!end || i == size || (line[i] != '=' && line[i] != ' '))
		return -EBADMSG;
	at = ++i;
	while (i < size && isascii(line[i]) && isgraph(line[i]))
		i++;
	if (i == at || i < size)
		return -EBADMSG;
	line[end] = '\0';
	line[size] = '\0';
	*name = line;
	*value = line + at;
	return 0;
}

/**
 * quire_parse_request - take `[cgroup /PATH] [POLICY | native] [NAME=VALUE]...` apart
 * @line:	the text, NUL behind it; NULs are put into it
 * @size:	its length, without a newline
 * @request:	zeroed; filled in, and of no use after an error. Points into @line
 *
 * Words are printable, with one blank between them. What they say is not looked at.
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is anything else.
 */
int quire_parse_request(char *line, size_t size, struct quire_request *request)
{
	char *word, *value;
	size_t i;

	for (i = 0; i < size; i++) {
		if (!isascii(line[i]) || !isprint(line[i]))
			return -EINVAL;
	}
	word = strsep(&line, " ");
	if (!strcmp(word, "cgroup")) {
		request->cgroup = strsep(&line, " ");
		word = strsep(&line, " ");
	}
	do {
		if (!word || !*word)
			return -EINVAL;
		value = strchr(word, '=');
		if (value && request->nr < QUIRE_SETTINGS) {
			*value = '\0';
			request->name[request->nr] = word;
			request->value[request->nr++] = value + 1;
		} else if (!value && !request->policy && !request->nr) {
			request->policy = word;
		} else {
			return -EINVAL;
		}
		word = strsep(&line, " ");
	} while (word);
	return 0;
}

/**
 * quire_parse_switch - parse 0, 1, off or on
 * @text:	the text
 * @on:		set
 *
 * Return: 0, or -EINVAL and @on is unchanged.
 */
int quire_parse_switch(const char *text, bool *on)
{
	if (!strcmp(text, "1") || !strcmp(text, "on"))
		*on = true;
	else if (!strcmp(text, "0") || !strcmp(text, "off"))
		*on = false;
	else
		return -EINVAL;
	return 0;
}

/**
 * quire_parse_uint - parse a decimal number
 * @text:	digits only
 * @low:	the least it may be
 * @high:	the most
 * @number:	set
 *
 * Return: 0, or -EINVAL and @number is unchanged.
 */
int quire_parse_uint(const char *text, unsigned int low, unsigned int high,
		     unsigned int *number)
{
	unsigned int n;

	/* kstrtouint() would take a sign and a newline. */
	if (!isdigit(*text) || strchr(text, '\n') || kstrtouint(text, 10, &n) ||
	    n < low || n > high)
		return -EINVAL;
	*number = n;
	return 0;
}
