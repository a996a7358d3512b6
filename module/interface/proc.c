// SPDX-License-Identifier: GPL-2.0
/*
 * The files of /proc/quire.
 */
#include <linux/proc_fs.h>
#include "interface/interface.h"
#include "quire/part.h"
#include "reclaim/lru.h"

static struct proc_dir_entry *quire_proc_dir;

static int quire_status_open(struct inode *inode, struct file *file)
{
	return single_open(file, quire_status_show, (void *)quire_lru());
}

static const struct proc_ops quire_status_ops = {
	.proc_open = quire_status_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int quire_config_open(struct inode *inode, struct file *file)
{
	return single_open(file, quire_config_show, NULL);
}

static const struct proc_ops quire_config_ops = {
	.proc_open = quire_config_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = quire_config_write,
};

static int quire_policy_open(struct inode *inode, struct file *file)
{
	return single_open(file, quire_policy_show, NULL);
}

static const struct proc_ops quire_policy_ops = {
	.proc_open = quire_policy_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = quire_policy_write,
};

static void quire_proc_stop(void)
{
	/* Waits for readers and closes what is open. */
	proc_remove(quire_proc_dir);
	quire_proc_dir = NULL;
}

static int quire_proc_start(void)
{
	quire_proc_dir = proc_mkdir("quire", NULL);
	if (!quire_proc_dir)
		return -ENOMEM;
	if (proc_create_single("stat", 0444, quire_proc_dir, quire_stat_show) &&
	    proc_create("status", 0444, quire_proc_dir, &quire_status_ops) &&
	    proc_create("config", 0644, quire_proc_dir, &quire_config_ops) &&
	    proc_create("policy", 0644, quire_proc_dir, &quire_policy_ops) &&
	    proc_create_single("thrash", 0444, quire_proc_dir, quire_thrash_show) &&
	    proc_create_seq_private("processes", 0444, quire_proc_dir, &quire_processes_ops,
				    quire_processes_state_size(), NULL) &&
	    proc_create_seq_private("workingset", 0444, quire_proc_dir, &quire_workingset_ops,
				    quire_workingset_state_size(), NULL) &&
	    proc_create_seq_private("heat", 0444, quire_proc_dir, &quire_heat_ops,
				    quire_heat_state_size(), NULL) &&
	    proc_create("tables", 0666, quire_proc_dir, &quire_tables_ops))
		return 0;
	quire_proc_stop();
	return -ENOMEM;
}

struct quire_part quire_proc_part = {
	.name = "proc",
	.about = "the files of /proc/quire",
	.start = quire_proc_start,
	.stop = quire_proc_stop,
};
