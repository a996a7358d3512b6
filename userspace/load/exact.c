// SPDX-License-Identifier: GPL-2.0
/*
 * Known numbers of faults of one kind each, for tests: first touch, copy on write, the zero page,
 * shared memory, huge pages, swap, and faults that the kernel takes on a program's behalf.
 */
#include "load.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

int anon_setup(struct run *run)
{
	return space_open(run, SPACE_ANON, run->opt->pages);
}

/* Give the pages back, so that the next touch is a first one. */
static void forget(struct run *run)
{
	madvise(run->space.base, run->space.pages * PAGE_BYTES, MADV_DONTNEED);
	memset(run->space.version, 0, run->space.pages);
}

/* First touch of each page, by a write, or by a read that gets the zero page. */
int touch_run(struct run *run)
{
	size_t page;

	while (more_rounds(run)) {
		if (run->res->rounds > 1)
			forget(run);
		for (page = 0; page < run->space.pages; page++) {
			page_access(run, page, run->opt->write);
			pace(run);
		}
		note(run, "expect_first_touch_pages", run->space.pages);
		expect(run, run->space.pages, 0);
	}
	return 0;
}

/* Read each page first, then write it: the zero page is given, then copied. */
int zero_run(struct run *run)
{
	size_t page;

	while (more_rounds(run)) {
		if (run->res->rounds > 1)
			forget(run);
		for (page = 0; page < run->space.pages; page++)
			page_access(run, page, false);
		for (page = 0; page < run->space.pages; page++)
			page_access(run, page, true);
		note(run, "expect_first_touch_pages", run->space.pages);
		note(run, "expect_cow_pages", run->space.pages);
		expect(run, 2 * run->space.pages, 0);
	}
	return 0;
}

/* Pipes and the child of fork-write. */
struct family {
	pid_t child;
	int order[2];	/* parent to child: write now; closed: end */
	int done[2];	/* child to parent */
};

static void child_main(struct run *run, struct family *family)
{
	struct space *space = &run->space;
	struct sample from, to;
	size_t page;
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(family->order[1]);
	close(family->done[0]);
	if (self_lock(run, space->base, space->pages * PAGE_BYTES))
		_exit(1);
	self_sample(&from);
	if (write(family->done[1], &byte, 1) != 1 || read(family->order[0], &byte, 1) != 1)
		_exit(1);
	self_sample(&from);
	for (page = 0; page < run->opt->part; page++)
		page_access(run, page, true);
	self_sample(&to);
	self_add(run->res, &from, &to);
	space_check(run);
	if (write(family->done[1], &byte, 1) != 1)
		_exit(1);
	/* Stay, for whoever wants to look at this process, until the parent has ended. */
	while (read(family->order[0], &byte, 1) > 0)
		;
	_exit(0);
}

/* The parent writes every page and forks; both get their own copy of all but these pages. */
int fork_setup(struct run *run)
{
	static struct family the_family;
	struct family *family = &the_family;
	char byte;

	run->priv = family;
	if (pipe2(family->order, O_CLOEXEC) || pipe2(family->done, O_CLOEXEC))
		return fail("pipes");
	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	space_populate(run);
	family->child = fork();
	if (family->child < 0)
		return fail("fork");
	if (!family->child)
		child_main(run, family);
	close(family->order[0]);
	close(family->done[1]);
	run->res->worker = family->child;
	return read(family->done[0], &byte, 1) == 1 ? 0 : fail("the child");
}

int fork_run(struct run *run)
{
	struct family *family = run->priv;
	char byte = 0;

	more_rounds(run);
	if (write(family->order[1], &byte, 1) != 1 || read(family->done[0], &byte, 1) != 1)
		return fail("the child");
	note(run, "expect_cow_pages", run->opt->part);
	expect(run, run->opt->part, 0);
	return 0;
}

/* The parent's pages must be as they were. */
void fork_check(struct run *run)
{
	struct family *family = run->priv;
	int status;

	close(family->order[1]);
	if (waitpid(family->child, &status, 0) != family->child || status)
		run->res->corrupt++;
	space_check(run);
}

int shmem_setup(struct run *run)
{
	return space_open(run, SPACE_SHMEM, run->opt->pages);
}

/* First write to each page of a memfd. */
int shmem_run(struct run *run)
{
	size_t page;

	while (more_rounds(run)) {
		if (run->res->rounds > 1) {
			if (ftruncate(run->space.fd, 0) ||
			    ftruncate(run->space.fd, run->space.pages * PAGE_BYTES))
				return fail("ftruncate");
			memset(run->space.version, 0, run->space.pages);
		}
		for (page = 0; page < run->space.pages; page++) {
			page_access(run, page, true);
			pace(run);
		}
		note(run, "expect_shared_pages", run->space.pages);
		expect(run, run->space.pages, 0);
	}
	return 0;
}

/* --pages counts huge pages here. */
int huge_setup(struct run *run)
{
	size_t bytes = run->opt->pages * HUGE_BYTES;

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	if (space_open(run, SPACE_ANON, bytes / PAGE_BYTES))
		return -1;
	if (madvise(run->space.base, bytes, MADV_HUGEPAGE))
		return fail("MADV_HUGEPAGE");
	return 0;
}

int huge_run(struct run *run)
{
	size_t step = HUGE_BYTES / PAGE_BYTES, page;

	more_rounds(run);
	for (page = 0; page < run->space.pages; page += step)
		page_access(run, page, true);
	note(run, "expect_huge_pages", run->opt->pages);
	expect(run, run->opt->pages, 0);
	return 0;
}

/* Besides their content: were they huge pages at all? */
void huge_check(struct run *run)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	uintptr_t base = (uintptr_t)run->space.base, low, high;
	long long kib = 0, value;
	bool ours = false;
	char line[512];

	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &low, &high) == 2)
			ours = low <= base && high > base;
		else if (ours && sscanf(line, "AnonHugePages: %lld", &value) == 1)
			kib += value;
	}
	if (smaps)
		fclose(smaps);
	note(run, "huge_pages", kib / (HUGE_BYTES >> 10));
	if (kib / (long long)(HUGE_BYTES >> 10) != (long long)run->opt->pages) {
		fprintf(stderr, "quire-load: the kernel gave %lld huge pages of %zu\n",
			kib / (long long)(HUGE_BYTES >> 10), run->opt->pages);
		run->res->expect_minor = UNKNOWN;
		run->res->status = 1;
	}
	space_check(run);
}

struct swap {
	uint64_t *entry;	/* of /proc/self/pagemap */
	unsigned char *cached;	/* mincore */
	int pagemap;
	long long cluster;
};

#define PAGEMAP_SWAPPED (1ULL << 62)

/* How many pages are swapped out, and how many of them still have a copy in the swap cache. */
static int swap_count(struct run *run, long long *out, long long *cached)
{
	struct swap *swap = run->priv;
	size_t pages = run->space.pages, page;
	uintptr_t base = (uintptr_t)run->space.base;

	if (pread(swap->pagemap, swap->entry, pages * 8, base / PAGE_BYTES * 8) !=
	    (ssize_t)(pages * 8))
		return fail("read /proc/self/pagemap");
	if (mincore(run->space.base, pages * PAGE_BYTES, swap->cached))
		return fail("mincore");
	*out = 0;
	*cached = 0;
	for (page = 0; page < pages; page++) {
		if (!(swap->entry[page] & PAGEMAP_SWAPPED))
			continue;
		++*out;
		*cached += swap->cached[page] & 1;
	}
	return 0;
}

/*
 * MADV_PAGEOUT leaves a written page in the swap cache. Touched again and paged out again, now
 * clean, it is freed. Tried until every page is out, or nothing has changed for a second.
 */
static int swap_out(struct run *run)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	long long out = 0, cached = 0, pages = run->space.pages;
	size_t page;
	int tries;

	for (tries = 0; tries < 50; tries++) {
		struct swap *swap = run->priv;

		if (madvise(run->space.base, pages * PAGE_BYTES, MADV_PAGEOUT))
			return fail("MADV_PAGEOUT");
		if (swap_count(run, &out, &cached))
			return -1;
		if (out == pages && !cached)
			return 0;
		if (tries)
			nanosleep(&nap, NULL);
		for (page = 0; page < run->space.pages; page++)
			if ((swap->entry[page] & PAGEMAP_SWAPPED) && (swap->cached[page] & 1) &&
			    !page_intact(&run->space, page, run->space.base + page * PAGE_BYTES))
				run->res->corrupt++;
	}
	fprintf(stderr, "quire-load: %lld of %lld pages were swapped out, %lld of them in the swap cache\n",
		out, pages, cached);
	return -1;
}

int swap_setup(struct run *run)
{
	static struct swap the_swap;
	struct swap *swap = &the_swap;
	FILE *file;

	run->priv = swap;
	swap->entry = calloc(run->opt->pages, sizeof(*swap->entry));
	swap->cached = calloc(run->opt->pages, 1);
	swap->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (!swap->entry || !swap->cached || swap->pagemap < 0)
		return fail("/proc/self/pagemap");
	swap->cluster = -1;
	file = fopen("/proc/sys/vm/page-cluster", "re");
	if (file) {
		if (fscanf(file, "%lld", &swap->cluster) != 1)
			swap->cluster = -1;
		fclose(file);
	}
	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	/* What this CPU has not yet put on the LRU lists only it can page out. */
	if (run->opt->cpu < 0 && self_pin(sched_getcpu()))
		return -1;
	space_populate(run);
	return swap_out(run);
}

/* Page everything out, then read it back; a major fault each where read-ahead is off. */
int swap_run(struct run *run)
{
	struct swap *swap = run->priv;
	size_t page;

	while (more_rounds(run)) {
		struct sample from, to;

		if (run->res->rounds > 1 && swap_out(run))
			return -1;
		self_sample(&from);
		for (page = 0; page < run->space.pages; page++) {
			page_access(run, page, run->opt->write);
			pace(run);
		}
		self_sample(&to);
		self_add(run->res, &from, &to);
		note(run, "expect_swap_in_pages", run->space.pages);
		if (!swap->cluster)
			expect(run, 0, run->space.pages);
	}
	note(run, "page_cluster", swap->cluster);
	return 0;
}

struct kernel_read {
	unsigned char *source;
	int fd;
};

/* The pages to be touched are the buffer of a read() from shared memory that holds the stamps. */
int kernel_setup(struct run *run)
{
	size_t bytes = run->opt->pages * PAGE_BYTES, page;
	static struct kernel_read the_kernel;
	struct kernel_read *kernel = &the_kernel;

	run->priv = kernel;
	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	kernel->fd = memfd_create("quire-load", MFD_CLOEXEC);
	if (kernel->fd < 0 || ftruncate(kernel->fd, bytes))
		return fail("shared memory");
	kernel->source = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, kernel->fd, 0);
	if (kernel->source == MAP_FAILED)
		return fail("shared memory");
	for (page = 0; page < run->opt->pages; page++)
		page_stamp(&run->space, page, kernel->source + page * PAGE_BYTES, 1);
	return 0;
}

/* read() into memory that nobody touched: the kernel takes the first-touch faults. */
int kernel_run(struct run *run)
{
	struct kernel_read *kernel = run->priv;
	size_t bytes = run->space.pages * PAGE_BYTES, done;
	ssize_t got;

	while (more_rounds(run)) {
		if (run->res->rounds > 1)
			forget(run);
		for (done = 0; done < bytes; done += got) {
			got = pread(kernel->fd, run->space.base + done, bytes - done, done);
			if (got <= 0)
				return fail("read");
		}
		memset(run->space.version, 1, run->space.pages);
		run->res->accesses += run->space.pages;
		run->res->writes += run->space.pages;
		note(run, "expect_kernel_mode_pages", run->space.pages);
		expect(run, run->space.pages, 0);
	}
	return 0;
}
