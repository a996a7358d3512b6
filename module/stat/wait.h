/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a task is waiting for, and since when.
 */
#ifndef QUIRE_WAIT_H
#define QUIRE_WAIT_H

#include <linux/sched.h>
#include <linux/types.h>

enum quire_wait_kind {
	QUIRE_WAIT_SWAP_IN,	/* getting a page from swap */
	QUIRE_WAIT_RECLAIM,	/* reclaiming memory itself */
	QUIRE_WAIT_MEMORY,	/* what the kernel calls a memory stall (PSI) */
	QUIRE_NR_WAITS
};

/**
 * struct quire_wait - a task that waits
 * @since_ns:	when each kind began; valid while its depth is not 0
 * @depth:	how often each kind has begun and not ended
 * @reclaim_ns:	time in reclaim since the task got this slot
 * @reclaimed_before: @reclaim_ns when each kind began
 * @compacting:	memory was compacted since QUIRE_WAIT_MEMORY began
 * @missing:	a page had to be read or waited for since QUIRE_WAIT_SWAP_IN began
 */
struct quire_wait {
	u64 since_ns[QUIRE_NR_WAITS];
	u64 reclaimed_before[QUIRE_NR_WAITS];
	u64 reclaim_ns;
	u8 depth[QUIRE_NR_WAITS];
	bool compacting;
	bool missing;
};

/**
 * struct quire_pending - what tasks of a process have lost in waits that go on
 * @tgid:	the process
 * @waited_ns:	for pages that had been evicted
 * @reclaim_ns:	in reclaim
 */
struct quire_pending {
	u32 tgid;
	u64 waited_ns;
	u64 reclaim_ns;
};

int quire_waits_start(void);
void quire_waits_stop(void);
struct quire_wait *quire_wait_current(void);
struct quire_wait *quire_wait_begin(enum quire_wait_kind kind);
u64 quire_wait_end(struct quire_wait *wait, enum quire_wait_kind kind, u64 *reclaim_ns);
void quire_wait_forget(void);
u64 quire_waits_missed(void);
unsigned int quire_waits_pending(struct quire_pending *pending, unsigned int max);

#endif
