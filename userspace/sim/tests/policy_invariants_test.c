// SPDX-License-Identifier: GPL-2.0
/*
 * Every policy under a host as unkind as one may be: windows, reprieves, pages freed at any moment,
 * ghosts denied and taken away, a size that changes, pages dirtied and cleaned behind its back.
 * After each call the lists are whole, nothing is lost, and the call took no more steps than
 * stated.
 */
#include <string.h>

#include "../../../kunit/test_host.h"
#include "tap.h"

#include "../../../kunit/all_policies.h"

/* A page of the kind of load that @kind stands for. */
static quire_page_t next_page(u32 kind, u32 i, u32 pages)
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
	default: /* phases of few pages, with scans between */
		return i / 50 % 3 ? 1 + (a % 5 + i / 150 * 5) % pages : 1 + i % pages;
	}
}

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

/* Runs a load; with @unkind the host disturbs. Returns what went wrong, or NULL. */
static const char *run(const struct quire_policy_ops *ops, u32 frames, u32 kind, bool unkind)
{
	u32 pages = frames * 2 + 3 < TEST_PAGES ? frames * 2 + 3 : TEST_PAGES;
	u32 before_wrap = 1000;

	test_start(ops, frames, 0u - before_wrap, 0x5eed + frames * 16 + kind * 4 + unkind);
	test_host.deny = unkind ? 64 : 0;
	for (u32 i = 0; i < 4000 && !test_host.wrong; i++) {
		test_reference(next_page(kind, i, pages), test_random(4) == 0);
		if (unkind)
			disturb(frames);
	}
	/* Every page that is linked can be had as a victim, and then there is none. */
	test_host.window = TEST_PAGES;
	while (!test_host.wrong && test_condemn())
		;
	if (test_host.condemned != test_host.resident)
		test_fail("a page that is never a victim");
	return test_host.wrong;
}

/* All loads at one size. Returns the first thing that went wrong; adds up steps and calls. */
static const char *run_all(const struct quire_policy_ops *ops, u32 frames, bool unkind, u64 *steps,
			   u64 *calls)
{
	const char *wrong = NULL;

	for (u32 kind = 0; kind < 4 && !wrong; kind++) {
		wrong = run(ops, frames, kind, unkind);
		*steps += test_pool()->steps;
		*calls += test_host.calls;
	}
	return wrong;
}

/* What a policy's check says when the node of a resident page is spoilt; NULL if it is content. */
static const char *spoil(const struct quire_policy_ops *ops, quire_page_t next, quire_page_t prev)
{
	quire_page_t page = 1;

	test_start(ops, 20, 0, 0x5eed);
	for (u32 i = 0; i < 500; i++)
		test_reference(next_page(0, i, 60), false);
	while (!(quire_node(test_pool(), page)->bits & QUIRE_RESIDENT))
		page++;
	quire_node(test_pool(), page)->next = next;
	quire_node(test_pool(), page)->prev = prev;
	return ops->check(test_pool(), ~0u);
}

static void test_check(const struct quire_policy_ops *ops)
{
	const char *wrong = spoil(ops, TEST_HANDLES + 7, TEST_HANDLES + 7);

	ok(wrong, "%s: a link out of bounds is found (%s)", ops->name, wrong ? wrong : "no");
	wrong = spoil(ops, ~0u, 0);
	ok(wrong, "%s: a link far out of bounds is found (%s)", ops->name, wrong ? wrong : "no");
	wrong = spoil(ops, TEST_PAGES, TEST_PAGES);
	ok(wrong, "%s: a link to a page not resident is found (%s)", ops->name,
	   wrong ? wrong : "no");
}

static void test_policy(const struct quire_policy_ops *ops)
{
	static const u32 sizes[] = { 1, 2, 3, 7, 64, 190 };
	u64 steps = 0, calls = 0;

	ok(ops->pool_size <= TEST_STATE, "%s: %zu bytes of state are within bounds", ops->name,
	   ops->pool_size);
	for (size_t i = 0; i < QUIRE_COUNT_OF(sizes); i++) {
		const char *wrong = run_all(ops, sizes[i], false, &steps, &calls);

		ok(!wrong, "%s: %u frames, kind host: %s", ops->name, sizes[i],
		   wrong ? wrong : "all promises kept");
		wrong = run_all(ops, sizes[i], true, &steps, &calls);
		ok(!wrong, "%s: %u frames, unkind host: %s", ops->name, sizes[i],
		   wrong ? wrong : "all promises kept");
	}
	ok(steps <= calls * 16, "%s: %.2f steps a call on average, at most 16", ops->name,
	   (double)steps / calls);
}

int main(void)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(all_policies); i++) {
		test_policy(all_policies[i]);
		test_check(all_policies[i]);
	}
	ok(sizeof(struct quire_node) == 16, "a node has 16 bytes");
	return tap_done();
}
