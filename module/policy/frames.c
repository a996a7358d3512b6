// SPDX-License-Identifier: GPL-2.0
/*
 * What is kept of each page frame.
 *
 * A page's handle is the number of its frame, so its node and its tag are found
 * without a search. The tables exist while there is a pool, for the memory that there is;
 * memory that comes online brings its part along before it is used, memory that
 * goes takes it away.
 *
 *	handles   0 ........ frames ...... frames + most ghosts
 *	nodes     [chunk of 256][chunk][-][-]   [chunk]		16 bytes a page
 *	tags      [section of 2048    ][-  ]    [section]	 2 bytes a page
 *	times     [section of 2048    ][-  ]			 4 bytes a page, while somebody wants them
 *
 * Only the pool that a tag names touches a node, under that pool's lock, so one
 * table serves all pools. Frames have room for as much memory again as there is
 * now; what is added beyond is left to the kernel.
 *
 * A chunk that is absent leads to `nowhere`, so that a policy whose lists are broken
 * harms no more than nodes.
 */
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "policy/frames.h"

struct quire_frames quire_frames;

/* Around allocating and freeing sections. */
static DEFINE_MUTEX(quire_frames_mutex);
static void (*quire_frames_lost)(unsigned long start, unsigned long nr);

#define QUIRE_SECTION_CHUNKS	(QUIRE_SECTION_FRAMES / QUIRE_CHUNK_NODES)

static void *quire_new_page(void)
{
	void *page = (void *)get_zeroed_page(GFP_KERNEL);

	if (page)
		quire_frames.bytes += PAGE_SIZE;
	return page;
}

static void quire_free_page(void *page)
{
	if (page)
		quire_frames.bytes -= PAGE_SIZE;
	free_page((unsigned long)page);
}

static int quire_times_new(u32 **times, u32 section)
{
	u32 *time;

	if (times[section])
		return 0;
	time = kcalloc(QUIRE_SECTION_FRAMES, sizeof(*time), GFP_KERNEL);
	if (!time)
		return -ENOMEM;
	quire_frames.bytes += QUIRE_SECTION_FRAMES * sizeof(*time);
	WRITE_ONCE(times[section], time);
	return 0;
}

static void quire_times_free(u32 *time)
{
	if (time)
		quire_frames.bytes -= QUIRE_SECTION_FRAMES * sizeof(*time);
	kfree(time);
}

/* Nodes, tags and, of frames, times for a section of which some are there already, or none. */
static int quire_section_new(u32 section)
{
	u32 chunk = section * QUIRE_SECTION_CHUNKS, i;
	struct quire_node *nodes;
	u16 *tags;

	for (i = chunk; i < chunk + QUIRE_SECTION_CHUNKS; i++) {
		if (quire_frames.nodes[i] != quire_frames.nowhere)
			continue;
		nodes = quire_new_page();
		if (!nodes)
			return -ENOMEM;
		WRITE_ONCE(quire_frames.nodes[i], nodes);
	}
	if (quire_frames.times && section < quire_frames.frames >> QUIRE_SECTION_SHIFT &&
	    quire_times_new(quire_frames.times, section))
		return -ENOMEM;
	if (quire_frames.tags[section])
		return 0;
	tags = quire_new_page();
	if (!tags)
		return -ENOMEM;
	/* Whoever finds the tags finds the nodes. */
	smp_store_release(&quire_frames.tags[section], tags);
	return 0;
}

/* Nothing has pages of the section any more. */
static void quire_section_free(u32 section)
{
	u32 chunk = section * QUIRE_SECTION_CHUNKS, i;
	u32 *time = quire_frames.times ? quire_frames.times[section] : NULL;
	struct quire_node *nodes;
	u16 *tags = quire_frames.tags[section];

	WRITE_ONCE(quire_frames.tags[section], NULL);
	if (time)
		WRITE_ONCE(quire_frames.times[section], NULL);
	/* Whoever has found the tags is done with them and the nodes, and with the times. */
	if (tags || time)
		synchronize_rcu();
	quire_times_free(time);
	quire_free_page(tags);
	for (i = chunk; i < chunk + QUIRE_SECTION_CHUNKS; i++) {
		nodes = quire_frames.nodes[i];
		quire_frames.nodes[i] = quire_frames.nowhere;
		if (nodes != quire_frames.nowhere)
			quire_free_page(nodes);
	}
}

static void quire_frames_drop_times(u32 **times)
{
	u32 section;

	for (section = 0; section < quire_frames.frames >> QUIRE_SECTION_SHIFT; section++)
		quire_times_free(times[section]);
	kvfree(times);
}

/**
 * quire_frames_keep_times - keep for each frame when a page there was last used, or do so no longer
 * @keep:	which
 *
 * Context: process, may sleep and reclaim; the tables are there if they are to be kept. Those who change it are
 * kept apart by the caller.
 * Return: 0 or -ENOMEM, and then none are kept.
 */
int quire_frames_keep_times(bool keep)
{
	u32 sections = quire_frames.frames >> QUIRE_SECTION_SHIFT, section;
	u32 **times = quire_frames.times;
	int err = 0;

	if (keep == !!times)
		return 0;
	if (!keep) {
		mutex_lock(&quire_frames_mutex);
		WRITE_ONCE(quire_frames.times, NULL);
		synchronize_rcu();
		quire_frames_drop_times(times);
		mutex_unlock(&quire_frames_mutex);
		return 0;
	}
	times = kvcalloc(sections, sizeof(*times), GFP_KERNEL);
	if (!times)
		return -ENOMEM;
	mutex_lock(&quire_frames_mutex);
	for (section = 0; section < sections && !err; section++) {
		if (quire_frames.tags[section])
			err = quire_times_new(times, section);
		cond_resched();
	}
	if (err)
		quire_frames_drop_times(times);
	else
		/* Whoever finds them finds them zeroed. */
		smp_store_release(&quire_frames.times, times);
	mutex_unlock(&quire_frames_mutex);
	return err;
}

static bool quire_section_exists(u32 section)
{
	unsigned long pfn = (unsigned long)section << QUIRE_SECTION_SHIFT, i;

	for (i = 0; i < QUIRE_SECTION_FRAMES; i += QUIRE_CHUNK_NODES) {
		if (pfn_valid(pfn + i))
			return true;
	}
	return false;
}

/* Blocks of memory are multiples of a section, and begin at one. */
static int quire_on_memory(struct notifier_block *block, unsigned long action, void *data)
{
	const struct memory_notify *memory = data;
	unsigned long end = memory->start_pfn + memory->nr_pages;
	u32 first = memory->start_pfn >> QUIRE_SECTION_SHIFT, section;
	int err = 0;

	if (end > quire_frames.frames)
		return NOTIFY_OK;
	mutex_lock(&quire_frames_mutex);
	for (section = first; section < end >> QUIRE_SECTION_SHIFT && !err; section++) {
		if (action == MEM_GOING_ONLINE)
			err = quire_section_new(section);
	}
	if (action == MEM_OFFLINE || action == MEM_CANCEL_ONLINE) {
		quire_frames_lost(memory->start_pfn, memory->nr_pages);
		for (section = first; section < end >> QUIRE_SECTION_SHIFT; section++)
			quire_section_free(section);
	}
	mutex_unlock(&quire_frames_mutex);
	return notifier_from_errno(err);
}

static struct notifier_block quire_memory_notifier = {
	.notifier_call = quire_on_memory,
};

static int quire_frames_tables(u32 nr_ghosts)
{
	unsigned long end = 0, handles, i;
	int nid;

	for_each_online_node(nid)
		end = max(end, node_end_pfn(nid));
	end = ALIGN(end, QUIRE_SECTION_FRAMES);
	if (end > U32_MAX)	/* 16 TiB */
		return -EFBIG;
	nr_ghosts = ALIGN_DOWN(min_t(u64, U32_MAX - end, ALIGN((u64)nr_ghosts, QUIRE_SECTION_FRAMES)),
			       QUIRE_SECTION_FRAMES);
	end = min(end * 2, ALIGN_DOWN(U32_MAX - nr_ghosts, QUIRE_SECTION_FRAMES));
	handles = end + nr_ghosts;
	quire_frames.bytes = 0;
	quire_frames.nowhere = quire_new_page();
	quire_frames.nodes = kvcalloc(handles >> QUIRE_CHUNK_SHIFT, sizeof(*quire_frames.nodes),
				      GFP_KERNEL);
	quire_frames.tags = kvcalloc(handles >> QUIRE_SECTION_SHIFT, sizeof(*quire_frames.tags),
				     GFP_KERNEL);
	if (!quire_frames.nodes || !quire_frames.tags || !quire_frames.nowhere)
		return -ENOMEM;
	quire_frames.bytes += (handles >> QUIRE_CHUNK_SHIFT) * sizeof(*quire_frames.nodes) +
			      (handles >> QUIRE_SECTION_SHIFT) * sizeof(*quire_frames.tags);
	for (i = 0; i < handles >> QUIRE_CHUNK_SHIFT; i++)
		quire_frames.nodes[i] = quire_frames.nowhere;
	quire_frames.frames = end;
	quire_frames.handles = handles;
	return 0;
}

static int quire_frames_fill(void)
{
	u32 section;
	int err = 0;

	mutex_lock(&quire_frames_mutex);
	for (section = 0; section < quire_frames.frames >> QUIRE_SECTION_SHIFT; section++) {
		if (!quire_section_exists(section))
			continue;
		err = quire_section_new(section);
		if (err)
			break;
		cond_resched();
	}
	mutex_unlock(&quire_frames_mutex);
	return err;
}

static void quire_frames_free(void)
{
	u32 i;

	quire_frames_keep_times(false);
	for (i = 0; quire_frames.tags && i < quire_frames.handles >> QUIRE_SECTION_SHIFT; i++)
		free_page((unsigned long)quire_frames.tags[i]);
	for (i = 0; quire_frames.nodes && i < quire_frames.handles >> QUIRE_CHUNK_SHIFT; i++) {
		if (quire_frames.nodes[i] != quire_frames.nowhere)
			free_page((unsigned long)quire_frames.nodes[i]);
	}
	kvfree(quire_frames.nodes);
	kvfree(quire_frames.tags);
	free_page((unsigned long)quire_frames.nowhere);
	memset(&quire_frames, 0, sizeof(quire_frames));
}

/**
 * quire_frames_start - make the tables
 * @nr_ghosts:	so many handles above those of all frames, at the most; see quire_frames_add()
 * @lost:	called when memory has gone, before its part of the tables goes
 *
 * Context: process, may sleep and reclaim; nobody uses the tables yet.
 * Return: 0, -ENOMEM, or -EFBIG with more than 16 TiB of memory.
 */
int quire_frames_start(u32 nr_ghosts, void (*lost)(unsigned long start, unsigned long nr))
{
	int err = quire_frames_tables(nr_ghosts);

	if (err)
		goto free;
	quire_frames_lost = lost;
	/* First the notifier: what comes online meanwhile is seen by one or the other. */
	err = register_memory_notifier(&quire_memory_notifier);
	if (err)
		goto free;
	err = quire_frames_fill();
	if (!err)
		return 0;
	unregister_memory_notifier(&quire_memory_notifier);
free:
	quire_frames_free();
	return err;
}

/**
 * quire_frames_add - nodes and tags for ghosts
 * @handle:	the first of a section
 *
 * Context: process, may sleep and reclaim.
 * Return: 0 or -ENOMEM.
 */
int quire_frames_add(u32 handle)
{
	int err;

	mutex_lock(&quire_frames_mutex);
	err = quire_section_new(handle >> QUIRE_SECTION_SHIFT);
	mutex_unlock(&quire_frames_mutex);
	return err;
}

/** quire_frames_account - somebody else has made more of the tables. Context: may sleep. */
void quire_frames_account(size_t bytes)
{
	mutex_lock(&quire_frames_mutex);
	quire_frames.bytes += bytes;
	mutex_unlock(&quire_frames_mutex);
}

/**
 * quire_frames_stop - free the tables
 *
 * Context: process, may sleep; no pool and no event uses them.
 */
void quire_frames_stop(void)
{
	unregister_memory_notifier(&quire_memory_notifier);
	quire_frames_free();
}
