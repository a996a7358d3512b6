/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every policy promises. Each promise_*() tries one promise on one policy, with the host of
 * test_host.h, and returns NULL, or what was broken. Plain C without a library, for userspace and
 * KUnit alike.
 */
#ifndef QUIRE_PROMISES_H
#define QUIRE_PROMISES_H

#include "test_host.h"
#include "models.h"

/* A page of the kind of load that @kind stands for. */
static quire_page_t load_page(u32 kind, u32 i, u32 pages)
{
	u32 a = test_random(pages), b = test_random(pages), c = test_random(pages);

	switch (kind) {
	case 0:	/* skewed */
		a = a < b ? a : b;
		return 1 + (a < c ? a : c);
	case 1:	/* a loop */
		return 1 + i % pages;
	case 2:	/* any page */
		return 1 + a;
	case 3:	/* phases of few pages, with scans between */
		return i / 50 % 3 ? 1 + (a % 5 + i / 150 * 5) % pages : 1 + i % pages;
	case 4:	/* a loop, with other pages between */
		return b & 3 ? 1 + i % pages : 1 + a;
	default: /* a part that moves on slowly */
		return 1 + (a / 4 + i / 200 * 7) % pages;
	}
}

#define LOADS 6

/* What an unkind host does between two references to a pool that began with @frames. */
static void disturb(u32 frames)
{
	struct quire_pool *pool = test_pool();
	u32 what = test_random(16);
	quire_page_t page = 1 + test_random(TEST_PAGES);
	struct quire_node *node = quire_node(pool, page);
	quire_page_t ghost = test_host.ghost_of[page];

	if (what < 4 && node->bits & QUIRE_RESIDENT)
		test_remove(page, what & 1 ? QUIRE_FREED : QUIRE_INVALIDATED);
	else if (what < 8 && ghost)
		test_forget(ghost);
	else if (what < 12 && node->bits & QUIRE_RESIDENT)
		node->bits ^= QUIRE_DIRTY;
	else if (what == 12)
		test_evict();
	else if (what == 13)
		test_host.window = 1 + test_random(frames / 8 + 2);
	else if (what == 14 && !test_random(64))
		pool->frames = frames - test_random(frames / 4 + 1);
	/* What the host keeps ghosts for follows the size, when it has no more than that. */
	if (pool->ghosts <= pool->frames + 1)
		pool->ghosts_max = pool->frames + 1;
}

/* Makes @count references of a load to the pool that stands; @frames is 0 for a kind host. */
static void refer(u32 kind, u32 count, u32 pages, u32 frames)
{
	for (u32 i = 0; i < count && !test_host.wrong; i++) {
		test_reference(load_page(kind, i, pages), test_random(4) == 0);
		if (frames)
			disturb(frames);
	}
}

static u32 pages_for(u32 frames)
{
	return frames * 2 + 3 < TEST_PAGES ? frames * 2 + 3 : TEST_PAGES;
}

/* Every page that is linked can be had as a victim, once, and then there is none. */
static const char *drain(void)
{
	test_host.window = TEST_PAGES;
	while (!test_host.wrong && test_condemn())
		;
	if (test_host.condemned != test_host.resident)
		test_fail("a page that is never a victim");
	while (!test_host.wrong && test_host.condemned)
		test_remove(test_host.queue[0], QUIRE_EVICTED);
	return test_host.wrong;
}

/**
 * promise_lists() - the lists are whole after each call, nothing is lost, no call takes longer
 *                   than stated
 * @ops:    the policy
 * @frames: size of the pool
 * @unkind: the host frees pages at any moment, denies and takes ghosts, changes window and size
 * @steps:  steps taken are added here
 * @calls:  and calls here
 */
static const char *promise_lists(const struct quire_policy_ops *ops, u32 frames, bool unkind,
				 u64 *steps, u64 *calls)
{
	u32 before_wrap = 500;

	for (u32 kind = 0; kind < LOADS; kind++) {
		test_start(ops, frames, 0u - before_wrap,
			   0x5eed + frames * 16 + kind * 4 + unkind);
		test_host.deny = unkind ? 64 : 0;
		test_host.every = 1;
		refer(kind, frames < 50 ? 2000 : 1000, pages_for(frames), unkind ? frames : 0);
		if (drain())
			break;
		*steps += test_pool()->steps;
		*calls += test_host.calls;
	}
	return test_host.wrong;
}

/** promise_description() - names, texts and bounds are there, and the state is not too large. */
static const char *promise_description(const struct quire_policy_ops *ops)
{
	if (!ops->name || !*ops->name || !ops->about || !*ops->about)
		return "no name, or no line about it";
	if (!ops->admit || !ops->touch || !ops->victim || !ops->remove || !ops->check)
		return "a member that must be there";
	if (ops->pool_size > TEST_STATE)
		return "too much private state";
	if (ops->nr_params > QUIRE_MAX_PARAMS)
		return "too many parameters";
	for (u32 i = 0; i < ops->nr_params; i++) {
		const struct quire_param *param = &ops->params[i];

		if (!param->name || !param->unit || !param->about)
			return "a parameter without name, unit or text";
		if (param->min > param->def || param->def > param->max)
			return "a parameter whose default is out of its bounds";
	}
	for (const struct quire_list_info *info = ops->lists; info && info->name; info++)
		if (info->offset + info->count * sizeof(struct quire_list) > ops->pool_size)
			return "a list outside of the private state";
	return NULL;
}

/** promise_all_referenced() - pages that are all in use are given up all the same. */
static const char *promise_all_referenced(const struct quire_policy_ops *ops, u32 frames)
{
	test_start(ops, frames, 0, 1);
	for (u32 round = 0; round < 9; round++)
		for (quire_page_t page = 1; page <= frames; page++)
			test_reference(page, round & 1);
	return drain();
}

/** promise_none_referenced() - so are pages none of which was used again. */
static const char *promise_none_referenced(const struct quire_policy_ops *ops, u32 frames)
{
	test_start(ops, frames, 0, 1);
	for (quire_page_t page = 1; page <= 2 * frames; page++)
		test_reference(page, false);
	return drain();
}

/** promise_reprieve() - pages that were condemned all at once come back all, in any order. */
static const char *promise_reprieve(const struct quire_policy_ops *ops, u32 frames)
{
	test_start(ops, frames, 0, 1);
	for (quire_page_t page = 1; page <= frames; page++)
		test_reference(page, false);
	for (u32 round = 0; round < 9 && !test_host.wrong; round++) {
		while (test_condemn())
			;
		while (!test_host.wrong && test_host.condemned)
			test_reference(test_host.queue[test_random(test_host.condemned)], false);
	}
	return drain();
}

/** promise_grace_holds() - mru takes the page used last and random takes any: not theirs. */
static bool promise_grace_holds(const struct quire_policy_ops *ops)
{
	return __builtin_strcmp(ops->name, "mru") && __builtin_strcmp(ops->name, "random");
}

/** promise_grace() - a page that was referenced while condemned is not the next to go. */
static const char *promise_grace(const struct quire_policy_ops *ops)
{
	quire_page_t first;

	test_start(ops, 8, 0, 1);
	for (quire_page_t page = 1; page <= 8; page++)
		test_reference(page, false);
	first = test_condemn();
	test_reference(first, false);
	if (test_condemn() == first)
		return "a page condemned again at once";
	return drain();
}

/** promise_dirtied() - pages that all became dirty, or clean, behind its back cost no more. */
static const char *promise_dirtied(const struct quire_policy_ops *ops, u32 frames)
{
	test_start(ops, frames, 0, 1);
	for (u32 round = 0; round < 6; round++) {
		refer(round, 200, pages_for(frames), 0);
		for (quire_page_t page = 1; page <= TEST_PAGES; page++)
			if (quire_node(test_pool(), page)->bits & QUIRE_RESIDENT)
				quire_node(test_pool(), page)->bits ^= QUIRE_DIRTY;
		test_evict();
	}
	return drain();
}

/** promise_few_ghosts() - it works with hardly any ghost, and with none. */
static const char *promise_few_ghosts(const struct quire_policy_ops *ops, u32 frames)
{
	for (u32 ghosts = 0; ghosts < 3; ghosts++) {
		test_start(ops, frames, 0, 1 + ghosts);
		test_pool()->ghosts_max = ghosts;
		for (u32 kind = 0; kind < LOADS; kind++)
			refer(kind, 200, pages_for(frames), 0);
		if (drain())
			break;
	}
	return test_host.wrong;
}

/**
 * promise_own_bound() - pages and ghosts are twice the frames at the most, and one, also where the
 *                       host would have more, takes many pages at once, or has become smaller
 */
static const char *promise_own_bound(const struct quire_policy_ops *ops, u32 frames)
{
	struct quire_pool *pool = test_pool();
	u32 pages = 4 * frames + 8 < TEST_PAGES ? 4 * frames + 8 : TEST_PAGES;

	test_start(ops, frames, 0, 1);
	pool->ghosts_max = TEST_GHOSTS;
	for (u32 round = 0; round < 60 && !test_host.wrong; round++) {
		bool shrinks = round == 30;

		if (shrinks)
			pool->frames = frames / 2 + 1;
		while (test_host.resident > pool->frames / (1 + round % 4) && test_evict())
			;
		/* Those too many go sooner than one by one with each page that comes. */
		refer(round % LOADS, shrinks ? frames : 30, pages, 0);
		if (!shrinks && test_host.resident + pool->ghosts > 2 * pool->frames + 1)
			return "more ghosts than frames";
	}
	return drain();
}

/* A sum over all victims of a run, in their order. */
static u64 victims(const struct quire_policy_ops *ops, u32 frames, u32 now, u64 luck)
{
	u64 sum = 0;

	test_start(ops, frames, now, luck);
	for (u32 i = 0; i < 1200; i++) {
		quire_page_t page = load_page(i / 200, i, pages_for(frames));

		sum = sum * 31 + test_reference(page, false);
	}
	return sum;
}

/** promise_repeats() - the same references have the same victims, wherever the clock stands. */
static const char *promise_repeats(const struct quire_policy_ops *ops, u32 frames)
{
	u64 first = victims(ops, frames, 0, 1);

	if (first != victims(ops, frames, 0, 1))
		return "other victims the second time";
	if (first != victims(ops, frames, 0u - 600, 1))
		return "other victims when the clock wraps";
	return test_host.wrong;
}

/** promise_parameters() - each parameter may go to its ends, also while the pool runs. */
static const char *promise_parameters(const struct quire_policy_ops *ops, u32 frames)
{
	test_host.wrong = NULL;
	for (u32 i = 0; i < ops->nr_params && !test_host.wrong; i++) {
		const struct quire_param *param = &ops->params[i];

		test_start(ops, frames, 0, 1 + i);
		for (u32 kind = 0; kind < LOADS; kind++) {
			test_pool()->param[i] = param->min;
			refer(kind, 150, pages_for(frames), frames);
			test_pool()->param[i] = param->max;
			refer(kind, 150, pages_for(frames), frames);
		}
		drain();
	}
	return test_host.wrong;
}

/** promise_resizing() - the pool may grow and shrink to any size, one page included. */
static const char *promise_resizing(const struct quire_policy_ops *ops)
{
	struct quire_pool *pool = test_pool();

	test_start(ops, 64, 0, 1);
	for (u32 round = 0; round < 40 && !test_host.wrong; round++) {
		pool->frames = 1 + test_random(100);
		pool->ghosts_max = pool->frames + 1;
		for (quire_page_t page = 1; pool->ghosts > pool->ghosts_max; page++)
			if (test_host.ghost_of[page])
				test_forget(test_host.ghost_of[page]);
		while (test_host.resident > pool->frames && test_evict())
			;
		refer(round % LOADS, 300, 200, 0);
	}
	return drain();
}

/* A pool whose check has something to look at. Returns how many nodes are linked. */
static u32 start_spoiling(const struct quire_policy_ops *ops)
{
	test_start(ops, 20, 0, 0x5eed);
	for (u32 i = 0; i < 500; i++)
		test_reference(load_page(0, i, 60), false);
	return test_host.resident + test_pool()->ghosts;
}

/*
 * Is there a resident page that policy's check does not mind when its links are these, though it
 * may look at as many nodes as there are? It must survive to look at fewer.
 */
static bool may_be_spoilt(const struct quire_policy_ops *ops, quire_page_t next, quire_page_t prev)
{
	u32 linked = start_spoiling(ops);

	for (quire_page_t page = 1; page <= TEST_PAGES; page++) {
		struct quire_node *node = quire_node(test_pool(), page), whole = *node;
		const char *wrong;

		if (!(node->bits & QUIRE_RESIDENT))
			continue;
		node->next = next;
		node->prev = prev;
		for (u32 limit = 0; limit < linked; limit++)
			ops->check(test_pool(), limit);
		wrong = ops->check(test_pool(), linked);
		*node = whole;
		if (!wrong)
			return true;
	}
	return false;
}

/* Is there a list whose head or size may be any number? Or sieve's hand, which is in none? */
static bool may_be_any(const struct quire_policy_ops *ops, u32 number)
{
	const struct quire_list_info *info = ops->lists;
	u32 *priv = quire_priv(test_pool()), at, was;
	const char *wrong = "";

	start_spoiling(ops);
	for (u32 i = 0; wrong && info && info->name; info++) {
		for (i = 0; wrong && i < 2 * info->count; i++) {
			at = info->offset / sizeof(u32) + i;
			was = priv[at];
			priv[at] = number;
			wrong = number == was ? "" : ops->check(test_pool(), ~0u);
			priv[at] = was;
		}
	}
	if (wrong && !__builtin_strcmp(ops->name, "sieve")) {
		priv[sizeof(struct quire_list) / sizeof(u32)] = number;
		wrong = ops->check(test_pool(), ~0u);
	}
	return !wrong;
}

/** promise_check() - its own check finds what is spoilt, whichever it is, and survives it. */
static const char *promise_check(const struct quire_policy_ops *ops)
{
	if (may_be_spoilt(ops, TEST_HANDLES + 7, TEST_HANDLES + 7))
		return "a link out of bounds that its check does not find";
	if (may_be_spoilt(ops, ~0u, 0))
		return "a link far out of bounds that its check does not find";
	if (may_be_spoilt(ops, TEST_PAGES, TEST_PAGES))
		return "a link to a page not resident that its check does not find";
	if (may_be_any(ops, TEST_HANDLES + 7) || may_be_any(ops, ~0u))
		return "a head, a size or a hand that its check does not find";
	return NULL;
}

/** model_of() - the naive model of a policy, or NULL. */
static const struct model *model_of(const struct quire_policy_ops *ops)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(models); i++)
		if (!__builtin_strcmp(models[i].policy, ops->name))
			return &models[i];
	return NULL;
}

/**
 * promise_model() - it does what its naive model does, reference by reference
 * @ops:    the policy
 * @model:  its model
 * @frames: size of the pool
 * @at:     where they differ: the load times 10,000, and the number of the reference
 */
static const char *promise_model(const struct quire_policy_ops *ops, const struct model *model,
				 u32 frames, u32 *at)
{
	for (u32 kind = 0; kind < LOADS; kind++) {
		for (u32 seed = 1; seed <= 3; seed++) {
			test_start(ops, frames, 0, seed);
			model_start(frames);
			for (u32 i = 0; i < 1500; i++) {
				quire_page_t page = load_page(kind, i, frames * 2 + 2);
				bool write = !test_random(5);

				*at = kind * 10000 + i;
				if (test_reference(page, write) != model->access(page, write))
					return "a hit or a victim that its model does not have";
				if (test_host.wrong)
					return test_host.wrong;
			}
		}
	}
	return NULL;
}

#endif /* QUIRE_PROMISES_H */
