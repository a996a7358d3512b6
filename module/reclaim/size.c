// SPDX-License-Identifier: GPL-2.0
/*
 * How many pages the machine, a cgroup and a scope have on the kernel's lists.
 *
 * Reclaim that is for a cgroup's limit takes pages of that cgroup alone. A pool that
 * is much wider has chosen its victims among more, so then the kernel decides.
 */
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/vmstat.h>
#include "reclaim/generation.h"
#include "reclaim/scope.h"

#define QUIRE_NARROW_FOR	(HZ / 50 + 1)	/* jiffies for which an answer is good */

/** quire_machine_pages - how many pages of a kind the machine has on the kernel's lists. */
unsigned long quire_machine_pages(enum quire_kind kind)
{
	if (kind == QUIRE_ANON)
		return global_node_page_state(NR_INACTIVE_ANON) +
		       global_node_page_state(NR_ACTIVE_ANON);
	return global_node_page_state(NR_INACTIVE_FILE) + global_node_page_state(NR_ACTIVE_FILE);
}

/* On the classic lists and in the generations of MGLRU, which are counted apart: one of the two is empty. */
static unsigned long quire_memcg_pages(struct mem_cgroup *memcg, enum quire_kind kind)
{
	enum lru_list lru = kind == QUIRE_ANON ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;
	const struct mem_cgroup_per_node *node;
	unsigned long pages = 0;
	int nid, zone;

	for_each_online_node(nid) {
		node = memcg->nodeinfo[nid];
		for (zone = 0; zone < MAX_NR_ZONES; zone++)
			pages += READ_ONCE(node->lru_zone_size[zone][lru]) +
				 READ_ONCE(node->lru_zone_size[zone][lru + 1]);
		pages += quire_generation_pages(&node->lruvec, kind == QUIRE_FILE);
	}
	return pages;
}

/* Pages of a cgroup and those below it. Under rcu_read_lock(). */
static unsigned long quire_css_pages(struct cgroup_subsys_state *top, enum quire_kind kind)
{
	struct cgroup_subsys_state *css;
	unsigned long pages = 0;

	css_for_each_descendant_pre(css, top)
		pages += quire_memcg_pages(mem_cgroup_from_css(css), kind);
	return pages;
}

/**
 * quire_scope_pages - how many pages a scope has on the kernel's lists
 * @scope:	the scope
 * @kind:	of this kind
 *
 * Context: with preemption off.
 */
unsigned long quire_scope_pages(const struct quire_scope *scope, enum quire_kind kind)
{
	struct cgroup_subsys_state *top;
	unsigned long pages = 0;

	if (!scope->cgroup)
		return quire_machine_pages(kind);
	rcu_read_lock();
	top = rcu_dereference(scope->cgroup->subsys[memory_cgrp_id]);
	if (top)
		pages = quire_css_pages(top, kind);
	rcu_read_unlock();
	return pages;
}

/**
 * quire_scope_is_narrower - is reclaim for much less than a scope?
 * @scope:	the scope
 * @target:	the cgroup that is to give up memory, NULL for the machine
 * @kind:	the pages that are asked for
 *
 * Where most of the scope's pages are the cgroup's, its order serves. The answer is kept for a
 * moment; two that ask about different cgroups at once get an answer a little older.
 *
 * Context: with preemption off.
 */
bool quire_scope_is_narrower(struct quire_scope *scope, struct mem_cgroup *target,
			     enum quire_kind kind)
{
	struct quire_narrow *narrow = &scope->narrow[kind];

	if (!target || !target->css.parent ||
	    (scope->cgroup && cgroup_is_descendant(scope->cgroup, target->css.cgroup)))
		return false;
	if (READ_ONCE(narrow->target) != target || time_after(jiffies, READ_ONCE(narrow->until))) {
		rcu_read_lock();
		WRITE_ONCE(narrow->is, quire_css_pages(&target->css, kind) * 2 <
				       quire_scope_pages(scope, kind));
		rcu_read_unlock();
		WRITE_ONCE(narrow->until, jiffies + QUIRE_NARROW_FOR);
		WRITE_ONCE(narrow->target, target);
	}
	return READ_ONCE(narrow->is);
}
