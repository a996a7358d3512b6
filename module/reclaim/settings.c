// SPDX-License-Identifier: GPL-2.0
/*
 * What can be set of a scope: the host's, the protection's and the policy's own
 * parameters, by name.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "interface/setting.h"
#include "reclaim/settings.h"

#define QUIRE_PROTECT_MS_MAX	3600000
#define QUIRE_PROTECT_MB_MAX	(1u << 24)

static int quire_set_number(const char *value, u32 low, u32 high, u32 *number)
{
	return quire_parse_uint(value, low, high, number);
}

static int quire_set_lru(struct quire_wanted *wanted, const char *value)
{
	wanted->classic = !strcmp(value, "classic");
	wanted->has_classic = true;
	return wanted->classic || !strcmp(value, "default") ? 0 : -EINVAL;
}

static int quire_set_param(struct quire_wanted *wanted, const struct quire_policy_ops *ops,
			   const char *name, const char *value)
{
	u32 i;

	for (i = 0; ops && i < ops->nr_params; i++) {
		if (strcmp(ops->params[i].name, name))
			continue;
		wanted->has_param[i] = true;
		return quire_set_number(value, ops->params[i].min, ops->params[i].max,
					&wanted->param[i]);
	}
	return -ENOENT;
}

static int quire_set_one(struct quire_wanted *wanted, const struct quire_request *request,
			 const struct quire_policy_ops *ops, const char *name, const char *value)
{
	if (!strcmp(name, "window"))
		return quire_set_number(value, 1, QUIRE_WINDOW_BOUND, &wanted->params.window);
	if (!strcmp(name, "window_most"))
		return quire_set_number(value, 1, QUIRE_WINDOW_BOUND,
					&wanted->params.window_most);
	if (!strcmp(name, "ghost_percent"))
		return quire_set_number(value, 0, 100, &wanted->params.ghosts);
	if (!strcmp(name, "steer"))
		return quire_set_number(value, 0, 1, &wanted->params.steer);
	if (!strcmp(name, "protect_ms"))
		return quire_set_number(value, 0, QUIRE_PROTECT_MS_MAX, &wanted->protection.ms);
	if (!strcmp(name, "protect_anon_mb"))
		return quire_set_number(value, 0, QUIRE_PROTECT_MB_MAX,
					&wanted->protection.mb[QUIRE_ANON]);
	if (!strcmp(name, "protect_file_mb"))
		return quire_set_number(value, 0, QUIRE_PROTECT_MB_MAX,
					&wanted->protection.mb[QUIRE_FILE]);
	if (!strcmp(name, "lru") && !request->cgroup)
		return quire_set_lru(wanted, value);
	return quire_set_param(wanted, ops, name, value);
}

/**
 * quire_wanted_parse - what a request comes to
 * @wanted:	holds what is, and is changed as the request wants
 * @request:	the request
 * @ops:	the policy that there will be, or NULL
 * @why:	set to what is wrong
 *
 * Return: 0, -ENOENT for a name that nothing has, -EINVAL for a value that it cannot
 * have; then @wanted is of no use.
 */
int quire_wanted_parse(struct quire_wanted *wanted, const struct quire_request *request,
		       const struct quire_policy_ops *ops, const char **why)
{
	unsigned int i;
	int err;

	for (i = 0; i < request->nr; i++) {
		err = quire_set_one(wanted, request, ops, request->name[i], request->value[i]);
		if (err) {
			*why = err == -ENOENT ? "neither the host nor that policy has such a setting" :
						"not a value that it can have";
			return err;
		}
	}
	/* The window is a fraction: the larger number is the smaller window. */
	if (wanted->params.window && wanted->params.window_most > wanted->params.window) {
		*why = "window_most must not be more than window";
		return -EINVAL;
	}
	return 0;
}
