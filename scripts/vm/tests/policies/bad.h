/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the misbehaving policies have in common: a sound FIFO, and the module around the policy.
 */
#ifndef BAD_H
#define BAD_H

#include <linux/device/driver.h>
#include <linux/module.h>
#include <quire/register.h>

struct bad {
	struct quire_list list;
	u32 calls;
};

static inline void bad_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct bad *bad = quire_priv(pool);

	quire_list_add_tail(pool, &bad->list, page);
}

static inline void bad_touch(struct quire_pool *pool, quire_page_t page)
{
	struct bad *bad = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, &bad->list, page);
}

static inline quire_page_t bad_victim(struct quire_pool *pool)
{
	struct bad *bad = quire_priv(pool);

	return quire_list_pop(pool, &bad->list);
}

static inline void bad_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct bad *bad = quire_priv(pool);

	if (!quire_condemned(pool, page))
		quire_list_del(pool, &bad->list, page);
}

/* For module_driver(), with quire_unregister_policy(). */
static inline int bad_register(const struct quire_policy_ops *ops)
{
	return quire_register_policy(ops, THIS_MODULE);
}

MODULE_DESCRIPTION("A policy that misbehaves, for tests");
MODULE_LICENSE("GPL");

#endif
