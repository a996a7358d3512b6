// SPDX-License-Identifier: GPL-2.0
/*
 * libCacheSim's oracleGeneral: records of 24 bytes, little endian, without a header:
 *
 *	u32 time	seconds
 *	u64 object	taken as the page number
 *	u32 size	not used: each request is one page
 *	i64 next	number of the next request to the object, -1 if there is none; not used, as quire's OPT
 *			needs no help
 *
 * The format has no mark of its own. A file taken for it by sight is checked for what cannot be in one among
 * its first records: a clock that runs backwards, a next request not after this one. It carries no writes.
 */
#include <endian.h>
#include <string.h>

#include "reader.h"

#define RECORD 24

static long read_oracle(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	struct source *source = &reader->source;
	size_t n = 0, left;

	if (source_need(source, RECORD))
		return -1;
	left = source->end - source->at;
	if (left && left < RECORD)
		return source_fail(source, ": byte %llu: expected a record of 24 bytes, found %zu bytes and the end of the file",
				   (unsigned long long)source_where(source, source->at), left);
	for (; n < max && left >= RECORD; left -= RECORD, source->at += RECORD) {
		uint64_t object;

		memcpy(&object, source->at + 4, 8);
		refs[n].page = le64toh(object);
		refs[n++].write = false;
	}
	return n;
}

/* Nothing says that this is an oracleGeneral trace: do the first records look like one? */
static int start_oracle(struct trace_reader *reader)
{
	struct source *source = &reader->source;
	uint32_t time, before = 0;
	size_t records;

	if (reader->options.format == TRACE_ORACLE)
		return 0;
	if (source_need(source, 100 * RECORD))
		return -1;
	records = (source->end - source->at) / RECORD;
	for (size_t i = 0; i < records && i < 100; i++) {
		int64_t next;

		memcpy(&time, source->at + i * RECORD, 4);
		memcpy(&next, source->at + i * RECORD + 16, 8);
		time = le32toh(time);
		next = le64toh(next);
		if (time < before || next < -1 || next == 0)
			return source_fail(source, ": byte %zu: expected an oracleGeneral record, found %s",
					   i * RECORD + (time < before ? 0 : 16),
					   time < before ? "a time before the last one" :
					   "an impossible number of the next request");
		before = time;
	}
	return 0;
}

const struct reader_kind reader_oracle = {
	.start = start_oracle,
	.read = read_oracle,
};
