// SPDX-License-Identifier: GPL-2.0
/*
 * Gives rubbish for victims: handles that are none, that have no node, that are not in the pool, or
 * that were given before, and now and then a good one.
 */
#include "bad.h"

static quire_page_t rubbish_victim(struct quire_pool *pool)
{
	struct bad *bad = quire_priv(pool);

	switch (bad->calls++ % 6) {
	case 0:
		return U32_MAX;
	case 1:
		return pool->handles + quire_random_below(pool, 1 << 20);
	case 2:
		return quire_random(pool);
	case 3:
		return pool->handles - 1 - quire_random_below(pool, 64);	/* ghosts */
	case 4:
		return 1 + quire_random_below(pool, 255);	/* the first MiB */
	default:
		return bad_victim(pool);
	}
}

static const struct quire_policy_ops bad_rubbish = {
	.name = "bad_rubbish",
	.about = "a test: gives rubbish for victims",
	.pool_size = sizeof(struct bad),
	.admit = bad_admit,
	.touch = bad_touch,
	.victim = rubbish_victim,
	.remove = bad_remove,
};
module_driver(bad_rubbish, bad_register, quire_unregister_policy);
