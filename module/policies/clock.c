// SPDX-License-Identifier: GPL-2.0
/*
 * Clock, or second chance: FIFO in which a page that was referenced goes round once more.
 *
 *	      hand = head of the circle
 *	        v
 *	    ... 0 1 1 0 1 ...      1: referenced since the hand was last here
 *
 * The hand takes the bit from each page that has it and stops at the first that has none: the
 * victim. A new page is put behind the hand, with its bit clear. Approaches LRU with one bit, and
 * a hit costs one store.
 *
 * Cost: victim() turns once per page whose bit it takes, each set by a touch: O(1) amortised. The
 * worst single call goes once round and one further: pages + 1 steps.
 *
 * Source: F. J. Corbato, "A paging experiment with the Multics system", MIT Project MAC, 1968.
 */
#include <quire/policy.h>

#define CLOCK_REFERENCED 1u

struct clock {
	struct quire_list circle;
};

static void clock_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct clock *clock = quire_priv(pool);

	(void)ghost;
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, 0);
	quire_list_add_tail(pool, &clock->circle, page);
}

static void clock_touch(struct quire_pool *pool, quire_page_t page)
{
	struct clock *clock = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, &clock->circle, page);
	quire_mark(quire_node(pool, page), CLOCK_REFERENCED, CLOCK_REFERENCED);
}

static quire_page_t clock_victim(struct quire_pool *pool)
{
	struct clock *clock = quire_priv(pool);
	quire_page_t page;

	while ((page = quire_list_first(&clock->circle))) {
		struct quire_node *node = quire_node(pool, page);

		QUIRE_STEP(pool);
		if (!quire_marked(node, CLOCK_REFERENCED))
			break;
		quire_mark(node, CLOCK_REFERENCED, 0);
		quire_list_rotate(pool, &clock->circle);
	}
	return quire_list_pop(pool, &clock->circle);
}

static void clock_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct clock *clock = quire_priv(pool);

	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, &clock->circle, page);
}

static const char *clock_check(struct quire_pool *pool, u32 limit)
{
	struct clock *clock = quire_priv(pool);

	return quire_list_check(pool, &clock->circle, QUIRE_CONDEMNED | QUIRE_GHOST, 0, &limit);
}

static const struct quire_list_info clock_lists[] = {
	{ "circle", offsetof(struct clock, circle), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(clock) = {
	.name = "clock",
	.about = "second chance (Corbato 1968)",
	.pool_size = sizeof(struct clock),
	.bound = { .steps = 1, .per_page = 1 },
	.ahead = 4,
	.lists = clock_lists,
	.marks = "R",
	.admit = clock_admit,
	.touch = clock_touch,
	.victim = clock_victim,
	.remove = clock_remove,
	.check = clock_check,
};
