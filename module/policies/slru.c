// SPDX-License-Identifier: GPL-2.0
/*
 * Segmented LRU: a page must be used twice to be protected.
 *
 *	   admit                      second use
 *	     v                           v
 *	[ probation: LRU ... MRU ]   [ protected: LRU ... MRU ]
 *	  |              ^                  |
 *	  v victim       +------------------+ overflow
 *
 * New pages live on probation, where the victims come from. A page used again there moves to the
 * protected segment; what that cannot hold goes back to the recent end of probation, for one more
 * chance. A scan passes through probation only.
 *
 * Cost: no loop in any call.
 *
 * Source: R. Karedla, J. S. Love, B. G. Wherry, "Caching strategies to improve disk system
 * performance", IEEE Computer 27(3), 1994. The paper leaves the size of the protected segment to
 * be tuned; 80 % is common in practice.
 *
 * Differs from simulators that count more segments or admit into the protected one.
 */
#include <quire/policy.h>

enum { SLRU_PROTECTED };

#define SLRU_IS_PROTECTED 1u

struct slru {
	struct quire_list probation;
	struct quire_list protect;
};

static void slru_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct slru *slru = quire_priv(pool);

	(void)ghost;
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, 0);
	quire_list_add_tail(pool, &slru->probation, page);
}

static struct quire_list *slru_list(struct quire_pool *pool, quire_page_t page)
{
	struct slru *slru = quire_priv(pool);

	return quire_marked(quire_node(pool, page), SLRU_IS_PROTECTED) ?
	       &slru->protect : &slru->probation;
}

static void slru_touch(struct quire_pool *pool, quire_page_t page)
{
	struct slru *slru = quire_priv(pool);

	if (!quire_condemned(pool, page))
		quire_list_del(pool, slru_list(pool, page), page);
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, SLRU_IS_PROTECTED);
	quire_list_add_tail(pool, &slru->protect, page);

	if (slru->protect.size > quire_share(pool, pool->param[SLRU_PROTECTED])) {
		quire_page_t oldest = quire_list_pop(pool, &slru->protect);

		quire_mark(quire_node(pool, oldest), QUIRE_POLICY_BITS, 0);
		quire_list_add_tail(pool, &slru->probation, oldest);
	}
}

static quire_page_t slru_victim(struct quire_pool *pool)
{
	struct slru *slru = quire_priv(pool);

	return quire_list_pop(pool, slru->probation.size ? &slru->probation : &slru->protect);
}

static void slru_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, slru_list(pool, page), page);
}

static const char *slru_check(struct quire_pool *pool, u32 limit)
{
	struct slru *slru = quire_priv(pool);
	u32 mask = QUIRE_POLICY_BITS | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &slru->probation, mask, 0, &limit);

	return wrong ? wrong : quire_list_check(pool, &slru->protect, mask, SLRU_IS_PROTECTED,
						&limit);
}

static const struct quire_param slru_params[] = {
	[SLRU_PROTECTED] = { "protected", "%", "frames for pages used more than once", 1, 99, 80 },
};

static const struct quire_list_info slru_lists[] = {
	{ "probation", offsetof(struct slru, probation), 1, false },
	{ "protected", offsetof(struct slru, protect), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(slru) = {
	.name = "slru",
	.about = "segmented LRU, probation and protected (Karedla, Love, Wherry 1994)",
	.pool_size = sizeof(struct slru),
	.params = slru_params,
	.nr_params = QUIRE_COUNT_OF(slru_params),
	.relinks = true,
	.lists = slru_lists,
	.admit = slru_admit,
	.touch = slru_touch,
	.victim = slru_victim,
	.remove = slru_remove,
	.check = slru_check,
};
