// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps everything: there is never a victim.
 */
#include "bad.h"

static quire_page_t keep_victim(struct quire_pool *pool)
{
	return QUIRE_NONE;
}

static const struct quire_policy_ops bad_keep = {
	.name = "bad_keep",
	.about = "a test: keeps everything",
	.pool_size = sizeof(struct bad),
	.admit = bad_admit,
	.touch = bad_touch,
	.victim = keep_victim,
	.remove = bad_remove,
};
module_driver(bad_keep, bad_register, quire_unregister_policy);
