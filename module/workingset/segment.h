/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments: what an area of a process' memory is for.
 */
#ifndef QUIRE_WORKINGSET_SEGMENT_H
#define QUIRE_WORKINGSET_SEGMENT_H

#include <linux/types.h>

#define QUIRE_SEGMENTS(X)							\
	X(TEXT, "text")			/* executable, from a file */		\
	X(HEAP, "heap")			/* what brk() gave */			\
	X(STACK, "stack")		/* the first thread's */		\
	X(ANON, "anon")			/* other anonymous memory */		\
	X(FILE_PRIVATE, "file_private")	/* a file's data, writes stay private */\
	X(FILE_SHARED, "file_shared")	/* a file, writes go to it */		\
	X(SHMEM, "shmem")		/* shared memory and tmpfs */

enum quire_segment {
#define X(id, name) QUIRE_SEGMENT_##id,
	QUIRE_SEGMENTS(X)
#undef X
	QUIRE_NR_SEGMENTS
};

/**
 * struct quire_area - what the classification asks of an area
 * @file:	it maps a file, or shared memory
 * @tmpfs:	that file is shared memory or on a tmpfs
 * @shared:	writes are seen by others that map it
 * @exec:	it may be executed
 * @heap:	it holds part of what brk() gave
 * @stack:	it holds the first thread's stack
 */
struct quire_area {
	bool file;
	bool tmpfs;
	bool shared;
	bool exec;
	bool heap;
	bool stack;
};

enum quire_segment quire_segment_of(const struct quire_area *area);
const char *quire_segment_name(enum quire_segment segment);

#endif
