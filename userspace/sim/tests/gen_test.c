// SPDX-License-Identifier: GPL-2.0
/*
 * Made-up traces: the same for the same seed, and of the kind that was asked for.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "tap.h"

#define MANY 200000

static struct trace_ref *make(struct gen_spec spec)
{
	struct trace_ref *refs = calloc(MANY, sizeof(*refs));
	struct trace_error error;
	struct gen *gen = gen_start(&spec, &error);

	if (!gen) {
		free(refs);
		return NULL;
	}
	/* In uneven pieces, which must not matter. */
	for (size_t i = 0; i < MANY; i += 999)
		gen_fill(gen, refs + i, MANY - i < 999 ? MANY - i : 999);
	gen_free(gen);
	return refs;
}

static bool same_pages(const struct trace_ref *a, const struct trace_ref *b)
{
	for (size_t i = 0; i < MANY; i++)
		if (a[i].page != b[i].page)
			return false;
	return true;
}

static void every_kind(void)
{
	const char *name, *about;

	for (int i = 0; (name = gen_about(i, &about)); i++) {
		struct gen_spec spec = { .kind = name, .pages = 1000, .seed = 5, .alpha = 1, .hot_share = 0.9 };
		struct trace_ref *a = make(spec), *b = make(spec), *other, *writing;
		uint64_t highest = 0, writes = 0;

		spec.writes = 0.25;
		writing = make(spec);
		spec.seed = 6;
		other = make(spec);
		for (size_t r = 0; r < MANY; r++) {
			highest = a[r].page > highest ? a[r].page : highest;
			writes += writing[r].write;
		}
		ok(same_pages(a, b), "%s: the same seed, the same trace", name);
		ok(same_pages(a, writing), "%s: writes do not change its pages", name);
		ok(same_pages(a, other) == !strcmp(name, "loop"), "%s: another seed, another trace", name);
		ok(highest < 1000, "%s: no page beyond the last", name);
		ok(fabs(writes / (MANY * 0.25) - 1) < 0.02, "%s: a quarter of the references write", name);
		free(a);
		free(b);
		free(other);
		free(writing);
	}
}

/* The first references never change: traces in papers can be made again. */
static void golden(void)
{
	static const uint64_t uniform[] = { 566, 745, 971, 444, 444, 762, 877, 523 };
	struct gen_spec spec = { .kind = "uniform", .pages = 1000, .seed = 1 };
	struct trace_ref *refs = make(spec);
	bool same = true;

	for (int i = 0; i < 8; i++)
		same &= refs[i].page == uniform[i];
	if (!ok(same, "uniform, seed 1: as always"))
		for (int i = 0; i < 8; i++)
			printf("# %llu\n", (unsigned long long)refs[i].page);
	free(refs);
}

static void zipf(void)
{
	struct gen_spec spec = { .kind = "zipf", .pages = 100, .seed = 3, .alpha = 0.8 };
	struct trace_ref *refs = make(spec);
	double count[100] = { 0 }, sum = 0, chi = 0;

	for (size_t i = 0; i < MANY; i++)
		count[refs[i].page]++;
	/* Which page has which rank is chance: by their counts, descending. */
	for (int i = 0; i < 100; i++)
		for (int j = i + 1; j < 100; j++)
			if (count[j] > count[i]) {
				double c = count[i];

				count[i] = count[j];
				count[j] = c;
			}
	for (int i = 0; i < 100; i++)
		sum += pow(i + 1, -0.8);
	for (int i = 0; i < 100; i++) {
		double expected = MANY * pow(i + 1, -0.8) / sum;

		chi += (count[i] - expected) * (count[i] - expected) / expected;
	}
	/* 99 degrees of freedom: 0.1 % of samples are above 148. Sorting makes it smaller, not larger. */
	ok(chi < 148, "zipf: the frequencies are those of its law (chi square %.1f of 99)", chi);
	free(refs);
}

static void shapes(void)
{
	struct gen_spec spec = { .kind = "loop", .pages = 7 };
	struct trace_ref *refs = make(spec);
	uint64_t hot = 0, scan = 10, wrong = 0;

	for (size_t i = 0; i < MANY; i++)
		wrong += refs[i].page != i % 7;
	ok(!wrong, "loop: all pages in turn");
	free(refs);

	spec = (struct gen_spec){ .kind = "hot-scan", .pages = 1000, .hot = 10, .hot_share = 0.8 };
	refs = make(spec);
	for (size_t i = 0; i < MANY; i++) {
		if (refs[i].page < 10) {
			hot++;
			continue;
		}
		wrong += refs[i].page != scan;
		scan = scan == 999 ? 10 : scan + 1;
	}
	ok(!wrong, "hot-scan: the others in turn");
	ok(fabs(hot / (MANY * 0.8) - 1) < 0.01, "hot-scan: its share of hot references");
	free(refs);

	spec = (struct gen_spec){ .kind = "phases", .pages = 1000, .hot = 10, .length = 500 };
	refs = make(spec);
	for (size_t phase = 0; phase < MANY; phase += 500) {
		bool used[1000] = { false };
		int distinct = 0;

		for (size_t i = phase; i < phase + 500; i++) {
			distinct += !used[refs[i].page];
			used[refs[i].page] = true;
		}
		wrong += distinct != 10;
	}
	ok(!wrong, "phases: ten pages in each phase");
	free(refs);

	spec = (struct gen_spec){ .kind = "stack", .pages = 50 };
	refs = make(spec);
	for (size_t i = 1; i < MANY; i++)
		wrong += llabs((long long)refs[i].page - (long long)refs[i - 1].page) != 1;
	ok(!wrong, "stack: one page deeper or less deep");
	free(refs);
}

static void refused(void)
{
	struct trace_error error;

	ok(!gen_start(&(struct gen_spec){ .kind = "nosuch", .pages = 5 }, &error), "no such kind");
	ok(!gen_start(&(struct gen_spec){ .kind = "loop" }, &error), "no pages");
	ok(!gen_start(&(struct gen_spec){ .kind = "loop", .pages = 5, .writes = 2 }, &error), "a share above 1");
	ok(!gen_start(&(struct gen_spec){ .kind = "phases", .pages = 5, .hot = 6 }, &error),
	   "more hot pages than pages");
}

int main(void)
{
	every_kind();
	golden();
	zipf();
	shapes();
	refused();
	return tap_done();
}
