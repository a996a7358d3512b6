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

static u32 fifo_model(u32 page, bool write)
{
	u32 out = 0;

	(void)write;
	if (seq_has(&m.a, page))
		return page;
	if (m.a.n == m.frames)
		out = seq_take(&m.a, 0);
	seq_push(&m.a, page);
	return out;
}

static u32 lru_model(u32 page, bool write)
{
	bool hit = seq_drop(&m.a, page);
	u32 out = hit ? page : 0;

	(void)write;
	if (m.a.n == m.frames)
		out = seq_take(&m.a, 0);
	seq_push(&m.a, page);
	return out;
}

static u32 mru_model(u32 page, bool write)
{
	bool hit = seq_drop(&m.a, page);
	u32 out = hit ? page : 0;

	(void)write;
	if (m.a.n == m.frames)
		out = seq_take(&m.a, m.a.n - 1);
	seq_push(&m.a, page);
	return out;
}

/* Second chance as a queue: a used page goes to the end with its bit taken. */
static u32 clock_model(u32 page, bool write)
{
	u32 out = 0;

	(void)write;
	if (seq_has(&m.a, page)) {
		m.mark[page] = 1;
		return page;
	}
	while (m.a.n == m.frames) {
		out = seq_take(&m.a, 0);
		if (m.mark[out])
			seq_push(&m.a, out);
		m.mark[out] = 0;
	}
	seq_push(&m.a, page);
	return out;
}

/* The hand is an index; past the newest it starts at the oldest. */
static u32 sieve_model(u32 page, bool write)
{
	u32 out = 0;

	(void)write;
	if (seq_has(&m.a, page)) {
		m.mark[page] = 1;
		return page;
	}
	if (m.a.n == m.frames) {
		if (m.hand >= m.a.n)
			m.hand = 0;
		while (m.mark[m.a.page[m.hand]]) {
			m.mark[m.a.page[m.hand]] = 0;
			m.hand = (m.hand + 1) % m.a.n;
		}
		out = seq_take(&m.a, m.hand);
		/* What came after the victim is at its index now; if nothing did, start over. */
		if (m.hand == m.a.n)
			m.hand = 0;
	}
	seq_push(&m.a, page);
	m.mark[page] = 0;
	return out;
}

static u32 lfu_model(u32 page, bool write)
{
	u32 out = 0;

	(void)write;
	m.now++;
	if (seq_has(&m.a, page)) {
		m.mark[page]++;
		m.since[page] = m.now;
		return page;
	}
	if (m.a.n == m.frames) {
		int best = 0;

		for (int i = 1; i < m.a.n; i++) {
			u32 x = m.a.page[i], y = m.a.page[best];

			if (m.mark[x] < m.mark[y] ||
			    (m.mark[x] == m.mark[y] && m.since[x] < m.since[y]))
				best = i;
		}
		out = seq_take(&m.a, best);
	}
	seq_push(&m.a, page);
	m.mark[page] = 1;
	m.since[page] = m.now;
	return out;
}

/* mark: referenced; since: when the page came into its class. */
static u32 nru_model(u32 page, bool write)
{
	bool hit = seq_has(&m.a, page);
	u32 out = hit ? page : 0;

	m.now++;
	if (!hit && m.a.n == m.frames) {
		int best = 0;

		for (int i = 1; i < m.a.n; i++) {
			u32 x = m.a.page[i], y = m.a.page[best];
			int class_x = m.mark[x] * 2 + m.dirty[x];
			int class_y = m.mark[y] * 2 + m.dirty[y];

			if (class_x < class_y ||
			    (class_x == class_y && m.since[x] < m.since[y]))
				best = i;
		}
		out = seq_take(&m.a, best);
		m.dirty[out] = false;
	}
	if (m.now - m.cleared >= (u32)m.frames) {
		m.cleared = m.now;
		for (int i = 0; i < m.a.n; i++)
			m.mark[m.a.page[i]] = 0;
	}
	if (!hit)
		seq_push(&m.a, page);
	if (!hit || !m.mark[page] || (write && !m.dirty[page]))
		m.since[page] = m.now;
	m.mark[page] = 1;
	m.dirty[page] |= write;
	return out;
}

/* a: probation, b: protected. */
static u32 slru_model(u32 page, bool write)
{
	u32 out = 0;

	(void)write;
	if (seq_drop(&m.a, page) || seq_drop(&m.b, page)) {
		seq_push(&m.b, page);
		if (m.b.n > model_share(80))
			seq_push(&m.a, seq_take(&m.b, 0));
		return page;
	}
	if (m.a.n + m.b.n == m.frames)
		out = seq_take(m.a.n ? &m.a : &m.b, 0);
	seq_push(&m.a, page);
	return out;
}

/* a: A1in, b: Am, c: A1out. The page's name is looked up first, as in the paper. */
static u32 two_q_model(u32 page, bool write)
{
	bool known;
	u32 out = 0;

	(void)write;
	if (seq_drop(&m.b, page)) {
		seq_push(&m.b, page);
		return page;
	}
	if (seq_has(&m.a, page))
		return page;
	known = seq_drop(&m.c, page);
	if (m.a.n + m.b.n == m.frames) {
		if (m.a.n > model_share(25) || !m.b.n) {
			out = seq_take(&m.a, 0);
			seq_push(&m.c, out);
			if (m.c.n > model_share(50))
				seq_take(&m.c, 0);
		} else {
			out = seq_take(&m.b, 0);
		}
	}
	seq_push(known ? &m.b : &m.a, page);
	return out;
}

/* a: small, b: main, c: ghosts; mark: uses. */
static u32 s3fifo_model(u32 page, bool write)
{
	bool known;
	u32 out = 0;

	(void)write;
	if (seq_has(&m.a, page) || seq_has(&m.b, page)) {
		if (m.mark[page] < 3)
			m.mark[page]++;
		return page;
	}
	known = seq_drop(&m.c, page);
	while (!out && m.a.n + m.b.n == m.frames) {
		if (m.b.n > m.frames - model_share(10) || !m.a.n) {
			u32 first = seq_take(&m.b, 0);

			if (m.mark[first]) {
				m.mark[first]--;
				seq_push(&m.b, first);
				/* Until main gives one up. */
				while (m.mark[m.b.page[0]]) {
					first = seq_take(&m.b, 0);
					m.mark[first]--;
					seq_push(&m.b, first);
				}
				first = seq_take(&m.b, 0);
			}
			out = first;
			break;
		}
		while (m.a.n && !out) {
			u32 first = seq_take(&m.a, 0);

			if (m.mark[first] >= 2) {
				m.mark[first] = 0;
				seq_push(&m.b, first);
			} else {
				out = first;
				seq_push(&m.c, first);
				if (m.c.n > model_share(90))
					seq_take(&m.c, 0);
			}
		}
		if (!out)	/* all of small moved: main must give */
			continue;
	}
	m.mark[page] = 0;
	seq_push(known ? &m.b : &m.a, page);
	return out;
}

/* a: T1, b: T2, c: B1, d: B2. Room is made before the fault is learnt from. */
static u32 arc_model(u32 page, bool write)
{
	const u64 one = 65536;
	u64 all = m.frames * one;
	u32 out = 0;

	(void)write;
	if (seq_drop(&m.a, page) || seq_drop(&m.b, page)) {
		seq_push(&m.b, page);
		return page;
	}
	if (m.a.n + m.b.n == m.frames) {
		if (m.a.n && (m.a.n * one > m.p || !m.b.n)) {
			out = seq_take(&m.a, 0);
			seq_push(&m.c, out);
		} else {
			out = seq_take(&m.b, 0);
			seq_push(&m.d, out);
		}
	}
	if (seq_has(&m.c, page)) {
		u64 step = m.c.n >= m.d.n ? one : one * m.d.n / m.c.n;

		m.p = m.p + step > all ? all : m.p + step;
		seq_drop(&m.c, page);
		seq_push(&m.b, page);
	} else if (seq_has(&m.d, page)) {
		u64 step = m.d.n >= m.c.n ? one : one * m.c.n / m.d.n;

		m.p = m.p < step ? 0 : m.p - step;
		seq_drop(&m.d, page);
		seq_push(&m.b, page);
	} else {
		seq_push(&m.a, page);
		while (m.a.n + m.c.n > m.frames && m.c.n)
			seq_take(&m.c, 0);
		while (m.c.n + m.d.n > m.frames && m.d.n)
			seq_take(&m.d, 0);
	}
	return out;
}

/* a: the stack S, bottom first; b: the queue Q; c: resident pages. mark: a state. */
enum { LIRS_MODEL_NONE, LIRS_MODEL_LIR, LIRS_MODEL_HIR, LIRS_MODEL_GONE };

static void lirs_model_prune(void)
{
	while (m.a.n && m.mark[m.a.page[0]] != LIRS_MODEL_LIR) {
		u32 page = seq_take(&m.a, 0);

		if (m.mark[page] == LIRS_MODEL_GONE)
			m.mark[page] = LIRS_MODEL_NONE;
	}
}

static int lirs_model_count(int state)
{
	int n = 0;

	for (int i = 0; i < m.a.n; i++)
		n += m.mark[m.a.page[i]] == state;
	return n;
}

/* The page is LIR now and on top; if that is one too many the bottom goes to Q. */
static void lirs_model_promote(u32 page)
{
	m.mark[page] = LIRS_MODEL_LIR;
	if (lirs_model_count(LIRS_MODEL_LIR) > m.frames - model_share(1)) {
		u32 bottom;

		lirs_model_prune();
		bottom = seq_take(&m.a, 0);
		m.mark[bottom] = LIRS_MODEL_HIR;
		seq_push(&m.b, bottom);
	}
	lirs_model_prune();
}

static void lirs_model_forget(int most)
{
	for (int i = 0; lirs_model_count(LIRS_MODEL_GONE) > most; i++) {
		if (m.mark[m.a.page[i]] == LIRS_MODEL_GONE) {
			m.mark[seq_take(&m.a, i)] = LIRS_MODEL_NONE;
			break;
		}
	}
}

static u32 lirs_model_evict(void)
{
	u32 out;

	if (!m.b.n) {
		lirs_model_prune();
		out = seq_take(&m.a, 0);
		m.mark[out] = LIRS_MODEL_NONE;
		lirs_model_prune();
	} else {
		out = seq_take(&m.b, 0);
		m.mark[out] = seq_has(&m.a, out) ? LIRS_MODEL_GONE : LIRS_MODEL_NONE;
		lirs_model_forget(m.frames + 1);
	}
	seq_drop(&m.c, out);
	return out;
}

static u32 lirs_model(u32 page, bool write)
{
	bool hit = seq_has(&m.c, page), in_stack;
	u32 out = hit ? page : 0;

	(void)write;
	if (!hit) {
		if (m.c.n == m.frames)
			out = lirs_model_evict();
		seq_push(&m.c, page);
	}
	in_stack = seq_drop(&m.a, page);
	if (hit && m.mark[page] == LIRS_MODEL_LIR) {
		seq_push(&m.a, page);
		lirs_model_prune();
	} else if (in_stack ||
		   (!hit && lirs_model_count(LIRS_MODEL_LIR) < m.frames - model_share(1))) {
		seq_drop(&m.b, page);
		seq_push(&m.a, page);
		lirs_model_promote(page);
	} else {
		seq_drop(&m.b, page);
		seq_push(&m.a, page);
		seq_push(&m.b, page);
		m.mark[page] = LIRS_MODEL_HIR;
		lirs_model_prune();
	}
	lirs_model_forget(m.frames);
	return out;
}

/*
 * A second use gives a page a key, the time of the use before; without a key it goes first, the
 * least recently used first. p: the key of the last victim that had one, least of all keys.
 * a: resident, in order of use; b: remembered, in order of eviction; mark: has a key.
 */
static u32 lru_k_key[MODEL_PAGES];

static u32 lru_k_model(u32 page, bool write)
{
	bool hit = seq_drop(&m.a, page), known = hit;
	u32 out = hit ? page : 0;

	(void)write;
	m.now++;
	if (m.a.n == m.frames) {
		int best = 0;

		for (int i = 1; i < m.a.n; i++) {
			u32 x = m.a.page[i], y = m.a.page[best];

			if (m.mark[x] < m.mark[y] ||
			    (m.mark[x] && m.mark[y] && lru_k_key[x] < lru_k_key[y]))
				best = i;
		}
		out = seq_take(&m.a, best);
		if (m.mark[out])
			m.p = lru_k_key[out];
		seq_push(&m.b, out);
	}
	if (seq_drop(&m.b, page))
		known = true;
	if (m.b.n > m.frames)
		seq_take(&m.b, 0);
	m.mark[page] = known;
	lru_k_key[page] = m.since[page] > m.p ? m.since[page] : m.p;
	m.since[page] = m.now;
	seq_push(&m.a, page);
	return out;
}

/* A byte of history in the low bits of mark, the referenced bit above. a: resident pages. */
static u32 aging_model(u32 page, bool write)
{
	bool hit = seq_has(&m.a, page);
	u32 out = hit ? page : 0;

	(void)write;
	m.now++;
	if (!hit && m.a.n == m.frames) {
		int best = 0;

		for (int i = 1; i < m.a.n; i++)
			if (m.mark[m.a.page[i]] < m.mark[m.a.page[best]])
				best = i;
		out = seq_take(&m.a, best);
	}
	if (m.now - m.cleared >= (u32)m.frames) {
		static struct seq sorted;	/* too large for a kernel's stack */

		sorted.n = 0;
		/* Of pages that become equal, the one of the smaller history stays before. */
		for (int value = 0; value < 512; value++)
			for (int i = 0; i < m.a.n; i++)
				if (m.mark[m.a.page[i]] == value)
					seq_push(&sorted, m.a.page[i]);
		m.a = sorted;
		for (int i = 0; i < m.a.n; i++)
			m.mark[m.a.page[i]] /= 2;
		m.cleared = m.now;
	}
	if (!hit)
		m.mark[page] = 0;
	if (!hit || m.mark[page] < 256) {
		seq_drop(&m.a, page);
		seq_push(&m.a, page);
		m.mark[page] += 256;
	}
	return out;
}

/* One round of the hand over a, the circle from the hand on; since: the last use known. */
static u32 wsclock_model_evict(void)
{
	u32 best = 0;
	int best_rank = 9;

	for (int i = 0, n = m.a.n; i < n; i++) {
		u32 page = m.a.page[0];
		bool old = m.now - m.since[page] > (u32)m.frames;
		int rank = m.mark[page] ? 4 : (old ? 0 : 2) + m.dirty[page];

		if (m.mark[page])
			m.since[page] = m.now;
		m.mark[page] = 0;
		if (rank < best_rank) {
			best = page;
			best_rank = rank;
		}
		if (!rank)
			break;
		seq_push(&m.a, seq_take(&m.a, 0));
	}
	seq_drop(&m.a, best);
	m.dirty[best] = false;
	return best;
}

static u32 wsclock_model(u32 page, bool write)
{
	bool hit = seq_has(&m.a, page);
	u32 out = hit ? page : 0;

	if (!hit && m.a.n == m.frames)
		out = wsclock_model_evict();
	m.now++;
	if (!hit) {
		seq_push(&m.a, page);
		m.since[page] = m.now;
	}
	m.mark[page] = hit;
	m.dirty[page] |= write;
	return out;
}

/*
 * The three rules, by a search. a: resident, in order of use; b: on the drum; since: the tick of
 * the last use; mark: T; cleared: when it ticked last; p: the tick.
 */
static bool atlas_model_before(u32 x, u32 y)
{
	int now = m.p, tx = now - (int)m.since[x], ty = now - (int)m.since[y];
	bool over_x = tx > m.mark[x] + 1, over_y = ty > m.mark[y] + 1;

	if (over_x || over_y)
		return over_x && (!over_y || tx - m.mark[x] > ty - m.mark[y]);
	if (!tx || !ty)
		return tx ? true : !ty && m.mark[x] > m.mark[y];
	return m.mark[x] - tx > m.mark[y] - ty;
}

static u32 atlas_model(u32 page, bool write)
{
	bool hit = seq_has(&m.a, page), drum;
	u32 out = hit ? page : 0;
	int t;

	(void)write;
	m.now++;
	if (!hit && m.a.n == m.frames) {
		int best = 0;

		for (int i = 1; i < m.a.n; i++)
			if (atlas_model_before(m.a.page[i], m.a.page[best]))
				best = i;
		out = seq_take(&m.a, best);
		seq_push(&m.b, out);
	}
	if (m.now - m.cleared >= (u32)m.frames / 16) {
		m.cleared = m.now;
		m.p++;
	}
	drum = seq_drop(&m.b, page);
	if (m.b.n > m.frames)
		seq_take(&m.b, 0);
	t = hit || drum ? (int)m.p - (int)m.since[page] : 0;
	if (hit && !t)
		return out;
	m.mark[page] = t < 255 ? t : 255;
	m.since[page] = m.p;
	seq_drop(&m.a, page);
	seq_push(&m.a, page);
	return out;
}

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
};

static void model_start(int frames)
{
	m = (struct model_state){ .frames = frames };
}

#endif /* QUIRE_MODELS_H */
