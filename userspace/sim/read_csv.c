// SPDX-License-Identifier: GPL-2.0
/*
 * CSV with chosen columns, and the MSR Cambridge block traces, which are CSV with known columns:
 *
 *	Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime
 *	128166372003061629,usr,0,Read,7014609920,24576,41286
 *
 * A field may be quoted. With a size column the page column holds byte addresses, and an access touches each
 * page from its first byte to its last.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reader.h"

enum { PAGE, WRITE, SIZE, WANTED };

/**
 * struct csv - how to read the lines
 * @column: where each wanted field is, from 1; 0: nowhere
 * @fields: number of fields each line must have; 0: any
 * @separator: between fields
 * @bytes: the page column holds byte addresses
 */
struct csv {
	unsigned int column[WANTED];
	unsigned int fields;
	char separator;
	bool bytes;
};

static const char *const wanted_names[WANTED] = { "page", "write", "size" };

/* A field: without quotes and blanks around it. */
struct field {
	const char *at, *end;
};

/* Cut the field at @at; behind its separator, or at the newline, and then there is no @more. */
static const char *cut(const struct csv *csv, const char *at, struct field *field, bool *more)
{
	while (*at == ' ' && csv->separator != ' ')
		at++;
	if (*at == '"') {
		field->at = ++at;
		while (*at != '"' && *at != '\n')
			at++;
		field->end = at;
		while (*at != csv->separator && *at != '\n')
			at++;
	} else {
		field->at = at;
		while (*at != csv->separator && *at != '\n')
			at++;
		field->end = at;
		while (field->end > field->at && (field->end[-1] == ' ' || field->end[-1] == '\r'))
			field->end--;
	}
	*more = *at != '\n';
	return at + *more;
}

/* Find a column of the header line by name; its number from 1, or 0. */
static unsigned int find_column(const struct csv *csv, const char *header, const char *name,
				size_t length)
{
	struct field field;
	bool more = true;

	for (unsigned int i = 1; more; i++) {
		header = cut(csv, header, &field, &more);
		if ((size_t)(field.end - field.at) == length && !memcmp(field.at, name, length))
			return i;
	}
	return 0;
}

/* Parse "page=1,write=Type"; @header is the first line, where names are looked up. */
static int parse_columns(struct trace_reader *reader, struct csv *csv, const char *header,
			 bool *named)
{
	const char *at = reader->options.columns ? reader->options.columns : "page=1";

	while (*at) {
		const char *comma = strchrnul(at, ',');
		const char *equals = memchr(at, '=', comma - at);
		const char *value = equals ? equals + 1 : at;
		uint64_t number;
		int which = -1;

		for (int i = 0; i < WANTED && equals; i++)
			if (strlen(wanted_names[i]) == (size_t)(equals - at) &&
			    !memcmp(wanted_names[i], at, equals - at))
				which = i;
		if (which < 0 || value == comma)
			return source_fail(&reader->source, ": columns \"%s\": expected page=, write= or size= and a column, found \"%s\"",
					   reader->options.columns, at);
		if (*value >= '0' && *value <= '9') {
			const char *end = value;

			if (reader_number(&end, &number) || end != comma || !number || number > 10000)
				return source_fail(&reader->source, ": columns: expected a column from 1 to 10000, found \"%s\"",
						   value);
			csv->column[which] = number;
		} else {
			csv->column[which] = find_column(csv, header, value, comma - value);
			*named = true;
			if (!csv->column[which])
				return source_fail(&reader->source, ":1: expected a column \"%.*s\" in the header, found none",
						   (int)(comma - value), value);
		}
		at = *comma ? comma + 1 : comma;
	}
	if (!csv->column[PAGE])
		return source_fail(&reader->source, ": columns \"%s\": expected page= among them",
				   reader->options.columns);
	return 0;
}

static int start_csv(struct trace_reader *reader)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	bool header = reader->options.header;
	const char *end;
	int ret;

	if (!csv)
		return source_fail(&reader->source, ": no memory");
	reader->private = csv;
	csv->separator = reader->options.separator ? reader->options.separator : ',';
	if (reader->format == TRACE_MSR) {
		csv->column[PAGE] = 5;
		csv->column[WRITE] = 4;
		csv->column[SIZE] = 6;
		csv->fields = 7;
		csv->bytes = true;
		return 0;
	}
	ret = source_lines(&reader->source, &end);
	if (ret < 0)
		return -1;
	if (parse_columns(reader, csv, ret ? reader->source.at : "\n", &header))
		return -1;
	csv->bytes = reader->options.addresses || csv->column[SIZE];
	if (header && ret) {
		reader->source.at = (const char *)rawmemchr(reader->source.at, '\n') + 1;
		reader->line++;
	}
	return 0;
}

static bool is_word(const struct field *field, const char *word)
{
	size_t length = field->end - field->at;

	return strlen(word) == length && !strncasecmp(word, field->at, length);
}

/* Does the word in a write column say write?  0, 1, or -1 for no known word. */
static int parse_write(const struct field *field)
{
	static const char *const words[2][8] = {
		{ "r", "read", "0", "false", "l", "load", "get" },
		{ "w", "write", "1", "true", "s", "store", "set", "m" },
	};

	for (int write = 0; write < 2; write++)
		for (int i = 0; i < 8 && words[write][i]; i++)
			if (is_word(field, words[write][i]))
				return write;
	return -1;
}

static int parse_value(struct trace_reader *reader, const struct field *field, const char *expected,
		       uint64_t *value)
{
	const char *at = field->at;

	if (at == field->end || reader_number(&at, value) || at != field->end)
		return reader_bad_line(reader, expected, field->at);
	return 0;
}

/* One line into the access at hand; behind it, or NULL. */
static const char *parse_line(struct trace_reader *reader, const struct csv *csv, const char *at)
{
	struct field field, found[WANTED] = { };
	const char *start = at;
	unsigned int i = 0;
	bool more = true;
	uint64_t page = 0, size = 0;
	int write = 0;

	while (more) {
		at = cut(csv, at, &field, &more);
		i++;
		for (int w = 0; w < WANTED; w++)
			if (csv->column[w] == i)
				found[w] = field;
	}
	if (csv->fields && i != csv->fields) {
		reader_bad_line(reader, "7 fields", start);
		return NULL;
	}
	for (int w = 0; w < WANTED; w++) {
		if (csv->column[w] && !found[w].at) {
			reader_bad_line(reader, "a line with all the chosen columns", start);
			return NULL;
		}
	}
	if (parse_value(reader, &found[PAGE], "a page or an address of at most 64 bits, decimal or 0x",
			&page))
		return NULL;
	if (csv->column[WRITE]) {
		write = parse_write(&found[WRITE]);
		if (write < 0) {
			reader_bad_line(reader, "read or write (R, W, 0, 1)", found[WRITE].at);
			return NULL;
		}
	}
	if (csv->column[SIZE] && parse_value(reader, &found[SIZE], "a size in bytes", &size))
		return NULL;
	if (!csv->bytes) {
		reader->first = page;
		reader->left = 1;
		reader->write = write;
	} else if (reader_access(reader, page, size, write)) {
		reader_bad_line(reader, "an access that ends within 64 bits of address", start);
		return NULL;
	}
	return at + 1;
}

static long read_csv(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	struct source *source = &reader->source;
	size_t n = reader_flush(reader, refs, max);
	const char *end;

	while (!n) {
		int ret = source_lines(source, &end);

		if (ret <= 0)
			return ret;
		while (source->at < end && n < max) {
			const char *next;

			reader->line++;
			if (*source->at == '\n' || *source->at == '#') {
				source->at = (const char *)rawmemchr(source->at, '\n') + 1;
				continue;
			}
			next = parse_line(reader, reader->private, source->at);
			if (!next)
				return -1;
			source->at = next;
			n += reader_flush(reader, refs + n, max - n);
		}
	}
	return n;
}

static void stop_csv(struct trace_reader *reader)
{
	free(reader->private);
}

const struct reader_kind reader_csv = {
	.start = start_csv,
	.read = read_csv,
	.stop = stop_csv,
};
