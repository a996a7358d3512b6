// SPDX-License-Identifier: GPL-2.0
/*
 * Aging (NFU with aging): a byte of history a page; the smallest goes first.
 *
 *	tick     0          1          2            R is shifted in from the left
 *	R        1          0          1
 *	history  10000000   01000000   10100000
 *
 * At each tick all histories are shifted right and the referenced bit comes in on the left. So
 * the history says when a page was used, the recent past weighing most, at the grain of a tick and
 * eight ticks back: LRU in steps, and among pages used as lately, the more often used stays.
 *
 * Shifting all at once: pages are in a list by their value, the referenced bit above the history;
 * a tick joins lists 2i and 2i + 1 to list i, and the page's own copy of its value is shifted when
 * it is looked at, by the ticks that have passed since it was written.
 *
 *	lists[0 ... 511]:  R h h h h h h h h
 *
 * Cost: a tick costs a step for each list in use, at most 511 and at most one for each page, once
 * in as many references as there are frames: O(1) amortised. No other call has a loop of more than
 * the 8 words of the bitmap.
 *
 * Source: A. S. Tanenbaum, "Modern Operating Systems"; a software form of the shift registers in
 * P. J. Denning's survey "Virtual memory", ACM Computing Surveys 2(3), 1970.
 *
 * The textbook ticks by the clock; here a tick is counted in references, as many as there are
 * frames unless set. Of equal histories the page that came first into its list goes first.
 */
#include <quire/policy.h>

enum { AGING_PERIOD };

#define AGING_LISTS 512u
#define AGING_VALUE (AGING_LISTS - 1)
#define AGING_REFERENCED (AGING_LISTS / 2)
#define AGING_WORD 64u
#define AGING_WORDS (AGING_LISTS / AGING_WORD)

struct aging {
	struct quire_list lists[AGING_LISTS];	/* by value */
	u64 used[AGING_WORDS];			/* bit v: lists[v] is not empty */
	u32 epoch;
	u32 ticked;				/* when */
};

/* A page's value now: what was written, less the ticks since. */
static u32 aging_value(const struct aging *aging, const struct quire_node *node)
{
	u32 ticks = aging->epoch - node->stamp;

	return ticks < 9 ? quire_marked(node, AGING_VALUE) >> ticks : 0;
}

static void aging_link(struct quire_pool *pool, quire_page_t page, u32 value)
{
	struct aging *aging = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);

	quire_mark(node, QUIRE_POLICY_BITS, value);
	node->stamp = aging->epoch;
	quire_list_add_tail(pool, &aging->lists[value], page);
	aging->used[value / AGING_WORD] |= 1ull << value % AGING_WORD;
}

static void aging_unlink(struct quire_pool *pool, quire_page_t page)
{
	struct aging *aging = quire_priv(pool);
	u32 value = aging_value(aging, quire_node(pool, page));

	quire_list_del(pool, &aging->lists[value], page);
	if (!aging->lists[value].size)
		aging->used[value / AGING_WORD] &= ~(1ull << value % AGING_WORD);
}

/* Shifts all histories if it is time. Low values first: a list is joined to an emptied one. */
static void aging_tick(struct quire_pool *pool, struct aging *aging)
{
	u32 period = pool->param[AGING_PERIOD] ? pool->param[AGING_PERIOD] : pool->frames;

	if (quire_now(pool) - aging->ticked < period)
		return;
	aging->ticked = quire_now(pool);
	aging->epoch++;
	for (u32 word = 0; word < AGING_WORDS; word++) {
		/* 0 shifted is 0: that list stays, and its bit with it. */
		u64 left = word ? aging->used[word] : aging->used[0] & ~1ull;

		aging->used[word] &= ~left;
		for (; left; left &= left - 1) {
			u32 value = word * AGING_WORD + __builtin_ctzll(left);
			u32 half = value / 2;

			QUIRE_STEP(pool);
			quire_list_splice(pool, &aging->lists[half], &aging->lists[value]);
			aging->used[half / AGING_WORD] |= 1ull << half % AGING_WORD;
		}
	}
}

static void aging_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	(void)ghost;
	aging_tick(pool, quire_priv(pool));
	aging_link(pool, page, AGING_REFERENCED);
}

static void aging_touch(struct quire_pool *pool, quire_page_t page)
{
	struct aging *aging = quire_priv(pool);
	u32 value;

	aging_tick(pool, aging);
	value = aging_value(aging, quire_node(pool, page));
	if (!quire_condemned(pool, page)) {
		if (value & AGING_REFERENCED)
			return;
		aging_unlink(pool, page);
	}
	aging_link(pool, page, value | AGING_REFERENCED);
}

static quire_page_t aging_victim(struct quire_pool *pool)
{
	struct aging *aging = quire_priv(pool);

	for (u32 word = 0; word < AGING_WORDS; word++) {
		quire_page_t page;

		QUIRE_STEP(pool);
		if (!aging->used[word])
			continue;
		page = quire_list_first(&aging->lists[word * AGING_WORD +
						      __builtin_ctzll(aging->used[word])]);
		aging_unlink(pool, page);
		return page;
	}
	return QUIRE_NONE;
}

static void aging_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		aging_unlink(pool, page);
}

static const char *aging_check(struct quire_pool *pool, u32 limit)
{
	struct aging *aging = quire_priv(pool);

	for (u32 value = 0; value < AGING_LISTS; value++) {
		const struct quire_list *list = &aging->lists[value];
		const char *wrong = quire_list_check(pool, list, QUIRE_CONDEMNED | QUIRE_GHOST, 0,
						     &limit);
		bool used = aging->used[value / AGING_WORD] >> value % AGING_WORD & 1;

		if (wrong)
			return wrong;
		if (used != !!list->size)
			return "a bitmap that disagrees with its lists";
		if (used && aging_value(aging, quire_node(pool, list->head)) != value)
			return "a page in a list with another's value";
	}
	return NULL;
}

static int aging_init(struct quire_pool *pool)
{
	struct aging *aging = quire_priv(pool);

	aging->ticked = quire_now(pool);
	return 0;
}

static const struct quire_param aging_params[] = {
	[AGING_PERIOD] = { "period", "references", "between two ticks, 0: as many as frames",
			   0, 1u << 30, 0 },
};

static const struct quire_list_info aging_lists[] = {
	{ "history", offsetof(struct aging, lists), AGING_LISTS, false },
	{ }
};

QUIRE_DEFINE_POLICY(aging) = {
	.name = "aging",
	.about = "not frequently used, with aging (textbook form)",
	.pool_size = sizeof(struct aging),
	.bound = { .steps = AGING_LISTS },
	.params = aging_params,
	.nr_params = QUIRE_COUNT_OF(aging_params),
	.ahead = 4,
	.lists = aging_lists,
	.init = aging_init,
	.admit = aging_admit,
	.touch = aging_touch,
	.victim = aging_victim,
	.remove = aging_remove,
	.check = aging_check,
};
