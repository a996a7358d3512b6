/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms over powers of two.
 */
#ifndef QUIRE_HISTOGRAM_H
#define QUIRE_HISTOGRAM_H

#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/types.h>

/*
 * Bucket 0 holds 0, bucket i holds [2^(i-1), 2^i); the last one all above. In
 * ns that is up to 137 s, in pages up to 512 GiB.
 */
#define QUIRE_HIST_BUCKETS	38

/**
 * struct quire_hist - how often a value fell into each bucket
 * @bucket:	see above
 */
struct quire_hist {
	u64 bucket[QUIRE_HIST_BUCKETS];
};

static inline unsigned int quire_hist_index(u64 value)
{
	unsigned int i = fls64(value);

	return i < QUIRE_HIST_BUCKETS ? i : QUIRE_HIST_BUCKETS - 1;
}

/**
 * quire_hist_add - count a value in a per-CPU histogram
 * @hist:	per-CPU
 * @value:	its value
 *
 * Context: any but NMI; preemption is off.
 */
#define quire_hist_add(hist, value) \
	this_cpu_inc((hist).bucket[quire_hist_index(value)])

void quire_hist_sum(const struct quire_hist __percpu *hist, struct quire_hist *sum);

#endif
