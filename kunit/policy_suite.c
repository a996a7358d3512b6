// SPDX-License-Identifier: GPL-2.0
/*
 * What every policy promises (promises.h), tried in the kernel: a suite for each line of
 * policies.h, all with the same cases.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "promises.h"
#include "scenes.h"
#include "suites.h"
#include "vectors.h"

#define QUIRE_POLICY(name) extern const struct quire_policy_ops quire_policy_##name;
#include "../module/policies/policies.h"
#undef QUIRE_POLICY

static const struct quire_policy_ops *const policies[] = {
#define QUIRE_POLICY(name) &quire_policy_##name,
#include "../module/policies/policies.h"
#undef QUIRE_POLICY
};

static const u32 sizes[] = { 1, 2, 3, 7, 64, 190 };

struct policy_suite {
	struct kunit_suite suite;
	const struct quire_policy_ops *ops;
};

/* The policy of the suite that runs: suites run one after the other. */
static const struct quire_policy_ops *ops;

static int choose_policy(struct kunit_suite *suite)
{
	ops = container_of(suite, struct policy_suite, suite)->ops;
	return 0;
}

static void expect_kept(struct kunit *test, const char *broken, u32 frames)
{
	KUNIT_EXPECT_NULL_MSG(test, broken, "%s, %u frames, call %llu: %s", ops->name, frames,
			      test_host.calls, broken);
}

static void describes_itself(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct quire_node), 16);
	expect_kept(test, promise_description(ops), 0);
}

static void keeps_its_lists_whole(struct kunit *test)
{
	u64 steps = 0, calls = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_kept(test, promise_lists(ops, sizes[i], false, &steps, &calls), sizes[i]);
	KUNIT_EXPECT_LE_MSG(test, steps, calls * 16, "more than 16 steps a call on average");
}

static void keeps_its_lists_whole_under_an_unkind_host(struct kunit *test)
{
	u64 steps = 0, calls = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		expect_kept(test, promise_lists(ops, sizes[i], true, &steps, &calls), sizes[i]);
	KUNIT_EXPECT_LE_MSG(test, steps, calls * 16, "more than 16 steps a call on average");
}

static void agrees_with_its_naive_model(struct kunit *test)
{
	static const u32 small[] = { 1, 2, 3, 5, 16, 61 };
	const struct model *model = model_of(ops);
	size_t i;
	u32 at;

	for (i = 0; i < ARRAY_SIZE(small); i++) {
		const char *broken = promise_model(ops, model, small[i], &at);

		KUNIT_EXPECT_NULL_MSG(test, broken, "%s, %u frames, load %u, reference %u: %s",
				      ops->name, small[i], at / 10000, at % 10000, broken);
	}
}

static void takes_the_victims_that_are_known(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		char victims[100], *next = victims;
		u32 faults = 0;
		const char *c;

		if (strcmp(v->policy, ops->name))
			continue;
		test_start(ops, v->frames, 0, VECTOR_SEED);
		for (c = v->string; *c; c++) {
			quire_page_t out = test_reference(vector_page(*c), false);

			faults += out != vector_page(*c);
			if (out && out != vector_page(*c))
				*next++ = out - 1 + '0';
		}
		*next = 0;
		expect_kept(test, test_host.wrong, v->frames);
		KUNIT_EXPECT_EQ_MSG(test, faults, v->faults, "%s, %u frames: %s", ops->name,
				    v->frames, v->string);
		KUNIT_EXPECT_STREQ_MSG(test, victims, v->victims, "%s, %u frames: %s", ops->name,
				       v->frames, v->string);
	}
}

static void plays_its_scenes(struct kunit *test)
{
	char victims[TEST_PAGES + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenes); i++) {
		if (strcmp(scenes[i].policy, ops->name))
			continue;
		expect_kept(test, scene_play(ops, &scenes[i], victims), scenes[i].frames);
		KUNIT_EXPECT_STREQ_MSG(test, victims, scenes[i].victims, "%s: %s", ops->name,
				       scenes[i].script);
	}
}

static void faults_as_often_as_in_the_simulator(struct kunit *test)
{
	struct vector_load load;
	size_t i, j;
	u32 left;

	for (i = 0; i < ARRAY_SIZE(vector_counts); i++) {
		const struct vector_count *v = &vector_counts[i];

		for (j = 0; j < 2 && !strcmp(v->policy, ops->name); j++) {
			u32 faults = 0;

			test_start(ops, vector_frames[j], 0, VECTOR_SEED);
			test_host.every = 1000;
			vector_load_start(&load, v->kind);
			for (left = VECTOR_REQUESTS; left; left--) {
				quire_page_t page = vector_load_next(&load);

				faults += test_reference(page, false) != page;
			}
			expect_kept(test, test_host.wrong, vector_frames[j]);
			KUNIT_EXPECT_EQ_MSG(test, faults, v->faults[j], "%s, %u frames, load %u",
					    ops->name, vector_frames[j], v->kind);
		}
	}
}

static bool has_vectors(const struct quire_policy_ops *policy)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		if (!strcmp(vectors[i].policy, policy->name))
			return true;
	return false;
}

static bool has_scenes(const struct quire_policy_ops *policy)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenes); i++)
		if (!strcmp(scenes[i].policy, policy->name))
			return true;
	return false;
}

static bool has_counts(const struct quire_policy_ops *policy)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(vector_counts); i++)
		if (!strcmp(vector_counts[i].policy, policy->name))
			return true;
	return false;
}

/* A case for each promise that is tried at all sizes. */
#define CASE(name, promise)							\
	static void name(struct kunit *test)					\
	{									\
		size_t i;							\
										\
		for (i = 0; i < ARRAY_SIZE(sizes); i++)				\
			expect_kept(test, promise(ops, sizes[i]), sizes[i]);	\
	}

CASE(gives_up_pages_that_are_all_referenced, promise_all_referenced)
CASE(gives_up_pages_that_none_is_referenced_of, promise_none_referenced)
CASE(takes_back_all_that_it_condemned, promise_reprieve)
CASE(works_with_few_ghosts_and_with_none, promise_few_ghosts)
CASE(remembers_no_more_than_it_has_frames, promise_own_bound)
CASE(copes_with_pages_dirtied_behind_its_back, promise_dirtied)
CASE(repeats_itself_wherever_its_clock_stands, promise_repeats)
CASE(lets_its_parameters_go_to_their_ends, promise_parameters)

static void follows_a_pool_that_grows_and_shrinks(struct kunit *test)
{
	expect_kept(test, promise_resizing(ops), 0);
}

static void spares_a_page_referenced_in_time(struct kunit *test)
{
	if (promise_grace_holds(ops))
		expect_kept(test, promise_grace(ops), 0);
}

static void finds_links_that_are_spoilt(struct kunit *test)
{
	expect_kept(test, promise_check(ops), 0);
}

static const struct kunit_case cases[] = {
	KUNIT_CASE(describes_itself),
	KUNIT_CASE(keeps_its_lists_whole),
	KUNIT_CASE(keeps_its_lists_whole_under_an_unkind_host),
	KUNIT_CASE(gives_up_pages_that_are_all_referenced),
	KUNIT_CASE(gives_up_pages_that_none_is_referenced_of),
	KUNIT_CASE(takes_back_all_that_it_condemned),
	KUNIT_CASE(works_with_few_ghosts_and_with_none),
	KUNIT_CASE(remembers_no_more_than_it_has_frames),
	KUNIT_CASE(copes_with_pages_dirtied_behind_its_back),
	KUNIT_CASE(repeats_itself_wherever_its_clock_stands),
	KUNIT_CASE(spares_a_page_referenced_in_time),
	KUNIT_CASE(follows_a_pool_that_grows_and_shrinks),
	KUNIT_CASE(finds_links_that_are_spoilt),
};

/* Cases that not all policies have. */
static const struct kunit_case victims_case = KUNIT_CASE(takes_the_victims_that_are_known);
static const struct kunit_case scenes_case = KUNIT_CASE(plays_its_scenes);
static const struct kunit_case counts_case = KUNIT_CASE(faults_as_often_as_in_the_simulator);
static const struct kunit_case model_case = KUNIT_CASE(agrees_with_its_naive_model);
static const struct kunit_case parameter_case = KUNIT_CASE(lets_its_parameters_go_to_their_ends);

static struct policy_suite suites[ARRAY_SIZE(policies)];
static struct kunit_suite *list[ARRAY_SIZE(policies)];

struct kunit_suite **quire_policy_suites(unsigned int *nr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		struct kunit_suite *suite = &suites[i].suite;
		struct kunit_case *at;

		/* KUnit keeps each case's state in the case: every suite has its own. */
		at = kcalloc(ARRAY_SIZE(cases) + 6, sizeof(*at), GFP_KERNEL);
		if (!at) {
			quire_policy_suites_free();
			return NULL;
		}
		suites[i].ops = policies[i];
		strscpy((char *)suite->name, policies[i]->name, sizeof(suite->name));
		suite->suite_init = choose_policy;
		suite->test_cases = at;
		memcpy(at, cases, sizeof(cases));
		at += ARRAY_SIZE(cases);
		if (has_vectors(policies[i]))
			*at++ = victims_case;
		if (has_scenes(policies[i]))
			*at++ = scenes_case;
		if (has_counts(policies[i]))
			*at++ = counts_case;
		if (model_of(policies[i]))
			*at++ = model_case;
		if (policies[i]->nr_params)
			*at++ = parameter_case;
		list[i] = suite;
	}
	*nr = ARRAY_SIZE(policies);
	return list;
}

void quire_policy_suites_free(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++)
		kfree(suites[i].suite.test_cases);
}
