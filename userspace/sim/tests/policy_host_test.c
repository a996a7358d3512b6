// SPDX-License-Identifier: GPL-2.0
/* What every policy promises, tried on each, at sizes from one page on. */
#include "../../../kunit/promises.h"
#include "../../../kunit/scenes.h"
#include "tap.h"

/* Made from policies.h: includes each policy's file. */
#include "policy_files.h"

static const struct quire_policy_ops *const all_policies[] = {
#define QUIRE_POLICY(name) &quire_policy_##name,
#include "policies.h"
#undef QUIRE_POLICY
};

static void test_policy(const struct quire_policy_ops *ops)
{
	static const u32 sizes[] = { 1, 2, 3, 7, 64, 190 };
	u64 steps = 0, calls = 0;
	const char *wrong;

#define KEEPS(promise, ...)							\
	(wrong = promise(ops, ##__VA_ARGS__),					\
	 ok(!wrong, "%s: " #promise "(" #__VA_ARGS__ "): %s", ops->name, wrong ? wrong : "kept"))

	KEEPS(promise_description);
	for (size_t i = 0; i < QUIRE_COUNT_OF(sizes); i++) {
		u32 frames = sizes[i];

		KEEPS(promise_lists, frames, false, &steps, &calls);
		KEEPS(promise_lists, frames, true, &steps, &calls);
		KEEPS(promise_all_referenced, frames);
		KEEPS(promise_none_referenced, frames);
		KEEPS(promise_reprieve, frames);
		KEEPS(promise_dirtied, frames);
		KEEPS(promise_few_ghosts, frames);
		KEEPS(promise_own_bound, frames);
		KEEPS(promise_repeats, frames);
		KEEPS(promise_parameters, frames);
	}
	if (promise_grace_holds(ops))
		KEEPS(promise_grace);
	KEEPS(promise_resizing);
	KEEPS(promise_check);
	ok(steps <= calls * 16, "%s: %.2f steps a call on average, at most 16", ops->name,
	   (double)steps / calls);
}

static void test_model(const struct quire_policy_ops *ops, const struct model *model)
{
	static const u32 sizes[] = { 1, 2, 3, 5, 16, 61 };

	for (size_t i = 0; i < QUIRE_COUNT_OF(sizes); i++) {
		u32 at;
		const char *wrong = promise_model(ops, model, sizes[i], &at);

		ok(!wrong, "%s with %u frames: the same as its model (load %u, reference %u: %s)",
		   ops->name, sizes[i], at / 10000, at % 10000, wrong ? wrong : "agrees");
	}
}

static void test_scenes(const struct quire_policy_ops *ops)
{
	char victims[TEST_PAGES + 1];

	for (size_t i = 0; i < QUIRE_COUNT_OF(scenes); i++) {
		const char *wrong;

		if (__builtin_strcmp(scenes[i].policy, ops->name))
			continue;
		wrong = scene_play(ops, &scenes[i], victims);
		ok(!wrong, "%s, scene %s: %s", ops->name, scenes[i].script, wrong ? wrong : "played");
		ok(!__builtin_strcmp(victims, scenes[i].victims), "%s, scene %s: %s go, not %s",
		   ops->name, scenes[i].script, scenes[i].victims, victims);
	}
}

/* With an argument: that policy only. */
int main(int argc, char **argv)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(all_policies); i++) {
		const struct quire_policy_ops *ops = all_policies[i];

		if (argc > 1 && __builtin_strcmp(argv[1], ops->name))
			continue;
		test_policy(ops);
		test_scenes(ops);
		if (model_of(ops))
			test_model(ops, model_of(ops));
	}
	ok(sizeof(struct quire_node) == 16, "a node has 16 bytes");
	return tap_done();
}
