/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLB flushes.
 */
#ifndef QUIRE_TLB_H
#define QUIRE_TLB_H

#include "quire/abi.h"
#include "stat/histogram.h"

#define QUIRE_TLB_REASONS	6

const char *quire_tlb_reason_name(unsigned int reason);
enum quire_count quire_tlb_reason_count(unsigned int reason);
void quire_tlb_pages(unsigned int reason, struct quire_hist *sum);

#endif
