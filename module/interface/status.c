// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/status: what runs, what cannot and why, and how well it sees.
 */
#include <linux/utsname.h>
#include "hook/hook.h"
#include "interface/interface.h"
#include "quire/part.h"
#include "reclaim/lru.h"
#include "stat/swap.h"
#include "stat/wait.h"
#include "thrash/control.h"
#include "thrash/spare.h"
#include "thrash/suspend.h"
#include "workingset/workingset.h"

static void quire_put_part(struct seq_file *m, const struct quire_part *part)
{
	const struct quire_hook *hook;
	unsigned int i;

	seq_printf(m, "part %s %s", part->name,
		   part->running ? "running" : part->error ? "unavailable" : "off");
	for (i = 0; i < part->nr_hooks && part->error; i++) {
		hook = &part->hooks[i];
		if (hook->required && hook->error)
			seq_printf(m, ": %s cannot be hooked (error %d)", hook->name, hook->error);
	}
	seq_printf(m, " - %s\n", part->about);
	if (part->limits)
		seq_printf(m, "limits %s %s\n", part->name, part->limits);
	for (i = 0; i < part->nr_hooks; i++) {
		hook = &part->hooks[i];
		seq_printf(m, "hook %s %s ", part->name, hook->found ?: hook->name);
		if (hook->attached)
			seq_printf(m, "attached missed %lu", quire_hook_missed(hook));
		else if (hook->error)
			seq_printf(m, "unavailable error %d", hook->error);
		else
			seq_puts(m, "off");
		seq_printf(m, " - %s\n", hook->cost);
	}
}

static void quire_put_scanner(struct seq_file *m)
{
	struct quire_scan_stats scan;

	quire_scan_stats(&scan);
	seq_printf(m, "tracked_processes %u\n", scan.processes);
	seq_printf(m, "tracked_ranges %u\n", scan.ranges);
	seq_printf(m, "tracked_range_bytes %u\n", scan.range_bytes);
	seq_printf(m, "tracked_ranges_lost %llu\n", scan.lost);
	seq_printf(m, "scans_busy %llu\n", scan.busy);
	seq_printf(m, "scan_sample 1/%u\n", 1u << scan.shift);
	seq_printf(m, "scan_strict_now %d\n", scan.strict);
}

static void quire_put_control(struct seq_file *m)
{
	struct quire_suspend_stats stats;

	quire_suspend_stats(&stats);
	seq_printf(m, "control %s\n", quire_control_values[quire_control()]);
	seq_printf(m, "suspended_now %u\n", stats.suspended);
}

/**
 * quire_status_show - print /proc/quire/status
 * @m:		where; private is what quire_lru() said
 * @unused:	unused
 */
int quire_status_show(struct seq_file *m, void *unused)
{
	struct quire_swap_device device;
	struct quire_proc_stats stats;
	struct quire_part *part;
	unsigned int i;

	quire_spare_reader();
	seq_puts(m, "version " QUIRE_VERSION "\n");
	seq_printf(m, "kernel %s\n", init_utsname()->release);
	seq_printf(m, "lru %s%s\n", (const char *)m->private,
		   quire_lru_is_ours() ? " mglru is switched off while there is a policy" : "");
	if (!strcmp(m->private, "mglru"))
		seq_puts(m, "limits lru a policy sees only what MGLRU proposes; lru=classic to policy lets it see all\n");

	quire_proc_stats(&stats);
	seq_printf(m, "processes %u\n", stats.records);
	seq_printf(m, "processes_exited %u\n", stats.exited);
	seq_printf(m, "processes_max %u\n", stats.limit);
	seq_printf(m, "processes_lost %llu\n", stats.lost);
	seq_printf(m, "process_record_bytes %u\n", stats.record_bytes);
	seq_printf(m, "waits_missed %llu\n", quire_waits_missed());

	for (i = 0; i < quire_swap_devices(); i++) {
		if (quire_swap_read(i, &device))
			seq_printf(m, "swap%u_device %s\n", i, device.name);
	}
	quire_put_scanner(m);
	quire_put_control(m);
	quire_parts_lock();
	for (i = 0; (part = quire_part_at(i)); i++)
		quire_put_part(m, part);
	quire_parts_unlock();
	return 0;
}
