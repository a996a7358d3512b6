/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands around folio_referenced(), for policies and for working sets.
 */
#ifndef QUIRE_RECLAIM_EVENTS_H
#define QUIRE_RECLAIM_EVENTS_H

#include "hook/hook.h"

extern const struct quire_around quire_around_referenced;

#endif
