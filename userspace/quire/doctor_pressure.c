// SPDX-License-Identifier: GPL-2.0
/*
 * quire doctor: signs of want: fragmentation, stalls, limits of cgroups.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "libquire.h"

#define ORDERS		11
#define HUGE_ORDER	9	/* 2 MiB */
#define CGROUP_ROOT	"sys/fs/cgroup"
#define CGROUP_DEPTH	8
#define CGROUPS_SHOWN	5

/* Add the free blocks of one line of buddyinfo: "Node 0, zone Normal 1 2 3 ...". */
static void add_zone(const char *line, unsigned long long *blocks)
{
	const char *zone = strstr(line, "zone");
	char *end;

	if (!zone)
		return;
	zone += 4;
	zone += strspn(zone, " ");
	while (*zone && !isspace((unsigned char)*zone))
		zone++;
	for (int order = 0; order < ORDERS && *zone && *zone != '\n'; order++, zone = end) {
		blocks[order] += strtoull(zone, &end, 10);
		if (end == zone)
			return;
	}
}

void doctor_fragmentation(struct doctor *doctor)
{
	char *text = doctor_read(doctor, "proc/buddyinfo"), orders[256] = "";
	unsigned long long blocks[ORDERS] = { }, pages = 0, usable = 0;
	unsigned int unusable;

	if (!text) {
		doctor_say(doctor, "fragmentation", DOCTOR_UNKNOWN, NULL, "/proc/buddyinfo cannot be read");
		return;
	}
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		add_zone(line, blocks);
	free(text);
	for (int order = 0; order < ORDERS; order++) {
		pages += blocks[order] << order;
		usable += order < HUGE_ORDER ? 0 : blocks[order] << order;
		snprintf(orders + strlen(orders), sizeof(orders) - strlen(orders), " %llu", blocks[order]);
	}
	unusable = pages ? (pages - usable) * 100 / pages : 0;
	doctor_say(doctor, "fragmentation", unusable < 90 ? DOCTOR_GOOD : DOCTOR_NOTE, unusable < 90 ? NULL :
		   "echo 1 > /proc/sys/vm/compact_memory joins what can be joined",
		   "%u%% of free memory cannot become a huge page; free blocks of 1, 2, 4 ... pages:%s",
		   unusable, orders);
}

void doctor_pressure(struct doctor *doctor)
{
	char *vmstat = doctor_read(doctor, "proc/vmstat"), *psi = doctor_read(doctor, "proc/pressure/memory");
	uint64_t stalls = doctor_number(vmstat, "compact_stall");
	uint64_t failed = doctor_number(vmstat, "compact_fail");
	uint64_t kills = doctor_number(vmstat, "oom_kill");
	const char *some = psi ? strstr(psi, "avg60=") : NULL;
	double share = some ? atof(some + 6) : 0;

	if (stalls != QUIRE_NONE && stalls)
		doctor_say(doctor, "compaction", failed > stalls / 2 ? DOCTOR_NOTE : DOCTOR_GOOD,
			   failed > stalls / 2 ?
			   "Who wants big pages? transparent huge pages to madvise or defer stop most of it" : NULL,
			   "%llu times since boot a process waited for big pages, %llu of them in vain",
			   (unsigned long long)stalls, (unsigned long long)failed);
	if (!psi)
		doctor_say(doctor, "pressure", DOCTOR_NOTE, "Boot with psi=1 to have it",
			   "the kernel does not keep /proc/pressure");
	else
		doctor_say(doctor, "pressure", share < 1 ? DOCTOR_GOOD : DOCTOR_BAD, share < 1 ? NULL :
			   "See who waits, and for what: quire top",
			   "in the last minute, %.1f%% of the time some process waited for memory", share);
	if (kills != QUIRE_NONE && kills)
		doctor_say(doctor, "oom", DOCTOR_BAD, "Who it was is in the log: journalctl -k -g 'Killed process'",
			   "the out-of-memory killer came %llu times since boot", (unsigned long long)kills);
	free(vmstat);
	free(psi);
}

/* A cgroup whose limit was hit. */
struct bitten {
	char *path;
	uint64_t high;
	uint64_t max;
	uint64_t killed;
};

struct bitten_list {
	struct bitten *entry;
	size_t count;
};

static void look_at_cgroup(const struct doctor *doctor, const char *path, struct bitten_list *list)
{
	struct bitten bitten = { }, *more;
	char file[4096], *events;

	snprintf(file, sizeof(file), "%s/memory.events.local", path);
	events = doctor_read(doctor, file);
	if (!events)
		return;
	bitten.high = doctor_number(events, "high");
	bitten.max = doctor_number(events, "max");
	bitten.killed = doctor_number(events, "oom_kill");
	free(events);
	if (bitten.high == QUIRE_NONE || bitten.max == QUIRE_NONE || bitten.killed == QUIRE_NONE ||
	    (!bitten.high && !bitten.max && !bitten.killed))
		return;
	more = realloc(list->entry, (list->count + 1) * sizeof(*more));
	if (!more)
		return;
	list->entry = more;
	bitten.path = strdup(path);
	if (bitten.path)
		list->entry[list->count++] = bitten;
}

static void walk_cgroups(const struct doctor *doctor, const char *path, int depth,
			 struct bitten_list *list)
{
	int fd = openat(doctor->root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char below[4096];

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	look_at_cgroup(doctor, path, list);
	while (depth < CGROUP_DEPTH && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		if ((size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < sizeof(below))
			walk_cgroups(doctor, below, depth + 1, list);
	}
	closedir(dir);
}

/* Those come first in which somebody was killed, then those whose limits were hit most. */
static int by_harm(const void *a, const void *b)
{
	const struct bitten *one = a, *other = b;
	uint64_t hits = one->max + one->high, others = other->max + other->high;

	if (one->killed != other->killed)
		return one->killed < other->killed ? 1 : -1;
	return hits < others ? 1 : hits > others ? -1 : strcmp(one->path, other->path);
}

static void say_bitten(struct doctor *doctor, const struct bitten *bitten)
{
	char file[4096], limit[64];

	snprintf(file, sizeof(file), "%s/memory.max", bitten->path);
	doctor_line(doctor, file, limit, sizeof(limit));
	doctor_say(doctor, "cgroup", bitten->killed ? DOCTOR_BAD : DOCTOR_NOTE,
		   "Raise memory.max or memory.high, or see what it needs: quire ps",
		   "%s: memory.max (%s) was hit %llu times, memory.high %llu; %llu killed",
		   bitten->path + strlen(CGROUP_ROOT), *limit ? limit : "?",
		   (unsigned long long)bitten->max, (unsigned long long)bitten->high,
		   (unsigned long long)bitten->killed);
}

void doctor_cgroups(struct doctor *doctor)
{
	struct bitten_list list = { };
	char line[64];

	if (!doctor_line(doctor, CGROUP_ROOT "/cgroup.controllers", line, sizeof(line))) {
		doctor_say(doctor, "cgroup", DOCTOR_NOTE, "Boot with systemd.unified_cgroup_hierarchy=1",
			   "no cgroup v2 on /" CGROUP_ROOT);
		return;
	}
	walk_cgroups(doctor, CGROUP_ROOT, 0, &list);
	if (list.count)
		qsort(list.entry, list.count, sizeof(*list.entry), by_harm);
	else
		doctor_say(doctor, "cgroup", DOCTOR_GOOD, NULL, "no limit was hit");
	for (size_t i = 0; i < list.count; i++) {
		if (i < CGROUPS_SHOWN)
			say_bitten(doctor, &list.entry[i]);
		free(list.entry[i].path);
	}
	if (list.count > CGROUPS_SHOWN)
		doctor_say(doctor, "cgroup", DOCTOR_NOTE, NULL, "and %zu more whose limits were hit",
			   list.count - CGROUPS_SHOWN);
	free(list.entry);
}
