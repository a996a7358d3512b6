/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The net under a policy: when must the kernel decide instead of it, and when
 * must it go? Arithmetic alone: no locks, no clock and no mm of its own.
 */
#ifndef QUIRE_GUARD_H
#define QUIRE_GUARD_H

#include <linux/types.h>

/**
 * enum quire_fault - what a policy did wrong
 * @QUIRE_FAULT_NONE:	nothing
 * @QUIRE_FAULT_KEEPS:	refused page after page, and none that it gave up went
 * @QUIRE_FAULT_NO_VICTIM: had pages, and named none
 * @QUIRE_FAULT_BAD_VICTIM: named what is not a resident page, or a page twice
 * @QUIRE_FAULT_BAD_GHOST: gave back a ghost that it does not have
 * @QUIRE_FAULT_BROKEN:	its lists are not whole
 * @QUIRE_FAULT_SLOW:	its calls took too long
 * @QUIRE_FAULTS:	how many there are
 */
enum quire_fault {
	QUIRE_FAULT_NONE,
	QUIRE_FAULT_KEEPS,
	QUIRE_FAULT_NO_VICTIM,
	QUIRE_FAULT_BAD_VICTIM,
	QUIRE_FAULT_BAD_GHOST,
	QUIRE_FAULT_BROKEN,
	QUIRE_FAULT_SLOW,
	QUIRE_FAULTS,
};

/**
 * struct quire_guard_limits - how much a policy may do
 * @row:	refusals without one page let go, by all reclaimers
 * @pass:	the same by one reclaimer
 * @open:	pages that the kernel decides about when @row or @pass is used up; twice as many
 *		each time that none of them has gone
 * @credit:	refusals that one eviction pays for
 * @credit_ms:	refusals that a millisecond pays for
 * @credit_max:	refusals that can be saved up
 * @trips:	how often @row or @pass may be used up, nothing that the policy gave up
 *		having gone ...
 * @stall_ms:	... in at least this time, until it must go
 * @strikes:	wrong answers until it must go ...
 * @strike_ms:	... none being forgotten until this time has passed without one
 * @slow_call_us: a call that takes longer is slow
 * @slow_most_ms: ... and counts for no more than this
 * @slow_ms:	slow calls may take so long in all ...
 * @fast_us:	... of which each call that is not slow takes back so much
 */
struct quire_guard_limits {
	u32 row;
	u32 pass;
	u32 open;
	u32 credit;
	u32 credit_ms;
	u32 credit_max;
	u32 trips;
	u32 stall_ms;
	u32 strikes;
	u32 strike_ms;
	u32 slow_call_us;
	u32 slow_most_ms;
	u32 slow_ms;
	u32 fast_us;
};

extern const struct quire_guard_limits quire_guard_usual;

#define QUIRE_GUARD_PASSES 16
#define QUIRE_GUARD_RETRY_MS 1000	/* nobody is killed */
#define QUIRE_GUARD_YIELD_MS 5000	/* the kernel decides, and longer until ... */
#define QUIRE_GUARD_YIELD_GONE 64	/* ... so many pages have gone */

/**
 * struct quire_guard_pass - one reclaimer's refusals in a row
 * @task:	whose
 * @refused:	how many ...
 * @round:	... since a page went; of an earlier one it says nothing
 */
struct quire_guard_pass {
	u64 task;
	u32 refused;
	u32 round;
};

/**
 * struct quire_guard - the state of one pool's guard; its fields are guard.c's own
 * @limits:	see there
 * @open:	pages that the kernel still decides about
 * @opened:	how many they were
 * @row:	refusals in a row
 * @credit:	refusals that are paid for
 * @paid_ns:	until when time has paid
 * @round:	counts pages that went, and times that the kernel has decided
 * @pass:	by reclaimer; two that collide begin anew, and @row counts both
 * @trips:	see &quire_guard_limits
 * @trip_ns:	when the first of them was
 * @strikes:	wrong answers
 * @strike_ns:	when the last was
 * @slow_ns:	time in slow calls, less what others took back
 * @fault:	why the policy must go, if it must
 * @refused:	a page, since it last yielded
 * @yields:	it does, see quire_guard_yield() ...
 * @yields_ns:	... since then ...
 * @gone:	... and so many pages have gone
 */
struct quire_guard {
	const struct quire_guard_limits *limits;
	u32 open;
	u32 opened;
	u32 row;
	u32 credit;
	u64 paid_ns;
	u32 round;
	struct quire_guard_pass pass[QUIRE_GUARD_PASSES];
	u32 trips;
	u64 trip_ns;
	u32 strikes;
	u64 strike_ns;
	u64 slow_ns;
	enum quire_fault fault;
	bool refused;
	bool yields;
	u64 yields_ns;
	u32 gone;
};

void quire_guard_start(struct quire_guard *guard, const struct quire_guard_limits *limits,
		       u64 now_ns);
bool quire_guard_may_refuse(struct quire_guard *guard, u64 now_ns, u64 task);
bool quire_guard_yield(struct quire_guard *guard, u64 now_ns);
bool quire_guard_has_refused(const struct quire_guard *guard, u64 task);
void quire_guard_let_go(struct quire_guard *guard, u64 task);
void quire_guard_gone(struct quire_guard *guard, bool chosen);
void quire_guard_strike(struct quire_guard *guard, u64 now_ns, enum quire_fault fault);
void quire_guard_called(struct quire_guard *guard, u64 took_ns);
const char *quire_fault_text(enum quire_fault fault);

#endif
