// SPDX-License-Identifier: GPL-2.0
/*
 * LIRS: keep the pages whose last two uses were close together.
 *
 *	stack S, newest at the top                          queue Q: resident HIR pages
 *	  top    HIR*  LIR  HIR(ghost)  LIR ... LIR bottom    head [ oldest ... newest ] tail
 *	                                                       v victim
 *
 * The time between the last two uses of a page, counted in other pages, is its inter-reference
 * recency (IRR). Pages of low IRR (LIR) fill all frames but 1 % and are never victims; the others
 * (HIR) pass through Q. S orders by the last use all LIR pages and those HIR pages, resident or
 * gone, that were used after the bottom LIR page: if one of these is used again, its IRR is lower
 * than the bottom's, so the two change places. Loops and scans larger than memory do not wash it
 * out.
 *
 * The stack without a stack: pages enter S at the top when they are used, so S is ordered by the
 * time of the last use, and the bottom is the oldest LIR page. Whether an HIR page is in S is then
 * a comparison: was it used after the bottom was? Pruning S happens by itself, when the bottom
 * changes. So one pair of links is enough for a page that the paper has in S and in Q:
 *
 *	lir [ bottom ... top ]    hir [ Q ]    ghosts [ oldest use ... newest use ]
 *
 * Ghosts enter in the order of their last use too: in Q a page used again is either moved to the
 * tail or, if it was in S, taken out.
 *
 * Cost: a call gives back at the most two ghosts that have left S, one more than a call can add; it
 * has no other loop.
 *
 * Source: S. Jiang, X. Zhang, "LIRS: an efficient low inter-reference recency set replacement
 * policy to improve buffer cache performance", SIGMETRICS 2002.
 *
 * The paper does not bound S; here there are at most as many ghosts as frames, and the one of the
 * oldest use goes first. libCacheSim bounds S to twice the frames, LIR pages included, and makes a
 * LIR page HIR when a page that is in Q alone is used, which the paper does not; its miss counts
 * differ by up to 0.15 % with 100 frames or more and 1.2 % with 20 (measured on 16 synthetic runs).
 * With one frame there is no room for a LIR page and this is FIFO with reinsertion. Ages wrap: a
 * LIR page unused for 2^31 references looks new. In a kernel a page referenced while condemned is
 * treated as the hit in Q that it was.
 */
#include <quire/policy.h>

enum { LIRS_HIR_SHARE };

enum { LIRS_LIR = 1, LIRS_HIR, LIRS_GHOST };

struct lirs {
	struct quire_list lir;
	struct quire_list hir;
	struct quire_list ghosts;
};

static struct quire_list *lirs_list(struct quire_pool *pool, quire_page_t page)
{
	struct lirs *lirs = quire_priv(pool);

	switch (quire_marked(quire_node(pool, page), QUIRE_POLICY_BITS)) {
	case LIRS_LIR:
		return &lirs->lir;
	case LIRS_HIR:
		return &lirs->hir;
	default:
		return &lirs->ghosts;
	}
}

static void lirs_link(struct quire_pool *pool, quire_page_t page, u32 where)
{
	struct lirs *lirs = quire_priv(pool);

	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, where);
	quire_list_add_tail(pool, where == LIRS_LIR ? &lirs->lir : &lirs->hir, page);
}

/* Frames for LIR pages: all but the share of the HIR pages, which is at least one. */
static u32 lirs_limit(struct quire_pool *pool)
{
	return pool->frames - quire_share(pool, pool->param[LIRS_HIR_SHARE]);
}

/* Was this HIR page or ghost used after the bottom of the stack? */
static bool lirs_in_stack(struct quire_pool *pool, struct lirs *lirs, quire_page_t page)
{
	quire_page_t bottom = quire_list_first(&lirs->lir);

	return bottom && quire_before(quire_node(pool, bottom)->stamp,
				      quire_node(pool, page)->stamp);
}

/* The LIR pages are one too many: the bottom becomes the newest of Q. */
static void lirs_limit_lir(struct quire_pool *pool, struct lirs *lirs)
{
	if (lirs->lir.size > lirs_limit(pool))
		lirs_link(pool, quire_list_pop(pool, &lirs->lir), LIRS_HIR);
}

/* Gives back up to two ghosts that have left the stack, or are too many: the oldest first. */
static void lirs_trim_ghosts(struct quire_pool *pool, struct lirs *lirs)
{
	for (u32 i = 0; i < 2; i++) {
		quire_page_t oldest = quire_list_first(&lirs->ghosts);

		if (!oldest || (lirs->ghosts.size <= pool->frames &&
				lirs_in_stack(pool, lirs, oldest)))
			break;
		QUIRE_STEP(pool);
		quire_ghost_drop(pool, &lirs->ghosts);
	}
}

static void lirs_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct lirs *lirs = quire_priv(pool);
	bool low = lirs->lir.size < lirs_limit(pool);

	if (ghost) {
		low |= lirs_in_stack(pool, lirs, ghost);
		quire_list_del(pool, &lirs->ghosts, ghost);
	}
	quire_node(pool, page)->stamp = quire_now(pool);
	lirs_link(pool, page, low ? LIRS_LIR : LIRS_HIR);
	lirs_limit_lir(pool, lirs);
	lirs_trim_ghosts(pool, lirs);
}

static void lirs_touch(struct quire_pool *pool, quire_page_t page)
{
	struct lirs *lirs = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);
	bool low = quire_marked(node, QUIRE_POLICY_BITS) == LIRS_LIR ||
		   lirs_in_stack(pool, lirs, page);

	if (!quire_condemned(pool, page))
		quire_list_del(pool, lirs_list(pool, page), page);
	node->stamp = quire_now(pool);
	lirs_link(pool, page, low ? LIRS_LIR : LIRS_HIR);
	lirs_limit_lir(pool, lirs);
}

static quire_page_t lirs_victim(struct quire_pool *pool)
{
	struct lirs *lirs = quire_priv(pool);

	return quire_list_pop(pool, lirs->hir.size ? &lirs->hir : &lirs->lir);
}

static void lirs_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct lirs *lirs = quire_priv(pool);

	if (!quire_condemned(pool, page)) {
		quire_list_del(pool, lirs_list(pool, page), page);
	} else if (why == QUIRE_EVICTED && lirs_in_stack(pool, lirs, page)) {
		lirs_trim_ghosts(pool, lirs);
		quire_ghost_keep(pool, &lirs->ghosts, page, LIRS_GHOST);
	}
}

static const char *lirs_check(struct quire_pool *pool, u32 limit)
{
	struct lirs *lirs = quire_priv(pool);
	u32 mask = QUIRE_POLICY_BITS | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &lirs->lir, mask, LIRS_LIR, &limit);

	if (!wrong)
		wrong = quire_list_check(pool, &lirs->hir, mask, LIRS_HIR, &limit);
	if (!wrong)
		wrong = quire_list_check(pool, &lirs->ghosts, mask, LIRS_GHOST | QUIRE_GHOST,
					 &limit);
	return wrong;
}

static const struct quire_param lirs_params[] = {
	[LIRS_HIR_SHARE] = { "hir", "%", "frames for pages of high IRR", 1, 99, 1 },
};

static const struct quire_list_info lirs_lists[] = {
	{ "LIR", offsetof(struct lirs, lir), 1, false },
	{ "Q", offsetof(struct lirs, hir), 1, false },
	{ "ghosts", offsetof(struct lirs, ghosts), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(lirs) = {
	.name = "lirs",
	.about = "low inter-reference recency set (Jiang and Zhang 2002)",
	.pool_size = sizeof(struct lirs),
	.bound = { .steps = 2 },
	.params = lirs_params,
	.nr_params = QUIRE_COUNT_OF(lirs_params),
	.relinks = true,
	.lists = lirs_lists,
	.admit = lirs_admit,
	.touch = lirs_touch,
	.victim = lirs_victim,
	.remove = lirs_remove,
	.check = lirs_check,
};
