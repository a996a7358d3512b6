// SPDX-License-Identifier: GPL-2.0
/* Known answers: reference strings of textbooks with their victims, loads with their faults. */
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "tap.h"

#include "../../../kunit/vectors.h"

/* Runs a string one reference at a time; the victims go to @victims as they appear in it. */
static u32 work_through(const struct vector *v, char *victims)
{
	struct quire_pool *pool = quire_pool_new(quire_engine_find(v->policy)->ops, v->frames,
						 vector_page('z'), VECTOR_SEED);
	u32 faults = 0;

	if (!pool || quire_pool_start(pool))
		exit(1);
	for (const char *c = v->string; *c; c++) {
		struct quire_event event = quire_pool_step(pool, vector_page(*c), false);

		faults += !event.hit;
		if (event.evicted)
			*victims++ = event.evicted - 1 + '0';
	}
	*victims = 0;
	quire_pool_free(pool);
	return faults;
}

static void test_string(const struct vector *v)
{
	char victims[100];
	u32 faults = work_through(v, victims);

	ok(faults == v->faults && !strcmp(victims, v->victims),
	   "%s, %u frames, %s: %u faults, victims %s (had %u, %s)", v->policy, v->frames, v->string,
	   v->faults, v->victims, faults, victims);
}

static void test_load(const struct vector_count *v)
{
	static u32 page[VECTOR_REQUESTS];
	const struct quire_trace trace = { page, NULL, VECTOR_REQUESTS, VECTOR_PAGES };
	struct vector_load load;

	vector_load_start(&load, v->kind);
	for (u32 i = 0; i < VECTOR_REQUESTS; i++)
		page[i] = vector_load_next(&load);
	for (u32 i = 0; i < 2; i++) {
		struct quire_result result;

		quire_simulate(quire_engine_find(v->policy), &trace, vector_frames[i], VECTOR_SEED, &result);
		ok(result.faults == v->faults[i], "%s, %u frames, load %u: %u faults%s (had %llu)",
		   v->policy, vector_frames[i], v->kind, v->faults[i],
		   v->confirmed ? ", as libCacheSim" : "", (unsigned long long)result.faults);
	}
}

int main(void)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(vectors); i++)
		test_string(&vectors[i]);
	for (size_t i = 0; i < QUIRE_COUNT_OF(vector_counts); i++)
		test_load(&vector_counts[i]);
	return tap_done();
}
