// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: a heading with the names of the columns, and rows of numbers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

#define SEGMENT "segment"

static int no_memory(struct quire_error *error)
{
	return quire_fail(error, -ENOMEM, "no memory");
}

/* The heading; leaves out the columns that are not numbers. */
static int parse_heading(struct quire_table *table, enum quire_shape shape,
			 struct quire_lines *lines)
{
	char *line = quire_lines_next(lines), *word;
	bool segments = false;
	size_t count = 0;

	table->column = calloc(QUIRE_COLUMNS_MAX, sizeof(*table->column));
	if (!table->column)
		return no_memory(lines->error);
	while ((word = quire_word(&line))) {
		if (!quire_is_name(word))
			return quire_lines_bad(lines, "column %zu has no proper name", count + 1);
		if (count == QUIRE_COLUMNS_MAX)
			return quire_lines_bad(lines, "more than %d columns", QUIRE_COLUMNS_MAX);
		for (size_t i = 0; i < count; i++)
			if (!strcmp(table->column[i], word))
				return quire_lines_bad(lines, "there are two columns %s", word);
		if (shape >= QUIRE_NUMBERS && !segments && !strcmp(word, SEGMENT)) {
			segments = true;
			table->segment_at = count;
		} else {
			table->column[count++] = word;
		}
	}
	if (count < (shape == QUIRE_NUMBERS ? 1 : 2))
		return quire_lines_bad(lines, "there are no columns of numbers");
	if (shape == QUIRE_NAMED)
		memmove(table->column, table->column + 1, --count * sizeof(*table->column));
	else if (shape == QUIRE_COMMANDS &&
		 (strcmp(table->column[--count], "comm") || table->segment_at > count))
		return quire_lines_bad(lines, "the last column is not comm");
	table->columns = count;
	if (segments) {
		table->segment = calloc(1, sizeof(*table->segment));
		return table->segment ? 0 : no_memory(lines->error);
	}
	return 0;
}

/* A command has its newlines and backslashes as \ooo. */
static bool unescape(char *text)
{
	char *to = text, *start = text;

	for (; *text; text++) {
		unsigned int byte = 0;

		if (*text != '\\') {
			*to++ = *text;
			continue;
		}
		for (int i = 0; i < 3; i++) {
			if (*++text < '0' || *text > '7')
				return false;
			byte = byte * 8 + *text - '0';
		}
		if (byte != '\n' && byte != '\\')
			return false;
		*to++ = byte;
	}
	*to = '\0';
	return to - start <= QUIRE_NAME_MAX;
}

static int parse_segment(struct quire_table *table, struct quire_lines *lines, char **line)
{
	char *word = quire_word(line);

	if (!word || !quire_is_name(word))
		return quire_lines_bad(lines, "the segment is no name");
	table->segment[table->rows] = word;
	return 0;
}

static int parse_row(struct quire_table *table, enum quire_shape shape, struct quire_lines *lines,
		     char *line)
{
	uint64_t *cell = &table->cell[table->rows * table->columns];
	char *word;

	if (shape == QUIRE_VALUES || shape == QUIRE_NAMED) {
		word = quire_word(&line);
		if (!quire_is_name(word))
			return quire_lines_bad(lines, "does not begin with a name");
		table->label[table->rows] = word;
	}
	for (size_t i = 0; i <= table->columns; i++) {
		if (table->segment && i == table->segment_at && parse_segment(table, lines, &line))
			return -EBADMSG;
		if (i == table->columns)
			break;
		word = quire_word(&line);
		if (!word)
			return quire_lines_bad(lines, "%zu numbers, not %zu", i, table->columns);
		if (!strcmp(word, "-"))
			cell[i] = QUIRE_NONE;
		else if (!quire_number(word, &cell[i]))
			return quire_lines_bad(lines, "\"%.20s\" is no number that fits", word);
	}
	if (shape == QUIRE_COMMANDS) {
		if (!line || !unescape(line))
			return quire_lines_bad(lines, "does not end with a command");
		table->label[table->rows] = line;
	} else if (line) {
		return quire_lines_bad(lines, "more than %zu numbers", table->columns);
	}
	table->rows++;
	return 0;
}

static size_t count_lines(const struct quire_lines *lines)
{
	size_t count = 0;

	for (const char *at = lines->next; at < lines->end; count++)
		at = (const char *)memchr(at, '\n', lines->end - at) + 1;
	return count;
}

static int parse_rows(struct quire_table *table, enum quire_shape shape, struct quire_lines *lines)
{
	size_t rows = count_lines(lines), room = lines->end - lines->next;
	bool has_segment = table->segment;
	char *line;
	int err;

	/* Each number is a digit and a blank at least, so that this bounds the memory. */
	if (rows > room / (2 * table->columns - 1))
		return quire_fail(lines->error, -EBADMSG, "%s has lines that are too short for its %zu columns",
				  lines->what, table->columns);
	table->cell = calloc(rows + 1, table->columns * sizeof(*table->cell));
	if (shape != QUIRE_NUMBERS)
		table->label = calloc(rows + 1, sizeof(*table->label));
	if (table->segment) {
		free(table->segment);
		table->segment = calloc(rows + 1, sizeof(*table->segment));
	}
	if (!table->cell || (shape != QUIRE_NUMBERS && !table->label) || (has_segment && !table->segment))
		return no_memory(lines->error);
	while ((line = quire_lines_next(lines))) {
		err = parse_row(table, shape, lines, line);
		if (err)
			return err;
	}
	return 0;
}

/* A list of values has one column, which no heading names. */
static int parse_values(struct quire_table *table, struct quire_lines *lines)
{
	static char value[] = "value";
	int err;

	if (count_lines(lines) > QUIRE_LINES_MAX)
		return quire_fail(lines->error, -EBADMSG, "%s has more than %d lines", lines->what,
				  QUIRE_LINES_MAX);
	table->column = malloc(sizeof(*table->column));
	if (!table->column)
		return no_memory(lines->error);
	table->column[0] = value;
	table->columns = 1;
	err = parse_rows(table, QUIRE_VALUES, lines);
	if (err)
		return err;
	for (size_t i = 0; i < table->rows; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(table->label[i], table->label[j]))
				return quire_fail(lines->error, -EBADMSG, "%s has %s twice", lines->what,
						  table->label[i]);
	return 0;
}

int quire_table_parse(struct quire_table *table, enum quire_shape shape, const char *what,
		      const char *text, size_t size, struct quire_error *error)
{
	struct quire_lines lines;
	int err;

	*table = (struct quire_table){ };
	err = quire_lines_open(&lines, &table->text, what, text, size, error);
	if (!err && shape == QUIRE_VALUES) {
		err = parse_values(table, &lines);
	} else if (!err) {
		err = parse_heading(table, shape, &lines);
		if (!err)
			err = parse_rows(table, shape, &lines);
	}
	if (err)
		quire_table_free(table);
	return err;
}

void quire_table_free(struct quire_table *table)
{
	free(table->column);
	free(table->label);
	free(table->segment);
	free(table->cell);
	free(table->text);
	*table = (struct quire_table){ };
}

int quire_column(const struct quire_table *table, const char *name)
{
	for (size_t i = 0; i < table->columns; i++)
		if (!strcmp(table->column[i], name))
			return i;
	return -1;
}

uint64_t quire_cell(const struct quire_table *table, size_t row, int column)
{
	return column < 0 ? QUIRE_NONE : table->cell[row * table->columns + column];
}

uint64_t quire_value(const struct quire_table *values, const char *name)
{
	for (size_t i = 0; i < values->rows; i++)
		if (!strcmp(values->label[i], name))
			return values->cell[i];
	return QUIRE_NONE;
}

uint64_t quire_since(uint64_t now, uint64_t before)
{
	return now == QUIRE_NONE || before == QUIRE_NONE || now < before ? now : now - before;
}
