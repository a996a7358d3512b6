// SPDX-License-Identifier: GPL-2.0
/*
 * Spaces: ranges of pages whose content is known.
 *
 * A written page holds its number (mixed with the seed), the version of the last write, and at its
 * end a sum of both, so that a lost write, a swapped page, a torn page and a page that came back as
 * zeros are all seen by the next read.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS (PAGE_BYTES / sizeof(uint64_t))
#define CHUNK_PAGES 64

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

uint64_t random_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ULL;
	return mix(*state);
}

uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return (uint64_t)(((__uint128_t)random_next(state) * limit) >> 64);
}

/**
 * page_stamp() - write the content of a page
 * @space: the space it belongs to
 * @page: its number in the space
 * @at: where it lies
 * @version: which write this is, not 0
 */
void page_stamp(const struct space *space, size_t page, void *at, uint8_t version)
{
	volatile uint64_t *word = at;

	word[0] = mix(space->seed ^ page);
	word[1] = version;
	word[WORDS - 1] = mix(space->seed ^ page) + version;
}

/**
 * page_intact() - whether a page holds what was last written to it
 * @space: the space it belongs to
 * @page: its number in the space
 * @at: where it lies
 */
bool page_intact(const struct space *space, size_t page, const void *at)
{
	const volatile uint64_t *word = at;
	uint8_t version = space->version[page];
	uint64_t first = word[0], second = word[1], last = word[WORDS - 1];

	if (!version)
		return !first && !second && !last;
	return first == mix(space->seed ^ page) && second == version && last == first + version;
}

static void *map_plain(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/*
 * Room for the pages at a multiple of 2 MiB, with unreadable memory on both sides, so that no other
 * mapping is merged with it, and fault-around and huge pages start where they are expected to.
 */
static unsigned char *reserve(size_t bytes)
{
	unsigned char *at = mmap(NULL, bytes + 3 * HUGE_BYTES, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	return (unsigned char *)(((uintptr_t)at + 2 * HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
}

static int fill_file(struct space *space)
{
	unsigned char *chunk = calloc(CHUNK_PAGES, PAGE_BYTES);
	size_t page, i;

	if (!chunk)
		return fail("memory for writing the file");
	for (page = 0; page < space->pages; page += i) {
		for (i = 0; i < CHUNK_PAGES && page + i < space->pages; i++)
			page_stamp(space, page + i, chunk + i * PAGE_BYTES, 1);
		if (pwrite(space->fd, chunk, i * PAGE_BYTES, page * PAGE_BYTES) !=
		    (ssize_t)(i * PAGE_BYTES)) {
			free(chunk);
			return fail("write the file");
		}
	}
	free(chunk);
	if (space->kind != SPACE_SHMEM && fsync(space->fd))
		return fail("fsync the file");
	return 0;
}

/* Take over the pages of a file made earlier: their versions are what it says. */
static int adopt_file(struct space *space)
{
	uint64_t content[WORDS];
	size_t page;

	for (page = 0; page < space->pages; page++) {
		if (pread(space->fd, content, PAGE_BYTES, page * PAGE_BYTES) != (ssize_t)PAGE_BYTES)
			return -1;
		space->version[page] = content[1];
		if (!content[1] || !page_intact(space, page, content))
			return -1;
	}
	return 0;
}

/* A file of one's own that has no name, or the named one: made here, or made here earlier. */
static int open_file(struct run *run, struct space *space)
{
	const struct options *opt = run->opt;
	off_t bytes = space->pages * PAGE_BYTES;
	struct stat st;

	if (!opt->file) {
		char name[4096];

		snprintf(name, sizeof(name), "%s/quire-load-XXXXXX", opt->dir);
		space->fd = mkostemp(name, O_CLOEXEC);
		if (space->fd < 0)
			return fail(opt->dir);
		unlink(name);
		return fill_file(space);
	}
	space->fd = open(opt->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (space->fd >= 0)
		return fill_file(space);
	space->fd = open(opt->file, O_RDWR | O_CLOEXEC);
	if (space->fd < 0 || fstat(space->fd, &st))
		return fail(opt->file);
	if (S_ISREG(st.st_mode) && st.st_size == bytes && !adopt_file(space))
		return 0;
	fprintf(stderr, "quire-load: %s is not a file of %zu pages that quire-load made with seed %llu\n",
		opt->file, space->pages, (unsigned long long)space->seed);
	return -1;
}

/**
 * space_open() - make the space of a run
 * @run: the run; its space is filled in
 * @kind: what memory it is made of
 * @pages: how many pages
 *
 * Anonymous and shared memory is mapped and untouched; a file is filled, written back and mapped
 * but untouched (SPACE_READ: not mapped).
 *
 * Return: 0, or -1 with a message.
 */
int space_open(struct run *run, enum space_kind kind, size_t pages)
{
	struct space *space = &run->space;
	size_t bytes = pages * PAGE_BYTES;
	int flags = MAP_FIXED | (kind == SPACE_ANON ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);

	*space = (struct space){ .kind = kind, .pages = pages, .fd = -1, .seed = run->opt->seed };
	space->version = map_plain(pages);
	if (!space->version)
		return fail("memory for the pages' versions");
	if (kind == SPACE_SHMEM) {
		space->fd = memfd_create("quire-load", MFD_CLOEXEC);
		if (space->fd < 0 || ftruncate(space->fd, bytes))
			return fail("shared memory");
	} else if (kind != SPACE_ANON) {
		memset(space->version, 1, pages);
		if (open_file(run, space))
			return -1;
	}
	if (kind == SPACE_READ)
		return 0;
	space->base = reserve(bytes);
	if (!space->base)
		return fail("address space");
	if (mmap(space->base, bytes, PROT_READ | PROT_WRITE, flags, space->fd, 0) == MAP_FAILED)
		return fail("map the pages");
	if (kind == SPACE_FILE && !run->opt->readahead)
		madvise(space->base, bytes, MADV_RANDOM);
	return 0;
}

/**
 * space_drop_cache() - put a file's pages out of the page cache
 * @space: a space over a file
 *
 * Maps it anew first, for a mapped page is not dropped.
 *
 * Return: 0, or -1 with a message.
 */
int space_drop_cache(struct space *space)
{
	size_t bytes = space->pages * PAGE_BYTES;

	if (space->base && madvise(space->base, bytes, MADV_DONTNEED))
		return fail("unmap the pages");
	if (fsync(space->fd) || posix_fadvise(space->fd, 0, bytes, POSIX_FADV_DONTNEED))
		return fail("drop the file from the page cache");
	return 0;
}

/**
 * space_cached() - how many of a space's pages are in memory
 * @space: the space; of a file, what is in the page cache counts, of anonymous memory also what is
 *	   in the swap cache
 *
 * Return: pages, or -1.
 */
long long space_cached(const struct space *space)
{
	size_t bytes = space->pages * PAGE_BYTES, page;
	bool file = space->kind == SPACE_FILE || space->kind == SPACE_READ;
	unsigned char *present = malloc(space->pages);
	void *at = file ? mmap(NULL, bytes, PROT_READ, MAP_SHARED, space->fd, 0) : space->base;
	long long count = -1;

	if (present && at && at != MAP_FAILED && !mincore(at, bytes, present))
		for (count = 0, page = 0; page < space->pages; page++)
			count += present[page] & 1;
	if (file && at != MAP_FAILED)
		munmap(at, bytes);
	free(present);
	return count;
}

/**
 * page_access() - touch one page of the run's space
 * @run: the run
 * @page: number of the page
 * @write: write a new version; otherwise read and verify
 *
 * Counts the access and adds it to the trace.
 */
void page_access(struct run *run, size_t page, bool write)
{
	struct space *space = &run->space;
	unsigned char *at = space->base + page * PAGE_BYTES;

	run->res->accesses++;
	if (run->trace)
		fprintf(run->trace, write ? "%zu W\n" : "%zu\n", page);
	if (write) {
		run->res->writes++;
		if (!++space->version[page])
			space->version[page] = 1;
		page_stamp(space, page, at, space->version[page]);
	} else if (!page_intact(space, page, at)) {
		run->res->corrupt++;
	}
}

/**
 * page_read() - read() pages of a file and verify them
 * @run: the run
 * @first: number of the first page
 * @count: how many
 * @buffer: room for them
 *
 * Return: 0, or -1 with a message.
 */
int page_read(struct run *run, size_t first, size_t count, unsigned char *buffer)
{
	ssize_t bytes = count * PAGE_BYTES;
	size_t i;

	if (pread(run->space.fd, buffer, bytes, first * PAGE_BYTES) != bytes)
		return fail("read the file");
	for (i = 0; i < count; i++) {
		run->res->accesses++;
		if (run->trace)
			fprintf(run->trace, "%zu\n", first + i);
		if (!page_intact(&run->space, first + i, buffer + i * PAGE_BYTES))
			run->res->corrupt++;
	}
	return 0;
}

/* Write every page once: the first pass of a trace, and what later reads verify. */
void space_populate(struct run *run)
{
	size_t page;

	for (page = 0; page < run->space.pages; page++)
		page_access(run, page, true);
}

/* Verify every page without counting it as an access. */
void space_check(struct run *run)
{
	struct space *space = &run->space;
	size_t page;

	for (page = 0; space->base && page < space->pages; page++)
		if (!page_intact(space, page, space->base + page * PAGE_BYTES))
			run->res->corrupt++;
}

/**
 * fault_around_pages() - how many cached file pages one read fault maps
 *
 * Return: the kernel's setting where it can be read, else its default of 16.
 */
size_t fault_around_pages(void)
{
	size_t bytes = 0;
	FILE *file = fopen("/sys/kernel/debug/fault_around_bytes", "re");

	if (file) {
		if (fscanf(file, "%zu", &bytes) != 1)
			bytes = 0;
		fclose(file);
	}
	return bytes >= PAGE_BYTES ? bytes / PAGE_BYTES : 16;
}
