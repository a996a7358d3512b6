/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the readers of the single formats share. Each format is one file and one line in reader.c.
 */
#ifndef QUIRE_READER_H
#define QUIRE_READER_H

#include "source.h"

/**
 * struct trace_reader - a trace being read
 * @source: its bytes
 * @options: how to read it
 * @format: what it is
 * @kind: how that format is read
 * @shift: log2 of the page size
 * @line: lines read, for messages
 * @first: first page of an access that is not yet given out
 * @left: pages of that access not yet given out
 * @write: whether that access writes
 * @seen: references read, with those that were not sampled
 * @private: the format's own state
 */
struct trace_reader {
	struct source source;
	struct trace_options options;
	enum trace_format format;
	const struct reader_kind *kind;
	unsigned int shift;
	uint64_t line;
	uint64_t first, left;
	bool write;
	uint64_t seen;
	void *private;
};

/**
 * struct reader_kind - a format
 * @start: look at the head of the file; 0 or -1; may be NULL
 * @read: the next references, as trace_read()
 * @stop: free @private; may be NULL
 */
struct reader_kind {
	int (*start)(struct trace_reader *reader);
	long (*read)(struct trace_reader *reader, struct trace_ref *refs, size_t max);
	void (*stop)(struct trace_reader *reader);
};

extern const struct reader_kind reader_text, reader_csv, reader_lackey, reader_oracle, reader_quire;

/* Magic of quire's own format, see docs/trace-format.md. */
#define QUIRE_TRACE_MAGIC "quiretrc"

/**
 * reader_bad_line() - complain about the current line
 * @reader: the reader; @line counts the current one
 * @expected: what should have been there
 * @at: where it is missing
 *
 * Return: -1.
 */
int reader_bad_line(struct trace_reader *reader, const char *expected, const char *at);

/**
 * reader_number() - parse a decimal or 0x number
 * @at: first character, moved behind the number; the text ends by something that is no digit
 * @value: set
 *
 * Return: 0, or -1 if there is no number or it does not fit in 64 bits.
 */
static inline int reader_number(const char **at, uint64_t *value)
{
	const char *p = *at;
	uint64_t v = 0;
	unsigned int digit = (unsigned char)*p - '0';

	if (digit > 9)
		return -1;
	if (digit == 0 && (p[1] | 0x20) == 'x') {
		const char *start = p += 2;

		for (;; p++) {
			digit = (unsigned char)*p - '0';
			if (digit > 9) {
				digit = ((unsigned char)*p | 0x20) - 'a' + 10;
				if (digit < 10 || digit > 15)
					break;
			}
			if (v >> 60)
				return -1;
			v = v << 4 | digit;
		}
		if (p == start)
			return -1;
	} else {
		do {
			if (v > (UINT64_MAX - digit) / 10)
				return -1;
			v = v * 10 + digit;
			digit = (unsigned char)*++p - '0';
		} while (digit <= 9);
	}
	*at = p;
	*value = v;
	return 0;
}

/**
 * reader_access() - an access to bytes becomes references to pages
 * @reader: the reader; takes the pages, given out by reader_flush()
 * @address: first byte
 * @size: bytes; 0 touches the page of @address all the same
 * @write: whether it writes
 *
 * Return: 0, or -1 if the access does not end within 64 bits of address.
 */
static inline int reader_access(struct trace_reader *reader, uint64_t address, uint64_t size,
				bool write)
{
	uint64_t last = address + (size ? size - 1 : 0);

	if (last < address)
		return -1;
	reader->first = address >> reader->shift;
	reader->left = (last >> reader->shift) - reader->first + 1;
	reader->write = write;
	return 0;
}

/**
 * reader_flush() - give out pages of the access at hand
 * @reader: the reader
 * @refs: filled in
 * @max: room
 *
 * Return: the number of references given.
 */
static inline size_t reader_flush(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	size_t n = 0;

	while (n < max && reader->left) {
		refs[n].page = reader->first++;
		refs[n++].write = reader->write;
		reader->left--;
	}
	return n;
}

#endif
