// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and sizes over one trace, on several threads: each takes the next job until there are none. Jobs
 * share the trace, which nobody writes, and nothing else.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "opt.h"
#include "simulate.h"
#include "stack.h"

/* References between two notes of progress. */
#define PIECE (1UL << 20)

static int parse_value(const char *text, size_t length, struct sim_policy *policy,
		       struct trace_error *error)
{
	const struct quire_policy_ops *ops = policy->engine->ops;
	const char *equals = memchr(text, '=', length);
	unsigned long long value = 0;
	char *end = NULL;

	if (equals && equals[1] >= '0' && equals[1] <= '9') {
		errno = 0;
		value = strtoull(equals + 1, &end, 10);
	}
	if (!end || errno || end != text + length)
		return trace_fail(error, "policy \"%s\": expected PARAMETER=NUMBER, found \"%.*s\"",
				  policy->spec, (int)length, text);
	for (u32 i = 0; i < ops->nr_params; i++) {
		const struct quire_param *param = &ops->params[i];

		if (strlen(param->name) != (size_t)(equals - text) ||
		    memcmp(param->name, text, equals - text))
			continue;
		if (value < param->min || value > param->max)
			return trace_fail(error, "policy \"%s\": %s is from %u to %u", policy->spec,
					  param->name, param->min, param->max);
		if (policy->nr_values == QUIRE_MAX_PARAMS)
			return trace_fail(error, "policy \"%s\": too many parameters", policy->spec);
		snprintf(policy->values[policy->nr_values].name, sizeof(policy->values[0].name), "%s",
			 param->name);
		policy->values[policy->nr_values++].value = value;
		return 0;
	}
	return trace_fail(error, "policy \"%s\": it has no parameter \"%.*s\" (quire sim --list shows them)",
			  policy->spec, (int)(equals - text), text);
}

int sim_policy_parse(const char *spec, struct sim_policy *policy, struct trace_error *error)
{
	size_t length = strcspn(spec, ":");
	char name[32];

	*policy = (struct sim_policy){ .spec = strdup(spec) };
	if (!policy->spec)
		return trace_fail(error, "no memory");
	snprintf(name, sizeof(name), "%.*s", (int)length, spec);
	policy->engine = length < sizeof(name) ? quire_engine_find(name) : NULL;
	if (!policy->engine && strcmp(name, "opt")) {
		trace_fail(error, "there is no policy \"%.*s\" (quire sim --list shows them)", (int)length,
			   spec);
		goto fail;
	}
	while (spec[length]) {
		spec += length + 1;
		length = strcspn(spec, ":");
		if (!policy->engine) {
			trace_fail(error, "policy \"%s\": opt has no parameters", policy->spec);
			goto fail;
		}
		if (parse_value(spec, length, policy, error))
			goto fail;
	}
	return 0;

fail:
	free(policy->spec);
	policy->spec = NULL;
	return -1;
}

const char *sim_policy_about(const struct sim_policy *policy)
{
	return policy->engine ? policy->engine->ops->about :
	       "evicts what is needed last; knows the future (Belady, 1966)";
}

struct quire_pool *sim_pool(const struct sim_policy *policy, u32 frames, u32 pages)
{
	struct quire_pool *pool = quire_pool_new(policy->engine->ops, frames, pages, 1);

	if (!pool)
		return NULL;
	for (u32 i = 0; i < policy->nr_values; i++)
		quire_pool_set(pool, policy->values[i].name, policy->values[i].value);
	if (quire_pool_start(pool)) {
		quire_pool_free(pool);
		return NULL;
	}
	return pool;
}

bool sim_all_sizes(const struct sim_policy *policy)
{
	return policy->engine && !strcmp(policy->engine->ops->name, "lru");
}

/* All sizes in one pass. */
static int run_stack(struct sim_job *job, u64 *done)
{
	struct stack_curve *curve = stack_run(job->refs, done);

	if (!curve)
		return -1;
	stack_sum(curve);
	for (u32 i = 0; i < job->sizes; i++)
		stack_at(curve, job->frames[i], &job->results[i]);
	stack_free(curve);
	return 0;
}

static int run_pool(struct sim_job *job, u64 *done)
{
	struct quire_pool *pool = sim_pool(job->policy, job->frames[0], job->refs->pages);

	if (!pool)
		return -1;
	memset(job->results, 0, sizeof(*job->results));
	for (u64 from = 0; from < job->refs->requests; from += PIECE) {
		u64 to = from + PIECE < job->refs->requests ? from + PIECE : job->refs->requests;

		job->policy->engine->run(pool, job->refs, from, to, job->results);
		__atomic_fetch_add(done, to - from, __ATOMIC_RELAXED);
	}
	quire_pool_free(pool);
	return 0;
}

/**
 * struct queue - the jobs and who does them
 * @jobs: the jobs
 * @count: how many
 * @next: the first that nobody has taken
 * @done: references done in all
 * @lock: for the wait of @ended
 * @ended: signalled when @working becomes 0
 * @working: threads that are not through
 */
struct queue {
	struct sim_job *jobs;
	u32 count;
	u32 next;
	u64 done;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	u32 working;
};

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void *work(void *arg)
{
	struct queue *queue = arg;

	for (;;) {
		u32 i = __atomic_fetch_add(&queue->next, 1, __ATOMIC_RELAXED);
		struct sim_job *job = &queue->jobs[i];
		double start = cpu_seconds();
		int ret;

		if (i >= queue->count)
			break;
		if (job->sizes > 1)
			ret = run_stack(job, &queue->done);
		else if (job->policy->engine)
			ret = run_pool(job, &queue->done);
		else
			ret = opt_run(job->refs, job->frames[0], job->results, &queue->done);
		job->failed = ret;
		job->seconds = cpu_seconds() - start;
	}
	pthread_mutex_lock(&queue->lock);
	if (!--queue->working)
		pthread_cond_signal(&queue->ended);
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}

/* Wait for the workers; tell how far they are meanwhile. */
static void wait_for(struct queue *queue, u64 all, void (*progress)(u64 done, u64 all))
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	pthread_mutex_lock(&queue->lock);
	while (queue->working) {
		until.tv_nsec += 500000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_cond_timedwait(&queue->ended, &queue->lock, &until) == ETIMEDOUT && progress)
			progress(__atomic_load_n(&queue->done, __ATOMIC_RELAXED), all);
	}
	pthread_mutex_unlock(&queue->lock);
}

int sim_run(struct sim_job *jobs, u32 count, u32 threads, void (*progress)(u64 done, u64 all))
{
	struct queue queue = { .jobs = jobs, .count = count };
	pthread_t thread[64];
	u32 started;
	u64 all = 0;
	int ret = 0;

	pthread_mutex_init(&queue.lock, NULL);
	pthread_cond_init(&queue.ended, NULL);
	if (threads > 64)
		threads = 64;
	if (threads > count)
		threads = count;
	for (u32 i = 0; i < count; i++) {
		jobs[i].failed = true;
		all += jobs[i].refs->requests;
	}
	pthread_mutex_lock(&queue.lock);
	for (started = 0; started < threads; started++) {
		if (pthread_create(&thread[started], NULL, work, &queue))
			break;
		queue.working++;
	}
	pthread_mutex_unlock(&queue.lock);
	wait_for(&queue, all, progress);
	for (u32 i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	pthread_cond_destroy(&queue.ended);
	pthread_mutex_destroy(&queue.lock);
	for (u32 i = 0; i < count; i++)
		ret |= -(int)jobs[i].failed;
	return ret;
}
