/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page faults by cause.
 */
#ifndef QUIRE_FAULT_H
#define QUIRE_FAULT_H

#include "quire/abi.h"
#include "stat/histogram.h"

void quire_fault_latency(enum quire_cause cause, struct quire_hist *sum);
const char *quire_cause_name(enum quire_cause cause);

#endif
