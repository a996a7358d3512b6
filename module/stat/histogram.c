// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms over powers of two: each CPU has its own, a reader adds them up.
 */
#include <linux/smp.h>
#include <linux/string.h>
#include "stat/histogram.h"

/**
 * quire_hist_sum - add up the histograms of all CPUs
 * @hist:	per-CPU
 * @sum:	filled in
 *
 * Context: any.
 */
void quire_hist_sum(const struct quire_hist __percpu *hist, struct quire_hist *sum)
{
	unsigned int i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct quire_hist *one = per_cpu_ptr(hist, cpu);

		for (i = 0; i < QUIRE_HIST_BUCKETS; i++)
			sum->bucket[i] += READ_ONCE(one->bucket[i]);
	}
}
