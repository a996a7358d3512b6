// SPDX-License-Identifier: GPL-2.0
/*
 * Where policies meet the kernel: reclaim asks, and is answered.
 *
 *	mm_lru_insertion	a page is on the LRU lists	-> admit
 *	workingset_refault	an evicted page comes back	-> admit, with its ghost
 *	get_shadow_from_swap_cache  just before, if from zram	-> its slot (identity.c)
 *	folio_referenced	reclaim proposes a page		-> touch, or the verdict
 *	workingset_eviction	it has been evicted		-> remove, a ghost
 *	mlock_folio		it is to stay in memory		-> remove
 *	mm_page_free		its frame is free		-> remove
 *	cgroup_rmdir		a cgroup is removed		-> its pools go
 *	out_of_memory		while MGLRU is switched		-> try again (lru.c)
 *
 * folio_referenced() is asked twice. By shrink_active_list() (is_locked = 0): there
 * we only learn that the page was used. By folio_check_references() (is_locked =
 * 1): there the answer decides, and we stand around the function and rewrite it:
 *
 *	evict	return 0, with PG_referenced cleared
 *	keep	VM_LOCKED in the flags that the caller tests first: activate;
 *		if it has few inactive pages left return -1: rotate
 *
 * A native -1 (the lock of the reverse map is contended) and a native VM_LOCKED
 * are left alone. What the kernel's function would find is not always asked for: an anonymous
 * page that is condemned and fresh goes, used or not.
 *
 * A page belongs to the pool that its tag names. If that is not the one of its
 * cgroup and kind (a policy has been attached or detached since, or the page
 * was given up by madvise()), it moves when it is proposed.
 *
 * For the return of folio_referenced() and workingset_refault() we stand around them (hook.h).
 *
 * Context: all handlers run with preemption off, the folio being locked or
 * isolated by reclaim, or on its way into or out of the LRU lists; some with the
 * lists' lock held and interrupts off. They allocate nothing and take a pool's
 * lock at the most. No hook is attached while there is no policy and no protection.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include "compat/swap.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "reclaim/events.h"
#include "reclaim/generation.h"
#include "reclaim/identity.h"
#include "reclaim/lru.h"
#include "reclaim/oom.h"
#include "reclaim/scope.h"
#include "reclaim/steer.h"
#include "workingset/references.h"

static bool quire_events_come;	/* the tables of frames are there */

static enum quire_kind quire_kind_of(struct folio *folio)
{
	return folio_test_swapbacked(folio) ? QUIRE_ANON : QUIRE_FILE;
}

static struct quire_pool *quire_pool_in(const struct quire_scope *scope, struct folio *folio)
{
	return scope ? rcu_dereference_sched(scope->pool[quire_kind_of(folio)]) : NULL;
}

static struct quire_pool *quire_pool_of(struct folio *folio)
{
	return quire_pool_in(quire_scope_of(folio, false), folio);
}

/* The kernel has put the page there, or will: that it is there says nothing of how it is used. */
static void quire_note(struct folio *folio, int generation)
{
	u16 *tag = generation < 0 ? NULL : quire_page_tag(folio_pfn(folio));

	if (!tag)
		return;
	quire_tag_note(tag, generation);
	if (unlikely(READ_ONCE(quire_protected)))
		quire_protect_put(folio_pfn(folio), quire_generation_number(folio, generation));
}

static void quire_on_insertion(void *data, struct folio *folio)
{
	int generation = quire_generation_of(folio);
	struct quire_pool *pool;
	u16 *tag;

	if (folio_test_unevictable(folio))
		return;
	rcu_read_lock_sched();
	quire_protect_used(folio_pfn(folio));
	tag = quire_page_tag(folio_pfn(folio));
	if (tag && !(READ_ONCE(*tag) & QUIRE_TAG_POOL)) {
		pool = quire_pool_of(folio);
		if (pool)
			quire_host_admit(pool, folio_pfn(folio), folio_order(folio),
					 folio_test_dirty(folio));
	}
	quire_note(folio, generation);
	rcu_read_unlock_sched();
}

static void quire_on_free(void *data, struct page *page, unsigned int order)
{
	struct quire_pool *pool;
	unsigned int owner;

	rcu_read_lock_sched();
	owner = quire_owner_of(page_to_pfn(page));
	pool = owner ? quire_host_of(owner) : NULL;
	if (pool)
		quire_host_gone(pool, page_to_pfn(page), QUIRE_FREED);
	rcu_read_unlock_sched();
}

static void quire_on_eviction(struct ftrace_regs *regs)
{
	struct folio *folio = (struct folio *)quire_argument(regs, 0);
	unsigned int owner = quire_owner_of(folio_pfn(folio));
	struct quire_pool *pool = owner ? quire_host_of(owner) : NULL;

	if (unlikely(READ_ONCE(quire_protected)))
		quire_scopes_gone(folio);
	if (pool)
		quire_host_evicted(pool, folio_pfn(folio), quire_identity(folio));
}

/* It is not proposed any more; once it is again, it comes back. */
static void quire_on_mlock(struct ftrace_regs *regs)
{
	struct folio *folio = (struct folio *)quire_argument(regs, 0);
	unsigned int owner = quire_owner_of(folio_pfn(folio));
	struct quire_pool *pool = owner ? quire_host_of(owner) : NULL;

	if (pool)
		quire_host_gone(pool, folio_pfn(folio), QUIRE_INVALIDATED);
}

static bool quire_on_refault(struct folio *folio)
{
	struct quire_pool *pool = quire_pool_of(folio);

	if (pool)
		quire_host_refault(pool, folio_pfn(folio), folio_order(folio),
				   quire_identity_back(folio));
	return pool;
}

QUIRE_AROUND(workingset_refault);

/*
 * The kernel puts a page that is soon back on the active list, where it is not proposed
 * before the whole list has been; by then a policy's order is long out of date. The
 * page is on no list yet.
 */
static void quire_around_workingset_refault(struct folio *folio, void *shadow)
{
	bool ours;

	rcu_read_lock_sched();
	ours = quire_on_refault(folio);
	rcu_read_unlock_sched();
	static_call(quire_real_workingset_refault)(folio, shadow);
	if (ours)
		folio_clear_active(folio);
	quire_leave_workingset_refault();
}

static void quire_on_rmdir(void *data, struct cgroup *cgroup, const char *path)
{
	quire_scope_removed(cgroup);
}

/* Its policy is told that a page was used, if it has one. Under rcu_read_lock_sched(). */
static bool quire_tell_used(struct folio *folio)
{
	unsigned int owner = READ_ONCE(quire_events_come) ? quire_owner_of(folio_pfn(folio)) : 0;
	struct quire_pool *pool = owner ? quire_host_of(owner) : NULL;

	if (pool)
		quire_host_touch(pool, folio_pfn(folio));
	return pool;
}

/**
 * quire_reclaim_used - somebody has found out that a page was used
 * @folio:	the page
 *
 * Context: any but NMI; the lock of a page table may be held.
 * Return: whether a policy has been told; then it need not be told again.
 */
bool quire_reclaim_used(struct folio *folio)
{
	bool told;

	rcu_read_lock_sched();
	quire_protect_used(folio_pfn(folio));
	told = quire_tell_used(folio);
	rcu_read_unlock_sched();
	return told;
}

static enum quire_verdict quire_ask(struct folio *folio, struct mem_cgroup *target,
				    struct quire_asked *asked)
{
	struct quire_scope *scope = quire_scope_of(folio, false);
	struct quire_pool *pool = quire_pool_in(scope, folio), *other;
	unsigned int owner = quire_owner_of(asked->pfn);
	enum quire_verdict verdict;

	if (owner && (!pool || owner != quire_host_number(pool))) {
		other = quire_host_of(owner);
		if (other)
			quire_host_gone(other, asked->pfn, QUIRE_INVALIDATED);
	}
	if (!pool)
		return QUIRE_NATIVE;
	asked->narrow = quire_scope_is_narrower(scope, target, quire_kind_of(folio));
	asked->fixed = !quire_steer_can(folio);
	/* Reclaim asks, so memory is full: what is there is what fits. */
	if (!asked->narrow && quire_host_frames_are_due(pool))
		quire_host_frames(pool, scope->cgroup || quire_scopes_have_cgroups() ?
				  0 : quire_machine_pages(quire_kind_of(folio)));
	verdict = quire_host_verdict(pool, asked);
	quire_steer(asked);
	if (asked->trips)
		trace_guard_trip(scope->path, pool->ops->name,
				 quire_kind_of(folio) == QUIRE_ANON, asked->trips);
	return verdict;
}

/* No lock is needed for the answer, nobody protects the page, and nobody is to be told. */
static bool quire_goes(struct folio *folio, struct mem_cgroup *target, bool referenced, bool text)
{
	return !(referenced && text) && !trace_verdict_enabled() && !quire_scope_protecting(folio) &&
	       quire_host_lets_go(folio_pfn(folio), folio_order(folio), referenced, (unsigned long)target);
}

/*
 * What reclaim found, @native, and whether the page was @referenced by read() or write() or a mapping;
 * what it is told instead.
 */
static int quire_answer(struct folio *folio, struct mem_cgroup *target, unsigned long *vm_flags,
			int native, bool referenced)
{
	struct quire_asked asked = {
		.pfn = folio_pfn(folio), .order = folio_order(folio), .dirty = folio_test_dirty(folio),
		.referenced = referenced, .stays = native > 0, .text = *vm_flags & VM_EXEC,
		.task = (unsigned long)current, .target = (unsigned long)target,
	};
	enum quire_verdict policy, verdict;
	struct quire_scope *scope;

	if (asked.referenced)
		quire_protect_used(asked.pfn);
	policy = quire_ask(folio, target, &asked);
	verdict = policy;
	scope = quire_scope_protecting(folio);
	if (scope && (verdict == QUIRE_EVICT || (verdict == QUIRE_NATIVE && native == 0)) &&
	    quire_protects(scope, folio)) {
		/* For its policy it is as if it had been used, or it would stay condemned. */
		if (verdict == QUIRE_EVICT)
			quire_tell_used(folio);
		verdict = QUIRE_KEEP;
	}
	trace_verdict(folio, native > 0 ? QUIRE_KEEP : QUIRE_EVICT, policy, verdict);
	switch (verdict) {
	case QUIRE_EVICT:
		folio_clear_referenced(folio);
		return 0;
	case QUIRE_KEEP:
		if (native < 0 || quire_lru_is_drained(folio))
			return -1;
		quire_note(folio, quire_generation_of_kept(folio));
		*vm_flags |= VM_LOCKED;
		break;
	case QUIRE_NATIVE:
		break;
	}
	return native;
}

/* A page that nobody else has kept. */
static int quire_decide(struct folio *folio, struct mem_cgroup *target, unsigned long *vm_flags,
			int native, bool referenced)
{
	if (!quire_goes(folio, target, referenced, *vm_flags & VM_EXEC))
		return quire_answer(folio, target, vm_flags, native, referenced);
	/* As for an answer that is QUIRE_EVICT. */
	if (referenced)
		quire_protect_used(folio_pfn(folio));
	if (folio_test_referenced(folio))
		folio_clear_referenced(folio);
	return 0;
}

/* The page has been looked at, to decide about its eviction or not. */
static int quire_on_referenced(struct folio *folio, bool decides, struct mem_cgroup *target,
			       unsigned long *vm_flags, int native, bool referenced)
{
	if (!decides) {
		if (native > 0)
			quire_reclaim_used(folio);
		return native;
	}
	if (native < 0 || *vm_flags & VM_LOCKED)
		return native;
	return quire_decide(folio, target, vm_flags, native, referenced || native > 0);
}

QUIRE_AROUND(folio_referenced);

/*
 * Does a page go whatever folio_referenced() would find? Not so of a file's, which might be a program's text. Of a
 * page that has been locked in memory meanwhile, unmapping it will find that out. Under MGLRU that function looks around,
 * too, and makes neighbours young that are condemned as this is. Who protects pages or traces verdicts wants to know what
 * is found.
 */
static bool quire_goes_unasked(struct folio *folio, struct mem_cgroup *target)
{
	return folio_test_anon(folio) && !trace_verdict_enabled() && !quire_scope_protecting(folio) &&
	       quire_host_has_fresh_victim(folio_pfn(folio), folio_order(folio), (unsigned long)target);
}

/* With a policy or a protection there. What is mapped tells by its page tables, what is not by read() and write(). */
static noinline int quire_around_with_policy(struct folio *folio, int is_locked, struct mem_cgroup *target,
					     unsigned long *vm_flags)
{
	bool used;
	int found;

	rcu_read_lock_sched();
	if (is_locked && READ_ONCE(quire_events_come) && quire_goes_unasked(folio, target)) {
		*vm_flags = 0;
		/* It may have ceased to be so: that nobody could look has it proposed again, or stay where it is. */
		found = quire_decide(folio, target, vm_flags, -1, false);
		rcu_read_unlock_sched();
		return found;
	}
	rcu_read_unlock_sched();
	used = folio_test_referenced(folio) && !folio_mapped(folio);
	found = static_call(quire_real_folio_referenced)(folio, is_locked, target, vm_flags);
	rcu_read_lock_sched();
	if (found >= 0)
		found = quire_reference_give_back(folio, found, vm_flags);
	if (READ_ONCE(quire_events_come))
		found = quire_on_referenced(folio, is_locked, target, vm_flags, found, used);
	rcu_read_unlock_sched();
	return found;
}

/* Also for working sets, whose scanner has taken references. A negative answer: it could not look. */
static int quire_around_folio_referenced(struct folio *folio, int is_locked, struct mem_cgroup *target,
					 unsigned long *vm_flags)
{
	int found;

	if (READ_ONCE(quire_events_come)) {
		found = quire_around_with_policy(folio, is_locked, target, vm_flags);
	} else {
		found = static_call(quire_real_folio_referenced)(folio, is_locked, target, vm_flags);
		rcu_read_lock_sched();
		if (found >= 0)
			found = quire_reference_give_back(folio, found, vm_flags);
		rcu_read_unlock_sched();
	}
	quire_leave_folio_referenced();
	return found;
}

const struct quire_around quire_around_referenced = QUIRE_AROUND_OF(folio_referenced);

static struct quire_hook quire_reclaim_hooks[] = {
	{
		.kind = QUIRE_HOOK_AROUND, .name = "folio_referenced", .required = true,
		.around = &quire_around_referenced,
		.cost = "the pool's lock and a verdict a proposal",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_eviction", .required = true, .often = true,
		.entry = quire_on_eviction,
		.cost = "the pool's lock an eviction",
	}, {
		.kind = QUIRE_HOOK_AROUND, .name = "workingset_refault", .required = true,
		.around = &(const struct quire_around)QUIRE_AROUND_OF(workingset_refault),
		.cost = "the pool's lock a refault",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "get_shadow_from_swap_cache", .often = true,
		.entry = quire_on_slot, .cost = "two stores a page that comes back from swap in memory",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_lru_insertion", .required = true,
		.probe = quire_on_insertion, .cost = "the pool's lock a new page",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_page_free", .required = true,
		.probe = quire_on_free,
		.cost = "a look at a free page's tag, the pool's lock if it was in a pool",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "mlock_folio",
		.entry = quire_on_mlock, .cost = "the pool's lock a page that is mlocked",
	}, {
		.kind = QUIRE_HOOK_AROUND, .name = "out_of_memory",
		.around = &quire_around_no_memory,
		.cost = "nothing but when somebody is to be killed for want of memory",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "cgroup_rmdir",
		.probe = quire_on_rmdir, .cost = "a look at the scopes a cgroup that is removed",
	},
};

/**
 * quire_events_start - let events come
 *
 * Context: process, may sleep; under the mutex of the scopes.
 * Return: 0, or the error of a hook that is required; then none is attached.
 */
int quire_events_start(void)
{
	int err = quire_hooks_attach(quire_reclaim_hooks, ARRAY_SIZE(quire_reclaim_hooks));

	WRITE_ONCE(quire_events_come, !err);
	return err;
}

/** quire_events_stop - on return no event comes or is under way. Context: as starting. */
void quire_events_stop(void)
{
	WRITE_ONCE(quire_events_come, false);
	synchronize_rcu();
	quire_hooks_detach(quire_reclaim_hooks, ARRAY_SIZE(quire_reclaim_hooks));
}

struct quire_part quire_policy_part = {
	.name = "policy",
	.about = "replacement policies and protection in reclaim; no hook while there is none",
	.limits = "memory added beyond twice what there was is left to the kernel",
	.start = quire_reclaim_start,
	.stop = quire_reclaim_stop,
	.hooks = quire_reclaim_hooks,
	.nr_hooks = ARRAY_SIZE(quire_reclaim_hooks),
};
