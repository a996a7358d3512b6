// SPDX-License-Identifier: GPL-2.0
/* What the registry of policies promises: nothing that lacks something, no name twice, no leak. */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../module/policy/registry.h"
#include "allocations.h"
#include "suites.h"

#define THREADS	4
#define ROUNDS	500

static void nothing_admitted(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
}

static void nothing_touched(struct quire_pool *pool, quire_page_t page)
{
}

static quire_page_t no_victim(struct quire_pool *pool)
{
	return QUIRE_NONE;
}

static void nothing_removed(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
}

#define GOOD									\
	.name = "good", .about = "a policy that does nothing",			\
	.admit = nothing_admitted, .touch = nothing_touched,			\
	.victim = no_victim, .remove = nothing_removed

static const struct quire_param a_param = { "p", "%", "a parameter", 1, 9, 5 };
static const struct quire_param no_name = { NULL, "%", "a parameter", 1, 9, 5 };
static const struct quire_param below = { "p", "%", "a parameter", 1, 9, 0 };
static const struct quire_param above = { "p", "%", "a parameter", 1, 9, 10 };
static const struct quire_param ends[] = {
	{ "low", "%", "at its lower end", 1, 9, 1 }, { "high", "%", "at its upper end", 1, 9, 9 },
	{ "only", "%", "of one value", 3, 3, 3 }, { "a", "", "", 0, 0, 0 }, { "b", "", "", 0, 0, 0 },
	{ "c", "", "", 0, 0, 0 }, { "d", "", "", 0, 0, 0 }, { "e", "", "", 0, 0, 0 },
	{ "f", "", "", 0, 0, 0 },
};

struct registration {
	const char *what;
	struct quire_policy_ops ops;
};

#define WITH(what_, ...) { .what = what_, .ops = { GOOD, __VA_ARGS__ } }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct registration refused[] = {
	WITH("no name", .name = NULL),
	WITH("an empty name", .name = ""),
	WITH("a name of 16 letters", .name = "abcdefghijklmnop"),
	WITH("a name in capitals", .name = "Good"),
	WITH("a name with a dash", .name = "so-so"),
	WITH("a name with a blank", .name = "go od"),
	WITH("a name with a newline", .name = "good\n"),
	WITH("a name with a slash", .name = "go/od"),
	WITH("a name that is no ASCII", .name = "g\xc3\xb6\xc3\xb6"),
	WITH("the kernel's own name", .name = "native"),
	WITH("no admit", .admit = NULL),
	WITH("no touch", .touch = NULL),
	WITH("no victim", .victim = NULL),
	WITH("no remove", .remove = NULL),
	WITH("state that is too large", .pool_size = (256 << 10) + 1),
	WITH("victims too far ahead to be a window", .ahead = 257),
	WITH("state far too large", .pool_size = ~0ul),
	WITH("too many parameters", .params = ends, .nr_params = QUIRE_MAX_PARAMS + 1),
	WITH("parameters, but no table", .nr_params = 1),
	WITH("a parameter without a name", .params = &no_name, .nr_params = 1),
	WITH("a parameter whose default is too low", .params = &below, .nr_params = 1),
	WITH("a parameter whose default is too high", .params = &above, .nr_params = 1),
};

static const struct registration taken[] = {
	WITH("what must be there, and no more"),
	WITH("a name of one letter", .name = "x"),
	WITH("a name of 15 letters", .name = "abcdefghijklmno"),
	WITH("a name with digits and _", .name = "2q_k9_"),
	WITH("a name that begins as native does", .name = "native_too"),
	WITH("victims as far ahead as can be", .ahead = 256),
	WITH("state of the largest size", .pool_size = 256 << 10),
	WITH("a parameter", .params = &a_param, .nr_params = 1),
	WITH("parameters at the ends of their bounds", .params = ends,
	     .nr_params = QUIRE_MAX_PARAMS),
	WITH("a table of no parameters", .params = ends),
};
#pragma GCC diagnostic pop

static const struct quire_policy_ops good = { GOOD };
static const struct quire_policy_ops namesake = { GOOD };

static void describe(const struct registration *registration, char *to)
{
	strscpy(to, registration->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused, describe);
KUNIT_ARRAY_PARAM(taken, taken, describe);

struct shown {
	unsigned int count;
	unsigned int wrong;
	const char *const *names;
};

static const char *const built_in[] = {
#define QUIRE_POLICY(name) #name,
#include "../module/policies/policies.h"
#undef QUIRE_POLICY
};

static void count_policy(void *data, const struct quire_policy_ops *ops)
{
	struct shown *shown = data;

	shown->wrong += shown->count < ARRAY_SIZE(built_in) &&
			strcmp(ops->name, built_in[shown->count]);
	shown->count++;
}

static unsigned int nr_known(void)
{
	struct shown shown = { };

	quire_policies_show(count_policy, &shown);
	return shown.count;
}

/* Is a policy known, and which? It is not held. */
static const struct quire_policy_ops *known(const char *name)
{
	const struct quire_policy_ops *ops = quire_policy_get(name);

	if (ops)
		quire_policy_put(ops);
	return ops;
}

static void starts_with_the_built_in_policies_in_order(struct kunit *test)
{
	struct shown shown = { };
	size_t i;

	KUNIT_ASSERT_EQ(test, quire_registry_start(), 0);
	quire_policies_show(count_policy, &shown);
	KUNIT_EXPECT_EQ(test, shown.count, (unsigned int)ARRAY_SIZE(built_in));
	KUNIT_EXPECT_EQ(test, shown.wrong, 0u);
	for (i = 0; i < ARRAY_SIZE(built_in); i++) {
		const struct quire_policy_ops *ops = known(built_in[i]);

		KUNIT_ASSERT_NOT_NULL_MSG(test, ops, "%s", built_in[i]);
		KUNIT_EXPECT_STREQ(test, ops->name, built_in[i]);
	}
	quire_registry_stop();
	KUNIT_EXPECT_EQ(test, nr_known(), 0u);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void does_not_start_without_memory_and_leaks_none(struct kunit *test)
{
	unsigned int fail;

	for (fail = 1; fail <= ARRAY_SIZE(built_in); fail++) {
		quire_test_allocations_start(fail);
		KUNIT_EXPECT_EQ(test, quire_registry_start(), -ENOMEM);
		KUNIT_EXPECT_EQ(test, nr_known(), 0u);
		KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
	}
	quire_test_allocations_start(0);
	KUNIT_ASSERT_EQ(test, quire_registry_start(), 0);
	KUNIT_EXPECT_EQ(test, quire_test_allocations(), (unsigned int)ARRAY_SIZE(built_in));
	quire_registry_stop();
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void does_not_start_when_a_built_in_name_is_taken(struct kunit *test)
{
	struct quire_policy_ops last = good;

	last.name = built_in[ARRAY_SIZE(built_in) - 1];
	KUNIT_ASSERT_EQ(test, quire_register_policy(&last, THIS_MODULE), 0);
	KUNIT_EXPECT_EQ(test, quire_registry_start(), -EEXIST);
	quire_registry_stop();
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void refuses_what_lacks_something(struct kunit *test)
{
	const struct registration *registration = test->param_value;

	KUNIT_EXPECT_EQ(test, quire_register_policy(&registration->ops, THIS_MODULE), -EINVAL);
	KUNIT_EXPECT_EQ(test, nr_known(), 0u);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void takes_what_is_within_its_bounds(struct kunit *test)
{
	const struct registration *registration = test->param_value;
	const struct quire_policy_ops *ops = &registration->ops;

	KUNIT_ASSERT_EQ(test, quire_register_policy(ops, THIS_MODULE), 0);
	KUNIT_EXPECT_PTR_EQ(test, known(ops->name), ops);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 1l);
	quire_unregister_policy(ops);
	KUNIT_EXPECT_NULL(test, known(ops->name));
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void refuses_a_name_that_is_taken(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, quire_register_policy(&good, THIS_MODULE), 0);
	KUNIT_EXPECT_EQ(test, quire_register_policy(&namesake, THIS_MODULE), -EEXIST);
	KUNIT_EXPECT_EQ(test, quire_register_policy(&good, THIS_MODULE), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, known("good"), &good);
	KUNIT_EXPECT_EQ(test, nr_known(), 1u);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 1l);
	quire_unregister_policy(&good);
	KUNIT_EXPECT_EQ(test, quire_register_policy(&namesake, THIS_MODULE), 0);
	quire_unregister_policy(&namesake);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void refuses_for_want_of_memory(struct kunit *test)
{
	quire_test_allocations_start(1);
	KUNIT_EXPECT_EQ(test, quire_register_policy(&good, THIS_MODULE), -ENOMEM);
	KUNIT_EXPECT_NULL(test, known("good"));
	KUNIT_EXPECT_EQ(test, quire_register_policy(&good, THIS_MODULE), 0);
	quire_unregister_policy(&good);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void leaves_alone_what_is_not_registered(struct kunit *test)
{
	quire_unregister_policy(&good);
	KUNIT_ASSERT_EQ(test, quire_register_policy(&good, THIS_MODULE), 0);
	quire_unregister_policy(&namesake);
	quire_policy_put(&namesake);
	quire_policy_put(&good);
	KUNIT_EXPECT_PTR_EQ(test, known("good"), &good);
	KUNIT_EXPECT_NULL(test, known("goo"));
	KUNIT_EXPECT_NULL(test, known("goods"));
	KUNIT_EXPECT_NULL(test, known(""));
	quire_unregister_policy(&good);
	quire_unregister_policy(&good);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

static void keeps_the_module_of_what_is_in_use(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	KUNIT_ASSERT_EQ(test, quire_register_policy(&good, THIS_MODULE), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	KUNIT_ASSERT_PTR_EQ(test, quire_policy_get("good"), &good);
	KUNIT_ASSERT_PTR_EQ(test, quire_policy_get("good"), &good);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 2);
	quire_policy_put(&good);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	quire_policy_put(&good);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	quire_unregister_policy(&good);
}

static void ends_what_is_unregistered_in_use_with_its_last_user(struct kunit *test)
{
	int before = module_refcount(THIS_MODULE);

	KUNIT_ASSERT_EQ(test, quire_register_policy(&good, THIS_MODULE), 0);
	KUNIT_ASSERT_PTR_EQ(test, quire_policy_get("good"), &good);
	KUNIT_ASSERT_PTR_EQ(test, quire_policy_get("good"), &good);
	quire_unregister_policy(&good);
	KUNIT_EXPECT_NULL(test, known("good"));
	KUNIT_EXPECT_EQ(test, nr_known(), 0u);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 2);

	/* Its name is free; what is registered now is another one. */
	KUNIT_ASSERT_EQ(test, quire_register_policy(&namesake, THIS_MODULE), 0);
	KUNIT_ASSERT_PTR_EQ(test, quire_policy_get("good"), &namesake);
	quire_policy_put(&good);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 2l);
	quire_policy_put(&good);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 1l);
	KUNIT_EXPECT_PTR_EQ(test, known("good"), &namesake);
	quire_policy_put(&namesake);
	quire_unregister_policy(&namesake);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
}

/**
 * struct racer - one of the threads that register at the same time
 * @ops:    of one name with all the others'
 * @own:    of a name of its own
 * @holder: how many threads believe that they have the name in common
 * @won:    how often it had it
 * @wrong:  what should not have happened
 * @done:   it has ended
 */
struct racer {
	struct quire_policy_ops ops;
	struct quire_policy_ops own;
	char name[8];
	atomic_t *holder;
	unsigned int won;
	unsigned int wrong;
	struct completion done;
};

static int race(void *data)
{
	struct racer *racer = data;
	const struct quire_policy_ops *got;
	unsigned int i;
	int err;

	for (i = 0; i < ROUNDS; i++) {
		racer->wrong += quire_register_policy(&racer->own, THIS_MODULE) != 0;
		err = quire_register_policy(&racer->ops, THIS_MODULE);
		cond_resched();
		if (!err) {
			racer->won++;
			racer->wrong += atomic_inc_return(racer->holder) != 1;
			got = quire_policy_get("common");
			racer->wrong += got != &racer->ops;
			schedule();
			if (got)
				quire_policy_put(got);
			atomic_dec(racer->holder);
			quire_unregister_policy(&racer->ops);
		} else {
			racer->wrong += err != -EEXIST;
		}
		racer->wrong += known(racer->name) != &racer->own;
		quire_unregister_policy(&racer->own);
		racer->wrong += known(racer->name) != NULL;
		schedule();
	}
	complete(&racer->done);
	return 0;
}

static void is_not_confused_by_several_threads(struct kunit *test)
{
	struct racer *racers = kunit_kcalloc(test, THREADS, sizeof(*racers), GFP_KERNEL);
	int before = module_refcount(THIS_MODULE);
	atomic_t holder = ATOMIC_INIT(0);
	unsigned int i, won = 0;

	KUNIT_ASSERT_NOT_NULL(test, racers);
	for (i = 0; i < THREADS; i++) {
		struct racer *racer = &racers[i];
		struct task_struct *task;

		snprintf(racer->name, sizeof(racer->name), "own_%u", i);
		racer->ops = good;
		racer->ops.name = "common";
		racer->own = good;
		racer->own.name = racer->name;
		racer->holder = &holder;
		init_completion(&racer->done);
		task = kthread_run(race, racer, "quire_race/%u", i);
		if (IS_ERR(task)) {
			KUNIT_FAIL(test, "no thread");
			complete(&racer->done);
		}
	}
	for (i = 0; i < THREADS; i++)
		wait_for_completion(&racers[i].done);
	for (i = 0; i < THREADS; i++) {
		KUNIT_EXPECT_EQ(test, racers[i].wrong, 0u);
		won += racers[i].won;
	}
	KUNIT_EXPECT_GE(test, won, 1u);
	KUNIT_EXPECT_EQ(test, nr_known(), 0u);
	KUNIT_EXPECT_EQ(test, quire_test_allocated(), 0l);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
}

static int begin(struct kunit *test)
{
	quire_test_allocations_start(0);
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(starts_with_the_built_in_policies_in_order),
	KUNIT_CASE(does_not_start_without_memory_and_leaks_none),
	KUNIT_CASE(does_not_start_when_a_built_in_name_is_taken),
	KUNIT_CASE_PARAM(refuses_what_lacks_something, refused_gen_params),
	KUNIT_CASE_PARAM(takes_what_is_within_its_bounds, taken_gen_params),
	KUNIT_CASE(refuses_a_name_that_is_taken),
	KUNIT_CASE(refuses_for_want_of_memory),
	KUNIT_CASE(leaves_alone_what_is_not_registered),
	KUNIT_CASE(keeps_the_module_of_what_is_in_use),
	KUNIT_CASE(ends_what_is_unregistered_in_use_with_its_last_user),
	KUNIT_CASE(is_not_confused_by_several_threads),
	{}
};

struct kunit_suite quire_registry_suite = { .name = "registry", .init = begin, .test_cases = cases };
