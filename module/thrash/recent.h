/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recent evictions: of which pages, and for whom.
 */
#ifndef QUIRE_THRASH_RECENT_H
#define QUIRE_THRASH_RECENT_H

#include <linux/types.h>

int quire_recent_start(unsigned long memory_pages, unsigned int max_bits);
void quire_recent_stop(void);
void quire_recent_note(u64 page, u32 tgid);
unsigned int quire_recent_take(u64 page, u32 *tgid);

#endif
