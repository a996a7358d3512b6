// SPDX-License-Identifier: GPL-2.0
/*
 * The balance set.
 *
 * P. J. Denning, "The Working Set Model for Program Behavior", CACM 11(5), 1968: let in as many
 * programs as have their working sets in memory together, and keep the others out for a while.
 *
 *	memory	|-----------------------|
 *	needed	| A       | B       | C       |		thrashing: C is suspended
 *	needed	| A       | B       |			and resumed when it fits,
 *	needed	| A       | C       |			or after a quantum in turn for B
 *
 * One at a time, and not before it is seen what that has done: those who stay must first get their pages
 * back. While the working sets still do not fit that is soon; once they do, it takes longer.
 */
#include <linux/kernel.h>
#include "thrash/balance.h"

#define QUIRE_SETTLE_MS		2000	/* between two moves, if what runs does not fit */
#define QUIRE_PATIENCE_MS	6000	/* if it should */

/**
 * quire_balance_needed - the sum of the working sets of those who run
 * @room:	what others need is in it
 * @unit:	the units
 * @units:	how many
 */
u64 quire_balance_needed(const struct quire_room *room, const struct quire_unit *unit,
			 unsigned int units)
{
	u64 needed = room->other_pages;
	unsigned int i;

	for (i = 0; i < units; i++) {
		if (!unit[i].suspended)
			needed += unit[i].need_pages;
	}
	return needed;
}

/* Whether somebody would have it better if this one did not run: not who needs too much by himself. */
static bool quire_helps_others(const struct quire_unit *unit, unsigned int units, unsigned int but,
			       u64 memory)
{
	unsigned int i;

	for (i = 0; i < units; i++) {
		if (i != but && !unit[i].suspended && unit[i].suffers && unit[i].need_pages <= memory)
			return true;
	}
	return false;
}

/*
 * Who frees most of what is wanted; of those who free as much, who has run for longest, so that
 * it is everybody's turn. With @memory, only if that helps others.
 */
static int quire_whom_to_suspend(const struct quire_unit *unit, unsigned int units, u64 wanted,
				 u64 memory)
{
	int best = QUIRE_NOBODY;
	u64 frees, most = 0;
	unsigned int i;

	for (i = 0; i < units; i++) {
		frees = min(unit[i].need_pages, wanted);
		if (unit[i].suspended || unit[i].spared || !frees || frees < most)
			continue;
		if (memory && !quire_helps_others(unit, units, i, memory))
			continue;
		if (frees == most && unit[i].since_ms <= unit[best].since_ms)
			continue;
		most = frees;
		best = i;
	}
	return best;
}

static int quire_longest_suspended(const struct quire_unit *unit, unsigned int units)
{
	int longest = QUIRE_NOBODY;
	unsigned int i;

	for (i = 0; i < units; i++) {
		if (unit[i].suspended &&
		    (longest == QUIRE_NOBODY || unit[i].since_ms > unit[longest].since_ms))
			longest = i;
	}
	return longest;
}

/**
 * quire_balance_choose - whom to suspend, and whom to resume
 * @room:	what there is
 * @unit:	the units
 * @units:	how many
 * @move:	filled in
 */
void quire_balance_choose(const struct quire_room *room, const struct quire_unit *unit,
			  unsigned int units, struct quire_move *move)
{
	u64 needed = quire_balance_needed(room, unit, units), memory = room->memory_pages;
	bool thrashing = room->state == QUIRE_THRASHING, turn;
	u64 wanted;
	int next;

	*move = (struct quire_move){ QUIRE_NOBODY, QUIRE_NOBODY };
	if (room->moved_ms < QUIRE_SETTLE_MS)
		return;
	if (thrashing && (needed > memory || room->moved_ms >= QUIRE_PATIENCE_MS)) {
		/* Where it should fit and does not, some working set is not known well. */
		wanted = needed > memory ? needed - memory : U64_MAX;
		move->suspend = quire_whom_to_suspend(unit, units, wanted, memory);
		if (move->suspend != QUIRE_NOBODY)
			return;
	}
	next = quire_longest_suspended(unit, units);
	if (next == QUIRE_NOBODY)
		return;
	needed += unit[next].need_pages;
	/* With much room, at once; else it waits, for it may need more than was seen. */
	turn = unit[next].since_ms >= room->quantum_ms && room->moved_ms >= room->quantum_ms;
	if (!turn && (thrashing || needed > memory - memory / 4))
		return;
	move->resume = next;
	if (needed > memory)
		move->suspend = quire_whom_to_suspend(unit, units, needed - memory, 0);
}
