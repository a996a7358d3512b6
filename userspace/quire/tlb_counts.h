/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counts of TLB flushes and what they are, for quire tlb and quire top.
 */
#ifndef QUIRE_TLB_COUNTS_H
#define QUIRE_TLB_COUNTS_H

#define TLB_FLUSHES 8	/* the first are flushes that CPUs did, the others what led to them */
#define TLB_COUNTS 13

/**
 * struct tlb_count - a count
 * @name: in stat
 * @about: for people
 */
struct tlb_count {
	const char *name;
	const char *about;
};

extern const struct tlb_count tlb_counts[TLB_COUNTS];

#endif
