// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs quire/: histograms and what else a developer looks at.
 *
 * Each file is a table whose first line names its columns. A histogram has a
 * line for each bucket that is not empty: values from `from` on and less than
 * `below`; `-` where there is no upper bound.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "interface/interface.h"
#include "quire/part.h"
#include "stat/fault.h"
#include "stat/stall.h"
#include "stat/tally.h"
#include "stat/tlb.h"

static struct dentry *quire_debugfs_dir;

static void quire_put_histogram(struct seq_file *m, const char *name,
				const struct quire_hist *hist)
{
	unsigned int i;

	for (i = 0; i < QUIRE_HIST_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		seq_printf(m, "%s %llu ", name, i ? 1ULL << (i - 1) : 0);
		if (i == QUIRE_HIST_BUCKETS - 1)
			seq_puts(m, "-");
		else
			seq_printf(m, "%llu", 1ULL << i);
		seq_printf(m, " %llu\n", hist->bucket[i]);
	}
}

static int fault_latency_show(struct seq_file *m, void *unused)
{
	struct quire_hist sum;
	unsigned int i;

	seq_puts(m, "cause from_ns below_ns faults\n");
	for (i = 0; i < QUIRE_NR_CAUSES; i++) {
		quire_fault_latency(i, &sum);
		quire_put_histogram(m, quire_cause_name(i), &sum);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fault_latency);

static int stall_latency_show(struct seq_file *m, void *unused)
{
	struct quire_hist sum;
	unsigned int i;

	seq_puts(m, "stall from_ns below_ns stalls\n");
	for (i = 0; i < QUIRE_NR_STALLS; i++) {
		quire_stall_latency(i, &sum);
		quire_put_histogram(m, quire_stall_name(i), &sum);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stall_latency);

static int tlb_flush_pages_show(struct seq_file *m, void *unused)
{
	struct quire_hist sum;
	unsigned int i;

	seq_puts(m, "reason from_pages below_pages flushes\n");
	for (i = 0; i < QUIRE_NR_TLB_REASONS; i++) {
		quire_tlb_pages(i, &sum);
		quire_put_histogram(m, quire_tlb_reason_name(i), &sum);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tlb_flush_pages);

static int tlb_cpus_show(struct seq_file *m, void *unused)
{
	unsigned int i;
	int cpu;

	seq_puts(m, "cpu");
	for (i = 0; i < QUIRE_NR_TLB_REASONS; i++)
		seq_printf(m, " %s", quire_tlb_reason_name(i));
	seq_puts(m, " full ranged ranged_pages\n");
	for_each_possible_cpu(cpu) {
		seq_printf(m, "%d", cpu);
		for (i = 0; i < QUIRE_NR_TLB_REASONS; i++)
			seq_printf(m, " %llu", quire_tally_on(cpu, quire_tlb_reason_count(i)));
		seq_printf(m, " %llu %llu %llu\n", quire_tally_on(cpu, QUIRE_TLB_FULL),
			   quire_tally_on(cpu, QUIRE_TLB_RANGED),
			   quire_tally_on(cpu, QUIRE_TLB_RANGED_PAGES));
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tlb_cpus);

static int ages_show(struct seq_file *m, void *unused)
{
	return quire_ages_show(m, unused);
}
DEFINE_SHOW_ATTRIBUTE(ages);

static void quire_debugfs_stop(void)
{
	debugfs_remove(quire_debugfs_dir);
	quire_debugfs_dir = NULL;
}

static int quire_debugfs_start(void)
{
	quire_debugfs_dir = debugfs_create_dir("quire", NULL);
	if (IS_ERR(quire_debugfs_dir))
		return PTR_ERR(quire_debugfs_dir);
	debugfs_create_file("fault_latency", 0400, quire_debugfs_dir, NULL, &fault_latency_fops);
	debugfs_create_file("stall_latency", 0400, quire_debugfs_dir, NULL, &stall_latency_fops);
	debugfs_create_file("tlb_flush_pages", 0400, quire_debugfs_dir, NULL,
			    &tlb_flush_pages_fops);
	debugfs_create_file("tlb_cpus", 0400, quire_debugfs_dir, NULL, &tlb_cpus_fops);
	debugfs_create_file("ages", 0400, quire_debugfs_dir, NULL, &ages_fops);
	return 0;
}

struct quire_part quire_debugfs_part = {
	.name = "debugfs",
	.about = "histograms in debugfs quire/",
	.start = quire_debugfs_start,
	.stop = quire_debugfs_stop,
	.spare = true,
};
