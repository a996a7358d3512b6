// SPDX-License-Identifier: GPL-2.0
/*
 * Segments.
 */
#include "workingset/segment.h"

/**
 * quire_segment_of - which segment an area belongs to
 * @area:	the area
 */
enum quire_segment quire_segment_of(const struct quire_area *area)
{
	if (!area->file) {
		if (area->stack)
			return QUIRE_SEGMENT_STACK;
		return area->heap ? QUIRE_SEGMENT_HEAP : QUIRE_SEGMENT_ANON;
	}
	if (area->exec)
		return QUIRE_SEGMENT_TEXT;
	if (!area->shared)
		return QUIRE_SEGMENT_FILE_PRIVATE;
	return area->tmpfs ? QUIRE_SEGMENT_SHMEM : QUIRE_SEGMENT_FILE_SHARED;
}

/**
 * quire_segment_name - a segment's name, as files show it
 * @segment:	which
 */
const char *quire_segment_name(enum quire_segment segment)
{
	static const char * const names[] = {
#define X(id, name) [QUIRE_SEGMENT_##id] = name,
		QUIRE_SEGMENTS(X)
#undef X
	};

	return names[segment];
}
