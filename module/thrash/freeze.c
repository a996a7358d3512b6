// SPDX-License-Identifier: GPL-2.0
/*
 * Freezing a cgroup: by its file cgroup.freeze, as anybody would.
 *
 * The function behind that file is not exported. A kernel thread does not see /sys/fs/cgroup
 * where the system began in an initramfs and left it by switch_root, so the hierarchy is found
 * by the process that asks for it, and files are opened below it from then on.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched/mm.h>
#include "thrash/freeze.h"

#define QUIRE_CGROUP_ROOT	"/sys/fs/cgroup"
#define QUIRE_FREEZE_FILE	"/cgroup.freeze"
#define QUIRE_FREEZE_TRIES	50	/* 20 ms apart, where the kernel has no memory for it */

static struct path quire_cgroup_root;	/* under the mutex of who calls, see control.c */

/**
 * quire_freeze_find - find cgroups
 *
 * Context: of a process that sees them, may sleep.
 * Return: 0, or -ENODEV where /sys/fs/cgroup is not all of cgroup v2.
 */
int quire_freeze_find(void)
{
	struct path root;
	int err;

	if (quire_cgroup_root.mnt)
		return 0;
	err = kern_path(QUIRE_CGROUP_ROOT, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &root);
	if (err)
		return -ENODEV;
	if (root.mnt->mnt_sb->s_magic != CGROUP2_SUPER_MAGIC ||
	    root.dentry != root.mnt->mnt_sb->s_root) {
		path_put(&root);
		return -ENODEV;
	}
	quire_cgroup_root = root;
	return 0;
}

/**
 * quire_freeze_forget - cgroups are not needed any more
 *
 * Context: process, may sleep.
 */
void quire_freeze_forget(void)
{
	if (quire_cgroup_root.mnt)
		path_put(&quire_cgroup_root);
	quire_cgroup_root = (struct path){ };
}

/**
 * quire_freeze_open - open what quire_freeze_write() writes to
 * @cgroup:	not the root
 *
 * Context: process, may sleep; takes memory from the reserve rather than wait for some.
 * Return: the file, or an error pointer.
 */
struct file *quire_freeze_open(struct cgroup *cgroup)
{
	unsigned int flags = memalloc_noreclaim_save();
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	struct file *file = ERR_PTR(-ENOMEM);
	int length;

	if (!name || !quire_cgroup_root.mnt)
		goto out;
	length = cgroup_path(cgroup, name, PATH_MAX - sizeof(QUIRE_FREEZE_FILE));
	if (length <= 0 || length >= PATH_MAX - sizeof(QUIRE_FREEZE_FILE)) {
		file = ERR_PTR(-ENAMETOOLONG);
		goto out;
	}
	strcpy(name + length, QUIRE_FREEZE_FILE);
	file = file_open_root(&quire_cgroup_root, name, O_WRONLY, 0);
out:
	kfree(name);
	memalloc_noreclaim_restore(flags);
	return file;
}

/**
 * quire_freeze_write - freeze a cgroup, or thaw it
 * @file:	of it
 * @freeze:	which
 *
 * Context: process, may sleep; takes memory from the reserve rather than wait for some.
 * Return: 0, -ENODEV if the cgroup is gone, or another errno.
 */
int quire_freeze_write(struct file *file, bool freeze)
{
	unsigned int flags = memalloc_noreclaim_save(), tries;
	ssize_t written = -ENOMEM;
	loff_t at;

	for (tries = 0; tries < QUIRE_FREEZE_TRIES && written == -ENOMEM; tries++) {
		if (tries)
			msleep(20);
		at = 0;
		written = kernel_write(file, freeze ? "1" : "0", 1, &at);
	}
	memalloc_noreclaim_restore(flags);
	return written < 0 ? written : 0;
}
