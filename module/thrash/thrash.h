/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Thrashing: the verdict, and what it rests on.
 */
#ifndef QUIRE_THRASH_H
#define QUIRE_THRASH_H

#include <linux/pid.h>
#include <linux/sched.h>
#include "quire/abi.h"
#include "thrash/blame.h"
#include "thrash/leak.h"
#include "thrash/verdict.h"

#define QUIRE_THRASH_INTERVAL_MS	250
#define QUIRE_LEAK_SECONDS		60

/* A number of pages that nobody knows. */
#define QUIRE_UNKNOWN			U64_MAX

/**
 * struct quire_thrash_info - the machine, or a process
 * @state:	the verdict
 * @state_ms:	how long that has been so
 * @loss:	the evidence, of the last QUIRE_LOOKS looks
 * @needed_pages: the working set (10 s of the process' own time), or of all; QUIRE_UNKNOWN without the
 *		scanner
 * @memory_pages: what there is, or what the process has in memory
 * @thrashings:	how often the machine has begun to thrash
 * @thrashed_ms: how long it has thrashed in all
 * @leaks:	a suspected leak
 * @leak:	if so
 */
struct quire_thrash_info {
	enum quire_thrash_state state;
	u64 state_ms;
	struct quire_loss loss;
	u64 needed_pages;
	u64 memory_pages;
	u64 thrashings;
	u64 thrashed_ms;
	bool leaks;
	struct quire_leak_info leak;
};

bool quire_thrash_read(struct quire_thrash_info *info);
bool quire_thrash_read_process(struct pid *pid, struct quire_thrash_info *info);
unsigned int quire_thrash_read_blame(struct quire_blame *blame, unsigned int max);
bool quire_thrash_is_blind(void);

unsigned int quire_thrash_interval_ms(void);
void quire_thrash_set_interval_ms(unsigned int ms);
unsigned int quire_leak_seconds(void);
void quire_leak_set_seconds(unsigned int seconds);

#endif
