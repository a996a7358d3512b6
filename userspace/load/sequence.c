// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of reference over a set of pages: what a policy must cope with. How many faults they
 * take is for the kernel to decide; what they touch, in which order, the seed decides alone.
 */
#include "load.h"

#include <math.h>
#include <string.h>

static bool is_write(struct run *run)
{
	unsigned int percent = run->opt->write_percent;

	return percent && random_below(&run->random, 100) < percent;
}

static void visit(struct run *run, size_t page)
{
	page_access(run, page, is_write(run));
	pace(run);
}

/* Make the space of the kind asked for; anonymous and shared pages are all written once. */
int seq_setup(struct run *run)
{
	const char *kind = run->opt->memory;

	if (!strcmp(kind, "file"))
		return space_open(run, SPACE_FILE, run->opt->pages);
	if (space_open(run, strcmp(kind, "shmem") ? SPACE_ANON : SPACE_SHMEM, run->opt->pages))
		return -1;
	space_populate(run);
	return 0;
}

/* Round and round: the worst case of LRU as soon as the loop does not fit. */
int loop_run(struct run *run)
{
	size_t page;

	while (more_rounds(run))
		for (page = 0; page < run->space.pages && !out_of_time(run); page++)
			visit(run, page);
	return 0;
}

/* Every page as likely as any other: no policy can win. */
int random_run(struct run *run)
{
	size_t i;

	while (more_rounds(run))
		for (i = 0; i < run->space.pages && !out_of_time(run); i++)
			visit(run, random_below(&run->random, run->space.pages));
	return 0;
}

/*
 * A hot set beside a scan: --hot-percent of the references go to the first --part pages, the others
 * walk through the rest. A policy that resists scans keeps the hot set.
 */
int hot_scan_run(struct run *run)
{
	size_t hot = run->opt->part, rest = run->space.pages - hot, scan = 0, i;

	while (more_rounds(run)) {
		for (i = 0; i < run->space.pages && !out_of_time(run); i++) {
			if (!rest || random_below(&run->random, 100) < run->opt->hot_percent) {
				visit(run, random_below(&run->random, hot));
			} else {
				visit(run, hot + scan);
				scan = (scan + 1) % rest;
			}
		}
	}
	return 0;
}

/*
 * Ranks with P(k) proportional to 1 / k^skew, by rejection-inversion (W. Hörmann, G. Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", ACM TOMACS 6(3),
 * 1996): no table, a little over one try a number.
 */
struct zipf {
	double skew;
	double first;		/* H(3/2) - 1 */
	double last;		/* H(n + 1/2) */
	double shift;
	size_t pages;
};

/* The integral of x^-skew from 1, and its inverse. */
static double zipf_integral(double skew, double x)
{
	return skew == 1 ? log(x) : expm1((1 - skew) * log(x)) / (1 - skew);
}

static double zipf_inverse(double skew, double y)
{
	return skew == 1 ? exp(y) : exp(log1p((1 - skew) * y) / (1 - skew));
}

static void zipf_start(struct zipf *zipf, double skew, size_t pages)
{
	zipf->skew = skew;
	zipf->pages = pages;
	zipf->first = zipf_integral(skew, 1.5) - 1;
	zipf->last = zipf_integral(skew, pages + 0.5);
	zipf->shift = 2 - zipf_inverse(skew, zipf_integral(skew, 2.5) - pow(2, -skew));
}

static size_t zipf_next(const struct zipf *zipf, uint64_t *random)
{
	for (;;) {
		double unit = (random_next(random) >> 11) * 0x1p-53;
		double u = zipf->last + unit * (zipf->first - zipf->last);
		double x = zipf_inverse(zipf->skew, u);
		double k = floor(x + 0.5);

		if (k < 1)
			k = 1;
		else if (k > zipf->pages)
			k = zipf->pages;
		if (k - x <= zipf->shift ||
		    u >= zipf_integral(zipf->skew, k + 0.5) - pow(k, -zipf->skew))
			return (size_t)k - 1;
	}
}

static size_t common_divisor(size_t a, size_t b)
{
	while (b) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* A number below @pages that has no divisor in common with it: its multiples reach all pages. */
static size_t random_step(struct run *run, size_t pages)
{
	size_t step = 1;

	if (pages > 1)
		do
			step = 1 + random_below(&run->random, pages - 1);
		while (common_divisor(step, pages) != 1);
	return step;
}

/* A few pages are most of the traffic; which they are is spread over the space by the seed. */
int zipf_run(struct run *run)
{
	size_t pages = run->space.pages, stride, i;
	struct zipf zipf;

	zipf_start(&zipf, run->opt->skew, pages);
	stride = random_step(run, pages);
	while (more_rounds(run)) {
		for (i = 0; i < pages && !out_of_time(run); i++) {
			__uint128_t spread = zipf_next(&zipf, &run->random);

			visit(run, (size_t)(spread * stride % pages));
		}
	}
	return 0;
}

/*
 * Phases and transitions (P. J. Denning): for ten times as many references as it has pages the
 * program stays in a locality of --part pages, then jumps to another one.
 */
int phases_run(struct run *run)
{
	size_t part = run->opt->part, i;

	while (more_rounds(run)) {
		size_t start = random_below(&run->random, run->space.pages - part + 1);

		for (i = 0; i < 10 * part && !out_of_time(run); i++)
			visit(run, start + random_below(&run->random, part));
	}
	return 0;
}

/*
 * The same --part pages once in a quarter of a second: a working set whose size is known, whatever
 * the second it is measured in. They lie in a block, evenly apart, or anywhere.
 */
int window_run(struct run *run)
{
	size_t pages = run->space.pages, part = run->opt->part, step = 1, i;
	const uint64_t round_ns = 250000000;
	uint64_t due = run->started_ns;

	if (!strcmp(run->opt->spread, "stride"))
		step = pages / part;
	else if (!strcmp(run->opt->spread, "random"))
		step = random_step(run, pages);
	while (more_rounds(run)) {
		for (i = 0; i < part && !out_of_time(run); i++)
			visit(run, (size_t)((__uint128_t)i * step % pages));
		due += round_ns;
		sleep_until(due);
	}
	note(run, "expect_working_set_pages", part);
	return 0;
}
