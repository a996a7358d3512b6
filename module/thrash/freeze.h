/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freezing a cgroup.
 */
#ifndef QUIRE_THRASH_FREEZE_H
#define QUIRE_THRASH_FREEZE_H

#include <linux/cgroup.h>
#include <linux/fs.h>

int quire_freeze_find(void);
void quire_freeze_forget(void);
struct file *quire_freeze_open(struct cgroup *cgroup);
int quire_freeze_write(struct file *file, bool freeze);

#endif
