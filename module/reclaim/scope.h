/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scopes: the machine and cgroups that have a policy or a protection, for the parts
 * of reclaim/ alone.
 */
#ifndef QUIRE_SCOPE_H
#define QUIRE_SCOPE_H

#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include "reclaim/protect.h"
#include "reclaim/reclaim.h"

/**
 * struct quire_narrow - is reclaim for much less than a scope?
 * @target:	the cgroup that is to give up memory
 * @until:	jiffies; then it is reckoned anew
 * @is:		whether
 */
struct quire_narrow {
	const struct mem_cgroup *target;
	unsigned long until;
	bool is;
};

/**
 * struct quire_scope - the machine or a cgroup with its children
 * @list:	in the list of all
 * @cgroup:	NULL for the machine
 * @path:	as it was written; "" for the machine
 * @ops:	the policy that is attached, or NULL
 * @pool:	its pools, by kind
 * @governs:	pages of the scope are not those of a scope around it
 * @params:	of the host
 * @protect:	what is protected
 * @narrow:	what was last reckoned, by kind
 * @retries:	tasks that were not killed but told to try again; under oom_lock
 * @removed:	the cgroup is gone
 * @ejected:	name of the policy that the guard has ejected; "" if none
 * @fault:	why
 */
struct quire_scope {
	struct list_head list;
	struct cgroup *cgroup;
	char *path;
	const struct quire_policy_ops *ops;
	struct quire_pool __rcu *pool[QUIRE_KINDS];
	bool governs;
	struct quire_host_params params;
	struct quire_protect protect;
	struct quire_narrow narrow[QUIRE_KINDS];
	u64 retries;
	bool removed;
	char ejected[QUIRE_NAME_MAX + 1];
	enum quire_fault fault;
};

extern bool quire_protected;	/* some scope has a protection */

struct quire_scope *quire_scope_of(struct folio *folio, bool protects);

/** quire_scope_protecting - the nearest scope of a page with a protection, or NULL. Context: as quire_scope_of(). */
static inline struct quire_scope *quire_scope_protecting(struct folio *folio)
{
	return unlikely(READ_ONCE(quire_protected)) ? quire_scope_of(folio, true) : NULL;
}

bool quire_scope_is_narrower(struct quire_scope *scope, struct mem_cgroup *target,
			     enum quire_kind kind);
unsigned long quire_scope_pages(const struct quire_scope *scope, enum quire_kind kind);
unsigned long quire_machine_pages(enum quire_kind kind);
void quire_scopes_gone(struct folio *folio);
bool quire_scopes_yield(struct mem_cgroup *target);
bool quire_scopes_have_cgroups(void);
void quire_scope_removed(const struct cgroup *cgroup);

int quire_events_start(void);
void quire_events_stop(void);

#endif
