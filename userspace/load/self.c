// SPDX-License-Identifier: GPL-2.0
/*
 * The process's own memory, kept out of what is measured: everything that is mapped is brought in,
 * made private where it can be written, and locked. What remains to fault is the pattern's own.
 */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static char maps[256 << 10];

static size_t read_maps(void)
{
	size_t used = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	while ((got = read(fd, maps + used, sizeof(maps) - 1 - used)) > 0)
		used += got;
	close(fd);
	maps[used] = 0;
	return used;
}

/**
 * self_lock() - bring in and lock what is mapped
 * @run: the run, which notes whether locking was allowed
 * @except: start of a range that is left as it is, or NULL
 * @bytes: length of that range
 *
 * After a fork this also gives the process its own copy of each of its pages outside @except, so
 * that neither parent nor child takes a copy-on-write fault there later. Where RLIMIT_MEMLOCK
 * forbids locking the pages are brought in all the same, and the result says "locked 0".
 *
 * Return: 0, or -1 when the map of the process could not be read.
 */
int self_lock(struct run *run, const void *except, size_t bytes)
{
	uintptr_t from = (uintptr_t)except, to = from + bytes;
	char *line = maps, *next;

#ifdef __SANITIZE_ADDRESS__
	(void)except, (void)to;	/* its shadow memory is terabytes */
	return 0;
#endif
	if (!read_maps())
		return fail("/proc/self/maps");
	run->res->locked = true;
	for (; *line; line = next) {
		char *end, *name;
		uintptr_t low, high;
		bool writable;

		next = strchr(line, '\n');
		if (!next)
			break;
		*next++ = 0;
		low = strtoull(line, &end, 16);
		high = strtoull(end + 1, &end, 16);
		name = strchr(end, '[');
		if (end[1] != 'r' || (low < to && high > from))
			continue;
		if (name && !strncmp(name, "[v", 2))	/* vdso, vvar, vsyscall */
			continue;
		writable = end[2] == 'w';
		madvise((void *)low, high - low,
			writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
		if (mlock((void *)low, high - low))
			run->res->locked = false;
	}
	now_ns();	/* the vDSO's data page */
	return 0;
}

/**
 * self_sample() - read the process's own fault counters and clocks
 * @sample: where to
 *
 * Threads that ended are in the sums. Takes no fault itself once self_lock() has run.
 */
void self_sample(struct sample *sample)
{
	struct rusage now;

	getrusage(RUSAGE_SELF, &now);
	sample->minor = now.ru_minflt;
	sample->major = now.ru_majflt;
	sample->user_us = now.ru_utime.tv_sec * 1000000ULL + now.ru_utime.tv_usec;
	sample->system_us = now.ru_stime.tv_sec * 1000000ULL + now.ru_stime.tv_usec;
	sample->ns = now_ns();
}

/**
 * self_add() - add what happened between two samples to a result
 * @res: the result
 * @from: the earlier sample
 * @to: the later sample
 */
void self_add(struct result *res, const struct sample *from, const struct sample *to)
{
	res->minor += to->minor - from->minor;
	res->major += to->major - from->major;
	res->user_us += to->user_us - from->user_us;
	res->system_us += to->system_us - from->system_us;
	res->elapsed_us += (to->ns - from->ns) / 1000;
}

/**
 * self_pin() - bind the calling thread to one CPU
 * @cpu: number of the CPU, negative for no binding
 *
 * Return: 0, or -1 with a message.
 */
int self_pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	CPU_ZERO(&set);
	CPU_SET(cpu % CPU_SETSIZE, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? fail("pin to the CPU") : 0;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}
