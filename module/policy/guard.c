// SPDX-License-Identifier: GPL-2.0
/*
 * The net under a policy.
 *
 * A policy that answers badly must not hang the machine, nor have a process killed
 * for want of memory that the kernel by itself would have found. So what it may
 * refuse is bounded three times:
 *
 *	in a row	row refusals, nothing let go in between
 *	in a pass	pass refusals to one reclaimer, the same
 *	in time		credit: an eviction pays for some refusals, time for a few
 *
 * When the first or second is used up, that is a trip: the kernel decides about the next
 * few pages, and about twice as many after each trip since which none has gone, so that
 * reclaim which finds nothing is soon as it is without a policy. When the credit is
 * used up, the kernel decides about this page.
 *
 *	          refuse, refuse, ...  budget used up
 *	policy   ------------------------------------>  kernel decides about
 *	decides  <------------------------------------  4, 8, 16 ... pages
 *	              so many, or one has gone
 *
 * And when somebody would be killed for want of memory, and pages have been refused, the kernel decides about
 * all for some seconds, and nobody is killed in the first.
 *
 * A policy is ejected when it trips again and again and none of the pages that it
 * gave up has gone; when it answers wrongly a few times; at once when its lists are
 * broken, which does not mend; and when its calls take too long, which can only be
 * seen once they return.
 *
 * Trips have to be paid for, too. Where pages go all the time the credit is used up before a pass is, and a policy of
 * which nothing goes stays: one whose order is the opposite of reclaim's looks the same for a while. It costs no
 * more than the refusals that each eviction pays for.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include "policy/guard.h"

const struct quire_guard_limits quire_guard_usual = {
	.row = 1024,
	.pass = 768,
	.open = 4,
	.credit = 12,
	.credit_ms = 1,
	.credit_max = 4096,
	.trips = 32,
	.stall_ms = 2000,
	.strikes = 3,
	.strike_ms = 60000,
	.slow_call_us = 2000,
	.slow_most_ms = 100,
	.slow_ms = 500,
	.fast_us = 1000,
};

/**
 * quire_guard_start - begin to watch a policy
 * @guard:	filled in
 * @limits:	what it may do; stays there
 * @now_ns:	the time, of any clock that does not go back
 *
 * Context: any; as all of the guard's functions under the lock of the pool that
 * it belongs to.
 */
void quire_guard_start(struct quire_guard *guard, const struct quire_guard_limits *limits,
		       u64 now_ns)
{
	memset(guard, 0, sizeof(*guard));
	guard->limits = limits;
	guard->credit = limits->credit_max;
	guard->paid_ns = now_ns;
}

/* A task is an address, the low bits of which are alike. */
static unsigned int quire_guard_slot(u64 task)
{
	return task / 64 % QUIRE_GUARD_PASSES;
}

static struct quire_guard_pass *quire_guard_pass(struct quire_guard *guard, u64 task)
{
	struct quire_guard_pass *pass = &guard->pass[quire_guard_slot(task)];

	if (pass->task != task || pass->round != guard->round) {
		pass->task = task;
		pass->round = guard->round;
		pass->refused = 0;
	}
	return pass;
}

/* What time has paid for since it was last asked. */
static void quire_guard_pay(struct quire_guard *guard, u64 now_ns)
{
	const struct quire_guard_limits *limits = guard->limits;
	u64 ms;

	if (now_ns < guard->paid_ns + NSEC_PER_MSEC)
		return;
	ms = div_u64(now_ns - guard->paid_ns, NSEC_PER_MSEC);
	guard->paid_ns += ms * NSEC_PER_MSEC;
	guard->credit = min_t(u64, guard->credit + ms * limits->credit_ms, limits->credit_max);
}

/* Refusals are counted anew. Each eviction does this, so nothing is cleared for it. */
static void quire_guard_close(struct quire_guard *guard)
{
	guard->open = 0;
	guard->row = 0;
	guard->round++;
}

static void quire_guard_trip(struct quire_guard *guard, u64 now_ns)
{
	const struct quire_guard_limits *limits = guard->limits;

	guard->opened = clamp(guard->opened * 2, limits->open, U32_MAX / 2);
	guard->open = guard->opened;
	if (!guard->trips++)
		guard->trip_ns = now_ns;
	if (guard->trips >= limits->trips &&
	    now_ns >= guard->trip_ns + (u64)limits->stall_ms * NSEC_PER_MSEC)
		guard->fault = QUIRE_FAULT_KEEPS;
}

/* Does the kernel decide about all, since memory was out? While nothing goes it still is. */
static bool quire_guard_yields(struct quire_guard *guard, u64 now_ns)
{
	if (guard->yields && guard->gone >= QUIRE_GUARD_YIELD_GONE &&
	    now_ns >= guard->yields_ns + (u64)QUIRE_GUARD_YIELD_MS * NSEC_PER_MSEC)
		guard->yields = false;
	return guard->yields;
}

/**
 * quire_guard_may_refuse - may a page be kept that the kernel might let go?
 * @guard:	the guard
 * @now_ns:	the time
 * @task:	who reclaims
 *
 * Called for each page that the policy would keep, and that the kernel might not.
 *
 * Return: true if the policy may refuse it, false if the kernel is to decide.
 */
bool quire_guard_may_refuse(struct quire_guard *guard, u64 now_ns, u64 task)
{
	const struct quire_guard_limits *limits = guard->limits;
	struct quire_guard_pass *pass = quire_guard_pass(guard, task);

	if (quire_guard_yields(guard, now_ns))
		return false;
	if (!guard->open && (guard->row >= limits->row || pass->refused >= limits->pass))
		quire_guard_trip(guard, now_ns);
	if (guard->open) {
		if (!--guard->open)
			quire_guard_close(guard);
		return false;
	}
	quire_guard_pay(guard, now_ns);
	if (!guard->credit)
		return false;
	guard->credit--;
	guard->row++;
	pass->refused++;
	guard->refused = true;
	return true;
}

/**
 * quire_guard_yield - somebody is about to be killed for want of memory
 * @guard:	the guard
 * @now_ns:	the time
 *
 * Reclaim may give up long before a budget is used up, if it can propose but few pages: where most are
 * dirty, say, and the policy has named those.
 *
 * Return: true if whoever wants memory is to try again: something was refused since this was last so, and the kernel
 * has decided by itself for less than %QUIRE_GUARD_RETRY_MS. It does so for a while.
 */
bool quire_guard_yield(struct quire_guard *guard, u64 now_ns)
{
	if (quire_guard_yields(guard, now_ns))
		return now_ns < guard->yields_ns + (u64)QUIRE_GUARD_RETRY_MS * NSEC_PER_MSEC;
	guard->yields = guard->refused;
	guard->yields_ns = now_ns;
	guard->gone = 0;
	guard->refused = false;
	return guard->yields;
}

/**
 * quire_guard_has_refused - has a reclaimer been refused pages since one has gone?
 * @guard:	the guard
 * @task:	who reclaims
 *
 * Context: any, without the lock as well; then the answer may be a little old.
 */
bool quire_guard_has_refused(const struct quire_guard *guard, u64 task)
{
	const struct quire_guard_pass *pass = &guard->pass[quire_guard_slot(task)];

	return READ_ONCE(pass->task) == task && READ_ONCE(pass->round) == READ_ONCE(guard->round) &&
	       READ_ONCE(pass->refused);
}

/**
 * quire_guard_let_go - the policy lets a page go that was proposed
 * @guard:	the guard
 * @task:	who reclaims
 *
 * It may yet stay: being written, or pinned.
 */
void quire_guard_let_go(struct quire_guard *guard, u64 task)
{
	guard->row = 0;
	quire_guard_pass(guard, task)->refused = 0;
}

/**
 * quire_guard_gone - a page has gone
 * @guard:	the guard
 * @chosen:	the policy had given it up
 */
void quire_guard_gone(struct quire_guard *guard, bool chosen)
{
	quire_guard_close(guard);
	guard->opened = 0;
	guard->gone += guard->gone < U32_MAX;
	guard->credit = min(guard->credit + guard->limits->credit, guard->limits->credit_max);
	if (chosen)
		guard->trips = 0;
}

/**
 * quire_guard_strike - the policy answered wrongly
 * @guard:	the guard
 * @now_ns:	the time
 * @fault:	what was wrong; %QUIRE_FAULT_BROKEN ejects at once
 *
 * The first fault that ejects is the one that stays.
 */
void quire_guard_strike(struct quire_guard *guard, u64 now_ns, enum quire_fault fault)
{
	const struct quire_guard_limits *limits = guard->limits;

	if (now_ns >= guard->strike_ns + (u64)limits->strike_ms * NSEC_PER_MSEC)
		guard->strikes = 0;
	guard->strike_ns = now_ns;
	guard->strikes++;
	if (guard->fault == QUIRE_FAULT_NONE &&
	    (fault == QUIRE_FAULT_BROKEN || guard->strikes >= limits->strikes))
		guard->fault = fault;
}

/**
 * quire_guard_called - the policy was called
 * @guard:	the guard
 * @took_ns:	how long it took
 *
 * A virtual machine that has to wait for its CPU makes a call look slow that is not, but only one
 * among many: so slow calls must be a good part of all, and one counts for so much at the most.
 */
void quire_guard_called(struct quire_guard *guard, u64 took_ns)
{
	const struct quire_guard_limits *limits = guard->limits;

	if (took_ns < (u64)limits->slow_call_us * NSEC_PER_USEC) {
		guard->slow_ns -= min(guard->slow_ns, (u64)limits->fast_us * NSEC_PER_USEC);
		return;
	}
	guard->slow_ns += min(took_ns, (u64)limits->slow_most_ms * NSEC_PER_MSEC);
	if (guard->fault == QUIRE_FAULT_NONE &&
	    guard->slow_ns >= (u64)limits->slow_ms * NSEC_PER_MSEC)
		guard->fault = QUIRE_FAULT_SLOW;
}

/**
 * quire_fault_text - what a policy did wrong, in words
 * @fault:	the fault
 *
 * Return: a text for people.
 */
const char *quire_fault_text(enum quire_fault fault)
{
	static const char * const texts[QUIRE_FAULTS] = {
		[QUIRE_FAULT_NONE] = "nothing",
		[QUIRE_FAULT_KEEPS] = "kept page after page, and none that it gave up went",
		[QUIRE_FAULT_NO_VICTIM] = "had pages and named no victim",
		[QUIRE_FAULT_BAD_VICTIM] = "named a victim that is not a resident page of its pool",
		[QUIRE_FAULT_BAD_GHOST] = "gave back a ghost that it does not have",
		[QUIRE_FAULT_BROKEN] = "its lists are broken",
		[QUIRE_FAULT_SLOW] = "its calls took too long",
	};

	return fault < QUIRE_FAULTS ? texts[fault] : "unknown";
}
