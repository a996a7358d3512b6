/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where policies meet the kernel.
 */
#ifndef QUIRE_RECLAIM_H
#define QUIRE_RECLAIM_H

#include "policy/host.h"

int quire_reclaim_attach(const char *name);
void quire_reclaim_detach(void);
const struct quire_policy_ops *quire_reclaim_read(struct quire_host_stats *stats);

#endif
