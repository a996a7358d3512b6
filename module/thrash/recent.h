/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recent evictions: of which pages, and for whom.
 */
#ifndef QUIRE_THRASH_RECENT_H
#define QUIRE_THRASH_RECENT_H

#include <linux/types.h>

/**
 * struct quire_recent - an eviction that is remembered; -1: nothing is known of it
 * @distance_pages: so many pages have been evicted since
 * @away_ms:	how long ago it was
 * @tgid:	for whom, 0 if that is not known
 */
struct quire_recent {
	s64 distance_pages;
	s64 away_ms;
	u32 tgid;
};

int quire_recent_start(unsigned long memory_pages, unsigned int max_bits);
void quire_recent_stop(void);
void quire_recent_note(u64 page, u32 tgid);
unsigned int quire_recent_take(u64 page, struct quire_recent *recent);

#endif
