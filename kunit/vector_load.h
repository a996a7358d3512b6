/* SPDX-License-Identifier: GPL-2.0 */
/* Reproducible loads in integers, the same in the simulator, in KUnit and for other simulators. */
#ifndef QUIRE_VECTOR_LOAD_H
#define QUIRE_VECTOR_LOAD_H

#define VECTOR_PAGES	390u
#define VECTOR_REQUESTS	50000u
#define VECTOR_SEED	1u		/* of the policies, as in quire sim */

enum vector_kind {
	VECTOR_SKEWED,		/* a few pages often, many seldom */
	VECTOR_SCANNED,		/* the same, and a quarter of all references one long scan */
	VECTOR_DRIFTING,	/* the same, over other pages after each 5,000 references */
	VECTOR_HOT_AND_LOOP,	/* two thirds to 20 pages, the rest a loop over all */
	VECTOR_KINDS
};

/**
 * struct vector_load - where a load stands
 * @luck: state of its generator (xorshift64*)
 * @i:    references given
 * @kind: which load
 */
struct vector_load {
	u64 luck;
	u32 i;
	enum vector_kind kind;
};

static inline u32 vector_below(struct vector_load *load, u32 below)
{
	u64 x = load->luck;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	load->luck = x;
	return ((x * 0x2545f4914f6cdd1dull) >> 32) * below >> 32;
}

/** vector_load_start() - begins a load */
static inline void vector_load_start(struct vector_load *load, enum vector_kind kind)
{
	load->luck = 88172645463325252ull + kind;
	load->i = 0;
	load->kind = kind;
}

/** vector_load_next() - the next page, 1 to VECTOR_PAGES */
static inline u32 vector_load_next(struct vector_load *load)
{
	u32 u = vector_below(load, 65536), i = load->i++;
	u32 skewed = ((u64)u * u >> 16) * u / 65536 * VECTOR_PAGES / 65536;

	switch (load->kind) {
	case VECTOR_SKEWED:
		return 1 + skewed;
	case VECTOR_SCANNED:
		return 1 + (vector_below(load, 4) ? skewed : i % VECTOR_PAGES);
	case VECTOR_DRIFTING:
		return 1 + (skewed + i / 5000 * 37) % VECTOR_PAGES;
	default:
		return 1 + (vector_below(load, 3) ? u % 20 : i * 7 % VECTOR_PAGES);
	}
}

#endif /* QUIRE_VECTOR_LOAD_H */
