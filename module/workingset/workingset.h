/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Working sets: what the scanner has found out.
 */
#ifndef QUIRE_WORKINGSET_H
#define QUIRE_WORKINGSET_H

#include <linux/pid.h>
#include "workingset/rules.h"
#include "workingset/sample.h"
#include "workingset/segment.h"

#define QUIRE_SCAN_INTERVAL_MS	1000
#define QUIRE_SCAN_PERMILLE	10

/* Whether translations are flushed after each scan. */
enum quire_strict { QUIRE_STRICT_OFF, QUIRE_STRICT_ON, QUIRE_STRICT_AUTO };

/**
 * struct quire_ws_info - the working set of a process
 * @tracked_ms:	since when uses of its pages are known
 * @scanned_ms:	how long ago it was scanned last
 * @interval_ms: of the ages
 * @guest:	a virtual machine uses its memory: the figures are lower bounds
 * @page_table_bytes: memory of its page tables
 * @huge_pages:	2 MiB pages mapped as such
 * @hugetlb_pages: pages of 4 KiB in hugetlb mappings, of which no use is known
 * @locked_pages: in mlocked areas
 * @pieces:	2 MiB ranges of each segment
 * @sampled:	how many of them were looked at
 * @segment:	figures by segment
 * @all:	figures of the process
 */
struct quire_ws_info {
	u64 tracked_ms;
	u64 scanned_ms;
	u32 interval_ms;
	bool guest;
	u64 page_table_bytes;
	u64 huge_pages;
	u64 hugetlb_pages;
	u64 locked_pages;
	u32 pieces[QUIRE_NR_SEGMENTS];
	u32 sampled[QUIRE_NR_SEGMENTS];
	struct quire_estimate segment[QUIRE_NR_SEGMENTS][QUIRE_NR_FIGURES];
	struct quire_estimate all[QUIRE_NR_FIGURES];
};

/**
 * struct quire_scan_stats - the scanner itself
 * @processes:	tracked
 * @ranges:	2 MiB ranges whose pages have stamps
 * @range_bytes: memory for each of them
 * @lost:	ranges for which there was no memory
 * @busy:	scans given up as the process' memory was locked all the time
 * @shift:	one range in 2^shift of large segments is looked at
 * @strict:	translations are flushed after each scan
 */
struct quire_scan_stats {
	u32 processes;
	u32 ranges;
	u32 range_bytes;
	u64 lost;
	u64 busy;
	u32 shift;
	bool strict;
};

/**
 * struct quire_heat - where in a 2 MiB range of a process its use is
 * @range:	number of the range: its address / 2 MiB
 * @scan:	the scan that last walked it
 * @known:	by slices of 128 KiB: pages that have been used since they are tracked
 * @used:	those that were used between that scan and the one before
 */
struct quire_heat {
	unsigned long range;
	u32 scan;
	u8 known[QUIRE_SLICES];
	u8 used[QUIRE_SLICES];
};

bool quire_workingset_heat(struct pid *pid, unsigned long range, struct quire_heat *heat);
bool quire_workingset_read(struct pid *pid, struct quire_ws_info *info);
void quire_scan_stats(struct quire_scan_stats *stats);

unsigned int quire_scan_interval_ms(void);
void quire_scan_set_interval_ms(unsigned int ms);
unsigned int quire_scan_permille(void);
void quire_scan_set_permille(unsigned int permille);
enum quire_strict quire_scan_strict(void);
void quire_scan_set_strict(enum quire_strict strict);
void quire_track_show(char *text);
int quire_track_set(const char *text);

#endif
