/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flat host's side of a reference, shared by the loops and the step: written once, with the
 * policy as an argument that is either a constant (and then seen through) or not.
 */
#ifndef QUIRE_FLAT_HOST_H
#define QUIRE_FLAT_HOST_H

#include "engine.h"

/* What the flat host keeps of a pool beside its nodes. */
struct quire_host {
	u32 resident;
	u32 pages;
	size_t nodes_bytes;
	bool started;
};

#define always_inline inline __attribute__((always_inline))

/* The policy gave @victim, which it should not: says so and aborts. */
void flat_broken(const struct quire_policy_ops *ops, quire_page_t victim)
	__attribute__((cold, noreturn));

/* Make room: one page goes. Returns it; *dirty says whether it was. */
static always_inline quire_page_t flat_evict(struct quire_pool *pool,
					     const struct quire_policy_ops *ops, bool *dirty)
{
	quire_page_t victim = ops->victim(pool);
	struct quire_node *node = quire_node(pool, victim);

	/* Page 0 is never resident, so this finds QUIRE_NONE too. */
	if (victim >= pool->handles || !(node->bits & QUIRE_RESIDENT))
		flat_broken(ops, victim);
	*dirty = node->bits & QUIRE_DIRTY;
	node->bits |= QUIRE_CONDEMNED;
	ops->remove(pool, victim, QUIRE_EVICTED);
	node->bits &= ~(QUIRE_CONDEMNED | QUIRE_RESIDENT | QUIRE_DIRTY);
	return victim;
}

/* Bring @page in. Returns true if it was never here before. */
static always_inline bool flat_admit(struct quire_pool *pool, const struct quire_policy_ops *ops,
				     quire_page_t page, bool write)
{
	struct quire_node *node = quire_node(pool, page);
	quire_page_t ghost = QUIRE_NONE;
	bool cold = !(node->bits & QUIRE_SEEN);

	if (node->bits & QUIRE_GHOST) {
		ghost = page;
		pool->ghosts--;
		node->bits &= ~QUIRE_GHOST;
	}
	node->bits |= QUIRE_RESIDENT | QUIRE_SEEN | (write ? QUIRE_DIRTY : 0);
	pool->now++;
	ops->admit(pool, page, ghost);
	return cold;
}

/* @page is resident and was referenced. */
static always_inline void flat_touch(struct quire_pool *pool, const struct quire_policy_ops *ops,
				     quire_page_t page, bool write)
{
	if (write)
		quire_node(pool, page)->bits |= QUIRE_DIRTY;
	pool->now++;
	ops->touch(pool, page);
}

#endif /* QUIRE_FLAT_HOST_H */
