// SPDX-License-Identifier: GPL-2.0
/*
 * Where policies meet the kernel: reclaim asks, and is answered.
 *
 *	mm_lru_insertion	a page is on the LRU lists	-> admit
 *	workingset_refault	an evicted page comes back	-> admit, with its ghost
 *	folio_referenced	reclaim proposes a page		-> touch, or the verdict
 *	workingset_eviction	it has been evicted		-> remove, a ghost
 *	mlock_folio		it is to stay in memory		-> remove
 *	mm_page_free		its frame is free		-> remove
 *	cgroup_rmdir		a cgroup is removed		-> its pools go
 *
 * folio_referenced() is asked twice. By shrink_active_list() (is_locked = 0): there
 * we only learn that the page was used. By folio_check_references() (is_locked =
 * 1): there the answer decides, and a kretprobe rewrites it:
 *
 *	evict	return 0, with PG_referenced cleared
 *	keep	VM_LOCKED in the flags that the caller tests first: activate;
 *		if it has few inactive pages left return -1: rotate
 *
 * A native -1 (the lock of the reverse map is contended) and a native VM_LOCKED
 * are left alone.
 *
 * A page belongs to the pool that its tag names. If that is not the one of its
 * cgroup and kind (a policy has been attached or detached since, or the page
 * was given up by madvise()), it moves when it is proposed.
 *
 * Context: all handlers run with preemption off, the folio being locked or
 * isolated by reclaim, or on its way into or out of the LRU lists; some with the
 * lists' lock held and interrupts off. They allocate nothing and take a pool's
 * lock at the most. No hook is attached while there is no policy and no protection.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include "compat/swap.h"
#include "hook/hook.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "reclaim/identity.h"
#include "reclaim/lru.h"
#include "reclaim/scope.h"
#include "reclaim/steer.h"
#include "workingset/references.h"

/* Reclaimers that can be inside the walk of the reverse map at once. */
#define QUIRE_VERDICT_INSTANCES	512

/**
 * struct quire_proposal - a page that is being asked about
 * @folio:	the page
 * @target:	the cgroup that is to give up memory, or NULL for the machine
 * @vm_flags:	where the caller finds the flags of its mappings
 * @decides:	the answer decides over its eviction
 * @was_used:	PG_referenced, which the caller takes with the answer
 */
struct quire_proposal {
	struct folio *folio;
	struct mem_cgroup *target;
	unsigned long *vm_flags;
	bool decides;
	bool was_used;
};

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

static void quire_on_insertion(void *data, struct folio *folio)
{
	struct quire_pool *pool;

	if (folio_test_unevictable(folio))
		return;
	rcu_read_lock_sched();
	quire_ages_use(folio_pfn(folio));
	if (!quire_owner_of(folio_pfn(folio))) {
		pool = quire_pool_of(folio);
		if (pool)
			quire_host_admit(pool, folio_pfn(folio), folio_order(folio),
					 folio_test_dirty(folio));
	}
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

static int quire_on_eviction(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	struct quire_scope *scope = quire_scope_of(folio, true);
	unsigned int owner = quire_owner_of(folio_pfn(folio));
	struct quire_pool *pool = owner ? quire_host_of(owner) : NULL;

	if (scope)
		quire_protect_gone(&scope->protect);
	if (pool)
		quire_host_evicted(pool, folio_pfn(folio), quire_identity(folio));
	return 0;
}

/* It is not proposed any more; once it is again, it comes back. */
static int quire_on_mlock(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	unsigned int owner = quire_owner_of(folio_pfn(folio));
	struct quire_pool *pool = owner ? quire_host_of(owner) : NULL;

	if (pool)
		quire_host_gone(pool, folio_pfn(folio), QUIRE_INVALIDATED);
	return 0;
}

/**
 * struct quire_return - a page that comes back
 * @folio:	the page
 */
struct quire_return {
	struct folio *folio;
};

static int quire_return_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_return *back = (struct quire_return *)ri->data;
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	struct quire_pool *pool = quire_pool_of(folio);

	if (pool)
		quire_host_refault(pool, folio_pfn(folio), folio_order(folio),
				   quire_identity(folio));
	back->folio = folio;
	return !pool;
}

/*
 * The kernel puts a page that is soon back on the active list, where it is not proposed
 * before the whole list has been; by then a policy's order is long out of date. The
 * page is on no list yet.
 */
static int quire_return_done(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_return *back = (struct quire_return *)ri->data;

	folio_clear_active(back->folio);
	return 0;
}

static void quire_on_rmdir(void *data, struct cgroup *cgroup, const char *path)
{
	quire_scope_removed(cgroup);
}

static int quire_verdict_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_proposal *proposal = (struct quire_proposal *)ri->data;

	proposal->folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	proposal->decides = regs_get_kernel_argument(regs, 1);
	proposal->target = (struct mem_cgroup *)regs_get_kernel_argument(regs, 2);
	proposal->vm_flags = (unsigned long *)regs_get_kernel_argument(regs, 3);
	proposal->was_used = folio_test_referenced(proposal->folio);
	return 0;
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
	struct quire_pool *pool;
	unsigned int owner;

	rcu_read_lock_sched();
	owner = READ_ONCE(quire_events_come) ? quire_owner_of(folio_pfn(folio)) : 0;
	pool = owner ? quire_host_of(owner) : NULL;
	if (pool)
		quire_host_touch(pool, folio_pfn(folio));
	rcu_read_unlock_sched();
	return pool;
}

static enum quire_verdict quire_ask(const struct quire_proposal *proposal, bool used, bool stays)
{
	struct folio *folio = proposal->folio;
	struct quire_scope *scope = quire_scope_of(folio, false);
	struct quire_pool *pool = quire_pool_in(scope, folio), *other;
	struct quire_asked asked = {
		.pfn = folio_pfn(folio), .order = folio_order(folio), .referenced = used,
		.stays = stays, .dirty = folio_test_dirty(folio), .task = (unsigned long)current,
	};
	unsigned int owner = quire_owner_of(asked.pfn);
	enum quire_verdict verdict;

	if (owner && (!pool || owner != quire_host_number(pool))) {
		other = quire_host_of(owner);
		if (other)
			quire_host_gone(other, asked.pfn, QUIRE_INVALIDATED);
	}
	if (!pool)
		return QUIRE_NATIVE;
	asked.narrow = quire_scope_is_narrower(scope, proposal->target, quire_kind_of(folio));
	/* Reclaim asks, so memory is full: what is there is what fits. */
	if (!asked.narrow)
		quire_host_frames(pool, scope->cgroup || quire_scopes_have_cgroups() ?
				  0 : quire_machine_pages(quire_kind_of(folio)));
	verdict = quire_host_verdict(pool, &asked);
	quire_steer(&asked);
	if (asked.trips)
		trace_guard_trip(scope->path, pool->ops->name,
				 quire_kind_of(folio) == QUIRE_ANON, asked.trips);
	return verdict;
}

static int quire_verdict_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct quire_proposal *proposal = (struct quire_proposal *)ri->data;
	struct folio *folio = proposal->folio;
	int native = regs_return_value(regs);
	enum quire_verdict policy, verdict;
	struct quire_scope *scope;
	bool used;

	/* What the scanner of working sets has taken, if its own hook does not come first. */
	if (native >= 0 && folio_mapped(folio)) {
		native = quire_reference_give_back(folio, native, proposal->vm_flags);
		regs->ax = native;
	}
	if (!proposal->decides) {
		if (native > 0) {
			quire_ages_use(folio_pfn(folio));
			quire_reclaim_used(folio);
		}
		return 0;
	}
	if (native < 0 || *proposal->vm_flags & VM_LOCKED)
		return 0;
	/* What is mapped tells by its page tables, what is not by read() and write(). */
	used = native > 0 || (proposal->was_used && !folio_mapped(folio));
	if (used)
		quire_ages_use(folio_pfn(folio));
	policy = quire_ask(proposal, used, native > 0);
	verdict = policy;
	scope = quire_scope_of(folio, true);
	if (scope && (verdict == QUIRE_EVICT || (verdict == QUIRE_NATIVE && native == 0)) &&
	    quire_protects(scope, folio)) {
		/* For its policy it is as if it had been used, or it would stay condemned. */
		if (verdict == QUIRE_EVICT)
			quire_reclaim_used(folio);
		verdict = QUIRE_KEEP;
	}
	trace_verdict(folio, native > 0 ? QUIRE_KEEP : QUIRE_EVICT, policy, verdict);
	switch (verdict) {
	case QUIRE_EVICT:
		folio_clear_referenced(folio);
		regs->ax = 0;
		break;
	case QUIRE_KEEP:
		if (quire_lru_is_drained(folio))
			regs->ax = -1;
		else
			*proposal->vm_flags |= VM_LOCKED;
		break;
	case QUIRE_NATIVE:
		break;
	}
	return 0;
}

static struct quire_hook quire_reclaim_hooks[] = {
	{
		.kind = QUIRE_HOOK_RETURN, .name = "folio_referenced", .required = true,
		.cost = "the pool's lock and a verdict a proposal",
		.rp = {
			.entry_handler = quire_verdict_entry,
			.handler = quire_verdict_return,
			.data_size = sizeof(struct quire_proposal),
			.maxactive = QUIRE_VERDICT_INSTANCES,
		},
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_eviction", .required = true,
		.kp.pre_handler = quire_on_eviction, .cost = "the pool's lock an eviction",
	}, {
		.kind = QUIRE_HOOK_RETURN, .name = "workingset_refault", .required = true,
		.cost = "the pool's lock a refault",
		.rp = {
			.entry_handler = quire_return_entry,
			.handler = quire_return_done,
			.data_size = sizeof(struct quire_return),
			.maxactive = QUIRE_VERDICT_INSTANCES,
		},
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_lru_insertion", .required = true,
		.probe = quire_on_insertion, .cost = "the pool's lock a new page",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_page_free", .required = true,
		.probe = quire_on_free,
		.cost = "a look at a free page's tag, the pool's lock if it was in a pool",
	}, {
		.kind = QUIRE_HOOK_ENTRY, .name = "mlock_folio",
		.kp.pre_handler = quire_on_mlock, .cost = "the pool's lock a page that is mlocked",
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
	.limits = "memory added beyond twice what there was is left to the kernel; no ghosts on swap in memory",
	.start = quire_reclaim_start,
	.stop = quire_reclaim_stop,
	.hooks = quire_reclaim_hooks,
	.nr_hooks = ARRAY_SIZE(quire_reclaim_hooks),
};
