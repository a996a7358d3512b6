// SPDX-License-Identifier: GPL-2.0
/*
 * The window: victims that the policy has named ahead of need.
 *
 * A small window obeys the policy better, a large one costs less: of a policy whose
 * victims are those that reclaim proposes last, one page in a window's share is
 * a victim. A condemned page waits for as many evictions as the window has pages,
 * and on a loop that misses N pages a round, N + window are missed. So the window grows
 * only while more than REFUSALS_MANY pages are refused for each that goes, as reckoned
 * over as many verdicts as the pool has pages: proposals come in runs of pages that
 * came in one after the other, and a run says little. Below REFUSALS_FEW it shrinks
 * again, as the condemned go. What stays condemned while twice as many pages are
 * proposed as the pool has (the page is pinned, or on no list of the kernel's) leaves
 * the pool, or the window would be full of such pages: it comes back when it is proposed.
 *
 * Many policies lose nothing by naming early: what is used meanwhile is where it would be else. They
 * say how much (&quire_policy_ops.ahead), a quarter of the pool, and then hardly a page is refused.
 *
 * Where the kernel can be told which pages are next (reclaim/steer.c), and has proposed others, each
 * page is named to it when it is condemned, and again while it goes on so. Then a page goes soon
 * after it was condemned, hardly one is refused, and of a policy that loses by naming early the window begins with
 * a sixteenth: at the least as many pages as reclaim has under way. Up to what it would be without it grows
 * while more than STEERED_MANY are refused: not all pages can be brought forward. A pool's worth of verdicts later it is
 * seen whether the kernel's order has become the policy's, as it is of a policy that is like the kernel's.
 *
 * What MGLRU's own walks of page tables find to be used it does not propose, and nobody is told. So a page that
 * is named is looked at: if it has come into another generation since it was last noted, it was used.
 *
 * Context: all of it under the pool's lock.
 */
#include <linux/minmax.h>
#include "policy/host.h"
#include "policy/host_internal.h"

#define QUIRE_WINDOW_LEAST	32
#define QUIRE_WINDOW_IN_FLIGHT	2048	/* by the share: 128 at first. Reclaim takes 32 at once */
#define QUIRE_STEER_AGAIN	16	/* pages refused, one after the other */
#define QUIRE_RELEASE_AT_ONCE	4	/* condemned pages let go of by one verdict, or expelled */
#define QUIRE_WINDOW_STEP	4	/* it grows and shrinks by about a fourth */
#define QUIRE_REFUSALS_MANY	14	/* for each page that goes */
#define QUIRE_REFUSALS_FEW	10
#define QUIRE_STEERED_MANY	4	/* the same where pages are brought forward */
#define QUIRE_STEERED_FEW	2
#define QUIRE_ROUND		2	/* proposals of so many pools until a page is stuck */
#define QUIRE_REFUSALS_SPAN	512	/* verdicts from which that is reckoned, at the least */

/* A condemned page is so no more, or goes. */
void quire_unwindow(struct quire_pool *pool, const struct quire_at *at)
{
	struct quire_host *host = pool->host;

	if (host->next == at->pfn)
		host->next = quire_list_next(pool, &host->condemned, at->pfn);
	if (host->again == at->pfn)
		host->again = quire_list_next(pool, &host->condemned, at->pfn);
	if (host->oldest == at->pfn)
		host->oldest = quire_list_prev(pool, &host->condemned, at->pfn);
	quire_list_del(pool, &host->condemned, at->pfn);
	host->stats.condemned -= min_t(u64, host->stats.condemned, quire_pages_at(at));
}

/*
 * Lets go of the oldest of the condemned: for the policy it is as if it had been used or,
 * being stuck, it is gone. Under the lock.
 */
static void quire_release(struct quire_pool *pool, bool stuck)
{
	struct quire_host *host = pool->host;
	struct quire_at at;

	if (!quire_find(pool, quire_list_first(&host->condemned), &at) ||
	    !(at.node->bits & QUIRE_CONDEMNED)) {
		/* The list is ours, but its links are where a policy can write. */
		quire_strike(host, QUIRE_FAULT_BROKEN);
	} else if (stuck) {
		quire_drop(pool, &at, QUIRE_INVALIDATED);
		host->stats.expelled++;
	} else {
		quire_touch(pool, &at);
		host->stats.released++;
	}
}

/* How many pages a window of that share has. */
u64 quire_window(const struct quire_host *host, u32 share)
{
	u64 least = min_t(u64, QUIRE_WINDOW_LEAST, host->stats.resident / 2);

	if (quire_steers(host))
		least = max(least, min_t(u64, QUIRE_WINDOW_IN_FLIGHT, host->stats.resident) / host->params.window);
	return max_t(u64, host->stats.resident / share, least);
}

/* The share that the window begins with: no other is smaller. */
u32 quire_window_share(const struct quire_pool *pool)
{
	const struct quire_host *host = pool->host;

	return host->params.window * (quire_steers(host) && !pool->ops->ahead ? QUIRE_STEERED : 1);
}

/* What can be brought forward is not for ever so: the kernel's lists may be switched. Under the lock. */
void quire_window_fix(struct quire_pool *pool, bool fixed)
{
	struct quire_host *host = pool->host;

	if (host->fixed == fixed)
		return;
	host->fixed = fixed;
	host->share = min(host->share, quire_window_share(pool));
}

/*
 * Has the kernel found that a page was used, and put it into a younger generation? As with a reference, the
 * first time is what admit() has told. Under the lock.
 */
static bool quire_was_found(const struct quire_at *at)
{
	int now = quire_generation ? quire_generation(at->pfn) : -1;

	if (now < 0 || now == quire_tag_generation(READ_ONCE(*at->tag)))
		return false;
	quire_tag_note(at->tag, now);
	return !quire_was_fresh(at);
}

/* The policy has named a victim that is none. That its lists are broken says more, if so they are. Under the lock. */
static void quire_named_wrongly(struct quire_pool *pool, enum quire_fault fault)
{
	quire_strike(pool->host, fault);
	quire_look(pool);
}

/* The policy names a victim: is it one? Under the lock. */
bool quire_condemn_one(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	quire_page_t page = pool->ops->victim(pool);
	struct quire_at at;

	if (!page) {
		if (host->stats.folios > host->condemned.size)
			quire_named_wrongly(pool, QUIRE_FAULT_NO_VICTIM);
		return false;
	}
	if (!quire_find(pool, page, &at) || at.node->bits & QUIRE_CONDEMNED) {
		quire_named_wrongly(pool, QUIRE_FAULT_BAD_VICTIM);
		return false;
	}
	quire_set_condemned(&at, true);
	quire_list_add_tail(pool, &host->condemned, page);
	host->stats.condemned += quire_pages_at(&at);
	if (quire_was_found(&at)) {
		host->stats.found++;
		quire_touch(pool, &at);
	}
	return true;
}

/*
 * Expels pages that have been condemned for a round, a few at a time. Under the lock.
 *
 *	condemned   head [ from before the round ... oldest | ... ] tail
 */
void quire_expel_stuck(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	unsigned int i;

	for (i = 0; i < QUIRE_RELEASE_AT_ONCE && host->expelling && host->oldest; i++)
		quire_release(pool, true);
	if (!host->oldest)
		host->expelling = false;
	if (++host->round <= host->stats.folios * QUIRE_ROUND)
		return;
	host->round = 0;
	host->expelling = host->oldest;
	if (!host->oldest)
		host->oldest = quire_list_last(pool, &host->condemned);
}

/* The next of the condemned are to be brought forward. Under the lock. */
static void quire_give_out(struct quire_pool *pool, struct quire_asked *asked)
{
	struct quire_host *host = pool->host;

	asked->newest = pool->ops->newest_first;
	while (host->next && asked->nr_victims < QUIRE_VICTIMS &&
	       quire_owner_of(host->next) == host->number) {
		if (host->next != asked->pfn)
			asked->victims[asked->nr_victims++] = host->next;
		host->next = quire_list_next(pool, &host->condemned, host->next);
	}
}

/*
 * Reclaim proposes others: its order is not the policy's. What is condemned, and will be for a while,
 * is to be brought forward; and again if that goes on, since it was locked, or something has moved
 * it since. Under the lock.
 */
void quire_steer_to(struct quire_pool *pool, struct quire_asked *asked)
{
	struct quire_host *host = pool->host;

	host->steering = host->stats.folios;
	if (++host->in_row >= QUIRE_STEER_AGAIN && !host->next) {
		host->in_row = 0;
		host->next = host->again ?: quire_list_first(&host->condemned);
		quire_give_out(pool, asked);
		host->again = host->next;
		host->next = QUIRE_NONE;
	}
	quire_give_out(pool, asked);
}

/* Has the policy name victims until the window is full. Under the lock. */
void quire_condemn(struct quire_pool *pool, struct quire_asked *asked)
{
	struct quire_host *host = pool->host;
	u64 window = quire_window(host, host->share);
	unsigned int calls;

	host->stats.window = window;
	/* Pages of the pool were freed. */
	for (calls = 0; calls < QUIRE_RELEASE_AT_ONCE && host->stats.condemned > window &&
	     host->condemned.size > 1; calls++)
		quire_release(pool, false);
	if (host->shrinking)
		return;
	for (calls = 0; calls < QUIRE_VICTIMS && host->stats.condemned < window; calls++) {
		if (!quire_condemn_one(pool))
			break;
		if (!host->next)
			host->next = quire_list_last(pool, &host->condemned);
	}
	if (quire_steers(host) && host->steering) {
		host->steering--;
		quire_give_out(pool, asked);
	}
}

/* The next larger window's share, and the next smaller one's; neither passes by the one that is set. */
static u32 quire_larger(const struct quire_host *host)
{
	u32 share = host->share - max(host->share / QUIRE_WINDOW_STEP, 1u);

	return max(share, host->share > host->params.window ? host->params.window : host->params.window_most);
}

static u32 quire_smaller(const struct quire_pool *pool)
{
	const struct quire_host *host = pool->host;
	u32 share = host->share + max(host->share / QUIRE_WINDOW_STEP, 1u);

	return min(share, host->share < host->params.window ? host->params.window : quire_window_share(pool));
}

/* The window is to be such that neither too many nor too few are refused. Under the lock. */
void quire_adapt(struct quire_pool *pool)
{
	struct quire_host *host = pool->host;
	u32 smaller = quire_smaller(pool), gone = max(host->span_gone, 1u);
	/* Smaller than what a person has set, it is only while pages can be brought forward. */
	u32 many = host->share > host->params.window ? QUIRE_STEERED_MANY : QUIRE_REFUSALS_MANY;
	u32 few = smaller > host->params.window ? QUIRE_STEERED_FEW : QUIRE_REFUSALS_FEW;

	if (host->shrinking && host->stats.condemned <= quire_window(host, smaller)) {
		host->share = smaller;
		host->shrinking = false;
	}
	if (host->span_refused + host->span_gone <
	    max_t(u64, host->stats.folios, QUIRE_REFUSALS_SPAN))
		return;
	if (host->span_refused > gone * many) {
		host->share = quire_larger(host);
		host->shrinking = false;
	} else if (host->span_refused < gone * few) {
		host->shrinking = host->share < smaller;
	}
	host->span_refused = 0;
	host->span_gone = 0;
}
