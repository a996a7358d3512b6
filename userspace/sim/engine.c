// SPDX-License-Identifier: GPL-2.0
/* Pools of the flat host: made, set up, stepped through the ops, freed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "flat_host.h"

#define QUIRE_POLICY(name) extern const struct quire_engine quire_engine_##name;
#include "../../module/policies/policies.h"
#undef QUIRE_POLICY

const struct quire_engine *const quire_engines[] = {
#define QUIRE_POLICY(name) &quire_engine_##name,
#include "../../module/policies/policies.h"
#undef QUIRE_POLICY
	NULL
};

const struct quire_engine *quire_engine_find(const char *name)
{
	for (const struct quire_engine *const *engine = quire_engines; *engine; engine++)
		if (!strcmp((*engine)->ops->name, name))
			return *engine;
	return NULL;
}

void flat_broken(const struct quire_policy_ops *ops, quire_page_t victim)
{
	fprintf(stderr, "%s: victim() gave page %u, which is not resident\n", ops->name, victim);
	abort();
}

/* The kernel hands out zeroed memory as it is touched, in huge pages if it is asked to. */
static struct quire_node *new_nodes(size_t bytes)
{
	void *nodes = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (nodes == MAP_FAILED)
		return NULL;
	madvise(nodes, bytes, MADV_HUGEPAGE);
	return nodes;
}

struct quire_pool *quire_pool_new(const struct quire_policy_ops *ops, u32 frames, u32 pages,
				  u64 seed)
{
	struct quire_pool *pool = calloc(1, sizeof(*pool) + ops->pool_size);
	struct quire_host *host = calloc(1, sizeof(*host));

	if (!pool || !host)
		goto no_memory;
	host->pages = pages;
	host->nodes_bytes = ((size_t)pages + 1) * sizeof(struct quire_node);
	pool->nodes = new_nodes(host->nodes_bytes);
	if (!pool->nodes)
		goto no_memory;
	pool->ops = ops;
	pool->host = host;
	pool->handles = pages + 1;
	pool->frames = frames;
	pool->ghosts_max = frames + 1;
	quire_seed(pool, seed);
	for (u32 i = 0; i < ops->nr_params; i++)
		pool->param[i] = ops->params[i].def;
	return pool;

no_memory:
	free(pool);
	free(host);
	return NULL;
}

int quire_pool_set(struct quire_pool *pool, const char *name, u32 value)
{
	const struct quire_policy_ops *ops = pool->ops;

	for (u32 i = 0; i < ops->nr_params; i++) {
		const struct quire_param *param = &ops->params[i];

		if (strcmp(param->name, name))
			continue;
		if (value < param->min || value > param->max)
			return -ERANGE;
		pool->param[i] = value;
		return 0;
	}
	return -ENOENT;
}

int quire_pool_start(struct quire_pool *pool)
{
	int err = pool->ops->init ? pool->ops->init(pool) : 0;

	pool->host->started = !err;
	return err;
}

void quire_pool_free(struct quire_pool *pool)
{
	if (!pool)
		return;
	if (pool->host->started && pool->ops->exit)
		pool->ops->exit(pool);
	munmap(pool->nodes, pool->host->nodes_bytes);
	free(pool->host);
	free(pool);
}

u32 quire_pool_resident(const struct quire_pool *pool)
{
	return pool->host->resident;
}

struct quire_event quire_pool_step(struct quire_pool *pool, quire_page_t page, bool write)
{
	struct quire_event event = { .evicted = QUIRE_NONE };

	if (quire_node(pool, page)->bits & QUIRE_RESIDENT) {
		event.hit = true;
		flat_touch(pool, pool->ops, page, write);
		return event;
	}
	if (pool->host->resident >= pool->frames)
		event.evicted = flat_evict(pool, pool->ops, &event.dirty);
	else
		pool->host->resident++;
	event.cold = flat_admit(pool, pool->ops, page, write);
	return event;
}

int quire_simulate(const struct quire_engine *engine, const struct quire_trace *trace, u32 frames,
		   u64 seed, struct quire_result *result)
{
	struct quire_pool *pool = quire_pool_new(engine->ops, frames, trace->pages, seed);
	int err;

	memset(result, 0, sizeof(*result));
	if (!pool)
		return -ENOMEM;
	err = quire_pool_start(pool);
	if (!err)
		engine->run(pool, trace, 0, trace->requests, result);
	quire_pool_free(pool);
	return err;
}
