// SPDX-License-Identifier: GPL-2.0
/*
 * Writing traces: quire's own format (quire_format.h), text, CSV and oracleGeneral.
 */
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "quire_format.h"
#include "reader.h"

/**
 * struct trace_writer - a trace being written
 * @file: where to
 * @path: its name, to remove it if it stays incomplete
 * @error: where failures are told
 * @format: of the trace
 * @failed: something went wrong; nothing more is written
 * @zstd: the compressor, TRACE_QUIRE
 * @out: its output
 * @block: the block being filled: header and references
 * @used: bytes in @block
 * @refs: references in @block
 * @page: the page before
 * @total: references in all
 * @held: all references, TRACE_ORACLE
 * @room: room in @held
 */
struct trace_writer {
	FILE *file;
	char *path;
	struct trace_error *error;
	enum trace_format format;
	bool failed;
	ZSTD_CStream *zstd;
	uint8_t *out;
	uint8_t *block;
	size_t used;
	uint32_t refs;
	uint64_t page;
	uint64_t total;
	struct trace_ref *held;
	uint64_t room;
};

static int fail(struct trace_writer *writer, const char *why)
{
	if (!writer->failed)
		snprintf(writer->error->text, sizeof(writer->error->text), "%s: %s", writer->path, why);
	writer->failed = true;
	return -1;
}

static int put(struct trace_writer *writer, const void *data, size_t size)
{
	if (size && fwrite(data, size, 1, writer->file) != 1)
		return fail(writer, strerror(errno));
	return 0;
}

static int compress(struct trace_writer *writer, const void *data, size_t size, ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = { data, size, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { writer->out, ZSTD_CStreamOutSize(), 0 };

		left = ZSTD_compressStream2(writer->zstd, &out, &in, how);
		if (ZSTD_isError(left))
			return fail(writer, ZSTD_getErrorName(left));
		if (put(writer, writer->out, out.pos))
			return -1;
	} while (how == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return 0;
}

static int flush_block(struct trace_writer *writer)
{
	uint32_t refs = htole32(writer->refs);
	uint32_t bytes = htole32(writer->used - QUIRE_BLOCK_HEADER);
	size_t size = writer->used;

	if (!writer->refs)
		return 0;
	memcpy(writer->block, &refs, 4);
	memcpy(writer->block + 4, &bytes, 4);
	writer->used = QUIRE_BLOCK_HEADER;
	writer->refs = 0;
	writer->page = 0;
	return compress(writer, writer->block, size, ZSTD_e_continue);
}

static int write_quire(struct trace_writer *writer, const struct trace_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t folded = quire_fold(refs[i].page - writer->page);
		uint8_t *p = writer->block + writer->used;
		uint8_t byte = (folded & 0x3f) << 1 | refs[i].write;

		folded >>= 6;
		while (folded) {
			*p++ = byte | 0x80;
			byte = folded & 0x7f;
			folded >>= 7;
		}
		*p++ = byte;
		writer->used = p - writer->block;
		writer->page = refs[i].page;
		if (++writer->refs == QUIRE_BLOCK_REFS && flush_block(writer))
			return -1;
	}
	return 0;
}

static int write_lines(struct trace_writer *writer, const struct trace_ref *refs, size_t count)
{
	const char *mark[2] = { "\n", " W\n" };

	if (writer->format == TRACE_CSV) {
		mark[0] = ",R\n";
		mark[1] = ",W\n";
	}
	for (size_t i = 0; i < count; i++)
		if (fprintf(writer->file, "%llu%s", (unsigned long long)refs[i].page,
			    mark[refs[i].write]) < 0)
			return fail(writer, strerror(errno));
	return 0;
}

static int hold(struct trace_writer *writer, const struct trace_ref *refs, size_t count)
{
	if (writer->total + count > writer->room) {
		uint64_t room = 2 * (writer->total + count);
		struct trace_ref *held = realloc(writer->held, room * sizeof(*held));

		if (!held)
			return fail(writer, "no memory");
		writer->held = held;
		writer->room = room;
	}
	memcpy(writer->held + writer->total, refs, count * sizeof(*refs));
	return 0;
}

/* All references are known: find when each page comes next, backwards, and write the records. */
static int write_oracle(struct trace_writer *writer)
{
	struct trace *trace = trace_build(writer->path, writer->held, writer->total, 4096);
	uint64_t *next = NULL, *seen = NULL;
	int ret = 0;

	if (trace) {
		next = malloc(trace->refs.requests * sizeof(*next));
		seen = calloc(trace->refs.pages + 1UL, sizeof(*seen));
	}
	if (!next || !seen)
		ret = fail(writer, "no memory");
	for (uint64_t i = ret ? 0 : writer->total; i-- > 0; ) {
		next[i] = seen[trace->refs.page[i]] ? seen[trace->refs.page[i]] : UINT64_MAX;
		seen[trace->refs.page[i]] = i + 1;	/* requests are counted from 1 */
	}
	for (uint64_t i = 0; i < writer->total && !ret; i++) {
		uint8_t record[24];
		uint32_t time = htole32(i / 1000000), size = htole32(1);
		uint64_t object = htole64(writer->held[i].page), when = htole64(next[i]);

		memcpy(record, &time, 4);
		memcpy(record + 4, &object, 8);
		memcpy(record + 12, &size, 4);
		memcpy(record + 16, &when, 8);
		ret = put(writer, record, sizeof(record));
	}
	free(next);
	free(seen);
	trace_free(trace);
	return ret;
}

static int start_quire(struct trace_writer *writer, uint64_t page_size)
{
	uint8_t header[QUIRE_TRACE_HEADER] = QUIRE_TRACE_MAGIC;
	uint32_t version = htole32(QUIRE_TRACE_VERSION), size = htole32(page_size);

	writer->zstd = ZSTD_createCStream();
	writer->out = malloc(ZSTD_CStreamOutSize());
	writer->block = malloc(QUIRE_BLOCK_HEADER + QUIRE_BLOCK_REFS * QUIRE_REF_MAX);
	if (!writer->zstd || !writer->out || !writer->block)
		return fail(writer, "no memory");
	ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_compressionLevel, 3);
	ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_checksumFlag, 1);
	writer->used = QUIRE_BLOCK_HEADER;
	memcpy(header + 8, &version, 4);
	memcpy(header + 12, &size, 4);
	return put(writer, header, sizeof(header));
}

/* An incomplete file is worse than none; a device or a pipe is left alone. */
static void remove_file(const struct trace_writer *writer)
{
	struct stat stat;

	if (!lstat(writer->path, &stat) && S_ISREG(stat.st_mode))
		unlink(writer->path);
}

static int close_writer(struct trace_writer *writer)
{
	bool failed = writer->failed;

	if (writer->file && writer->file != stdout) {
		if (fclose(writer->file) && !failed) {
			fail(writer, strerror(errno));
			failed = true;
		}
		if (failed)
			remove_file(writer);
	}
	ZSTD_freeCStream(writer->zstd);
	free(writer->out);
	free(writer->block);
	free(writer->held);
	free(writer->path);
	free(writer);
	return failed ? -1 : 0;
}

struct trace_writer *trace_create(const char *path, enum trace_format format, uint64_t page_size,
				  struct trace_error *error)
{
	struct trace_writer *writer = calloc(1, sizeof(*writer));
	int ret = 0;

	if (writer)
		writer->path = strdup(strcmp(path, "-") ? path : "standard output");
	if (!writer || !writer->path) {
		strcpy(error->text, "no memory");
		free(writer);
		return NULL;
	}
	writer->error = error;
	writer->format = format;
	writer->file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	if (!page_size)
		page_size = 4096;
	if (!writer->file)
		ret = fail(writer, strerror(errno));
	else if (page_size & (page_size - 1) || page_size > 1UL << 31)
		ret = fail(writer, "the page size is not a power of two of at most 2 GiB");
	else if (format == TRACE_QUIRE)
		ret = start_quire(writer, page_size);
	else if (format == TRACE_CSV)
		ret = put(writer, "page,write\n", 11);
	else if (format != TRACE_TEXT && format != TRACE_ORACLE)
		ret = fail(writer, "traces are written as quire, text, csv or oracle");
	if (ret) {
		close_writer(writer);
		return NULL;
	}
	return writer;
}

int trace_write(struct trace_writer *writer, const struct trace_ref *refs, size_t count)
{
	int ret;

	if (writer->failed)
		return -1;
	if (writer->format == TRACE_QUIRE)
		ret = write_quire(writer, refs, count);
	else if (writer->format == TRACE_ORACLE)
		ret = hold(writer, refs, count);
	else
		ret = write_lines(writer, refs, count);
	writer->total += count;
	return ret;
}

int trace_finish(struct trace_writer *writer)
{
	if (!writer->failed && writer->format == TRACE_ORACLE && writer->total)
		write_oracle(writer);
	if (!writer->failed && writer->format == TRACE_QUIRE && !flush_block(writer)) {
		uint8_t end[QUIRE_BLOCK_HEADER + 8] = { 0, 0, 0, 0, 8 };
		uint64_t total = htole64(writer->total);

		memcpy(end + QUIRE_BLOCK_HEADER, &total, 8);
		compress(writer, end, sizeof(end), ZSTD_e_end);
	}
	if (!writer->failed && fflush(writer->file))
		fail(writer, strerror(errno));
	return close_writer(writer);
}

void trace_abandon(struct trace_writer *writer)
{
	writer->failed = true;
	close_writer(writer);
}
