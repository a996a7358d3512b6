// SPDX-License-Identifier: GPL-2.0
/*
 * Segments, page tables and TLBs, against answers worked out by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "segments.h"
#include "tables.h"
#include "tap.h"

#define K 1024UL

static struct trace *build(const uint64_t *pages, size_t count, uint64_t page_size)
{
	struct trace_ref *refs = calloc(count, sizeof(*refs));
	struct trace *trace;

	for (size_t i = 0; i < count; i++)
		refs[i].page = pages[i];
	trace = trace_build("made", refs, count, page_size);
	free(refs);
	return trace;
}

/*
 * Segments of pages of 1 KiB: A is 3 KiB, B 1, C 2, D 2, E 1. Gaps of 4 KiB divide them.
 */
enum { A = 0, A_END = 2, B = 10, C = 20, C_END = 21, D = 30, D_END = 31, E = 40 };

static void segments(void)
{
	static const uint64_t pages[] = { A, A_END, B, C, C_END, D, D_END, E };
	struct trace *t = build(pages, 8, K);
	struct segments s;

	segments_find(t, 4 * K, &s);
	ok(s.count == 5, "five segments");
	ok(s.segment[0].size == 3 * K && s.segment[1].size == K && s.segment[2].size == 2 * K &&
	   s.segment[3].base == 30 * K && s.segment[4].size == K, "their places and sizes");
	ok(s.of[1] == 0 && s.of[2] == 0 && s.of[3] == 1 && s.of[8] == 4, "and which page is in which");
	segments_free(&s);
	segments_find(t, 8 * K, &s);
	ok(s.count == 4, "a larger gap joins A and B");
	segments_free(&s);
	segments_find(t, K * K, &s);
	ok(s.count == 1 && s.segment[0].size == 41 * K, "a very large one joins all");
	segments_free(&s);
	trace_free(t);
}

static struct segments_result run(const uint64_t *pages, size_t count, uint64_t memory, enum fit fit)
{
	struct trace *t = build(pages, count, K);
	struct segments_result r;
	struct segments s;

	segments_find(t, 4 * K, &s);
	segments_run(t, &s, memory, fit, &r);
	segments_free(&s);
	trace_free(t);
	return r;
}

static void placing(void)
{
	/*
	 * In 6 KiB: A(3) B(1) C(2) fill it. D(2) evicts A, the oldest; first, best and worst fit take its hole of 3,
	 * D at 0, 1 free behind it. E(1) takes that 1.
	 */
	static const uint64_t all[] = { A, A_END, B, C, C_END, D, D_END, E };
	/* Then A(3): B and C go, 1 and 2 between D E and the end: together 3, in one piece as E is before them. */
	static const uint64_t again[] = { A, A_END, B, C, C_END, D, D_END, E, A };
	/*
	 * In 7 KiB: C(2) B(1) D(2) E(1), 1 free. B and E are used again; A(3) evicts C (2 and 1 free: 3, in two places):
	 * compaction moves B, D and E, 4 KiB.
	 */
	static const uint64_t apart[] = { C, C_END, B, D, D_END, E, B, E, A, A_END };
	struct segments_result r = run(all, 8, 6 * K, FIRST_FIT);

	ok(r.faults == 5 && r.evictions == 1 && r.compactions == 0, "five faults, one eviction, no compaction");
	ok(r.bytes_in == 9 * K, "9 KiB brought in");
	r = run(again, 9, 6 * K, FIRST_FIT);
	ok(r.faults == 6 && r.evictions == 3 && r.compactions == 0, "two more evictions make one hole");
	r = run(apart, 10, 7 * K, FIRST_FIT);
	ok(r.evictions == 1 && r.compactions == 1, "room in two places is compacted");
	ok(r.bytes_moved == 4 * K, "by moving 4 KiB");
	r = run(all, 8, 2 * K, FIRST_FIT);
	ok(r.refused == 2 && r.faults == 4, "a segment larger than memory is refused at each reference");
}

/*
 * References to segments given by letter and size: "A4 S1 A" is A of 4 KiB, S of 1 KiB, and A again. A segment is
 * referenced at both ends when it is named with its size.
 */
static struct segments_result play(const char *script, uint64_t memory, enum fit fit)
{
	uint64_t pages[100] = { 0 };
	size_t count = 0;

	for (; *script; script++) {
		uint64_t base;

		if (*script == ' ')
			continue;
		base = (*script - 'A') * 20;
		pages[count++] = base;
		if (script[1] >= '1' && script[1] <= '9')
			pages[count++] = base + *++script - '1';
	}
	return run(pages, count, memory * K, fit);
}

static void fits(void)
{
	/*
	 * A 0-4, S 4-5, B 5-10, C 10-12 of 12 KiB. X takes A's place and leaves 1-4, Y takes B's and leaves 9-10. Z(1) goes
	 * to 1-2 by first and worst fit, to 9-10 by best fit; then V(3) needs 1-4 whole.
	 */
	static const char low[] = "A4 S1 B5 C2 S C X1 Y4 Z1 V3";
	/* The same with the small hole first: 4-5, and 8-11. Worst fit alone spoils the large one. */
	static const char high[] = "B5 S1 A5 C2 S C Y4 X2 Z1 V3";
	static const unsigned int moves_low[] = { 1, 0, 1 }, moves_high[] = { 0, 0, 1 };
	static const char *const names[] = { "first", "best", "worst" };

	for (int fit = FIRST_FIT; fit <= WORST_FIT; fit++) {
		struct segments_result a = play(low, 12, fit), b = play(high, 13, fit);

		ok(a.evictions == 2 && a.compactions == moves_low[fit], "%s fit, the large hole first: %u compactions",
		   names[fit], moves_low[fit]);
		ok(b.evictions == 2 && b.compactions == moves_high[fit], "%s fit, the small hole first: %u compactions",
		   names[fit], moves_high[fit]);
	}
	/* Only when Z comes is free memory in two holes, 3 of 4 KiB in one of them. */
	ok(play(low, 12, BEST_FIT).external == 0.25 / 8, "external fragmentation, mean over the 8 faults");
}

static void tables(void)
{
	static const uint64_t pages[] = { 0, 1, 511, 512, 0x3ffff };	/* 18 bits */
	struct trace *t = build(pages, 5, 4096);
	struct paging p = { .page_size = 4096 }, big = { .page_size = 2 << 20 };
	uint64_t bytes;

	paging_find(t, &p);
	ok(p.pages == 5 && p.bits == 18 && p.waste == 0, "5 pages, numbers of 18 bits");
	paging_tables(t, &p, 1, &bytes);
	ok(bytes == 8UL << 18, "one level: an entry for each page up to the highest");
	paging_tables(t, &p, 2, &bytes);
	ok(bytes == 4 * 4096, "two levels of 9 bits: a top and 3 tables below");
	paging_tables(t, &p, 3, &bytes);
	ok(bytes == (1 + 2 + 4) * 8 * 64, "three levels of 6 bits: 1, 2 and 4 tables");
	paging_find(t, &big);
	ok(big.pages == 3 && big.waste == 3 * (2UL << 20) - 5 * 4096, "pages of 2 MiB: 3, and what they waste");
	trace_free(t);
}

/* A TLB by definition: a list of what was used, cut off behind @ways of each set. */
static uint64_t naive_hits(const struct trace *t, uint32_t sets, uint32_t ways)
{
	uint64_t hits = 0;

	for (uint64_t i = 0; i < t->refs.requests; i++) {
		uint64_t page = t->raw[t->refs.page[i]], seen[64];
		uint32_t others = 0;

		for (uint64_t b = i; b-- > 0; ) {
			uint64_t before = t->raw[t->refs.page[b]];
			uint32_t o = 0;

			if (before % sets != page % sets)
				continue;
			if (before == page) {
				hits++;
				break;
			}
			while (o < others && seen[o] != before)
				o++;
			if (o == others)
				seen[others++] = before;
			if (others == ways)
				break;
		}
	}
	return hits;
}

static void tlbs(void)
{
	static const uint64_t loop[] = { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4 };
	struct trace *t = build(loop, 15, 4096);
	struct tlb full = { 4, 4, 0 }, direct = { 4, 1, 0 }, enough = { 8, 8, 0 };
	struct random r = random_seed(5);
	int wrong = 0;

	tlb_run(t, 4096, &full);
	tlb_run(t, 4096, &direct);
	tlb_run(t, 4096, &enough);
	ok(full.hits == 0, "a loop over 5 pages never hits in 4 entries, LRU");
	ok(direct.hits == 6, "directly mapped, pages 1 to 3 hit");
	ok(enough.hits == 10, "with 8 entries all but the first hit");
	tlb_run(t, 8192, &full);
	ok(full.hits == 12, "pages of twice the size need 3 entries");
	trace_free(t);
	for (int i = 0; i < 200; i++) {
		uint64_t pages[300];
		struct tlb tlb = { .ways = 1 + random_below(&r, 5) };
		uint32_t sets = 1U << random_below(&r, 4);

		for (int p = 0; p < 300; p++)
			pages[p] = random_below(&r, 1 + random_below(&r, 60));
		t = build(pages, 300, 4096);
		tlb.entries = sets * tlb.ways;
		tlb_run(t, 4096, &tlb);
		wrong += tlb.hits != naive_hits(t, sets, tlb.ways);
		trace_free(t);
	}
	ok(!wrong, "200 random traces hit as by definition (%d differ)", wrong);
}

int main(void)
{
	segments();
	placing();
	fits();
	tables();
	tlbs();
	return tap_done();
}
