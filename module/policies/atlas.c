// SPDX-License-Identifier: GPL-2.0
/*
 * The learning program of the Atlas computer: the first of all replacement policies.
 *
 * For each page it keeps t, how long it has not been used, and T, how long its last period of not
 * being used was. A page used in loops is expected back after T. To go is
 *
 *	1. any page for which t > T + 1: it did not come back when it should have;
 *	2. else, among the pages with t > 0, that of the largest T - t: expected back last;
 *	3. else, all being in use (t = 0), that of the largest T.
 *
 * When a page is used after t > 0, T becomes t and t begins anew. T is kept for pages on the drum
 * too; for a page that comes back it is the time since its last use.
 *
 * No search: with D, the time of the last use plus T, rule 1 is D < now - 1 and rule 2 the largest
 * D, neither of which changes while a page rests. So there is a list for each D, and a list for
 * each T of the pages in use:
 *
 *	in use[T]       used in this tick
 *	waiting[D]      a wheel of 512 ticks
 *	overdue         rule 1
 *
 * A tick joins what was in use to the wheel, and the slot that has passed to the overdue.
 *
 * Cost: a tick makes a step for each T in use, at most 256 and at most one for each page used in
 * the tick: O(1) amortised. victim() reads a bitmap of 13 words. The worst single call is a tick,
 * 256 steps and some.
 *
 * Source: T. Kilburn, D. B. G. Edwards, M. J. Lanigan, F. H. Sumner, "One-level storage system",
 * IRE Transactions on Electronic Computers EC-11(2), 1962.
 *
 * Choices: Atlas counted in periods of 1,024 instructions and had some 32 pages; here a tick is a
 * 16th as many references as there are frames, unless set. T stops at 255 ticks. The time of the
 * last use is kept for as many evicted pages as there are frames; any other comes in with T = 0.
 */
#include <quire/policy.h>

enum { ATLAS_TICK };

#define ATLAS_T_MAX	255u		/* also the mask of T in the marks */
#define ATLAS_GHOST	256u
#define ATLAS_WHEEL	512u
#define ATLAS_WAITING	256u		/* the wheel's first list */
#define ATLAS_OVERDUE	(ATLAS_WAITING + ATLAS_WHEEL)
#define ATLAS_LISTS	(ATLAS_OVERDUE + 1)
#define ATLAS_WORD	64u
#define ATLAS_WORDS	(ATLAS_OVERDUE / ATLAS_WORD + 1)

struct atlas {
	struct quire_list lists[ATLAS_LISTS];
	struct quire_list ghosts;
	u64 used[ATLAS_WORDS];	/* bit i: lists[i] is not empty */
	u32 tick;		/* time in ticks: a page's stamp is the tick of its last use */
	u32 ticked;		/* when, in references */
};

static u32 atlas_place(const struct atlas *atlas, const struct quire_node *node)
{
	u32 t = atlas->tick - node->stamp;
	u32 last_t = quire_marked(node, ATLAS_T_MAX);

	if (!t)
		return last_t;
	if (t <= last_t + 1)
		return ATLAS_WAITING + (node->stamp + last_t) % ATLAS_WHEEL;
	return ATLAS_OVERDUE;
}

static void atlas_set_used(struct atlas *atlas, u32 place)
{
	u64 bit = 1ull << place % ATLAS_WORD;

	if (atlas->lists[place].size)
		atlas->used[place / ATLAS_WORD] |= bit;
	else
		atlas->used[place / ATLAS_WORD] &= ~bit;
}

static void atlas_unlink(struct quire_pool *pool, quire_page_t page)
{
	struct atlas *atlas = quire_priv(pool);
	u32 place = atlas_place(atlas, quire_node(pool, page));

	quire_list_del(pool, &atlas->lists[place], page);
	atlas_set_used(atlas, place);
}

/* Links @page as used in this tick, after @t ticks without use. */
static void atlas_use(struct quire_pool *pool, quire_page_t page, u32 t)
{
	struct atlas *atlas = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);
	u32 last_t = t < ATLAS_T_MAX ? t : ATLAS_T_MAX;

	quire_mark(node, QUIRE_POLICY_BITS, last_t);
	node->stamp = atlas->tick;
	quire_list_add_tail(pool, &atlas->lists[last_t], page);
	atlas_set_used(atlas, last_t);
}

static void atlas_join(struct quire_pool *pool, struct atlas *atlas, u32 to, u32 from)
{
	quire_list_splice(pool, &atlas->lists[to], &atlas->lists[from]);
	atlas_set_used(atlas, to);
	atlas_set_used(atlas, from);
}

static void atlas_tick(struct quire_pool *pool, struct atlas *atlas)
{
	u32 period = pool->param[ATLAS_TICK] ? pool->param[ATLAS_TICK] : pool->frames / 16;

	if (quire_now(pool) - atlas->ticked < period)
		return;
	atlas->ticked = quire_now(pool);
	atlas_join(pool, atlas, ATLAS_OVERDUE, ATLAS_WAITING + (atlas->tick - 1) % ATLAS_WHEEL);
	for (u32 word = 0; word < ATLAS_WAITING / ATLAS_WORD; word++) {
		for (u64 left = atlas->used[word]; left; left &= left - 1) {
			u32 last_t = word * ATLAS_WORD + __builtin_ctzll(left);

			QUIRE_STEP(pool);
			atlas_join(pool, atlas,
				   ATLAS_WAITING + (atlas->tick + last_t) % ATLAS_WHEEL, last_t);
		}
	}
	atlas->tick++;
}

static void atlas_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct atlas *atlas = quire_priv(pool);
	u32 t = 0;

	atlas_tick(pool, atlas);
	if (ghost) {
		t = atlas->tick - quire_node(pool, ghost)->stamp;
		quire_list_del(pool, &atlas->ghosts, ghost);
	}
	atlas_use(pool, page, t);
}

static void atlas_touch(struct quire_pool *pool, quire_page_t page)
{
	struct atlas *atlas = quire_priv(pool);
	const struct quire_node *node = quire_node(pool, page);
	u32 t;

	atlas_tick(pool, atlas);
	t = atlas->tick - node->stamp;
	if (!quire_condemned(pool, page)) {
		if (!t)
			return;
		atlas_unlink(pool, page);
	}
	atlas_use(pool, page, t ? t : quire_marked(node, ATLAS_T_MAX));
}

/* The highest list in use from @low to @high, which lie in the same word; or ATLAS_LISTS. */
static u32 atlas_highest_in_word(const struct atlas *atlas, u32 low, u32 high)
{
	u64 bits = atlas->used[low / ATLAS_WORD];

	bits &= ~0ull << low % ATLAS_WORD;
	bits &= ~0ull >> (ATLAS_WORD - 1 - high % ATLAS_WORD);
	if (!bits)
		return ATLAS_LISTS;
	return low / ATLAS_WORD * ATLAS_WORD + (ATLAS_WORD - 1 - __builtin_clzll(bits));
}

/* The highest list in use from @low to @high, or ATLAS_LISTS. */
static u32 atlas_highest(struct quire_pool *pool, const struct atlas *atlas, u32 low, u32 high)
{
	for (;;) {
		u32 word = high / ATLAS_WORD * ATLAS_WORD;
		u32 place = atlas_highest_in_word(atlas, low > word ? low : word, high);

		QUIRE_STEP(pool);
		if (place != ATLAS_LISTS || word <= low)
			return place;
		high = word - 1;
	}
}

/*
 * The waiting list of the largest D. D lies from tick - 1 on, so the slot of tick - 2 is the end
 * of the wheel: first from there down, then from the top of the array.
 */
static u32 atlas_last_expected(struct quire_pool *pool, const struct atlas *atlas)
{
	u32 end = ATLAS_WAITING + (atlas->tick - 2) % ATLAS_WHEEL;
	u32 place = atlas_highest(pool, atlas, ATLAS_WAITING, end);

	if (place == ATLAS_LISTS && end + 1 < ATLAS_OVERDUE)
		place = atlas_highest(pool, atlas, end + 1, ATLAS_OVERDUE - 1);
	return place;
}

static quire_page_t atlas_victim(struct quire_pool *pool)
{
	struct atlas *atlas = quire_priv(pool);
	u32 place = ATLAS_OVERDUE;
	quire_page_t page;

	if (!atlas->lists[place].size)
		place = atlas_last_expected(pool, atlas);
	if (place == ATLAS_LISTS)
		place = atlas_highest(pool, atlas, 0, ATLAS_T_MAX);
	if (place == ATLAS_LISTS)
		return QUIRE_NONE;
	page = quire_list_first(&atlas->lists[place]);
	atlas_unlink(pool, page);
	return page;
}

static void atlas_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct atlas *atlas = quire_priv(pool);

	if (why == QUIRE_FORGOTTEN) {
		quire_list_del(pool, &atlas->ghosts, page);
	} else if (!quire_condemned(pool, page)) {
		atlas_unlink(pool, page);
	} else if (why == QUIRE_EVICTED) {
		quire_ghost_trim(pool, &atlas->ghosts, pool->frames);
		quire_ghost_keep(pool, &atlas->ghosts, page, ATLAS_GHOST);
	}
}

static const char *atlas_check(struct quire_pool *pool, u32 limit)
{
	struct atlas *atlas = quire_priv(pool);
	u32 mask = ATLAS_GHOST | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &atlas->ghosts, mask, ATLAS_GHOST | QUIRE_GHOST,
					     &limit);

	for (u32 place = 0; !wrong && place < ATLAS_LISTS; place++) {
		const struct quire_list *list = &atlas->lists[place];
		bool used = atlas->used[place / ATLAS_WORD] >> place % ATLAS_WORD & 1;

		wrong = quire_list_check(pool, list, mask, 0, &limit);
		if (wrong)
			break;
		if (used != !!list->size)
			return "a bitmap that disagrees with its lists";
		if (used && atlas_place(atlas, quire_node(pool, list->head)) != place)
			return "a page in another list than its times say";
	}
	return wrong;
}

static int atlas_init(struct quire_pool *pool)
{
	struct atlas *atlas = quire_priv(pool);

	atlas->ticked = quire_now(pool);
	return 0;
}

static const struct quire_param atlas_params[] = {
	[ATLAS_TICK] = { "tick", "references", "unit of t and T, 0: a 16th of the frames",
			 0, 1u << 30, 0 },
};

static const struct quire_list_info atlas_lists[] = {
	{ "in use, by T", offsetof(struct atlas, lists), ATLAS_WAITING, false },
	{ "waiting, by D", offsetof(struct atlas, lists[ATLAS_WAITING]), ATLAS_WHEEL, false },
	{ "overdue", offsetof(struct atlas, lists[ATLAS_OVERDUE]), 1, false },
	{ "drum", offsetof(struct atlas, ghosts), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(atlas) = {
	.name = "atlas",
	.about = "the learning program of the Atlas computer (Kilburn et al. 1962)",
	.pool_size = sizeof(struct atlas),
	.bound = { .steps = ATLAS_T_MAX + 1 },
	.params = atlas_params,
	.nr_params = QUIRE_COUNT_OF(atlas_params),
	.lists = atlas_lists,
	.init = atlas_init,
	.admit = atlas_admit,
	.touch = atlas_touch,
	.victim = atlas_victim,
	.remove = atlas_remove,
	.check = atlas_check,
};
