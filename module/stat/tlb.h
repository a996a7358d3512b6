/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLB flushes.
 */
#ifndef QUIRE_TLB_H
#define QUIRE_TLB_H

#include <linux/mm_types.h>
#include "quire/abi.h"
#include "stat/histogram.h"

/*
 * The kernel's reasons, in its order; the last one exists on later kernels, so it is a number. A
 * reason that we do not know is counted with none.
 *
 *	X(reason, name, count, whether it is this CPU that has flushed)
 */
#define QUIRE_TLB_REASONS(X)							\
	X(TLB_FLUSH_ON_TASK_SWITCH, "task_switch", SWITCH, true)		\
	X(TLB_REMOTE_SHOOTDOWN, "remote_shootdown", RECEIVED, true)		\
	X(TLB_LOCAL_SHOOTDOWN, "local_shootdown", LOCAL, true)			\
	X(TLB_LOCAL_MM_SHOOTDOWN, "local_mm_shootdown", LOCAL_MM, true)		\
	X(TLB_REMOTE_SEND_IPI, "remote_send_ipi", SENT, false)			\
	X(QUIRE_TLB_REMOTE_WRONG_CPU, "remote_wrong_cpu", WRONG_CPU, true)

enum {
	QUIRE_TLB_REMOTE_WRONG_CPU = 5,
	QUIRE_NR_TLB_REASONS,
};

const char *quire_tlb_reason_name(unsigned int reason);
enum quire_count quire_tlb_reason_count(unsigned int reason);
void quire_tlb_pages(unsigned int reason, struct quire_hist *sum);

#endif
