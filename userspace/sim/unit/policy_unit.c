// SPDX-License-Identifier: GPL-2.0
/*
 * One policy and its own copy of the loop; compiled once per policy with
 * -DPOLICY=lru -DPOLICY_FILE='"lru.c"'. The ops are a constant that the compiler sees, so the
 * calls through them become part of the loop.
 *
 * The trace is known ahead, so nodes are fetched before they are needed, and with a policy that
 * relinks on a hit so are their neighbours, half as far ahead.
 */
#include "flat_host.h"
#include POLICY_FILE

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define OPS JOIN(quire_policy_, POLICY)

#define NODES_AHEAD 32
#define NEIGHBOURS_AHEAD 16

static always_inline void fetch_ahead(const struct quire_pool *pool, const u32 *page, u64 left)
{
	if (left > NODES_AHEAD)
		__builtin_prefetch(&pool->nodes[page[NODES_AHEAD]], 1);
	if (OPS.relinks && left > NEIGHBOURS_AHEAD) {
		const struct quire_node *node = &pool->nodes[page[NEIGHBOURS_AHEAD]];

		__builtin_prefetch(&pool->nodes[node->next], 1);
		__builtin_prefetch(&pool->nodes[node->prev], 1);
	}
}

static always_inline void run_loop(struct quire_pool *pool, const struct quire_trace *trace,
				   u64 from, u64 to, struct quire_result *result, bool writes)
{
	u32 resident = pool->host->resident;
	u64 faults = 0, cold = 0, evictions = 0, dirty_evictions = 0;

	for (u64 i = from; i < to; i++) {
		quire_page_t page = trace->page[i];
		bool write = writes && (trace->write[i / 64] >> (i % 64) & 1);

		fetch_ahead(pool, trace->page + i, to - i);
		if (quire_node(pool, page)->bits & QUIRE_RESIDENT) {
			flat_touch(pool, &OPS, page, write);
			continue;
		}
		faults++;
		if (resident >= pool->frames) {
			bool dirty;

			flat_evict(pool, &OPS, &dirty);
			evictions++;
			dirty_evictions += dirty;
		} else {
			resident++;
		}
		cold += flat_admit(pool, &OPS, page, write);
	}
	pool->host->resident = resident;
	result->requests += to - from;
	result->hits += to - from - faults;
	result->faults += faults;
	result->cold_faults += cold;
	result->evictions += evictions;
	result->dirty_evictions += dirty_evictions;
}

__attribute__((flatten))
static void run(struct quire_pool *pool, const struct quire_trace *trace, u64 from, u64 to,
		struct quire_result *result)
{
	if (trace->write)
		run_loop(pool, trace, from, to, result, true);
	else
		run_loop(pool, trace, from, to, result, false);
}

extern const struct quire_engine JOIN(quire_engine_, POLICY);
const struct quire_engine JOIN(quire_engine_, POLICY) = {
	.ops = &OPS,
	.run = run,
};
