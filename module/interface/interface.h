/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of /proc/quire and debugfs quire/ share. They only format.
 */
#ifndef QUIRE_INTERFACE_H
#define QUIRE_INTERFACE_H

#include <linux/fs.h>
#include <linux/seq_file.h>
#include "stat/tally.h"

int quire_stat_show(struct seq_file *m, void *unused);
int quire_status_show(struct seq_file *m, void *unused);
int quire_config_show(struct seq_file *m, void *unused);
ssize_t quire_config_write(struct file *file, const char __user *text, size_t size,
			   loff_t *pos);
int quire_policy_show(struct seq_file *m, void *unused);
ssize_t quire_policy_write(struct file *file, const char __user *text, size_t size,
			   loff_t *pos);
extern const struct seq_operations quire_processes_ops;
size_t quire_processes_state_size(void);
pid_t quire_pid_for(const struct seq_file *m, struct pid *pid);
extern const struct seq_operations quire_workingset_ops;
size_t quire_workingset_state_size(void);
extern const struct seq_operations quire_heat_ops;
size_t quire_heat_state_size(void);
extern const struct proc_ops quire_tables_ops;
int quire_thrash_show(struct seq_file *m, void *unused);
int quire_ages_show(struct seq_file *m, void *unused);

extern const char * const quire_control_values[];
bool quire_may_read(const struct file *file, const struct quire_proc_info *info);
void quire_put_count(struct seq_file *m, enum quire_count what, u64 value);

#endif
