// SPDX-License-Identifier: GPL-2.0
/*
 * Scopes: who has which policy and which protection.
 *
 * The machine is a scope, and so is each cgroup (v2) that somebody has named; a page
 * is in the nearest scope around its cgroup. A scope has a pool for each kind of
 * page, since reclaim asks for either kind by itself, and decides how much of each.
 *
 * Events find scopes in an array under RCU, the nearest first. Whoever changes
 * something does it in process context under one mutex, puts the new array or pool in
 * place, waits for those who have seen the old one, and frees it.
 */
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "interface/trace.h"
#include "policy/frames.h"
#include "reclaim/generation.h"
#include "reclaim/lru.h"
#include "reclaim/scope.h"
#include "reclaim/settings.h"

#define QUIRE_SCOPES	(QUIRE_POOLS / QUIRE_KINDS)

/**
 * struct quire_scopes - the scopes, for events
 * @cgroups:	there is one beside the machine
 * @nr:		how many
 * @scope:	the deepest first, the machine last
 */
struct quire_scopes {
	bool cgroups;
	unsigned int nr;
	struct quire_scope *scope[];
};

static struct quire_scopes __rcu *quire_scopes;
static LIST_HEAD(quire_scope_list);
static DEFINE_MUTEX(quire_scope_mutex);
static bool quire_up;		/* hooks and tables are there */
static bool quire_stopping;
bool quire_protected;		/* else none is looked for */

/**
 * quire_scope_of - the scope of a page
 * @folio:	the page
 * @protects:	the nearest with a protection, else the nearest with a policy
 *
 * Context: with preemption off, which keeps the scope; the folio is charged.
 * Return: the scope, or NULL.
 */
struct quire_scope *quire_scope_of(struct folio *folio, bool protects)
{
	const struct quire_scopes *scopes = rcu_dereference_sched(quire_scopes);
	struct cgroup *cgroup = NULL;
	struct quire_scope *scope;
	struct mem_cgroup *memcg;
	unsigned int i;

	if (!scopes)
		return NULL;
	if (scopes->cgroups) {
		memcg = folio_memcg(folio);
		cgroup = memcg ? memcg->css.cgroup : NULL;
	}
	for (i = 0; i < scopes->nr; i++) {
		scope = scopes->scope[i];
		if (protects ? !quire_protection_wanted(&scope->protect.wanted) : !scope->governs)
			continue;
		if (!scope->cgroup || (cgroup && cgroup_is_descendant(cgroup, scope->cgroup)))
			return scope;
	}
	return NULL;
}

/**
 * quire_scopes_gone - tell those who protect pages that one has been evicted
 * @folio:	it
 *
 * Context: with preemption off.
 */
void quire_scopes_gone(struct folio *folio)
{
	const struct quire_scopes *scopes = rcu_dereference_sched(quire_scopes);
	const struct quire_scope *nearest = quire_scope_of(folio, true);
	unsigned int i;

	for (i = 0; scopes && i < scopes->nr; i++)
		quire_protect_gone(&scopes->scope[i]->protect, scopes->scope[i] == nearest);
}

/* Are pages of one among those of the other? NULL is the machine. */
static bool quire_cgroups_meet(struct cgroup *one, struct cgroup *other)
{
	return !one || !other || cgroup_is_descendant(one, other) || cgroup_is_descendant(other, one);
}

/**
 * quire_scopes_yield - somebody is about to be killed for want of memory
 * @target:	the cgroup that has too much, NULL for the machine
 *
 * Context: process; oom_lock is held, and any lock that memory is asked for under may be.
 * Return: whether pages were refused that might have gone; the kernel decides about them now, for a while.
 */
bool quire_scopes_yield(struct mem_cgroup *target)
{
	const struct quire_scopes *scopes;
	struct quire_scope *scope;
	struct quire_pool *pool;
	unsigned int i, kind;
	bool yields, any = false;

	rcu_read_lock_sched();
	scopes = rcu_dereference_sched(quire_scopes);
	for (i = 0; scopes && i < scopes->nr; i++) {
		scope = scopes->scope[i];
		if (!quire_cgroups_meet(scope->cgroup, target ? target->css.cgroup : NULL))
			continue;
		yields = quire_protect_yields(&scope->protect);
		for (kind = 0; kind < QUIRE_KINDS; kind++) {
			pool = rcu_dereference_sched(scope->pool[kind]);
			if (pool)
				yields |= quire_host_yield(pool);
		}
		WRITE_ONCE(scope->retries, scope->retries + yields);
		any |= yields;
	}
	rcu_read_unlock_sched();
	return any;
}

/** quire_scopes_have_cgroups - is there one beside the machine? Context: preemption off. */
bool quire_scopes_have_cgroups(void)
{
	const struct quire_scopes *scopes = rcu_dereference_sched(quire_scopes);

	return scopes && scopes->cgroups;
}

static struct quire_pool *quire_pool_at(const struct quire_scope *scope, enum quire_kind kind)
{
	return rcu_dereference_protected(scope->pool[kind],
					 lockdep_is_held(&quire_scope_mutex));
}

static unsigned int quire_scope_count(void)
{
	struct quire_scope *scope;
	unsigned int nr = 0;

	list_for_each_entry(scope, &quire_scope_list, list)
		nr++;
	return nr;
}

static int quire_deeper(const void *a, const void *b)
{
	const struct quire_scope *one = *(struct quire_scope * const *)a;
	const struct quire_scope *two = *(struct quire_scope * const *)b;

	return (two->cgroup ? two->cgroup->level : 0) - (one->cgroup ? one->cgroup->level : 0);
}

/* Shows events the scopes that are in the list now. */
static int quire_scopes_publish(void)
{
	struct quire_scopes *scopes = NULL, *old;
	unsigned int nr = quire_scope_count();
	struct quire_scope *scope;

	if (nr) {
		scopes = kzalloc(struct_size(scopes, scope, nr), GFP_KERNEL);
		if (!scopes)
			return -ENOMEM;
	}
	list_for_each_entry(scope, &quire_scope_list, list) {
		scopes->scope[scopes->nr++] = scope;
		scopes->cgroups |= !!scope->cgroup;
	}
	if (nr)
		sort(scopes->scope, nr, sizeof(*scopes->scope), quire_deeper, NULL);
	old = rcu_replace_pointer(quire_scopes, scopes, lockdep_is_held(&quire_scope_mutex));
	synchronize_rcu();
	kfree(old);
	return 0;
}

static void quire_scope_free(struct quire_scope *scope)
{
	if (scope->cgroup)
		cgroup_put(scope->cgroup);
	kfree(scope->path);
	kfree(scope);
}

static struct cgroup *quire_find_cgroup(const char *path, const char **why)
{
	struct cgroup *cgroup;

	cgroup = path[0] == '/' ? cgroup_get_from_path(path) : ERR_PTR(-EINVAL);
	if (IS_ERR(cgroup)) {
		*why = path[0] == '/' ? "no such cgroup (v2)" : "a cgroup's path begins with /";
		return cgroup;
	}
	if (!cgroup->level) {
		cgroup_put(cgroup);
		*why = "the root is no cgroup but the machine";
		return ERR_PTR(-EINVAL);
	}
	if (rcu_access_pointer(cgroup->subsys[memory_cgrp_id]))
		return cgroup;
	cgroup_put(cgroup);
	*why = "its parent's cgroup.subtree_control has no memory";
	return ERR_PTR(-EOPNOTSUPP);
}

static struct quire_scope *quire_scope_new(struct cgroup *cgroup, const char *path)
{
	struct quire_scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL);

	if (!scope)
		return NULL;
	scope->path = kstrdup(path, GFP_KERNEL);
	if (!scope->path) {
		kfree(scope);
		return NULL;
	}
	scope->cgroup = cgroup;
	scope->params.window_most = QUIRE_WINDOW_MOST;
	scope->params.ghosts = QUIRE_GHOST_PERCENT;
	scope->params.steer = 1;
	quire_protect_init(&scope->protect);
	return scope;
}

/* The scope of a path, which is made if there is none. */
static struct quire_scope *quire_scope_get(const char *path, const char **why)
{
	struct cgroup *cgroup = NULL;
	struct quire_scope *scope;
	int err;

	if (path) {
		cgroup = quire_find_cgroup(path, why);
		if (IS_ERR(cgroup))
			return ERR_CAST(cgroup);
	}
	list_for_each_entry(scope, &quire_scope_list, list) {
		if (scope->cgroup == cgroup && !scope->removed) {
			if (cgroup)
				cgroup_put(cgroup);
			return scope;
		}
	}
	err = quire_scope_count() < QUIRE_SCOPES ? -ENOMEM : -ENOSPC;
	scope = err == -ENOMEM ? quire_scope_new(cgroup, path ?: "") : NULL;
	if (!scope) {
		if (cgroup)
			cgroup_put(cgroup);
		return ERR_PTR(err);
	}
	list_add_tail(&scope->list, &quire_scope_list);
	err = quire_scopes_publish();
	if (!err)
		return scope;
	list_del(&scope->list);
	quire_scope_free(scope);
	return ERR_PTR(err);
}

/* Puts pools in the place of those that are there, which hand over their pages and go. */
static void quire_scope_set_pools(struct quire_scope *scope, struct quire_pool *pools[])
{
	struct quire_pool *old[QUIRE_KINDS];
	unsigned int kind;

	for (kind = 0; kind < QUIRE_KINDS; kind++) {
		old[kind] = quire_pool_at(scope, kind);
		rcu_assign_pointer(scope->pool[kind], pools ? pools[kind] : NULL);
	}
	for (kind = 0; kind < QUIRE_KINDS; kind++) {
		if (old[kind] && pools)
			quire_host_hand_over(old[kind], pools[kind]);
		if (old[kind])
			quire_host_free(old[kind]);
	}
}

static void quire_scope_detach(struct quire_scope *scope)
{
	WRITE_ONCE(scope->governs, false);
	scope->ejected[0] = '\0';
	if (!scope->ops)
		return;
	quire_scope_set_pools(scope, NULL);
	trace_policy_detach(scope->path, scope->ops->name);
	quire_policy_put(scope->ops);
	scope->ops = NULL;
}

static struct quire_host_params quire_params_of(const struct quire_host_params *wanted,
						const struct quire_policy_ops *ops)
{
	struct quire_host_params params = *wanted;

	params.window = quire_window_of(wanted, ops);
	return params;
}

/* With a reference to the policy, which the scope has from now on; but for an error, which changes nothing. */
static int quire_scope_attach(struct quire_scope *scope, const struct quire_policy_ops *ops,
			      const struct quire_host_params *wanted)
{
	struct quire_host_params params = quire_params_of(wanted, ops);
	struct quire_pool *pools[QUIRE_KINDS] = { };
	unsigned int kind;
	int err;

	for (kind = 0; kind < QUIRE_KINDS; kind++) {
		pools[kind] = quire_host_new(ops, &params);
		if (!IS_ERR(pools[kind]))
			continue;
		err = PTR_ERR(pools[kind]);
		while (kind-- > 0)
			quire_host_free(pools[kind]);
		return err;
	}
	quire_scope_set_pools(scope, pools);
	if (scope->ops) {
		trace_policy_detach(scope->path, scope->ops->name);
		quire_policy_put(scope->ops);
	}
	trace_policy_attach(scope->path, ops->name);
	scope->ops = ops;
	scope->ejected[0] = '\0';
	WRITE_ONCE(scope->governs, true);
	return 0;
}

static bool quire_scope_is_idle(const struct quire_scope *scope)
{
	return !scope->governs && !quire_protection_wanted(&scope->protect.wanted);
}

/* It may have been removed before anybody told us of that, while its scope was made. */
static bool quire_scope_is_gone(const struct quire_scope *scope)
{
	return READ_ONCE(scope->removed) ||
	       (scope->cgroup && !(READ_ONCE(scope->cgroup->self.flags) & CSS_ONLINE));
}

/* Scopes that nobody needs go, and the hooks with the last; pages' times as they are wanted. */
static void quire_scopes_tidy(void)
{
	struct quire_scope *scope, *next;
	bool protected = false, timed = false;
	LIST_HEAD(idle);

	list_for_each_entry_safe(scope, next, &quire_scope_list, list) {
		if (quire_scope_is_gone(scope) || quire_stopping) {
			quire_scope_detach(scope);
			memset(&scope->protect.wanted, 0, sizeof(scope->protect.wanted));
		}
		protected |= quire_protection_wanted(&scope->protect.wanted);
		if (quire_scope_is_idle(scope))
			list_move(&scope->list, &idle);
		else
			timed |= scope->protect.wanted.ms;
	}
	WRITE_ONCE(quire_protected, protected);
	if (!list_empty(&idle) && quire_scopes_publish()) {
		/* No memory for a shorter array: they stay, and do nothing. */
		list_splice(&idle, &quire_scope_list);
		return;
	}
	list_for_each_entry_safe(scope, next, &idle, list)
		quire_scope_free(scope);
	quire_frames_keep_times(timed);
	/* While the hooks are there, of which one is for this. */
	if (list_empty(&quire_scope_list))
		quire_lru_restore();
	if (list_empty(&quire_scope_list) && quire_up) {
		quire_events_stop();
		quire_hosts_stop();
		quire_up = false;
	}
}

static void quire_scope_eject(struct quire_scope *scope)
{
	enum quire_fault fault = QUIRE_FAULT_NONE;
	const struct quire_policy_ops *ops = scope->ops;
	unsigned int kind;

	for (kind = 0; ops && kind < QUIRE_KINDS && !fault; kind++)
		fault = quire_host_fault(quire_pool_at(scope, kind));
	if (!fault)
		return;
	pr_warn("quire: policy %s ejected from %s: %s; the kernel decides until a policy is attached by hand\n",
		ops->name, scope->cgroup ? scope->path : "the machine", quire_fault_text(fault));
	trace_policy_eject(scope->path, ops->name, fault);
	quire_scope_detach(scope);
	strscpy(scope->ejected, ops->name, sizeof(scope->ejected));
	scope->fault = fault;
	/* Not the policy of a scope around it either: nobody has asked for that here. */
	WRITE_ONCE(scope->governs, true);
}

static void quire_scopes_look(struct work_struct *work)
{
	struct quire_scope *scope;

	mutex_lock(&quire_scope_mutex);
	list_for_each_entry(scope, &quire_scope_list, list)
		quire_scope_eject(scope);
	quire_scopes_tidy();
	mutex_unlock(&quire_scope_mutex);
}

static DECLARE_WORK(quire_scopes_work, quire_scopes_look);

/* A guard has closed a pool. In an interrupt. */
static void quire_on_eject(void)
{
	schedule_work(&quire_scopes_work);
}

/**
 * quire_scope_removed - a cgroup is removed
 * @cgroup:	the cgroup
 *
 * Context: with preemption off; a scope of it goes soon after.
 */
void quire_scope_removed(const struct cgroup *cgroup)
{
	const struct quire_scopes *scopes;
	unsigned int i;

	rcu_read_lock_sched();
	scopes = rcu_dereference_sched(quire_scopes);
	for (i = 0; scopes && i < scopes->nr; i++) {
		if (scopes->scope[i]->cgroup == cgroup) {
			WRITE_ONCE(scopes->scope[i]->removed, true);
			schedule_work(&quire_scopes_work);
		}
	}
	rcu_read_unlock_sched();
}

/* Hooks and tables are there while a scope is. */
static int quire_bring_up(const char **why)
{
	int err;

	if (quire_up)
		return 0;
	err = quire_hosts_start(quire_on_eject, quire_generation_by_use);
	if (err) {
		*why = err == -EFBIG ? "more than 16 TiB of memory" : "no memory for the tables";
		return err;
	}
	err = quire_events_start();
	if (err) {
		*why = err == -EBUSY ? "somebody else, a livepatch say, holds a function of the kernel's: see /proc/quire/status" :
				       "a function of the kernel's is not there: see /proc/quire/status";
		quire_hosts_stop();
	}
	quire_up = !err;
	return err;
}

/* Will there be anything that chooses or protects pages, somewhere? */
static bool quire_scopes_will_be(const struct quire_scope *scope, bool governs, const struct quire_wanted *wanted)
{
	const struct quire_scope *other;

	list_for_each_entry(other, &quire_scope_list, list) {
		if (other != scope && !quire_scope_is_idle(other))
			return true;
	}
	return governs || quire_protection_wanted(&wanted->protection);
}

/* The pools as they are wanted: with another policy, or with other settings. An error changes nothing. */
static int quire_scope_place(struct quire_scope *scope, const struct quire_policy_ops *ops,
			     const struct quire_wanted *wanted)
{
	struct quire_host_params params = quire_params_of(&wanted->params, scope->ops);
	unsigned int kind;
	int err;

	if (ops)
		return quire_scope_attach(scope, ops, &wanted->params);
	for (kind = 0; scope->ops && kind < QUIRE_KINDS; kind++) {
		err = quire_host_set_params(quire_pool_at(scope, kind), &params);
		/* For want of memory for ghosts, which all pools share: so the first says so. */
		if (err)
			return err;
	}
	return 0;
}

/*
 * A scope has what it needs to be given what is wanted, all of which is right. Of what fails after it,
 * nothing has to be undone but the first.
 */
static int quire_scope_apply(struct quire_scope *scope, bool native, const struct quire_policy_ops *ops,
			     const struct quire_wanted *wanted, const char *lru)
{
	bool was_ours = quire_lru_is_ours();
	unsigned int kind, i;
	int err;

	err = wanted->has_classic ? quire_lru_set(wanted->classic, lru) : 0;
	if (!err)
		err = wanted->protection.ms ? quire_frames_keep_times(true) : 0;
	if (!err && native)
		quire_scope_detach(scope);
	else if (!err)
		err = quire_scope_place(scope, ops, wanted);
	if (err) {
		if (!was_ours)
			quire_lru_restore();
		return err;
	}
	scope->params = wanted->params;
	scope->protect.wanted = wanted->protection;
	for (kind = 0; scope->ops && kind < QUIRE_KINDS; kind++) {
		for (i = 0; i < scope->ops->nr_params; i++) {
			if (wanted->has_param[i])
				quire_host_set_param(quire_pool_at(scope, kind), i,
						     wanted->param[i]);
		}
	}
	return 0;
}

static int quire_apply_locked(const struct quire_request *request, const char *lru,
			      const char **why)
{
	bool native = request->policy && !strcmp(request->policy, "native");
	const struct quire_policy_ops *ops = NULL;
	struct quire_wanted wanted = { };
	struct quire_scope *scope = quire_scope_get(request->cgroup, why);
	int err;

	if (IS_ERR(scope))
		return PTR_ERR(scope);
	if (request->policy && !native) {
		ops = quire_policy_get(request->policy);
		if (!ops) {
			*why = "no such policy";
			return -ENOENT;
		}
	}
	wanted.params = scope->params;
	wanted.protection = scope->protect.wanted;
	err = quire_wanted_parse(&wanted, request, ops ?: native ? NULL : scope->ops, why);
	if (!err && wanted.classic && !quire_scopes_will_be(scope, ops || (scope->governs && !native), &wanted)) {
		*why = "lru=classic is for as long as there is a policy or a protection, and there is none";
		err = -EINVAL;
	}
	if (!err && (ops || quire_protection_wanted(&wanted.protection)))
		err = quire_bring_up(why);
	if (!err)
		err = quire_scope_apply(scope, native, ops, &wanted, lru);
	if (err && ops)
		quire_policy_put(ops);
	return err;
}

/**
 * quire_reclaim_apply - do what somebody wants of policies and protection
 * @request:	what
 * @why:	set to what was wrong with it, in words, or NULL
 *
 * A policy that is attached goes on until its successor is ready.
 *
 * Context: process, may sleep and reclaim.
 * Return: 0; -ENOENT for what is not there, -EINVAL for a value that cannot be,
 * -EOPNOTSUPP, -ENOSPC for too many scopes, -ENOMEM, or why a hook could not be
 * attached. After an error nothing has changed, but that lru=default may have been done.
 */
int quire_reclaim_apply(const struct quire_request *request, const char **why)
{
	char lru[QUIRE_LRU_TEXT];
	int err;

	*why = NULL;
	/* Reading the kernel's file takes a lock that those who show us hold as well. */
	quire_lru_look(lru);
	mutex_lock(&quire_scope_mutex);
	err = quire_apply_locked(request, lru, why);
	quire_scopes_tidy();
	mutex_unlock(&quire_scope_mutex);
	return err;
}

static void quire_scope_read(const struct quire_scope *scope, struct quire_scope_info *info)
{
	const struct quire_pool *pool = quire_pool_at(scope, QUIRE_ANON);
	unsigned int kind;

	memset(info, 0, sizeof(*info));
	info->path = scope->path;
	info->ops = scope->ops;
	info->ejected = scope->ejected;
	info->fault = scope->fault;
	info->params = scope->params;
	info->params.window = quire_window_of(&scope->params, scope->ops);
	info->protection = scope->protect.wanted;
	info->protected = scope->protect.kept;
	info->unprotected = scope->protect.native;
	info->retries = READ_ONCE(scope->retries);
	if (pool)
		memcpy(info->param, pool->param, sizeof(info->param));
	for (kind = 0; scope->ops && kind < QUIRE_KINDS; kind++) {
		pool = quire_pool_at(scope, kind);
		quire_host_read(quire_pool_at(scope, kind), &info->stats[kind]);
		info->frames[kind] = pool->frames;
		info->ghosts[kind] = pool->ghosts;
	}
}

/**
 * quire_reclaim_show - go through the scopes
 * @show:	called for each
 * @data:	its first argument
 *
 * Context: process, may sleep; @show runs under the mutex of the scopes.
 */
void quire_reclaim_show(void (*show)(void *data, const struct quire_scope_info *info), void *data)
{
	struct quire_scope_info *info = kmalloc(sizeof(*info), GFP_KERNEL);
	struct quire_scope *scope;

	if (!info)
		return;
	mutex_lock(&quire_scope_mutex);
	list_for_each_entry(scope, &quire_scope_list, list) {
		quire_scope_read(scope, info);
		show(data, info);
	}
	mutex_unlock(&quire_scope_mutex);
	kfree(info);
}

/** quire_reclaim_start - make policies known. Return: 0 or an errno. */
int quire_reclaim_start(void)
{
	quire_stopping = false;
	return quire_registry_start();
}

/** quire_reclaim_stop - detach everything and forget the policies. */
void quire_reclaim_stop(void)
{
	mutex_lock(&quire_scope_mutex);
	quire_stopping = true;
	quire_scopes_tidy();
	mutex_unlock(&quire_scope_mutex);
	cancel_work_sync(&quire_scopes_work);
	quire_registry_stop();
}
