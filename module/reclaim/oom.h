/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nobody is killed for want of memory that the kernel by itself would have found.
 */
#ifndef QUIRE_OOM_H
#define QUIRE_OOM_H

#include "hook/hook.h"

extern const struct quire_around quire_around_no_memory;

#endif
