/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire heat: a reading of where processes are at work: from the module, as JSON, or from JSON.
 */
#ifndef QUIRE_HEAT_READING_H
#define QUIRE_HEAT_READING_H

#include <json-c/json.h>

#include "heat.h"
#include "heat_areas.h"
#include "libquire.h"
#include "live.h"

/**
 * struct heat_seen - what has been read last of a range
 * @address: of the range
 * @scan: its number
 * @time: when it was first read, in seconds
 */
struct heat_seen {
	uint64_t address;
	uint64_t scan;
	double time;
};

/**
 * struct heat_watch - what is watched
 * @live: where to read, and which processes: those that are chosen there
 * @children: their descendants, too
 * @heat: what has been seen
 * @areas: of each process of @heat
 * @seen: of each process of @heat, by address
 * @seen_count: how many of them
 */
struct heat_watch {
	const struct live *live;
	bool children;
	struct heat heat;
	struct heat_areas areas[HEAT_PROCESSES_MAX];
	struct heat_seen *seen[HEAT_PROCESSES_MAX];
	size_t seen_count[HEAT_PROCESSES_MAX];
};

/**
 * heat_watch_read() - take a reading
 * @watch: @heat and @areas get what it says
 * @seconds: when it is
 * @json: filled in with the same as JSON, to be freed; NULL for none
 * @error: filled in on failure
 *
 * Return: how many ranges there are; a negative errno; -ESRCH if none of the processes is there any more.
 */
long heat_watch_read(struct heat_watch *watch, double seconds, struct json_object **json,
		     struct quire_error *error);

/**
 * heat_watch_parse() - take a reading from JSON
 * @watch: @heat and @areas get what it says
 * @text: a line of JSON
 * @from: what is of before these seconds is left out
 * @to: likewise, of after these
 * @error: filled in on failure
 *
 * Return: 0 or -EBADMSG, -ENOMEM.
 */
int heat_watch_parse(struct heat_watch *watch, const char *text, double from, double to,
		     struct quire_error *error);

/**
 * heat_watch_free() - free what it holds
 * @watch: what was watched
 */
void heat_watch_free(struct heat_watch *watch);

#endif
