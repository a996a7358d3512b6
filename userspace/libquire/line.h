/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines, words and numbers of a text that is taken apart in place. For libquire itself.
 */
#ifndef LIBQUIRE_LINE_H
#define LIBQUIRE_LINE_H

#include <stdbool.h>

#include "libquire.h"

/**
 * struct quire_lines - a text, line by line
 * @next: the line to come
 * @end: behind the text
 * @number: of the line that was taken last, from 1
 * @what: what to call the text in messages
 * @error: where messages go
 */
struct quire_lines {
	char *next;
	char *end;
	size_t number;
	const char *what;
	struct quire_error *error;
};

/* Copy a text and check that it is lines and nothing else; 0 or a negative errno. */
int quire_lines_open(struct quire_lines *lines, char **copy, const char *what, const char *text,
		     size_t size, struct quire_error *error);

/* The next line, its newline replaced by a NUL, or NULL. */
char *quire_lines_next(struct quire_lines *lines);

/* Say that the line taken last is wrong; returns -EBADMSG. */
int quire_lines_bad(const struct quire_lines *lines, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Say something; returns @ret. */
int quire_fail(struct quire_error *error, int ret, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Take the word up to the next blank off @line, NULL if there is none; then *line is NULL. */
char *quire_word(char **line);

/* Whether a word is a name: lower-case letters, digits and underscores, of some length. */
bool quire_is_name(const char *word);

/* A decimal number as the kernel prints it, nothing before, after or in front of it. */
bool quire_number(const char *word, uint64_t *number);

#endif
