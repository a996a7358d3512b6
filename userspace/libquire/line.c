// SPDX-License-Identifier: GPL-2.0
/*
 * Lines, words and numbers.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

int quire_fail(struct quire_error *error, int ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return ret;
}

int quire_lines_bad(const struct quire_lines *lines, const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return quire_fail(lines->error, -EBADMSG, "%s, line %zu: %s", lines->what, lines->number,
			  text);
}

int quire_lines_open(struct quire_lines *lines, char **copy, const char *what, const char *text,
		     size_t size, struct quire_error *error)
{
	char *own;

	if (!size)
		return quire_fail(error, -EBADMSG, "%s is empty", what);
	if (memchr(text, '\0', size))
		return quire_fail(error, -EBADMSG, "%s is no text: there is a NUL in it", what);
	if (text[size - 1] != '\n')
		return quire_fail(error, -EBADMSG, "%s is truncated: its last line has no end", what);
	own = malloc(size + 1);
	if (!own)
		return quire_fail(error, -ENOMEM, "no memory");
	memcpy(own, text, size);
	own[size] = '\0';
	*copy = own;
	*lines = (struct quire_lines){
		.next = own, .end = own + size, .what = what, .error = error,
	};
	return 0;
}

char *quire_lines_next(struct quire_lines *lines)
{
	char *line = lines->next, *newline;

	if (line == lines->end)
		return NULL;
	newline = memchr(line, '\n', lines->end - line);
	*newline = '\0';
	lines->next = newline + 1;
	lines->number++;
	return line;
}

char *quire_word(char **line)
{
	char *word = *line, *blank;

	if (!word)
		return NULL;
	blank = strchr(word, ' ');
	if (blank)
		*blank++ = '\0';
	*line = blank;
	return word;
}

bool quire_is_name(const char *word)
{
	size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return length && length <= QUIRE_NAME_MAX && !word[length];
}

bool quire_number(const char *word, uint64_t *number)
{
	uint64_t sum = 0;

	if (!*word || (word[0] == '0' && word[1]))
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, *word - '0', &sum))
			return false;
	}
	*number = sum;
	return sum != QUIRE_NONE;
}
