// SPDX-License-Identifier: GPL-2.0
/*
 * All policies and sizes on one trace, or on a sample of its pages.
 *
 * A sample (SHARDS: Waldspurger, Park, Garthwaite, Ahmad, FAST 2015) keeps the pages whose hash is below a limit,
 * a share R of all, and simulates memories of R times the frames. The references to the sample differ from R
 * times all of them mostly by a few hot pages, which hit anyway, so that the ratio is that of the faults in the
 * sample to R times all references (SHARDS-adj).
 *
 * The error comes from the data: the sample is divided by hash into 8 groups of R / 8 of the pages, each
 * simulated alone with R / 8 of the frames. They are independent estimates of the same ratio, so that their
 * spread gives the standard error of their mean, and Student's t with 7 degrees of freedom the interval.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_sim.h"

#define GROUPS 8
#define STUDENT_95 2.365	/* two-sided, 7 degrees of freedom */

/* From so many sizes on LRU's one pass for all is quicker than a run for each. */
#define STACK_FROM 5

static void show_progress(u64 done, u64 all)
{
	fprintf(stderr, "\r%5.1f %% of %.1f million references", 100.0 * done / all, all / 1e6);
	fflush(stderr);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* Jobs for all policies and sizes on one trace; results by policy, then size; the number of jobs. */
static uint32_t make_jobs(const struct sim *sim, const struct quire_trace *refs, const uint32_t *frames,
			  int sizes, struct quire_result *results, struct sim_job *jobs)
{
	uint32_t count = 0;

	for (uint32_t p = 0; p < sim->policies; p++) {
		int step = sizes >= STACK_FROM && sim_all_sizes(&sim->policy[p]) ? sizes : 1;

		for (int s = 0; s < sizes; s += step)
			jobs[count++] = (struct sim_job){
				.policy = &sim->policy[p],
				.refs = refs,
				.frames = &frames[s],
				.results = &results[(size_t)p * sizes + s],
				.sizes = step,
			};
	}
	return count;
}

static int run_jobs(const struct sim *sim, struct sim_job *jobs, uint32_t count,
		    struct trace_error *error)
{
	int ret = sim_run(jobs, count, sim->threads, isatty(STDERR_FILENO) ? show_progress : NULL);

	clear_progress();
	for (uint32_t i = 0; i < count; i++)
		if (jobs[i].failed)
			trace_fail(error, "policy %s with %u frames: not enough memory, or it does not run with so few",
				   jobs[i].policy->spec, jobs[i].frames[0]);
	return ret;
}

/* Frames that stand for @frames in a share of the pages. */
static uint32_t scale(uint32_t frames, double share)
{
	uint32_t scaled = round(frames * share);

	return scaled ? scaled : 1;
}

static double miss_ratio(const struct quire_result *result, double requests)
{
	double ratio = result->faults / requests;

	return ratio < 1 ? ratio : 1;
}

/* What the sample says of the whole. */
static void estimate(const struct trace *trace, struct sim_row *row)
{
	struct quire_result *r = &row->result;
	double share = trace->sample;

	row->miss_ratio = miss_ratio(r, share * trace->seen);
	r->requests = trace->seen;
	r->faults = round(row->miss_ratio * trace->seen);
	r->hits = r->requests - r->faults;
	r->cold_faults = round(r->cold_faults / share);
	r->evictions = round(r->evictions / share);
	r->dirty_evictions = round(r->dirty_evictions / share);
}

/* Half the width of the 95 % confidence interval, from the groups' results for one policy and size. */
static double interval(const struct trace *trace, const struct quire_result *result, size_t step)
{
	double requests = trace->sample * trace->seen / GROUPS, sum = 0, squares = 0, variance;

	for (int g = 0; g < GROUPS; g++) {
		double ratio = miss_ratio(&result[g * step], requests);

		sum += ratio;
		squares += ratio * ratio;
	}
	variance = (squares - sum * sum / GROUPS) / (GROUPS - 1);
	return variance > 0 ? STUDENT_95 * sqrt(variance / GROUPS) : 0;
}

/* Run the groups of a sample and fill in the rows' errors. */
static int run_groups(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
		      struct sim_row *rows, struct trace_error *error)
{
	size_t all = (size_t)sim->policies * sizes;
	struct trace **part = trace_split(trace, GROUPS);
	struct quire_result *results = calloc(all * GROUPS, sizeof(*results));
	struct sim_job *jobs = calloc(all * GROUPS, sizeof(*jobs));
	uint32_t *scaled = calloc(sizes, sizeof(*scaled));
	uint32_t count = 0;
	int ret = -1;

	if (!part || !results || !jobs || !scaled) {
		trace_fail(error, "no memory");
		goto out;
	}
	for (int s = 0; s < sizes; s++)
		scaled[s] = scale(frames[s], trace->sample / GROUPS);
	for (int g = 0; g < GROUPS; g++)
		count += make_jobs(sim, &part[g]->refs, scaled, sizes, results + g * all, jobs + count);
	ret = run_jobs(sim, jobs, count, error);
	for (size_t i = 0; i < all && !ret; i++) {
		size_t policy = i % sim->policies, size = i / sim->policies;

		rows[i].error = interval(trace, &results[policy * sizes + size], all);
	}
out:
	for (int g = 0; part && g < GROUPS; g++)
		trace_free(part[g]);
	free(part);
	free(results);
	free(jobs);
	free(scaled);
	return ret;
}

/* The CPU time of a policy and size, which may share a job with others. */
static double seconds(const struct sim_job *jobs, uint32_t count, const struct quire_result *result)
{
	for (uint32_t i = 0; i < count; i++)
		if (result >= jobs[i].results && result < jobs[i].results + jobs[i].sizes)
			return jobs[i].seconds;
	return 0;
}

static void fill_rows(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
		      const struct quire_result *results, const struct sim_job *jobs, uint32_t count,
		      struct sim_row *row)
{
	for (int s = 0; s < sizes; s++) {
		struct sim_row *first = row;
		uint64_t opt = 0;

		for (uint32_t p = 0; p < sim->policies; p++, row++) {
			const struct quire_result *result = &results[(size_t)p * sizes + s];

			*row = (struct sim_row){
				.trace = trace->name,
				.policy = sim->policy[p].spec,
				.frames = frames[s],
				.result = *result,
				.seconds = seconds(jobs, count, result),
			};
			if (trace->sample < 1)
				estimate(trace, row);
			else
				row->miss_ratio = miss_ratio(&row->result, row->result.requests);
			if (!sim->policy[p].engine)
				opt = row->result.faults;
		}
		for (; first < row; first++)
			first->opt_faults = opt;
	}
}

int sim_trace(const struct sim *sim, const struct trace *trace, const uint32_t *frames, int sizes,
	      struct sim_rows *rows, struct trace_error *error)
{
	size_t all = (size_t)sim->policies * sizes;
	struct quire_result *results = calloc(all, sizeof(*results));
	struct sim_job *jobs = calloc(all, sizeof(*jobs));
	uint32_t *scaled = calloc(sizes, sizeof(*scaled));
	struct sim_row *row = realloc(rows->row, (rows->count + all) * sizeof(*row));
	uint32_t count;
	int ret = -1;

	if (row)
		rows->row = row;
	if (!results || !jobs || !scaled || !row) {
		trace_fail(error, "no memory");
	} else {
		row += rows->count;
		rows->sampled |= trace->sample < 1;
		for (int s = 0; s < sizes; s++)
			scaled[s] = trace->sample < 1 ? scale(frames[s], trace->sample) : frames[s];
		count = make_jobs(sim, &trace->refs, scaled, sizes, results, jobs);
		ret = run_jobs(sim, jobs, count, error);
		if (!ret) {
			fill_rows(sim, trace, frames, sizes, results, jobs, count, row);
			rows->count += all;
		}
		if (!ret && trace->sample < 1)
			ret = run_groups(sim, trace, frames, sizes, row, error);
	}
	free(results);
	free(jobs);
	free(scaled);
	return ret;
}
