/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The verdict: from what was lost in each look at a process, or at the machine, to a state.
 *
 * Nothing here knows of the kernel's memory: the suites in kunit/ run the same code.
 */
#ifndef QUIRE_THRASH_VERDICT_H
#define QUIRE_THRASH_VERDICT_H

#include <linux/types.h>
#include "quire/abi.h"

#define QUIRE_LOOKS		4	/* that a state rests on: a second of them by default */

/**
 * struct quire_loss - what happened between two looks
 * @elapsed_ns:	how long that was
 * @waited_ns:	time lost in waits for pages that had been evicted
 * @reclaim_ns:	time lost in looking for free memory
 * @worked_ns:	time of CPUs that was not lost
 * @refaults:	pages that came back soon after their eviction
 * @evictions:	pages that were evicted, in all of the machine
 * @full:	at its end no memory was free but what reclaim keeps free: for what comes in, something goes
 */
struct quire_loss {
	u64 elapsed_ns;
	u64 waited_ns;
	u64 reclaim_ns;
	u64 worked_ns;
	u64 refaults;
	u64 evictions;
	bool full;
};

/**
 * struct quire_judge - what a state rests on; begins as zeros
 * @loss:	of the last looks
 * @last:	which of them is the newest
 * @heavy:	a bit for each look, the newest is bit 0: it thrashed
 * @light:	likewise: memory was short
 * @state:	of now
 * @state_ns:	how long that has been the state
 */
struct quire_judge {
	struct quire_loss loss[QUIRE_LOOKS];
	unsigned int last;
	u8 heavy;
	u8 light;
	enum quire_thrash_state state;
	u64 state_ns;
};

void quire_judge_look(struct quire_judge *judge, const struct quire_loss *loss, u64 interval_ns);
void quire_judge_window(const struct quire_judge *judge, struct quire_loss *sum);
u32 quire_stalled_permille(const struct quire_loss *loss);
u32 quire_lost_permille(const struct quire_loss *loss);

#endif
