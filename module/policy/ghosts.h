/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ghosts: what is remembered of pages that were evicted, for all pools.
 */
#ifndef QUIRE_GHOSTS_H
#define QUIRE_GHOSTS_H

#include "quire/policy.h"

u32 quire_ghosts_most(void);
int quire_ghosts_grow(u32 nr);
void quire_ghosts_stop(void);
u32 quire_ghosts_all(void);
quire_page_t quire_ghost_new(unsigned int pool, u64 identity);
quire_page_t quire_ghost_find(unsigned int pool, u64 identity);
bool quire_ghost_release(unsigned int pool, quire_page_t ghost);
void quire_ghosts_release_all(unsigned int pool);

#endif
