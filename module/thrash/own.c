// SPDX-License-Identifier: GPL-2.0
/*
 * A process' own time.
 *
 * P. J. Denning, "The Working Set Model for Program Behavior", CACM 11(5), 1968: the window of a working set
 * is one of the process' own time, which stands still while it waits for a page that is missing. Else
 * who thrashes seems to need the less, the more it lacks: it gets to fewer of its pages.
 *
 *	own time	####....#...#...#...#...		.: waits for its pages, or is stopped
 *	real time	|-----------------------|		in which it has had 8 # of its own
 *
 * So how much real time has had so much of its own time is looked up, backwards from now, in the last two
 * minutes.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include "thrash/own.h"

/**
 * quire_own_look - note how much was its own since the last look
 * @own:	what is known of the process
 * @elapsed_ms:	since then
 * @lost_permille: how much of that it has lost; 1000 if it was stopped
 */
void quire_own_look(struct quire_own *own, u32 elapsed_ms, u32 lost_permille)
{
	u32 own_ms = div_u64((u64)elapsed_ms * (1000 - min(lost_permille, 1000u)), 1000);

	if (own->elapsed_ms[own->at] >= QUIRE_OWN_SLOT_MS) {
		own->at = (own->at + 1) % QUIRE_OWN_SLOTS;
		own->elapsed_ms[own->at] = 0;
		own->own_ms[own->at] = 0;
	}
	own->elapsed_ms[own->at] += elapsed_ms;
	own->own_ms[own->at] += own_ms;
}

/**
 * quire_own_window_ms - how much real time had so much of the process' own
 * @own:	what is known of the process
 * @own_ms:	so much, not 0
 *
 * Return: ms, backwards from now; not less than @own_ms, and not more than what is known.
 */
u32 quire_own_window_ms(const struct quire_own *own, u32 own_ms)
{
	u32 window_ms = 0, missing_ms = own_ms;
	unsigned int i, slot;

	for (i = 0; i < QUIRE_OWN_SLOTS; i++) {
		slot = (own->at + QUIRE_OWN_SLOTS - i) % QUIRE_OWN_SLOTS;
		if (own->own_ms[slot] >= missing_ms) {
			window_ms += div_u64((u64)own->elapsed_ms[slot] * missing_ms, own->own_ms[slot]);
			break;
		}
		window_ms += own->elapsed_ms[slot];
		missing_ms -= own->own_ms[slot];
	}
	return max(window_ms, own_ms);
}
