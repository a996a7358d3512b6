/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints quire:*, for bpftrace, perf, trace-cmd and whatever else reads tracefs.
 *
 * Each is told by the part that decides or sees it, while that part runs; docs/reference.md
 * describes their fields, which only ever gain others behind them. What is off costs a static
 * branch. Process and CPU are in every event's common fields. Their types are C's own: to who reads a
 * format without the kernel's BTF, u32 is just a word.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM quire

#if !defined(QUIRE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define QUIRE_TRACE_H

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include "compat/swap.h"
#include "policy/host.h"
#include "quire/abi.h"
#include "stat/tlb.h"
#include "thrash/recent.h"
#include "thrash/suspend.h"
#include "thrash/verdict.h"
#include "workingset/sample.h"

/* The names of numbers, for those who print events and for those who read their format. */
#define X(id, name, about) TRACE_DEFINE_ENUM(QUIRE_CAUSE_##id);
QUIRE_CAUSES(X)
#undef X
#define X(id, name, count, flushed_here) TRACE_DEFINE_ENUM(id);
QUIRE_TLB_REASONS(X)
#undef X
#define X(id, name) TRACE_DEFINE_ENUM(QUIRE_##id);
QUIRE_THRASH_STATES(X)
#undef X
TRACE_DEFINE_ENUM(QUIRE_NATIVE);
TRACE_DEFINE_ENUM(QUIRE_EVICT);
TRACE_DEFINE_ENUM(QUIRE_KEEP);
TRACE_DEFINE_ENUM(QUIRE_FAULT_KEEPS);
TRACE_DEFINE_ENUM(QUIRE_FAULT_NO_VICTIM);
TRACE_DEFINE_ENUM(QUIRE_FAULT_BAD_VICTIM);
TRACE_DEFINE_ENUM(QUIRE_FAULT_BAD_GHOST);
TRACE_DEFINE_ENUM(QUIRE_FAULT_BROKEN);
TRACE_DEFINE_ENUM(QUIRE_FAULT_SLOW);
#define X(id, name) TRACE_DEFINE_ENUM(QUIRE_RESUME_##id);
QUIRE_RESUMES(X)
#undef X

#ifndef QUIRE_TRACE_CAUSES
/* Sizes of texts: literals, as the format of an event shows them. */
#define QUIRE_TRACE_COMM 16
#define QUIRE_TRACE_POLICY 32
#define QUIRE_TRACE_SCOPE 256
#define QUIRE_TRACE_NAME(id, name, ...) { id, name },
#define QUIRE_TRACE_CAUSE(id, name, about) { QUIRE_CAUSE_##id, name },
#define QUIRE_TRACE_CAUSES QUIRE_CAUSES(QUIRE_TRACE_CAUSE) { -1, "unknown" }
#define QUIRE_TRACE_RESUME(id, name) { QUIRE_RESUME_##id, name },
#define QUIRE_TRACE_RESUMES QUIRE_RESUMES(QUIRE_TRACE_RESUME) { -1, "unknown" }
#define QUIRE_TRACE_REASONS QUIRE_TLB_REASONS(QUIRE_TRACE_NAME) { -1, "unknown" }
#define QUIRE_TRACE_STATE(id, name) { QUIRE_##id, name },
#define QUIRE_TRACE_STATES QUIRE_THRASH_STATES(QUIRE_TRACE_STATE) { -1, "unknown" }
#define QUIRE_TRACE_VERDICTS							\
	{ QUIRE_NATIVE, "native" }, { QUIRE_EVICT, "evict" }, { QUIRE_KEEP, "keep" }
#define QUIRE_TRACE_FAULTS							\
	{ QUIRE_FAULT_KEEPS, "keeps" }, { QUIRE_FAULT_NO_VICTIM, "no_victim" },	\
	{ QUIRE_FAULT_BAD_VICTIM, "bad_victim" },				\
	{ QUIRE_FAULT_BAD_GHOST, "bad_ghost" },					\
	{ QUIRE_FAULT_BROKEN, "broken" }, { QUIRE_FAULT_SLOW, "slow" }
#endif

/* A fault, once; its time is that of its first try that waited, as in fault_latency. */
TRACE_EVENT(fault,
	TP_PROTO(unsigned long address, enum quire_cause cause, bool major, u64 time_ns),
	TP_ARGS(address, cause, major, time_ns),
	TP_STRUCT__entry(
		__field(unsigned long, address)
		__field(unsigned long long, time_ns)
		__field(unsigned int, cause)
		__field(unsigned int, major)
	),
	TP_fast_assign(
		__entry->address = address;
		__entry->time_ns = time_ns;
		__entry->cause = cause;
		__entry->major = major;
	),
	TP_printk("address=0x%lx time_ns=%llu cause=%s major=%u", __entry->address,
		  __entry->time_ns, __print_symbolic(__entry->cause, QUIRE_TRACE_CAUSES),
		  __entry->major)
);

/* A page or large folio is read from swap, for the current process; or written, by whoever reclaims. */
DECLARE_EVENT_CLASS(quire_swap,
	TP_PROTO(unsigned int device, struct folio *folio),
	TP_ARGS(device, folio),
	TP_STRUCT__entry(
		__field(unsigned long, slot)
		__field(unsigned long, pages)
		__field(unsigned int, device)
	),
	TP_fast_assign(
		__entry->slot = quire_folio_swap_slot(folio);
		__entry->pages = folio_nr_pages(folio);
		__entry->device = device;
	),
	TP_printk("slot=%lu pages=%lu device=%u", __entry->slot, __entry->pages, __entry->device)
);

DEFINE_EVENT(quire_swap, swap_in,
	TP_PROTO(unsigned int device, struct folio *folio),
	TP_ARGS(device, folio)
);

DEFINE_EVENT(quire_swap, swap_out,
	TP_PROTO(unsigned int device, struct folio *folio),
	TP_ARGS(device, folio)
);

/* A page or large folio comes into memory: it is put on the lists of reclaim, in batches. */
TRACE_EVENT(page_admit,
	TP_PROTO(struct folio *folio),
	TP_ARGS(folio),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, pages)
		__field(unsigned int, anon)
	),
	TP_fast_assign(
		__entry->pfn = folio_pfn(folio);
		__entry->pages = folio_nr_pages(folio);
		__entry->anon = folio_test_swapbacked(folio);
	),
	TP_printk("pfn=%lu pages=%lu anon=%u", __entry->pfn, __entry->pages, __entry->anon)
);

/* It goes, evicted by the current process or thread for another. */
TRACE_EVENT(page_evict,
	TP_PROTO(struct folio *folio, u32 culprit),
	TP_ARGS(folio, culprit),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, pages)
		__field(unsigned int, anon)
		__field(unsigned int, culprit)
	),
	TP_fast_assign(
		__entry->pfn = folio_pfn(folio);
		__entry->pages = folio_nr_pages(folio);
		__entry->anon = folio_test_swapbacked(folio);
		__entry->culprit = culprit;
	),
	TP_printk("pfn=%lu pages=%lu anon=%u culprit=%u", __entry->pfn, __entry->pages,
		  __entry->anon, __entry->culprit)
);

/* Evicted pages come back. */
TRACE_EVENT(page_refault,
	TP_PROTO(struct folio *folio, const struct quire_recent *recent),
	TP_ARGS(folio, recent),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, pages)
		__field(long long, distance_pages)
		__field(long long, away_ms)
		__field(unsigned int, anon)
		__field(unsigned int, culprit)
	),
	TP_fast_assign(
		__entry->pfn = folio_pfn(folio);
		__entry->pages = folio_nr_pages(folio);
		__entry->distance_pages = recent->distance_pages;
		__entry->away_ms = recent->away_ms;
		__entry->anon = folio_test_swapbacked(folio);
		__entry->culprit = recent->tgid;
	),
	TP_printk("pfn=%lu pages=%lu distance_pages=%lld away_ms=%lld anon=%u culprit=%u",
		  __entry->pfn, __entry->pages, __entry->distance_pages, __entry->away_ms,
		  __entry->anon, __entry->culprit)
);

/* Reclaim has proposed a page, and this is what is to become of it. */
TRACE_EVENT(verdict,
	TP_PROTO(struct folio *folio, enum quire_verdict native, enum quire_verdict policy,
		 enum quire_verdict final),
	TP_ARGS(folio, native, policy, final),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, pages)
		__field(unsigned int, anon)
		__field(unsigned int, native)
		__field(unsigned int, policy)
		__field(unsigned int, final)
	),
	TP_fast_assign(
		__entry->pfn = folio_pfn(folio);
		__entry->pages = folio_nr_pages(folio);
		__entry->anon = folio_test_swapbacked(folio);
		__entry->native = native;
		__entry->policy = policy;
		__entry->final = final == QUIRE_NATIVE ? native : final;
	),
	TP_printk("pfn=%lu pages=%lu anon=%u native=%s policy=%s final=%s", __entry->pfn,
		  __entry->pages, __entry->anon,
		  __print_symbolic(__entry->native, QUIRE_TRACE_VERDICTS),
		  __print_symbolic(__entry->policy, QUIRE_TRACE_VERDICTS),
		  __print_symbolic(__entry->final, QUIRE_TRACE_VERDICTS))
);

/* So much was refused that the kernel decides for a while. */
TRACE_EVENT(guard_trip,
	TP_PROTO(const char *scope, const char *policy, bool anon, u32 trips),
	TP_ARGS(scope, policy, anon, trips),
	TP_STRUCT__entry(
		__array(char, scope, QUIRE_TRACE_SCOPE)
		__array(char, policy, QUIRE_TRACE_POLICY)
		__field(unsigned int, anon)
		__field(unsigned int, trips)
	),
	TP_fast_assign(
		strscpy(__entry->scope, scope[0] ? scope : "machine", QUIRE_TRACE_SCOPE);
		strscpy(__entry->policy, policy, QUIRE_TRACE_POLICY);
		__entry->anon = anon;
		__entry->trips = trips;
	),
	TP_printk("scope=%s policy=%s anon=%u trips=%u", __entry->scope, __entry->policy,
		  __entry->anon, __entry->trips)
);

/* A policy is there; or it is not any more. */
DECLARE_EVENT_CLASS(quire_policy,
	TP_PROTO(const char *scope, const char *policy),
	TP_ARGS(scope, policy),
	TP_STRUCT__entry(
		__array(char, scope, QUIRE_TRACE_SCOPE)
		__array(char, policy, QUIRE_TRACE_POLICY)
	),
	TP_fast_assign(
		strscpy(__entry->scope, scope[0] ? scope : "machine", QUIRE_TRACE_SCOPE);
		strscpy(__entry->policy, policy, QUIRE_TRACE_POLICY);
	),
	TP_printk("scope=%s policy=%s", __entry->scope, __entry->policy)
);

DEFINE_EVENT(quire_policy, policy_attach,
	TP_PROTO(const char *scope, const char *policy),
	TP_ARGS(scope, policy)
);

DEFINE_EVENT(quire_policy, policy_detach,
	TP_PROTO(const char *scope, const char *policy),
	TP_ARGS(scope, policy)
);

/* The guard ejects it; that it is detached follows. */
TRACE_EVENT(policy_eject,
	TP_PROTO(const char *scope, const char *policy, enum quire_fault fault),
	TP_ARGS(scope, policy, fault),
	TP_STRUCT__entry(
		__array(char, scope, QUIRE_TRACE_SCOPE)
		__array(char, policy, QUIRE_TRACE_POLICY)
		__field(unsigned int, fault)
	),
	TP_fast_assign(
		strscpy(__entry->scope, scope[0] ? scope : "machine", QUIRE_TRACE_SCOPE);
		strscpy(__entry->policy, policy, QUIRE_TRACE_POLICY);
		__entry->fault = fault;
	),
	TP_printk("scope=%s policy=%s fault=%s", __entry->scope, __entry->policy,
		  __print_symbolic(__entry->fault, QUIRE_TRACE_FAULTS))
);

/* The memory of a process has been scanned. */
TRACE_EVENT(scan,
	TP_PROTO(struct task_struct *task, u64 walked, u64 young, u64 time_ns, bool complete),
	TP_ARGS(task, walked, young, time_ns, complete),
	TP_STRUCT__entry(
		__array(char, comm, QUIRE_TRACE_COMM)
		__field(unsigned long long, walked_pages)
		__field(unsigned long long, young_pages)
		__field(unsigned long long, time_ns)
		__field(unsigned int, process)
		__field(unsigned int, complete)
	),
	TP_fast_assign(
		__entry->walked_pages = walked;
		__entry->young_pages = young;
		__entry->time_ns = time_ns;
		strscpy(__entry->comm, task->comm, QUIRE_TRACE_COMM);
		__entry->process = task_tgid_nr(task);
		__entry->complete = complete;
	),
	TP_printk("process=%u comm=%s walked_pages=%llu young_pages=%llu time_ns=%llu complete=%u",
		  __entry->process, __entry->comm, __entry->walked_pages,
		  __entry->young_pages, __entry->time_ns, __entry->complete)
);

/* What that has told of its working set. */
TRACE_EVENT(working_set,
	TP_PROTO(struct task_struct *task, const struct quire_estimate *figures),
	TP_ARGS(task, figures),
	TP_STRUCT__entry(
		__array(char, comm, QUIRE_TRACE_COMM)
		__field(unsigned int, process)
		__field(unsigned int, resident_pages)
		__field(unsigned int, swapped_pages)
		__field(unsigned int, wss_1s_pages)
		__field(unsigned int, wss_10s_pages)
		__field(unsigned int, wss_60s_pages)
	),
	TP_fast_assign(
		strscpy(__entry->comm, task->comm, QUIRE_TRACE_COMM);
		__entry->process = task_tgid_nr(task);
		__entry->resident_pages = figures[QUIRE_PAGES_RESIDENT].pages;
		__entry->swapped_pages = figures[QUIRE_PAGES_SWAPPED].pages;
		__entry->wss_1s_pages = figures[QUIRE_WSS_1S].pages;
		__entry->wss_10s_pages = figures[QUIRE_WSS_10S].pages;
		__entry->wss_60s_pages = figures[QUIRE_WSS_60S].pages;
	),
	TP_printk("process=%u comm=%s resident_pages=%u swapped_pages=%u wss_1s_pages=%u wss_10s_pages=%u wss_60s_pages=%u",
		  __entry->process, __entry->comm, __entry->resident_pages,
		  __entry->swapped_pages, __entry->wss_1s_pages, __entry->wss_10s_pages,
		  __entry->wss_60s_pages)
);

/* The verdict on a process (0: on the machine) changes, and what it rests on. */
TRACE_EVENT(thrash_state,
	TP_PROTO(u32 process, const char *comm, enum quire_thrash_state old,
		 const struct quire_judge *judge, u64 needed, u64 memory),
	TP_ARGS(process, comm, old, judge, needed, memory),
	TP_STRUCT__entry(
		__array(char, comm, QUIRE_TRACE_COMM)
		__field(unsigned int, process)
		__field(unsigned int, old)
		__field(unsigned int, new)
		__field(unsigned int, stalled_permille)
		__field(unsigned long long, waited_us)
		__field(unsigned long long, reclaim_us)
		__field(unsigned long long, refault_soon_pages)
		__field(unsigned long long, evicted_pages)
		__field(long long, needed_pages)
		__field(unsigned long long, memory_pages)
	),
	TP_fast_assign(
		struct quire_loss loss;

		quire_judge_window(judge, &loss);
		strscpy(__entry->comm, comm, QUIRE_TRACE_COMM);
		__entry->process = process;
		__entry->old = old;
		__entry->new = judge->state;
		__entry->stalled_permille = quire_stalled_permille(&loss);
		__entry->waited_us = div_u64(loss.waited_ns, NSEC_PER_USEC);
		__entry->reclaim_us = div_u64(loss.reclaim_ns, NSEC_PER_USEC);
		__entry->refault_soon_pages = loss.refaults;
		__entry->evicted_pages = loss.evictions;
		__entry->needed_pages = needed;
		__entry->memory_pages = memory;
	),
	TP_printk("process=%u comm=%s old=%s new=%s stalled_permille=%u waited_us=%llu reclaim_us=%llu refault_soon_pages=%llu evicted_pages=%llu needed_pages=%lld memory_pages=%llu",
		  __entry->process, __entry->comm,
		  __print_symbolic(__entry->old, QUIRE_TRACE_STATES),
		  __print_symbolic(__entry->new, QUIRE_TRACE_STATES), __entry->stalled_permille,
		  __entry->waited_us, __entry->reclaim_us, __entry->refault_soon_pages,
		  __entry->evicted_pages, __entry->needed_pages, __entry->memory_pages)
);

/* The TLB is flushed, or others are told to flush theirs: as the kernel's tlb:tlb_flush. */
TRACE_EVENT(tlb_flush,
	TP_PROTO(unsigned int reason, unsigned long pages, bool full),
	TP_ARGS(reason, pages, full),
	TP_STRUCT__entry(
		__field(unsigned long, pages)
		__field(unsigned int, reason)
		__field(unsigned int, full)
	),
	TP_fast_assign(
		__entry->pages = full ? 0 : pages;
		__entry->reason = reason;
		__entry->full = full;
	),
	TP_printk("pages=%lu reason=%s full=%u", __entry->pages,
		  __print_symbolic(__entry->reason, QUIRE_TRACE_REASONS), __entry->full)
);

/* Load control suspends a process (tgid, else 0) or a cgroup (cgroup, else 0). */
TRACE_EVENT(suspend,
	TP_PROTO(u32 tgid, u64 cgroup, u64 needed_pages),
	TP_ARGS(tgid, cgroup, needed_pages),
	TP_STRUCT__entry(
		__field(unsigned long long, cgroup)
		__field(unsigned long long, needed_pages)
		__field(unsigned int, tgid)
	),
	TP_fast_assign(
		__entry->cgroup = cgroup;
		__entry->needed_pages = needed_pages;
		__entry->tgid = tgid;
	),
	TP_printk("tgid=%u cgroup=%llu needed_pages=%llu", __entry->tgid, __entry->cgroup,
		  __entry->needed_pages)
);

/* It resumes one, or lets go of one that is somebody else's now. */
TRACE_EVENT(resume,
	TP_PROTO(u32 tgid, u64 cgroup, u64 suspended_ns, enum quire_resume why),
	TP_ARGS(tgid, cgroup, suspended_ns, why),
	TP_STRUCT__entry(
		__field(unsigned long long, cgroup)
		__field(unsigned long long, suspended_ns)
		__field(unsigned int, tgid)
		__field(unsigned int, why)
	),
	TP_fast_assign(
		__entry->cgroup = cgroup;
		__entry->suspended_ns = suspended_ns;
		__entry->tgid = tgid;
		__entry->why = why;
	),
	TP_printk("tgid=%u cgroup=%llu suspended_ns=%llu why=%s", __entry->tgid, __entry->cgroup,
		  __entry->suspended_ns, __print_symbolic(__entry->why, QUIRE_TRACE_RESUMES))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH interface
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
