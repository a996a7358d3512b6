/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the addresses of a process are for, from /proc/PID/maps.
 */
#ifndef QUIRE_HEAT_AREAS_H
#define QUIRE_HEAT_AREAS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct heat_area - an area, or neighbours of the same name
 * @start: its first address
 * @end: behind its last
 * @name: printable: the file's last name, [heap] and the like, or anon
 */
struct heat_area {
	uint64_t start;
	uint64_t end;
	char name[32];
};

/**
 * struct heat_areas - those of a process
 * @area: by address
 * @count: how many
 */
struct heat_areas {
	struct heat_area *area;
	size_t count;
};

/**
 * heat_areas_parse() - understand /proc/PID/maps; lines that are none are left out
 * @areas: filled in; free @area
 * @maps: the file's text
 *
 * Return: 0 or -ENOMEM.
 */
int heat_areas_parse(struct heat_areas *areas, const char *maps);

/**
 * heat_areas_name() - what most of some addresses is
 * @areas: of the process
 * @start: the first address
 * @end: behind the last
 *
 * Return: a name; "" if there is no area.
 */
const char *heat_areas_name(const struct heat_areas *areas, uint64_t start, uint64_t end);

#endif
