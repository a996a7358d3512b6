/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host for tests, in the kernel's shape: nodes in chunks, ghosts with handles of their own,
 * victims condemned ahead of need. It is as unkind as a host may be, and checks after each call
 * that the policy keeps its promises. Plain C without a library, for userspace and KUnit alike.
 *
 * One program has one such host, since quire_remember() and quire_forget() are the host's. Where the
 * kernel's is there too (KUnit), its pools are those that have a struct quire_host.
 */
#ifndef QUIRE_TEST_HOST_H
#define QUIRE_TEST_HOST_H

#define QUIRE_COUNT_STEPS
#include <quire/policy.h>

#define TEST_PAGES	400u			/* handles 1 to TEST_PAGES are pages ... */
#define TEST_GHOSTS	(TEST_PAGES + 2)	/* ... and so many more are ghosts */
#define TEST_HANDLES	(1 + TEST_PAGES + TEST_GHOSTS)
#define TEST_CHUNKS	(TEST_HANDLES / QUIRE_CHUNK_NODES + 1)
#define TEST_STATE	(32u << 10)		/* most private state of a policy */

/**
 * struct test_host - a pool and what the host knows of it
 * @wrong:       the first broken promise, or NULL
 * @window:      how many victims are condemned at once
 * @deny:        of 256 wishes for a ghost, so many are denied
 * @resident:    pages in the pool
 * @condemned:   of these, handed out as victims
 * @queue:       the condemned, first handed out first
 * @ghost_of:    by page: its ghost
 * @page_of:     by ghost, less TEST_PAGES + 1: its page
 * @calls:       calls of the policy
 * @most_steps:  the most that one call took
 * @every:       look at the lists after so many calls
 * @walks:       how often all lists were walked
 * @seen:        by handle: the walk in which it was last met
 */
struct test_host {
	const char *wrong;
	u32 window;
	u32 deny;
	u32 resident;
	u32 condemned;
	quire_page_t queue[TEST_PAGES];
	quire_page_t ghost_of[TEST_PAGES + 1];
	quire_page_t page_of[TEST_GHOSTS];
	u64 calls;
	u64 most_steps;
	u64 luck;
	u32 every;
	u32 walks;
	u32 seen[TEST_HANDLES];
	struct quire_node chunk[TEST_CHUNKS][QUIRE_CHUNK_NODES];
	struct quire_node *chunks[TEST_CHUNKS];
	u64 state[(sizeof(struct quire_pool) + TEST_STATE) / sizeof(u64)];
};

static struct test_host test_host;

static struct quire_pool *test_pool(void)
{
	return (struct quire_pool *)test_host.state;
}

static u32 test_random(u32 below)
{
	u64 x = test_host.luck;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	test_host.luck = x;
	return (x >> 32) * below >> 32;
}

static void test_fail(const char *why)
{
	if (!test_host.wrong)
		test_host.wrong = why;
}

#ifdef QUIRE_KERNEL_HOST
quire_page_t quire_kernel_remember(struct quire_pool *pool, quire_page_t page);
void quire_kernel_forget(struct quire_pool *pool, quire_page_t ghost);
#endif

quire_page_t quire_remember(struct quire_pool *pool, quire_page_t page)
{
	const struct quire_node *node = quire_node(pool, page);
	struct quire_node *copy;
	u32 i;

#ifdef QUIRE_KERNEL_HOST
	if (pool->host)
		return quire_kernel_remember(pool, page);
#endif
	if (!(node->bits & QUIRE_CONDEMNED))
		test_fail("a ghost asked for of a page that is not being evicted");
	if (test_host.ghost_of[page])
		test_fail("a second ghost asked for");
	if (pool->ghosts >= pool->ghosts_max || test_random(256) < test_host.deny)
		return QUIRE_NONE;
	for (i = 0; test_host.page_of[i]; i++)
		;
	pool->ghosts++;
	test_host.page_of[i] = page;
	test_host.ghost_of[page] = TEST_PAGES + 1 + i;
	copy = quire_node(pool, TEST_PAGES + 1 + i);
	copy->stamp = node->stamp;
	copy->bits = (node->bits & QUIRE_POLICY_BITS) | QUIRE_GHOST;
	copy->next = 0xdead;
	copy->prev = 0xdead;
	return TEST_PAGES + 1 + i;
}

static void test_free_ghost(struct quire_pool *pool, quire_page_t ghost)
{
	struct quire_node *node = quire_node(pool, ghost);

	pool->ghosts--;
	test_host.ghost_of[test_host.page_of[ghost - TEST_PAGES - 1]] = QUIRE_NONE;
	test_host.page_of[ghost - TEST_PAGES - 1] = QUIRE_NONE;
	*node = (struct quire_node){ 0xdead, 0xdead, 0xdead, 0 };
}

void quire_forget(struct quire_pool *pool, quire_page_t ghost)
{
#ifdef QUIRE_KERNEL_HOST
	if (pool->host) {
		quire_kernel_forget(pool, ghost);
		return;
	}
#endif
	if (ghost <= TEST_PAGES || !(quire_node(pool, ghost)->bits & QUIRE_GHOST))
		test_fail("something given back that is no ghost");
	else
		test_free_ghost(pool, ghost);
}

/* Is a handle one that is linked: a page that is resident and not condemned, or a ghost? */
static bool test_is_linked(quire_page_t page)
{
	u32 bits = quire_node(test_pool(), page)->bits;

	if (page > TEST_PAGES)
		return bits & QUIRE_GHOST;
	return (bits & QUIRE_RESIDENT) && !(bits & QUIRE_CONDEMNED);
}

/*
 * Walks all lists without asking the policy: links agree, sizes are right, nothing is in two lists
 * or where it does not belong, and as much is linked as there is to be.
 */
static void test_walk(void)
{
	struct quire_pool *pool = test_pool();
	u32 walk = ++test_host.walks, linked = 0, ghosts = 0;

	for (const struct quire_list_info *info = pool->ops->lists; info->name; info++) {
		const struct quire_list *list = (void *)((char *)quire_priv(pool) + info->offset);

		for (u32 i = 0; i < info->count; i++) {
			quire_page_t page = list[i].head;

			for (u32 left = list[i].size; left; left--) {
				if (!quire_has_node(pool, page) || test_host.seen[page] == walk)
					return test_fail("a list that leads astray");
				test_host.seen[page] = walk;
				if (!test_is_linked(page) || info->ghosts != (page > TEST_PAGES))
					return test_fail("a page in a list where it does not belong");
				if (quire_node(pool, quire_node(pool, page)->next)->prev != page)
					return test_fail("links that do not agree");
				page = quire_node(pool, page)->next;
			}
			if (page != list[i].head)
				return test_fail("a list longer than its size");
			if (info->ghosts)
				ghosts += list[i].size;
			else
				linked += list[i].size;
		}
	}
	if (linked != test_host.resident - test_host.condemned)
		test_fail("a page lost, or linked that should not be");
	if (ghosts != pool->ghosts)
		test_fail("a ghost lost, or linked that should not be");
}

/* After a call that began at @steps: its bound; the policy's own check, and ours. */
static void test_after(u64 steps)
{
	struct quire_pool *pool = test_pool();
	const struct quire_policy_ops *ops = pool->ops;
	u64 bound = ops->bound.steps +
		    (u64)ops->bound.per_page * (test_host.resident + pool->ghosts_max);
	const char *wrong;
	u64 counted;

	steps = pool->steps - steps;
	test_host.calls++;
	if (steps > test_host.most_steps)
		test_host.most_steps = steps;
	if (steps > bound)
		test_fail("more steps in a call than stated");
	if (test_host.calls % test_host.every)
		return;
	counted = pool->steps;
	wrong = ops->check(pool, ~0u);
	pool->steps = counted;	/* looking is not working */
	if (wrong)
		test_fail(wrong);
	if (ops->lists)
		test_walk();
}

/* Takes a page out of the queue of the condemned. */
static void test_unqueue(quire_page_t page)
{
	u32 i = 0;

	while (test_host.queue[i] != page)
		i++;
	test_host.condemned--;
	for (; i < test_host.condemned; i++)
		test_host.queue[i] = test_host.queue[i + 1];
}

/* The page leaves; if it is not evicted it may be condemned or not. */
static void test_remove(quire_page_t page, enum quire_why why)
{
	struct quire_pool *pool = test_pool();
	u64 steps = pool->steps;
	struct quire_node *node = quire_node(pool, page);

	if (node->bits & QUIRE_CONDEMNED)
		test_unqueue(page);
	else
		test_host.resident--;
	pool->ops->remove(pool, page, why);
	if (node->bits & QUIRE_CONDEMNED)
		test_host.resident--;
	*node = (struct quire_node){ 0xdead, 0xdead, test_random(~0u), test_random(1 << 24) };
	test_after(steps);
}

static inline void test_forget(quire_page_t ghost)
{
	struct quire_pool *pool = test_pool();
	u64 steps = pool->steps;

	pool->ops->remove(pool, ghost, QUIRE_FORGOTTEN);
	test_free_ghost(pool, ghost);
	test_after(steps);
}

/* Asks for one victim and queues it. Returns it. */
static quire_page_t test_condemn(void)
{
	struct quire_pool *pool = test_pool();
	u64 steps = pool->steps;
	quire_page_t page = pool->ops->victim(pool);
	struct quire_node *node;

	if (!page) {
		if (test_host.condemned != test_host.resident)
			test_fail("no victim although there are pages");
		return page;
	}
	node = quire_node(pool, page);
	if (page > TEST_PAGES || !(node->bits & QUIRE_RESIDENT) || node->bits & QUIRE_CONDEMNED) {
		test_fail("a victim that is not resident");
		return QUIRE_NONE;
	}
	node->next = 0xdead;
	node->prev = 0xdead;
	node->bits |= QUIRE_CONDEMNED;
	test_host.queue[test_host.condemned++] = page;
	test_after(steps);
	return page;
}

/* Makes room for one page. Returns what was evicted. */
static quire_page_t test_evict(void)
{
	quire_page_t page;

	while (test_host.condemned < test_host.window && test_condemn())
		;
	if (!test_host.condemned)
		return QUIRE_NONE;
	page = test_host.queue[0];
	test_remove(page, QUIRE_EVICTED);
	return page;
}

/**
 * test_reference() - a reference to a page
 * @page:  1 to TEST_PAGES
 * @write: it is written to
 *
 * Return: what was evicted to make room; @page itself if it was a hit; QUIRE_NONE if there was room.
 */
static quire_page_t test_reference(quire_page_t page, bool write)
{
	struct quire_pool *pool = test_pool();
	struct quire_node *node = quire_node(pool, page);
	quire_page_t evicted = QUIRE_NONE, ghost;
	u64 steps;

	if (node->bits & QUIRE_RESIDENT) {
		if (write)
			node->bits |= QUIRE_DIRTY;
		pool->now++;
		steps = pool->steps;
		if (node->bits & QUIRE_CONDEMNED)
			test_unqueue(page);
		pool->ops->touch(pool, page);
		node->bits &= ~QUIRE_CONDEMNED;
		test_after(steps);
		return page;
	}
	while (test_host.resident >= pool->frames) {
		evicted = test_evict();
		if (!evicted) {
			test_fail("no victim although the pool is full");
			return QUIRE_NONE;
		}
	}
	ghost = test_host.ghost_of[page];
	test_host.resident++;
	node->bits |= QUIRE_RESIDENT | (write ? QUIRE_DIRTY : 0);
	pool->now++;
	steps = pool->steps;
	pool->ops->admit(pool, page, ghost);
	if (ghost)
		test_free_ghost(pool, ghost);
	test_after(steps);
	return evicted;
}

/**
 * test_start() - an empty pool
 * @ops:    the policy
 * @frames: its size
 * @now:    where its clock starts
 * @luck:   seed of the host's decisions and of the policy's lots, not 0
 */
static void test_start(const struct quire_policy_ops *ops, u32 frames, u32 now, u64 luck)
{
	struct quire_pool *pool = test_pool();

	__builtin_memset(&test_host, 0, sizeof(test_host));
	for (u32 i = 0; i < TEST_CHUNKS; i++)
		test_host.chunks[i] = test_host.chunk[i];
	test_host.window = 1;
	test_host.luck = luck;
	test_host.every = frames > 16 ? 8 : 1;	/* in a large pool looking takes the time */
	pool->ops = ops;
	pool->frames = frames;
	pool->ghosts_max = frames + 1;
	pool->now = now;
	quire_seed(pool, luck);
	pool->nodes = test_host.chunks;
	pool->handles = TEST_HANDLES;
	for (u32 i = 0; i < ops->nr_params; i++)
		pool->param[i] = ops->params[i].def;
	if (ops->init && ops->init(pool))
		test_fail("init() failed");
}

#endif /* QUIRE_TEST_HOST_H */
