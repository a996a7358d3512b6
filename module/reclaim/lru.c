// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the kernel's two sets of page lists reclaim uses: the classic ones, active and
 * inactive, or the generations of MGLRU.
 *
 * Under MGLRU a policy sees what MGLRU proposes: pages of the oldest generation that its
 * own walks have not found to be in use. Where a policy is to choose over everything,
 * somebody who says lru=classic has MGLRU switched off while a policy or a protection is
 * there. What was before is put back. No exported symbol does that, but the kernel's
 * own file, which root could write as well.
 *
 * While it is switched, all pages move from the lists of the one to those of the other, and reclaim looks
 * where they are not yet. Who is at the limit of a cgroup then, or out of memory, would be killed for
 * want of pages that are there: see oom.c.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include "reclaim/lru.h"

#define QUIRE_LRU_GEN	"/sys/kernel/mm/lru_gen/enabled"
#define QUIRE_LRU_GEN_CORE	1u	/* of the numbers there, whose others say how it looks at page tables */
#define QUIRE_LRU_SETTLE_MS	100	/* for those who have looked in vain, and have not asked yet */
#define QUIRE_LRU_MOST_MS	2000	/* whoever asks may hold a lock that the switching needs */

/* Who has the pages moved, and until when that is reckoned with. Written under the scopes' mutex. */
static struct task_struct *quire_lru_turner;
static unsigned long quire_lru_until;

/**
 * quire_lru_is_turned - are the lists being switched?
 *
 * Context: any. Whoever switches them has nothing to wait for.
 */
bool quire_lru_is_turned(void)
{
	/* Until when goes with it: see quire_lru_write(). */
	struct task_struct *turner = smp_load_acquire(&quire_lru_turner);

	return turner && turner != current && time_before(jiffies, READ_ONCE(quire_lru_until));
}

/* What the file said before we wrote to it; empty if we have not. Under the scopes' mutex. */
static char quire_lru_before[QUIRE_LRU_TEXT];

/* As init sees it: whoever asks may have another root, and no or a read-only /sys. */
static struct file *quire_lru_open(int flags)
{
	struct path root;
	struct file *file;

	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	file = file_open_root(&root, QUIRE_LRU_GEN, flags, 0);
	path_put(&root);
	return file;
}

/**
 * quire_lru_look - read the kernel's file
 * @text:	%QUIRE_LRU_TEXT bytes; empty if it cannot be read
 *
 * Context: process, may sleep; not in a show function and not under a mutex that one takes,
 * as reading one seq_file inside another takes a lock of the same class.
 */
void quire_lru_look(char *text)
{
	struct file *file = quire_lru_open(O_RDONLY);
	loff_t pos = 0;
	ssize_t got;

	text[0] = '\0';
	if (IS_ERR(file))
		return;
	got = kernel_read(file, text, QUIRE_LRU_TEXT - 1, &pos);
	filp_close(file, NULL);
	text[max_t(ssize_t, got, 0)] = '\0';
}

static int quire_lru_write(const char *text)
{
	struct file *file = quire_lru_open(O_WRONLY);
	loff_t pos = 0;
	ssize_t put;

	if (IS_ERR(file))
		return PTR_ERR(file);
	WRITE_ONCE(quire_lru_until, jiffies + msecs_to_jiffies(QUIRE_LRU_MOST_MS));
	/* Who finds us finds that. */
	smp_store_release(&quire_lru_turner, current);
	put = kernel_write(file, text, strlen(text), &pos);
	msleep(QUIRE_LRU_SETTLE_MS);
	WRITE_ONCE(quire_lru_turner, NULL);
	filp_close(file, NULL);
	return put < 0 ? put : 0;
}

static bool quire_lru_is_mglru(const char *text)
{
	unsigned int mask;

	return !kstrtouint(text, 0, &mask) && mask & QUIRE_LRU_GEN_CORE;
}

/**
 * quire_lru - which lists reclaim uses
 *
 * Context: as quire_lru_look().
 */
const char *quire_lru(void)
{
	char text[QUIRE_LRU_TEXT];

	if (!IS_ENABLED(CONFIG_LRU_GEN))
		return "classic";
	quire_lru_look(text);
	if (!text[0])
		return "unknown (" QUIRE_LRU_GEN " cannot be read)";
	return quire_lru_is_mglru(text) ? "mglru" : "classic";
}

/**
 * quire_lru_set - use the classic lists, or what was there before
 * @classic:	which
 * @now:	what quire_lru_look() said
 *
 * Context: process, may sleep; under the scopes' mutex.
 * Return: 0, -EIO if the kernel's file could not be read, or why it cannot be written; then nothing has changed.
 */
int quire_lru_set(bool classic, const char *now)
{
	int err;

	if (!classic)
		return quire_lru_restore();
	if (!IS_ENABLED(CONFIG_LRU_GEN) || quire_lru_before[0])
		return 0;
	if (!now[0])
		return -EIO;
	if (!quire_lru_is_mglru(now))
		return 0;
	err = quire_lru_write("n");
	if (!err)
		strscpy(quire_lru_before, now, sizeof(quire_lru_before));
	return err;
}

/**
 * quire_lru_restore - put back what there was before, if we have switched it
 *
 * Context: as quire_lru_set().
 * Return: 0, or why it cannot be written; it is still ours then.
 */
int quire_lru_restore(void)
{
	int err = quire_lru_before[0] ? quire_lru_write(quire_lru_before) : 0;

	if (err)
		pr_warn("quire: " QUIRE_LRU_GEN " could not be set back to %s", quire_lru_before);
	else
		quire_lru_before[0] = '\0';
	return err;
}

/** quire_lru_is_ours - have we switched MGLRU off? */
bool quire_lru_is_ours(void)
{
	return quire_lru_before[0];
}

static unsigned long quire_lru_size(struct folio *folio, enum lru_list lru)
{
	const struct mem_cgroup *memcg = folio_memcg(folio);
	unsigned long pages = 0;
	int zone;

	if (!memcg)
		return global_node_page_state(NR_LRU_BASE + lru);
	for (zone = 0; zone < MAX_NR_ZONES; zone++)
		pages += READ_ONCE(memcg->nodeinfo[folio_nid(folio)]->lru_zone_size[zone][lru]);
	return pages;
}

/**
 * quire_lru_is_drained - are there few inactive pages for reclaim to propose?
 * @folio:	of its cgroup, node and kind; reclaim has it
 *
 * How many pages reclaim looks at before it gives up goes by the length of the inactive list,
 * which it fills up, a few at a time, while the list is shorter than a share of the
 * active one. A policy that has all it refuses put on the active list would leave it
 * nothing to look at, and a process be killed though there are pages to evict. A
 * sixteenth of that share stays, so that reclaim goes on bringing pages from the active
 * list, and what was rotated does not come round too soon.
 *
 * Context: with preemption off.
 */
bool quire_lru_is_drained(struct folio *folio)
{
	enum lru_list lru = folio_test_swapbacked(folio) ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;
	unsigned long inactive = quire_lru_size(folio, lru);
	unsigned long active = quire_lru_size(folio, lru + LRU_ACTIVE);
	unsigned long gib = (inactive + active) >> (30 - PAGE_SHIFT);

	return inactive * 16 * (gib ? int_sqrt(10 * gib) : 1) < active;
}
