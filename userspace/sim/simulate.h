/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies and sizes over one trace, on several threads.
 */
#ifndef QUIRE_SIMULATE_H
#define QUIRE_SIMULATE_H

#include "engine.h"
#include "trace.h"

/**
 * struct sim_policy - a policy as asked for
 * @spec: as typed: "lru_k:k=3"
 * @engine: the policy, NULL: OPT
 * @values: its parameters that were given
 * @nr_values: how many
 */
struct sim_policy {
	char *spec;
	const struct quire_engine *engine;
	struct {
		char name[32];
		u32 value;
	} values[QUIRE_MAX_PARAMS];
	u32 nr_values;
};

/**
 * sim_policy_parse() - a policy and its parameters from text
 * @spec: "NAME" or "NAME:PARAMETER=VALUE:..."
 * @policy: filled in; free its @spec
 * @error: filled in on failure
 *
 * Return: 0, or -1 if there is no such policy or parameter, or the value is out of bounds.
 */
int sim_policy_parse(const char *spec, struct sim_policy *policy, struct trace_error *error);

/**
 * sim_policy_about() - one line about a policy
 * @policy: the policy
 */
const char *sim_policy_about(const struct sim_policy *policy);

/**
 * sim_pool() - a started pool of a policy
 * @policy: the policy, not OPT
 * @frames: its size
 * @pages: highest page id
 *
 * Return: the pool, or NULL without memory or if the policy does not take so few frames.
 */
struct quire_pool *sim_pool(const struct sim_policy *policy, u32 frames, u32 pages);

/**
 * struct sim_job - one policy over one trace with one size or, LRU, several at once
 * @policy: the policy
 * @refs: the trace
 * @frames: the sizes, each at least 1
 * @results: filled in, one a size
 * @sizes: how many; more than one only for LRU
 * @seconds: CPU time that it took
 * @failed: there was no memory for it
 */
struct sim_job {
	const struct sim_policy *policy;
	const struct quire_trace *refs;
	const u32 *frames;
	struct quire_result *results;
	u32 sizes;
	double seconds;
	bool failed;
};

/**
 * sim_all_sizes() - can a policy do several sizes in one pass?
 * @policy: the policy
 */
bool sim_all_sizes(const struct sim_policy *policy);

/**
 * sim_run() - do jobs
 * @jobs: the jobs
 * @count: how many
 * @threads: how many at a time
 * @progress: called from another thread about every half second with the references done and to do; may be NULL
 *
 * Return: 0, or -1 if a job failed.
 */
int sim_run(struct sim_job *jobs, u32 count, u32 threads, void (*progress)(u64 done, u64 all));

#endif
