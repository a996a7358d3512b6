// SPDX-License-Identifier: GPL-2.0
/*
 * WSClock: a clock whose pages carry the time of their last use, and leave the working set by age.
 *
 *	hand = head of the circle
 *	  v
 *	[ R, used at 812 ] [ used at 640 ] [ dirty, used at 90 ] [ used at 101 ] ...
 *	  clear R, now       in the set      old: passed once      old, clean: victim
 *
 * The hand takes the referenced bit and notes the time; a page not referenced for longer than tau
 * is out of its working set and goes, if it is clean. A dirty one is passed, since writing it takes
 * time, and goes if nothing better is found. It has the working set's grasp of what is in use and
 * the clock's price.
 *
 * Cost: victim() looks at no more than 64 pages, or one round if that is less.
 *
 * Source: R. W. Carr, J. L. Hennessy, "WSCLOCK: a simple and effective algorithm for virtual memory
 * management", SOSP 1981.
 *
 * Choices: time is the pool's, in references, not a task's virtual time, because a page of a pool
 * has no one task; tau is as many references as there are frames unless set. The paper goes round
 * until something turns up and then stops a task; a policy can do neither, so after 64 pages the
 * best of those seen goes: old but dirty, else clean, else dirty, else one that was referenced.
 * Writing out is the host's: a dirty page that it cleans goes when the hand is there again.
 */
#include <quire/policy.h>

enum { WSCLOCK_TAU };

#define WSCLOCK_LOOKS 64
#define WSCLOCK_REFERENCED 1u

struct wsclock {
	struct quire_list circle;
};

/* How readily a page goes, the best first. */
enum wsclock_rank { WSCLOCK_OLD, WSCLOCK_OLD_DIRTY, WSCLOCK_CLEAN, WSCLOCK_DIRTY, WSCLOCK_USED };

static void wsclock_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct wsclock *ws = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	(void)ghost;
	node->stamp = quire_now(pool);
	quire_mark(node, QUIRE_POLICY_BITS, 0);
	quire_list_add_tail(pool, &ws->circle, page);
}

static void wsclock_touch(struct quire_pool *pool, quire_page_t page)
{
	struct wsclock *ws = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, &ws->circle, page);
	quire_mark(quire_node(pool, page), WSCLOCK_REFERENCED, WSCLOCK_REFERENCED);
}

/* The hand is at a page: what does it find? */
static enum wsclock_rank wsclock_look(struct quire_pool *pool, struct quire_node *node)
{
	u32 tau = pool->param[WSCLOCK_TAU] ? pool->param[WSCLOCK_TAU] : pool->frames;
	bool dirty = node->bits & QUIRE_DIRTY;

	if (quire_marked(node, WSCLOCK_REFERENCED)) {
		quire_mark(node, WSCLOCK_REFERENCED, 0);
		node->stamp = quire_now(pool);
		return WSCLOCK_USED;
	}
	if (quire_now(pool) - node->stamp > tau)
		return dirty ? WSCLOCK_OLD_DIRTY : WSCLOCK_OLD;
	return dirty ? WSCLOCK_DIRTY : WSCLOCK_CLEAN;
}

static quire_page_t wsclock_victim(struct quire_pool *pool)
{
	struct wsclock *ws = quire_priv(pool);
	u32 looks = ws->circle.size < WSCLOCK_LOOKS ? ws->circle.size : WSCLOCK_LOOKS;
	enum wsclock_rank best_rank = WSCLOCK_USED + 1;
	quire_page_t best = QUIRE_NONE;

	for (; looks; looks--) {
		quire_page_t page = quire_list_first(&ws->circle);
		enum wsclock_rank rank = wsclock_look(pool, quire_node(pool, page));

		QUIRE_STEP(pool);
		if (rank < best_rank) {
			best_rank = rank;
			best = page;
		}
		if (rank == WSCLOCK_OLD)
			break;
		quire_list_rotate(pool, &ws->circle);
	}
	if (best)
		quire_list_del(pool, &ws->circle, best);
	return best;
}

static void wsclock_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct wsclock *ws = quire_priv(pool);

	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, &ws->circle, page);
}

static const char *wsclock_check(struct quire_pool *pool, u32 limit)
{
	struct wsclock *ws = quire_priv(pool);

	return quire_list_check(pool, &ws->circle,
				(QUIRE_POLICY_BITS & ~WSCLOCK_REFERENCED) | QUIRE_CONDEMNED |
				QUIRE_GHOST, 0, &limit);
}

static const struct quire_param wsclock_params[] = {
	[WSCLOCK_TAU] = { "tau", "references", "age out of the working set, 0: as many as frames",
			  0, 1u << 30, 0 },
};

static const struct quire_list_info wsclock_lists[] = {
	{ "circle", offsetof(struct wsclock, circle), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(wsclock) = {
	.name = "wsclock",
	.about = "clock with working-set ages (Carr and Hennessy 1981)",
	.pool_size = sizeof(struct wsclock),
	.bound = { .steps = WSCLOCK_LOOKS },
	.params = wsclock_params,
	.nr_params = QUIRE_COUNT_OF(wsclock_params),
	.ahead = 4,
	.lists = wsclock_lists,
	.marks = "R",
	.admit = wsclock_admit,
	.touch = wsclock_touch,
	.victim = wsclock_victim,
	.remove = wsclock_remove,
	.check = wsclock_check,
};
