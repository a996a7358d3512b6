// SPDX-License-Identifier: GPL-2.0
/*
 * CLOCK-Pro: LIRS at the price of a clock; a hit sets a bit and no more.
 *
 * The paper has one clock of hot pages, cold pages and the ghosts of cold pages, and three hands:
 *
 *	HAND_hot    at the hot page of the oldest position; makes unused hot pages cold, and ends
 *	            the test of each cold page that it passes
 *	HAND_cold   at the next resident cold page: where victims come from
 *	HAND_test   ends the oldest tests when there are too many ghosts
 *
 * A cold page is on test from the time it is put behind HAND_hot. If it is used again while on
 * test, resident or not, it becomes hot and the share of the cold pages grows by one; if its test
 * ends before, that share shrinks by one. An unused cold page is evicted; if it is on test, its
 * ghost stays until the test ends.
 *
 * The clock without the clock: pages enter behind HAND_hot only, so the clock is ordered by a
 * number that each entry is given (the stamp), and the three kinds can be three lists:
 *
 *	hot    [ HAND_hot = oldest ... newest ]
 *	cold   [ HAND_cold = next ... newest ]
 *	ghosts [ oldest ... newest ]
 *
 * A page is on test if it entered after test_end, the latest entry that HAND_hot or HAND_test has
 * reached. HAND_cold need not pass the hot pages, which in one clock could be all but a few.
 *
 * Cost: each step of a hand takes a bit that a touch has set, or ends with a hot page made cold for
 * one made hot: O(1) amortised. The worst single call takes all bits: 3 pages + 3 steps.
 *
 * Source: S. Jiang, F. Chen, X. Zhang, "CLOCK-Pro: an effective improvement of the CLOCK
 * replacement", USENIX ATC 2005.
 *
 * Choices: the share of the cold pages starts at its smallest, 1 % as in LIRS, and is at most all
 * frames but one. A test ended by HAND_hot is noticed when its page is next looked at, so the share
 * shrinks a little later than in the paper. In a kernel a page referenced while condemned is
 * treated as HAND_cold treats one with its bit set.
 */
#include <quire/policy.h>

enum { CLOCK_PRO_COLD_MIN };

enum { CLOCK_PRO_HOT = 1, CLOCK_PRO_COLD, CLOCK_PRO_GHOST, CLOCK_PRO_WHERE = 3 };

#define CLOCK_PRO_REFERENCED	4u
#define CLOCK_PRO_TEST		8u	/* a test was begun and its end not yet counted */

struct clock_pro {
	struct quire_list hot;
	struct quire_list cold;
	struct quire_list ghosts;
	u32 cold_target;
	u32 entries;	/* into the clock so far: the number of the last */
	u32 test_end;	/* tests of entries up to this one have ended */
};

static struct quire_list *clock_pro_list(struct quire_pool *pool, quire_page_t page)
{
	struct clock_pro *pro = quire_priv(pool);

	switch (quire_marked(quire_node(pool, page), CLOCK_PRO_WHERE)) {
	case CLOCK_PRO_HOT:
		return &pro->hot;
	case CLOCK_PRO_COLD:
		return &pro->cold;
	default:
		return &pro->ghosts;
	}
}

/* The share of the cold pages within its bounds, which move with the pool's size. */
static u32 clock_pro_cold(struct quire_pool *pool, struct clock_pro *pro)
{
	u32 least = quire_share(pool, pool->param[CLOCK_PRO_COLD_MIN]);
	u32 most = pool->frames > least ? pool->frames - 1 : least;

	if (pro->cold_target < least)
		pro->cold_target = least;
	if (pro->cold_target > most)
		pro->cold_target = most;
	return pro->cold_target;
}

static bool clock_pro_on_test(const struct clock_pro *pro, const struct quire_node *node)
{
	return quire_before(pro->test_end, node->stamp);
}

static void clock_pro_end_tests(struct clock_pro *pro, u32 stamp)
{
	if (quire_before(pro->test_end, stamp))
		pro->test_end = stamp;
}

/* Puts @page behind HAND_hot. */
static void clock_pro_link(struct quire_pool *pool, quire_page_t page, u32 bits)
{
	struct clock_pro *pro = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	node->stamp = ++pro->entries;
	quire_mark(node, QUIRE_POLICY_BITS, bits);
	quire_list_add_tail(pool, clock_pro_list(pool, page), page);
}

/* HAND_hot: makes one hot page cold. */
static void clock_pro_cool(struct quire_pool *pool, struct clock_pro *pro)
{
	quire_page_t page;

	for (;;) {
		struct quire_node *node;

		QUIRE_STEP(pool);
		page = quire_list_first(&pro->hot);
		node = quire_node(pool, page);
		clock_pro_end_tests(pro, node->stamp);
		if (!quire_marked(node, CLOCK_PRO_REFERENCED))
			break;
		quire_mark(node, CLOCK_PRO_REFERENCED, 0);
		node->stamp = ++pro->entries;
		quire_list_rotate(pool, &pro->hot);
	}
	quire_list_del(pool, &pro->hot, page);
	clock_pro_link(pool, page, CLOCK_PRO_COLD);
	if (pro->hot.head)
		clock_pro_end_tests(pro, quire_node(pool, pro->hot.head)->stamp);
}

/* Links @page as hot; if there are too many then, HAND_hot makes room. */
static void clock_pro_heat(struct quire_pool *pool, struct clock_pro *pro, quire_page_t page)
{
	pro->cold_target++;
	clock_pro_link(pool, page, CLOCK_PRO_HOT);
	if (pro->hot.size > pool->frames - clock_pro_cold(pool, pro))
		clock_pro_cool(pool, pro);
}

/* The test of a page or ghost has ended without a use. */
static void clock_pro_failed(struct quire_pool *pool, struct clock_pro *pro)
{
	if (pro->cold_target)
		pro->cold_target--;
	clock_pro_cold(pool, pro);
}

/* A cold page, in no list, was referenced: hot if that was on test, else a new test. */
static void clock_pro_used(struct quire_pool *pool, struct clock_pro *pro, quire_page_t page)
{
	const struct quire_node *node = quire_node(pool, page);

	if (quire_marked(node, CLOCK_PRO_TEST)) {
		if (clock_pro_on_test(pro, node)) {
			clock_pro_heat(pool, pro, page);
			return;
		}
		clock_pro_failed(pool, pro);
	}
	clock_pro_link(pool, page, CLOCK_PRO_COLD | CLOCK_PRO_TEST);
}

/* HAND_test: gives back ghosts whose test has ended, and ends the oldest test of too many. */
static void clock_pro_test(struct quire_pool *pool, struct clock_pro *pro)
{
	for (u32 i = 0; i < 2; i++) {
		quire_page_t oldest = quire_list_first(&pro->ghosts);

		if (!oldest || (pro->ghosts.size <= pool->frames &&
				clock_pro_on_test(pro, quire_node(pool, oldest))))
			break;
		QUIRE_STEP(pool);
		clock_pro_end_tests(pro, quire_node(pool, oldest)->stamp);
		quire_ghost_drop(pool, &pro->ghosts);
		clock_pro_failed(pool, pro);
	}
}

static void clock_pro_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct clock_pro *pro = quire_priv(pool);
	bool tested = false;

	if (ghost) {
		tested = clock_pro_on_test(pro, quire_node(pool, ghost));
		quire_list_del(pool, &pro->ghosts, ghost);
		if (!tested)
			clock_pro_failed(pool, pro);
	}
	if (tested)
		clock_pro_heat(pool, pro, page);
	else
		clock_pro_link(pool, page, CLOCK_PRO_COLD | CLOCK_PRO_TEST);
	clock_pro_test(pool, pro);
}

static void clock_pro_touch(struct quire_pool *pool, quire_page_t page)
{
	if (quire_condemned(pool, page))
		clock_pro_used(pool, quire_priv(pool), page);
	else
		quire_mark(quire_node(pool, page), CLOCK_PRO_REFERENCED, CLOCK_PRO_REFERENCED);
}

static quire_page_t clock_pro_victim(struct quire_pool *pool)
{
	struct clock_pro *pro = quire_priv(pool);

	if (!pro->cold.size && pro->hot.size)
		clock_pro_cool(pool, pro);
	for (;;) {
		quire_page_t page = quire_list_pop(pool, &pro->cold);

		QUIRE_STEP(pool);
		if (!page || !quire_marked(quire_node(pool, page), CLOCK_PRO_REFERENCED))
			return page;
		clock_pro_used(pool, pro, page);
		if (!pro->cold.size)
			clock_pro_cool(pool, pro);
	}
}

static void clock_pro_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct clock_pro *pro = quire_priv(pool);
	const struct quire_node *node = quire_node(pool, page);

	if (!quire_condemned(pool, page)) {
		quire_list_del(pool, clock_pro_list(pool, page), page);
	} else if (why == QUIRE_EVICTED && quire_marked(node, CLOCK_PRO_TEST)) {
		if (clock_pro_on_test(pro, node))
			quire_ghost_keep(pool, &pro->ghosts, page, CLOCK_PRO_GHOST);
		else
			clock_pro_failed(pool, pro);
	}
}

static const char *clock_pro_check(struct quire_pool *pool, u32 limit)
{
	struct clock_pro *pro = quire_priv(pool);
	u32 mask = CLOCK_PRO_WHERE | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &pro->hot, mask, CLOCK_PRO_HOT, &limit);

	if (!wrong)
		wrong = quire_list_check(pool, &pro->cold, mask, CLOCK_PRO_COLD, &limit);
	if (!wrong)
		wrong = quire_list_check(pool, &pro->ghosts, mask, CLOCK_PRO_GHOST | QUIRE_GHOST,
					 &limit);
	return wrong;
}

static const struct quire_param clock_pro_params[] = {
	[CLOCK_PRO_COLD_MIN] = { "cold", "%", "frames for cold pages, at least", 1, 99, 1 },
};

static const struct quire_list_info clock_pro_lists[] = {
	{ "hot", offsetof(struct clock_pro, hot), 1, false },
	{ "cold", offsetof(struct clock_pro, cold), 1, false },
	{ "ghosts", offsetof(struct clock_pro, ghosts), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(clock_pro) = {
	.name = "clock_pro",
	.about = "hot and cold pages under three hands (Jiang, Chen, Zhang 2005)",
	.pool_size = sizeof(struct clock_pro),
	.bound = { .steps = 3, .per_page = 3 },
	.params = clock_pro_params,
	.nr_params = QUIRE_COUNT_OF(clock_pro_params),
	.lists = clock_pro_lists,
	.marks = "  RT",
	.admit = clock_pro_admit,
	.touch = clock_pro_touch,
	.victim = clock_pro_victim,
	.remove = clock_pro_remove,
	.check = clock_pro_check,
};
