// SPDX-License-Identifier: GPL-2.0
/*
 * What module/workingset/ works out, without page tables: ages, W(t, tau), samples and their
 * intervals, segments, rules.
 */
#include <linux/slab.h>

#include "suites.h"
#include "workingset/rules.h"
#include "workingset/sample.h"
#include "workingset/segment.h"

static const u32 ticks[QUIRE_NR_WINDOWS] = { 1, 10, 60 };

static u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

static void ages_are_differences(struct kunit *test)
{
	u16 stamp = 0;

	KUNIT_EXPECT_EQ(test, quire_age(quire_stamp(5), &stamp), QUIRE_AGE_NEVER);
	stamp = quire_stamp(5);
	KUNIT_EXPECT_EQ(test, quire_age(quire_stamp(5), &stamp), 0u);
	KUNIT_EXPECT_EQ(test, quire_age(quire_stamp(6), &stamp), 1u);
	KUNIT_EXPECT_EQ(test, quire_age(quire_stamp(5 + 300), &stamp), 300u);
}

/* Stamps turn over after 65535 ticks; ages do not. */
static void ages_survive_the_turn(struct kunit *test)
{
	u64 born, age;
	u16 stamp;

	for (born = 0; born < 3 * QUIRE_STAMPS; born += 331) {
		for (age = 0; age <= QUIRE_AGE_MAX; age += 257) {
			stamp = quire_stamp(born);
			KUNIT_ASSERT_NE(test, stamp, 0);
			KUNIT_ASSERT_EQ(test, quire_age(quire_stamp(born + age), &stamp), (u32)age);
		}
	}
}

/* A page that is not used any more stays old for ever, if it is looked at now and then. */
static void the_old_stay_old(struct kunit *test)
{
	u16 stamp = quire_stamp(7);
	u64 tick;

	for (tick = 7; tick < 7 + 5 * QUIRE_STAMPS; tick += 1000)
		KUNIT_ASSERT_EQ(test, quire_age(quire_stamp(tick), &stamp),
				(u32)min_t(u64, tick - 7, QUIRE_AGE_MAX));
}

/* Faults note a use as of the next scan, which may be a pass that has begun already. */
static void what_is_ahead_is_now(struct kunit *test)
{
	u64 tick;
	u16 stamp;

	for (tick = 10; tick < 3 * QUIRE_STAMPS; tick += 13) {
		stamp = quire_stamp(tick + 1);
		KUNIT_ASSERT_EQ(test, quire_age(quire_stamp(tick), &stamp), 0u);
		KUNIT_ASSERT_EQ(test, quire_age(quire_stamp(tick + 1), &stamp), 0u);
		KUNIT_ASSERT_EQ(test, quire_age(quire_stamp(tick + 3), &stamp), 2u);
	}
}

static void buckets_are_powers_of_two(struct kunit *test)
{
	static const u32 least[] = { 0, 1, 2, 4, 8, 16, 32, 64 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(least); i++)
		KUNIT_EXPECT_EQ(test, quire_age_bucket(least[i]), i);
	KUNIT_EXPECT_EQ(test, quire_age_bucket(3), 2u);
	KUNIT_EXPECT_EQ(test, quire_age_bucket(7), 3u);
	KUNIT_EXPECT_EQ(test, quire_age_bucket(QUIRE_AGE_MAX), QUIRE_AGE_BUCKETS - 1u);
}

static void windows_are_in_intervals(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, quire_window_ticks(1000, 1000), 1u);
	KUNIT_EXPECT_EQ(test, quire_window_ticks(10000, 1000), 10u);
	KUNIT_EXPECT_EQ(test, quire_window_ticks(1000, 100), 10u);
	KUNIT_EXPECT_EQ(test, quire_window_ticks(1000, 5000), 1u);
}

/* A pass that comes too soon, after a freeze say, must not make all look old. */
static void each_pass_has_a_tick(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(1000, 1000, 100), 1ull);
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(1099, 1000, 100), 1ull);
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(1199, 1000, 100), 1ull);
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(1200, 1000, 100), 2ull);
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(901, 1000, 100), 1ull);
	KUNIT_EXPECT_EQ(test, quire_ticks_gone(0, 1000, 100), 1ull);
}

#define SEQUENCE_PAGES	300
#define SEQUENCE_TICKS	200

/* Denning's W(t, tau), counted from the sequence itself. */
static u32 working_set(u8 (*used)[SEQUENCE_PAGES], int t, int tau)
{
	u32 pages = 0;
	int page, at;

	for (page = 0; page < SEQUENCE_PAGES; page++) {
		for (at = t; at >= 0 && at > t - tau; at--) {
			if (used[at][page]) {
				pages++;
				break;
			}
		}
	}
	return pages;
}

static void the_working_set_is_denning_s(struct kunit *test)
{
	u8 (*used)[SEQUENCE_PAGES] = kunit_kzalloc(test, SEQUENCE_TICKS * SEQUENCE_PAGES, GFP_KERNEL);
	u16 *stamp = kunit_kzalloc(test, SEQUENCE_PAGES * sizeof(*stamp), GFP_KERNEL);
	u32 figure[QUIRE_NR_FIGURES];
	struct quire_run run = { };
	struct quire_piece piece;
	const u64 start = QUIRE_STAMPS - 77;	/* the stamps turn over on the way */
	u64 random = 1;
	int t, i, page;

	KUNIT_ASSERT_NOT_NULL(test, used);
	KUNIT_ASSERT_NOT_NULL(test, stamp);
	for (t = 0; t < SEQUENCE_TICKS; t++) {
		/* A locality that wanders, and a few pages anywhere. */
		for (i = 0; i < 20; i++)
			used[t][(t + next_random(&random) % 30) % SEQUENCE_PAGES] = 1;
		for (i = 0; i < 3; i++)
			used[t][next_random(&random) % SEQUENCE_PAGES] = 1;
		memset(&piece, 0, sizeof(piece));
		for (page = 0; page < SEQUENCE_PAGES; page++) {
			if (used[t][page])
				stamp[page] = quire_stamp(start + t);
			quire_run_add(&run, &piece, ticks, quire_stamp(start + t), &stamp[page], 1);
		}
		quire_run_end(&run, &piece, ticks);
		quire_piece_figures(&piece, figure);
		KUNIT_ASSERT_EQ(test, figure[QUIRE_WSS_1S], working_set(used, t, 1));
		KUNIT_ASSERT_EQ(test, figure[QUIRE_WSS_10S], working_set(used, t, 10));
		KUNIT_ASSERT_EQ(test, figure[QUIRE_WSS_60S], working_set(used, t, 60));
		for (i = 0; i < QUIRE_AGE_BUCKETS; i++)
			KUNIT_ASSERT_EQ(test, figure[QUIRE_W + i], working_set(used, t, 1 << i));
	}
}

static void all_pieces_are_exact(struct kunit *test)
{
	struct quire_stratum stratum = { .pieces = 3 };
	struct quire_estimate estimate;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct quire_piece piece = { .resident = 100 + i, .share = 32 * QUIRE_SHARE_UNIT };

		quire_stratum_add(&stratum, &piece, ticks, QUIRE_KNOWN_ALWAYS);
	}
	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 303u);
	KUNIT_EXPECT_EQ(test, estimate.low, 303u);
	KUNIT_EXPECT_EQ(test, estimate.high, 303u);
	quire_stratum_estimate(&stratum, QUIRE_WSS_10S_SHARE, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 96u);
}

static void no_piece_is_no_knowledge(struct kunit *test)
{
	struct quire_stratum stratum = { .pieces = 5 };
	struct quire_estimate estimate;

	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.low, 0u);
	KUNIT_EXPECT_EQ(test, estimate.high, 5u * QUIRE_PIECE_PAGES);
}

static void the_largest_machine_fits(struct kunit *test)
{
	/* A TiB, one range in eight, all of it used: no product may overflow. */
	struct quire_stratum stratum = { .pieces = 1 << 19, .sampled = 1 << 16 };
	struct quire_estimate estimate;

	stratum.known[QUIRE_PAGES_RESIDENT] = 1 << 16;
	stratum.sum[QUIRE_PAGES_RESIDENT] = (u64)QUIRE_PIECE_PAGES << 16;
	stratum.square[QUIRE_PAGES_RESIDENT] = (u64)QUIRE_PIECE_PAGES * QUIRE_PIECE_PAGES << 16;
	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 1u << 28);
	KUNIT_EXPECT_EQ(test, estimate.high, 1u << 28);
	KUNIT_EXPECT_GT(test, estimate.low, (1u << 28) / 1000 * 999);
	/* Half of the ranges full: the widest that there is. */
	stratum.sum[QUIRE_PAGES_RESIDENT] /= 2;
	stratum.square[QUIRE_PAGES_RESIDENT] /= 2;
	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 1u << 27);
	KUNIT_EXPECT_GT(test, estimate.low, (1u << 27) / 100 * 99);
	KUNIT_EXPECT_LT(test, estimate.high, (1u << 27) / 100 * 101);
	KUNIT_EXPECT_LT(test, estimate.low, estimate.pages);
	KUNIT_EXPECT_LT(test, estimate.pages, estimate.high);
}

struct population {
	const char *name;
	u32 pieces;
	u32 (*pages)(u32 piece, u64 random);	/* of the working set in a piece */
};

static u32 a_block(u32 piece, u64 random)
{
	return piece >= 100 && piece < 200 ? QUIRE_PIECE_PAGES : 0;
}

static u32 a_small_block(u32 piece, u64 random)
{
	return piece >= 500 && piece < 520 ? QUIRE_PIECE_PAGES : 0;
}

static u32 a_stride(u32 piece, u64 random)
{
	return QUIRE_PIECE_PAGES / 8;
}

static u32 anywhere(u32 piece, u64 random)
{
	return random % 100;
}

static u32 half_and_half(u32 piece, u64 random)
{
	return random & 1 ? QUIRE_PIECE_PAGES / 2 : 3;
}

static u32 every_second(u32 piece, u64 random)
{
	return piece % 2 ? QUIRE_PIECE_PAGES : 0;
}

static u32 a_fifth(u32 piece, u64 random)
{
	return piece < 29 ? QUIRE_PIECE_PAGES : piece == 29 ? 152 : 0;
}

static u32 everything(u32 piece, u64 random)
{
	return QUIRE_PIECE_PAGES;
}

static const struct population populations[] = {
	{ "100 full ranges of 1024", 1024, a_block },
	{ "20 full ranges of 1024", 1024, a_small_block },
	{ "an eighth of each range", 1024, a_stride },
	{ "less than 100 anywhere", 300, anywhere },
	{ "half of a range or nothing", 64, half_and_half },
	{ "every second range", 128, every_second },
	{ "15,000 pages of 150 ranges", 150, a_fifth },
	{ "all", 128, everything },
};

/* Does the interval of a sample hold what it should? */
static bool holds(const struct population *population, u64 seed, unsigned int shift)
{
	struct quire_stratum stratum = { .pieces = population->pieces };
	struct quire_estimate estimate;
	u64 random = 1, truth = 0;
	u32 i;

	shift = quire_stratum_shift(shift, population->pieces);
	for (i = 0; i < population->pieces; i++) {
		struct quire_piece piece = { .resident = population->pages(i, next_random(&random)) };

		truth += piece.resident;
		if (quire_sample_level(seed, i + 0x3fff0000) >= shift)
			quire_stratum_add(&stratum, &piece, ticks, QUIRE_KNOWN_ALWAYS);
	}
	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	return estimate.low <= truth && truth <= estimate.high &&
	       estimate.low <= estimate.pages && estimate.pages <= estimate.high;
}

static void intervals_hold_what_they_say(struct kunit *test)
{
	unsigned int i, shift, held;
	u64 seed;

	for (i = 0; i < ARRAY_SIZE(populations); i++) {
		for (shift = 1; shift <= 6; shift++) {
			for (held = 0, seed = 0; seed < 1000; seed++)
				held += holds(&populations[i], seed * 977, shift);
			KUNIT_EXPECT_GE_MSG(test, held, 930u, "%s, one in %u: %u of 1000 held",
					    populations[i].name, 1 << shift, held);
		}
	}
}

static void more_samples_say_more(struct kunit *test)
{
	unsigned int shift;
	u32 width, last = 0;

	for (shift = 0; shift < 5; shift++) {
		struct quire_stratum stratum = { .pieces = 1024 };
		struct quire_estimate estimate;
		u32 i;

		for (i = 0; i < 1024; i++) {
			struct quire_piece piece = { .resident = a_block(i, 0) };

			if (quire_sample_level(42, i) >= shift)
				quire_stratum_add(&stratum, &piece, ticks, QUIRE_KNOWN_ALWAYS);
		}
		quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
		width = estimate.high - estimate.low;
		KUNIT_EXPECT_EQ(test, width == 0, shift == 0);
		KUNIT_EXPECT_GE(test, width, last);
		last = width;
	}
	KUNIT_EXPECT_GT(test, last, 10000u);
}

static void sums_add_by_squares(struct kunit *test)
{
	const struct quire_estimate estimate[] = {
		{ 100, 70, 104 }, { 0, 0, 0 }, { 50, 10, 53 }, { 1, 1, 1 },
	};
	struct quire_estimate sum;

	quire_estimates_sum(estimate, 4, 1, &sum);
	KUNIT_EXPECT_EQ(test, sum.pages, 151u);
	KUNIT_EXPECT_EQ(test, sum.low, 101u);
	KUNIT_EXPECT_EQ(test, sum.high, 156u);
	quire_estimates_sum(estimate, 2, 2, &sum);
	KUNIT_EXPECT_EQ(test, sum.pages, 150u);
}

static void any_window_has_a_working_set(struct kunit *test)
{
	struct quire_estimate figure[QUIRE_NR_FIGURES] = { };
	unsigned int i;

	/* 1000 pages in the first interval, 100 in each after that, until there are 5000. */
	for (i = 0; i < QUIRE_AGE_BUCKETS; i++)
		figure[QUIRE_W + i].pages = min(1000u + 100u * ((1u << i) - 1), 5000u);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 1000, 1000), 1000ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 1000, 1500), 1100ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 1000, 10000), 2500ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 1000, 16000), 2500ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 500, 10000), 4100ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 2000, 500), 1000ull);
	KUNIT_EXPECT_EQ(test, quire_used_within(figure, 1, U32_MAX), 5000ull);
}

static void samples_lie_within_each_other(struct kunit *test)
{
	unsigned long range, sampled;
	unsigned int shift;

	for (shift = 0; shift <= 8; shift++) {
		sampled = 0;
		for (range = 0; range < 1 << 16; range++)
			sampled += quire_sample_level(11, range) >= shift;
		/* One in 2^shift of 65536, within four of its standard deviations. */
		KUNIT_EXPECT_LE(test, abs((long)sampled - (0x10000l >> shift)),
				(long)int_sqrt(16 * (0x10000 >> shift)));
	}
	for (range = 0; range < 1 << 16; range++)
		KUNIT_ASSERT_LE(test, quire_sample_level(11, range), QUIRE_SHIFT_MAX + 0u);
}

/* For how many intervals ranges of a level have been looked at. */
static u32 known_for(const u32 *since, unsigned int level, u32 now)
{
	return quire_sample_known(since[level], now, now);
}

static void what_is_new_in_a_sample_is_not_known(struct kunit *test)
{
	u32 since[QUIRE_SHIFTS] = { };

	/* One in 8 from the first scan on, one in 2 since 100, one in 4 since 200, all since 300. */
	quire_sample_change(since, 0, 3, 1);
	quire_sample_change(since, 3, 1, 100);
	quire_sample_change(since, 1, 2, 200);
	KUNIT_EXPECT_EQ(test, known_for(since, 2, 299), 199u);
	quire_sample_change(since, 2, 0, 300);
	KUNIT_EXPECT_EQ(test, known_for(since, 20, 310), QUIRE_KNOWN_ALWAYS);
	KUNIT_EXPECT_EQ(test, known_for(since, 3, 310), QUIRE_KNOWN_ALWAYS);
	KUNIT_EXPECT_EQ(test, known_for(since, 2, 310), 210u);
	KUNIT_EXPECT_EQ(test, known_for(since, 1, 310), 10u);
	KUNIT_EXPECT_EQ(test, known_for(since, 0, 310), 10u);
	/* Nearly as long as the process is always. */
	KUNIT_EXPECT_EQ(test, quire_sample_known(2, 3, 2), QUIRE_KNOWN_ALWAYS);
	KUNIT_EXPECT_EQ(test, quire_sample_known(100, 800, 800), QUIRE_KNOWN_ALWAYS);
	KUNIT_EXPECT_EQ(test, quire_sample_known(103, 800, 800), 697u);
}

/* 64 pieces of 100 pages each, of which half are looked at for 5 intervals: 40 pages used in the last, 70 in all. */
static void a_wider_sample_is_not_a_smaller_set(struct kunit *test)
{
	struct quire_stratum stratum = { .pieces = 64 };
	struct quire_estimate estimate;
	unsigned int i;

	for (i = 0; i < 64; i++) {
		struct quire_piece old = {
			.resident = 100, .window = { 40, 70, 70 }, .bucket = { 40, 0, 0, 30 },
		}, new = {
			.resident = 100, .window = { 40, 41, 41 }, .bucket = { 40, 1 },
		};

		if (i % 2)
			quire_stratum_add(&stratum, &old, ticks, QUIRE_KNOWN_ALWAYS);
		else
			quire_stratum_add(&stratum, &new, ticks, 5);
	}
	KUNIT_EXPECT_EQ(test, stratum.sampled, 64u);
	quire_stratum_estimate(&stratum, QUIRE_PAGES_RESIDENT, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.low, 6400u);
	KUNIT_EXPECT_EQ(test, estimate.high, 6400u);
	quire_stratum_estimate(&stratum, QUIRE_WSS_1S, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.low, 2560u);
	KUNIT_EXPECT_EQ(test, estimate.high, 2560u);
	/* Of 10 s only half know; what the others have seen is certain. */
	quire_stratum_estimate(&stratum, QUIRE_WSS_10S, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 4480u);
	KUNIT_EXPECT_GE(test, estimate.low, 32u * 111);
	KUNIT_EXPECT_LT(test, estimate.low, 4480u);
	KUNIT_EXPECT_GT(test, estimate.high, 4480u);
	quire_stratum_estimate(&stratum, QUIRE_W + 2, &estimate);	/* 4 intervals */
	KUNIT_EXPECT_EQ(test, estimate.pages, 32u * 40 + 32 * 41);
	KUNIT_EXPECT_EQ(test, estimate.low, estimate.high);

	/* Nobody knows: what was seen, and no more than all. */
	stratum = (struct quire_stratum){ .pieces = 1 };
	quire_stratum_add(&stratum, &(struct quire_piece){ .window = { 3, 4, 4 } }, ticks, 5);
	quire_stratum_estimate(&stratum, QUIRE_WSS_60S, &estimate);
	KUNIT_EXPECT_EQ(test, estimate.pages, 4u);
	KUNIT_EXPECT_EQ(test, estimate.low, 4u);
	KUNIT_EXPECT_EQ(test, estimate.high, 1u * QUIRE_PIECE_PAGES);
}

static void the_small_are_seen_whole(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(5, 0), 0u);
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(5, 63), 0u);
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(5, 64), 1u);
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(5, 1023), 4u);
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(5, 1 << 20), 5u);
	KUNIT_EXPECT_EQ(test, quire_stratum_shift(0, 1 << 20), 0u);
}

static void the_budget_is_kept(struct kunit *test)
{
	unsigned int shift = 0, cost, changes, i, next;

	KUNIT_EXPECT_EQ(test, quire_shift_next(0, 10, 10), 0u);
	KUNIT_EXPECT_EQ(test, quire_shift_next(0, 11, 10), 1u);
	KUNIT_EXPECT_EQ(test, quire_shift_next(2, 80, 10), 5u);
	KUNIT_EXPECT_EQ(test, quire_shift_next(QUIRE_SHIFT_MAX, U64_MAX / 4, 10), 0u + QUIRE_SHIFT_MAX);
	KUNIT_EXPECT_EQ(test, quire_shift_next(3, 1, 10), 2u);

	/* Whatever all would cost, it settles, within the budget, and not far below. */
	for (cost = 1; cost < 100000; cost += 97) {
		for (changes = 0, i = 0; i < 40; i++) {
			next = quire_shift_next(shift, cost >> shift, 1000);
			changes += i > 20 && next != shift;
			shift = next;
		}
		KUNIT_ASSERT_EQ(test, changes, 0u);
		KUNIT_ASSERT_LE(test, cost >> shift, 1000u);
		KUNIT_ASSERT_TRUE(test, !shift || (cost >> shift) * 5 / 2 >= 1000);
	}
}

static void segments_are_what_areas_are(struct kunit *test)
{
	static const struct {
		struct quire_area area;
		enum quire_segment segment;
	} cases[] = {
		{ { .file = true, .exec = true }, QUIRE_SEGMENT_TEXT },
		{ { .file = true, .exec = true, .shared = true }, QUIRE_SEGMENT_TEXT },
		{ { .heap = true }, QUIRE_SEGMENT_HEAP },
		{ { .stack = true }, QUIRE_SEGMENT_STACK },
		{ { .stack = true, .heap = true }, QUIRE_SEGMENT_STACK },
		{ { .exec = true }, QUIRE_SEGMENT_ANON },
		{ { }, QUIRE_SEGMENT_ANON },
		{ { .file = true }, QUIRE_SEGMENT_FILE_PRIVATE },
		{ { .file = true, .tmpfs = true }, QUIRE_SEGMENT_FILE_PRIVATE },
		/* Data of a program that touches the heap is still a file's. */
		{ { .file = true, .heap = true }, QUIRE_SEGMENT_FILE_PRIVATE },
		{ { .file = true, .shared = true }, QUIRE_SEGMENT_FILE_SHARED },
		{ { .file = true, .shared = true, .tmpfs = true }, QUIRE_SEGMENT_SHMEM },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, quire_segment_of(&cases[i].area), cases[i].segment,
				    "area %u, %s wanted", i, quire_segment_name(cases[i].segment));
}

static void rules_are_read(struct kunit *test)
{
	struct quire_rules *rules = kunit_kzalloc(test, sizeof(*rules), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, rules);
	KUNIT_EXPECT_EQ(test, quire_rules_parse(rules, "all"), 0);
	KUNIT_EXPECT_TRUE(test, rules->all);
	KUNIT_EXPECT_EQ(test, quire_rules_parse(rules, "none"), 0);
	KUNIT_EXPECT_FALSE(test, rules->all);
	KUNIT_EXPECT_EQ(test, rules->nr, 0u);
	KUNIT_ASSERT_EQ(test, quire_rules_parse(rules, "pid:12,comm:my-db+children,cgroup:/a/b.slice"), 0);
	KUNIT_ASSERT_EQ(test, rules->nr, 3u);
	KUNIT_EXPECT_EQ(test, rules->rule[0].kind, QUIRE_RULE_PID);
	KUNIT_EXPECT_EQ(test, rules->rule[0].pid, 12u);
	KUNIT_EXPECT_FALSE(test, rules->rule[0].children);
	KUNIT_EXPECT_EQ(test, rules->rule[1].kind, QUIRE_RULE_COMM);
	KUNIT_EXPECT_STREQ(test, rules->rule[1].name, "my-db");
	KUNIT_EXPECT_TRUE(test, rules->rule[1].children);
	KUNIT_EXPECT_EQ(test, rules->rule[2].kind, QUIRE_RULE_CGROUP);
	KUNIT_EXPECT_STREQ(test, rules->rule[2].name, "/a/b.slice");
}

static void what_is_no_rule_is_refused(struct kunit *test)
{
	static const char * const bad[] = {
		"", ",", "ALL", "all,pid:1", "pid", "pid:", "pid:0", "pid:-1", "pid:+1", "pid:1x",
		"pid:4294967296", "pid: 1", "comm:", "comm:+children", "comm:x+", "comm:x+child",
		"comm:x+children+children", "cgroup:", "cgroup:a", "uid:1", "comm:x,", "comm:x,,comm:y",
	};
	struct quire_rules *rules = kunit_kzalloc(test, sizeof(*rules), GFP_KERNEL);
	char *text = kunit_kzalloc(test, QUIRE_RULES_TEXT + 8, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, rules);
	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, quire_rules_parse(rules, bad[i]), -EINVAL, "\"%s\"", bad[i]);
	for (i = 0; i <= QUIRE_RULES_MAX; i++)
		strcat(text, i ? ",pid:1" : "pid:1");
	KUNIT_EXPECT_EQ(test, quire_rules_parse(rules, text), -E2BIG);
	text[strlen(text) - 6] = '\0';
	KUNIT_EXPECT_EQ(test, quire_rules_parse(rules, text), 0);
	KUNIT_EXPECT_EQ(test, rules->nr, 0u + QUIRE_RULES_MAX);
	memcpy(text, "comm:", 5);
	memset(text + 5, 'x', QUIRE_RULES_TEXT - 5);
	KUNIT_EXPECT_EQ(test, quire_rules_parse(rules, text), -E2BIG);
}

/* The rules for rules again, as they are said: how many there are, -1 if it is none. */
static int nr_rules(const char *text)
{
	int nr = 0;

	if (!strcmp(text, "all") || !strcmp(text, "none"))
		return 0;
	for (;; text++) {
		size_t length = strcspn(text, ",+"), digits;
		const char *name = memchr(text, ':', length) ?: text;
		size_t kind = name - text;

		nr++;
		name++;
		if (kind == 3 && !strncmp(text, "pid", kind)) {
			digits = strspn(name, "0123456789");
			if (digits == strspn(name, "0") || kind + 1 + digits != length)
				return -1;
		} else if (kind == 4 && !strncmp(text, "comm", kind)) {
			if (length == kind + 1)
				return -1;
		} else if (kind != 6 || strncmp(text, "cgroup", kind) || *name != '/') {
			return -1;
		}
		text += length;
		if (*text == '+') {
			if (strncmp(text, "+children", 9))
				return -1;
			text += 9;
		}
		if (!*text)
			return nr;
		if (*text != ',')
			return -1;
	}
}

static void rules_are_read_as_they_are_said(struct kunit *test)
{
	static const char *const pieces[] = {
		"pid:", "comm:", "cgroup:", "/a", "1", "0", "x", "+children", ",", "+", ":", "all", "none",
	};
	struct quire_rules *rules = kunit_kzalloc(test, sizeof(*rules), GFP_KERNEL);
	u32 number, all = 1, i, taken = 0, wrong = 0;
	char text[5 * 10];

	KUNIT_ASSERT_NOT_NULL(test, rules);
	for (i = 0; i < 5; i++)
		all *= ARRAY_SIZE(pieces) + 1;	/* nothing is a piece, too: shorter ones */
	for (number = 0; number < all; number++) {
		u32 rest = number;
		int err, nr;

		*text = '\0';
		for (i = 0; i < 5; i++, rest /= ARRAY_SIZE(pieces) + 1)
			if (rest % (ARRAY_SIZE(pieces) + 1))
				strcat(text, pieces[rest % (ARRAY_SIZE(pieces) + 1) - 1]);
		nr = nr_rules(text);
		err = quire_rules_parse(rules, text);
		taken += nr >= 0;
		if (nr < 0 ? err != -EINVAL : err || rules->nr != nr || rules->all != !strcmp(text, "all"))
			if (!wrong++)
				KUNIT_FAIL(test, "%d for \"%s\"", err, text);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	KUNIT_EXPECT_GT(test, taken, 1000u);
}

static void slices_say_where(struct kunit *test)
{
	u16 *stamp = kunit_kcalloc(test, QUIRE_PIECE_PAGES, sizeof(*stamp), GFP_KERNEL);
	u8 known[QUIRE_SLICES], used[QUIRE_SLICES];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, stamp);
	stamp[0] = quire_stamp(100);			/* now */
	stamp[QUIRE_SLICE_PAGES - 1] = quire_stamp(101);	/* by a fault since */
	stamp[QUIRE_SLICE_PAGES] = quire_stamp(99);	/* a scan ago */
	stamp[QUIRE_PIECE_PAGES - 1] = quire_stamp(100);
	quire_slices_count(stamp, false, quire_stamp(100), known, used);
	KUNIT_EXPECT_EQ(test, known[0], 2);
	KUNIT_EXPECT_EQ(test, used[0], 2);
	KUNIT_EXPECT_EQ(test, known[1], 1);
	KUNIT_EXPECT_EQ(test, used[1], 0);
	for (i = 2; i < QUIRE_SLICES - 1; i++)
		KUNIT_EXPECT_EQ(test, known[i] + used[i], 0);
	KUNIT_EXPECT_EQ(test, known[QUIRE_SLICES - 1], 1);
	KUNIT_EXPECT_EQ(test, used[QUIRE_SLICES - 1], 1);
	KUNIT_EXPECT_EQ(test, stamp[QUIRE_SLICE_PAGES], quire_stamp(99));

	quire_slices_count(stamp, true, quire_stamp(100), known, used);
	for (i = 0; i < QUIRE_SLICES; i++) {
		KUNIT_EXPECT_EQ(test, known[i], QUIRE_SLICE_PAGES);
		KUNIT_EXPECT_EQ(test, used[i], QUIRE_SLICE_PAGES);
	}
	quire_slices_count(stamp, true, quire_stamp(101), known, used);
	KUNIT_EXPECT_EQ(test, used[0] + used[QUIRE_SLICES - 1], 0);
}

static struct kunit_case workingset_cases[] = {
	KUNIT_CASE(ages_are_differences),
	KUNIT_CASE(ages_survive_the_turn),
	KUNIT_CASE(the_old_stay_old),
	KUNIT_CASE(what_is_ahead_is_now),
	KUNIT_CASE(buckets_are_powers_of_two),
	KUNIT_CASE(windows_are_in_intervals),
	KUNIT_CASE(each_pass_has_a_tick),
	KUNIT_CASE(the_working_set_is_denning_s),
	KUNIT_CASE(all_pieces_are_exact),
	KUNIT_CASE(no_piece_is_no_knowledge),
	KUNIT_CASE(the_largest_machine_fits),
	KUNIT_CASE(intervals_hold_what_they_say),
	KUNIT_CASE(more_samples_say_more),
	KUNIT_CASE(sums_add_by_squares),
	KUNIT_CASE(any_window_has_a_working_set),
	KUNIT_CASE(samples_lie_within_each_other),
	KUNIT_CASE(what_is_new_in_a_sample_is_not_known),
	KUNIT_CASE(a_wider_sample_is_not_a_smaller_set),
	KUNIT_CASE(the_small_are_seen_whole),
	KUNIT_CASE(the_budget_is_kept),
	KUNIT_CASE(slices_say_where),
	KUNIT_CASE(segments_are_what_areas_are),
	KUNIT_CASE(rules_are_read),
	KUNIT_CASE(what_is_no_rule_is_refused),
	KUNIT_CASE(rules_are_read_as_they_are_said),
	{}
};

struct kunit_suite quire_workingset_suite = {
	.name = "workingset",
	.test_cases = workingset_cases,
};
