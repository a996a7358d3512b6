// SPDX-License-Identifier: GPL-2.0
/*
 * The records of tracked processes: the stamps of their pages, for the scanner, and
 * the figures of the last walk, for readers.
 *
 * The scanner's thread alone makes and frees them. Readers find them by the hash, under
 * RCU, and copy the figures under the record's own lock. Faults put a stamp into a
 * leaf, under RCU alone: a stamp is written at once. They find leaves by a hash of
 * their own, whose length is one step for each range that memory has room for: down the
 * tree of the record it would be some 200 instructions.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "workingset/record.h"
#include "workingset/walk.h"

static struct kmem_cache *quire_leaf_cache;
static DEFINE_HASHTABLE(quire_ws_by_pid, 10);
static struct hlist_head *quire_leaf_hash;
static unsigned int quire_leaf_bits;
static u32 quire_nr_records;
static u32 quire_nr_leaves;

/**
 * quire_ws_find - the record of a process
 * @pid:	its struct pid
 *
 * Context: RCU, or the scanner's thread.
 */
struct quire_ws *quire_ws_find(struct pid *pid)
{
	struct quire_ws *ws;

	hash_for_each_possible_rcu(quire_ws_by_pid, ws, hash, (unsigned long)pid) {
		if (ws->pid == pid)
			return ws;
	}
	return NULL;
}

/**
 * quire_ws_new - a record for a process that has none
 * @pid:	its struct pid
 *
 * Context: the scanner's thread, may sleep.
 * Return: the record, or NULL if there is no memory.
 */
struct quire_ws *quire_ws_new(struct pid *pid)
{
	struct quire_ws *ws = kzalloc(sizeof(*ws), GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);

	if (!ws)
		return NULL;
	ws->pid = get_pid(pid);
	xa_init(&ws->leaves);
	spin_lock_init(&ws->lock);
	hash_add_rcu(quire_ws_by_pid, &ws->hash, (unsigned long)pid);
	WRITE_ONCE(quire_nr_records, quire_nr_records + 1);
	return ws;
}

/**
 * quire_ws_is_known - whether a record has this memory already
 * @mm:		the memory
 *
 * Processes can share their memory (vfork). It is walked for one of them.
 *
 * Context: the scanner's thread.
 */
bool quire_ws_is_known(const struct mm_struct *mm)
{
	struct quire_ws *ws;
	int bucket;

	hash_for_each(quire_ws_by_pid, bucket, ws, hash) {
		if (ws->mm == mm)
			return true;
	}
	return false;
}

static struct hlist_head *quire_leaf_bucket(const struct mm_struct *mm, unsigned long range)
{
	return &quire_leaf_hash[hash_long((unsigned long)mm + range, quire_leaf_bits)];
}

/**
 * quire_ws_leaf - the stamps of a range, made if there are none
 * @ws:		the record
 * @range:	number of the range
 *
 * Context: the scanner's thread, may be atomic.
 * Return: the stamps, or NULL if there is no memory at hand.
 */
struct quire_leaf *quire_ws_leaf(struct quire_ws *ws, unsigned long range)
{
	struct quire_leaf *leaf = xa_load(&ws->leaves, range);

	if (leaf)
		return leaf;
	leaf = kmem_cache_zalloc(quire_leaf_cache, GFP_NOWAIT | __GFP_NOWARN);
	if (!leaf)
		return NULL;
	if (xa_err(xa_store(&ws->leaves, range, leaf, GFP_NOWAIT | __GFP_NOWARN))) {
		kmem_cache_free(quire_leaf_cache, leaf);
		return NULL;
	}
	leaf->mm = ws->mm;
	leaf->range = range;
	hlist_add_head_rcu(&leaf->hash, quire_leaf_bucket(ws->mm, range));
	WRITE_ONCE(quire_nr_leaves, quire_nr_leaves + 1);
	return leaf;
}

/**
 * quire_ws_note_use - the running process uses a page by a fault
 * @mm:		its memory; another's is not noted
 * @address:	of the page
 * @stamp:	as of when
 *
 * Context: any but NMI, with preemption off.
 */
void quire_ws_note_use(const struct mm_struct *mm, unsigned long address, u16 stamp)
{
	unsigned long range = address >> PMD_SHIFT;
	struct quire_leaf *leaf;

	if (mm != current->mm)
		return;
	hlist_for_each_entry_rcu(leaf, quire_leaf_bucket(mm, range), hash, rcu_read_lock_sched_held()) {
		if (leaf->range != range || leaf->mm != mm)
			continue;
		if (!READ_ONCE(leaf->huge))
			WRITE_ONCE(leaf->stamp[(address & ~PMD_MASK) >> PAGE_SHIFT], stamp);
		break;
	}
}

static void quire_leaf_free(struct rcu_head *rcu)
{
	kmem_cache_free(quire_leaf_cache, container_of(rcu, struct quire_leaf, rcu));
}

/**
 * quire_ws_trim - free the stamps of what is not mapped, or not sampled, any more
 * @ws:		the record
 * @pass:	that has just walked it all; 0: free all stamps
 *
 * Context: the scanner's thread.
 */
void quire_ws_trim(struct quire_ws *ws, u32 pass)
{
	struct quire_leaf *leaf;
	unsigned long range;

	xa_for_each(&ws->leaves, range, leaf) {
		if (pass && leaf->seen == pass)
			continue;
		xa_erase(&ws->leaves, range);
		hlist_del_rcu(&leaf->hash);
		call_rcu(&leaf->rcu, quire_leaf_free);
		WRITE_ONCE(quire_nr_leaves, quire_nr_leaves - 1);
	}
}

/**
 * quire_ws_set_memory - begin with another memory
 * @ws:		the record; all that was known is forgotten
 * @mm:		the memory, or NULL
 *
 * Context: the scanner's thread.
 */
void quire_ws_set_memory(struct quire_ws *ws, struct mm_struct *mm)
{
	quire_ws_trim(ws, 0);
	if (mm)
		mmgrab(mm);
	if (ws->mm)
		mmdrop(ws->mm);
	WRITE_ONCE(ws->mm, mm);
	memset(ws->shift, 0, sizeof(ws->shift));
	memset(ws->since, 0, sizeof(ws->since));
	memset(ws->pieces, 0, sizeof(ws->pieces));
	spin_lock(&ws->lock);
	ws->scanned_ns = 0;
	spin_unlock(&ws->lock);
}

/**
 * quire_ws_publish - give readers new figures
 * @ws:		the record
 * @info:	the figures
 * @now_ns:	as of when
 *
 * Context: the scanner's thread.
 */
void quire_ws_publish(struct quire_ws *ws, const struct quire_ws_info *info, u64 now_ns)
{
	spin_lock(&ws->lock);
	ws->info = *info;
	ws->scanned_ns = now_ns;
	spin_unlock(&ws->lock);
}

static void quire_ws_free(struct rcu_head *rcu)
{
	struct quire_ws *ws = container_of(rcu, struct quire_ws, rcu);

	put_pid(ws->pid);
	kfree(ws);
}

/**
 * quire_ws_reap - forget processes that are not tracked any more
 * @pass:	that has just seen all that are; 0: forget all
 *
 * Context: the scanner's thread.
 */
void quire_ws_reap(u32 pass)
{
	struct hlist_node *next;
	struct quire_ws *ws;
	int bucket;

	hash_for_each_safe(quire_ws_by_pid, bucket, next, ws, hash) {
		if (pass && ws->pass == pass)
			continue;
		hash_del_rcu(&ws->hash);
		quire_ws_set_memory(ws, NULL);
		WRITE_ONCE(quire_nr_records, quire_nr_records - 1);
		call_rcu(&ws->rcu, quire_ws_free);
	}
}

/**
 * quire_workingset_read - what is known of a process' working set
 * @pid:	the process
 * @info:	filled in; large: not for the stack
 *
 * Context: any but interrupts.
 * Return: false if nothing is.
 */
bool quire_workingset_read(struct pid *pid, struct quire_ws_info *info)
{
	struct quire_ws *ws;
	u64 scanned_ns = 0, now_ns;

	rcu_read_lock();
	ws = quire_ws_find(pid);
	if (ws) {
		spin_lock(&ws->lock);
		scanned_ns = ws->scanned_ns;
		if (scanned_ns)
			*info = ws->info;
		spin_unlock(&ws->lock);
	}
	rcu_read_unlock();
	if (!scanned_ns)
		return false;
	now_ns = ktime_get_ns();
	info->scanned_ms = now_ns > scanned_ns ? div_u64(now_ns - scanned_ns, NSEC_PER_MSEC) : 0;
	return true;
}

/**
 * quire_workingset_heat - what is known of the use of a range of a process
 * @pid:	the process
 * @range:	the first range from this one on that has been walked
 * @heat:	filled in
 *
 * Context: any but interrupts.
 * Return: false if there is no such range.
 */
bool quire_workingset_heat(struct pid *pid, unsigned long range, struct quire_heat *heat)
{
	struct quire_leaf *leaf = NULL;
	struct quire_ws *ws;

	rcu_read_lock();
	ws = quire_ws_find(pid);
	if (ws)
		leaf = xa_find(&ws->leaves, &range, ULONG_MAX, XA_PRESENT);
	if (leaf) {
		heat->range = range;
		heat->scan = READ_ONCE(leaf->seen);
		quire_slices_count(leaf->stamp, READ_ONCE(leaf->huge), READ_ONCE(leaf->now),
				   heat->known, heat->used);
	}
	rcu_read_unlock();
	return leaf;
}

/**
 * quire_ws_table_stats - how much there is
 * @stats:	processes, ranges and range_bytes are filled in
 */
void quire_ws_table_stats(struct quire_scan_stats *stats)
{
	stats->processes = READ_ONCE(quire_nr_records);
	stats->ranges = READ_ONCE(quire_nr_leaves);
	stats->range_bytes = sizeof(struct quire_leaf);
}

/**
 * quire_ws_table_start - before the scanner starts
 *
 * Return: 0 or -ENOMEM.
 */
int quire_ws_table_start(void)
{
	quire_leaf_bits = ilog2(max(totalram_pages() >> (PMD_SHIFT - PAGE_SHIFT), 1ul)) + 1;
	quire_leaf_hash = kvcalloc(1ul << quire_leaf_bits, sizeof(*quire_leaf_hash), GFP_KERNEL);
	if (!quire_leaf_hash)
		return -ENOMEM;
	quire_leaf_cache = kmem_cache_create("quire_leaf", sizeof(struct quire_leaf), 0, 0, NULL);
	if (quire_leaf_cache)
		return 0;
	kvfree(quire_leaf_hash);
	return -ENOMEM;
}

/**
 * quire_ws_table_stop - the scanner has ended: forget all
 *
 * Context: process, may sleep; no fault uses the records.
 */
void quire_ws_table_stop(void)
{
	quire_ws_reap(0);
	rcu_barrier();
	kmem_cache_destroy(quire_leaf_cache);
	quire_leaf_cache = NULL;
	kvfree(quire_leaf_hash);
	quire_leaf_hash = NULL;
}
