// SPDX-License-Identifier: GPL-2.0
/*
 * quire's own compact format, see quire_format.h.
 *
 * The file's head is plain and the rest is a zstd frame, so the reader decompresses by itself. When the whole
 * file has been compressed again by hand, the source has undone that already.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "quire_format.h"
#include "reader.h"

#define BLOCK_BYTES (QUIRE_BLOCK_HEADER + QUIRE_BLOCK_REFS * QUIRE_REF_MAX)

/**
 * struct quire_reader - the decompressed side
 * @zstd: the decompressor
 * @data: a block, or part of one
 * @have: bytes in @data
 * @at: next reference in @data
 * @refs: references left in the block
 * @page: the page before
 * @total: references given so far
 * @ended: the end mark has been read
 * @frame_ended: and so has the zstd frame with its checksum
 */
struct quire_reader {
	ZSTD_DStream *zstd;
	uint8_t *data;
	size_t have, at;
	uint32_t refs;
	uint64_t page;
	uint64_t total;
	bool ended, frame_ended;
};

static int bad(struct trace_reader *reader, const char *expected)
{
	return source_fail(&reader->source, ": byte %llu: expected %s after %llu references",
			   (unsigned long long)source_where(&reader->source, reader->source.at), expected,
			   (unsigned long long)((struct quire_reader *)reader->private)->total);
}

/* Decompress until @data holds @bytes; 0, or -1 when they are not there. */
static int have(struct trace_reader *reader, size_t bytes)
{
	struct quire_reader *q = reader->private;
	struct source *source = &reader->source;

	while (q->have < bytes) {
		ZSTD_outBuffer out = { q->data, bytes, q->have };
		ZSTD_inBuffer in;
		size_t ret;

		if (q->frame_ended)
			return bad(reader, "more blocks");
		if (source_need(source, 1))
			return -1;
		if (source->at == source->end)
			return bad(reader, "more data, found the end of the file");
		in = (ZSTD_inBuffer){ source->at, source->end - source->at, 0 };
		ret = ZSTD_decompressStream(q->zstd, &out, &in);
		if (ZSTD_isError(ret))
			return bad(reader, "sound zstd data");
		source->at += in.pos;
		q->have = out.pos;
		q->frame_ended = !ret;
	}
	return 0;
}

/* After the end mark: the frame's checksum, and nothing else. */
static int read_end(struct trace_reader *reader)
{
	struct quire_reader *q = reader->private;
	struct source *source = &reader->source;
	uint8_t extra;

	while (!q->frame_ended) {
		ZSTD_outBuffer out = { &extra, 1, 0 };
		ZSTD_inBuffer in;
		size_t ret;

		if (source_need(source, 1))
			return -1;
		if (source->at == source->end)
			return bad(reader, "a checksum, found the end of the file");
		in = (ZSTD_inBuffer){ source->at, source->end - source->at, 0 };
		ret = ZSTD_decompressStream(q->zstd, &out, &in);
		if (ZSTD_isError(ret) || out.pos)
			return bad(reader, "the checksum that belongs to the data");
		source->at += in.pos;
		q->frame_ended = !ret;
	}
	if (source_need(source, 1))
		return -1;
	return source->at == source->end ? 0 : bad(reader, "the end of the file");
}

static int next_block(struct trace_reader *reader)
{
	struct quire_reader *q = reader->private;
	uint32_t refs, bytes;
	uint64_t total;

	q->have = 0;
	if (have(reader, QUIRE_BLOCK_HEADER))
		return -1;
	memcpy(&refs, q->data, 4);
	memcpy(&bytes, q->data + 4, 4);
	refs = le32toh(refs);
	bytes = le32toh(bytes);
	if (!refs && bytes == 8) {
		if (have(reader, QUIRE_BLOCK_HEADER + 8))
			return -1;
		memcpy(&total, q->data + QUIRE_BLOCK_HEADER, 8);
		if (le64toh(total) != q->total)
			return bad(reader, "an end mark with that count");
		q->ended = true;
		return read_end(reader);
	}
	if (!refs || refs > QUIRE_BLOCK_REFS || bytes < refs || bytes > refs * QUIRE_REF_MAX)
		return bad(reader, "a block header");
	if (have(reader, QUIRE_BLOCK_HEADER + bytes))
		return -1;
	q->at = QUIRE_BLOCK_HEADER;
	q->refs = refs;
	q->page = 0;
	return 0;
}

static int start_quire(struct trace_reader *reader)
{
	struct source *source = &reader->source;
	struct quire_reader *q;
	uint32_t version, page_size;

	if (source_need(source, QUIRE_TRACE_HEADER))
		return -1;
	if (source->end - source->at < QUIRE_TRACE_HEADER || memcmp(source->at, QUIRE_TRACE_MAGIC, 8))
		return source_fail(source, ": byte 0: expected a header of 16 bytes that begins with \"quiretrc\"");
	memcpy(&version, source->at + 8, 4);
	memcpy(&page_size, source->at + 12, 4);
	if (le32toh(version) != QUIRE_TRACE_VERSION)
		return source_fail(source, ": byte 8: expected version 1 of the format, found %u",
				   le32toh(version));
	page_size = le32toh(page_size);
	if (!page_size || (page_size & (page_size - 1)))
		return source_fail(source, ": byte 12: expected a page size that is a power of two, found %u",
				   page_size);
	reader->shift = __builtin_ctz(page_size);
	source->at += QUIRE_TRACE_HEADER;
	q = calloc(1, sizeof(*q));
	reader->private = q;
	if (q) {
		q->zstd = ZSTD_createDStream();
		q->data = malloc(BLOCK_BYTES);
	}
	if (!q || !q->zstd || !q->data)
		return source_fail(source, ": no memory");
	return 0;
}

/* One reference at @p of a block that ends at @end; behind it, or NULL. */
static const uint8_t *decode(const uint8_t *p, const uint8_t *end, uint64_t *page,
			     struct trace_ref *ref)
{
	uint64_t folded = (*p & 0x7f) >> 1;
	unsigned int shift = 6;

	ref->write = *p & 1;
	while (*p++ & 0x80) {
		if (p == end || shift > 63)
			return NULL;
		folded |= (uint64_t)(*p & 0x7f) << shift;
		shift += 7;
	}
	*page += quire_unfold(folded);
	ref->page = *page;
	return p;
}

static long read_quire(struct trace_reader *reader, struct trace_ref *refs, size_t max)
{
	struct quire_reader *q = reader->private;
	const uint8_t *p, *end;
	size_t n = 0;

	if (!q->refs && !q->ended && next_block(reader))
		return -1;
	if (q->ended)
		return 0;
	p = q->data + q->at;
	end = q->data + q->have;
	while (n < max && q->refs) {
		if (p == end)
			return bad(reader, "a reference in the block");
		p = decode(p, end, &q->page, &refs[n]);
		if (!p)
			return bad(reader, "a reference of at most 10 bytes");
		n++;
		q->refs--;
	}
	q->at = p - q->data;
	q->total += n;
	if (!q->refs && p != end)
		return bad(reader, "a block without bytes to spare");
	return n;
}

static void stop_quire(struct trace_reader *reader)
{
	struct quire_reader *q = reader->private;

	if (!q)
		return;
	ZSTD_freeDStream(q->zstd);
	free(q->data);
	free(q);
}

const struct reader_kind reader_quire = {
	.start = start_quire,
	.read = read_quire,
	.stop = stop_quire,
};
