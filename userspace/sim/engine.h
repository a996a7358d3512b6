/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: runs a policy over a trace in memory, one simulated memory at a time.
 *
 * The flat host: nodes lie in one array by page id, so that a page is its own handle and its own
 * ghost. Each policy is compiled together with its own copy of the loop (unit/policy_unit.c), so
 * the compiler sees through the calls; quire_pool_step() goes through the ops instead, one
 * reference at a time, and does the same.
 *
 * A policy whose victim() gives a page that is not resident is a bug: it is named on standard error
 * and the program aborts.
 *
 * Memory: 16 bytes a distinct page, the policy's private state, and nothing a request.
 * Threads: a pool belongs to one thread at a time; nothing is shared between pools.
 */
#ifndef QUIRE_ENGINE_H
#define QUIRE_ENGINE_H

#define QUIRE_FLAT_HOST
#include <quire/policy.h>

/**
 * struct quire_trace - a sequence of references
 * @page:     dense page ids, from 1 to @pages, one a request
 * @write:    bit i % 64 of word i / 64 is set if request i writes; NULL if none does
 * @requests: how many
 * @pages:    how many distinct pages
 */
struct quire_trace {
	const u32 *page;
	const u64 *write;
	u64 requests;
	u32 pages;
};

/**
 * struct quire_result - what a run counted; runs add to it
 * @requests:        references
 * @hits:            found resident
 * @faults:          not resident: @requests - @hits
 * @cold_faults:     of these, the first reference to a page
 * @evictions:       pages that had to go
 * @dirty_evictions: of these, written to since they came in
 */
struct quire_result {
	u64 requests;
	u64 hits;
	u64 faults;
	u64 cold_faults;
	u64 evictions;
	u64 dirty_evictions;
};

/**
 * struct quire_event - what one reference did
 * @hit:     the page was resident
 * @cold:    it was the first reference to the page
 * @evicted: the page that had to go, or %QUIRE_NONE
 * @dirty:   @evicted was dirty
 */
struct quire_event {
	bool hit;
	bool cold;
	quire_page_t evicted;
	bool dirty;
};

/**
 * struct quire_engine - a policy and its own loop
 * @ops: the policy
 * @run: runs requests @from to @to - 1 of a trace through a started pool and adds to @result;
 *       a trace may be run in pieces
 */
struct quire_engine {
	const struct quire_policy_ops *ops;
	void (*run)(struct quire_pool *pool, const struct quire_trace *trace, u64 from, u64 to,
		    struct quire_result *result);
};

/* All policies, in the order of policies.h; ended by NULL. */
extern const struct quire_engine *const quire_engines[];

/**
 * quire_engine_find() - the policy of a name
 * @name: as in its ops
 *
 * Return: the engine, or NULL.
 */
const struct quire_engine *quire_engine_find(const char *name);

/**
 * quire_pool_new() - a simulated memory, empty, with the default parameters
 * @ops:    the policy
 * @frames: its size in pages, at least 1
 * @pages:  the highest page id that will be used
 * @seed:   for policies that draw lots
 *
 * Return: the pool, or NULL without memory.
 */
struct quire_pool *quire_pool_new(const struct quire_policy_ops *ops, u32 frames, u32 pages,
				  u64 seed);

/**
 * quire_pool_set() - sets a parameter of the pool's policy
 * @pool:  the pool
 * @name:  the parameter
 * @value: its value
 *
 * Return: 0, -ENOENT if the policy has no such parameter, -ERANGE if it is out of bounds.
 */
int quire_pool_set(struct quire_pool *pool, const char *name, u32 value);

/**
 * quire_pool_start() - sets up the policy, once, after the parameters and before the first page
 * @pool: the pool
 *
 * Return: 0 or a negative errno.
 */
int quire_pool_start(struct quire_pool *pool);

/**
 * quire_pool_free() - ends the policy and frees the pool
 * @pool: the pool, or NULL
 */
void quire_pool_free(struct quire_pool *pool);

/**
 * quire_pool_resident() - how many pages are in the pool
 * @pool: the pool
 */
u32 quire_pool_resident(const struct quire_pool *pool);

/**
 * quire_pool_step() - one reference
 * @pool:  a started pool
 * @page:  its id
 * @write: it is written to
 *
 * Return: what happened.
 */
struct quire_event quire_pool_step(struct quire_pool *pool, quire_page_t page, bool write);

/**
 * quire_simulate() - a whole trace through one policy and size, default parameters
 * @engine: the policy
 * @trace:  the trace
 * @frames: the size in pages
 * @seed:   for policies that draw lots
 * @result: set
 *
 * Return: 0 or a negative errno.
 */
int quire_simulate(const struct quire_engine *engine, const struct quire_trace *trace, u32 frames,
		   u64 seed, struct quire_result *result);

#endif /* QUIRE_ENGINE_H */
