// SPDX-License-Identifier: GPL-2.0
/*
 * Plain text: on each line a page number, or a byte address with --addresses, decimal or 0x, and after blanks
 * or a comma an optional mark, R or W. Blank lines and lines that begin with # are no references.
 */
#include "reader.h"

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* What stands behind the number: an optional mark and the end of the line; behind it, or NULL. */
static const char *parse_rest(struct trace_reader *reader, const char *at, bool *write)
{
	const char *mark = skip_blanks(at);

	if (*mark == ',')
		mark = skip_blanks(mark + 1);
	switch (*mark) {
	case 'W': case 'w':
		*write = true;
		/* fall through */
	case 'R': case 'r':
		if (mark == at)
			break;
		at = skip_blanks(mark + 1);
		if (*at == '\r')
			at++;
		if (*at == '\n')
			return at + 1;
		mark = at;
		break;
	case '\r':
		mark++;
		/* fall through */
	case '\n':
		if (*mark == '\n' && mark[-1] != ',')
			return mark + 1;
		break;
	}
	reader_bad_line(reader, "R, W or the end of the line", mark);
	return NULL;
}

static long read_text(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	struct source *source = &reader->source;
	unsigned int shift = reader->options.addresses ? reader->shift : 0;
	const char *end;
	size_t n = 0;

	while (!n) {
		int ret = source_lines(source, &end);
		const char *at = source->at;

		if (ret <= 0)
			return ret;
		while (at < end && n < max) {
			const char *start = at;
			uint64_t value;
			bool write = false;

			reader->line++;
			if (reader_number(&at, &value)) {
				at = skip_blanks(start);
				if (*at == '#' || *at == '\n' || (*at == '\r' && at[1] == '\n')) {
					while (*at++ != '\n')
						;
					continue;
				}
				if (reader_number(&at, &value))
					return reader_bad_line(reader, "a number of at most 64 bits, decimal or 0x", start);
			}
			if (*at == '\n') {
				at++;
			} else {
				at = parse_rest(reader, at, &write);
				if (!at)
					return -1;
			}
			refs[n].page = value >> shift;
			refs[n++].write = write;
		}
		source->at = at;
	}
	return n;
}

const struct reader_kind reader_text = { .read = read_text };
