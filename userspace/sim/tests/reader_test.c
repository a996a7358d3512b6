// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing traces: each format, what is broken in one, and what is cut off.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "random.h"
#include "tap.h"
#include "trace.h"

static char path[] = "/tmp/quire-reader-XXXXXX";

static void put_file(const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(data, 1, size, file) != size || fclose(file))
		exit(1);
}

static void *get_file(size_t *size)
{
	FILE *file = fopen(path, "r");
	void *data = malloc(1 << 24);

	if (!file || !data)
		exit(1);
	*size = fread(data, 1, 1 << 24, file);
	fclose(file);
	return data;
}

/* Read the file; "5 6W ..." or the error without the file's name, to be freed. */
static char *read_all(const struct trace_options *options)
{
	struct trace_error error = { "" };
	struct trace_reader *reader = trace_open(path, options, &error);
	struct trace_ref refs[3];
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	long n = -1, all = 0;

	while (reader && (n = trace_read(reader, refs, 3)) > 0)
		for (long i = 0; i < n; i++)
			fprintf(out, "%s%llu%s", all++ ? " " : "", (unsigned long long)refs[i].page,
				refs[i].write ? "W" : "");
	fclose(out);
	if (n < 0) {
		free(text);
		text = strdup(strncmp(error.text, path, strlen(path)) ? error.text :
			      error.text + strlen(path));
	}
	trace_close(reader);
	return text;
}

static void expect(const char *content, const struct trace_options *options, const char *expected,
		   const char *name)
{
	char *text;

	put_file(content, strlen(content));
	text = read_all(options);
	if (!ok(!strcmp(text, expected), "%s", name))
		printf("# expected \"%s\"\n# got      \"%s\"\n", expected, text);
	free(text);
}

static void text(void)
{
	const struct trace_options addresses = { .addresses = true };
	const struct trace_options big = { .addresses = true, .page_size = 65536 };

	expect("5\n6\n5\n", NULL, "5 6 5", "text: a page a line");
	expect("5 W\n0x1F r\n 7,w\r\n8\tR\n9", NULL, "5W 31 7W 8 9", "text: marks, hex, blanks, no last newline");
	expect("# a comment\n\n5\n  # more\n6\n", NULL, "5 6", "text: comments and blank lines");
	expect("4095\n4096\n0x2000 W\n", &addresses, "0 1 2W", "text: addresses");
	expect("65535\n65536\n", &big, "0 1", "text: addresses and a page size");
	expect("18446744073709551615\n0xffffffffffffffff\n", NULL,
	       "18446744073709551615 18446744073709551615", "text: 64 bits");
	expect("5\n18446744073709551616\n", NULL,
	       ":2: expected a number of at most 64 bits, decimal or 0x, found \"18446744073709551616\"",
	       "text: 65 bits, decimal");
	expect("5\n0x10000000000000000\n", NULL,
	       ":2: expected a number of at most 64 bits, decimal or 0x, found \"0x10000000000000000\"",
	       "text: 65 bits, hex");
	expect("5\n6\nsix\n7\n", NULL, ":3: expected a number of at most 64 bits, decimal or 0x, found \"six\"",
	       "text: a word");
	expect("5\n-6\n", NULL, ":2: expected a number of at most 64 bits, decimal or 0x, found \"-6\"",
	       "text: a negative number");
	expect("5\n6 X\n", NULL, ":2: expected R, W or the end of the line, found \"X\"", "text: a wrong mark");
	expect("5\n6W\n", NULL, ":2: expected R, W or the end of the line, found \"W\"", "text: a mark too close");
	expect("5\n6 7\n", NULL, ":2: expected R, W or the end of the line, found \"7\"", "text: two numbers");
	expect("5\n6,\n", NULL, ":2: expected R, W or the end of the line, found the end of the line",
	       "text: a comma and no mark");
	expect("5\n0x\n", NULL, ":2: expected a number of at most 64 bits, decimal or 0x, found \"0x\"", "text: 0x alone");
	expect("", NULL, "", "an empty file has no references");
}

static void csv(void)
{
	const struct trace_options second = { .format = TRACE_CSV, .columns = "page=2" };
	const struct trace_options named = { .columns = "write=op,page=lba" };
	const struct trace_options sized = { .columns = "page=1,size=2,write=3" };
	const struct trace_options tabs = { .columns = "page=2", .separator = '\t', .header = true };
	const struct trace_options none = { .columns = "page=nosuch" };
	const struct trace_options wrong = { .columns = "page=2,colour=3" };

	expect("a,5\nb,6\n", &second, "5 6", "csv: a column by number");
	expect("time,lba,op\n1, 5 ,Write\n2,\"6\",read\n", &named, "5W 6", "csv: columns by name, quotes, blanks");
	expect("\"a,b\",5\nc,6\n", &second, "5 6", "csv: a comma within quotes");
	expect("4000,200,R\n8192,8192,W\n0,0,R\n", &sized, "0 1 2W 3W 0", "csv: a size touches every page");
	expect("x\ty\n1\t5\n", &tabs, "5", "csv: tabs and a header");
	expect("a,5\nb\n", &second, ":2: expected a line with all the chosen columns, found \"b\"",
	       "csv: a missing column");
	expect("a,5\nb,x\n", &second,
	       ":2: expected a page or an address of at most 64 bits, decimal or 0x, found \"x\"", "csv: no number");
	expect("a,5\nb,6x\n", &second,
	       ":2: expected a page or an address of at most 64 bits, decimal or 0x, found \"6x\"",
	       "csv: something after the number");
	expect("a,5\nb,\n", &second,
	       ":2: expected a page or an address of at most 64 bits, decimal or 0x, found the end of the line",
	       "csv: an empty field");
	expect("1,1,maybe\n", &sized, ":1: expected read or write (R, W, 0, 1), found \"maybe\"",
	       "csv: neither read nor write");
	expect("18446744073709551615,2,R\n", &sized,
	       ":1: expected an access that ends within 64 bits of address, found \"18446744073709551615,2,R\"",
	       "csv: an access beyond the end");
	expect("a,b\n1,2\n", &none, ":1: expected a column \"nosuch\" in the header, found none", "csv: no such name");
	expect("1,2,3\n", &wrong,
	       ": columns \"page=2,colour=3\": expected page=, write= or size= and a column, found \"colour=3\"",
	       "csv: no such kind of column");
	expect("1,2\n", NULL,
	       ":1: expected a trace in a format known by sight (or name it with --format, and the columns of CSV with --columns), found \"1,2\"",
	       "csv: not guessed");
}

static void msr(void)
{
	expect("128166372003061629,usr,0,Read,7014609920,24576,41286\n"
	       "128166372016382155,usr,0,Write,4095,2,963\n", NULL,
	       "1712551 1712552 1712553 1712554 1712555 1712556 1712557 0W 1W", "msr: pages from first to last byte");
	expect("128166372003061629,usr,0,Read,0,512,1\n128166372003061629,usr,0,Read,0,512\n", NULL,
	       ":2: expected 7 fields, found \"128166372003061629,usr,0,Read,0\"", "msr: a field is missing");
}

static void lackey(void)
{
	expect("==12== Lackey\n==12==\nI  04000ffe,4\n L 1fff000,8\n S 1ffeffc,8\n M 10,1\n==12== end\n", NULL,
	       "16384 16385 8191 8190W 8191W 0W", "lackey: loads, stores, and both pages of a straddling access");
	expect("I  04000000,3\nhello\n", NULL,
	       ":2: expected \"I  \", \" L \", \" S \" or \" M \", found \"hello\"", "lackey: the program's own output");
	expect("I  04000000\n", NULL, ":1: expected a comma, found the end of the line", "lackey: no size");
	expect("I  xyz,4\n", NULL, ":1: expected a hexadecimal address, found \"xyz,4\"", "lackey: no address");
	expect("I  0400,0\n", NULL, ":1: expected a size of at least 1 byte, found \"0\"", "lackey: size 0");
	expect("I  0400,3x\n", NULL, ":1: expected the end of the line, found \"x\"", "lackey: more on the line");
	expect(" L ffffffffffffffff,2\n", NULL,
	       ":1: expected an access that ends within 64 bits of address, found \" L ffffffffffffffff,2\"",
	       "lackey: an access beyond the end");
}

#define MANY 200000

/* Some references that are dear to encode: near, far, and everything between. */
static struct trace_ref *some_refs(void)
{
	struct trace_ref *refs = malloc(MANY * sizeof(*refs));
	struct random r = random_seed(7);
	uint64_t page = 0;

	for (int i = 0; i < MANY; i++) {
		page += random_next(&r) >> random_below(&r, 64);
		if (random_below(&r, 10) == 0)
			page = i % 3 ? 0 : UINT64_MAX;
		refs[i] = (struct trace_ref){ page, random_below(&r, 4) == 0 };
	}
	return refs;
}

static bool write_refs(enum trace_format format, const struct trace_ref *refs, size_t count)
{
	struct trace_error error;
	struct trace_writer *writer = trace_create(path, format, 8192, &error);

	if (!writer)
		return false;
	for (size_t i = 0; i < count; i += 777)
		trace_write(writer, refs + i, count - i < 777 ? count - i : 777);
	return !trace_finish(writer);
}

/* How many references come back as they were; -1 on an error. */
static long same_refs(const struct trace_options *options, const struct trace_ref *refs, bool writes)
{
	struct trace_error error;
	struct trace_reader *reader = trace_open(path, options, &error);
	struct trace_ref back[1000];
	long n = -1, all = 0, same = 0;

	while (reader && (n = trace_read(reader, back, 1000)) > 0)
		for (long i = 0; i < n; i++, all++)
			same += all < MANY && back[i].page == refs[all].page &&
				(!writes || back[i].write == refs[all].write);
	trace_close(reader);
	return n < 0 ? -1 : same;
}

static void pack_file(bool zstd)
{
	size_t size, room;
	void *data = get_file(&size), *packed;

	if (zstd) {
		room = ZSTD_compressBound(size);
		packed = malloc(room);
		put_file(packed, ZSTD_compress(packed, room, data, size, 1));
	} else {
		gzFile file = gzopen(path, "w");

		packed = NULL;
		/* A long one in two members, as cat makes of two files. */
		gzwrite(file, data, size > 100000 ? size / 2 : size);
		gzclose(file);
		if (size > 100000) {
			file = gzopen(path, "a");
			gzwrite(file, (char *)data + size / 2, size - size / 2);
			gzclose(file);
		}
	}
	free(packed);
	free(data);
}

static void round_trips(void)
{
	static const struct trace_options csv_options = { .columns = "page=page,write=write" };
	static const struct trace_options oracle_options = { .format = TRACE_ORACLE };
	static const struct { enum trace_format format; const struct trace_options *options; bool writes; } how[] = {
		{ TRACE_QUIRE, NULL, true },
		{ TRACE_TEXT, NULL, true },
		{ TRACE_CSV, &csv_options, true },
		{ TRACE_ORACLE, &oracle_options, false },
	};
	struct trace_ref *refs = some_refs();

	for (int i = 0; i < 4; i++) {
		const char *name = trace_format_name(how[i].format);

		ok(write_refs(how[i].format, refs, MANY) &&
		   same_refs(how[i].options, refs, how[i].writes) == MANY, "%s: written and read again", name);
		pack_file(false);
		ok(same_refs(how[i].options, refs, how[i].writes) == MANY, "%s: through gzip", name);
		write_refs(how[i].format, refs, MANY);
		pack_file(true);
		ok(same_refs(how[i].options, refs, how[i].writes) == MANY, "%s: through zstd", name);
	}
	write_refs(TRACE_QUIRE, refs, 0);
	ok(same_refs(NULL, refs, true) == 0, "quire: an empty trace");
	free(refs);
}

/*
 * Cut the file at every byte: it must be an error each time. Or flip a bit in every byte: an error, or harmless
 * (zstd has bits that mean nothing).
 */
static void damage(enum trace_format format, const struct trace_options *options, int pack, bool flip,
		   const char *name)
{
	struct trace_ref *refs = some_refs();
	size_t size, wrong = 0, first = 0;
	char *whole;

	write_refs(format, refs, 300);
	if (pack)
		pack_file(pack == 2);
	whole = get_file(&size);
	for (size_t i = flip ? 0 : 1; i < size; i++) {
		long n;

		if (flip)
			whole[i] ^= 0x10;
		put_file(whole, flip ? size : i);
		if (flip)
			whole[i] ^= 0x10;
		n = same_refs(options, refs, true);
		if (n >= 0 && !(flip && n == 300) && !wrong++)
			first = i;
	}
	if (!ok(!wrong, "%s at each of %zu bytes: an error each time", name, size))
		printf("# %zu were taken, the first at byte %zu\n", wrong, first);
	free(whole);
	free(refs);
}

static void oracle_cut(void)
{
	const struct trace_options oracle = { .format = TRACE_ORACLE };
	char record[50] = { 1, 0, 0, 0, 9 };
	char *text;

	put_file(record, 50);
	text = read_all(&oracle);
	ok(!strcmp(text, ": byte 48: expected a record of 24 bytes, found 2 bytes and the end of the file"),
	   "oracle: a record cut off");
	free(text);
}

/* Garbage must not crash anything, whatever it is taken for. */
static void garbage(void)
{
	struct random r = random_seed(3);
	unsigned char data[300];

	for (int i = 0; i < 20000; i++) {
		static const char letters[] = "0123456789xRW ,\n\"=ILSMabc.-#\r";
		size_t size = random_below(&r, sizeof(data));
		struct trace_options options = {
			.format = random_below(&r, 7),
			.columns = i % 2 ? "page=2,write=1,size=3" : NULL,
		};

		for (size_t b = 0; b < size; b++)
			data[b] = i % 3 ? (unsigned char)letters[random_below(&r, sizeof(letters) - 1)] : random_next(&r);
		if (i % 5 == 0)
			memcpy(data, "quiretrc\1\0\0\0\0\20\0\0\x28\xb5\x2f\xfd", 20);
		if (i % 7 == 0)
			memcpy(data, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
		put_file(data, size);
		free(read_all(&options));
	}
	ok(true, "20,000 files of garbage are survived");
}

static void loading(void)
{
	static const char content[] = "70\n50 W\n70\n90\n50\n";
	struct trace_error error;
	struct trace *trace;

	put_file(content, sizeof(content) - 1);
	trace = trace_load(path, NULL, &error);
	ok(trace && trace->refs.requests == 5 && trace->refs.pages == 3, "load: requests and pages");
	ok(trace && !memcmp(trace->refs.page, (u32[]){ 1, 2, 1, 3, 2 }, 20), "load: ids in order of first use");
	ok(trace && trace->raw[1] == 70 && trace->raw[2] == 50 && trace->raw[3] == 90, "load: their page numbers");
	ok(trace && trace_wrote(&trace->refs, 1) && !trace_wrote(&trace->refs, 4), "load: writes");
	trace_free(trace);
	put_file("", 0);
	ok(!trace_load(path, NULL, &error) && strstr(error.text, "there is no reference in it"),
	   "load: an empty trace is refused");
	ok(!trace_open("/nonexistent/trace", NULL, &error) &&
	   !strcmp(error.text, "/nonexistent/trace: No such file or directory"), "a file that is not there");
}

int main(void)
{
	if (mkstemp(path) < 0)
		return 1;
	text();
	csv();
	msr();
	lackey();
	round_trips();
	damage(TRACE_QUIRE, NULL, 0, false, "quire: cut");
	damage(TRACE_QUIRE, NULL, 0, true, "quire: a bit flipped");
	damage(TRACE_TEXT, NULL, 1, false, "gzip: cut");
	damage(TRACE_TEXT, NULL, 2, false, "zstd: cut");
	oracle_cut();
	garbage();
	loading();
	unlink(path);
	return tap_done();
}
