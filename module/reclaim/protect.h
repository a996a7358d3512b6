/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Protection: pages that are to stay, whatever chooses the victims.
 */
#ifndef QUIRE_PROTECT_H
#define QUIRE_PROTECT_H

#include <linux/spinlock.h>
#include "policy/guard.h"
#include "reclaim/reclaim.h"

struct folio;
struct quire_scope;

/**
 * struct quire_protect - what is protected in a scope, and how that goes
 * @lock:	around @guard and the counts
 * @wanted:	see there
 * @guard:	bounds what may be refused, as it does for a policy
 * @kept:	proposed pages that stayed
 * @native:	those that the guard left to the kernel
 * @pages:	of the scope, by kind; reckoned at @pages_at
 * @pages_at:	jiffies
 */
struct quire_protect {
	spinlock_t lock;
	struct quire_protection wanted;
	struct quire_guard guard;
	u64 kept;
	u64 native;
	unsigned long pages[QUIRE_KINDS];
	unsigned long pages_at;
};

void quire_protect_init(struct quire_protect *protect);
bool quire_protects(struct quire_scope *scope, struct folio *folio);
void quire_protect_gone(struct quire_protect *protect, bool own);
bool quire_protect_yields(struct quire_protect *protect);
void quire_protect_used(unsigned long pfn);
void quire_protect_put(unsigned long pfn, unsigned long generation);

#endif
