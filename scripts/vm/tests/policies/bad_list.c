// SPDX-License-Identifier: GPL-2.0
/*
 * Corrupts its list: one page in 512 is linked twice, which cuts what lies between out of the circle
 * and has the policy hand out pages that it had handed out before. Its check() sees the damage.
 */
#include "bad.h"

static void list_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct bad *bad = quire_priv(pool);

	quire_list_add_tail(pool, &bad->list, page);
	if (++bad->calls % 512 == 0)
		quire_list_add_tail(pool, &bad->list, quire_list_first(&bad->list));
}

static const char *list_check(struct quire_pool *pool, u32 limit)
{
	struct bad *bad = quire_priv(pool);

	return quire_list_check(pool, &bad->list, QUIRE_CONDEMNED | QUIRE_GHOST, 0, &limit);
}

static const struct quire_policy_ops bad_list = {
	.name = "bad_list",
	.about = "a test: corrupts its list",
	.pool_size = sizeof(struct bad),
	.admit = list_admit,
	.touch = bad_touch,
	.victim = bad_victim,
	.remove = bad_remove,
	.check = list_check,
};
module_driver(bad_list, bad_register, quire_unregister_policy);
