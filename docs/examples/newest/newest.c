// SPDX-License-Identifier: GPL-2.0
/*
 * newest: the page that came in last goes first.
 *
 *	oldest [ page ... page ] newest
 *	                       | ^
 *	                victim v | admit
 *
 * For a loop over more pages than there is memory for: what is in memory stays, and the rest of
 * the loop takes turns in the few frames at the end of the list. When the loop has gone its pages
 * stay, too, so for most other work this is a bad policy.
 */
#include <linux/module.h>
#include <quire/register.h>

struct newest {
	struct quire_list list;
};

static void newest_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct newest *newest = quire_priv(pool);

	quire_list_add_tail(pool, &newest->list, page);
}

/* A page that had been given up is in use: it is not given up again as soon. */
static void newest_touch(struct quire_pool *pool, quire_page_t page)
{
	struct newest *newest = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_head(pool, &newest->list, page);
}

static quire_page_t newest_victim(struct quire_pool *pool)
{
	struct newest *newest = quire_priv(pool);
	quire_page_t page = quire_list_last(pool, &newest->list);

	if (page)
		quire_list_del(pool, &newest->list, page);
	return page;
}

static void newest_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct newest *newest = quire_priv(pool);

	if (!quire_condemned(pool, page))
		quire_list_del(pool, &newest->list, page);
}

static const struct quire_policy_ops newest_policy = {
	.name = "newest",
	.about = "the page that came in last goes first (an example)",
	.pool_size = sizeof(struct newest),
	.admit = newest_admit,
	.touch = newest_touch,
	.victim = newest_victim,
	.remove = newest_remove,
};

static int __init newest_start(void)
{
	return quire_register_policy(&newest_policy, THIS_MODULE);
}
module_init(newest_start);

static void __exit newest_stop(void)
{
	quire_unregister_policy(&newest_policy);
}
module_exit(newest_stop);

MODULE_DESCRIPTION("A page-replacement policy for quire");
MODULE_LICENSE("GPL");
