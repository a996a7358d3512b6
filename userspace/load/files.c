// SPDX-License-Identifier: GPL-2.0
/*
 * Files: mapped cold and warm, searched with read(), and written through a shared mapping.
 */
#include "load.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEARCH_PAGES 16

int map_setup(struct run *run)
{
	if (space_open(run, SPACE_FILE, run->opt->pages))
		return -1;
	/*
	 * Read it back page by page: what one write() or read-ahead brought in could be large
	 * folios, which one fault maps as a whole.
	 */
	if (space_drop_cache(&run->space))
		return -1;
	space_check(run);
	return 0;
}

/*
 * Read faults on a cached file map up to fault_around_pages() pages at once, aligned; write faults
 * and faults that read from the disk take one page each.
 */
int map_run(struct run *run)
{
	struct space *space = &run->space;
	size_t around = fault_around_pages(), page;

	while (more_rounds(run)) {
		struct sample from, to;
		long long cached;

		if (run->opt->cold) {
			if (space_drop_cache(space))
				return -1;
			cached = space_cached(space);
			if (cached < 0)
				return fail("mincore");
			if (cached) {
				fprintf(stderr,
					"quire-load: %lld of %zu pages stay in the page cache; is %s on tmpfs?\n",
					cached, space->pages, run->opt->file ?: run->opt->dir);
				return -1;
			}
		} else {
			madvise(space->base, space->pages * PAGE_BYTES, MADV_DONTNEED);
			if (space_cached(space) != (long long)space->pages)
				return fail("keep the file in the page cache");
		}
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
		} else if (!run->opt->cold && run->opt->write) {
			note(run, "expect_file_cached_faults", space->pages);
			expect(run, space->pages, 0);
		} else if (!run->opt->cold) {
			note(run, "expect_file_cached_faults", (space->pages + around - 1) / around);
			expect(run, (space->pages + around - 1) / around, 0);
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

int notify_setup(struct run *run)
{
	return space_open(run, SPACE_FILE, run->opt->pages);
}

/*
 * The first write to each clean page of a shared file mapping: the page is mapped read-only, so
 * that the file system hears of the write. Written back and read in again between rounds.
 */
int notify_run(struct run *run)
{
	struct space *space = &run->space;
	size_t page;

	while (more_rounds(run)) {
		struct sample from, to;

		if (msync(space->base, space->pages * PAGE_BYTES, MS_SYNC))
			return fail("msync");
		space_check(run);
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
