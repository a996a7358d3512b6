// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share an address space: one takes pages away that all have in their TLBs, or all
 * want the same page at the same moment. They wait by spinning, for a CPU that idles drops out of
 * the set that a flush has to reach.
 */
#include "load.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SPINS_BEFORE_YIELD 10000

/* What the threads of a run share. */
struct crew {
	struct run *run;
	pthread_t thread[MAX_THREADS];
	atomic_uint arrived;
	atomic_uint turn;
	atomic_uint corrupt;
	atomic_bool end;
	void (*step)(struct crew *crew);
	size_t page;		/* race: the page of this turn */
	unsigned int count;
};

/* All threads, the main one included, meet here. */
static void meet(struct crew *crew)
{
	unsigned int turn = atomic_load(&crew->turn), spins = 0;

	if (atomic_fetch_add(&crew->arrived, 1) + 1 == crew->count) {
		atomic_store(&crew->arrived, 0);
		atomic_fetch_add(&crew->turn, 1);
		return;
	}
	while (atomic_load(&crew->turn) == turn)
		if (++spins % SPINS_BEFORE_YIELD == 0)
			sched_yield();
}

struct start {
	struct crew *crew;
	int cpu;
};

static void *crew_main(void *arg)
{
	struct start start = *(struct start *)arg;
	struct crew *crew = start.crew;

	free(arg);
	if (start.cpu >= 0)
		self_pin(start.cpu);
	meet(crew);	/* started */
	meet(crew);	/* locked and sampled */
	for (;;) {
		meet(crew);	/* a turn begins, or this is the end */
		if (atomic_load(&crew->end))
			break;
		crew->step(crew);
	}
	meet(crew);	/* sampled: only now may a thread's end be accounted */
	return NULL;
}

/* Start the others, each on a CPU of its own as far as there are any. */
static int crew_start(struct run *run, void (*step)(struct crew *crew))
{
	static struct crew the_crew;
	struct crew *crew = &the_crew;
	cpu_set_t allowed;
	unsigned int i;
	int cpu = -1;

	run->priv = crew;
	*crew = (struct crew){ .run = run, .step = step, .count = run->opt->threads };
	sched_getaffinity(0, sizeof(allowed), &allowed);
	for (i = 0; i < crew->count; i++) {
		struct start *start = malloc(sizeof(*start));

		do
			cpu = (cpu + 1) % CPU_SETSIZE;
		while (!CPU_ISSET(cpu, &allowed));
		if (!start)
			return fail("memory");
		*start = (struct start){ .crew = crew, .cpu = cpu };
		if (!i) {
			free(start);
			self_pin(cpu);
		} else if (pthread_create(&crew->thread[i], NULL, crew_main, start)) {
			free(start);
			return fail("start a thread");
		}
	}
	meet(crew);
	return 0;
}

static void crew_end(struct crew *crew)
{
	unsigned int i;

	meet(crew);
	for (i = 1; i < crew->count; i++)
		pthread_join(crew->thread[i], NULL);
	crew->run->res->corrupt += atomic_load(&crew->corrupt);
}

/* One turn of a helper: read all pages, so that their translations are in this CPU's TLB. */
static void tlb_step(struct crew *crew)
{
	struct space *space = &crew->run->space;
	size_t page;

	for (page = 0; page < space->pages; page++)
		if (!page_intact(space, page, space->base + page * PAGE_BYTES))
			atomic_fetch_add(&crew->corrupt, 1);
	meet(crew);	/* everybody has them; the main thread takes them away */
	meet(crew);
}

int tlb_setup(struct run *run)
{
	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	return crew_start(run, tlb_step);
}

static int take_away(struct run *run, bool by_protection)
{
	struct space *space = &run->space;
	size_t bytes = space->pages * PAGE_BYTES;

	if (by_protection) {
		if (mprotect(space->base, bytes, PROT_READ) ||
		    mprotect(space->base, bytes, PROT_READ | PROT_WRITE))
			return fail("mprotect");
		return 0;
	}
	if (!strcmp(run->opt->operation, "munmap")) {
		if (munmap(space->base, bytes) ||
		    mmap(space->base, bytes, PROT_READ | PROT_WRITE,
			 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			return fail("munmap");
	} else if (madvise(space->base, bytes, MADV_DONTNEED)) {
		return fail("MADV_DONTNEED");
	}
	memset(space->version, 0, space->pages);
	return 0;
}

/*
 * Each round: the main thread writes --pages pages, the others read them, and then one operation,
 * munmap, mprotect or MADV_DONTNEED, invalidates them all: one flush that reaches the other CPUs.
 */
int tlb_run(struct run *run)
{
	bool by_protection = !strcmp(run->opt->operation, "mprotect");
	struct crew *crew = run->priv;
	struct sample from, to;
	size_t page;
	int err = 0;

	self_sample(&from);
	meet(crew);
	while (!err && more_rounds(run)) {
		for (page = 0; page < run->space.pages; page++)
			page_access(run, page, true);
		meet(crew);
		meet(crew);
		err = take_away(run, by_protection);
		meet(crew);
	}
	atomic_store(&crew->end, true);
	meet(crew);
	self_sample(&to);
	self_add(run->res, &from, &to);
	crew_end(crew);
	note(run, "expect_flush_operations", run->res->rounds);
	note(run, "expect_flush_pages", run->res->rounds * run->space.pages);
	if (!by_protection) {
		note(run, "expect_first_touch_pages", run->res->rounds * run->space.pages);
		expect(run, run->res->rounds * run->space.pages, 0);
	}
	return err;
}

/* One turn of every thread: the same page, at the same moment. */
static void race_step(struct crew *crew)
{
	struct run *run = crew->run;

	if (!page_intact(&run->space, crew->page, run->space.base + crew->page * PAGE_BYTES))
		atomic_fetch_add(&crew->corrupt, 1);
	meet(crew);
}

int race_setup(struct run *run)
{
	if (space_open(run, SPACE_ANON, run->opt->pages))
		return -1;
	return crew_start(run, race_step);
}

/*
 * All threads read an untouched page at once. One gets there first; what the others' faults find
 * is for the kernel to say, so only the least number is known: a fault a page.
 */
int race_run(struct run *run)
{
	struct crew *crew = run->priv;
	struct sample from, to;

	self_sample(&from);
	meet(crew);
	while (more_rounds(run)) {
		madvise(run->space.base, run->space.pages * PAGE_BYTES, MADV_DONTNEED);
		for (crew->page = 0; crew->page < run->space.pages; crew->page++) {
			meet(crew);
			race_step(crew);
			run->res->accesses += crew->count;
		}
	}
	atomic_store(&crew->end, true);
	meet(crew);
	self_sample(&to);
	self_add(run->res, &from, &to);
	crew_end(crew);
	note(run, "expect_first_touch_pages", run->res->rounds * run->space.pages);
	note(run, "raced_faults",
	     run->res->minor - (long long)(run->res->rounds * run->space.pages));
	return 0;
}
