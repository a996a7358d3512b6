// SPDX-License-Identifier: GPL-2.0
/*
 * The policies that can be attached: the built-in ones, and those that other
 * modules register.
 *
 * The same shape as the kernel's TCP congestion controls: a registration is
 * checked, a policy is found by name, and the module it comes from cannot go
 * while it is in use. All of it in process context under one mutex; the
 * hot path has a pointer to the ops and never comes here.
 */
#include <linux/ctype.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "policy/host.h"
#include "policy/registry.h"

#define QUIRE_STATE_MAX		(256 << 10)	/* bytes of a policy's state for a pool */

/**
 * struct quire_entry - a registered policy
 * @list:	in quire_registry
 * @ops:	the policy
 * @owner:	the module it comes from; NULL for our own
 * @users:	who has it by quire_policy_get()
 * @leaving:	unregistered: nobody finds it any more, and it ends with its last user
 */
struct quire_entry {
	struct list_head list;
	const struct quire_policy_ops *ops;
	struct module *owner;
	unsigned int users;
	bool leaving;
};

static LIST_HEAD(quire_registry);
static DEFINE_MUTEX(quire_registry_mutex);

#define QUIRE_POLICY(name) extern const struct quire_policy_ops quire_policy_##name;
#include "policies/policies.h"
#undef QUIRE_POLICY

static const struct quire_policy_ops * const quire_builtin[] = {
#define QUIRE_POLICY(name) &quire_policy_##name,
#include "policies/policies.h"
#undef QUIRE_POLICY
};

static struct quire_entry *quire_find_entry(const char *name)
{
	struct quire_entry *entry;

	list_for_each_entry(entry, &quire_registry, list) {
		if (!entry->leaving && !strcmp(entry->ops->name, name))
			return entry;
	}
	return NULL;
}

static void quire_forget_entry(struct quire_entry *entry)
{
	list_del(&entry->list);
	kfree(entry);
}

static bool quire_name_is_good(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		if (i >= QUIRE_NAME_MAX ||
		    (!islower(name[i]) && !isdigit(name[i]) && name[i] != '_'))
			return false;
	}
	return i && strcmp(name, "native");
}

static const char *quire_ops_fault(const struct quire_policy_ops *ops)
{
	u32 i;

	if (!ops->name || !quire_name_is_good(ops->name))
		return "its name is not of 1 to 15 lower-case letters, digits or _";
	if (!ops->admit || !ops->touch || !ops->victim || !ops->remove)
		return "admit, touch, victim and remove must be there";
	if (ops->pool_size > QUIRE_STATE_MAX)
		return "its state for a pool is too large";
	if (ops->ahead > QUIRE_WINDOW_BOUND)
		return "its victims cannot be named by so small a share";
	if (ops->nr_params > QUIRE_MAX_PARAMS || (ops->nr_params && !ops->params))
		return "its table of parameters is not well formed";
	for (i = 0; i < ops->nr_params; i++) {
		const struct quire_param *param = &ops->params[i];

		if (!param->name || param->def < param->min || param->def > param->max)
			return "a parameter's default is out of its bounds";
	}
	return NULL;
}

/**
 * quire_register_policy - make a policy known, so that it can be attached
 * @ops:	the policy; stays there until it is unregistered
 * @owner:	THIS_MODULE of the caller
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL if the policy lacks something (the log says what), -EEXIST if
 * there is one of that name, -ENOMEM.
 */
int quire_register_policy(const struct quire_policy_ops *ops, struct module *owner)
{
	const char *fault = quire_ops_fault(ops);
	struct quire_entry *entry;
	int err = 0;

	if (fault) {
		pr_warn("quire: policy refused: %s\n", fault);
		return -EINVAL;
	}
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->ops = ops;
	entry->owner = owner;
	mutex_lock(&quire_registry_mutex);
	if (quire_find_entry(ops->name))
		err = -EEXIST;
	else
		list_add_tail(&entry->list, &quire_registry);
	mutex_unlock(&quire_registry_mutex);
	if (err) {
		pr_warn("quire: policy refused: there is one named %s\n", ops->name);
		kfree(entry);
	}
	return err;
}
EXPORT_SYMBOL_GPL(quire_register_policy);

/**
 * quire_unregister_policy - a policy goes
 * @ops:	the policy; one that is not registered is left alone
 *
 * While it is attached its module cannot go, so that an exit function need not care. Called
 * earlier, it makes the policy unknown at once, and whoever has it keeps it and its module.
 *
 * Context: process, may sleep.
 */
void quire_unregister_policy(const struct quire_policy_ops *ops)
{
	struct quire_entry *entry;

	mutex_lock(&quire_registry_mutex);
	entry = quire_find_entry(ops->name);
	if (entry && entry->ops == ops) {
		entry->leaving = true;
		if (!entry->users)
			quire_forget_entry(entry);
	}
	mutex_unlock(&quire_registry_mutex);
}
EXPORT_SYMBOL_GPL(quire_unregister_policy);

/**
 * quire_policy_get - find a policy and keep its module
 * @name:	its name
 *
 * Context: process, may sleep.
 * Return: the policy, to be given back by quire_policy_put(), or NULL.
 */
const struct quire_policy_ops *quire_policy_get(const char *name)
{
	const struct quire_policy_ops *ops = NULL;
	struct quire_entry *entry;

	mutex_lock(&quire_registry_mutex);
	entry = quire_find_entry(name);
	if (entry && try_module_get(entry->owner)) {
		entry->users++;
		ops = entry->ops;
	}
	mutex_unlock(&quire_registry_mutex);
	return ops;
}

/**
 * quire_policy_put - a policy is not in use any more
 * @ops:	from quire_policy_get()
 */
void quire_policy_put(const struct quire_policy_ops *ops)
{
	struct quire_entry *entry;

	mutex_lock(&quire_registry_mutex);
	list_for_each_entry(entry, &quire_registry, list) {
		if (entry->ops != ops || !entry->users)
			continue;
		entry->users--;
		module_put(entry->owner);
		if (entry->leaving && !entry->users)
			quire_forget_entry(entry);
		break;
	}
	mutex_unlock(&quire_registry_mutex);
}

/**
 * quire_policies_show - go through all policies
 * @show:	called for each, in the order of registration
 * @data:	its first argument
 *
 * Context: process, may sleep; @show runs under the registry's mutex.
 */
void quire_policies_show(void (*show)(void *data, const struct quire_policy_ops *ops),
			 void *data)
{
	struct quire_entry *entry;

	mutex_lock(&quire_registry_mutex);
	list_for_each_entry(entry, &quire_registry, list) {
		if (!entry->leaving)
			show(data, entry->ops);
	}
	mutex_unlock(&quire_registry_mutex);
}

/**
 * quire_registry_start - register the built-in policies
 *
 * Return: 0 or an errno.
 */
int quire_registry_start(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(quire_builtin); i++) {
		err = quire_register_policy(quire_builtin[i], NULL);
		if (err) {
			quire_registry_stop();
			return err;
		}
	}
	return 0;
}

/**
 * quire_registry_stop - forget all policies
 *
 * Other modules' policies are gone by then: those modules use our symbols.
 */
void quire_registry_stop(void)
{
	struct quire_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &quire_registry, list)
		quire_forget_entry(entry);
}
