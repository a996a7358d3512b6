/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints quire:*, for bpftrace, perf, trace-cmd and whatever else reads tracefs.
 *
 * Each is told by the part that decides or sees it, while that part runs; docs/reference.md
 * describes their fields, which only ever gain others behind them. What is off costs a static
 * branch. Process and CPU are in every event's common fields.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM quire

#if !defined(QUIRE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define QUIRE_TRACE_H

#include <linux/tracepoint.h>
#include "quire/abi.h"
#include "stat/tlb.h"

/* The names of causes and reasons, for those who print events and for those who read their format. */
#define X(id, name, about) TRACE_DEFINE_ENUM(QUIRE_CAUSE_##id);
QUIRE_CAUSES(X)
#undef X
#define X(id, name, count, flushed_here) TRACE_DEFINE_ENUM(id);
QUIRE_TLB_REASONS(X)
#undef X

#ifndef QUIRE_TRACE_CAUSES
#define QUIRE_TRACE_NAME(id, name, ...) { id, name },
#define QUIRE_TRACE_CAUSE(id, name, about) { QUIRE_CAUSE_##id, name },
#define QUIRE_TRACE_CAUSES QUIRE_CAUSES(QUIRE_TRACE_CAUSE) { -1, "unknown" }
#define QUIRE_TRACE_REASONS QUIRE_TLB_REASONS(QUIRE_TRACE_NAME) { -1, "unknown" }
#endif

/* A fault, once; its time is that of its first try that waited, as in fault_latency. */
TRACE_EVENT(fault,
	TP_PROTO(unsigned long address, enum quire_cause cause, bool major, u64 time_ns),
	TP_ARGS(address, cause, major, time_ns),
	TP_STRUCT__entry(
		__field(unsigned long, address)
		__field(u64, time_ns)
		__field(u32, cause)
		__field(u32, major)
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
	TP_PROTO(unsigned int device, unsigned long slot, unsigned long pages),
	TP_ARGS(device, slot, pages),
	TP_STRUCT__entry(
		__field(unsigned long, slot)
		__field(unsigned long, pages)
		__field(u32, device)
	),
	TP_fast_assign(
		__entry->slot = slot;
		__entry->pages = pages;
		__entry->device = device;
	),
	TP_printk("slot=%lu pages=%lu device=%u", __entry->slot, __entry->pages, __entry->device)
);

DEFINE_EVENT(quire_swap, swap_in,
	TP_PROTO(unsigned int device, unsigned long slot, unsigned long pages),
	TP_ARGS(device, slot, pages)
);

DEFINE_EVENT(quire_swap, swap_out,
	TP_PROTO(unsigned int device, unsigned long slot, unsigned long pages),
	TP_ARGS(device, slot, pages)
);

/* Evicted pages come back. */
TRACE_EVENT(page_refault,
	TP_PROTO(unsigned long pfn, unsigned long pages, bool anon),
	TP_ARGS(pfn, pages, anon),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, pages)
		__field(u32, anon)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->pages = pages;
		__entry->anon = anon;
	),
	TP_printk("pfn=%lu pages=%lu anon=%u", __entry->pfn, __entry->pages, __entry->anon)
);

/* The TLB is flushed, or others are told to flush theirs: as the kernel's tlb:tlb_flush. */
TRACE_EVENT(tlb_flush,
	TP_PROTO(unsigned int reason, unsigned long pages, bool full),
	TP_ARGS(reason, pages, full),
	TP_STRUCT__entry(
		__field(unsigned long, pages)
		__field(u32, reason)
		__field(u32, full)
	),
	TP_fast_assign(
		__entry->pages = full ? 0 : pages;
		__entry->reason = reason;
		__entry->full = full;
	),
	TP_printk("pages=%lu reason=%s full=%u", __entry->pages,
		  __print_symbolic(__entry->reason, QUIRE_TRACE_REASONS), __entry->full)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH interface
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
