/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where policies meet the kernel.
 */
#ifndef QUIRE_RECLAIM_H
#define QUIRE_RECLAIM_H

#include <linux/mm_types.h>
#include "interface/setting.h"
#include "policy/host.h"
#include "policy/registry.h"

/**
 * enum quire_kind - the kernel's lists, which reclaim asks one by one
 * @QUIRE_ANON:	pages that swap backs: anonymous and shared memory
 * @QUIRE_FILE:	pages that files back
 * @QUIRE_KINDS: how many
 */
enum quire_kind {
	QUIRE_ANON,
	QUIRE_FILE,
	QUIRE_KINDS,
};

/**
 * struct quire_protection - what is to stay; 0 is nothing
 * @ms:		pages that were used within so many milliseconds
 * @mb:		so many MiB of a kind
 */
struct quire_protection {
	u32 ms;
	u32 mb[QUIRE_KINDS];
};

/**
 * struct quire_scope_info - a scope, for those who show it
 * @path:	of the cgroup, "" for the machine
 * @ops:	the policy, or NULL
 * @ejected:	name of the policy that the guard has ejected, "" if none
 * @fault:	why
 * @params:	of the host
 * @param:	of the policy
 * @protection:	what is protected
 * @protected:	proposed pages that stayed for that
 * @unprotected: protected pages that the guard left to the kernel
 * @retries:	tasks that were about to be killed for want of memory, and were told to try again
 * @stats:	of the pools
 * @frames:	of the pools
 * @ghosts:	of the pools
 */
struct quire_scope_info {
	const char *path;
	const struct quire_policy_ops *ops;
	const char *ejected;
	enum quire_fault fault;
	struct quire_host_params params;
	u32 param[QUIRE_MAX_PARAMS];
	struct quire_protection protection;
	u64 protected;
	u64 unprotected;
	u64 retries;
	struct quire_host_stats stats[QUIRE_KINDS];
	u32 frames[QUIRE_KINDS];
	u32 ghosts[QUIRE_KINDS];
};

int quire_reclaim_apply(const struct quire_request *request, const char **why);
void quire_reclaim_show(void (*show)(void *data, const struct quire_scope_info *info), void *data);
bool quire_reclaim_used(struct folio *folio);
int quire_reclaim_start(void);
void quire_reclaim_stop(void);

#endif
