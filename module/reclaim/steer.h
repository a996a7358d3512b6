/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Brings condemned pages to where reclaim looks first.
 */
#ifndef QUIRE_STEER_H
#define QUIRE_STEER_H

#include <linux/mm_types.h>
#include "policy/host.h"

bool quire_steer_can(struct folio *folio);
void quire_steer(const struct quire_asked *asked);

#endif
