// SPDX-License-Identifier: GPL-2.0
/*
 * LRU in one pass against the policy itself, and the properties that no policy may break.
 */
#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "random.h"
#include "simulate.h"
#include "stack.h"
#include "tap.h"
#include "working_set.h"

/* Pages near each other in time more than a coin's fairness: a walk with jumps. */
static struct trace *random_trace(struct random *r, uint64_t count, uint64_t pages, bool writes)
{
	struct trace_ref *refs = malloc(count * sizeof(*refs));
	uint64_t base = 0;
	struct trace *trace;

	for (uint64_t i = 0; i < count; i++) {
		if (random_below(r, 50) == 0)
			base = random_below(r, pages);
		refs[i].page = (base + random_below(r, 1 + random_below(r, pages))) % pages;
		refs[i].write = writes && random_below(r, 4) == 0;
	}
	trace = trace_build("random", refs, count, 4096);
	free(refs);
	return trace;
}

static bool same(const struct quire_result *a, const struct quire_result *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Every size of many small traces. */
static void small(void)
{
	const struct quire_engine *lru = quire_engine_find("lru");
	struct random r = random_seed(11);
	int wrong = 0, sizes = 0;

	for (int i = 0; i < 500; i++) {
		struct trace *t = random_trace(&r, 1 + random_below(&r, 300), 1 + random_below(&r, 40), i % 2);
		struct stack_curve *curve = stack_run(&t->refs, NULL);

		stack_sum(curve);
		for (u32 frames = 1; frames <= t->refs.pages + 2; frames++, sizes++) {
			struct quire_result engine, pass;

			quire_simulate(lru, &t->refs, frames, 1, &engine);
			stack_at(curve, frames, &pass);
			wrong += !same(&engine, &pass);
		}
		stack_free(curve);
		trace_free(t);
	}
	ok(!wrong, "one pass is the same as LRU in all counts, %d sizes of 500 traces (%d differ)", sizes, wrong);
}

/* Long enough for the line of times to be packed often. */
static void large(void)
{
	static const u32 frames[] = { 1, 7, 100, 1000, 4999, 5000, 6000 };
	const struct quire_engine *lru = quire_engine_find("lru");
	struct random r = random_seed(12);
	struct trace *t = random_trace(&r, 300000, 5000, true);
	struct stack_curve *curve = stack_run(&t->refs, NULL);
	int wrong = 0;

	stack_sum(curve);
	for (int i = 0; i < 7; i++) {
		struct quire_result engine, pass;

		quire_simulate(lru, &t->refs, frames[i], 1, &engine);
		stack_at(curve, frames[i], &pass);
		wrong += !same(&engine, &pass);
	}
	ok(!wrong, "and 7 sizes of 300,000 references to 5,000 pages (%d differ)", wrong);
	stack_free(curve);
	trace_free(t);
}

/* More frames never mean more faults; a page that fits in m frames fits in m + 1. */
static void inclusion(void)
{
	struct random r = random_seed(13);
	int wrong = 0;

	for (int i = 0; i < 200; i++) {
		struct trace *t = random_trace(&r, 500, 1 + random_below(&r, 60), false);
		struct stack_curve *curve = stack_run(&t->refs, NULL);
		struct quire_result before = { .faults = UINT64_MAX }, now;

		stack_sum(curve);
		for (u32 frames = 1; frames <= t->refs.pages; frames++, before = now) {
			stack_at(curve, frames, &now);
			wrong += now.faults > before.faults;
		}
		wrong += before.faults != t->refs.pages;
		stack_free(curve);
		trace_free(t);
	}
	ok(!wrong, "LRU's faults never grow with the frames, down to the cold ones");
}

/* Each policy with each of some sizes. */
static void none_below_opt(void)
{
	struct random r = random_seed(14);

	for (int e = 0; quire_engines[e]; e++) {
		int below = 0, odd = 0;

		for (int i = 0; i < 100; i++) {
			struct trace *t = random_trace(&r, 1 + random_below(&r, 2000),
						       1 + random_below(&r, 200), true);
			u32 frames = 1 + random_below(&r, 100);
			struct quire_result policy, opt;

			opt_run(&t->refs, frames, &opt, NULL);
			if (quire_simulate(quire_engines[e], &t->refs, frames, 1, &policy)) {
				odd++;
				continue;
			}
			below += policy.faults < opt.faults;
			odd += policy.hits + policy.faults != t->refs.requests ||
				policy.requests != t->refs.requests ||
				policy.cold_faults != t->refs.pages ||
				policy.evictions != (policy.faults > frames ? policy.faults - frames : 0) ||
				policy.dirty_evictions > policy.evictions;
			trace_free(t);
		}
		ok(!below, "%s is never below OPT", quire_engines[e]->ops->name);
		ok(!odd, "%s: its counts agree with each other", quire_engines[e]->ops->name);
	}
}

/* Denning's definition, word by word. */
static void working_sets(void)
{
	struct random r = random_seed(15);
	int wrong = 0;

	for (int i = 0; i < 300; i++) {
		struct trace *t = random_trace(&r, 1 + random_below(&r, 200), 1 + random_below(&r, 30), false);
		struct working_set set = { .tau = 1 + random_below(&r, 250) };
		uint64_t sum = 0, missing = 0;
		u32 max = 0;

		for (uint64_t at = 0; at < t->refs.requests; at++) {
			bool in[64] = { false }, before = false;
			u32 size = 0;

			for (uint64_t b = at + 1 > set.tau ? at + 1 - set.tau : 0; b <= at; b++) {
				size += !in[t->refs.page[b]];
				in[t->refs.page[b]] = true;
			}
			for (uint64_t b = at > set.tau ? at - set.tau : 0; b < at; b++)
				before |= t->refs.page[b] == t->refs.page[at];
			missing += !before;
			sum += size;
			max = size > max ? size : max;
		}
		working_set(&t->refs, &set);
		wrong += set.max != max || set.mean != (double)sum / t->refs.requests ||
			set.missing != (double)missing / t->refs.requests;
		trace_free(t);
	}
	ok(!wrong, "W(t, tau) by its definition, 300 traces (%d differ)", wrong);
}

/* Several threads and sizes at a time give what one gives. */
static void threads(void)
{
	struct random r = random_seed(16);
	struct trace *t = random_trace(&r, 100000, 3000, true);
	static const u32 frames[] = { 10, 100, 300, 1000, 2000 };
	struct sim_policy policy[3];
	struct quire_result results[15], alone;
	struct sim_job jobs[15];
	struct trace_error error;
	int n = 0, wrong = 0;

	sim_policy_parse("lru", &policy[0], &error);
	sim_policy_parse("fifo", &policy[1], &error);
	sim_policy_parse("opt", &policy[2], &error);
	jobs[n++] = (struct sim_job){ &policy[0], &t->refs, frames, results, 5, 0, false };
	for (int p = 1; p < 3; p++)
		for (int s = 0; s < 5; s++, n++)
			jobs[n] = (struct sim_job){ &policy[p], &t->refs, &frames[s], &results[p * 5 + s], 1, 0,
						     false };
	ok(!sim_run(jobs, n, 4, NULL), "jobs on four threads");
	for (int p = 0; p < 3; p++) {
		for (int s = 0; s < 5; s++) {
			if (policy[p].engine)
				quire_simulate(policy[p].engine, &t->refs, frames[s], 1, &alone);
			else
				opt_run(&t->refs, frames[s], &alone, NULL);
			wrong += !same(&alone, &results[p * 5 + s]);
		}
		free(policy[p].spec);
	}
	ok(!wrong, "give what each gives alone (%d differ)", wrong);
	trace_free(t);
}

/* Parts of a trace: all references, each page in one part. */
static void split(void)
{
	struct random r = random_seed(17);
	struct trace *t = random_trace(&r, 50000, 4000, true);
	struct trace **part = trace_split(t, 8);
	uint64_t requests = 0, pages = 0, smallest = UINT64_MAX;

	for (int g = 0; part && g < 8; g++) {
		requests += part[g]->refs.requests;
		pages += part[g]->refs.pages;
		if (part[g]->refs.pages < smallest)
			smallest = part[g]->refs.pages;
		trace_free(part[g]);
	}
	ok(requests == t->refs.requests && pages == t->refs.pages, "a trace in 8 parts keeps all references");
	ok(smallest > 400, "and the parts have about as many pages each");
	free(part);
	trace_free(t);
}

int main(void)
{
	small();
	large();
	inclusion();
	none_below_opt();
	working_sets();
	threads();
	split();
	return tap_done();
}
