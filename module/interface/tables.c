// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/tables: the way of one address through the page tables.
 *
 * "PID ADDRESS" is written, and the entries are read from the same open file. The process
 * must be one that the reader may inspect; physical addresses are for CAP_SYS_ADMIN, as in pagemap.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include "interface/interface.h"
#include "interface/setting.h"
#include "workingset/tables.h"

/* "PID ADDRESS", decimal, in @text, which is changed. */
static int quire_tables_parse(char *text, unsigned int *pid, unsigned long *address)
{
	char *blank = strchr(text, ' ');
	size_t length;

	if (!blank)
		return -EINVAL;
	*blank++ = '\0';
	length = strlen(blank);
	if (length && blank[length - 1] == '\n')
		blank[length - 1] = '\0';
	if (quire_parse_uint(text, 1, PID_MAX_LIMIT, pid) || !isdigit(*blank) ||
	    strchr(blank, '\n') || kstrtoul(blank, 10, address))
		return -EINVAL;
	return 0;
}

/* The process of a number, as the opener of the file counts. */
static bool quire_tables_find(struct file *file, unsigned int nr, struct quire_proc_info *proc)
{
	struct pid_namespace *ns = proc_pid_ns(file_inode(file)->i_sb);
	unsigned long id = 0;

	while (quire_proc_next(&id, proc)) {
		if (!proc->exited && pid_nr_ns(proc->pid, ns) == nr)
			return true;
		quire_proc_info_put(proc);
	}
	return false;
}

static size_t quire_tables_print(const struct file *file, const struct quire_table_entry *entry,
				 int nr, char *text, size_t size)
{
	bool frames = file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN);
	size_t used = scnprintf(text, size, "level index entry\n");
	int i;

	for (i = 0; i < nr; i++, entry++)
		used += scnprintf(text + used, size - used, "%s %u %llu\n", entry->level,
				  entry->index, frames ? entry->value : entry->value & ~entry->frame);
	return used;
}

static ssize_t quire_tables_write(struct file *file, const char __user *from, size_t size,
				  loff_t *pos)
{
	struct quire_table_entry entry[QUIRE_TABLE_LEVELS];
	struct quire_proc_info proc;
	unsigned long address;
	unsigned int pid;
	char *text;
	int nr;

	text = simple_transaction_get(file, from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	/* A NUL in it would hide what follows. */
	if (strlen(text) != size)
		return -EINVAL;
	nr = quire_tables_parse(text, &pid, &address);
	if (nr)
		return nr;
	if (!quire_tables_find(file, pid, &proc))
		return -ESRCH;
	nr = quire_may_read(file, &proc) ? quire_tables_read(proc.pid, address, entry) : -EACCES;
	quire_proc_info_put(&proc);
	if (nr < 0)
		return nr;
	simple_transaction_set(file, quire_tables_print(file, entry, nr, text,
							SIMPLE_TRANSACTION_LIMIT));
	return size;
}

const struct proc_ops quire_tables_ops = {
	.proc_read = simple_transaction_read,
	.proc_write = quire_tables_write,
	.proc_release = simple_transaction_release,
};
