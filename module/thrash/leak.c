// SPDX-License-Identifier: GPL-2.0
/*
 * Suspected leaks.
 *
 *	pages	|            ___---	grows in each of the 8 steps
 *		|   ___------
 *		|---
 *	used	|__--___--__---__--	and the working set does not: at most by a quarter of that
 *
 * A program that fills a cache and uses it grows in both. One that keeps what it never
 * looks at again, whether by mistake or not, grows in the first alone.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include "thrash/leak.h"

#define QUIRE_LEAK_LEAST	256	/* pages: less is noise */
#define QUIRE_LEAK_SHARE	64	/* and so is less than 1/64 of what there was */
#define QUIRE_LEAK_USED		4	/* how much of the growth may be in use: 1/4 */

/**
 * quire_leak_look - note the size and use of a process
 * @leak:	what is known of it
 * @now_ms:	the time
 * @for_ms:	a suspicion takes so long; a look that comes sooner than an eighth of that
 *		after the last one is not noted
 * @pages:	of its own, in memory and in swap
 * @used:	its working set
 */
void quire_leak_look(struct quire_leak *leak, u64 now_ms, u64 for_ms, u64 pages, u64 used)
{
	if (leak->nr && now_ms - leak->at_ms[leak->nr - 1] < div_u64(for_ms, QUIRE_LEAK_STEPS))
		return;
	/* It can only be a leak if it grows each time: else all begins anew. */
	if (leak->nr && pages <= leak->pages[leak->nr - 1])
		leak->nr = 0;
	if (leak->nr > QUIRE_LEAK_STEPS) {
		leak->nr--;
		memmove(&leak->at_ms[0], &leak->at_ms[1], leak->nr * sizeof(leak->at_ms[0]));
		memmove(&leak->pages[0], &leak->pages[1], leak->nr * sizeof(leak->pages[0]));
		memmove(&leak->used[0], &leak->used[1], leak->nr * sizeof(leak->used[0]));
	}
	leak->at_ms[leak->nr] = now_ms;
	leak->pages[leak->nr] = pages;
	leak->used[leak->nr++] = used;
}

static u64 quire_most_used(const struct quire_leak *leak, unsigned int from, unsigned int to)
{
	u64 most = 0;

	for (; from < to; from++)
		most = max(most, leak->used[from]);
	return most;
}

/**
 * quire_leak_suspected - whether a process seems to leak memory
 * @leak:	what is known of it
 * @info:	filled in if so
 */
bool quire_leak_suspected(const struct quire_leak *leak, struct quire_leak_info *info)
{
	u64 grown, early, late, ms;

	if (leak->nr <= QUIRE_LEAK_STEPS)
		return false;
	grown = leak->pages[QUIRE_LEAK_STEPS] - leak->pages[0];
	if (grown < QUIRE_LEAK_LEAST || grown < div_u64(leak->pages[0], QUIRE_LEAK_SHARE))
		return false;
	early = quire_most_used(leak, 0, QUIRE_LEAK_STEPS / 2);
	late = quire_most_used(leak, QUIRE_LEAK_STEPS / 2, leak->nr);
	if (late > early + div_u64(grown, QUIRE_LEAK_USED))
		return false;
	ms = leak->at_ms[QUIRE_LEAK_STEPS] - leak->at_ms[0];
	info->since_ms = ms;
	info->grown_pages = grown;
	info->pages_an_hour = div64_u64(grown * 3600 * MSEC_PER_SEC, ms);
	return true;
}
