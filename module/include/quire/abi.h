/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names and units that the module shares with userspace.
 *
 * Each count has one row below. A row makes the enumerator QUIRE_<id>, the line
 * `<name> <value>` of /proc/quire/stat and, where it is kept per process, the
 * column <name> of /proc/quire/processes. Units are in the names: counts of
 * events have none, _pages are pages of 4 KiB, _us are microseconds.
 *
 *	X(id, name, unit, scope)
 *
 * unit:  COUNT as it is; TIME kept in ns, shown in us
 * scope: PROC per process and in all; ALL for the whole machine only
 */
#ifndef QUIRE_ABI_H
#define QUIRE_ABI_H

#define QUIRE_VERSION "0.1"

/*
 * Causes of a page fault, each with a count and the time spent. A cause is
 * what the fault found before it was handled, but for the four that only the
 * outcome tells apart: huge from anon, cow from notify, file_read from
 * file_cached.
 */
#define QUIRE_CAUSES(X)								\
	X(ANON, "anon", "first touch of anonymous memory")			\
	X(COW, "cow", "write that had to copy the page")			\
	X(SWAP_IN, "swapin", "the page was in swap or in the swap cache")	\
	X(FILE_CACHED, "file_cached", "file page found in the page cache")	\
	X(FILE_READ, "file_read", "file page that had to be read or waited for")\
	X(SHMEM, "shmem", "shared memory or tmpfs page")			\
	X(HUGE, "huge", "huge page: new, hugetlb, or write to one")		\
	X(NOTIFY, "notify", "write to a page mapped read-only, no copy needed")	\
	X(SPURIOUS, "spurious", "nothing was missing: another CPU was first")	\
	X(OTHER, "other", "migration, NUMA hint, userfaultfd, device memory")

#define QUIRE_CAUSE_COUNTS(X)							\
	X(FAULTS_ANON, "faults_anon", COUNT, PROC)				\
	X(FAULTS_COW, "faults_cow", COUNT, PROC)				\
	X(FAULTS_SWAP_IN, "faults_swapin", COUNT, PROC)				\
	X(FAULTS_FILE_CACHED, "faults_file_cached", COUNT, PROC)		\
	X(FAULTS_FILE_READ, "faults_file_read", COUNT, PROC)			\
	X(FAULTS_SHMEM, "faults_shmem", COUNT, PROC)				\
	X(FAULTS_HUGE, "faults_huge", COUNT, PROC)				\
	X(FAULTS_NOTIFY, "faults_notify", COUNT, PROC)				\
	X(FAULTS_SPURIOUS, "faults_spurious", COUNT, PROC)			\
	X(FAULTS_OTHER, "faults_other", COUNT, PROC)

#define QUIRE_CAUSE_TIMES(X)							\
	X(FAULT_TIME_ANON, "fault_anon_us", TIME, PROC)				\
	X(FAULT_TIME_COW, "fault_cow_us", TIME, PROC)				\
	X(FAULT_TIME_SWAP_IN, "fault_swapin_us", TIME, PROC)			\
	X(FAULT_TIME_FILE_CACHED, "fault_file_cached_us", TIME, PROC)		\
	X(FAULT_TIME_FILE_READ, "fault_file_read_us", TIME, PROC)		\
	X(FAULT_TIME_SHMEM, "fault_shmem_us", TIME, PROC)			\
	X(FAULT_TIME_HUGE, "fault_huge_us", TIME, PROC)				\
	X(FAULT_TIME_NOTIFY, "fault_notify_us", TIME, PROC)			\
	X(FAULT_TIME_SPURIOUS, "fault_spurious_us", TIME, PROC)			\
	X(FAULT_TIME_OTHER, "fault_other_us", TIME, PROC)

#define QUIRE_COUNTS(X)								\
	QUIRE_CAUSE_COUNTS(X)							\
	QUIRE_CAUSE_TIMES(X)							\
	/* also in one of the causes above */					\
	X(FAULTS_MAJOR, "faults_major", COUNT, PROC)				\
	X(FAULTS_KERNEL, "faults_kernel_mode", COUNT, PROC)			\
	X(FAULTS_GUP, "faults_on_behalf", COUNT, PROC)				\
	/* in none of them: tried again later, or refused */			\
	X(FAULTS_RETRIED, "faults_retried", COUNT, PROC)			\
	X(FAULTS_FAILED, "faults_failed", COUNT, PROC)				\
	X(SWAP_IN_PAGES, "swapin_pages", COUNT, PROC)				\
	X(SWAP_OUT_PAGES, "swapout_pages", COUNT, PROC)				\
	X(REFAULT_ANON_PAGES, "refault_anon_pages", COUNT, PROC)		\
	X(REFAULT_FILE_PAGES, "refault_file_pages", COUNT, PROC)		\
	X(STALL_RECLAIMS, "stalls_reclaim", COUNT, PROC)			\
	X(STALL_RECLAIM_TIME, "stall_reclaim_us", TIME, PROC)			\
	X(STALL_SWAP_INS, "stalls_swapin", COUNT, PROC)				\
	X(STALL_SWAP_IN_TIME, "stall_swapin_us", TIME, PROC)			\
	X(STALL_FILES, "stalls_file", COUNT, PROC)				\
	X(STALL_FILE_TIME, "stall_file_us", TIME, PROC)				\
	X(STALL_COMPACTIONS, "stalls_compaction", COUNT, PROC)			\
	X(STALL_COMPACTION_TIME, "stall_compaction_us", TIME, PROC)		\
	/* what the verdict on thrashing rests on */				\
	X(ADMITTED_PAGES, "admitted_pages", COUNT, PROC)			\
	X(EVICTED_PAGES, "evicted_pages", COUNT, PROC)				\
	X(REFAULT_SOON_PAGES, "refault_soon_pages", COUNT, PROC)		\
	X(STALL_REREADS, "stalls_reread", COUNT, PROC)				\
	X(STALL_REREAD_TIME, "stall_reread_us", TIME, PROC)			\
	X(VERDICTS, "verdicts", COUNT, ALL)					\
	X(VERDICT_TIME, "verdict_us", TIME, ALL)				\
	/* who caused them: the process that unmapped or changed the pages */	\
	X(TLB_SENT, "tlb_shootdowns_sent", COUNT, PROC)				\
	X(TLB_LOCAL_MM, "tlb_flushes_local_mm", COUNT, PROC)			\
	X(TLB_LOCAL, "tlb_flushes_local", COUNT, PROC)				\
	X(TLB_CALLS, "tlb_range_calls", COUNT, PROC)				\
	X(TLB_BATCHED, "tlb_batched_unmaps", COUNT, PROC)			\
	/* where they happened: on CPUs, whatever ran there */			\
	X(TLB_RECEIVED, "tlb_shootdowns_received", COUNT, ALL)			\
	X(TLB_SWITCH, "tlb_flushes_switch", COUNT, ALL)				\
	X(TLB_WRONG_CPU, "tlb_shootdowns_wrong_cpu", COUNT, ALL)		\
	X(TLB_FULL, "tlb_flushes_full", COUNT, ALL)				\
	X(TLB_RANGED, "tlb_flushes_ranged", COUNT, ALL)				\
	X(TLB_RANGED_PAGES, "tlb_flushed_pages", COUNT, ALL)			\
	X(TLB_ALL_CALLS, "tlb_all_calls", COUNT, ALL)				\
	X(TLB_KERNEL_CALLS, "tlb_kernel_range_calls", COUNT, ALL)		\
	/* what the scanner of working sets has done */				\
	X(SCAN_PASSES, "scan_passes", COUNT, ALL)				\
	X(SCAN_PAGES, "scan_walked_pages", COUNT, ALL)				\
	X(SCAN_TIME, "scan_us", TIME, ALL)					\
	X(SCAN_TOUCHES, "scan_touched_pages", COUNT, ALL)

/* What memory is like for a process, or for the machine; as /proc/quire/thrash has it. */
#define QUIRE_THRASH_STATES(X)							\
	X(CALM, "calm")			/* there is enough */			\
	X(TIGHT, "tight")		/* it is short, and work gets done */	\
	X(THRASHING, "thrashing")	/* much of the time goes into getting it back */

enum quire_thrash_state {
#define X(id, name) QUIRE_##id,
	QUIRE_THRASH_STATES(X)
#undef X
};

enum quire_cause {
#define X(id, name, about) QUIRE_CAUSE_##id,
	QUIRE_CAUSES(X)
#undef X
	QUIRE_NR_CAUSES
};

enum quire_count {
#define X(id, name, unit, scope) QUIRE_##id,
	QUIRE_COUNTS(X)
#undef X
	QUIRE_NR_COUNTS
};

#endif
