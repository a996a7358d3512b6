/* SPDX-License-Identifier: GPL-2.0 */
/* Naive models of policies that remember evicted pages; part of models.h. */
#ifndef QUIRE_MODELS_GHOSTS_H
#define QUIRE_MODELS_GHOSTS_H

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

/*
 * CLOCK-Pro on one clock: a, from the oldest place on, holds hot pages, cold pages and ghosts; a
 * test ends when a hand passes, but is counted as failed when its page is next looked at.
 * mark: what a page is; since: on test; dirty: referenced; c: resident pages; p: the cold target.
 */
enum { PRO_NONE, PRO_HOT, PRO_COLD, PRO_GHOST, PRO_KIND = 3, PRO_TESTED = 4 };

static int pro_count(int kind)
{
	int n = 0;

	for (int i = 0; i < m.a.n; i++)
		n += (m.mark[m.a.page[i]] & PRO_KIND) == kind;
	return n;
}

static int pro_first(int kind)
{
	int i = 0;

	while (i < m.a.n && (m.mark[m.a.page[i]] & PRO_KIND) != kind)
		i++;
	return i < m.a.n ? i : -1;
}

/* A hand has come to the place @at: tests before it are over. */
static void pro_pass(int at)
{
	for (int i = 0; i < at; i++)
		m.since[m.a.page[i]] = 0;
}

static void pro_target(int change)
{
	int target = (int)m.p + change, most = m.frames - 1;

	if (most < model_share(1))
		most = model_share(1);
	if (target > most)
		target = most;
	m.p = target < model_share(1) ? model_share(1) : target;
}

static void pro_enter(u32 page, int mark)
{
	seq_drop(&m.a, page);
	seq_push(&m.a, page);
	m.mark[page] = mark;
	m.since[page] = !!(mark & PRO_TESTED);
	m.dirty[page] = false;
}

static void pro_cool(void)
{
	u32 page = 0;

	for (bool found = false; !found;) {
		int at = pro_first(PRO_HOT);

		pro_pass(at);
		page = m.a.page[at];
		found = !m.dirty[page];
		if (!found)
			pro_enter(page, PRO_HOT);
	}
	pro_enter(page, PRO_COLD);
	if (pro_first(PRO_HOT) >= 0)
		pro_pass(pro_first(PRO_HOT));
}

static void pro_heat(u32 page)
{
	pro_target(1);
	pro_enter(page, PRO_HOT);
	if (pro_count(PRO_HOT) > m.frames - (int)m.p)
		pro_cool();
}

static u32 pro_evict(void)
{
	for (;;) {
		int at = pro_first(PRO_COLD);
		bool tested;
		u32 page;

		if (at < 0) {
			pro_cool();
			continue;
		}
		page = m.a.page[at];
		tested = m.mark[page] & PRO_TESTED;
		if (!m.dirty[page]) {
			if (m.since[page])
				m.mark[page] = PRO_GHOST;
			else
				seq_take(&m.a, at);
			if (tested && !m.since[page])
				pro_target(-1);
			seq_drop(&m.c, page);
			return page;
		}
		if (tested && m.since[page]) {
			pro_heat(page);
		} else {
			if (tested)
				pro_target(-1);
			pro_enter(page, PRO_COLD | PRO_TESTED);
		}
	}
}

static u32 clock_pro_model(u32 page, bool write)
{
	bool ghost;
	u32 out = 0;

	(void)write;
	if (seq_has(&m.c, page)) {
		m.dirty[page] = true;
		return page;
	}
	if (m.c.n == m.frames)
		out = pro_evict();
	ghost = seq_has(&m.a, page);
	if (ghost && m.since[page]) {
		pro_heat(page);
	} else {
		if (ghost)
			pro_target(-1);
		pro_enter(page, PRO_COLD | PRO_TESTED);
	}
	for (int i = 0; i < 2; i++) {
		int at = pro_first(PRO_GHOST);

		if (at < 0 || (m.since[m.a.page[at]] && pro_count(PRO_GHOST) <= m.frames))
			break;
		pro_pass(at);
		seq_take(&m.a, at);
		pro_target(-1);
	}
	seq_push(&m.c, page);
	return out;
}

#endif /* QUIRE_MODELS_GHOSTS_H */
