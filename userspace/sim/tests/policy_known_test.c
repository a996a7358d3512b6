// SPDX-License-Identifier: GPL-2.0
/* Known answers: reference strings of papers and textbooks, and what each policy makes of them. */
#include <stdlib.h>

#include "engine.h"
#include "tap.h"

struct known {
	const char *policy;
	u32 frames;
	const char *string;	/* a letter or digit a page */
	u32 faults;
};

/* Belady's anomaly: the string of Belady, Nelson and Shedler (1969). */
#define ANOMALY "123412512345"
/* Silberschatz, Galvin, Gagne, "Operating System Concepts", chapter on virtual memory. */
#define SILBERSCHATZ "70120304230321201701"

static const struct known known[] = {
	{ "fifo", 3, ANOMALY, 9 },
	{ "fifo", 4, ANOMALY, 10 },
	{ "fifo", 3, SILBERSCHATZ, 15 },
	{ "lru", 3, ANOMALY, 10 },
	{ "lru", 4, ANOMALY, 8 },
	{ "lru", 3, SILBERSCHATZ, 12 },
	{ "clock", 3, ANOMALY, 10 },
	{ "clock", 4, ANOMALY, 8 },
};

static u32 count_faults(const struct known *k)
{
	struct quire_result result;
	u32 page[64], n = 0;

	for (const char *c = k->string; *c; c++)
		page[n++] = *c - '0' + 1;

	struct quire_trace trace = { .page = page, .requests = n, .pages = 80 };

	if (quire_simulate(quire_engine_find(k->policy), &trace, k->frames, 0, &result))
		return 0;
	return result.faults;
}

int main(void)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(known); i++) {
		u32 faults = count_faults(&known[i]);

		ok(faults == known[i].faults, "%s with %u frames over %s: %u faults (had %u)",
		   known[i].policy, known[i].frames, known[i].string, known[i].faults, faults);
	}
	return tap_done();
}
