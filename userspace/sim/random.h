/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that are the same everywhere for the same seed: splitmix64 (Steele, Lea, Flood, 2014).
 */
#ifndef QUIRE_RANDOM_H
#define QUIRE_RANDOM_H

#include <stdint.h>

/**
 * struct random - a generator
 * @state: where it is
 */
struct random {
	uint64_t state;
};

/**
 * random_seed() - a generator for a seed
 * @seed: any number
 */
static inline struct random random_seed(uint64_t seed)
{
	return (struct random){ seed };
}

/**
 * random_next() - the next 64 random bits
 * @r: the generator
 */
static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/**
 * random_below() - a number from 0 to @n - 1, each as likely (Lemire's multiplication)
 * @r: the generator
 * @n: at least 1
 *
 * The bias is below n / 2^64.
 */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
	return (__uint128_t)random_next(r) * n >> 64;
}

/**
 * random_unit() - a number in [0, 1), a multiple of 2^-53
 * @r: the generator
 */
static inline double random_unit(struct random *r)
{
	return (random_next(r) >> 11) * 0x1p-53;
}

#endif
