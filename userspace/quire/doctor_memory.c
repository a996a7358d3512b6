// SPDX-License-Identifier: GPL-2.0
/*
 * quire doctor: swap, and how the kernel is set to use memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "doctor.h"
#include "human.h"
#include "libquire.h"

#define READS_LEAST	100		/* of a disk, to say how long they take */
#define SLOW_READ_NS	2000000		/* a disk that takes so long is slow for swap */

static struct human kib(uint64_t value)
{
	return human_pages(value == QUIRE_NONE ? value : value / 4);
}

/* The name of the disk that a block device is, or is a part of; NULL if that cannot be seen. */
static char *disk_of(const struct doctor *doctor, const char *name, char *disk, size_t size)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "sys/class/block/%s/partition", name);
	if (fstatat(doctor->root, path, &st, 0)) {
		snprintf(path, sizeof(path), "sys/class/block/%s/queue", name);
		snprintf(disk, size, "%s", name);
		return fstatat(doctor->root, path, &st, 0) ? NULL : disk;
	}
	/* /sys/class/block/sda1 leads to .../block/sda/sda1. */
	snprintf(path, sizeof(path), "sys/class/block/%s/../queue/rotational", name);
	snprintf(disk, size, "%s/..", name);
	return fstatat(doctor->root, path, &st, 0) ? NULL : disk;
}

/* How long a read has taken since boot, in nanoseconds; QUIRE_NONE if there were too few to tell. */
static uint64_t mean_read_ns(const struct doctor *doctor, const char *name)
{
	unsigned long long reads, ms;
	char path[300], line[256];

	snprintf(path, sizeof(path), "sys/class/block/%s/stat", name);
	if (!doctor_line(doctor, path, line, sizeof(line)) ||
	    sscanf(line, "%llu %*u %*u %llu", &reads, &ms) != 2 || reads < READS_LEAST)
		return QUIRE_NONE;
	return (double)ms * 1e6 / reads;
}

/* What it says of itself, which in virtual machines often is not so, and what it has been like. */
static void look_at_disk(struct doctor *doctor, const char *name, const char *disk)
{
	static const char advice[] = "zram or zswap in front of it, or swap on a faster disk";
	uint64_t ns = mean_read_ns(doctor, name);
	char path[400], line[64];
	bool rotates;

	snprintf(path, sizeof(path), "sys/class/block/%s/queue/rotational", disk);
	rotates = doctor_line(doctor, path, line, sizeof(line)) && *line == '1';
	if (ns != QUIRE_NONE)
		doctor_say(doctor, "disk", ns < SLOW_READ_NS ? DOCTOR_GOOD : DOCTOR_BAD,
			   ns < SLOW_READ_NS ? NULL : advice, "a read from %s took %s, of all since boot",
			   name, human_ns(ns).text);
	else if (rotates)
		doctor_say(doctor, "disk", DOCTOR_BAD, advice,
			   "%s says that it rotates: some 100 pages a second, where they are scattered", name);
}

static void look_at_device(struct doctor *doctor, const char *name, struct human size, bool is_file)
{
	char disk[300], path[400], line[128];

	if (is_file) {
		doctor_say(doctor, "swap", DOCTOR_NOTE, "A partition or zram is a little faster",
			   "%s in the file %s", size.text, name);
		return;
	}
	name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	if (!strncmp(name, "zram", 4)) {
		snprintf(path, sizeof(path), "sys/class/block/%s/comp_algorithm", name);
		doctor_line(doctor, path, line, sizeof(line));
		doctor_say(doctor, "swap", DOCTOR_GOOD, NULL, "%s on %s, compressed memory (%s)", size.text,
			   name, *line ? line : "unknown algorithm");
		if (doctor_line(doctor, "proc/sys/vm/page-cluster", line, sizeof(line)) && atoi(line))
			doctor_say(doctor, "readahead", DOCTOR_NOTE, "sysctl vm.page-cluster=0",
				   "zram gains nothing by reading 2^%s pages at a time", line);
		return;
	}
	snprintf(path, sizeof(path), "sys/class/block/%s/dm/uuid", name);
	if (!doctor_line(doctor, path, line, sizeof(line)) || strncmp(line, "CRYPT-", 6))
		doctor_say(doctor, "swap", DOCTOR_NOTE,
			   "What was in memory stays readable there: cryptsetup with a random key (crypttab(5))",
			   "%s on %s, not encrypted as far as can be seen", size.text, name);
	else
		doctor_say(doctor, "swap", DOCTOR_GOOD, NULL, "%s on %s, encrypted", size.text, name);
	if (disk_of(doctor, name, disk, sizeof(disk)))
		look_at_disk(doctor, name, disk);
}

static void look_at_devices(struct doctor *doctor, char *swaps)
{
	char *line, *next = strchr(swaps, '\n'), name[256], type[64];
	unsigned long long size;

	while ((line = next) && *++line) {
		next = strchr(line, '\n');
		if (sscanf(line, "%255s %63s %llu", name, type, &size) == 3)
			look_at_device(doctor, name, kib(size), strcmp(type, "partition"));
	}
}

void doctor_swap(struct doctor *doctor)
{
	char *meminfo = doctor_read(doctor, "proc/meminfo"), *swaps = doctor_read(doctor, "proc/swaps");
	uint64_t memory = doctor_number(meminfo, "MemTotal"), total = doctor_number(meminfo, "SwapTotal");
	uint64_t free_kib = doctor_number(meminfo, "SwapFree");
	char line[64];

	if (!total)
		doctor_say(doctor, "swap", DOCTOR_BAD,
			   "A swap file or zram of a quarter of memory; without, only file pages can be evicted",
			   "there is none");
	else if (swaps)
		look_at_devices(doctor, swaps);
	if (total && total != QUIRE_NONE && total < memory / 8)
		doctor_say(doctor, "swapsize", DOCTOR_NOTE, "Cold pages of a big leak will not fit",
			   "%s of swap beside %s of memory", kib(total).text, kib(memory).text);
	if (total && total != QUIRE_NONE && free_kib < total / 10)
		doctor_say(doctor, "swapfree", DOCTOR_BAD,
			   "The out-of-memory killer is near: more swap, or see who grows: quire ps",
			   "only %s of %s are free", kib(free_kib).text, kib(total).text);
	if (total && doctor_line(doctor, "sys/module/zswap/parameters/enabled", line, sizeof(line)))
		doctor_say(doctor, "zswap", *line == 'Y' ? DOCTOR_GOOD : DOCTOR_NOTE,
			   *line == 'Y' ? NULL :
			   "Worth a try before a disk: echo 1 > /sys/module/zswap/parameters/enabled",
			   "%s", *line == 'Y' ? "on" : "off");
	free(meminfo);
	free(swaps);
}

void doctor_overcommit(struct doctor *doctor)
{
	char *meminfo = doctor_read(doctor, "proc/meminfo"), line[64];
	uint64_t limit = doctor_number(meminfo, "CommitLimit");
	uint64_t used = doctor_number(meminfo, "Committed_AS");

	if (!doctor_line(doctor, "proc/sys/vm/overcommit_memory", line, sizeof(line)))
		doctor_say(doctor, "overcommit", DOCTOR_UNKNOWN, NULL, "cannot be read");
	else if (*line != '2')
		doctor_say(doctor, "overcommit", DOCTOR_GOOD, NULL,
			   "%s: programs may ask for more than there is",
			   *line == '1' ? "always (1)" : "by guess (0)");
	else if (used < limit / 10 * 9)
		doctor_say(doctor, "overcommit", DOCTOR_GOOD, NULL, "strict (2): %s of %s promised",
			   kib(used).text, kib(limit).text);
	else
		doctor_say(doctor, "overcommit", DOCTOR_BAD,
			   "malloc() fails though memory is free: raise vm.overcommit_ratio or add swap",
			   "strict (2), and %s of %s are promised", kib(used).text, kib(limit).text);
	free(meminfo);
}

/* Huge pages that were set aside for nobody: memory that cannot be had for anything else. */
static void look_at_hugetlb(struct doctor *doctor)
{
	char *meminfo = doctor_read(doctor, "proc/meminfo");
	uint64_t spare = doctor_number(meminfo, "HugePages_Free"), memory = doctor_number(meminfo, "MemTotal");
	uint64_t size = doctor_number(meminfo, "Hugepagesize");

	if (spare != QUIRE_NONE && size != QUIRE_NONE && memory != QUIRE_NONE && spare > memory / size / 20)
		doctor_say(doctor, "hugetlb", DOCTOR_BAD, "Give them back: sysctl vm.nr_hugepages=0, or fewer",
			   "%s of %s are set aside for huge pages that nobody uses", kib(spare * size).text,
			   kib(memory).text);
	free(meminfo);
}

void doctor_thp(struct doctor *doctor)
{
	char line[128];

	look_at_hugetlb(doctor);
	if (!doctor_line(doctor, "sys/kernel/mm/transparent_hugepage/enabled", line, sizeof(line)))
		doctor_say(doctor, "hugepages", DOCTOR_NOTE, NULL, "this kernel has no transparent ones");
	else if (strstr(line, "[always]"))
		doctor_say(doctor, "hugepages", DOCTOR_NOTE,
			   "If memory is short, madvise wastes less: a touched byte can cost 2 MiB",
			   "transparent ones always");
	else
		doctor_say(doctor, "hugepages", DOCTOR_GOOD, NULL, "transparent ones %s",
			   strstr(line, "[never]") ? "never" : "where a program asks for them");
}

void doctor_lru(struct doctor *doctor)
{
	char line[64], ttl[64];

	if (!doctor_line(doctor, "sys/kernel/mm/lru_gen/enabled", line, sizeof(line))) {
		doctor_say(doctor, "lru", DOCTOR_GOOD, NULL, "classic page lists; this kernel has no other");
		return;
	}
	if (!(strtol(line, NULL, 16) & 1)) {
		doctor_say(doctor, "lru", DOCTOR_NOTE,
			   "Worth a try if it thrashes: echo y > /sys/kernel/mm/lru_gen/enabled",
			   "classic page lists; the multi-generational ones (MGLRU) are off");
		return;
	}
	doctor_line(doctor, "sys/kernel/mm/lru_gen/min_ttl_ms", ttl, sizeof(ttl));
	doctor_say(doctor, "lru", atoi(ttl) ? DOCTOR_GOOD : DOCTOR_NOTE, atoi(ttl) ? NULL :
		   "echo 1000 > /sys/kernel/mm/lru_gen/min_ttl_ms kills rather than thrashes",
		   "multi-generational page lists (MGLRU), min_ttl_ms %s", *ttl ? ttl : "unknown");
}
