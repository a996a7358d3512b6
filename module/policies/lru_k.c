// SPDX-License-Identifier: GPL-2.0
/*
 * LRU-2: the page whose second to last use lies furthest back goes first.
 *
 *	once  [ used once, LRU ... MRU ]      distance infinite: these go first, in LRU order
 *	heap  [ by the time of the second to last use ]   then the smallest time
 *	ghosts [ oldest ... newest ]          what is remembered of evicted pages
 *
 * The last use says only when a page was popular for a moment; the one before says how often it
 * comes. A page used once has an infinite backward distance and goes before any other. So that a
 * page can earn its second use over more than one stay, the time of its last use is kept after it
 * has left.
 *
 * The heap: keys enter it only at or above the last that was taken out, so a radix heap will do:
 * list i holds the keys whose highest bit that differs from the last taken is bit i - 1. To find
 * the smallest, the lowest list in use is spread over the lists below it; a page moves down at
 * most 32 times in its stay.
 *
 * Cost: O(1) amortised, for a constant of 32. The worst single call spreads one list: 2 steps a
 * page.
 *
 * Source: E. J. O'Neil, P. E. O'Neil, G. Weikum, "The LRU-K page replacement algorithm for
 * database disk buffering", SIGMOD 1993.
 *
 * Choices: the correlated reference period is 0 unless set; with it, uses closer than that to the
 * one before only renew the last use, but do not shield the page from eviction. History is retained
 * for as many pages as there are frames, not for a time. A page that returns with a last use older
 * than the last key taken gets that key: it stands before all others, and among its like in the
 * order of arrival. The last use of a page with two uses is kept in 23 bits: one that rests for
 * more than 8,388,608 references is taken to have been used later than it was.
 */
#include <quire/policy.h>

enum { LRU_K_CORRELATED };

#define LRU_K_LISTS	33u
#define LRU_K_LAST	0x7fffffu	/* of a page used twice: its last use, low bits */
#define LRU_K_TWICE	0x800000u	/* in the heap: the stamp is the second to last use */

struct lru_k {
	struct quire_list heap[LRU_K_LISTS];
	struct quire_list once;
	struct quire_list ghosts;
	u64 used;	/* bit i: heap[i] is not empty */
	u32 taken;	/* the last key taken, a lower bound of all in the heap */
};

static u32 lru_k_place(const struct lru_k *k, u32 key)
{
	u32 differ = key ^ k->taken;

	return differ ? 32 - __builtin_clz(differ) : 0;
}

static void lru_k_link(struct quire_pool *pool, quire_page_t page)
{
	struct lru_k *k = quire_priv(pool);
	const struct quire_node *node = quire_node(pool, page);
	u32 place;

	if (!quire_marked(node, LRU_K_TWICE)) {
		quire_list_add_tail(pool, &k->once, page);
		return;
	}
	place = lru_k_place(k, node->stamp);
	quire_list_add_tail(pool, &k->heap[place], page);
	k->used |= 1ull << place;
}

static void lru_k_unlink(struct quire_pool *pool, quire_page_t page)
{
	struct lru_k *k = quire_priv(pool);
	const struct quire_node *node = quire_node(pool, page);

	if (quire_marked(node, LRU_K_TWICE)) {
		u32 place = lru_k_place(k, node->stamp);

		quire_list_del(pool, &k->heap[place], page);
		if (!k->heap[place].size)
			k->used &= ~(1ull << place);
	} else {
		quire_list_del(pool, node->bits & QUIRE_GHOST ? &k->ghosts : &k->once, page);
	}
}

/* The time of the last use: the latest that has these bits and is not after now. */
static u32 lru_k_last(const struct quire_pool *pool, const struct quire_node *node)
{
	u32 now = quire_now(pool);

	if (!quire_marked(node, LRU_K_TWICE))
		return node->stamp;
	return now - ((now - quire_marked(node, LRU_K_LAST)) & LRU_K_LAST);
}

/* The page is used now and was used at @last before. */
static void lru_k_set_twice(struct quire_pool *pool, quire_page_t page, u32 last)
{
	struct lru_k *k = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	node->stamp = quire_before(last, k->taken) ? k->taken : last;
	quire_mark(node, QUIRE_POLICY_BITS, LRU_K_TWICE | (quire_now(pool) & LRU_K_LAST));
}

static void lru_k_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct lru_k *k = quire_priv(pool);

	if (ghost) {
		u32 last = quire_node(pool, ghost)->stamp;

		quire_list_del(pool, &k->ghosts, ghost);
		lru_k_set_twice(pool, page, last);
	} else {
		quire_node(pool, page)->stamp = quire_now(pool);
		quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, 0);
	}
	lru_k_link(pool, page);
}

static void lru_k_touch(struct quire_pool *pool, quire_page_t page)
{
	struct quire_node *node = quire_node(pool, page);
	u32 last = lru_k_last(pool, node);

	if (!quire_condemned(pool, page))
		lru_k_unlink(pool, page);
	if (quire_now(pool) - last > pool->param[LRU_K_CORRELATED])
		lru_k_set_twice(pool, page, last);
	else if (quire_marked(node, LRU_K_TWICE))
		quire_mark(node, LRU_K_LAST, quire_now(pool) & LRU_K_LAST);
	else
		node->stamp = quire_now(pool);
	lru_k_link(pool, page);
}

/* Spreads the lowest list in use, so that the smallest keys are in heap[0]. */
static void lru_k_settle(struct quire_pool *pool, struct lru_k *k)
{
	u32 place = __builtin_ctzll(k->used);
	struct quire_list list = k->heap[place];
	quire_page_t page = list.head;
	u32 least = quire_node(pool, page)->stamp;

	for (u32 i = 0; i < list.size; i++) {
		const struct quire_node *node = quire_node(pool, page);

		QUIRE_STEP(pool);
		if (quire_before(node->stamp, least))
			least = node->stamp;
		page = node->next;
	}
	k->taken = least;
	k->used &= ~(1ull << place);
	k->heap[place] = (struct quire_list){ 0 };
	for (u32 i = 0; i < list.size; i++) {
		quire_page_t next = quire_node(pool, page)->next;

		QUIRE_STEP(pool);
		lru_k_link(pool, page);
		page = next;
	}
}

static quire_page_t lru_k_victim(struct quire_pool *pool)
{
	struct lru_k *k = quire_priv(pool);
	quire_page_t page = quire_list_pop(pool, &k->once);

	if (page || !k->used)
		return page;
	if (!k->heap[0].size)
		lru_k_settle(pool, k);
	page = quire_list_first(&k->heap[0]);
	lru_k_unlink(pool, page);
	return page;
}

static void lru_k_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct lru_k *k = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	if (!quire_condemned(pool, page)) {
		lru_k_unlink(pool, page);
	} else if (why == QUIRE_EVICTED) {
		node->stamp = lru_k_last(pool, node);
		quire_ghost_trim(pool, &k->ghosts, pool->frames);
		quire_ghost_keep(pool, &k->ghosts, page, 0);
	}
}

static const char *lru_k_check(struct quire_pool *pool, u32 limit)
{
	struct lru_k *k = quire_priv(pool);
	u32 state = QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &k->once, QUIRE_POLICY_BITS | state, 0, &limit);

	if (!wrong)
		wrong = quire_list_check(pool, &k->ghosts, QUIRE_POLICY_BITS | state, QUIRE_GHOST,
					 &limit);
	for (u32 place = 0; !wrong && place < LRU_K_LISTS; place++) {
		const struct quire_list *list = &k->heap[place];

		wrong = quire_list_check(pool, list, LRU_K_TWICE | state, LRU_K_TWICE, &limit);
		if (wrong)
			break;
		if ((k->used >> place & 1) != !!list->size)
			return "a bitmap that disagrees with its lists";
		if (list->head && lru_k_place(k, quire_node(pool, list->head)->stamp) != place)
			return "a page in the wrong place of the heap";
	}
	return wrong;
}

static int lru_k_init(struct quire_pool *pool)
{
	struct lru_k *k = quire_priv(pool);

	k->taken = quire_now(pool);
	return 0;
}

static const struct quire_param lru_k_params[] = {
	[LRU_K_CORRELATED] = { "correlated", "references", "uses closer than this count as one",
			       0, 1u << 20, 0 },
};

static const struct quire_list_info lru_k_lists[] = {
	{ "once", offsetof(struct lru_k, once), 1, false },
	{ "twice", offsetof(struct lru_k, heap), LRU_K_LISTS, false },
	{ "ghosts", offsetof(struct lru_k, ghosts), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(lru_k) = {
	.name = "lru_k",
	.about = "LRU-2, by the second to last use (O'Neil, O'Neil, Weikum 1993)",
	.pool_size = sizeof(struct lru_k),
	.bound = { .per_page = 2 },
	.params = lru_k_params,
	.nr_params = QUIRE_COUNT_OF(lru_k_params),
	.relinks = true,
	.ahead = 4,
	.lists = lru_k_lists,
	.init = lru_k_init,
	.admit = lru_k_admit,
	.touch = lru_k_touch,
	.victim = lru_k_victim,
	.remove = lru_k_remove,
	.check = lru_k_check,
};
