// SPDX-License-Identifier: GPL-2.0
/*
 * NRU, not recently used: four classes by two bits, the lowest class goes first.
 *
 *	class 0   not referenced, clean     [ oldest ... ]   <- victim
 *	class 1   not referenced, dirty     [ oldest ... ]
 *	class 2   referenced, clean         [ oldest ... ]
 *	class 3   referenced, dirty         [ oldest ... ]
 *
 * Every so many references all referenced bits are cleared at once, so "referenced" means: since
 * the last clearing. A clean page costs no write, so of two pages not in use it goes first.
 *
 * Clearing all bits is joining list 2 to list 0 and 3 to 1; a page knows by its stamp, the number
 * of the period in which it was last used, which of the two it is in.
 *
 * Cost: no loop but one: victim() looks at up to 16 pages that the host has cleaned or dirtied
 * since they were linked, and moves each to its class; then it takes what it finds.
 *
 * Source: the textbook's form, A. S. Tanenbaum, "Modern Operating Systems", of what paged
 * time-sharing systems of the 1960s and 70s did.
 *
 * The textbook takes any page of the class and clears by the clock's tick; here it is the page
 * longest in its class, and the period is counted in references, as many as there are frames
 * unless set. A kernel's dirty bits are those known when the page was last looked at.
 */
#include <quire/policy.h>

enum { NRU_PERIOD };

#define NRU_LOOKS 16
#define NRU_DIRTY 1u		/* linked among the dirty pages */

struct nru {
	struct quire_list lists[4];	/* by class */
	u32 epoch;
	u32 cleared;			/* when */
};

static struct quire_list *nru_list(struct quire_pool *pool, const struct quire_node *node)
{
	struct nru *nru = quire_priv(pool);
	u32 referenced = node->stamp == nru->epoch ? 2 : 0;

	return &nru->lists[referenced + quire_marked(node, NRU_DIRTY)];
}

static u32 nru_dirty(const struct quire_node *node)
{
	return (node->bits & QUIRE_DIRTY) ? NRU_DIRTY : 0;
}

static void nru_link(struct quire_pool *pool, quire_page_t page)
{
	struct quire_node *node = quire_node(pool, page);

	quire_mark(node, QUIRE_POLICY_BITS, nru_dirty(node));
	quire_list_add_tail(pool, nru_list(pool, node), page);
}

/* Clears all referenced bits if it is time. */
static void nru_tick(struct quire_pool *pool, struct nru *nru)
{
	u32 period = pool->param[NRU_PERIOD] ? pool->param[NRU_PERIOD] : pool->frames;

	if (quire_now(pool) - nru->cleared < period)
		return;
	nru->cleared = quire_now(pool);
	nru->epoch++;
	quire_list_splice(pool, &nru->lists[0], &nru->lists[2]);
	quire_list_splice(pool, &nru->lists[1], &nru->lists[3]);
}

static void nru_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct nru *nru = quire_priv(pool);

	(void)ghost;
	nru_tick(pool, nru);
	quire_node(pool, page)->stamp = nru->epoch;
	nru_link(pool, page);
}

static void nru_touch(struct quire_pool *pool, quire_page_t page)
{
	struct nru *nru = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	nru_tick(pool, nru);
	if (!quire_condemned(pool, page)) {
		if (node->stamp == nru->epoch && quire_marked(node, NRU_DIRTY) == nru_dirty(node))
			return;
		quire_list_del(pool, nru_list(pool, node), page);
	}
	node->stamp = nru->epoch;
	nru_link(pool, page);
}

/* The first page of the lowest class, or QUIRE_NONE. */
static quire_page_t nru_lowest(const struct nru *nru)
{
	const struct quire_list *list = nru->lists;

	if (!list->head)
		list = &nru->lists[1];
	if (!list->head)
		list = &nru->lists[2];
	if (!list->head)
		list = &nru->lists[3];
	return list->head;
}

static quire_page_t nru_victim(struct quire_pool *pool)
{
	struct nru *nru = quire_priv(pool);
	quire_page_t page = nru_lowest(nru);

	for (u32 look = 0; page && look < NRU_LOOKS; look++) {
		struct quire_node *node = quire_node(pool, page);

		QUIRE_STEP(pool);
		if (quire_marked(node, NRU_DIRTY) == nru_dirty(node))
			break;
		quire_list_del(pool, nru_list(pool, node), page);
		nru_link(pool, page);
		page = nru_lowest(nru);
	}
	if (page)
		quire_list_del(pool, nru_list(pool, quire_node(pool, page)), page);
	return page;
}

static void nru_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, nru_list(pool, quire_node(pool, page)), page);
}

static const char *nru_check(struct quire_pool *pool, u32 limit)
{
	struct nru *nru = quire_priv(pool);
	u32 mask = QUIRE_POLICY_BITS | QUIRE_CONDEMNED | QUIRE_GHOST;

	for (u32 class = 0; class < 4; class++) {
		const struct quire_list *list = &nru->lists[class];
		const char *wrong = quire_list_check(pool, list, mask, class & 1, &limit);

		if (wrong)
			return wrong;
		if (list->head && nru_list(pool, quire_node(pool, list->head)) != list)
			return "a page in another class than its period says";
	}
	return NULL;
}

static const struct quire_param nru_params[] = {
	[NRU_PERIOD] = { "period", "references", "between two clearings, 0: as many as frames",
			 0, 1u << 30, 0 },
};

static const struct quire_list_info nru_lists[] = {
	{ "class", offsetof(struct nru, lists), 4, false },
	{ }
};

static int nru_init(struct quire_pool *pool)
{
	struct nru *nru = quire_priv(pool);

	nru->cleared = quire_now(pool);
	return 0;
}

QUIRE_DEFINE_POLICY(nru) = {
	.name = "nru",
	.about = "not recently used, four classes (textbook form)",
	.pool_size = sizeof(struct nru),
	.bound = { .steps = NRU_LOOKS },
	.params = nru_params,
	.nr_params = QUIRE_COUNT_OF(nru_params),
	.ahead = 4,
	.lists = nru_lists,
	.init = nru_init,
	.admit = nru_admit,
	.touch = nru_touch,
	.victim = nru_victim,
	.remove = nru_remove,
	.check = nru_check,
};
