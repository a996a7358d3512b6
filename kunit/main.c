// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the suites when the module is loaded: all, those named by a parameter, or one share of all.
 *
 * KUnit would find suites in a section of the module, and does not let one choose among them
 * before 6.6. Suites that are made at run time, one per policy, have no place there either.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "suites.h"

static char *suites = "";
module_param(suites, charp, 0);
MODULE_PARM_DESC(suites, "names of the suites to run, separated by commas (default: all)");

static char *share = "0/1";
module_param(share, charp, 0);
MODULE_PARM_DESC(share, "I/N: of all suites each N-th from the I-th on, counted from 0 (default: 0/1)");

static struct kunit_suite *const other_suites[] = {
	&quire_registry_suite, &quire_guard_suite, &quire_host_suite, &quire_window_suite,
	&quire_eject_suite, &quire_setting_suite, &quire_workingset_suite, &quire_thrash_suite,
	&quire_balance_suite,
};

static struct kunit_suite **chosen;
static unsigned int nr_chosen;

/* Is @name one of the names asked for? */
static bool asked_for(const char *name)
{
	size_t length = strlen(name);
	const char *at;

	for (at = suites; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == length && !strncmp(at, name, length))
			return true;
	return false;
}

static unsigned int nr_asked_for(void)
{
	unsigned int nr = 0;
	const char *at;

	for (at = suites; *at; at += strcspn(at, ","), at += *at == ',')
		nr++;
	return nr;
}

static void choose(struct kunit_suite *suite, bool always)
{
	if (*suites ? asked_for(suite->name) : always)
		chosen[nr_chosen++] = suite;
}

/* Keep only the share of what is chosen. */
static int take_share(void)
{
	unsigned int first, each, i, kept = 0;

	if (sscanf(share, "%u/%u", &first, &each) != 2 || !each)
		return -EINVAL;
	for (i = first; i < nr_chosen; i += each)
		chosen[kept++] = chosen[i];
	nr_chosen = kept;
	return 0;
}

static int __init quire_kunit_init(void)
{
	struct kunit_suite **policies;
	unsigned int nr_policies, i;
	int err = -ENOMEM;

	policies = quire_policy_suites(&nr_policies);
	if (!policies)
		return err;
	chosen = kcalloc(nr_policies + ARRAY_SIZE(other_suites) + quire_nr_fault_suites,
			 sizeof(*chosen), GFP_KERNEL);
	if (!chosen)
		goto no_memory;
	for (i = 0; i < nr_policies; i++)
		choose(policies[i], true);
	for (i = 0; i < ARRAY_SIZE(other_suites); i++)
		choose(other_suites[i], true);
	for (i = 0; i < quire_nr_fault_suites; i++)
		choose(quire_fault_suites[i], false);

	if (*suites && nr_chosen != nr_asked_for()) {
		pr_err("kunit-init: cannot find all of these suites: %s\n", suites);
		err = -ENOENT;
		goto not_run;
	}
	err = take_share();
	if (err)
		goto not_run;
	/* What runs built-in suites prints this, and what runs a module's does not in all kernels. */
	pr_info("KTAP version 1\n1..%u\n", nr_chosen);
	err = __kunit_test_suites_init(chosen, nr_chosen);
	if (!err)
		return 0;
not_run:
	kfree(chosen);
no_memory:
	quire_policy_suites_free();
	return err;
}
module_init(quire_kunit_init);

static void __exit quire_kunit_exit(void)
{
	__kunit_test_suites_exit(chosen, nr_chosen);
	kfree(chosen);
	quire_policy_suites_free();
}
module_exit(quire_kunit_exit);

MODULE_DESCRIPTION("quire's KUnit suites");
MODULE_LICENSE("GPL");
