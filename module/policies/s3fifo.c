// SPDX-License-Identifier: GPL-2.0
/*
 * S3-FIFO: three queues, no moving on a hit.
 *
 *	  admit, unknown                        admit, from the ghosts
 *	        v                                         v
 *	[ small: 10 % ] -- used twice or more --> [ main: 90 %, 2-bit clock ]
 *	   |                                         |        ^
 *	   v else                                    v victim | used: once more round
 *	[ ghost: names, as many as main holds pages ]
 *
 * Most pages are used once. They pass quickly through the small queue; those used again there, or
 * asked for again soon after they left, go to the main queue, a FIFO with reinsertion. A hit adds
 * one to a counter that stops at 3.
 *
 * Cost: each turn of victim() moves a page that has been used since: O(1) amortised. The worst
 * single call moves all of small to main and turns main three times: 4 pages + 2 steps.
 *
 * Source: J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi, "FIFO queues are all you need for cache
 * eviction", SOSP 2023.
 *
 * As the authors' simulator does, small gives a victim unless main is over its size or small is
 * empty; the paper's listing asks whether small is at its size, which differs only while the pool
 * is not full. In a kernel a page referenced while condemned goes to the end of the queue that it
 * came from, and the reference counts.
 */
#include <quire/policy.h>

enum { S3FIFO_SMALL, S3FIFO_GHOSTS, S3FIFO_MOVE };

#define S3FIFO_COUNT	3u
#define S3FIFO_MAIN	4u
#define S3FIFO_GHOST	8u

struct s3fifo {
	struct quire_list small;
	struct quire_list main;
	struct quire_list ghosts;
};

static struct quire_list *s3fifo_list(struct quire_pool *pool, quire_page_t page)
{
	struct s3fifo *s3 = quire_priv(pool);
	const struct quire_node *node = quire_node(pool, page);

	if (quire_marked(node, S3FIFO_GHOST))
		return &s3->ghosts;
	return quire_marked(node, S3FIFO_MAIN) ? &s3->main : &s3->small;
}

static void s3fifo_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct s3fifo *s3 = quire_priv(pool);

	if (ghost)
		quire_list_del(pool, &s3->ghosts, ghost);
	quire_ghost_trim(pool, &s3->ghosts, quire_share(pool, pool->param[S3FIFO_GHOSTS]));
	quire_mark(quire_node(pool, page), QUIRE_POLICY_BITS, ghost ? S3FIFO_MAIN : 0);
	quire_list_add_tail(pool, ghost ? &s3->main : &s3->small, page);
}

static void s3fifo_touch(struct quire_pool *pool, quire_page_t page)
{
	struct quire_node *node = quire_node(pool, page);
	u32 count = quire_marked(node, S3FIFO_COUNT);

	if (quire_condemned(pool, page))
		quire_list_add_tail(pool, s3fifo_list(pool, page), page);
	if (count < S3FIFO_COUNT)
		quire_mark(node, S3FIFO_COUNT, count + 1);
}

static quire_page_t s3fifo_from_main(struct quire_pool *pool, struct s3fifo *s3)
{
	for (;;) {
		struct quire_node *node = quire_node(pool, quire_list_first(&s3->main));
		u32 count = quire_marked(node, S3FIFO_COUNT);

		QUIRE_STEP(pool);
		if (!count)
			return quire_list_pop(pool, &s3->main);
		quire_mark(node, S3FIFO_COUNT, count - 1);
		quire_list_rotate(pool, &s3->main);
	}
}

static quire_page_t s3fifo_victim(struct quire_pool *pool)
{
	struct s3fifo *s3 = quire_priv(pool);
	u32 small = quire_share(pool, pool->param[S3FIFO_SMALL]);

	if (s3->main.size <= pool->frames - small) {
		quire_page_t page;

		while ((page = quire_list_pop(pool, &s3->small))) {
			struct quire_node *node = quire_node(pool, page);

			QUIRE_STEP(pool);
			if (quire_marked(node, S3FIFO_COUNT) < pool->param[S3FIFO_MOVE])
				return page;
			quire_mark(node, QUIRE_POLICY_BITS, S3FIFO_MAIN);
			quire_list_add_tail(pool, &s3->main, page);
		}
	}
	if (s3->main.size)
		return s3fifo_from_main(pool, s3);
	return quire_list_pop(pool, &s3->small);
}

static void s3fifo_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct s3fifo *s3 = quire_priv(pool);

	if (!quire_condemned(pool, page)) {
		quire_list_del(pool, s3fifo_list(pool, page), page);
	} else if (why == QUIRE_EVICTED && !quire_marked(quire_node(pool, page), S3FIFO_MAIN)) {
		quire_ghost_trim(pool, &s3->ghosts, quire_share(pool, pool->param[S3FIFO_GHOSTS]));
		quire_ghost_keep(pool, &s3->ghosts, page, S3FIFO_GHOST);
	}
}

static const char *s3fifo_check(struct quire_pool *pool, u32 limit)
{
	struct s3fifo *s3 = quire_priv(pool);
	u32 mask = (QUIRE_POLICY_BITS & ~S3FIFO_COUNT) | QUIRE_CONDEMNED | QUIRE_GHOST;
	const char *wrong = quire_list_check(pool, &s3->small, mask, 0, &limit);

	if (!wrong)
		wrong = quire_list_check(pool, &s3->main, mask, S3FIFO_MAIN, &limit);
	if (!wrong)
		wrong = quire_list_check(pool, &s3->ghosts, mask, S3FIFO_GHOST | QUIRE_GHOST,
					 &limit);
	return wrong;
}

static const struct quire_param s3fifo_params[] = {
	[S3FIFO_SMALL] = { "small", "%", "frames for the small queue", 1, 99, 10 },
	[S3FIFO_GHOSTS] = { "ghosts", "%", "names kept of pages that left, in frames", 1, 100, 90 },
	[S3FIFO_MOVE] = { "move", "references", "uses in small that move a page to main", 1, 3, 2 },
};

static const struct quire_list_info s3fifo_lists[] = {
	{ "small", offsetof(struct s3fifo, small), 1, false },
	{ "main", offsetof(struct s3fifo, main), 1, false },
	{ "ghost", offsetof(struct s3fifo, ghosts), 1, true },
	{ }
};

QUIRE_DEFINE_POLICY(s3fifo) = {
	.name = "s3fifo",
	.about = "S3-FIFO, small, main and ghost queues (Yang et al. 2023)",
	.pool_size = sizeof(struct s3fifo),
	.bound = { .steps = 2, .per_page = 4 },
	.params = s3fifo_params,
	.nr_params = QUIRE_COUNT_OF(s3fifo_params),
	.lists = s3fifo_lists,
	.marks = "'\"",
	.admit = s3fifo_admit,
	.touch = s3fifo_touch,
	.victim = s3fifo_victim,
	.remove = s3fifo_remove,
	.check = s3fifo_check,
};
