// SPDX-License-Identifier: GPL-2.0
/*
 * SIEVE: clock in which the survivors stay where they are.
 *
 *	head [ oldest . . . . . . . newest ] tail
 *	            ^ hand -->              ^
 *	                                    | admit
 *
 * The hand goes from the oldest to the newest page and round again; it takes the bit from each
 * page that was visited and stops at the first that was not: the victim. New pages come in at the
 * tail, not behind the hand, so they must prove themselves at the hand's next visit while old and
 * used pages drift together at the head: quick demotion, lazy promotion.
 *
 * Cost: as clock: each step takes a bit that a touch has set. The worst single call goes once
 * round and one further: pages + 1 steps.
 *
 * Source: Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson, K. V. Rashmi, "SIEVE is simpler than LRU: an
 * efficient turn-key eviction algorithm for web caches", NSDI 2024.
 *
 * In a kernel: a page that is referenced while it is condemned comes back as the newest, visited.
 */
#include <quire/policy.h>

#define SIEVE_VISITED 1u

struct sieve {
	struct quire_list queue;
	quire_page_t hand;	/* QUIRE_NONE: at the head */
};

static void sieve_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct sieve *sieve = quire_priv(pool);

	(void)ghost;
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, 0);
	quire_list_add_tail(pool, &sieve->queue, page);
}

static void sieve_touch(struct quire_pool *pool, quire_page_t page)
{
	struct sieve *sieve = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, &sieve->queue, page);
	quire_mark(quire_node(pool, page), SIEVE_VISITED, SIEVE_VISITED);
}

/* The hand moves on from a page that leaves; past the newest it waits for the oldest. */
static void sieve_del(struct quire_pool *pool, struct sieve *sieve, quire_page_t page)
{
	if (sieve->hand == page)
		sieve->hand = quire_list_next(pool, &sieve->queue, page);
	quire_list_del(pool, &sieve->queue, page);
}

static quire_page_t sieve_victim(struct quire_pool *pool)
{
	struct sieve *sieve = quire_priv(pool);
	quire_page_t page = sieve->hand ? sieve->hand : quire_list_first(&sieve->queue);

	if (!page)
		return QUIRE_NONE;
	for (;;) {
		struct quire_node *node = quire_node(pool, page);

		QUIRE_STEP(pool);
		if (!quire_marked(node, SIEVE_VISITED))
			break;
		quire_mark(node, SIEVE_VISITED, 0);
		page = node->next;
	}
	sieve->hand = page;
	sieve_del(pool, sieve, page);
	return page;
}

static void sieve_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		sieve_del(pool, quire_priv(pool), page);
}

static const char *sieve_check(struct quire_pool *pool, u32 limit)
{
	struct sieve *sieve = quire_priv(pool);

	if (sieve->hand && (!sieve->queue.size || !quire_has_node(pool, sieve->hand)))
		return "a hand that points to no page";
	return quire_list_check(pool, &sieve->queue,
				(QUIRE_POLICY_BITS & ~SIEVE_VISITED) | QUIRE_CONDEMNED |
				QUIRE_GHOST, 0, &limit);
}

static const struct quire_list_info sieve_lists[] = {
	{ "queue", offsetof(struct sieve, queue), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(sieve) = {
	.name = "sieve",
	.about = "visited pages stay in place, a hand sieves the rest (Zhang et al. 2024)",
	.pool_size = sizeof(struct sieve),
	.bound = { .steps = 1, .per_page = 1 },
	.ahead = 4,
	.lists = sieve_lists,
	.marks = "V",
	.admit = sieve_admit,
	.touch = sieve_touch,
	.victim = sieve_victim,
	.remove = sieve_remove,
	.check = sieve_check,
};
