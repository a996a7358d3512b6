// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/workingset: lines for each tracked process that the reader may inspect,
 * one for all of it and one for each of its segments.
 *
 * And, in debugfs, ages: W(t, tau) for each power of two of the interval.
 */
#include <linux/slab.h>
#include "interface/interface.h"
#include "thrash/spare.h"
#include "workingset/workingset.h"

/**
 * struct quire_workingsets - where a reader is
 * @id:		behind the record of the process that is being shown
 * @proc:	that process
 * @info:	its working set
 */
struct quire_workingsets {
	unsigned long id;
	struct quire_proc_info proc;
	struct quire_ws_info info;
};

/**
 * quire_workingset_state_size - the size of a reader's state
 */
size_t quire_workingset_state_size(void)
{
	return sizeof(struct quire_workingsets);
}

/* The first process from @pos on; positions are those of processes.c. */
static void *quire_workingset_find(struct seq_file *m, loff_t *pos)
{
	struct quire_workingsets *state = m->private;
	struct quire_proc_info *proc = &state->proc;

	state->id = *pos;
	while (quire_proc_next(&state->id, proc)) {
		*pos = state->id - 1;
		if (!proc->exited && quire_pid_for(m, proc->pid) &&
		    quire_may_read(m->file, proc) &&
		    quire_workingset_read(proc->pid, &state->info))
			return state;
		quire_proc_info_put(proc);
	}
	++*pos;
	return NULL;
}

static void *quire_workingset_start(struct seq_file *m, loff_t *pos)
{
	quire_spare_reader();
	return *pos ? quire_workingset_find(m, pos) : SEQ_START_TOKEN;
}

static void *quire_workingset_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct quire_workingsets *state = m->private;

	if (v != SEQ_START_TOKEN)
		quire_proc_info_put(&state->proc);
	++*pos;
	return quire_workingset_find(m, pos);
}

static void quire_workingset_stop(struct seq_file *m, void *v)
{
	struct quire_workingsets *state = m->private;

	if (v && v != SEQ_START_TOKEN)
		quire_proc_info_put(&state->proc);
}

/* Thousands of numbers are read each second: seq_printf() takes three times as long for each. */
static void quire_put_estimate(struct seq_file *m, const struct quire_estimate *estimate)
{
	seq_put_decimal_ull(m, " ", estimate->pages);
	seq_put_decimal_ull(m, " ", estimate->low);
	seq_put_decimal_ull(m, " ", estimate->high);
}

/* From the ranges to the working sets. */
static void quire_put_figures(struct seq_file *m, u32 ranges, u32 sampled,
			      const struct quire_estimate *figure)
{
	unsigned int i;

	seq_put_decimal_ull(m, " ", ranges);
	seq_put_decimal_ull(m, " ", sampled);
	seq_put_decimal_ull(m, " ", figure[QUIRE_PAGES_RESIDENT].pages);
	seq_put_decimal_ull(m, " ", figure[QUIRE_PAGES_SWAPPED].pages);
	for (i = 0; i < QUIRE_NR_WINDOWS; i++)
		quire_put_estimate(m, &figure[QUIRE_WSS_1S + i]);
	seq_put_decimal_ull(m, " ", figure[QUIRE_WSS_10S_SHARE].pages);
}

static void quire_put_comm(struct seq_file *m, const struct quire_proc_info *proc)
{
	seq_putc(m, ' ');
	seq_escape(m, proc->comm, "\n\\");
	seq_putc(m, '\n');
}

static void quire_put_heading(struct seq_file *m)
{
	static const char * const windows[QUIRE_NR_WINDOWS] = {
		[QUIRE_WINDOW_1S] = "1s", [QUIRE_WINDOW_10S] = "10s", [QUIRE_WINDOW_60S] = "60s",
	};
	unsigned int i;

	seq_puts(m, "pid segment ranges ranges_sampled resident_pages swapped_pages");
	for (i = 0; i < QUIRE_NR_WINDOWS; i++)
		seq_printf(m, " wss_%s_pages wss_%s_low_pages wss_%s_high_pages", windows[i],
			   windows[i], windows[i]);
	seq_puts(m, " wss_10s_share_pages tracked_ms scanned_ms page_table_bytes");
	seq_puts(m, " huge_pages huge_used_pages hugetlb_pages locked_pages guest comm\n");
}

static int quire_workingset_show(struct seq_file *m, void *v)
{
	const struct quire_workingsets *state = m->private;
	const struct quire_ws_info *info = &state->info;
	u32 ranges = 0, sampled = 0;
	unsigned int i;
	pid_t pid;

	if (v == SEQ_START_TOKEN) {
		quire_put_heading(m);
		return 0;
	}
	pid = quire_pid_for(m, state->proc.pid);
	for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
		ranges += info->pieces[i];
		sampled += info->sampled[i];
	}
	seq_printf(m, "%d all", pid);
	quire_put_figures(m, ranges, sampled, info->all);
	seq_printf(m, " %llu %llu %llu %llu - %llu %llu %d", info->tracked_ms, info->scanned_ms,
		   info->page_table_bytes, info->huge_pages, info->hugetlb_pages,
		   info->locked_pages, info->guest);
	quire_put_comm(m, &state->proc);
	for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
		if (!info->pieces[i])
			continue;
		seq_printf(m, "%d %s", pid, quire_segment_name(i));
		quire_put_figures(m, info->pieces[i], info->sampled[i], info->segment[i]);
		seq_puts(m, " - - - - - - - -");
		quire_put_comm(m, &state->proc);
	}
	return 0;
}

const struct seq_operations quire_workingset_ops = {
	.start = quire_workingset_start,
	.next = quire_workingset_next,
	.stop = quire_workingset_stop,
	.show = quire_workingset_show,
};

static void quire_put_ages(struct seq_file *m, pid_t pid, const char *segment, u32 interval_ms,
			   const struct quire_estimate *figure)
{
	unsigned int i;

	for (i = 0; i < QUIRE_AGE_BUCKETS; i++) {
		seq_printf(m, "%d %s %llu", pid, segment, (u64)interval_ms << i);
		quire_put_estimate(m, &figure[QUIRE_W + i]);
		seq_putc(m, '\n');
	}
}

/**
 * quire_ages_show - print debugfs quire/ages
 * @m:		where
 * @unused:	unused
 */
int quire_ages_show(struct seq_file *m, void *unused)
{
	struct quire_ws_info *info = kmalloc(sizeof(*info), GFP_KERNEL);
	unsigned long id = 0;
	struct pid *pid;
	unsigned int i;

	if (!info)
		return -ENOMEM;
	seq_puts(m, "pid segment within_ms pages low_pages high_pages\n");
	while ((pid = quire_proc_next_pid(&id))) {
		if (quire_workingset_read(pid, info)) {
			quire_put_ages(m, pid_nr(pid), "all", info->interval_ms, info->all);
			for (i = 0; i < QUIRE_NR_SEGMENTS; i++) {
				if (info->pieces[i])
					quire_put_ages(m, pid_nr(pid), quire_segment_name(i),
						       info->interval_ms, info->segment[i]);
			}
		}
		put_pid(pid);
	}
	kfree(info);
	return 0;
}
