/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process' own time.
 */
#ifndef QUIRE_OWN_H
#define QUIRE_OWN_H

#include <linux/types.h>

#define QUIRE_OWN_SLOTS		32
#define QUIRE_OWN_SLOT_MS	4000

/**
 * struct quire_own - how much of its time was a process' own
 * @elapsed_ms:	of real time, slot by slot, in a ring
 * @own_ms:	how much of that was its own
 * @at:		the slot of now
 */
struct quire_own {
	u32 elapsed_ms[QUIRE_OWN_SLOTS];
	u32 own_ms[QUIRE_OWN_SLOTS];
	unsigned int at;
};

void quire_own_look(struct quire_own *own, u32 elapsed_ms, u32 lost_permille);
u32 quire_own_window_ms(const struct quire_own *own, u32 own_ms);

#endif
