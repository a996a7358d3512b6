// SPDX-License-Identifier: GPL-2.0
/*
 * LRU: the page that was not used for the longest time goes first.
 *
 *	head [ least recently used ... most recently used ] tail
 *	  |                                                  ^
 *	  v victim                                           | admit, touch
 *
 * A stack algorithm: what n frames hold, n + 1 frames hold too, so more memory never hurts. It
 * lets one scan wash out all it holds, and on a loop over one page more than it has frames it
 * misses every time.
 *
 * Cost: no loop in any call.
 *
 * Source: P. J. Denning, "The working set model for program behavior", CACM 11(5), 1968; R. L.
 * Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage hierarchies",
 * IBM Systems Journal 9(2), 1970.
 *
 * In a kernel: references are seen when reclaim or the scanner looks, so the order is that of the
 * looks, not of each access.
 */
#include <quire/policy.h>

struct lru {
	struct quire_list stack;
};

static void lru_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct lru *lru = quire_priv(pool);

	(void)ghost;
	quire_list_add_tail(pool, &lru->stack, page);
}

static void lru_touch(struct quire_pool *pool, quire_page_t page)
{
	struct lru *lru = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, &lru->stack, page);
	else
		quire_list_to_tail(pool, &lru->stack, page);
}

static quire_page_t lru_victim(struct quire_pool *pool)
{
	struct lru *lru = quire_priv(pool);

	return quire_list_pop(pool, &lru->stack);
}

static void lru_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct lru *lru = quire_priv(pool);

	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, &lru->stack, page);
}

static const char *lru_check(struct quire_pool *pool, u32 limit)
{
	struct lru *lru = quire_priv(pool);

	return quire_list_check(pool, &lru->stack, QUIRE_CONDEMNED | QUIRE_GHOST, 0, &limit);
}

static const struct quire_list_info lru_lists[] = {
	{ "stack", offsetof(struct lru, stack), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(lru) = {
	.name = "lru",
	.about = "least recently used (Denning 1968, Mattson et al. 1970)",
	.pool_size = sizeof(struct lru),
	.relinks = true,
	.ahead = 4,
	.lists = lru_lists,
	.admit = lru_admit,
	.touch = lru_touch,
	.victim = lru_victim,
	.remove = lru_remove,
	.check = lru_check,
};
