// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/heat: where in its memory each tracked process that the reader may inspect
 * is at work: a line for each range of 2 MiB that the scanner knows a use of.
 */
#include <linux/mm.h>
#include "interface/interface.h"
#include "workingset/workingset.h"

/**
 * struct quire_heats - where a reader is
 * @id:		of the record of a process; what comes next is of it or of one behind it
 * @range:	of that process, likewise
 * @proc:	the process that is being shown
 * @heat:	its range
 */
struct quire_heats {
	unsigned long id;
	unsigned long range;
	struct quire_proc_info proc;
	struct quire_heat heat;
};

/**
 * quire_heat_state_size - the size of a reader's state
 */
size_t quire_heat_state_size(void)
{
	return sizeof(struct quire_heats);
}

/*
 * The range that comes next. Where a reader is, is in its state: a position would have to hold
 * a process and an address. So positions are followed one by one, as seq_file does.
 */
static void *quire_heat_find(struct seq_file *m)
{
	struct quire_heats *state = m->private;
	struct quire_proc_info *proc = &state->proc;
	unsigned long behind = state->id;

	while (quire_proc_next(&behind, proc)) {
		if (behind - 1 != state->id)
			state->range = 0;
		state->id = behind - 1;
		if (!proc->exited && quire_pid_for(m, proc->pid) &&
		    quire_may_read(m->file, proc) &&
		    quire_workingset_heat(proc->pid, state->range, &state->heat)) {
			state->range = state->heat.range;
			return state;
		}
		quire_proc_info_put(proc);
	}
	state->id = behind;
	return NULL;
}

static void *quire_heat_start(struct seq_file *m, loff_t *pos)
{
	struct quire_heats *state = m->private;

	if (*pos)
		return quire_heat_find(m);
	state->id = 0;
	state->range = 0;
	return SEQ_START_TOKEN;
}

static void *quire_heat_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct quire_heats *state = m->private;

	if (v != SEQ_START_TOKEN) {
		quire_proc_info_put(&state->proc);
		state->range++;
	}
	++*pos;
	return quire_heat_find(m);
}

static void quire_heat_stop(struct seq_file *m, void *v)
{
	struct quire_heats *state = m->private;

	if (v && v != SEQ_START_TOKEN)
		quire_proc_info_put(&state->proc);
}

static int quire_heat_show(struct seq_file *m, void *v)
{
	const struct quire_heats *state = m->private;
	const struct quire_heat *heat = &state->heat;
	unsigned int i;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "pid address scan");
		for (i = 0; i < QUIRE_SLICES; i++)
			seq_printf(m, " known_%u_pages used_%u_pages", i, i);
		seq_putc(m, '\n');
		return 0;
	}
	if (!memchr_inv(heat->known, 0, sizeof(heat->known)))
		return SEQ_SKIP;
	seq_printf(m, "%d %llu %u", quire_pid_for(m, state->proc.pid),
		   (u64)heat->range << PMD_SHIFT, heat->scan);
	for (i = 0; i < QUIRE_SLICES; i++) {
		seq_put_decimal_ull(m, " ", heat->known[i]);
		seq_put_decimal_ull(m, " ", heat->used[i]);
	}
	seq_putc(m, '\n');
	return 0;
}

const struct seq_operations quire_heat_ops = {
	.start = quire_heat_start,
	.next = quire_heat_next,
	.stop = quire_heat_stop,
	.show = quire_heat_show,
};
