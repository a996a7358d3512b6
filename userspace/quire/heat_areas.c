// SPDX-License-Identifier: GPL-2.0
/*
 * The areas of a process, by name.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat_areas.h"
#include "human.h"

/* A line of maps; 0 if it is none. */
static int parse_line(const char *line, struct heat_area *area)
{
	const char *name;
	char text[512];
	int behind = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*x %*x:%*x %*u%n", &area->start, &area->end,
		   &behind) != 2 || !behind)
		return 0;
	name = line + behind + strspn(line + behind, " ");
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(name, "\n"), name);
	name = strrchr(text, '/') ? strrchr(text, '/') + 1 : text;
	human_text(*name ? name : "anon", area->name, sizeof(area->name));
	return 1;
}

int heat_areas_parse(struct heat_areas *areas, const char *maps)
{
	size_t lines = 1;

	for (const char *at = maps; (at = strchr(at, '\n')); at++)
		lines++;
	*areas = (struct heat_areas){ .area = calloc(lines, sizeof(*areas->area)) };
	if (!areas->area)
		return -ENOMEM;
	for (const char *at = maps; at && *at; at = strchr(at, '\n'), at += !!at) {
		struct heat_area *area = &areas->area[areas->count], *last = area - 1;

		if (!parse_line(at, area))
			continue;
		if (areas->count && last->end == area->start && !strcmp(last->name, area->name))
			last->end = area->end;
		else
			areas->count++;
	}
	return 0;
}

const char *heat_areas_name(const struct heat_areas *areas, uint64_t start, uint64_t end)
{
	const char *name = "";
	uint64_t most = 0;

	for (size_t i = 0; i < areas->count; i++) {
		const struct heat_area *area = &areas->area[i];
		uint64_t from = area->start > start ? area->start : start;
		uint64_t to = area->end < end ? area->end : end;

		if (to > from && to - from > most) {
			most = to - from;
			name = area->name;
		}
	}
	return name;
}
