/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the kernel's two sets of page lists reclaim uses.
 */
#ifndef QUIRE_LRU_H
#define QUIRE_LRU_H

#include <linux/mm_types.h>

#define QUIRE_LRU_TEXT	16

void quire_lru_look(char *text);
const char *quire_lru(void);
int quire_lru_set(bool classic, const char *now);
int quire_lru_restore(void);
bool quire_lru_is_ours(void);
bool quire_lru_is_turned(void);
bool quire_lru_is_drained(struct folio *folio);

#endif
