// SPDX-License-Identifier: GPL-2.0
/*
 * Recent evictions: of which pages, and for whom.
 *
 * A page that comes back was missed. Was it taken away too early, or was it just not there
 * for long? Its eviction has a number, and the difference to the number of now is how much
 * more memory would have kept it. Up to as much as there is memory, it came back soon.
 *
 *	hash of the page -> [ e e e e e e e e ]	a bucket, one cache line; the oldest makes room
 *	e: check bits of the page (14) | number of the eviction (28) | process (22)
 *
 *	number of the eviction -> when it was; of as many as there are places
 *
 * The table has a place for each page of memory, up to a million. Where there is more memory
 * than that, one page in 2^n is followed, chosen by its hash, and stands for as many.
 *
 * Context: any, no lock. Two CPUs that write to the same place at the same time lose one of
 * two evictions, which is as if it had been a little older.
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include "thrash/recent.h"

#define QUIRE_WAYS		8
#define QUIRE_TGID_BITS		22	/* PID_MAX_LIMIT is 2^22 */
#define QUIRE_NUMBER_BITS	28
#define QUIRE_NUMBERS		(1U << QUIRE_NUMBER_BITS)

struct quire_bucket {
	u64 way[QUIRE_WAYS];
};

static struct quire_bucket *quire_buckets;
static u32 *quire_when;			/* jiffies */
static unsigned int quire_bucket_bits;
static unsigned int quire_recent_shift;
static u32 quire_recent_limit;		/* differences of numbers up to this are soon */
static atomic_t quire_recent_number;

/**
 * quire_recent_start - get the memory for it
 * @memory_pages: how much memory there is
 * @max_bits:	2^max_bits places at most
 *
 * Return: 0 or -ENOMEM.
 */
int quire_recent_start(unsigned long memory_pages, unsigned int max_bits)
{
	unsigned int bits = ilog2(roundup_pow_of_two(max(memory_pages, 64ul)));

	quire_recent_shift = bits > max_bits ? bits - max_bits : 0;
	bits -= quire_recent_shift;
	quire_bucket_bits = bits - ilog2(QUIRE_WAYS);
	quire_recent_limit = memory_pages >> quire_recent_shift;
	atomic_set(&quire_recent_number, 0);
	quire_buckets = kvcalloc(1ul << quire_bucket_bits, sizeof(*quire_buckets), GFP_KERNEL);
	quire_when = kvcalloc(1ul << bits, sizeof(*quire_when), GFP_KERNEL);
	if (quire_buckets && quire_when)
		return 0;
	quire_recent_stop();
	return -ENOMEM;
}

/**
 * quire_recent_stop - free it; nobody notes or takes any more
 *
 * Context: may sleep.
 */
void quire_recent_stop(void)
{
	kvfree(quire_buckets);
	kvfree(quire_when);
	quire_buckets = NULL;
	quire_when = NULL;
}

/* The bucket of a page that is followed, and its check bits; else NULL. */
static struct quire_bucket *quire_bucket_of(u64 page, u64 *check)
{
	u64 hash = page * GOLDEN_RATIO_64;

	hash ^= hash >> 32;
	hash *= GOLDEN_RATIO_64;
	if (hash >> 20 & (BIT_ULL(quire_recent_shift) - 1))
		return NULL;
	*check = hash >> (QUIRE_TGID_BITS + QUIRE_NUMBER_BITS);
	/* Multiplying has mixed the upper bits best: those are the check, these are next. */
	return &quire_buckets[hash >> (QUIRE_TGID_BITS + QUIRE_NUMBER_BITS - quire_bucket_bits) &
			      (BIT_ULL(quire_bucket_bits) - 1)];
}

static u32 quire_places(void)
{
	return QUIRE_WAYS << quire_bucket_bits;
}

static u32 quire_number_of(u64 way)
{
	return way >> QUIRE_TGID_BITS & (QUIRE_NUMBERS - 1);
}

/* How many evictions ago; a number of 0 is a place that has never been used. */
static u32 quire_distance(u64 way, u32 now)
{
	return way ? (now - quire_number_of(way)) & (QUIRE_NUMBERS - 1) : QUIRE_NUMBERS;
}

static u32 quire_ms_since(u32 number)
{
	return jiffies_to_msecs((u32)jiffies - READ_ONCE(quire_when[number & (quire_places() - 1)]));
}

/**
 * quire_recent_note - a page is evicted
 * @page:	what it would come back as
 * @tgid:	for whom, 0 if that is not known
 */
void quire_recent_note(u64 page, u32 tgid)
{
	u32 number, distance, most = 0;
	struct quire_bucket *bucket;
	unsigned int i, oldest = 0;
	u64 check, way;

	bucket = quire_bucket_of(page, &check);
	if (!bucket)
		return;
	number = atomic_inc_return(&quire_recent_number) & (QUIRE_NUMBERS - 1);
	for (i = 0; i < QUIRE_WAYS; i++) {
		way = READ_ONCE(bucket->way[i]);
		if (way >> (QUIRE_NUMBER_BITS + QUIRE_TGID_BITS) == check) {
			/* Of what was there before: a slot of swap is freed, and used again. */
			oldest = i;
			break;
		}
		distance = quire_distance(way, number);
		if (distance > most) {
			most = distance;
			oldest = i;
		}
	}
	WRITE_ONCE(quire_when[number & (quire_places() - 1)], (u32)jiffies);
	WRITE_ONCE(bucket->way[oldest], check << (QUIRE_NUMBER_BITS + QUIRE_TGID_BITS) |
		   (u64)number << QUIRE_TGID_BITS | tgid);
}

/**
 * quire_recent_take - a page comes back
 * @page:	as at its eviction
 * @recent:	set to what is known of its eviction
 *
 * Return: how many pages it stands for if its eviction was recent, else 0.
 */
unsigned int quire_recent_take(u64 page, struct quire_recent *recent)
{
	u32 number = atomic_read(&quire_recent_number) & (QUIRE_NUMBERS - 1);
	struct quire_bucket *bucket;
	unsigned int i;
	u64 check, way;
	u32 distance;

	*recent = (struct quire_recent){ .distance_pages = -1, .away_ms = -1 };
	bucket = quire_bucket_of(page, &check);
	if (!bucket)
		return 0;
	for (i = 0; i < QUIRE_WAYS; i++) {
		way = READ_ONCE(bucket->way[i]);
		if (!way || way >> (QUIRE_NUMBER_BITS + QUIRE_TGID_BITS) != check)
			continue;
		WRITE_ONCE(bucket->way[i], 0);
		distance = quire_distance(way, number);
		recent->tgid = way & (BIT(QUIRE_TGID_BITS) - 1);
		recent->distance_pages = (u64)distance << quire_recent_shift;
		if (distance < quire_places())
			recent->away_ms = quire_ms_since(quire_number_of(way));
		return distance <= quire_recent_limit ? 1U << quire_recent_shift : 0;
	}
	return 0;
}
