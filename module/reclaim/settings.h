/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be set of a scope, checked before anything changes.
 */
#ifndef QUIRE_SETTINGS_H
#define QUIRE_SETTINGS_H

#include "reclaim/reclaim.h"

/**
 * struct quire_wanted - the settings of a scope after a request
 * @params:	of the host
 * @protection:	what is to be protected
 * @param:	of the policy ...
 * @has_param:	... those that were named
 * @classic:	the classic lists are to be used ...
 * @has_classic: ... if that was named
 */
struct quire_wanted {
	struct quire_host_params params;
	struct quire_protection protection;
	u32 param[QUIRE_MAX_PARAMS];
	bool has_param[QUIRE_MAX_PARAMS];
	bool classic;
	bool has_classic;
};

int quire_wanted_parse(struct quire_wanted *wanted, const struct quire_request *request,
		       const struct quire_policy_ops *ops, const char **why);

/* What a person has not set is as the policy would have it. */
static inline u32 quire_window_of(const struct quire_host_params *params, const struct quire_policy_ops *ops)
{
	u32 window = ops && ops->ahead ? ops->ahead : QUIRE_WINDOW_SHARE;

	return params->window ?: max(window, params->window_most);
}

static inline bool quire_protection_wanted(const struct quire_protection *protection)
{
	return READ_ONCE(protection->ms) || READ_ONCE(protection->mb[QUIRE_ANON]) ||
	       READ_ONCE(protection->mb[QUIRE_FILE]);
}

#endif
