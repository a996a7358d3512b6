/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scenes worked through by hand, for what a string of references alone cannot show: pages that are
 * used when they have been condemned, or used very often, or become dirty behind the policy's back;
 * references that are found late; and parameters.
 * Plain C without a library, for userspace and KUnit alike; after test_host.h.
 */
#ifndef QUIRE_SCENES_H
#define QUIRE_SCENES_H

#include "test_host.h"
#include "vectors.h"

/**
 * struct scene - what a policy is told, and who must go
 * @policy:  the policy
 * @param:   its first parameter, 0 for the default
 * @frames:  how many, empty at first
 * @script:  a page a character: it is used; * it is used 100 times more; ! condemns a victim;
 *           ~ and a page makes it dirty; ^ from now on references are found late
 * @victims: all pages, in the order in which they are given up at the end
 */
struct scene {
	const char *policy;
	u32 param;
	u32 frames;
	const char *script;
	const char *victims;
};

static const struct scene scenes[] = {
	/* The page that was condemned is the newest again, with its bit: 2 3R 4 1R. */
	{ "clock", 0, 4, "12343!1", "2431" },
	/* The same; the hand stays at 2, and looks at all four: the only one that was used is 1. */
	{ "wsclock", 0, 4, "1234!1", "2341" },
	/* It is the one used last, so it goes first. */
	{ "mru", 0, 4, "12343!3", "3421" },
	/* Found late, its use is an old one: it goes last; and that of 2 changes nothing. */
	{ "mru", 0, 4, "12343!^32", "4213" },
	/*
	 * A. S. Tanenbaum, "Modern Operating Systems", where aging is simulated: R bits of six pages
	 * in five ticks, 101011 110010 110101 100010 011000; here 0 to 4 came in before.
	 */
	{ "aging", 0, 6, "01234502455140000013555040000121111", "354021" },
	/* 601 uses are fewer than 701, and more than a thousand as good as still more. */
	{ "lfu", 0, 2, "2*******1******", "12" },
	{ "lfu", 0, 2, "1************2***********", "12" },
	/* The hand stands at 3 in 1 3 4 2V 5V; from 5V it goes on to 1, then to 2. */
	{ "sieve", 0, 5, "12341!255", "34125" },
	/* 1 and 2 are found dirty when their turn comes: after 3, before 4, which was used since. */
	{ "nru", 0, 4, "1234~1~2", "3124" },
	/* The second use of 1 is as far from the first as still counts as one: used once, later. */
	{ "lru_k", 2, 4, "1213", "213" },
	/* Each used twice; the last of 1 but one is 6, not 4, for 4 and 6 are one use. */
	{ "lru_k", 2, 4, "123121321", "321" },
};

/**
 * scene_play() - has a policy play a scene
 * @ops:     the policy
 * @scene:   a scene of this policy
 * @victims: here go the pages in the order in which they are given up, TEST_PAGES + 1 bytes
 *
 * Return: NULL, or what was broken besides.
 */
static const char *scene_play(const struct quire_policy_ops *ops, const struct scene *scene,
			      char *victims)
{
	quire_page_t used = QUIRE_NONE;
	u32 given = 0;

	test_start(ops, scene->frames, 0, VECTOR_SEED);
	if (scene->param)
		test_pool()->param[0] = scene->param;
	for (const char *at = scene->script; *at; at++) {
		if (*at == '!')
			test_condemn();
		else if (*at == '~')
			quire_node(test_pool(), vector_page(*++at))->bits |= QUIRE_DIRTY;
		else if (*at == '^')
			test_pool()->late = true;
		else if (*at == '*')
			for (u32 i = 0; i < 100; i++)
				test_reference(used, false);
		else
			test_reference(used = vector_page(*at), false);
	}
	while (!test_host.wrong && test_host.resident)
		victims[given++] = test_evict() - 1 + '0';
	victims[given] = 0;
	return test_host.wrong;
}

#endif /* QUIRE_SCENES_H */
