/* SPDX-License-Identifier: GPL-2.0 */
/* The suites, as main.c runs them. */
#ifndef QUIRE_KUNIT_SUITES_H
#define QUIRE_KUNIT_SUITES_H

#include <kunit/test.h>

#include <quire/policy.h>

/**
 * quire_policy_suites() - a suite for each policy, of the promises that every policy makes
 * @nr: how many
 *
 * Return: the suites, which live as long as the module; NULL if there was no memory.
 */
struct kunit_suite **quire_policy_suites(unsigned int *nr);

/** quire_policy_suites_free() - frees them. */
void quire_policy_suites_free(void);

/* What surrounds the policies. */
extern struct kunit_suite quire_eject_suite;
extern struct kunit_suite quire_guard_suite;
extern struct kunit_suite quire_host_suite;
extern struct kunit_suite quire_registry_suite;
extern struct kunit_suite quire_setting_suite;
extern struct kunit_suite quire_window_suite;

/* What the scanner of working sets works out. */
extern struct kunit_suite quire_workingset_suite;

/* The verdict on thrashing, and what it rests on. */
extern struct kunit_suite quire_thrash_suite;

/* Whom load control suspends. */
extern struct kunit_suite quire_balance_suite;

/* Suites with a fault each, to try scripts/kunit on; they run only when asked for. */
extern struct kunit_suite *const quire_fault_suites[];
extern const unsigned int quire_nr_fault_suites;

#endif /* QUIRE_KUNIT_SUITES_H */
