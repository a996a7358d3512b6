// SPDX-License-Identifier: GPL-2.0
/*
 * Nobody is killed for want of memory that the kernel by itself would have found.
 *
 * Reclaim gives up after some tries, in which it may have proposed but few pages, and those were refused; or the lists
 * were just being switched, and it looked where the pages are not yet. So we stand around out_of_memory(), and have what asks
 * for memory try again: while the lists are switched, and for a second if a policy or a protection has refused
 * pages, with the kernel deciding alone: see quire_guard_yield().
 *
 * Not for a task that is killed already, which is given what is left, nor for a person who wants one killed (SysRq-f).
 */
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "reclaim/lru.h"
#include "reclaim/oom.h"
#include "reclaim/scope.h"

QUIRE_AROUND(out_of_memory);

/* Context: process; oom_lock is held. Whoever asked for memory is told that there may be some. */
static bool quire_may_try_again(const struct oom_control *oc)
{
	if (oc->order == -1 || fatal_signal_pending(current))
		return false;
	if (!quire_lru_is_turned() && !quire_scopes_yield(oc->memcg))
		return false;
	/* Until others have seen to what is dirty, or to the lists. */
	schedule_timeout_killable(1);
	return true;
}

static bool quire_around_out_of_memory(struct oom_control *oc)
{
	bool again = quire_may_try_again(oc) || static_call(quire_real_out_of_memory)(oc);

	quire_leave_out_of_memory();
	return again;
}

const struct quire_around quire_around_no_memory = QUIRE_AROUND_OF(out_of_memory);
