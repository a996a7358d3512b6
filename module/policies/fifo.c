// SPDX-License-Identifier: GPL-2.0
/*
 * FIFO: the page that came in first goes first.
 *
 *	head [ oldest ... newest ] tail
 *	  |                          ^
 *	  v victim                   | admit
 *
 * A reference changes nothing, so a hit costs nothing; the price is that the most used page goes
 * as surely as any other, and that more frames can mean more faults (Belady's anomaly).
 *
 * Cost: no loop in any call.
 *
 * Source: L. A. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM
 * Systems Journal 5(2), 1966; the anomaly: L. A. Belady, R. A. Nelson, G. S. Shedler, "An anomaly
 * in space-time characteristics of certain programs running in a paging machine", CACM 12(6), 1969.
 *
 * In a kernel: a victim that was referenced while it was condemned comes back as the newest, since
 * the host does not evict it; with a window of one page that never happens.
 */
#include <quire/policy.h>

struct fifo {
	struct quire_list queue;
};

static void fifo_admit(struct quire_pool *pool, quire_page_t page, quire_page_t ghost)
{
	struct fifo *fifo = quire_priv(pool);

	(void)ghost;
	quire_list_add_tail(pool, &fifo->queue, page);
}

static void fifo_touch(struct quire_pool *pool, quire_page_t page)
{
	if (quire_condemned(pool, page))
		fifo_admit(pool, page, QUIRE_NONE);
}

static quire_page_t fifo_victim(struct quire_pool *pool)
{
	struct fifo *fifo = quire_priv(pool);

	return quire_list_pop(pool, &fifo->queue);
}

static void fifo_remove(struct quire_pool *pool, quire_page_t page, enum quire_why why)
{
	struct fifo *fifo = quire_priv(pool);

	(void)why;
	if (!quire_condemned(pool, page))
		quire_list_del(pool, &fifo->queue, page);
}

static const char *fifo_check(struct quire_pool *pool, u32 limit)
{
	struct fifo *fifo = quire_priv(pool);

	return quire_list_check(pool, &fifo->queue, QUIRE_CONDEMNED | QUIRE_GHOST, 0, &limit);
}

static const struct quire_list_info fifo_lists[] = {
	{ "queue", offsetof(struct fifo, queue), 1, false },
	{ }
};

QUIRE_DEFINE_POLICY(fifo) = {
	.name = "fifo",
	.about = "first in, first out (Belady 1966)",
	.pool_size = sizeof(struct fifo),
	.ahead = 4,
	.lists = fifo_lists,
	.admit = fifo_admit,
	.touch = fifo_touch,
	.victim = fifo_victim,
	.remove = fifo_remove,
	.check = fifo_check,
};
