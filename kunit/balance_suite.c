// SPDX-License-Identifier: GPL-2.0
/*
 * Whom load control suspends and resumes: the decision alone, on units that are made up; and a
 * machine that is made up, too, to see that all get their turn and that it comes to rest.
 */
#include "suites.h"
#include "thrash/balance.h"

#define QUANTUM 10000u

static struct quire_unit runs(u64 need_pages, u64 since_ms)
{
	return (struct quire_unit){ .need_pages = need_pages, .since_ms = since_ms, .suffers = true };
}

static struct quire_unit waits(u64 need_pages, u64 since_ms)
{
	return (struct quire_unit){
		.need_pages = need_pages, .since_ms = since_ms, .suspended = true,
	};
}

static struct quire_room room_of(enum quire_thrash_state state, u64 memory_pages)
{
	return (struct quire_room){
		.state = state, .memory_pages = memory_pages, .quantum_ms = QUANTUM,
		.moved_ms = 60000,
	};
}

static struct quire_move choose(const struct quire_room *room, const struct quire_unit *unit,
				unsigned int units)
{
	struct quire_move move;

	quire_balance_choose(room, unit, units, &move);
	return move;
}

static void what_frees_most_is_suspended(struct kunit *test)
{
	struct quire_unit unit[] = { runs(100, 5), runs(900, 5), runs(300, 5) };
	struct quire_room room = room_of(QUIRE_THRASHING, 500);
	struct quire_move move = choose(&room, unit, 3);

	KUNIT_EXPECT_EQ(test, quire_balance_needed(&room, unit, 3, 0), 1300ull);
	KUNIT_EXPECT_EQ(test, move.suspend, 1);
	KUNIT_EXPECT_EQ(test, move.resume, QUIRE_NOBODY);
}

/* More than what is missing helps nobody: then it is the turn of who has run for longest. */
static void of_equals_who_has_run_longest(struct kunit *test)
{
	struct quire_unit unit[] = { runs(300, 5), runs(400, 9), runs(300, 7) };
	struct quire_room room = room_of(QUIRE_THRASHING, 800);

	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).suspend, 1);
	unit[1].since_ms = 6;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).suspend, 2);
}

static void the_spared_are_left_alone(struct kunit *test)
{
	struct quire_unit unit[] = { runs(900, 5), runs(300, 5), runs(100, 5) };
	struct quire_room room = room_of(QUIRE_THRASHING, 500);

	unit[0].spared = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).suspend, 1);
	unit[1].spared = true;
	unit[2].spared = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).suspend, QUIRE_NOBODY);
}

/* Nor for who needs more than there is: suspending others would not help him. */
static void nobody_is_suspended_for_nobody(struct kunit *test)
{
	struct quire_unit unit[] = { runs(900, 5), runs(100, 5) };
	struct quire_room room = room_of(QUIRE_THRASHING, 500);

	unit[1].suffers = false;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	unit[1].suffers = true;
	unit[0].suffers = false;	/* it takes from others what it does not use again */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, 0);
	unit[1].need_pages = 501;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	unit[1].need_pages = 450;	/* nor for itself */
	unit[0].spared = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
}

static void nothing_is_done_without_thrashing(struct kunit *test)
{
	struct quire_unit unit[] = { runs(900, 5), runs(300, 5) };
	struct quire_room room = room_of(QUIRE_TIGHT, 500);

	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	room.state = QUIRE_CALM;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	room.state = QUIRE_THRASHING;
	KUNIT_EXPECT_EQ(test, choose(&room, NULL, 0).suspend, QUIRE_NOBODY);
}

/* Those who stay get their pages back first: 2 s, or 6 if they should fit. */
static void one_move_at_a_time(struct kunit *test)
{
	struct quire_unit unit[] = { runs(400, 5), runs(300, 5) };
	struct quire_room room = room_of(QUIRE_THRASHING, 500);

	room.moved_ms = 1999;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	room.moved_ms = 2000;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, 0);
	room.memory_pages = 700;
	room.moved_ms = 5999;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, QUIRE_NOBODY);
	room.moved_ms = 6000;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).suspend, 0);
}

static void what_fits_well_is_resumed_at_once(struct kunit *test)
{
	struct quire_unit unit[] = { runs(300, 5), waits(300, 100) };
	struct quire_room room = room_of(QUIRE_CALM, 800);
	struct quire_move move = choose(&room, unit, 2);

	KUNIT_EXPECT_EQ(test, move.resume, 1);
	KUNIT_EXPECT_EQ(test, move.suspend, QUIRE_NOBODY);
	room.memory_pages = 798;	/* it would be more than three quarters */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).resume, QUIRE_NOBODY);
	room.memory_pages = 800;
	room.other_pages = 1;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).resume, QUIRE_NOBODY);
	room.other_pages = 0;
	room.moved_ms = 1999;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).resume, QUIRE_NOBODY);
	room = room_of(QUIRE_THRASHING, 800);
	unit[0].spared = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 2).resume, QUIRE_NOBODY);
}

static void a_quantum_later_it_is_the_next_ones_turn(struct kunit *test)
{
	struct quire_unit unit[] = { runs(300, 50000), waits(300, QUANTUM - 1), runs(300, 40000) };
	struct quire_room room = room_of(QUIRE_CALM, 700);
	struct quire_move move = choose(&room, unit, 3);

	KUNIT_EXPECT_EQ(test, move.resume, QUIRE_NOBODY);
	unit[1].since_ms = QUANTUM;
	move = choose(&room, unit, 3);
	KUNIT_EXPECT_EQ(test, move.resume, 1);
	KUNIT_EXPECT_EQ(test, move.suspend, 0);
	/* The one that was let in a moment ago gets its quantum, too. */
	room.moved_ms = QUANTUM - 1;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).resume, QUIRE_NOBODY);
	/* Nobody waits for ever, be there nobody to change places with. */
	room.moved_ms = QUANTUM;
	unit[0].spared = true;
	unit[2].spared = true;
	move = choose(&room, unit, 3);
	KUNIT_EXPECT_EQ(test, move.resume, 1);
	KUNIT_EXPECT_EQ(test, move.suspend, QUIRE_NOBODY);
}

/* A unit held to the limit of a cgroup. */
static struct quire_unit within(u64 limit, u64 limit_pages, struct quire_unit unit)
{
	unit.limit = limit;
	unit.limit_pages = limit_pages;
	return unit;
}

/* Whoever is not held to the limit has nothing that those within could use. */
static void a_limit_is_a_memory_of_its_own(struct kunit *test)
{
	struct quire_unit unit[] = {
		runs(900, 50), within(7, 500, runs(300, 5)), within(7, 500, runs(400, 5)),
		within(8, 500, runs(450, 60)),
	};
	struct quire_room room = room_of(QUIRE_THRASHING, 10000);

	unit[0].suffers = false;
	unit[3].suffers = false;
	KUNIT_EXPECT_EQ(test, quire_balance_needed(&room, unit, 4, 0), 1850ull);
	KUNIT_EXPECT_EQ(test, quire_balance_needed(&room, unit, 4, 7), 700ull);
	/* 200 are missing, and both free as many: who has run longest. */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 1);
	unit[2].since_ms = 6;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 2);
	/* Alone with its limit: nobody can help, however long it goes on. */
	unit[1].suspended = true;
	unit[1].since_ms = 0;
	unit[2].need_pages = 499;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, QUIRE_NOBODY);
	/* It should fit, and does not: some need of those within is not known well. */
	unit[1] = within(7, 500, runs(10, 5));
	unit[2].need_pages = 400;
	room.moved_ms = 5999;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, QUIRE_NOBODY);
	room.moved_ms = 6000;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 2);
	/* The machine is short, too: all use its memory, but its own have it better by that first. */
	room.memory_pages = 1000;
	unit[0].suffers = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 3);
	unit[0].suffers = false;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 2);
}

/* What a cgroup wants beyond its limit is not the machine's to give. */
static void nobody_has_more_than_his_limit(struct kunit *test)
{
	struct quire_unit unit[] = {
		within(7, 100, runs(5000, 9)), runs(300, 5), within(7, 100, waits(5000, 100)), runs(150, 5),
	};
	struct quire_room room = room_of(QUIRE_THRASHING, 600);

	KUNIT_EXPECT_EQ(test, quire_balance_needed(&room, unit, 4, 0), 550ull);
	room.moved_ms = 5000;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, QUIRE_NOBODY);
	room.memory_pages = 400;	/* 150 are missing: to suspend it frees 100 */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 1);
	unit[1].spared = true;
	unit[3].spared = true;
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 4).suspend, 0);
}

static void who_fits_into_the_limit_is_resumed(struct kunit *test)
{
	struct quire_unit unit[] = {
		within(7, 800, runs(300, 50)), within(7, 800, waits(300, 100)), runs(5000, 5),
	};
	struct quire_room room = room_of(QUIRE_CALM, 10000);
	struct quire_move move;

	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).resume, 1);
	unit[1].limit_pages = 500;	/* it does not fit there, but for its turn */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).resume, QUIRE_NOBODY);
	unit[1].since_ms = QUANTUM;
	move = choose(&room, unit, 3);
	KUNIT_EXPECT_EQ(test, move.resume, 1);
	KUNIT_EXPECT_EQ(test, move.suspend, 0);
	unit[1].since_ms = 100;
	unit[1].limit_pages = 800;
	room.memory_pages = 6000;	/* nor into the machine */
	KUNIT_EXPECT_EQ(test, choose(&room, unit, 3).resume, QUIRE_NOBODY);
}

/* Time goes by for a machine that thrashes a second after its working sets do not fit. */
#define UNITS 5
#define STEP_MS 250

struct machine {
	struct quire_unit unit[UNITS];
	struct quire_room room;
	u64 ran_ms[UNITS];
	u64 longest_wait_ms;
	unsigned int over_ms;
	unsigned int moves;
};

static void turn(struct quire_unit *unit, bool suspended)
{
	unit->suspended = suspended;
	unit->since_ms = 0;
}

static void step(struct machine *machine)
{
	struct quire_move move;
	unsigned int i;
	bool fits;

	fits = quire_balance_needed(&machine->room, machine->unit, UNITS, 0) <=
	       machine->room.memory_pages;
	machine->over_ms = fits ? 0 : machine->over_ms + STEP_MS;
	machine->room.state = machine->over_ms >= 1000 ? QUIRE_THRASHING : QUIRE_CALM;
	machine->room.moved_ms += STEP_MS;
	for (i = 0; i < UNITS; i++) {
		machine->unit[i].since_ms += STEP_MS;
		machine->unit[i].suffers = machine->room.state == QUIRE_THRASHING;
		if (!machine->unit[i].suspended)
			machine->ran_ms[i] += STEP_MS;
		else
			machine->longest_wait_ms = max(machine->longest_wait_ms,
						       machine->unit[i].since_ms);
	}
	quire_balance_choose(&machine->room, machine->unit, UNITS, &move);
	if (move.suspend != QUIRE_NOBODY)
		turn(&machine->unit[move.suspend], true);
	if (move.resume != QUIRE_NOBODY)
		turn(&machine->unit[move.resume], false);
	if (move.suspend != QUIRE_NOBODY || move.resume != QUIRE_NOBODY) {
		machine->room.moved_ms = 0;
		machine->moves++;
	}
}

static void all_get_their_turn(struct kunit *test)
{
	struct machine machine = { .room = room_of(QUIRE_CALM, 700) };
	unsigned int i, thrashed = 0;

	for (i = 0; i < UNITS; i++)
		machine.unit[i] = runs(300, 0);
	for (i = 0; i < 4000; i++) {		/* 1000 s: two of five run at a time */
		step(&machine);
		thrashed += machine.room.state == QUIRE_THRASHING;
	}
	for (i = 0; i < UNITS; i++)
		KUNIT_EXPECT_GE(test, machine.ran_ms[i], 350000ull);
	KUNIT_EXPECT_LE(test, thrashed, 80u);
	KUNIT_EXPECT_LE(test, machine.longest_wait_ms, 4ull * QUANTUM);
	KUNIT_EXPECT_LE(test, machine.moves, 120u);
}

static void all_run_when_the_rest_has_gone(struct kunit *test)
{
	struct machine machine = { .room = room_of(QUIRE_CALM, 1000) };
	unsigned int i;

	for (i = 0; i < UNITS; i++)
		machine.unit[i] = runs(i < 2 ? 600 : 100, 0);
	for (i = 0; i < 40; i++)
		step(&machine);
	KUNIT_EXPECT_TRUE(test, machine.unit[0].suspended || machine.unit[1].suspended);
	for (i = 0; i < UNITS; i++)
		machine.unit[i].need_pages = machine.unit[i].suspended ? 600 : 10;
	for (i = 0; i < 12; i++)
		step(&machine);
	for (i = 0; i < UNITS; i++)
		KUNIT_EXPECT_FALSE(test, machine.unit[i].suspended);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_frees_most_is_suspended),
	KUNIT_CASE(of_equals_who_has_run_longest),
	KUNIT_CASE(the_spared_are_left_alone),
	KUNIT_CASE(nobody_is_suspended_for_nobody),
	KUNIT_CASE(nothing_is_done_without_thrashing),
	KUNIT_CASE(one_move_at_a_time),
	KUNIT_CASE(what_fits_well_is_resumed_at_once),
	KUNIT_CASE(a_quantum_later_it_is_the_next_ones_turn),
	KUNIT_CASE(a_limit_is_a_memory_of_its_own),
	KUNIT_CASE(nobody_has_more_than_his_limit),
	KUNIT_CASE(who_fits_into_the_limit_is_resumed),
	KUNIT_CASE(all_get_their_turn),
	KUNIT_CASE(all_run_when_the_rest_has_gone),
	{}
};

struct kunit_suite quire_balance_suite = {
	.name = "balance",
	.test_cases = cases,
};
