/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For modules that bring a policy of their own: see docs/examples/newest.
 */
#ifndef QUIRE_REGISTER_H
#define QUIRE_REGISTER_H

#include "quire/policy.h"

struct module;

int quire_register_policy(const struct quire_policy_ops *ops, struct module *owner);
void quire_unregister_policy(const struct quire_policy_ops *ops);

#endif
