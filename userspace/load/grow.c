// SPDX-License-Identifier: GPL-2.0
/*
 * Growth: the stack downwards, the heap upwards, and a program that forgets what it allocated.
 */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define STACK_SPARE (1UL << 20)

/*
 * The gap that the kernel leaves for the stack is set at exec, so a stack that is to grow beyond
 * the limit needs the limit raised first and the program started again.
 */
int stack_setup(struct run *run)
{
	size_t need = run->opt->pages * PAGE_BYTES + STACK_SPARE;
	struct rlimit limit;

	getrlimit(RLIMIT_STACK, &limit);
	if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < need) {
		fprintf(stderr, "quire-load: the stack may have %zu pages: raise 'ulimit -s' to %zu\n",
			(size_t)limit.rlim_cur / PAGE_BYTES, need >> 10);
		return -1;
	}
	return 0;
}

/*
 * Each call takes stack down to the middle of the next page and writes there, verifying its word
 * on the way back. The middle: what the functions called from here push stays in the same page,
 * so the number of pages touched does not depend on where the stack begins.
 */
static uintptr_t __attribute__((noinline)) descend(struct run *run, uintptr_t limit)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
	volatile uintptr_t room[(frame % PAGE_BYTES + PAGE_BYTES / 2) / sizeof(uintptr_t)];
	uintptr_t here = (uintptr_t)room, lowest = here;

	room[0] = here ^ run->opt->seed;
	run->res->accesses++;
	run->res->writes++;
	pace(run);
	if (here > limit)
		lowest = descend(run, limit);
	if (room[0] != (here ^ run->opt->seed))
		run->res->corrupt++;
	return lowest;
}

/*
 * The first page below what is there already is found by walking down the first pages, which
 * self_lock() brought in: mincore() says where the stack's mapping ends.
 */
int stack_run(struct run *run)
{
	uintptr_t page = (uintptr_t)__builtin_frame_address(0) & ~(PAGE_BYTES - 1), lowest;
	unsigned char present;
	long long grown;

	while (!mincore((void *)(page - PAGE_BYTES), PAGE_BYTES, &present))
		page -= PAGE_BYTES;
	munlock((void *)page, PAGE_BYTES);
	more_rounds(run);
	lowest = descend(run, page - run->opt->pages * PAGE_BYTES + PAGE_BYTES);
	grown = (page - (lowest & ~(PAGE_BYTES - 1))) / PAGE_BYTES;
	note(run, "expect_first_touch_pages", grown);
	expect(run, grown, 0);
	return 0;
}


/* The heap grows page by page through sbrk(), the way malloc grows it. */
int heap_setup(struct run *run)
{
	struct space *space = &run->space;
	uintptr_t end;

	*space = (struct space){ .kind = SPACE_ANON, .fd = -1, .seed = run->opt->seed };
	space->version = mmap(NULL, run->opt->pages, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (space->version == MAP_FAILED)
		return fail("memory for the pages' versions");
	end = (uintptr_t)sbrk(0);
	sbrk((PAGE_BYTES - end % PAGE_BYTES) % PAGE_BYTES);
	return 0;
}

int heap_run(struct run *run)
{
	struct space *space = &run->space;

	more_rounds(run);
	while (space->pages < run->opt->pages && !out_of_time(run)) {
		void *at = sbrk(PAGE_BYTES);

		if (at == (void *)-1)
			return fail("grow the heap");
		if (!space->pages)
			space->base = at;
		page_access(run, space->pages++, true);
		pace(run);
	}
	note(run, "expect_first_touch_pages", space->pages);
	expect(run, space->pages, 0);
	return 0;
}

int leak_setup(struct run *run)
{
	size_t page;

	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	for (page = 0; page < run->opt->part; page++)
		page_access(run, page, true);
	return 0;
}

/*
 * A working set of --part pages that is used all the time, and pages that are written once and
 * forgotten, one for each turn around the working set: growing, swapping, and not thrashing.
 */
int leak_run(struct run *run)
{
	size_t hot = run->opt->part, next = hot, page;

	more_rounds(run);
	for (; next < run->space.pages && !out_of_time(run); next++) {
		page_access(run, next, true);
		for (page = 0; page < hot; page++)
			page_access(run, page, false);
		pace(run);
	}
	note(run, "expect_first_touch_pages", next - hot);
	return 0;
}
