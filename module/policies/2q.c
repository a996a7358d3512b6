// SPDX-License-Identifier: GPL-2.0
/*
 * 2Q, the full version: a page must come back after it has left to count as hot.
 *
 *	                 admit, unknown                admit, from A1out
 *	                        v                              v
 *	[ A1in: FIFO, Kin = 25 % ]         [ Am: LRU ... MRU, the rest ]
 *	   |                                  |             ^
 *	   v victim while longer than Kin     v victim      | touch
 *	[ A1out: ghosts, FIFO, Kout = 50 % ]
 *
 * References that follow each other closely are one use, so a page in A1in gains nothing by being
 * used. When it drops out, its name is kept in A1out; only a page that returns while its name is
 * there enters Am. A scan passes through A1in and leaves Am alone.
 *
 * Cost: no loop in any call.
 *
 * Source: T. Johnson, D. Shasha, "2Q: a low overhead high performance buffer management
 * replacement algorithm", VLDB 1994.
 *
 * In a kernel, and here: room is made before it is known which page comes in, so the page's name
 * may still be in A1out when another is put there; A1out is cut to Kout only after the name has
 * been looked up, which gives the paper's result. A page referenced while condemned goes to the
 * recent end of the list that it came from.
 */
#include <quire/policy.h>

enum { TWO_Q_KIN, TWO_Q_KOUT };

enum { TWO_Q_A1IN = 1, TWO_Q_AM, TWO_Q_A1OUT };

struct two_q {
	struct quire_list a1in;
	struct quire_list am;
	struct quire_list a1out;
};

static struct quire_list *two_q_list(struct quire_pool *pool, quire_page_t page)
{
	struct two_q *q = quire_priv(pool);

	switch (quire_marked(quire_node(pool, page), QUIRE_POLICY_BITS)) {
	case TWO_Q_A1IN:
		return &q->a1in;
	case TWO_Q_AM:
		return &q->am;
	default:
		return &q->a1out;
	}
}

static void two_q_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct two_q *q = quire_priv(pool);
	u32 where = ghost ? TWO_Q_AM : TWO_Q_A1IN;

	if (ghost)
		quire_list_del(pool, &q->a1out, ghost);
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, where);
	quire_list_add_tail(pool, ghost ? &q->am : &q->a1in, page);
}

static void two_q_touch(struct quire_pool *pool, quire_page_t page)
{
	struct two_q *q = quire_priv(pool);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, two_q_list(pool, page), page);
	else if (quire_marked(quire_node(pool, page), QUIRE_POLICY_BITS) == TWO_Q_AM)
		quire_list_to_tail(pool, &q->am, page);
}

static quire_page_t two_q_victim(struct quire_pool *pool)
{
	struct two_q *q = quire_priv(pool);
	bool from_a1in = q->a1in.size > quire_share(pool, pool->param[TWO_Q_KIN]) || !q->am.size;

	return quire_list_pop(pool, from_a1in ? &q->a1in : &q->am);
}

static void two_q_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct two_q *q = quire_priv(pool);

	if (!quire_condemned(pool, page)) {
		quire_list_del(pool, two_q_list(pool, page), page);
	} else if (why == QUIRE_EVICTED &&
		   quire_marked(quire_node(pool, page), QUIRE_POLICY_BITS) == TWO_Q_A1IN) {
		quire_ghost_trim(pool, &q->a1out, quire_share(pool, pool->param[TWO_Q_KOUT]));
		quire_ghost_keep(pool, &q->a1out, page, TWO_Q_A1OUT);
	}
}

static const char *two_q_check(struct quire_pool *pool, u32 limit)
{
	struct two_q *q = quire_priv(pool);
	u32 mask = QUIRE_POLICY_BITS | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &q->a1in, mask, TWO_Q_A1IN, &limit);

	if (!wrong)
		wrong = quire_list_check(pool, &q->am, mask, TWO_Q_AM, &limit);
	if (!wrong)
		wrong = quire_list_check(pool, &q->a1out, mask, TWO_Q_A1OUT | QUIRE_GHOST, &limit);
	return wrong;
}

static const struct quire_param two_q_params[] = {
	[TWO_Q_KIN] = { "kin", "%", "frames for pages that are new", 1, 99, 25 },
	[TWO_Q_KOUT] = { "kout", "%", "names kept of pages that left, in frames", 1, 100, 50 },
};

static const struct quire_list_info two_q_lists[] = {
	{ "A1in", offsetof(struct two_q, a1in), 1, false },
	{ "Am", offsetof(struct two_q, am), 1, false },
	{ "A1out", offsetof(struct two_q, a1out), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(2q) = {
	.name = "2q",
	.about = "2Q, full version (Johnson and Shasha 1994)",
	.pool_size = sizeof(struct two_q),
	.params = two_q_params,
	.nr_params = QUIRE_COUNT_OF(two_q_params),
	.relinks = true,
	.lists = two_q_lists,
	.admit = two_q_admit,
	.touch = two_q_touch,
	.victim = two_q_victim,
	.remove = two_q_remove,
	.check = two_q_check,
};
