/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Load control.
 */
#ifndef QUIRE_THRASH_CONTROL_H
#define QUIRE_THRASH_CONTROL_H

#include <linux/pid.h>
#include "quire/abi.h"

#define QUIRE_QUANTUM_MS	10000

enum quire_control { QUIRE_CONTROL_OFF, QUIRE_CONTROL_STOP, QUIRE_CONTROL_FREEZE };

/**
 * struct quire_turn - whose turn it is; of a process, begins as zeros
 * @since_ns:	when it began to run, or was resumed
 * @suspended:	at the last look
 */
struct quire_turn {
	u64 since_ns;
	bool suspended;
};

int quire_control_start(void);
void quire_control_stop(void);
bool quire_control_begin(enum quire_thrash_state state);
void quire_control_add(struct quire_turn *turn, struct pid *pid, u64 need_pages, bool suffers);
void quire_control_end(void);

enum quire_control quire_control(void);
int quire_control_set(enum quire_control control);
unsigned int quire_control_quantum_ms(void);
void quire_control_set_quantum_ms(unsigned int ms);

#endif
