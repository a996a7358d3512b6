/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Naive models of policies: what the papers say, written down with arrays that are searched and
 * shifted, with no thought of speed and nothing in common with the policies' own files. Plain C
 * without a library, for userspace and KUnit alike.
 *
 * A model's access() returns what test_reference() does: the page evicted to make room, the page
 * itself on a hit, 0 if there was room.
 */
#ifndef QUIRE_MODELS_H
#define QUIRE_MODELS_H

#define MODEL_PAGES 512

/* A sequence of pages, the oldest first. */
struct seq {
	int n;
	u32 page[MODEL_PAGES];
};

static struct model_state {
	int frames;
	u32 now;
	struct seq a, b, c, d;		/* what they hold is each model's own */
	int mark[MODEL_PAGES];		/* bits, counts, states */
	u32 since[MODEL_PAGES];
	bool dirty[MODEL_PAGES];
	int hand;			/* sieve */
	u32 cleared;			/* nru */
	u64 p;				/* arc, in 1/65536; others' own */
} m;

static int seq_find(const struct seq *s, u32 page)
{
	for (int i = 0; i < s->n; i++)
		if (s->page[i] == page)
			return i;
	return -1;
}

static bool seq_has(const struct seq *s, u32 page)
{
	return seq_find(s, page) >= 0;
}

static u32 seq_take(struct seq *s, int at)
{
	u32 page = s->page[at];

	s->n--;
	for (int i = at; i < s->n; i++)
		s->page[i] = s->page[i + 1];
	return page;
}

static void seq_push(struct seq *s, u32 page)
{
	s->page[s->n++] = page;
}

/* Takes @page out if it is there. */
static bool seq_drop(struct seq *s, u32 page)
{
	int at = seq_find(s, page);

	if (at >= 0)
		seq_take(s, at);
	return at >= 0;
}

static int model_share(int percent)
{
	int share = m.frames * percent / 100;

	return share ? share : 1;
}

#include "models_simple.h"
#include "models_ghosts.h"

struct model {
	const char *policy;
	u32 (*access)(u32 page, bool write);
};

static const struct model models[] = {
	{ "fifo", fifo_model },
	{ "lru", lru_model },
	{ "mru", mru_model },
	{ "clock", clock_model },
	{ "sieve", sieve_model },
	{ "lfu", lfu_model },
	{ "nru", nru_model },
	{ "slru", slru_model },
	{ "2q", two_q_model },
	{ "s3fifo", s3fifo_model },
	{ "arc", arc_model },
	{ "lirs", lirs_model },
	{ "lru_k", lru_k_model },
	{ "aging", aging_model },
	{ "wsclock", wsclock_model },
	{ "atlas", atlas_model },
	{ "clock_pro", clock_pro_model },
};

static void model_start(int frames)
{
	m = (struct model_state){ .frames = frames };
}

#endif /* QUIRE_MODELS_H */
