// SPDX-License-Identifier: GPL-2.0
/* Suites with a fault each. scripts/tests/kunit sees every one of them fail the run. */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "suites.h"

static void passes(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, true);
}

static void fails(struct kunit *test)
{
	KUNIT_EXPECT_EQ_MSG(test, 1, 2, "this case fails on purpose");
}

static void crashes(struct kunit *test)
{
	*(volatile int *)8 = 0;
}

static void hangs(struct kunit *test)
{
	for (;;)
		cpu_relax();
}

static void overruns(struct kunit *test)
{
	char *memory = kunit_kzalloc(test, 24, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	OPTIMIZER_HIDE_VAR(memory);
	WRITE_ONCE(memory[24], 1);
}

static void overflows(struct kunit *test)
{
	volatile int bits = 40;

	KUNIT_EXPECT_NE(test, 1 << bits, 3);
}

/* Two locks in one order and then in the other: what lockdep is there for. */
static void deadlocks(struct kunit *test)
{
	static DEFINE_SPINLOCK(first);
	static DEFINE_SPINLOCK(second);

	spin_lock(&first);
	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock(&first);
	spin_lock(&second);
	spin_lock(&first);
	spin_unlock(&first);
	spin_unlock(&second);
}

/* An entry that is taken out of its list twice: for DEBUG_LIST. */
static void unlinks(struct kunit *test)
{
	LIST_HEAD(list);
	LIST_HEAD(entry);

	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

static void skips(struct kunit *test)
{
	kunit_skip(test, "skipped on purpose");
}

#define FAULT(function)								\
	static struct kunit_case function##_cases[] = {				\
		KUNIT_CASE(passes),						\
		KUNIT_CASE(function),						\
		{}								\
	};									\
	static struct kunit_suite function##_suite = {				\
		.name = "fault_" #function,					\
		.test_cases = function##_cases,					\
	}

FAULT(fails);
FAULT(crashes);
FAULT(hangs);
FAULT(overruns);
FAULT(overflows);
FAULT(deadlocks);
FAULT(unlinks);
FAULT(skips);

static struct kunit_case no_cases[] = { {} };
static struct kunit_suite empty_suite = { .name = "fault_empty", .test_cases = no_cases };

struct kunit_suite *const quire_fault_suites[] = {
	&fails_suite, &crashes_suite, &hangs_suite, &overruns_suite, &overflows_suite,
	&deadlocks_suite, &unlinks_suite, &skips_suite, &empty_suite,
};
const unsigned int quire_nr_fault_suites = ARRAY_SIZE(quire_fault_suites);
