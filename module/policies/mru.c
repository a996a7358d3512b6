// SPDX-License-Identifier: GPL-2.0
/*
 * MRU: the page that was used last goes first.
 *
 *	head [ least recently used ... most recently used ] tail
 *	                                                  | ^
 *	                                           victim v | admit, touch
 *
 * The right answer to a loop over more pages than there are frames, where it keeps as much of the
 * loop as fits, and close to the worst for anything else.
 *
 * Cost: no loop in any call.
 *
 * Source: H.-T. Chou, D. J. DeWitt, "An evaluation of buffer management strategies for relational
 * database systems", VLDB 1985.
 *
 * In a kernel: a page is admitted for the access that is about to happen; victim() is not called
 * between the two, so a page is not the victim of its own fault. A window of many victims ahead
 * of need takes the newest pages, of which some may still be in use: those are reprieved. A
 * reference that is found long after it was made (&quire_pool.late) does not make a page the
 * most recently used, and so the next victim: it stays where it is, or goes last if it was
 * condemned.
 */
#include <quire/policy.h>

struct mru {
	struct quire_list stack;
};

static void mru_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct mru *mru = quire_priv(pool);

	(void)ghost;
	quire_list_add_tail(pool, &mru->stack, page);
}

static void mru_touch(struct quire_pool *pool, quire_page_t page)
{
	struct mru *mru = quire_priv(pool);

	if (quire_condemned(pool, page)) {
		if (pool->late)
			quire_list_add_head(pool, &mru->stack, page);
		else
			quire_list_add_tail(pool, &mru->stack, page);
	} else if (!pool->late) {
		quire_list_to_tail(pool, &mru->stack, page);
	}
}

static quire_page_t mru_victim(struct quire_pool *pool)
{
	struct mru *mru = quire_priv(pool);
	quire_page_t page = quire_list_last(pool, &mru->stack);

	if (page)
		quire_list_del(pool, &mru->stack, page);
	return page;
}

static void mru_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct mru *mru = quire_priv(pool);

	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, &mru->stack, page);
}

static const char *mru_check(struct quire_pool *pool, u32 limit)
{
	struct mru *mru = quire_priv(pool);

	return quire_list_check(pool, &mru->stack, QUIRE_CONDEMNED | QUIRE_GHOST, 0, &limit);
}

static const struct quire_list_info mru_lists[] = {
	{ "stack", offsetof(struct mru, stack), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(mru) = {
	.name = "mru",
	.about = "most recently used (Chou and DeWitt 1985)",
	.pool_size = sizeof(struct mru),
	.relinks = true,
	.newest_first = true,
	.lists = mru_lists,
	.admit = mru_admit,
	.touch = mru_touch,
	.victim = mru_victim,
	.remove = mru_remove,
	.check = mru_check,
};
