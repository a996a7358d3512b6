/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The balance set: who is to run, so that all that run have the memory that they need.
 *
 * Nothing here knows of processes: the suites in kunit/ run the same code.
 */
#ifndef QUIRE_THRASH_BALANCE_H
#define QUIRE_THRASH_BALANCE_H

#include <linux/types.h>
#include "quire/abi.h"

#define QUIRE_NOBODY	(-1)

/**
 * struct quire_unit - what is suspended as a whole: a process, or a cgroup
 * @need_pages:	its working set; of one that is suspended, what it was before
 * @since_ms:	for how long it has run, or been suspended
 * @suspended:	by us
 * @spared:	it must not be suspended
 * @limit:	which cgroup's limit holds its memory, by the cgroup's number; 0: none is reached
 * @limit_pages: and is how much
 * @suffers:	it is not calm
 */
struct quire_unit {
	u64 need_pages;
	u64 since_ms;
	u64 limit;
	u64 limit_pages;
	bool suspended;
	bool spared;
	bool suffers;
};

/**
 * struct quire_room - what there is for the units
 * @state:	the verdict on the machine
 * @memory_pages: memory for all of them
 * @other_pages: what those need that are no units
 * @quantum_ms:	for how long one is suspended at the most, while others wait for their turn
 * @moved_ms:	how long ago one was suspended or resumed
 */
struct quire_room {
	enum quire_thrash_state state;
	u64 memory_pages;
	u64 other_pages;
	u64 quantum_ms;
	u64 moved_ms;
};

/**
 * struct quire_move - what to do
 * @suspend:	the unit with this index, or QUIRE_NOBODY; first, so that there is room
 * @resume:	likewise
 */
struct quire_move {
	int suspend;
	int resume;
};

u64 quire_balance_needed(const struct quire_room *room, const struct quire_unit *unit,
			 unsigned int units, u64 limit);
void quire_balance_choose(const struct quire_room *room, const struct quire_unit *unit,
			  unsigned int units, struct quire_move *move);

#endif
