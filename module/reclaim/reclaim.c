// SPDX-License-Identifier: GPL-2.0
/*
 * Where policies meet the kernel: reclaim asks, and is answered.
 *
 *	mm_lru_insertion	a page is on the LRU lists	-> admit
 *	workingset_refault	an evicted page comes back	-> admit, with its ghost
 *	folio_referenced	reclaim proposes a page		-> touch, or the verdict
 *	workingset_eviction	it has been evicted		-> remove, a ghost
 *	mm_page_free		its frame is free		-> remove
 *
 * folio_referenced() is asked twice. By shrink_active_list() (is_locked = 0): there
 * we only learn that the page was used. By folio_check_references() (is_locked =
 * 1): there the answer decides, and a kretprobe rewrites it:
 *
 *	evict	return 0, with PG_referenced cleared
 *	keep	VM_LOCKED in the flags that the caller tests first: activate
 *
 * A native -1 (the lock of the reverse map is contended) and a native VM_LOCKED
 * are left alone. The handlers run with preemption off and take the pool's lock
 * alone. One policy for the whole machine; no hook is attached while there is none.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include "compat/swap.h"
#include "hook/hook.h"
#include "policy/registry.h"
#include "quire/part.h"
#include "reclaim/reclaim.h"

/* Reclaimers that can be inside the walk of the reverse map at once. */
#define QUIRE_VERDICT_INSTANCES	512

/**
 * struct quire_proposal - a page that is being asked about
 * @folio:	the page
 * @vm_flags:	where the caller finds the flags of its mappings
 * @decides:	the answer decides over its eviction
 * @was_used:	PG_referenced, which the caller takes with the answer
 */
struct quire_proposal {
	struct folio *folio;
	unsigned long *vm_flags;
	bool decides;
	bool was_used;
};

/* The pool of the whole machine, or NULL. Handlers read it with preemption off. */
static struct quire_pool __rcu *quire_machine;
static DEFINE_MUTEX(quire_reclaim_mutex);	/* attaching and detaching */

/* What a page would come back as: its place in a file, or its slot of swap. */
static u64 quire_identity(struct folio *folio)
{
	u64 id;

	if (folio_test_swapcache(folio))
		id = page_private(&folio->page) * 2 + 1;
	else
		id = ((u64)(unsigned long)folio->mapping ^
		      folio->index * 0x9e3779b97f4a7c15ull) & ~1ull;
	return id ?: 2;
}

static void quire_on_insertion(void *data, struct folio *folio)
{
	struct quire_pool *pool;

	rcu_read_lock_sched();
	pool = rcu_dereference_sched(quire_machine);
	if (pool && !folio_test_unevictable(folio) && !quire_host_tracks(pool, folio_pfn(folio)))
		quire_host_admit(pool, folio_pfn(folio), folio_test_dirty(folio));
	rcu_read_unlock_sched();
}

static void quire_on_free(void *data, struct page *page, unsigned int order)
{
	struct quire_pool *pool;

	rcu_read_lock_sched();
	pool = rcu_dereference_sched(quire_machine);
	if (pool && quire_host_tracks(pool, page_to_pfn(page)))
		quire_host_gone(pool, page_to_pfn(page));
	rcu_read_unlock_sched();
}

static int quire_on_eviction(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	struct quire_pool *pool = rcu_dereference_sched(quire_machine);

	if (pool)
		quire_host_evicted(pool, folio_pfn(folio), quire_identity(folio));
	return 0;
}

static int quire_on_return_of_page(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	struct quire_pool *pool = rcu_dereference_sched(quire_machine);

	if (pool)
		quire_host_refault(pool, folio_pfn(folio), quire_identity(folio));
	return 0;
}

static int quire_verdict_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_proposal *proposal = (struct quire_proposal *)ri->data;

	proposal->folio = (struct folio *)regs_get_kernel_argument(regs, 0);
	proposal->decides = regs_get_kernel_argument(regs, 1);
	proposal->vm_flags = (unsigned long *)regs_get_kernel_argument(regs, 3);
	proposal->was_used = folio_test_referenced(proposal->folio);
	return !proposal->decides;	/* no interest in other returns */
}

static int quire_verdict_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct quire_proposal *proposal = (struct quire_proposal *)ri->data;
	struct quire_pool *pool = rcu_dereference_sched(quire_machine);
	struct folio *folio = proposal->folio;
	int native = regs_return_value(regs);
	bool used;

	if (!pool || native < 0 || *proposal->vm_flags & VM_LOCKED)
		return 0;
	/* What is mapped tells by its page tables, what is not by read() and write(). */
	used = native > 0 || (proposal->was_used && !folio_mapped(folio));
	switch (quire_host_verdict(pool, folio_pfn(folio), used, folio_test_dirty(folio))) {
	case QUIRE_EVICT:
		folio_clear_referenced(folio);
		regs->ax = 0;
		break;
	case QUIRE_KEEP:
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
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_refault", .required = true,
		.kp.pre_handler = quire_on_return_of_page, .cost = "the pool's lock a refault",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_lru_insertion", .required = true,
		.probe = quire_on_insertion, .cost = "the pool's lock a new page",
	}, {
		.kind = QUIRE_HOOK_TRACE, .name = "mm_page_free", .required = true,
		.probe = quire_on_free,
		.cost = "a look at a free page's node, the pool's lock if it was in the pool",
	},
};

static void quire_reclaim_detach_locked(void)
{
	struct quire_pool *pool = rcu_dereference_protected(quire_machine,
						lockdep_is_held(&quire_reclaim_mutex));
	const struct quire_policy_ops *ops;

	if (!pool)
		return;
	quire_hooks_detach(quire_reclaim_hooks, ARRAY_SIZE(quire_reclaim_hooks));
	rcu_assign_pointer(quire_machine, NULL);
	synchronize_rcu();
	ops = pool->ops;
	quire_host_free(pool);
	quire_policy_put(ops);
}

/**
 * quire_reclaim_attach - have a policy choose what the machine evicts
 * @name:	the policy
 *
 * The policy that is attached goes on until the new one is ready.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOENT if there is no such policy, -ENOMEM, or why the hooks could
 * not be attached; then no policy is, or the one that was.
 */
int quire_reclaim_attach(const char *name)
{
	const struct quire_policy_ops *ops = quire_policy_get(name);
	struct quire_pool *pool;
	int err;

	if (!ops)
		return -ENOENT;
	pool = quire_host_new(ops);
	if (IS_ERR(pool)) {
		quire_policy_put(ops);
		return PTR_ERR(pool);
	}
	mutex_lock(&quire_reclaim_mutex);
	quire_reclaim_detach_locked();
	rcu_assign_pointer(quire_machine, pool);
	err = quire_hooks_attach(quire_reclaim_hooks, ARRAY_SIZE(quire_reclaim_hooks));
	if (err) {
		rcu_assign_pointer(quire_machine, NULL);
		synchronize_rcu();
		quire_host_free(pool);
		quire_policy_put(ops);
	}
	mutex_unlock(&quire_reclaim_mutex);
	return err;
}

/**
 * quire_reclaim_detach - the kernel chooses by itself again
 *
 * Context: process, may sleep.
 */
void quire_reclaim_detach(void)
{
	mutex_lock(&quire_reclaim_mutex);
	quire_reclaim_detach_locked();
	mutex_unlock(&quire_reclaim_mutex);
}

/**
 * quire_reclaim_read - which policy is attached, and what its pool has done
 * @stats:	filled in if there is one
 *
 * Return: the policy, or NULL.
 */
const struct quire_policy_ops *quire_reclaim_read(struct quire_host_stats *stats)
{
	const struct quire_policy_ops *ops = NULL;
	struct quire_pool *pool;

	mutex_lock(&quire_reclaim_mutex);
	pool = rcu_dereference_protected(quire_machine, lockdep_is_held(&quire_reclaim_mutex));
	if (pool) {
		ops = pool->ops;
		quire_host_read(pool, stats);
	}
	mutex_unlock(&quire_reclaim_mutex);
	return ops;
}

static void quire_policy_stop(void)
{
	quire_reclaim_detach();
	quire_registry_stop();
}

struct quire_part quire_policy_part = {
	.name = "policy",
	.about = "replacement policies in reclaim; no hook while none is attached",
	.limits = "sees large folios as one page; memory added after attaching is left to the kernel",
	.start = quire_registry_start,
	.stop = quire_policy_stop,
	.hooks = quire_reclaim_hooks,
	.nr_hooks = ARRAY_SIZE(quire_reclaim_hooks),
};
