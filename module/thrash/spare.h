/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is never suspended.
 */
#ifndef QUIRE_THRASH_SPARE_H
#define QUIRE_THRASH_SPARE_H

#include <linux/cgroup.h>
#include <linux/pid.h>
#include <linux/sched.h>

void quire_spare_reader(void);
void quire_spare_process(struct pid *pid);
void quire_spare_cgroup(struct cgroup *cgroup);
void quire_spare_begin(void);
bool quire_is_spared(struct task_struct *task);
void quire_spare_end(void);
void quire_essential_show(char *text);
int quire_essential_set(const char *text);

#endif
