// SPDX-License-Identifier: GPL-2.0
/*
 * Blame: for whom were the pages evicted that others, or they themselves, want back?
 *
 * Who frees memory for itself evicts for itself. Most is freed by kswapd, ahead of
 * those who take it. Its evictions are charged to the last admissions (pages that came into
 * memory), one after the other, again and again:
 *
 *	admissions	A A B A A A A B		a ring of the last 256
 *	evictions	1 2 3 4 ...
 *
 * So everybody is charged in proportion to what he takes, of late; which eviction is for
 * which admission is by order alone.
 *
 * Pairs of victim and culprit are in a small table that grows old: at each look an eighth
 * is taken off, which makes a count about that of the last eight looks, the last
 * weighing most.
 *
 * Context: notes and additions from any but NMI, no lock. One thread ages and reads.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>
#include "thrash/blame.h"

#define QUIRE_ADMISSIONS	256
#define QUIRE_BLAME_PROBES	8
#define QUIRE_BLAME_LOOKS	8

/**
 * struct quire_blame_place - a pair that is counted
 * @pair:	victim and culprit, 0 if there is none
 * @fresh:	pages since the last look
 * @pages:	of late
 */
struct quire_blame_place {
	atomic64_t pair;
	atomic_t fresh;
	u32 pages;
};

static struct quire_blame_place quire_blame_places[QUIRE_BLAMES];
static u32 quire_admissions[QUIRE_ADMISSIONS];
static atomic_t quire_admitted;
static atomic_t quire_charged;

/**
 * quire_blame_start - forget all
 */
void quire_blame_start(void)
{
	memset(quire_blame_places, 0, sizeof(quire_blame_places));
	memset(quire_admissions, 0, sizeof(quire_admissions));
	atomic_set(&quire_admitted, 0);
	atomic_set(&quire_charged, 0);
}

/**
 * quire_admissions_note - a page has come into memory
 * @tgid:	for whom, not 0
 */
void quire_admissions_note(u32 tgid)
{
	u32 at = atomic_inc_return(&quire_admitted);

	WRITE_ONCE(quire_admissions[at % QUIRE_ADMISSIONS], tgid);
}

/**
 * quire_admissions_take - whom to charge for an eviction that nobody makes for himself
 *
 * Return: the process; 0 if that is not known.
 */
u32 quire_admissions_take(void)
{
	u32 at = atomic_inc_return(&quire_charged);

	return READ_ONCE(quire_admissions[at % QUIRE_ADMISSIONS]);
}

/**
 * quire_blame_add - pages have come back
 * @victim:	who wanted them
 * @culprit:	whom they were evicted for, 0 if that is not known
 * @pages:	how many
 */
void quire_blame_add(u32 victim, u32 culprit, u32 pages)
{
	s64 pair = (u64)victim << 32 | culprit, there;
	struct quire_blame_place *place;
	u32 at = hash_64(pair, ilog2(QUIRE_BLAMES));
	unsigned int i;

	for (i = 0; i < QUIRE_BLAME_PROBES; i++) {
		place = &quire_blame_places[(at + i) % QUIRE_BLAMES];
		there = atomic64_read(&place->pair);
		if (!there)
			there = atomic64_cmpxchg(&place->pair, 0, pair) ?: pair;
		if (there == pair) {
			atomic_add(pages, &place->fresh);
			return;
		}
	}
}

/**
 * quire_blame_age - a look is over
 */
void quire_blame_age(void)
{
	struct quire_blame_place *place;

	for (place = quire_blame_places; place < quire_blame_places + QUIRE_BLAMES; place++) {
		if (!atomic64_read(&place->pair))
			continue;
		place->pages -= DIV_ROUND_UP(place->pages, QUIRE_BLAME_LOOKS);
		place->pages += atomic_xchg(&place->fresh, 0);
		/* What is added just now goes to the next that has this place, and is lost. */
		if (!place->pages)
			atomic64_set(&place->pair, 0);
	}
}

/**
 * quire_blame_read - the pairs
 * @blame:	filled in, in no order
 * @max:	so many at most
 *
 * Return: how many there are.
 */
unsigned int quire_blame_read(struct quire_blame *blame, unsigned int max)
{
	const struct quire_blame_place *place;
	unsigned int nr = 0;
	u64 pair;

	for (place = quire_blame_places; place < quire_blame_places + QUIRE_BLAMES; place++) {
		pair = atomic64_read(&place->pair);
		if (!pair || !place->pages || nr == max)
			continue;
		blame[nr++] = (struct quire_blame){
			.victim = pair >> 32, .culprit = (u32)pair, .pages = place->pages,
		};
	}
	return nr;
}
