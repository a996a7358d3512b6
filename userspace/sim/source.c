// SPDX-License-Identifier: GPL-2.0
/*
 * A source of bytes: plain, gzip or zstd, told apart by their first bytes.
 *
 * Plain files are read in blocks of 1 MiB straight into the window. Compressed ones go through a block of
 * input; several gzip members or zstd frames in a row are one stream, as the command-line tools have it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "source.h"

#define BLOCK		(1UL << 20)
#define WINDOW_MAX	(16UL << 20)

/* A decompressor and its block of input. */
struct unpack {
	enum { PLAIN, GZIP, ZSTD } kind;
	z_stream gzip;
	ZSTD_DStream *zstd;
	char *in;
	size_t in_at, in_end;
	uint64_t in_offset;	/* of in[0] in the file */
	bool in_eof;
	bool open;		/* within a member or frame */
};

int trace_fail(struct trace_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -1;
}

int source_fail(struct source *source, const char *format, ...)
{
	va_list args;
	int n = snprintf(source->error->text, sizeof(source->error->text), "%s", source->name);

	if (n >= (int)sizeof(source->error->text))
		return -1;
	va_start(args, format);
	vsnprintf(source->error->text + n, sizeof(source->error->text) - n, format, args);
	va_end(args);
	return -1;
}

static ssize_t read_block(struct source *source, char *to, size_t room)
{
	ssize_t n;

	do {
		n = read(source->fd, to, room);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return source_fail(source, ": %s", strerror(errno));
	return n;
}

/* Refill the block of compressed input when it is used up; 0 or -1. */
static int refill(struct source *source)
{
	struct unpack *u = source->unpack;
	ssize_t n;

	if (u->in_at < u->in_end || u->in_eof)
		return 0;
	u->in_offset += u->in_end;
	n = read_block(source, u->in, BLOCK);
	if (n < 0)
		return -1;
	u->in_at = 0;
	u->in_end = n;
	u->in_eof = !n;
	return 0;
}

static int broken(struct source *source, const char *what, const char *why)
{
	struct unpack *u = source->unpack;

	return source_fail(source, ": byte %llu: expected more %s data, found %s",
			   (unsigned long long)(u->in_offset + u->in_at), what, why);
}

static int inflate_some(struct source *source, char *to, size_t room, size_t *made)
{
	struct unpack *u = source->unpack;
	int ret;

	u->gzip.next_in = (Bytef *)u->in + u->in_at;
	u->gzip.avail_in = u->in_end - u->in_at;
	u->gzip.next_out = (Bytef *)to;
	u->gzip.avail_out = room;
	ret = inflate(&u->gzip, Z_NO_FLUSH);
	u->in_at = u->in_end - u->gzip.avail_in;
	*made = room - u->gzip.avail_out;
	if (ret == Z_STREAM_END) {
		u->open = false;
		inflateReset(&u->gzip);
		return 0;
	}
	if (ret != Z_OK && ret != Z_BUF_ERROR)
		return broken(source, "gzip", u->gzip.msg ? u->gzip.msg : "garbage");
	u->open = true;
	return 0;
}

static int unzstd_some(struct source *source, char *to, size_t room, size_t *made)
{
	struct unpack *u = source->unpack;
	ZSTD_inBuffer in = { u->in, u->in_end, u->in_at };
	ZSTD_outBuffer out = { to, room, 0 };
	size_t ret = ZSTD_decompressStream(u->zstd, &out, &in);

	if (ZSTD_isError(ret))
		return broken(source, "zstd", ZSTD_getErrorName(ret));
	u->in_at = in.pos;
	*made = out.pos;
	u->open = ret != 0;
	return 0;
}

/* Decompress into @to; the number of bytes, 0 at the end, -1. */
static ssize_t unpack_block(struct source *source, char *to, size_t room)
{
	struct unpack *u = source->unpack;
	size_t made = 0;
	int ret;

	while (!made) {
		if (refill(source))
			return -1;
		if (u->in_at == u->in_end && !u->open)
			return 0;
		if (u->kind == GZIP)
			ret = inflate_some(source, to, room, &made);
		else
			ret = unzstd_some(source, to, room, &made);
		if (ret)
			return -1;
		if (!made && u->open && u->in_eof)
			return broken(source, u->kind == GZIP ? "gzip" : "zstd",
				      "the end of the file");
	}
	return made;
}

/* Look at the first bytes and set up the decompressor; what was read becomes its input or the window. */
static int choose_unpack(struct source *source)
{
	static const unsigned char zstd_magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };
	struct unpack *u = source->unpack;
	const unsigned char *magic = (unsigned char *)u->in;
	ssize_t n;

	while (u->in_end < 4) {
		n = read_block(source, u->in + u->in_end, BLOCK - u->in_end);
		if (n < 0)
			return -1;
		if (!n)
			break;
		u->in_end += n;
	}
	if (u->in_end >= 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
		if (inflateInit2(&u->gzip, 15 + 16) != Z_OK)
			return source_fail(source, ": no memory for zlib");
		u->kind = GZIP;
	} else if (u->in_end >= 4 && !memcmp(magic, zstd_magic, 4)) {
		u->zstd = ZSTD_createDStream();
		if (!u->zstd)
			return source_fail(source, ": no memory for libzstd");
		u->kind = ZSTD;
	}
	return 0;
}

int source_open(struct source *source, const char *path, struct trace_error *error)
{
	struct unpack *u = calloc(1, sizeof(*u));

	memset(source, 0, sizeof(*source));
	source->error = error;
	source->unpack = u;
	source->name = strcmp(path, "-") ? path : "standard input";
	source->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (source->fd < 0) {
		source_fail(source, ": %s", strerror(errno));
		free(u);
		return -1;
	}
	posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	source->room = BLOCK + 1;	/* a byte to end the last line with */
	source->window = malloc(source->room);
	if (u)
		u->in = malloc(BLOCK);
	if (!source->window || !u || !u->in) {
		source_fail(source, ": no memory");
		source_close(source);
		return -1;
	}
	source->at = source->window;
	source->end = source->window;
	if (choose_unpack(source)) {
		source_close(source);
		return -1;
	}
	if (u->kind == PLAIN) {
		memcpy(source->window, u->in, u->in_end);
		source->end += u->in_end;
		free(u->in);
		u->in = NULL;
	}
	return 0;
}

int source_more(struct source *source)
{
	size_t kept = source->end - source->at;
	char *to;
	ssize_t n;

	if (source->eof)
		return 0;
	if (kept + 1 >= source->room) {
		size_t room = 2 * source->room;
		char *window;

		if (room > WINDOW_MAX)
			return source_fail(source, ": byte %llu: expected a line, found 8 MiB without an end",
				   (unsigned long long)source_where(source, source->at));
		window = malloc(room);
		if (!window)
			return source_fail(source, ": no memory");
		source->offset += source->at - source->window;
		memcpy(window, source->at, kept);
		free(source->window);
		source->window = window;
		source->room = room;
	} else {
		source->offset += source->at - source->window;
		memmove(source->window, source->at, kept);
	}
	source->at = source->window;
	source->end = source->window + kept;
	to = source->window + kept;
	if (source->unpack->kind == PLAIN)
		n = read_block(source, to, source->room - 1 - kept);
	else
		n = unpack_block(source, to, source->room - 1 - kept);
	if (n < 0)
		return -1;
	source->end += n;
	source->eof = !n;
	return 0;
}

int source_need(struct source *source, size_t bytes)
{
	while ((size_t)(source->end - source->at) < bytes && !source->eof)
		if (source_more(source))
			return -1;
	return 0;
}

int source_lines(struct source *source, const char **end)
{
	for (;;) {
		const char *last = NULL;

		if (source->at < source->end)
			last = memrchr(source->at, '\n', source->end - source->at);
		if (last) {
			*end = last + 1;
			return 1;
		}
		if (source->eof) {
			if (source->at == source->end)
				return 0;
			source->window[source->end - source->window] = '\n';
			*end = ++source->end;
			return 1;
		}
		if (source_more(source))
			return -1;
	}
}

void source_close(struct source *source)
{
	struct unpack *u = source->unpack;

	if (u) {
		if (u->kind == GZIP)
			inflateEnd(&u->gzip);
		ZSTD_freeDStream(u->zstd);
		free(u->in);
		free(u);
	}
	free(source->window);
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	memset(source, 0, sizeof(*source));
	source->fd = -1;
}
