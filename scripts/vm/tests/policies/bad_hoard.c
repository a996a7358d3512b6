// SPDX-License-Identifier: GPL-2.0
/*
 * Hoards: gives up only the pages that came first, and none that came later while there are such. Each victim
 * is one, but where the kernel never proposes the first pages, all that it does propose is refused.
 */
#include "bad.h"

static unsigned int first_pages = 2048;
module_param(first_pages, uint, 0644);
MODULE_PARM_DESC(first_pages, "how many pages are given up");

#define HOARD_FIRST	1u	/* the mark of a page that came first */

struct hoard {
	struct quire_list first;
	struct quire_list later;
	u32 came;
};

static struct quire_list *hoard_of(struct quire_pool *pool, quire_page_t page)
{
	struct hoard *hoard = quire_priv(pool);

	return quire_marked(quire_node(pool, page), HOARD_FIRST) ? &hoard->first : &hoard->later;
}

static void hoard_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct hoard *hoard = quire_priv(pool);
	bool is_first = hoard->came < READ_ONCE(first_pages);

	hoard->came += is_first;
	quire_mark(quire_node(pool, page), HOARD_FIRST, is_first ? HOARD_FIRST : 0);
	quire_list_add_tail(pool, hoard_of(pool, page), page);
}

static void hoard_touch(struct quire_pool *pool, quire_page_t page)
{
	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, hoard_of(pool, page), page);
}

static quire_page_t hoard_victim(struct quire_pool *pool)
{
	struct hoard *hoard = quire_priv(pool);

	return quire_list_pop(pool, hoard->first.size ? &hoard->first : &hoard->later);
}

static void hoard_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	if (!quire_condemned(pool, page))
		quire_list_del(pool, hoard_of(pool, page), page);
}

static const struct quire_policy_ops bad_hoard = {
	.name = "bad_hoard",
	.about = "a test: gives up only what came first",
	.pool_size = sizeof(struct hoard),
	.admit = hoard_admit,
	.touch = hoard_touch,
	.victim = hoard_victim,
	.remove = hoard_remove,
};
module_driver(bad_hoard, bad_register, quire_unregister_policy);
