/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Suspected leaks: memory grows for long, and its use does not.
 *
 * Nothing here knows of the kernel's memory: the suites in kunit/ run the same code.
 */
#ifndef QUIRE_THRASH_LEAK_H
#define QUIRE_THRASH_LEAK_H

#include <linux/types.h>

#define QUIRE_LEAK_STEPS	8	/* that the time of a suspicion is cut into */

/**
 * struct quire_leak - a process' size and use over the last steps; begins as zeros
 * @at_ms:	when each was looked at
 * @pages:	what it had of its own then, in memory and in swap
 * @used:	its working set then
 * @nr:		how many there are; the oldest is the first
 */
struct quire_leak {
	u64 at_ms[QUIRE_LEAK_STEPS + 1];
	u64 pages[QUIRE_LEAK_STEPS + 1];
	u64 used[QUIRE_LEAK_STEPS + 1];
	unsigned int nr;
};

/**
 * struct quire_leak_info - a suspicion
 * @since_ms:	time over which it has grown
 * @grown_pages: by how much
 * @pages_an_hour: how fast
 */
struct quire_leak_info {
	u64 since_ms;
	u64 grown_pages;
	u64 pages_an_hour;
};

void quire_leak_look(struct quire_leak *leak, u64 now_ms, u64 for_ms, u64 pages, u64 used);
bool quire_leak_suspected(const struct quire_leak *leak, struct quire_leak_info *info);

#endif
