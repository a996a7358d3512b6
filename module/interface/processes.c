// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/processes: a line for each process that the reader may inspect.
 *
 * The first line names the columns. A kernel thread has a line once it has
 * counted something. Processes that have exited stay for keep_exited_ms.
 */
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/string_helpers.h>
#include "interface/interface.h"
#include "thrash/spare.h"

/**
 * struct quire_processes - where a reader is
 * @id:		behind the record of the line that is being shown
 * @info:	the process of that line
 */
struct quire_processes {
	unsigned long id;
	struct quire_proc_info info;
};

/**
 * quire_processes_state_size - the size of a reader's state
 */
size_t quire_processes_state_size(void)
{
	return sizeof(struct quire_processes);
}

/**
 * quire_pid_for - a process' number in the PID namespace of a file of ours
 * @m:		the file
 * @pid:	the process
 *
 * Return: 0 if it has none there.
 */
pid_t quire_pid_for(const struct seq_file *m, struct pid *pid)
{
	return pid_nr_ns(pid, proc_pid_ns(file_inode(m->file)->i_sb));
}

static bool quire_worth_a_line(struct seq_file *m, const struct quire_proc_info *info)
{
	unsigned int i;

	/* Outside the reader's PID namespace it has no number. */
	if (!quire_pid_for(m, info->pid) || !quire_may_read(m->file, info))
		return false;
	if (!info->kthread)
		return true;
	for (i = 0; i < QUIRE_NR_COUNTS; i++) {
		if (info->count[i])
			return true;
	}
	return false;
}

/*
 * The first process from @pos on that is worth a line. A position is the id of
 * a record; those start at 1, so 0 is the heading. A record that has gone by
 * the time a reader comes back to its position is stepped over.
 */
static void *quire_processes_find(struct seq_file *m, loff_t *pos)
{
	struct quire_processes *state = m->private;

	state->id = *pos;
	while (quire_proc_next(&state->id, &state->info)) {
		*pos = state->id - 1;
		if (quire_worth_a_line(m, &state->info))
			return state;
		quire_proc_info_put(&state->info);
	}
	++*pos;
	return NULL;
}

static void *quire_processes_start(struct seq_file *m, loff_t *pos)
{
	quire_spare_reader();
	quire_tally_gather();
	return *pos ? quire_processes_find(m, pos) : SEQ_START_TOKEN;
}

static void *quire_processes_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct quire_processes *state = m->private;

	if (v != SEQ_START_TOKEN)
		quire_proc_info_put(&state->info);
	++*pos;
	return quire_processes_find(m, pos);
}

static void quire_processes_stop(struct seq_file *m, void *v)
{
	struct quire_processes *state = m->private;

	if (v && v != SEQ_START_TOKEN)
		quire_proc_info_put(&state->info);
}

static void quire_put_heading(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, "pid uid exited_ms min_flt maj_flt resident_pages swapped_pages");
	for (i = 0; i < QUIRE_NR_COUNTS; i++) {
		if (quire_count_is_per_process(i))
			seq_printf(m, " %s", quire_count_name(i));
	}
	seq_puts(m, " comm\n");
}

static int quire_processes_show(struct seq_file *m, void *v)
{
	struct quire_processes *state = m->private;
	const struct quire_proc_info *info = &state->info;
	unsigned int i;

	if (v == SEQ_START_TOKEN) {
		quire_put_heading(m);
		return 0;
	}
	seq_printf(m, "%d %u ", quire_pid_for(m, info->pid),
		   from_kuid_munged(m->file->f_cred->user_ns, info->cred->uid));
	if (info->exited)
		seq_put_decimal_ull(m, "", info->exited_ms);
	else
		seq_putc(m, '-');
	seq_put_decimal_ull(m, " ", info->min_flt);
	seq_put_decimal_ull(m, " ", info->maj_flt);
	seq_put_decimal_ull(m, " ", info->resident_pages);
	seq_put_decimal_ull(m, " ", info->swapped_pages);
	for (i = 0; i < QUIRE_NR_COUNTS; i++) {
		if (!quire_count_is_per_process(i))
			continue;
		seq_putc(m, ' ');
		quire_put_count(m, i, info->count[i]);
	}
	seq_putc(m, ' ');
	seq_escape(m, info->comm, "\n\\");
	seq_putc(m, '\n');
	return 0;
}

const struct seq_operations quire_processes_ops = {
	.start = quire_processes_start,
	.next = quire_processes_next,
	.stop = quire_processes_stop,
	.show = quire_processes_show,
};
