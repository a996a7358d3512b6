// SPDX-License-Identifier: GPL-2.0
/*
 * Files: mapped cold and warm, searched with read(), and written through a shared mapping.
 */
#include "load.h"

#include <sys/mman.h>
#include <unistd.h>

#define SEARCH_PAGES 16

static size_t around;	/* pages that a read fault on a cached file maps */

/* Unmap the file, and have all or nothing of it in the page cache. */
static int map_prepare(struct run *run)
{
	struct space *space = &run->space;
	long long want = run->opt->cold ? 0 : space->pages, cached;

	if (run->opt->cold) {
		if (space_drop_cache(space))
			return -1;
	} else if (madvise(space->base, space->pages * PAGE_BYTES, MADV_DONTNEED)) {
		return fail("unmap the file");
	}
	cached = space_cached(space);
	if (cached == want)
		return 0;
	fprintf(stderr, "quire-load: %lld of %zu pages are in the page cache, not %lld; is %s on tmpfs?\n",
		cached, space->pages, want, run->opt->file ?: run->opt->dir);
	return -1;
}

int map_setup(struct run *run)
{
	around = fault_around_pages();
	if (space_open(run, SPACE_FILE, run->opt->pages))
		return -1;
	/*
	 * Read it back page by page: what one write() or read-ahead brought in could be large
	 * folios, which one fault maps as a whole.
	 */
	if (space_drop_cache(&run->space))
		return -1;
	space_check(run);
	return map_prepare(run);
}

/*
 * Read faults on a cached file map up to fault_around_pages() pages at once, aligned; write faults
 * and faults that read from the disk take one page each.
 */
int map_run(struct run *run)
{
	struct space *space = &run->space;
	size_t windows = (space->pages + around - 1) / around, page;

	while (more_rounds(run)) {
		struct sample from, to;

		if (run->res->rounds > 1 && map_prepare(run))
			return -1;
		self_sample(&from);
		for (page = 0; page < space->pages; page++) {
			page_access(run, page, run->opt->write);
			pace(run);
		}
		self_sample(&to);
		self_add(run->res, &from, &to);
		if (run->opt->cold && !run->opt->readahead) {
			note(run, "expect_file_read_pages", space->pages);
			expect(run, 0, space->pages);
		} else if (!run->opt->cold) {
			note(run, "expect_file_cached_faults",
			     run->opt->write ? space->pages : windows);
			expect(run, run->opt->write ? space->pages : windows, 0);
		}
	}
	return 0;
}

int search_setup(struct run *run)
{
	return space_open(run, SPACE_READ, run->opt->pages);
}

/* The file from its start to its end with read(), as a search or a backup does, again and again. */
int search_run(struct run *run)
{
	static unsigned char buffer[SEARCH_PAGES * PAGE_BYTES];
	struct space *space = &run->space;
	size_t page, count;

	while (more_rounds(run)) {
		if (run->opt->cold && space_drop_cache(space))
			return -1;
		for (page = 0; page < space->pages && !out_of_time(run); page += count) {
			count = space->pages - page;
			if (count > SEARCH_PAGES)
				count = SEARCH_PAGES;
			if (page_read(run, page, count, buffer))
				return -1;
			pace(run);
		}
	}
	return 0;
}

/* Written back and read again, each page is clean and mapped read-only. */
static int notify_prepare(struct run *run)
{
	if (msync(run->space.base, run->space.pages * PAGE_BYTES, MS_SYNC))
		return fail("msync");
	space_check(run);
	return 0;
}

int notify_setup(struct run *run)
{
	if (space_open(run, SPACE_FILE, run->opt->pages))
		return -1;
	return notify_prepare(run);
}

/*
 * The first write to each clean page of a shared file mapping: the page is mapped read-only, so
 * that the file system hears of the write.
 */
int notify_run(struct run *run)
{
	struct space *space = &run->space;
	size_t page;

	while (more_rounds(run)) {
		struct sample from, to;

		if (run->res->rounds > 1 && notify_prepare(run))
			return -1;
		self_sample(&from);
		for (page = 0; page < space->pages; page++)
			page_access(run, page, true);
		self_sample(&to);
		self_add(run->res, &from, &to);
		note(run, "expect_notify_pages", space->pages);
		expect(run, space->pages, 0);
	}
	return 0;
}
