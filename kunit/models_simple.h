/* SPDX-License-Identifier: GPL-2.0 */
/* Naive models of policies that remember nothing of evicted pages, and of atlas; part of models.h. */
#ifndef QUIRE_MODELS_SIMPLE_H
#define QUIRE_MODELS_SIMPLE_H

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

#endif /* QUIRE_MODELS_SIMPLE_H */
