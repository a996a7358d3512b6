/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes into memory, goes, and comes back.
 */
#ifndef QUIRE_THRASH_EVENTS_H
#define QUIRE_THRASH_EVENTS_H

#include "hook/hook.h"

#define QUIRE_NR_THRASH_HOOKS	5

extern struct quire_hook quire_thrash_hooks[QUIRE_NR_THRASH_HOOKS];

int quire_thrash_events_start(void);
void quire_thrash_events_stop(void);

#endif
