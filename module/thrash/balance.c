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
 * A cgroup that has reached its own limit thrashes by itself, however much memory the machine has. Its limit is
 * then the memory, and only who is held to it is in the way: the same is done within it. Who is held
 * to two limits is taken for held to the lower cgroup's alone.
 *
 * One at a time, and not before it is seen what that has done: those who stay must first get their pages
 * back. While the working sets still do not fit that is soon; once they do, it takes longer.
 */
#include <linux/kernel.h>
#include "thrash/balance.h"

#define QUIRE_SETTLE_MS		2000	/* between two moves, if what runs does not fit */
#define QUIRE_PATIENCE_MS	6000	/* if it should */

/* Whether a unit uses memory of a cgroup that is at its limit, or of the machine. */
static bool quire_is_within(const struct quire_unit *unit, u64 limit)
{
	return !limit || unit->limit == limit;
}

/* What a unit has in memory at the most. */
static u64 quire_holds(const struct quire_unit *unit)
{
	return unit->limit ? min(unit->need_pages, unit->limit_pages) : unit->need_pages;
}

/* Whether no unit before this one runs within its limit. */
static bool quire_is_first_within(const struct quire_unit *unit, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < at; i++) {
		if (!unit[i].suspended && unit[i].limit == unit[at].limit)
			return false;
	}
	return true;
}

/**
 * quire_balance_needed - the sum of the working sets of those who run
 * @room:	what others need is in it
 * @unit:	the units
 * @units:	how many
 * @limit:	only of those who are held to this one; 0: of all, and what others need
 *
 * Of the machine's memory those who are held to a limit use no more than that, whatever they need.
 */
u64 quire_balance_needed(const struct quire_room *room, const struct quire_unit *unit,
			 unsigned int units, u64 limit)
{
	u64 needed = limit ? 0 : room->other_pages;
	unsigned int i;

	for (i = 0; i < units; i++) {
		if (unit[i].suspended || !quire_is_within(&unit[i], limit))
			continue;
		if (limit || !unit[i].limit)
			needed += unit[i].need_pages;
		else if (quire_is_first_within(unit, i))
			needed += min(quire_balance_needed(room, unit, units, unit[i].limit),
				      unit[i].limit_pages);
	}
	return needed;
}

/*
 * Whether somebody would have it better if this one did not run: not who needs too much by himself, nor
 * who lacks memory of another limit.
 */
static bool quire_helps_others(const struct quire_unit *unit, unsigned int units, unsigned int but,
			       u64 limit, u64 memory)
{
	unsigned int i;

	for (i = 0; i < units; i++) {
		if (i != but && !unit[i].suspended && unit[i].suffers && unit[i].limit == limit &&
		    unit[i].need_pages <= memory)
			return true;
	}
	return false;
}

/*
 * Who frees most of what is wanted within a limit; of those who free as much, who has run for longest,
 * so that it is everybody's turn. With @memory, only if that helps others.
 */
static int quire_whom_to_suspend(const struct quire_unit *unit, unsigned int units, u64 limit,
				 u64 wanted, u64 memory)
{
	int best = QUIRE_NOBODY;
	u64 frees, most = 0;
	unsigned int i;

	for (i = 0; i < units; i++) {
		frees = min(quire_holds(&unit[i]), wanted);
		if (unit[i].suspended || unit[i].spared || !frees || frees < most)
			continue;
		if (!quire_is_within(&unit[i], limit))
			continue;
		if (memory && !quire_helps_others(unit, units, i, limit, memory))
			continue;
		if (frees == most && unit[i].since_ms <= unit[best].since_ms)
			continue;
		most = frees;
		best = i;
	}
	return best;
}

/* Whom to suspend for those who suffer within a limit. */
static int quire_whom_to_suspend_now(const struct quire_room *room, const struct quire_unit *unit,
				     unsigned int units, u64 limit, u64 memory)
{
	u64 needed = quire_balance_needed(room, unit, units, limit);

	if (needed <= memory && room->moved_ms < QUIRE_PATIENCE_MS)
		return QUIRE_NOBODY;
	/* Where it should fit and does not, some working set is not known well. */
	return quire_whom_to_suspend(unit, units, limit, needed > memory ? needed - memory : U64_MAX,
				     memory);
}

/* Whether no unit before this one suffers within its limit. */
static bool quire_is_first_to_suffer(const struct quire_unit *unit, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < at; i++) {
		if (unit[i].suffers && unit[i].limit == unit[at].limit)
			return false;
	}
	return true;
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
	bool thrashing = room->state == QUIRE_THRASHING, turn;
	u64 limit = 0, memory = room->memory_pages, needed;
	unsigned int i;
	int next;

	*move = (struct quire_move){ QUIRE_NOBODY, QUIRE_NOBODY };
	if (room->moved_ms < QUIRE_SETTLE_MS)
		return;
	if (thrashing)
		move->suspend = quire_whom_to_suspend_now(room, unit, units, 0, memory);
	for (i = 0; thrashing && i < units && move->suspend == QUIRE_NOBODY; i++) {
		if (unit[i].suffers && unit[i].limit && quire_is_first_to_suffer(unit, i))
			move->suspend = quire_whom_to_suspend_now(room, unit, units, unit[i].limit,
								  unit[i].limit_pages);
	}
	if (move->suspend != QUIRE_NOBODY)
		return;
	next = quire_longest_suspended(unit, units);
	if (next == QUIRE_NOBODY)
		return;
	needed = quire_balance_needed(room, unit, units, 0) + quire_holds(&unit[next]);
	if (unit[next].limit && needed <= memory - memory / 4) {
		limit = unit[next].limit;
		memory = unit[next].limit_pages;
		needed = quire_balance_needed(room, unit, units, limit) + unit[next].need_pages;
	}
	/* With much room, at once; else it waits, for it may need more than was seen. */
	turn = unit[next].since_ms >= room->quantum_ms && room->moved_ms >= room->quantum_ms;
	if (!turn && (thrashing || needed > memory - memory / 4))
		return;
	move->resume = next;
	if (needed > memory)
		move->suspend = quire_whom_to_suspend(unit, units, limit, needed - memory, 0);
}
