/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A source of bytes: a file or standard input, decompressed on the way, seen through a window that the
 * readers parse in place.
 */
#ifndef QUIRE_SOURCE_H
#define QUIRE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace.h"

/**
 * struct source - a stream of bytes and the window on it
 * @at: first byte not consumed; readers advance it
 * @end: end of the bytes in the window
 * @offset: bytes of the (decompressed) stream before the window's first byte
 * @eof: nothing comes after @end
 */
struct source {
	const char *at, *end;
	uint64_t offset;
	bool eof;
	/* private: */
	char *window;
	size_t room;
	const char *name;
	struct trace_error *error;
	int fd;
	struct unpack *unpack;
};

/**
 * source_open() - open a file
 * @source: filled in
 * @path: the file, "-" for standard input
 * @error: filled in on failure, here and later
 *
 * Return: 0 or -1.
 */
int source_open(struct source *source, const char *path, struct trace_error *error);

/**
 * source_more() - read on, keeping what is not consumed
 * @source: the source
 *
 * At least one byte is added unless the stream has ended. If the window is full of unconsumed bytes, it grows
 * up to 16 MiB, beyond which the data is not what the reader thinks it is and the call fails.
 *
 * Return: 0 or -1.
 */
int source_more(struct source *source);

/**
 * source_need() - have some bytes in the window
 * @source: the source
 * @bytes: how many
 *
 * Return: 0 with at least @bytes in the window or @source->eof set, or -1.
 */
int source_need(struct source *source, size_t bytes);

/**
 * source_lines() - have whole lines in the window
 * @source: the source
 * @end: set to the end of the last whole line
 *
 * The last line of a file that does not end it gets its newline. The byte before *end is a newline.
 *
 * Return: 1, 0 at the end of the stream, or -1.
 */
int source_lines(struct source *source, const char **end);

/**
 * source_where() - position of a byte in the decompressed stream
 * @source: the source
 * @at: a place in the window
 */
static inline uint64_t source_where(const struct source *source, const char *at)
{
	return source->offset + (uint64_t)(at - source->window);
}

/**
 * source_close() - close it
 * @source: opened by source_open()
 */
void source_close(struct source *source);

/**
 * source_fail() - say what is wrong with the file
 * @source: the source
 * @format: what, as for printf
 *
 * Return: -1.
 */
int source_fail(struct source *source, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
