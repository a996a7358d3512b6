/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traces: sequences of page references, read from any of the formats people have them in.
 *
 * Two levels. A reader gives references in batches, in constant memory, whatever the length of the
 * trace. trace_load() holds a whole trace in memory with its pages numbered densely from 1, which is
 * what policies, OPT and curves run over: 4 bytes and a bit a reference, 8 bytes a distinct page.
 */
#ifndef QUIRE_TRACE_H
#define QUIRE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

/**
 * struct trace_error - why something about a trace failed
 * @text: "FILE:LINE: expected ..., found ..." or "FILE: byte N: expected ..."
 */
struct trace_error {
	char text[512];
};

/**
 * trace_fail() - say why something about a trace failed
 * @error: filled in
 * @format: what, as for printf
 *
 * Return: -1.
 */
int trace_fail(struct trace_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * struct trace_ref - one reference to one page
 * @page: number of the page (address divided by the page size)
 * @write: the page was written to
 */
struct trace_ref {
	uint64_t page;
	bool write;
};

enum trace_format {
	TRACE_AUTO,	/* look at the content */
	TRACE_TEXT,	/* a number a line */
	TRACE_CSV,	/* chosen columns */
	TRACE_LACKEY,	/* valgrind --tool=lackey --trace-mem=yes */
	TRACE_MSR,	/* MSR Cambridge block traces */
	TRACE_ORACLE,	/* libCacheSim's oracleGeneral */
	TRACE_QUIRE,	/* quire's own, docs/trace-format.md */
};

/**
 * struct trace_options - how to read a trace
 * @format: its format, or TRACE_AUTO
 * @page_size: bytes in a page, a power of two; 0: 4096
 * @addresses: text and CSV hold byte addresses, not page numbers
 * @columns: CSV only: "page=1,write=4,size=5", each a number from 1 or a name of the header line;
 *           "page" is required; NULL: page=1
 * @separator: CSV only: between fields; 0: a comma
 * @header: CSV only: the first line is not data (implied by a column given by name)
 * @grain: if the trace has addresses: take pages of this size, whatever @page_size; 0: do not
 * @sample: keep pages whose hash is below this share of all hashes; 0 or 1: keep all
 */
struct trace_options {
	enum trace_format format;
	uint64_t page_size;
	bool addresses;
	const char *columns;
	char separator;
	bool header;
	uint64_t grain;
	double sample;
};

struct trace_reader;

/**
 * trace_format_find() - the format of a name
 * @name: "auto", "text", "csv", "lackey", "msr", "oracle" or "quire"
 *
 * Return: the format, or -1.
 */
int trace_format_find(const char *name);

/**
 * trace_format_name() - the name of a format
 * @format: the format
 */
const char *trace_format_name(enum trace_format format);

/**
 * trace_open() - open a trace for reading
 * @path: a file, plain or compressed by gzip or zstd; "-" is standard input
 * @options: how to read it, NULL for the defaults; what it points to must outlive the reader
 * @error: filled in on failure, here and by trace_read(); must outlive the reader
 *
 * Return: the reader, or NULL.
 */
struct trace_reader *trace_open(const char *path, const struct trace_options *options,
				struct trace_error *error);

/**
 * trace_read() - the next references
 * @reader: from trace_open()
 * @refs: filled in
 * @max: room in @refs
 *
 * Return: the number of references given, 0 at the end, -1 on a broken line or file. The references
 * before the broken place have then been given by earlier calls or are lost with the call.
 */
long trace_read(struct trace_reader *reader, struct trace_ref *refs, size_t max);

/**
 * trace_reader_format() - the format that was given or found
 * @reader: from trace_open()
 */
enum trace_format trace_reader_format(const struct trace_reader *reader);

/**
 * trace_page_size() - bytes in a page of this trace
 * @reader: from trace_open()
 */
uint64_t trace_page_size(const struct trace_reader *reader);

/**
 * trace_seen() - references read so far, with those that were not sampled
 * @reader: from trace_open()
 */
uint64_t trace_seen(const struct trace_reader *reader);

/**
 * trace_close() - close a trace
 * @reader: from trace_open(), or NULL
 */
void trace_close(struct trace_reader *reader);

/**
 * struct trace - a whole trace in memory
 * @name: the path it came from
 * @refs: what policies run over; page ids are dense, in the order of first references
 * @raw: page number of each id; raw[0] is unused
 * @page_size: bytes in a page
 * @seen: references read, with those that were not sampled
 * @sample: share of the pages that were kept, 1: all
 */
struct trace {
	char *name;
	struct quire_trace refs;
	uint64_t *raw;
	uint64_t page_size;
	uint64_t seen;
	double sample;
};

/**
 * trace_load() - read a whole trace into memory
 * @path: as for trace_open()
 * @options: as for trace_open()
 * @error: filled in on failure
 *
 * Memory: 4.125 bytes a reference, 8 bytes a distinct page, and while reading 8 to 32 bytes a distinct page for the
 * table that numbers them. Address space is taken ahead, up to 8 times that.
 * A trace without any reference is an error, and so are more than 2^32 - 3 distinct pages.
 *
 * Return: the trace, or NULL.
 */
struct trace *trace_load(const char *path, const struct trace_options *options,
			 struct trace_error *error);

/**
 * trace_build() - a trace from references in memory
 * @name: its name
 * @refs: the references
 * @count: how many
 * @page_size: bytes in a page
 *
 * Return: the trace, or NULL without memory.
 */
struct trace *trace_build(const char *name, const struct trace_ref *refs, uint64_t count,
			  uint64_t page_size);

/**
 * trace_split() - divide a trace's pages into groups, each a trace of its own
 * @trace: the trace
 * @groups: how many
 *
 * The groups are of equal ranges of trace_hash() among the pages that were sampled, so each is a random
 * choice of the pages. They have no names and no page numbers.
 *
 * Return: @groups traces to be freed with trace_free() each and the array with free(), or NULL without memory.
 */
struct trace **trace_split(const struct trace *trace, uint32_t groups);

/**
 * trace_free() - free a trace
 * @trace: the trace, or NULL
 */
void trace_free(struct trace *trace);

/**
 * trace_wrote() - did a reference write?
 * @refs: the references
 * @i: which, from 0
 */
static inline bool trace_wrote(const struct quire_trace *refs, uint64_t i)
{
	return refs->write && (refs->write[i / 64] >> (i % 64) & 1);
}

/**
 * trace_hash() - the hash by which pages are sampled and found
 * @page: number of a page
 *
 * A bijection whose high bits are well mixed (the finalizer of MurmurHash3).
 */
static inline uint64_t trace_hash(uint64_t page)
{
	page ^= page >> 33;
	page *= 0xff51afd7ed558ccdULL;
	page ^= page >> 33;
	page *= 0xc4ceb9fe1a85ec53ULL;
	page ^= page >> 33;
	return page;
}

struct trace_writer;

/**
 * trace_create() - begin to write a trace
 * @path: the file, "-" for standard output
 * @format: TRACE_QUIRE, TRACE_TEXT, TRACE_CSV or TRACE_ORACLE
 * @page_size: bytes in a page, recorded by TRACE_QUIRE; 0: 4096
 * @error: filled in on failure; must outlive the writer
 *
 * TRACE_ORACLE records for each reference when its page comes next, so its references are kept in memory
 * until trace_finish(): 16 bytes each.
 *
 * Return: the writer, or NULL.
 */
struct trace_writer *trace_create(const char *path, enum trace_format format, uint64_t page_size,
				  struct trace_error *error);

/**
 * trace_write() - append references
 * @writer: from trace_create()
 * @refs: the references
 * @count: how many
 *
 * Return: 0, or -1 if they could not be written.
 */
int trace_write(struct trace_writer *writer, const struct trace_ref *refs, size_t count);

/**
 * trace_finish() - end a trace and close the file
 * @writer: from trace_create(), freed
 *
 * Return: 0, or -1 if the file could not be completed; the incomplete file is removed.
 */
int trace_finish(struct trace_writer *writer);

/**
 * trace_abandon() - give up a trace and remove its file
 * @writer: from trace_create(), freed
 */
void trace_abandon(struct trace_writer *writer);

#endif
