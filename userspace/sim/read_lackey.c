// SPDX-License-Identifier: GPL-2.0
/*
 * The output of valgrind --tool=lackey --trace-mem=yes:
 *
 *	I  04000a60,3		instruction fetch of 3 bytes
 *	 L 1ffefffe98,8		load
 *	 S 1ffefffe90,8		store
 *	 M 04222e08,8		modify: one reference, a write
 *
 * An access that crosses the end of a page is a reference to each page. Valgrind's own messages, ==PID== and
 * --PID--, are no references. Anything else, such as output of the traced program, is an error.
 */
#include <string.h>

#include "reader.h"

static int parse_hex(const char **at, uint64_t *value)
{
	const char *start = *at, *p;
	uint64_t v = 0;

	for (p = start; ; p++) {
		unsigned int digit = (unsigned char)*p - '0';

		if (digit > 9) {
			digit = ((unsigned char)*p | 0x20) - 'a' + 10;
			if (digit < 10 || digit > 15)
				break;
		}
		if (v >> 60)
			return -1;
		v = v << 4 | digit;
	}
	*at = p;
	*value = v;
	return p == start ? -1 : 0;
}

/* One line; behind it, or NULL. */
static const char *parse_line(struct trace_reader *reader, const char *at)
{
	const char *start = at, *number;
	uint64_t address, size;
	bool write;

	if (*at == '\n' || !memcmp(at, "==", 2) || !memcmp(at, "--", 2))
		return (const char *)rawmemchr(at, '\n') + 1;
	write = at[0] == ' ' && (at[1] == 'S' || at[1] == 'M');
	if (!(write || (at[0] == ' ' && at[1] == 'L') || (at[0] == 'I' && at[1] == ' ')) || at[2] != ' ') {
		reader_bad_line(reader, "\"I  \", \" L \", \" S \" or \" M \"", at);
		return NULL;
	}
	at += 3;
	if (parse_hex(&at, &address)) {
		reader_bad_line(reader, "a hexadecimal address", at);
		return NULL;
	}
	if (*at != ',') {
		reader_bad_line(reader, "a comma", at);
		return NULL;
	}
	number = ++at;
	if (reader_number(&at, &size) || !size) {
		reader_bad_line(reader, "a size of at least 1 byte", number);
		return NULL;
	}
	if (*at == '\r')
		at++;
	if (*at != '\n') {
		reader_bad_line(reader, "the end of the line", at);
		return NULL;
	}
	if (reader_access(reader, address, size, write)) {
		reader_bad_line(reader, "an access that ends within 64 bits of address", start);
		return NULL;
	}
	return at + 1;
}

static long read_lackey(struct trace_reader *reader, struct trace_ref *refs, size_t max)
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
			next = parse_line(reader, source->at);
			if (!next)
				return -1;
			source->at = next;
			n += reader_flush(reader, refs + n, max - n);
		}
	}
	return n;
}

const struct reader_kind reader_lackey = { .read = read_lackey };
