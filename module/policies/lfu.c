// SPDX-License-Identifier: GPL-2.0
/*
 * LFU: the page that was used the fewest times goes first; of equals, the one longest at its count.
 *
 *	lists[1]  [ oldest ... newest ]   <- admit
 *	lists[2]  [ ... ]                 <- touch: one list up
 *	   ...
 *	lists[1023] [ used 1023 times or more, LRU ... MRU ]
 *
 * Good where popularity does not change; a page that was popular once stays for long.
 *
 * Cost: a touch moves the page by one list. The lowest list in use is found in a bitmap of two
 * levels, so no call has a loop.
 *
 * Source: in-cache LFU, e.g. D. Lee et al., "LRFU", IEEE Transactions on Computers 50(12), 2001;
 * lists by frequency: K. Shah, A. Mitra, D. Matani, "An O(1) algorithm for implementing the LFU
 * cache eviction scheme", 2010.
 *
 * A page's count begins anew when it comes back. Counts stop at 1023, because lists are not
 * allocated as counts appear: victims are those of unbounded counts as long as any page in the
 * pool was used less often. In a kernel a page referenced while condemned keeps its count and gets
 * one more.
 */
#include <quire/policy.h>

#define LFU_LISTS 1024u
#define LFU_COUNT (LFU_LISTS - 1)
#define LFU_WORD 64u

struct lfu {
	struct quire_list lists[LFU_LISTS];
	u64 used[LFU_LISTS / LFU_WORD];	/* bit f: lists[f] is not empty */
	u32 words;			/* bit w: used[w] is not 0 */
};

static void lfu_link(struct quire_pool *pool, quire_page_t page, u32 count)
{
	struct lfu *lfu = quire_priv(pool);

	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, count);
	quire_list_add_tail(pool, &lfu->lists[count], page);
	lfu->used[count / LFU_WORD] |= 1ull << count % LFU_WORD;
	lfu->words |= 1u << count / LFU_WORD;
}

static void lfu_unlink(struct quire_pool *pool, quire_page_t page, u32 count)
{
	struct lfu *lfu = quire_priv(pool);

	quire_list_del(pool, &lfu->lists[count], page);
	if (lfu->lists[count].size)
		return;
	lfu->used[count / LFU_WORD] &= ~(1ull << count % LFU_WORD);
	if (!lfu->used[count / LFU_WORD])
		lfu->words &= ~(1u << count / LFU_WORD);
}

static void lfu_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	(void)ghost;
	lfu_link(pool, page, 1);
}

static void lfu_touch(struct quire_pool *pool, quire_page_t page)
{
	u32 count = quire_marked(quire_node(pool, page), LFU_COUNT);

	if (!quire_condemned(pool, page))
		lfu_unlink(pool, page, count);
	lfu_link(pool, page, count < LFU_COUNT ? count + 1 : LFU_COUNT);
}

static quire_page_t lfu_victim(struct quire_pool *pool)
{
	struct lfu *lfu = quire_priv(pool);
	quire_page_t page;
	u32 word, count;

	if (!lfu->words)
		return QUIRE_NONE;
	word = __builtin_ctz(lfu->words);
	count = word * LFU_WORD + __builtin_ctzll(lfu->used[word]);
	page = quire_list_first(&lfu->lists[count]);
	lfu_unlink(pool, page, count);
	return page;
}

static void lfu_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		lfu_unlink(pool, page, quire_marked(quire_node(pool, page), LFU_COUNT));
}

static const char *lfu_check(struct quire_pool *pool, u32 limit)
{
	struct lfu *lfu = quire_priv(pool);
	u32 mask = QUIRE_POLICY_BITS | QUIRE_CONDEMNED | QUIRE_GHOST;

	for (u32 count = 0; count < LFU_LISTS; count++) {
		const char *wrong = quire_list_check(pool, &lfu->lists[count], mask, count, &limit);
		bool used = lfu->used[count / LFU_WORD] >> count % LFU_WORD & 1;

		if (wrong)
			return wrong;
		if (used != !!lfu->lists[count].size)
			return "a bitmap that disagrees with its lists";
	}
	return NULL;
}

static const struct quire_list_info lfu_lists[] = {
	{ "used", offsetof(struct lfu, lists), LFU_LISTS, false },
	{ }
};

QUIRE_DEFINE_POLICY(lfu) = {
	.name = "lfu",
	.about = "least frequently used (lists by count: Shah, Mitra, Matani 2010)",
	.pool_size = sizeof(struct lfu),
	.relinks = true,
	.ahead = 4,
	.lists = lfu_lists,
	.admit = lfu_admit,
	.touch = lfu_touch,
	.victim = lfu_victim,
	.remove = lfu_remove,
	.check = lfu_check,
};
