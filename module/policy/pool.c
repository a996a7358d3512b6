// SPDX-License-Identifier: GPL-2.0
/*
 * Pools come, hand their pages to one another, and go.
 *
 * A pool that follows another takes its pages over in the order in which the other
 * would have evicted them: what is known of the pages' ages is that order, whatever
 * state the policies keep it in. First all pages are condemned, the next to go
 * first, then they are admitted one by one; events go on meanwhile, some to the one
 * pool and some to the other.
 *
 * All of this is in process context, one at a time under the caller's mutex.
 */
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "compat/cycles.h"
#include "policy/ghosts.h"
#include "policy/host_internal.h"

#define QUIRE_HAND_OVER_AT_ONCE	128	/* pages under one holding of the locks */

static struct quire_pool __rcu *quire_pools[QUIRE_POOLS + 1];

/* See quire_hosts_start(). */
int (*quire_generation)(unsigned long pfn);

/* Called once a guard has closed a pool. */
static void (*quire_eject)(void);

static void quire_on_irq_work(struct irq_work *work)
{
	quire_eject();
}

/* Events can come with locks held that a work queue takes; this interrupt holds none. */
static struct irq_work quire_eject_work = IRQ_WORK_INIT(quire_on_irq_work);

/* A pool has been closed. Any context. */
void quire_pools_eject(void)
{
	irq_work_queue(&quire_eject_work);
}

/* Memory has gone offline: whatever of it is still in a pool leaves. */
static void quire_lost(unsigned long start, unsigned long nr)
{
	struct quire_pool *pool;
	unsigned long pfn;

	for (pfn = start; pfn < start + nr; pfn++) {
		rcu_read_lock_sched();
		pool = quire_host_of(quire_owner_of(pfn));
		if (pool)
			quire_host_gone(pool, pfn, QUIRE_INVALIDATED);
		rcu_read_unlock_sched();
		if (pfn % QUIRE_CHUNK_NODES == 0)
			cond_resched();
	}
}

/**
 * quire_hosts_start - make what all pools need
 * @eject:	is called, in an interrupt, when a pool's policy must go
 * @generation:	says into which of four generations, 0 to 3, the kernel has put a page, or -1 if that tells
 *		nothing; called under a pool's lock. NULL: the kernel finds out nothing by itself
 *
 * Context: process, may sleep and reclaim; before the first pool and the first event.
 * Return: 0, -ENOMEM, or -EFBIG with more than 16 TiB of memory.
 */
int quire_hosts_start(void (*eject)(void), int (*generation)(unsigned long pfn))
{
	quire_eject = eject;
	quire_generation = generation;
	return quire_frames_start(quire_ghosts_most() + 1, quire_lost);
}

/**
 * quire_hosts_stop - free it
 *
 * Context: process, may sleep; after the last pool and the last event.
 */
void quire_hosts_stop(void)
{
	irq_work_sync(&quire_eject_work);
	quire_frames_stop();
	quire_ghosts_stop();
}

/**
 * quire_host_of - the pool of a number
 * @number:	0 to %QUIRE_POOLS
 *
 * Context: under rcu_read_lock_sched(), which keeps the pool.
 * Return: the pool, or NULL if there is none.
 */
struct quire_pool *quire_host_of(unsigned int number)
{
	return rcu_dereference_sched(quire_pools[number]);
}

/** quire_host_number - the number of a pool, 1 to %QUIRE_POOLS. */
unsigned int quire_host_number(const struct quire_pool *pool)
{
	return pool->host->number;
}

static unsigned int quire_new_number(void)
{
	unsigned int number;

	for (number = 1; number <= QUIRE_POOLS; number++) {
		if (!rcu_access_pointer(quire_pools[number]))
			return number;
	}
	return 0;
}

/* Makes room for the ghosts of a policy, if it has any. */
static int quire_reserve_ghosts(const struct quire_policy_ops *ops, u32 percent)
{
	const struct quire_list_info *info;

	for (info = ops->lists; info && info->name; info++) {
		if (info->ghosts)
			return quire_ghosts_grow((u64)quire_ghosts_most() * percent / 100);
	}
	return 0;
}

/**
 * quire_host_new - make a pool for a policy
 * @ops:	the policy
 * @params:	of the host
 *
 * Context: process, may sleep and reclaim; one at a time.
 * Return: the pool, with no page, or an ERR_PTR: -ENOMEM, -ENOSPC if there are too
 * many pools, or what the policy's init() says.
 */
struct quire_pool *quire_host_new(const struct quire_policy_ops *ops,
				  const struct quire_host_params *params)
{
	unsigned int number = quire_new_number();
	struct quire_pool *pool;
	struct quire_host *host;
	int err;
	u32 i;

	if (!number)
		return ERR_PTR(-ENOSPC);
	err = quire_reserve_ghosts(ops, params->ghosts);
	if (err)
		return ERR_PTR(err);
	pool = kvzalloc(sizeof(*pool) + ops->pool_size, GFP_KERNEL);
	host = kzalloc(sizeof(*host), GFP_KERNEL);
	if (!pool || !host) {
		err = -ENOMEM;
		goto free;
	}
	pool->ops = ops;
	pool->host = host;
	pool->nodes = quire_frames.nodes;
	pool->nowhere = quire_frames.nowhere;
	pool->handles = quire_frames.handles;
	pool->late = true;
	spin_lock_init(&host->lock);
	host->number = number;
	host->params = *params;
	host->share = quire_window_share(pool);
	quire_host_frames(pool, 0);
	host->reckon_at = 0;
	quire_guard_start(&host->guard, &quire_guard_usual, quire_guard_clock());
	quire_seed(pool, number);
	for (i = 0; i < ops->nr_params; i++)
		pool->param[i] = ops->params[i].def;
	if (ops->init)
		err = ops->init(pool);
	if (err)
		goto free;
	rcu_assign_pointer(quire_pools[number], pool);
	return pool;
free:
	kfree(host);
	kvfree(pool);
	return ERR_PTR(err);
}

/* Takes the pool's number from pages that it did not hand over. */
static void quire_sweep(struct quire_pool *pool)
{
	unsigned long pfn;
	u16 *tag;

	for (pfn = 1; pfn < quire_frames.frames; pfn++) {
		if (pfn % QUIRE_SECTION_FRAMES == 0)
			cond_resched();
		rcu_read_lock_sched();
		tag = quire_page_tag(pfn);
		if (!tag)
			pfn |= QUIRE_SECTION_FRAMES - 1;
		else if ((READ_ONCE(*tag) & QUIRE_TAG_POOL) == pool->host->number)
			quire_host_gone(pool, pfn, QUIRE_INVALIDATED);
		rcu_read_unlock_sched();
	}
}

/**
 * quire_host_free - free a pool
 * @pool:	no page comes to it any more
 *
 * Context: process, may sleep; one at a time.
 */
void quire_host_free(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned long flags;

	/* No callback for what is left, of which there may be much. */
	spin_lock_irqsave(&host->lock, flags);
	host->closed = true;
	spin_unlock_irqrestore(&host->lock, flags);
	if (host->stats.folios)
		quire_sweep(pool);
	if (pool->ghosts)
		quire_ghosts_release_all(host->number);
	RCU_INIT_POINTER(quire_pools[host->number], NULL);
	synchronize_rcu();
	if (pool->ops->exit)
		pool->ops->exit(pool);
	kfree(host);
	kvfree(pool);
}

/* Condemns some of the pages that are left. False if there are none. */
static bool quire_condemn_some(struct quire_pool *pool)
{
	unsigned long flags;
	unsigned int i;
	u64 began = quire_enter(pool->host, &flags);
	bool more = !pool->host->closed;

	for (i = 0; more && i < QUIRE_HAND_OVER_AT_ONCE; i++)
		more = quire_condemn_one(pool) && !pool->host->guard.fault;
	quire_leave(pool->host, flags, began);
	return more;
}

/* Hands over some of the pages, all of which are condemned. False if there are no more. */
static bool quire_hand_over_some(struct quire_pool *from, struct quire_pool *to)
{
	struct quire_list *list = &from->host->condemned;
	struct quire_at at;
	unsigned long flags;
	quire_page_t page;
	unsigned int i;
	u64 began;
	u16 tag;
	u32 bits;

	local_irq_save(flags);
	spin_lock(&from->host->lock);
	spin_lock_nested(&to->host->lock, SINGLE_DEPTH_NESTING);
	began = quire_cycles();
	for (i = 0; i < QUIRE_HAND_OVER_AT_ONCE && list->size; i++) {
		page = from->ops->newest_first ? quire_list_last(from, list) :
						 quire_list_first(list);
		if (from->host->closed || to->host->closed || !quire_find(from, page, &at))
			break;
		tag = *at.tag;
		bits = at.node->bits;
		quire_drop(from, &at, QUIRE_INVALIDATED);
		quire_admit(to, page, quire_tag_order(tag), QUIRE_NONE, bits & QUIRE_DIRTY);
		if (quire_find(to, page, &at)) {
			quire_tag_change(at.tag, ~tag & QUIRE_TAG_FRESH, 0);
			quire_tag_note(at.tag, quire_tag_generation(tag));
		}
		to->host->stats.handed_over++;
	}
	spin_unlock(&to->host->lock);
	quire_leave(from->host, flags, began);
	return i == QUIRE_HAND_OVER_AT_ONCE;
}

/**
 * quire_host_hand_over - a pool takes another's pages over, in its order
 * @from:	no new page comes to it any more
 * @to:		the other
 *
 * Context: process, may sleep; one at a time.
 */
void quire_host_hand_over(struct quire_pool *from, struct quire_pool *to)
{
	while (quire_condemn_some(from))
		cond_resched();
	while (quire_hand_over_some(from, to))
		cond_resched();
}

/**
 * quire_host_set_param - set a parameter of a pool's policy
 * @pool:	the pool
 * @which:	its place in the policy's table
 * @value:	in its bounds
 */
void quire_host_set_param(struct quire_pool *pool, u32 which, u32 value)
{
	unsigned long flags;

	spin_lock_irqsave(&pool->host->lock, flags);
	pool->param[which] = value;
	spin_unlock_irqrestore(&pool->host->lock, flags);
}

/**
 * quire_host_set_params - set the parameters of a pool's host
 * @pool:	the pool
 * @params:	in their bounds
 *
 * Context: process, may sleep and reclaim; one at a time.
 * Return: 0, or -ENOMEM, nothing having changed.
 */
int quire_host_set_params(struct quire_pool *pool, const struct quire_host_params *params)
{
	int err = quire_reserve_ghosts(pool->ops, params->ghosts);
	unsigned long flags;

	if (err)
		return err;
	spin_lock_irqsave(&pool->host->lock, flags);
	pool->host->params = *params;
	pool->host->share = clamp(pool->host->share, params->window_most, quire_window_share(pool));
	spin_unlock_irqrestore(&pool->host->lock, flags);
	return 0;
}

/** quire_host_frames_are_due - are the frames to be reckoned, with a verdict? */
bool quire_host_frames_are_due(const struct quire_pool *pool)
{
	const struct quire_host *host = pool->host;

	return READ_ONCE(host->stats.verdicts) >= READ_ONCE(host->reckon_at);
}

/**
 * quire_host_read - what a pool has done
 * @pool:	the pool
 * @stats:	filled in
 */
void quire_host_read(struct quire_pool *pool, struct quire_host_stats *stats)
{
	unsigned long flags;
	u32 passed;

	spin_lock_irqsave(&pool->host->lock, flags);
	*stats = pool->host->stats;
	passed = atomic_read(&pool->host->passed);
	stats->verdicts += passed;
	stats->evicted += passed;
	spin_unlock_irqrestore(&pool->host->lock, flags);
}

/** quire_host_fault - why the pool's policy has been ejected, if it has. */
enum quire_fault quire_host_fault(const struct quire_pool *pool)
{
	return READ_ONCE(pool->host->closed) ? pool->host->guard.fault : QUIRE_FAULT_NONE;
}
