// SPDX-License-Identifier: GPL-2.0
/*
 * OPT against known answers, against Belady's rule taken literally, and against trying everything.
 */
#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "random.h"
#include "tap.h"
#include "trace.h"

#define LONGEST 64

static uint64_t faults(const uint64_t *pages, int n, uint32_t frames)
{
	struct trace_ref refs[LONGEST];
	struct quire_result c;
	struct trace *trace;

	for (int i = 0; i < n; i++)
		refs[i] = (struct trace_ref){ pages[i], false };
	trace = trace_build("known", refs, n, 4096);
	opt_run(&trace->refs, frames, &c, NULL);
	trace_free(trace);
	return c.faults;
}

static void known(void)
{
	/* Belady, Nelson and Shedler 1969; Silberschatz, Operating System Concepts; Tanenbaum. */
	static const uint64_t belady[] = { 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5 };
	static const uint64_t dinosaur[] = { 7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1 };

	ok(faults(belady, 12, 3) == 7, "1 2 3 4 1 2 5 1 2 3 4 5: 7 faults with 3 frames");
	ok(faults(belady, 12, 4) == 6, "and 6 with 4");
	ok(faults(belady, 12, 1) == 12, "and 12 with 1");
	ok(faults(belady, 12, 5) == 5, "and 5 with 5");
	ok(faults(dinosaur, 20, 3) == 9, "7 0 1 2 0 3 0 4 ...: 9 faults with 3 frames");
	ok(faults(dinosaur, 20, 4) == 8, "and 8 with 4");
}

/* When is @page used next after @i? The end is later than all; a dirty page then sooner than a clean one. */
static uint64_t next_use(const struct quire_trace *t, uint64_t i, uint32_t page, bool dirty)
{
	while (++i < t->requests)
		if (t->page[i] == page)
			return i;
	return dirty ? t->requests : t->requests + 1;
}

/* Belady's rule, word by word. */
static struct quire_result literal(const struct quire_trace *t, uint32_t frames)
{
	struct { uint32_t page; bool dirty; } frame[LONGEST];
	bool seen[LONGEST + 1] = { false };
	struct quire_result c = { .requests = t->requests };
	uint32_t used = 0;

	for (uint64_t i = 0; i < t->requests; i++) {
		uint32_t page = t->page[i], f = 0;

		while (f < used && frame[f].page != page)
			f++;
		if (f < used) {
			c.hits++;
			frame[f].dirty |= trace_wrote(t, i);
			continue;
		}
		c.faults++;
		c.cold_faults += !seen[page];
		seen[page] = true;
		if (used < frames) {
			used++;
		} else {
			f = 0;
			for (uint32_t g = 1; g < frames; g++)
				if (next_use(t, i, frame[g].page, frame[g].dirty) >
				    next_use(t, i, frame[f].page, frame[f].dirty))
					f = g;
			c.evictions++;
			c.dirty_evictions += frame[f].dirty;
		}
		frame[f].page = page;
		frame[f].dirty = trace_wrote(t, i);
	}
	return c;
}

/* The fewest faults from reference @i on with the pages in @resident (a bit each): all choices tried. */
static unsigned int fewest(const struct quire_trace *t, uint64_t i, unsigned int resident, uint32_t frames,
			   signed char *memo)
{
	unsigned int best = 1000, with;

	if (i == t->requests)
		return 0;
	if (memo[i << 8 | resident] >= 0)
		return memo[i << 8 | resident];
	with = resident | 1U << t->page[i];
	if (resident == with) {
		best = fewest(t, i + 1, resident, frames, memo);
	} else if ((uint32_t)__builtin_popcount(resident) < frames) {
		best = 1 + fewest(t, i + 1, with, frames, memo);
	} else {
		for (unsigned int p = 1; p <= t->pages; p++) {
			unsigned int f;

			if (!(resident & 1U << p))
				continue;
			f = 1 + fewest(t, i + 1, with & ~(1U << p), frames, memo);
			if (f < best)
				best = f;
		}
	}
	memo[i << 8 | resident] = best;
	return best;
}

static struct trace *random_trace(struct random *r, int longest, int pages)
{
	struct trace_ref refs[LONGEST];
	int n = 1 + random_below(r, longest);

	for (int i = 0; i < n; i++)
		refs[i] = (struct trace_ref){ random_below(r, pages), random_below(r, 3) == 0 };
	return trace_build("random", refs, n, 4096);
}

static void against_literal(void)
{
	struct random r = random_seed(1);
	int wrong = 0, dirty_wrong = 0;

	for (int i = 0; i < 20000; i++) {
		struct trace *t = random_trace(&r, LONGEST, 1 + random_below(&r, 16));
		uint32_t frames = 1 + random_below(&r, 10);
		struct quire_result a = literal(&t->refs, frames), b;

		opt_run(&t->refs, frames, &b, NULL);
		dirty_wrong += a.dirty_evictions != b.dirty_evictions;
		a.dirty_evictions = b.dirty_evictions;
		wrong += !!memcmp(&a, &b, sizeof(a));
		trace_free(t);
	}
	ok(!wrong, "20,000 random traces: the counts of Belady's rule (%d differ)", wrong);
	ok(!dirty_wrong, "and its dirty evictions (%d differ)", dirty_wrong);
}

static void against_everything(void)
{
	struct random r = random_seed(2);
	signed char *memo = malloc(24 << 8);
	int wrong = 0;

	for (int i = 0; i < 5000; i++) {
		struct trace *t = random_trace(&r, 24, 1 + random_below(&r, 7));
		uint32_t frames = 1 + random_below(&r, 5);
		struct quire_result c;

		memset(memo, -1, 24 << 8);
		opt_run(&t->refs, frames, &c, NULL);
		wrong += c.faults != fewest(&t->refs, 0, 0, frames, memo);
		trace_free(t);
	}
	free(memo);
	ok(!wrong, "5,000 random traces: no choice of victims has fewer faults (%d differ)", wrong);
}

/* What fits in m frames fits in m + 1: the faults never grow. */
static void inclusion(void)
{
	struct random r = random_seed(3);
	struct trace_ref *refs = malloc(20000 * sizeof(*refs));
	struct trace *t;
	uint64_t before = UINT64_MAX;
	bool falls = true;

	for (int i = 0; i < 20000; i++)
		refs[i] = (struct trace_ref){ random_below(&r, random_below(&r, 400) + 1), false };
	t = trace_build("inclusion", refs, 20000, 4096);
	for (uint32_t frames = 1; frames <= t->refs.pages + 1; frames++) {
		struct quire_result c;

		opt_run(&t->refs, frames, &c, NULL);
		falls &= c.faults <= before;
		before = c.faults;
	}
	ok(falls, "more frames never mean more faults");
	ok(before == t->refs.pages, "with a frame for each page only cold faults are left");
	trace_free(t);
	free(refs);
}

int main(void)
{
	known();
	against_literal();
	against_everything();
	inclusion();
	return tap_done();
}
