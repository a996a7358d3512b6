// SPDX-License-Identifier: GPL-2.0
/*
 * Random: each resident page is as likely to go as any other.
 *
 *	            1              place 6 is 110 in binary: from the root, after the
 *	         /     \           leading 1, go right (1), then left (0)
 *	       2         3
 *	     4   5     6   7       a new page takes the next place; a page that leaves is
 *	                           replaced by the page in the last place
 *
 * The yardstick: no state to maintain on a hit, no order to be fooled by. A policy that does worse
 * than this on a load does harm there. On a loop it beats LRU.
 *
 * A list cannot be entered at a random place, so the pages are the places of a complete binary
 * tree: next is the left child, prev the right one, stamp the parent.
 *
 * Cost: a place is found in as many steps as its number has binary digits after the first: at the
 * most 31. victim() looks for two places (its own and the last), the other calls for one.
 *
 * Source: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM
 * Systems Journal 5(2), 1966 (RAND). The numbers are the pool's own and reproducible.
 */
#include <quire/policy.h>

struct random_tree {
	quire_page_t root;
	u32 size;
};

/* The page at a place, 1 to size. */
static quire_page_t random_at(struct quire_pool *pool, struct random_tree *tree, u32 place)
{
	quire_page_t page = tree->root;

	for (int bit = 30 - __builtin_clz(place); bit >= 0; bit--) {
		const struct quire_node *node = quire_node(pool, page);

		QUIRE_STEP(pool);
		page = place >> bit & 1 ? node->prev : node->next;
	}
	return page;
}

/* Makes @page the child of @parent in the stead of @old, or the root if there is no parent. */
static void random_set_child(struct quire_pool *pool, struct random_tree *tree,
			     quire_page_t parent, quire_page_t old, quire_page_t page)
{
	struct quire_node *node;

	if (!parent) {
		tree->root = page;
		return;
	}
	node = quire_node(pool, parent);
	if (node->next == old)
		node->next = page;
	else
		node->prev = page;
}

static void random_add(struct quire_pool *pool, quire_page_t page)
{
	struct random_tree *tree = quire_priv(pool);
	struct quire_node *node = quire_node(pool, page);
	u32 place = ++tree->size;

	node->next = QUIRE_NONE;
	node->prev = QUIRE_NONE;
	node->stamp = place > 1 ? random_at(pool, tree, place / 2) : QUIRE_NONE;
	random_set_child(pool, tree, node->stamp, QUIRE_NONE, page);
}

static void random_del(struct quire_pool *pool, quire_page_t page)
{
	struct random_tree *tree = quire_priv(pool);
	quire_page_t last = random_at(pool, tree, tree->size--);
	struct quire_node *node = quire_node(pool, page);
	struct quire_node *other = quire_node(pool, last);

	random_set_child(pool, tree, other->stamp, last, QUIRE_NONE);
	if (last == page)
		return;
	other->next = node->next;
	other->prev = node->prev;
	other->stamp = node->stamp;
	random_set_child(pool, tree, node->stamp, page, last);
	if (other->next)
		quire_node(pool, other->next)->stamp = last;
	if (other->prev)
		quire_node(pool, other->prev)->stamp = last;
}

static void random_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	(void)ghost;
	random_add(pool, page);
}

static void random_touch(struct quire_pool *pool, quire_page_t page)
{
	if (quire_condemned(pool, page))
		random_add(pool, page);
}

static quire_page_t random_victim(struct quire_pool *pool)
{
	struct random_tree *tree = quire_priv(pool);
	quire_page_t page;

	if (!tree->size)
		return QUIRE_NONE;
	page = random_at(pool, tree, 1 + quire_random_below(pool, tree->size));
	random_del(pool, page);
	return page;
}

static void random_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	(void)why;
	if (!quire_condemned(pool, page))
		random_del(pool, page);
}

static const char *random_check(struct quire_pool *pool, u32 limit)
{
	struct random_tree *tree = quire_priv(pool);

	if (!tree->root != !tree->size)
		return "an empty tree with a size";
	if (tree->root && !quire_has_node(pool, tree->root))
		return "a root that is no page";
	/* Parents come before their children, so the way to a place has been checked. */
	for (u32 place = 1; place <= tree->size && place <= limit; place++) {
		quire_page_t page = random_at(pool, tree, place);
		const struct quire_node *node = quire_node(pool, page);

		if (node->bits & (QUIRE_CONDEMNED | QUIRE_GHOST))
			return "a page in the tree that is not resident";
		if (!node->next != (place > tree->size / 2) ||
		    !node->prev != (place > (tree->size - 1) / 2))
			return "a tree that is not complete";
		if ((node->next && !quire_has_node(pool, node->next)) ||
		    (node->prev && !quire_has_node(pool, node->prev)))
			return "a child that is no page";
		if ((node->next && quire_node(pool, node->next)->stamp != page) ||
		    (node->prev && quire_node(pool, node->prev)->stamp != page))
			return "a child with another parent";
	}
	return NULL;
}

QUIRE_DEFINE_POLICY(random) = {
	.name = "random",
	.about = "any page (RAND, Belady 1966)",
	.pool_size = sizeof(struct random_tree),
	.bound = { .steps = 62 },
	.ahead = 4,
	.admit = random_admit,
	.touch = random_touch,
	.victim = random_victim,
	.remove = random_remove,
	.check = random_check,
};
