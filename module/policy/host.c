// SPDX-License-Identifier: GPL-2.0
/*
 * The host of a policy in the kernel.
 *
 * A policy wants to choose victims; the kernel's reclaim proposes candidates,
 * and takes a yes or a no. The *window* joins them: victims are asked for ahead
 * of need and marked as condemned, and a candidate goes if it is condemned.
 *
 *	policy   victim() -> [ condemned: a window of 1/16 of the pool ]
 *	reclaim  proposes p -> referenced since?  touch(p): a reprieve, it stays
 *			       condemned?	  it goes
 *			       neither?		  it stays
 *
 * The access that brought a page in also sets the accessed bit of its mapping, so
 * the first time that a page is found to be referenced says nothing new: it is
 * what admit() has told, and no touch().
 *
 * Nodes: a handle is the page frame number, its node is in a chunk of 256 that
 * is allocated for each MiB of memory that exists. Ghosts have handles above all
 * page frames, an identity (file and offset, or swap slot) and a hash.
 *
 * Guard (guard.c): when too much is refused the kernel's own verdict stands, and
 * the window grows, since what was condemned is evidently not what reclaim
 * proposes; it shrinks again as victims are found.
 *
 * Context: events come with interrupts off or on, from any context but NMI; the
 * pool's lock is innermost.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include "policy/guard.h"
#include "policy/host.h"

#define QUIRE_WINDOW_SHARE	16	/* the window is 1/16 of the pool ... */
#define QUIRE_WINDOW_MOST	2	/* ... and may grow to 1/2 */
#define QUIRE_WINDOW_LEAST	32
#define QUIRE_CONDEMN_AT_ONCE	64	/* calls of victim() for one verdict */
#define QUIRE_WINDOW_REST	256	/* evictions until the window may shrink again */
#define QUIRE_GHOST_SHARE	8	/* a ghost for each 8 frames: 0.11 % of memory */
#define QUIRE_GHOST_HASH	4	/* ghosts a bucket, when all are in use */

/**
 * struct quire_ghost - what makes a ghost findable
 * @identity:	of the page
 * @next:	in the bucket, or in the list of free ones; index + 1, 0 ends it
 * @used:	it is in a bucket
 */
struct quire_ghost {
	u64 identity;
	u32 next;
	bool used;
};

/**
 * struct quire_host - the kernel's side of a pool
 * @lock:	around everything here, the nodes and the policy's callbacks
 * @stats:	see there
 * @guard:	what the policy may do
 * @share:	the window is 1/share of the pool
 * @first_ghost: the handle of ghost 0
 * @nr_ghosts:	how many there are
 * @free_ghost:	index + 1 of the first free one
 * @ghost:	them
 * @bucket:	index + 1 of the first ghost of each
 * @bucket_bits: how many buckets
 * @evicting:	identity of the page in remove(QUIRE_EVICTED), 0 outside it
 */
struct quire_host {
	spinlock_t lock;
	struct quire_host_stats stats;
	struct quire_guard guard;
	u32 share;
	quire_page_t first_ghost;
	u32 nr_ghosts;
	u32 free_ghost;
	struct quire_ghost *ghost;
	u32 *bucket;
	unsigned int bucket_bits;
	u64 evicting;
};

static unsigned long quire_nr_chunks(const struct quire_pool *pool)
{
	return pool->handles >> QUIRE_CHUNK_SHIFT;
}

/* Handles for all page frames, then for the ghosts. Memory that is added later has none. */
static int quire_new_handles(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned long end = 0, ghosts;
	int nid;

	for_each_online_node(nid)
		end = max(end, node_end_pfn(nid));
	end = ALIGN(end, QUIRE_CHUNK_NODES);
	ghosts = ALIGN(max(totalram_pages() / QUIRE_GHOST_SHARE, 256ul), QUIRE_CHUNK_NODES);
	if (end + ghosts > U32_MAX)	/* more than 16 TiB */
		return -EFBIG;
	host->first_ghost = end;
	host->nr_ghosts = ghosts;
	pool->handles = end + ghosts;
	pool->frames = min_t(unsigned long, totalram_pages(), U32_MAX);
	pool->ghosts_max = ghosts;
	return 0;
}

static int quire_new_nodes(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned long i, pfn;

	pool->nodes = kvcalloc(quire_nr_chunks(pool), sizeof(*pool->nodes), GFP_KERNEL);
	if (!pool->nodes)
		return -ENOMEM;
	for (i = 0; i < quire_nr_chunks(pool); i++) {
		pfn = i << QUIRE_CHUNK_SHIFT;
		if (pfn < host->first_ghost && !pfn_valid(pfn))
			continue;
		pool->nodes[i] = (struct quire_node *)get_zeroed_page(GFP_KERNEL);
		if (!pool->nodes[i])
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static int quire_new_ghosts(struct quire_host *host)
{
	u32 i;

	host->bucket_bits = ilog2(host->nr_ghosts / QUIRE_GHOST_HASH);
	host->ghost = kvcalloc(host->nr_ghosts, sizeof(*host->ghost), GFP_KERNEL);
	host->bucket = kvcalloc(1ul << host->bucket_bits, sizeof(*host->bucket), GFP_KERNEL);
	if (!host->ghost || !host->bucket)
		return -ENOMEM;
	for (i = 0; i < host->nr_ghosts; i++)
		host->ghost[i].next = i + 1 < host->nr_ghosts ? i + 2 : 0;
	host->free_ghost = 1;
	return 0;
}

/**
 * quire_host_new - make a pool for a policy
 * @ops:	the policy
 *
 * Context: process, may sleep and reclaim.
 * Return: the pool, with no page, or an ERR_PTR: -ENOMEM, -EFBIG above 16 TiB of
 * memory, or what the policy's init() says.
 */
struct quire_pool *quire_host_new(const struct quire_policy_ops *ops)
{
	struct quire_pool *pool;
	u32 i;
	int err = -ENOMEM;

	pool = kvzalloc(sizeof(*pool) + ops->pool_size, GFP_KERNEL);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->ops = ops;
	pool->host = kzalloc(sizeof(*pool->host), GFP_KERNEL);
	if (!pool->host)
		goto free;
	spin_lock_init(&pool->host->lock);
	quire_guard_start(&pool->host->guard, &quire_guard_usual, ktime_get_mono_fast_ns());
	pool->host->share = QUIRE_WINDOW_SHARE;
	err = quire_new_handles(pool) ?: quire_new_nodes(pool) ?: quire_new_ghosts(pool->host);
	if (err)
		goto free;
	quire_seed(pool, 0);
	for (i = 0; i < ops->nr_params; i++)
		pool->param[i] = ops->params[i].def;
	err = ops->init ? ops->init(pool) : 0;
	if (err)
		goto free;
	return pool;
free:
	pool->ops = NULL;
	quire_host_free(pool);
	return ERR_PTR(err);
}

/**
 * quire_host_free - free a pool
 * @pool:	no event comes to it any more
 *
 * Context: process, may sleep.
 */
void quire_host_free(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned long i;

	if (pool->ops && pool->ops->exit)
		pool->ops->exit(pool);
	for (i = 0; pool->nodes && i < quire_nr_chunks(pool); i++)
		free_page((unsigned long)pool->nodes[i]);
	kvfree(pool->nodes);
	if (host) {
		kvfree(host->ghost);
		kvfree(host->bucket);
	}
	kfree(host);
	kvfree(pool);
}

static u32 *quire_ghost_bucket(struct quire_host *host, u64 identity)
{
	return &host->bucket[hash_64(identity, host->bucket_bits)];
}

/* Takes a ghost out of its bucket and makes it free. */
static void quire_ghost_release(struct quire_host *host, u32 index)
{
	struct quire_ghost *ghost = &host->ghost[index];
	u32 *link = quire_ghost_bucket(host, ghost->identity);

	while (*link != index + 1)
		link = &host->ghost[*link - 1].next;
	*link = ghost->next;
	ghost->used = false;
	ghost->next = host->free_ghost;
	host->free_ghost = index + 1;
}

static quire_page_t quire_ghost_find(struct quire_host *host, u64 identity)
{
	u32 next = *quire_ghost_bucket(host, identity);

	for (; next; next = host->ghost[next - 1].next) {
		if (host->ghost[next - 1].identity == identity)
			return host->first_ghost + next - 1;
	}
	return QUIRE_NONE;
}

/* See quire/policy.h. */
quire_page_t quire_remember(struct quire_pool *pool, quire_page_t page)
{
	struct quire_host *host = pool->host;
	struct quire_node *node = quire_node(pool, page), *copy;
	u32 index = host->free_ghost, *bucket;

	if (!index || !host->evicting)
		return QUIRE_NONE;
	index--;
	host->free_ghost = host->ghost[index].next;
	bucket = quire_ghost_bucket(host, host->evicting);
	host->ghost[index].identity = host->evicting;
	host->ghost[index].next = *bucket;
	host->ghost[index].used = true;
	*bucket = index + 1;
	pool->ghosts++;
	copy = quire_node(pool, host->first_ghost + index);
	copy->stamp = node->stamp;
	copy->bits = (node->bits & QUIRE_POLICY_BITS) | QUIRE_GHOST;
	return host->first_ghost + index;
}

/* See quire/policy.h. */
void quire_forget(struct quire_pool *pool, quire_page_t ghost)
{
	quire_node(pool, ghost)->bits = 0;
	pool->ghosts--;
	quire_ghost_release(pool->host, ghost - pool->host->first_ghost);
}

/* The node of a page frame, or NULL if it has none. */
static struct quire_node *quire_frame_node(const struct quire_pool *pool, unsigned long pfn)
{
	if (!pfn || pfn >= pool->host->first_ghost || !quire_has_node(pool, pfn))
		return NULL;
	return quire_node(pool, pfn);
}

/**
 * quire_host_tracks - whether a page is in the pool
 * @pool:	the pool
 * @pfn:	of the page, or the first of a large folio
 *
 * Takes no lock: for events that mostly are of other pages.
 */
bool quire_host_tracks(const struct quire_pool *pool, unsigned long pfn)
{
	const struct quire_node *node = quire_frame_node(pool, pfn);

	return node && READ_ONCE(node->bits) & QUIRE_RESIDENT;
}

static void quire_set_dirty(struct quire_node *node, bool dirty)
{
	node->bits = (node->bits & ~QUIRE_DIRTY) | (dirty ? QUIRE_DIRTY : 0);
}

/* Under the lock. A page that is in the pool already stays as it is. */
static void quire_admit(struct quire_pool *pool, unsigned long pfn, quire_page_t ghost,
			bool dirty)
{
	struct quire_node *node = quire_frame_node(pool, pfn);

	if (!node || node->bits & QUIRE_RESIDENT)
		return;
	node->bits |= QUIRE_RESIDENT | QUIRE_SEEN | QUIRE_FRESH;
	quire_set_dirty(node, dirty);
	pool->now++;
	pool->host->stats.resident++;
	pool->ops->admit(pool, pfn, ghost);
}

/**
 * quire_host_admit - a page is on the kernel's lists
 * @pool:	the pool
 * @pfn:	of the page
 * @dirty:	it must be written before its frame is free
 */
void quire_host_admit(struct quire_pool *pool, unsigned long pfn, bool dirty)
{
	struct quire_host *host = pool->host;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	quire_admit(pool, pfn, QUIRE_NONE, dirty);
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * quire_host_refault - a page that reclaim had evicted comes back
 * @pool:	the pool
 * @pfn:	where it is now
 * @identity:	what it was evicted as
 */
void quire_host_refault(struct quire_pool *pool, unsigned long pfn, u64 identity)
{
	struct quire_host *host = pool->host;
	quire_page_t ghost;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->stats.refaults++;
	ghost = quire_ghost_find(host, identity);
	if (ghost && quire_frame_node(pool, pfn) && !quire_host_tracks(pool, pfn)) {
		host->stats.ghost_hits++;
		quire_admit(pool, pfn, ghost, false);
		quire_forget(pool, ghost);
	} else {
		quire_admit(pool, pfn, QUIRE_NONE, false);
	}
	spin_unlock_irqrestore(&host->lock, flags);
}

/* All pages on the kernel's lists, known to us or not; at least one. */
static u32 quire_lru_pages(void)
{
	unsigned long pages = global_node_page_state(NR_INACTIVE_ANON) +
			      global_node_page_state(NR_ACTIVE_ANON) +
			      global_node_page_state(NR_INACTIVE_FILE) +
			      global_node_page_state(NR_ACTIVE_FILE);

	return clamp(pages, 1ul, (unsigned long)U32_MAX);
}

/* The page's node leaves the pool. Under the lock. */
static void quire_leave(struct quire_pool *pool, struct quire_node *node)
{
	if (node->bits & QUIRE_CONDEMNED)
		pool->host->stats.condemned--;
	pool->host->stats.resident--;
	node->bits &= ~(QUIRE_RESIDENT | QUIRE_CONDEMNED | QUIRE_DIRTY);
}

/**
 * quire_host_evicted - reclaim has evicted a page
 * @pool:	the pool
 * @pfn:	of the page
 * @identity:	what it would come back as
 *
 * If the policy had not condemned it, the kernel chose it: no ghost is kept.
 */
void quire_host_evicted(struct quire_pool *pool, unsigned long pfn, u64 identity)
{
	struct quire_host *host = pool->host;
	struct quire_node *node;
	quire_page_t stale;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->stats.evictions++;
	quire_guard_gone(&host->guard, false);
	node = quire_frame_node(pool, pfn);
	if (!node || !(node->bits & QUIRE_RESIDENT))
		goto unlock;
	/* A slot of swap that was freed and used again: what we remember is of another page. */
	stale = quire_ghost_find(host, identity);
	if (stale) {
		pool->ops->remove(pool, stale, QUIRE_FORGOTTEN);
		quire_forget(pool, stale);
	}
	if (node->bits & QUIRE_CONDEMNED) {
		host->stats.obeyed++;
		quire_guard_gone(&host->guard, true);
		host->evicting = identity;
		pool->ops->remove(pool, pfn, QUIRE_EVICTED);
		host->evicting = 0;
	} else {
		pool->ops->remove(pool, pfn, QUIRE_INVALIDATED);
	}
	quire_leave(pool, node);
unlock:
	spin_unlock_irqrestore(&host->lock, flags);
}

/**
 * quire_host_gone - a page frame is free
 * @pool:	the pool
 * @pfn:	of the page
 */
void quire_host_gone(struct quire_pool *pool, unsigned long pfn)
{
	struct quire_host *host = pool->host;
	struct quire_node *node;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	node = quire_frame_node(pool, pfn);
	if (node && node->bits & QUIRE_RESIDENT) {
		pool->ops->remove(pool, pfn, QUIRE_FREED);
		quire_leave(pool, node);
	}
	spin_unlock_irqrestore(&host->lock, flags);
}

/* Ask the policy for victims until the window is full. Under the lock. */
static void quire_condemn(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	u64 window = max_t(u64, host->stats.resident / host->share, QUIRE_WINDOW_LEAST);
	unsigned int calls;
	quire_page_t page;

	host->stats.window = window;
	for (calls = 0; calls < QUIRE_CONDEMN_AT_ONCE && host->stats.condemned < window; calls++) {
		page = pool->ops->victim(pool);
		if (!page)
			break;
		quire_node(pool, page)->bits |= QUIRE_CONDEMNED;
		host->stats.condemned++;
	}
}

/* A page that is not condemned is proposed: does it stay? Under the lock. */
static enum quire_verdict quire_refuse(struct quire_host *host)
{
	if (quire_guard_may_refuse(&host->guard, ktime_get_mono_fast_ns(), (uintptr_t)current)) {
		host->stats.kept++;
		return QUIRE_KEEP;
	}
	host->stats.native++;
	if (host->share > QUIRE_WINDOW_MOST)
		host->share--;
	return QUIRE_NATIVE;
}

/**
 * quire_host_verdict - reclaim proposes a page
 * @pool:	the pool
 * @pfn:	of the page
 * @referenced:	it was used since it was last proposed
 * @dirty:	it must be written before its frame is free
 *
 * Return: what is to become of it.
 */
enum quire_verdict quire_host_verdict(struct quire_pool *pool, unsigned long pfn,
				      bool referenced, bool dirty)
{
	struct quire_host *host = pool->host;
	enum quire_verdict verdict = QUIRE_NATIVE;
	struct quire_node *node;
	unsigned long flags;

	spin_lock_irqsave(&host->lock, flags);
	host->stats.verdicts++;
	/* Reclaim asks, so memory is full: what is there is what fits. */
	pool->frames = quire_lru_pages();
	quire_admit(pool, pfn, QUIRE_NONE, dirty);
	node = quire_frame_node(pool, pfn);
	if (!node)
		goto unlock;
	quire_set_dirty(node, dirty);
	if (node->bits & QUIRE_FRESH) {
		node->bits &= ~QUIRE_FRESH;
		referenced = false;
	}
	if (referenced) {
		host->stats.touched++;
		pool->now++;
		pool->ops->touch(pool, pfn);
		if (node->bits & QUIRE_CONDEMNED) {
			node->bits &= ~QUIRE_CONDEMNED;
			host->stats.condemned--;
			host->stats.reprieved++;
		}
		verdict = quire_refuse(host);
		goto unlock;
	}
	quire_condemn(pool);
	if (!(node->bits & QUIRE_CONDEMNED)) {
		verdict = quire_refuse(host);
		goto unlock;
	}
	verdict = QUIRE_EVICT;
	host->stats.evicted++;
	quire_guard_let_go(&host->guard, (uintptr_t)current);
	if (host->share < QUIRE_WINDOW_SHARE && host->stats.evicted % QUIRE_WINDOW_REST == 0)
		host->share++;
unlock:
	spin_unlock_irqrestore(&host->lock, flags);
	return verdict;
}

/**
 * quire_host_read - what a pool has done
 * @pool:	the pool
 * @stats:	filled in
 */
void quire_host_read(struct quire_pool *pool, struct quire_host_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&pool->host->lock, flags);
	*stats = pool->host->stats;
	spin_unlock_irqrestore(&pool->host->lock, flags);
}
