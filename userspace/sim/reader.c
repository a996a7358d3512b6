// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a trace: which format it is, and the common part of reading.
 */
#include <stdlib.h>
#include <string.h>

#include "reader.h"

static const struct {
	const char *name;
	const struct reader_kind *kind;
} formats[] = {
	[TRACE_AUTO] = { "auto", NULL },
	[TRACE_TEXT] = { "text", &reader_text },
	[TRACE_CSV] = { "csv", &reader_csv },
	[TRACE_LACKEY] = { "lackey", &reader_lackey },
	[TRACE_MSR] = { "msr", &reader_csv },
	[TRACE_ORACLE] = { "oracle", &reader_oracle },
	[TRACE_QUIRE] = { "quire", &reader_quire },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

int trace_format_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcmp(formats[i].name, name))
			return i;
	return -1;
}

const char *trace_format_name(enum trace_format format)
{
	return formats[format].name;
}

int reader_bad_line(struct trace_reader *reader, const char *expected, const char *at)
{
	char found[32];
	size_t n = 0;

	while (n < sizeof(found) - 1 && at[n] != '\n' && at[n] != '\r') {
		found[n] = (unsigned char)at[n] < ' ' || at[n] == 0x7f ? '?' : at[n];
		n++;
	}
	found[n] = 0;
	return source_fail(&reader->source, ":%llu: expected %s, found %s%s%s",
			   (unsigned long long)reader->line, expected,
			   n ? "\"" : "the end of the line", found, n ? "\"" : "");
}

/* A line such as "128166372003061629,usr,0,Read,7014609920,24576,41286"? */
static bool looks_msr(const char *at, const char *end)
{
	int field = 0;
	bool typed = false;

	for (; at < end; at++) {
		if (*at != ',')
			continue;
		field++;
		if (field == 3)
			typed = end - at > 6 && (!strncasecmp(at, ",Read,", 6) ||
						 !strncasecmp(at, ",Write,", 7));
	}
	return field == 6 && typed;
}

/* "I  04000000,3" or " L 1ffe,8", or a message of valgrind's, "==123== ..." */
static bool looks_lackey(const char *at, const char *end)
{
	if (end - at > 2 && at[0] == '=' && at[1] == '=' && at[2] >= '0' && at[2] <= '9')
		return true;
	if (end - at < 4 || at[2] != ' ')
		return false;
	return at[0] == 'I' || (at[0] == ' ' && strchr("LSM", at[1]));
}

static bool looks_text(const char *at)
{
	uint64_t value;

	return !reader_number(&at, &value) && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n');
}

static enum trace_format detect_line(struct trace_reader *reader, const char *at, const char *end)
{
	if (looks_lackey(at, end))
		return TRACE_LACKEY;
	if (looks_msr(at, end))
		return TRACE_MSR;
	if (reader->options.columns)
		return TRACE_CSV;
	while (*at == ' ' || *at == '\t')
		at++;
	return looks_text(at) ? TRACE_TEXT : TRACE_AUTO;
}

/* Find the format by the first line that is neither blank nor a comment; 0 or -1. */
static int detect(struct trace_reader *reader)
{
	struct source *source = &reader->source;
	const char *at, *end;
	int ret;

	if (source_need(source, 64))
		return -1;
	if (source->end - source->at >= 8 && !memcmp(source->at, QUIRE_TRACE_MAGIC, 8)) {
		reader->format = TRACE_QUIRE;
		return 0;
	}
	for (at = source->at; at < source->end && at < source->at + 64; at++) {
		if (!*at || ((unsigned char)*at < ' ' && !strchr("\t\r\n\f", *at))) {
			reader->format = TRACE_ORACLE;
			return 0;
		}
	}
	ret = source_lines(source, &end);
	if (ret < 0)
		return -1;
	if (!ret) {
		reader->format = TRACE_TEXT;
		return 0;
	}
	for (at = source->at; at < end; ) {
		const char *next = memchr(at, '\n', end - at);

		if (*at != '#' && *at != '\n' && *at != '\r') {
			reader->format = detect_line(reader, at, next);
			break;
		}
		reader->line++;
		at = next + 1;
	}
	if (at == end)
		reader->format = TRACE_TEXT;
	if (reader->format == TRACE_AUTO) {
		reader->line++;
		return reader_bad_line(reader, "a trace in a format known by sight (or name it with --format, and the columns of CSV with --columns)",
				       at);
	}
	reader->line = 0;
	return 0;
}

/* Does the trace hold byte addresses, of which pages are made here? */
static bool has_addresses(const struct trace_reader *reader)
{
	const struct trace_options *options = &reader->options;

	switch (reader->format) {
	case TRACE_LACKEY:
	case TRACE_MSR:
		return true;
	case TRACE_TEXT:
		return options->addresses;
	case TRACE_CSV:
		return options->addresses || (options->columns && strstr(options->columns, "size="));
	default:
		return false;
	}
}

static int start(struct trace_reader *reader)
{
	uint64_t size = reader->options.page_size ? reader->options.page_size : 4096;

	if (size & (size - 1))
		return source_fail(&reader->source, ": a page of %llu bytes is not a power of two",
				   (unsigned long long)size);
	reader->shift = __builtin_ctzll(size);
	reader->format = reader->options.format;
	if (reader->format == TRACE_AUTO && detect(reader))
		return -1;
	if (reader->options.grain && has_addresses(reader))
		reader->shift = __builtin_ctzll(reader->options.grain);
	reader->kind = formats[reader->format].kind;
	return reader->kind->start ? reader->kind->start(reader) : 0;
}

struct trace_reader *trace_open(const char *path, const struct trace_options *options,
				struct trace_error *error)
{
	struct trace_reader *reader = calloc(1, sizeof(*reader));

	if (!reader) {
		strcpy(error->text, "no memory");
		return NULL;
	}
	if (options)
		reader->options = *options;
	if (source_open(&reader->source, path, error)) {
		free(reader);
		return NULL;
	}
	if (start(reader)) {
		trace_close(reader);
		return NULL;
	}
	return reader;
}

long trace_read(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	double sample = reader->options.sample;
	bool all = !(sample > 0 && sample < 1);
	uint64_t limit = all ? 0 : (uint64_t)(sample * 0x1p64);
	long n, kept = 0;

	while (!kept) {
		n = reader->kind->read(reader, refs, max);
		if (n <= 0)
			return n;
		reader->seen += n;
		if (all)
			return n;
		for (long i = 0; i < n; i++) {
			refs[kept] = refs[i];
			kept += trace_hash(refs[i].page) < limit;
		}
	}
	return kept;
}

uint64_t trace_seen(const struct trace_reader *reader)
{
	return reader->seen;
}

enum trace_format trace_reader_format(const struct trace_reader *reader)
{
	return reader->format;
}

uint64_t trace_page_size(const struct trace_reader *reader)
{
	return 1ULL << reader->shift;
}

void trace_close(struct trace_reader *reader)
{
	if (!reader)
		return;
	if (reader->kind && reader->kind->stop)
		reader->kind->stop(reader);
	source_close(&reader->source);
	free(reader);
}
