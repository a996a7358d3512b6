// SPDX-License-Identifier: GPL-2.0
/* The engine: its fast loops against the step through the ops, its counts, its parameters. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"
#include "tap.h"

#define REQUESTS 60000
#define PAGES 3000

static u32 page[REQUESTS];
static u64 writes[REQUESTS / 64 + 1];
static u64 luck = 88172645463325252ull;

static u32 random_below(u32 below)
{
	luck ^= luck << 13;
	luck ^= luck >> 7;
	luck ^= luck << 17;
	return (luck >> 32) * below >> 32;
}

static struct quire_trace make_trace(void)
{
	memset(writes, 0, sizeof(writes));
	for (u32 i = 0; i < REQUESTS; i++) {
		u32 a = random_below(PAGES), b = random_below(PAGES);

		page[i] = i % 7 ? 1 + (a < b ? a : b) : 1 + i / 7 % PAGES;
		if (random_below(3) == 0)
			writes[i / 64] |= 1ull << i % 64;
	}
	return (struct quire_trace){ page, writes, REQUESTS, PAGES };
}

static struct quire_pool *start_pool(const struct quire_policy_ops *ops, u32 frames)
{
	struct quire_pool *pool = quire_pool_new(ops, frames, PAGES, 7);

	if (!pool || quire_pool_start(pool))
		exit(1);
	return pool;
}

static struct quire_result by_steps(const struct quire_policy_ops *ops,
				    const struct quire_trace *trace, u32 frames)
{
	struct quire_pool *pool = start_pool(ops, frames);
	struct quire_result result = { .requests = trace->requests };

	for (u64 i = 0; i < trace->requests; i++) {
		bool write = trace->write && (trace->write[i / 64] >> i % 64 & 1);
		struct quire_event event = quire_pool_step(pool, trace->page[i], write);

		result.hits += event.hit;
		result.faults += !event.hit;
		result.cold_faults += event.cold;
		result.evictions += event.evicted != QUIRE_NONE;
		result.dirty_evictions += event.dirty;
	}
	quire_pool_free(pool);
	return result;
}

static struct quire_result by_pieces(const struct quire_engine *engine,
				     const struct quire_trace *trace, u32 frames)
{
	struct quire_pool *pool = start_pool(engine->ops, frames);
	struct quire_result result = { 0 };

	for (u64 from = 0, to; from < trace->requests; from = to) {
		to = from + 1 + random_below(900);
		if (to > trace->requests)
			to = trace->requests;
		engine->run(pool, trace, from, to, &result);
	}
	quire_pool_free(pool);
	return result;
}

static bool same(const struct quire_result *a, const struct quire_result *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool adds_up(const struct quire_result *r, u32 frames, u64 distinct)
{
	u64 left = r->faults - r->evictions;

	return r->requests == REQUESTS && r->hits + r->faults == r->requests &&
	       r->cold_faults == distinct && left == (distinct < frames ? distinct : frames) &&
	       r->dirty_evictions <= r->evictions;
}

static u64 count_distinct(void)
{
	static bool seen[PAGES + 1];
	u64 n = 0;

	for (u32 i = 0; i < REQUESTS; i++) {
		n += !seen[page[i]];
		seen[page[i]] = true;
	}
	return n;
}

static void test_engine(const struct quire_engine *engine, const struct quire_trace *trace,
			u64 distinct)
{
	static const u32 sizes[] = { 1, 2, 3, 50, 1000, PAGES, PAGES + 5 };
	const struct quire_trace reads = { trace->page, NULL, trace->requests, trace->pages };
	const char *name = engine->ops->name;

	for (size_t i = 0; i < QUIRE_COUNT_OF(sizes); i++) {
		struct quire_result steps = by_steps(engine->ops, trace, sizes[i]);
		struct quire_result pieces = by_pieces(engine, trace, sizes[i]);
		struct quire_result run, run_reads;

		quire_simulate(engine, trace, sizes[i], 7, &run);
		ok(same(&run, &steps), "%s, %u frames: the loop counts what the steps count", name,
		   sizes[i]);
		ok(same(&run, &pieces), "%s, %u frames: so it does in pieces", name, sizes[i]);
		ok(adds_up(&run, sizes[i], distinct), "%s, %u frames: the counts add up", name,
		   sizes[i]);

		steps = by_steps(engine->ops, &reads, sizes[i]);
		quire_simulate(engine, &reads, sizes[i], 7, &run_reads);
		ok(same(&run_reads, &steps) && !steps.dirty_evictions,
		   "%s, %u frames: without writes too, and nothing is dirty", name, sizes[i]);
	}
}

/* Each parameter takes its bounds and nothing beyond, and the policy lives with both. */
static void test_params(const struct quire_engine *engine, const struct quire_trace *trace)
{
	const struct quire_policy_ops *ops = engine->ops;

	for (u32 i = 0; i < ops->nr_params; i++) {
		const struct quire_param *param = &ops->params[i];
		const u32 bounds[] = { param->min, param->max };
		struct quire_pool *pool = start_pool(ops, 100);

		ok(pool->param[i] == param->def && param->def >= param->min &&
		   param->def <= param->max, "%s: %s is %u %s", ops->name, param->name,
		   param->def, param->unit);
		ok(quire_pool_set(pool, param->name, param->max + 1) == -ERANGE &&
		   (!param->min || quire_pool_set(pool, param->name, param->min - 1) == -ERANGE) &&
		   pool->param[i] == param->def, "%s: %s out of bounds is refused", ops->name,
		   param->name);
		quire_pool_free(pool);
		for (u32 j = 0; j < 2; j++) {
			struct quire_result result = { 0 };

			pool = start_pool(ops, 100);
			ok(!quire_pool_set(pool, param->name, bounds[j]), "%s: %s can be %u",
			   ops->name, param->name, bounds[j]);
			engine->run(pool, trace, 0, trace->requests, &result);
			ok(!ops->check(pool, ~0u) && quire_pool_resident(pool) == 100,
			   "%s: and works with it", ops->name);
			quire_pool_free(pool);
		}
	}
}

static void no_admit(struct quire_pool *pool, quire_page_t page_in, quire_page_t ghost)
{
	(void)pool;
	(void)page_in;
	(void)ghost;
}

static quire_page_t gives_none(struct quire_pool *pool)
{
	(void)pool;
	return QUIRE_NONE;
}

static quire_page_t gives_stranger(struct quire_pool *pool)
{
	(void)pool;
	return 5;
}

static quire_page_t gives_rubbish(struct quire_pool *pool)
{
	(void)pool;
	return PAGES + 100;
}

/* Does a policy with this victim() end the program? */
static bool aborts(quire_page_t (*victim)(struct quire_pool *pool))
{
	const struct quire_policy_ops ops = { .name = "bad", .admit = no_admit, .victim = victim };
	int status;

	fflush(stdout);
	if (!fork()) {
		struct quire_pool *pool = start_pool(&ops, 1);

		/* Neither a core nor a line that looks like a failure. */
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
		fclose(stderr);
		quire_pool_step(pool, 1, false);
		quire_pool_step(pool, 2, false);
		_exit(0);
	}
	return wait(&status) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_host(void)
{
	struct quire_pool *pool = start_pool(quire_engine_find("arc")->ops, 10);

	ok(!quire_engine_find("nonsense") && !quire_engine_find(""), "no policy of another name");
	ok(quire_pool_set(pool, "nonsense", 1) == -ENOENT, "no parameter of another name");
	quire_pool_free(pool);
	quire_pool_free(NULL);
	ok(aborts(gives_none), "a policy without a victim is stopped");
	ok(aborts(gives_stranger), "a policy whose victim is not resident is stopped");
	ok(aborts(gives_rubbish), "a policy whose victim is no page is stopped");
	ok(sizeof(struct quire_node) == 16, "16 bytes a page");
}

int main(void)
{
	struct quire_trace trace = make_trace();
	u64 distinct = count_distinct();
	u32 n = 0;

	for (const struct quire_engine *const *e = quire_engines; *e; e++, n++) {
		ok(quire_engine_find((*e)->ops->name) == *e, "%s is found by its name",
		   (*e)->ops->name);
		test_engine(*e, &trace, distinct);
		test_params(*e, &trace);
	}
	ok(n == 18, "18 policies");
	test_host();
	return tap_done();
}
