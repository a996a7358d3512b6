// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict on thrashing.
 *
 * Thrashing is work that does not get done because pages are taken away that are needed
 * again at once. So of each look three things are asked:
 *
 *	how much of the time was lost?	stalls against all of the time, and against the
 *					work that was done in it
 *	lost to what?			to waits for pages that had been evicted; or to the
 *					search for free memory, if much of what it
 *					takes comes back, as when all pages are dirty
 *	does it go round?		such pages come back and others are evicted for them
 *
 * A cold start and one pass over a big file wait, but not for what was evicted. Cold pages
 * on their way to swap do not come back. When a hog has gone, pages come back, but
 * nothing is evicted for them. None of those is heavy.
 *
 * Reclaim evicts ahead, in bursts, which last for longer than a look where disks are slow. So
 * evictions of all of the last looks count, and while memory is full those to come do, too.
 *
 *	looks	. . h h h h h . . . . .		h: heavy
 *	state	calm    |thrashing    |calm	after 3 heavy ones of 4; after 4 without
 *
 * so that a spike of half a second is none, and a pause of half a second is no end. A look at
 * a time in which all wait and no page comes back, as on a disk that is busy, says nothing
 * new: it is what the one before it was.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include "thrash/verdict.h"

#define QUIRE_HEAVY_PERMILLE	200	/* of the time lost, and of time and work together */
#define QUIRE_HEAVY_REFAULTS	16	/* a second */
#define QUIRE_HEAVY_BACK	4	/* one in so many evictions comes back */
#define QUIRE_ROUND_BACK	2	/* for one in so many that come back one is evicted */
#define QUIRE_HEAVY_LOOKS	3
#define QUIRE_LIGHT_PERMILLE	100
#define QUIRE_LIGHT_REFAULTS	256	/* a second, whether or not they cost time */
#define QUIRE_LIGHT_LOOKS	2
#define QUIRE_LOOKS_MASK	((1U << QUIRE_LOOKS) - 1)

static u32 quire_permille(u64 part, u64 whole)
{
	return whole ? (u32)min_t(u64, div64_u64(part * 1000, whole), U32_MAX) : 0;
}

/**
 * quire_stalled_permille - time lost, in thousandths of the time
 * @loss:	of a look, or of a window
 *
 * Return: more than 1000 where several threads lose time at once.
 */
u32 quire_stalled_permille(const struct quire_loss *loss)
{
	return quire_permille(loss->waited_ns + loss->reclaim_ns, loss->elapsed_ns);
}

/**
 * quire_lost_permille - time lost, in thousandths of time lost and time worked together
 * @loss:	of a look, or of a window
 *
 * On a machine with many CPUs that are at work, one process that waits is not much of it.
 */
u32 quire_lost_permille(const struct quire_loss *loss)
{
	u64 stalled_ns = loss->waited_ns + loss->reclaim_ns;

	return quire_permille(stalled_ns, stalled_ns + loss->worked_ns);
}

/* Whether pages are evicted for those that come back; @sum is of the last looks. */
static bool quire_goes_round(const struct quire_loss *now, const struct quire_loss *sum)
{
	return now->full || sum->evictions * QUIRE_ROUND_BACK > sum->refaults;
}

/* Pages a second that came back soon while others were evicted for them; in the last two looks. */
static u64 quire_churn(const struct quire_loss *now, const struct quire_loss *before,
		       const struct quire_loss *sum)
{
	u64 refaults = now->refaults + before->refaults;
	u64 elapsed_ns = now->elapsed_ns + before->elapsed_ns;

	if (!elapsed_ns || !quire_goes_round(now, sum))
		return 0;
	return div64_u64(refaults * NSEC_PER_SEC, elapsed_ns);
}

static bool quire_loses(const struct quire_loss *loss, u32 permille)
{
	return quire_stalled_permille(loss) >= permille && quire_lost_permille(loss) >= permille;
}

static bool quire_is_heavy(const struct quire_loss *now, const struct quire_loss *before, u64 churn)
{
	u64 refaults = now->refaults + before->refaults;
	u64 evictions = now->evictions + before->evictions;

	return quire_loses(now, QUIRE_HEAVY_PERMILLE) && churn >= QUIRE_HEAVY_REFAULTS &&
	       (now->waited_ns >= now->reclaim_ns / 2 || refaults * QUIRE_HEAVY_BACK >= evictions);
}

/* Time is lost, and nothing has come of it yet. */
static bool quire_is_stuck(const struct quire_loss *now)
{
	return quire_loses(now, QUIRE_HEAVY_PERMILLE) && !now->refaults &&
	       now->waited_ns >= now->reclaim_ns;
}

static bool quire_is_light(const struct quire_loss *now, const struct quire_loss *before, u64 churn)
{
	return churn >= QUIRE_LIGHT_REFAULTS ||
	       (now->evictions + before->evictions && quire_loses(now, QUIRE_LIGHT_PERMILLE));
}

static enum quire_thrash_state quire_next_state(const struct quire_judge *judge)
{
	if (hweight8(judge->heavy) >= QUIRE_HEAVY_LOOKS)
		return QUIRE_THRASHING;
	if (judge->state == QUIRE_THRASHING && judge->heavy)
		return QUIRE_THRASHING;
	if (hweight8(judge->light) >= QUIRE_LIGHT_LOOKS)
		return QUIRE_TIGHT;
	if (judge->state != QUIRE_CALM && judge->light)
		return QUIRE_TIGHT;
	return QUIRE_CALM;
}

/**
 * quire_judge_window - the evidence: what happened in the last looks, together
 * @judge:	what is known
 * @sum:	filled in
 */
void quire_judge_window(const struct quire_judge *judge, struct quire_loss *sum)
{
	unsigned int i;

	*sum = (struct quire_loss){ };
	for (i = 0; i < QUIRE_LOOKS; i++) {
		sum->elapsed_ns += judge->loss[i].elapsed_ns;
		sum->waited_ns += judge->loss[i].waited_ns;
		sum->reclaim_ns += judge->loss[i].reclaim_ns;
		sum->worked_ns += judge->loss[i].worked_ns;
		sum->refaults += judge->loss[i].refaults;
		sum->evictions += judge->loss[i].evictions;
	}
}

/**
 * quire_judge_look - judge anew, after another look
 * @judge:	what is known; its state is of now, on return
 * @loss:	what happened since the last look
 * @interval_ns: how long that was to be; a look that comes late counts for as many as were due
 */
void quire_judge_look(struct quire_judge *judge, const struct quire_loss *loss, u64 interval_ns)
{
	const struct quire_loss *before = &judge->loss[judge->last];
	u64 looks = div64_u64(loss->elapsed_ns + interval_ns / 2, interval_ns), churn;
	enum quire_thrash_state state;
	struct quire_loss sum;
	bool heavy, light;

	judge->last = (judge->last + 1) % QUIRE_LOOKS;
	judge->loss[judge->last] = *loss;
	quire_judge_window(judge, &sum);
	churn = quire_churn(loss, before, &sum);
	heavy = quire_is_heavy(loss, before, churn) || (quire_is_stuck(loss) && judge->heavy & 1);
	light = heavy || quire_is_light(loss, before, churn);
	for (looks = clamp_t(u64, looks, 1, QUIRE_LOOKS); looks; looks--) {
		judge->heavy = (judge->heavy << 1 | heavy) & QUIRE_LOOKS_MASK;
		judge->light = (judge->light << 1 | light) & QUIRE_LOOKS_MASK;
	}
	state = quire_next_state(judge);
	judge->state_ns = state == judge->state ? judge->state_ns + loss->elapsed_ns : 0;
	judge->state = state;
}
