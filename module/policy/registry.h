/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policies that can be attached.
 */
#ifndef QUIRE_REGISTRY_H
#define QUIRE_REGISTRY_H

#include "quire/register.h"

#define QUIRE_NAME_MAX		15	/* characters in the name of a policy */

int quire_registry_start(void);
void quire_registry_stop(void);
const struct quire_policy_ops *quire_policy_get(const char *name);
void quire_policy_put(const struct quire_policy_ops *ops);
void quire_policies_show(void (*show)(void *data, const struct quire_policy_ops *ops),
			 void *data);

#endif
