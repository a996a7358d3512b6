/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own counts that /proc/quire/stat shows beside ours, under the
 * names that /proc/vmstat gives them. Which there are depends on the
 * kernel's configuration.
 */
#ifndef QUIRE_COMPAT_VMSTAT_H
#define QUIRE_COMPAT_VMSTAT_H

#include <linux/mm.h>
#include <linux/vmstat.h>

static const struct {
	const char *name;
	enum vm_event_item item;
} quire_vm_events[] = {
	{ "pgfault", PGFAULT },
	{ "pgmajfault", PGMAJFAULT },
	{ "pswpin", PSWPIN },
	{ "pswpout", PSWPOUT },
	{ "swap_ra", SWAP_RA },
	{ "swap_ra_hit", SWAP_RA_HIT },
#ifdef CONFIG_ZSWAP
	{ "zswpin", ZSWPIN },
	{ "zswpout", ZSWPOUT },
#endif
};

static const struct {
	const char *name;
	enum node_stat_item item;
} quire_node_stats[] = {
	{ "workingset_refault_anon", WORKINGSET_REFAULT_ANON },
	{ "workingset_refault_file", WORKINGSET_REFAULT_FILE },
};

#endif
