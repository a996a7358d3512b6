// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/stat: the machine's counts, a name and a value a line.
 *
 * First the kernel's own, under its own names, read at the same moment; then
 * ours. What nothing counts is `-`.
 */
#include <linux/slab.h>
#include "compat/vmstat.h"
#include "interface/interface.h"
#include "stat/swap.h"
#include "thrash/spare.h"

/**
 * quire_put_count - print a count in the unit that its name says
 * @m:		where
 * @what:	which; `-` where no part has ever kept it
 * @value:	its value, ns for times
 */
void quire_put_count(struct seq_file *m, enum quire_count what, u64 value)
{
	if (!quire_tally_provided(what))
		seq_puts(m, "-");
	else if (quire_count_is_time(what))
		seq_put_decimal_ull(m, "", div_u64(value, NSEC_PER_USEC));
	else
		seq_put_decimal_ull(m, "", value);
}

static void quire_put_swap_devices(struct seq_file *m)
{
	struct quire_swap_device device;
	u64 zram_in = 0, zram_out = 0;
	bool zram = false;
	unsigned int i;

	for (i = 0; i < quire_swap_devices(); i++) {
		if (!quire_swap_read(i, &device))
			continue;
		seq_printf(m, "swap%u_in_pages %llu\n", i, device.in_pages);
		seq_printf(m, "swap%u_out_pages %llu\n", i, device.out_pages);
		if (device.is_zram) {
			zram = true;
			zram_in += device.in_pages;
			zram_out += device.out_pages;
		}
	}
	if (zram)
		seq_printf(m, "zram_in_pages %llu\nzram_out_pages %llu\n", zram_in, zram_out);
}

/**
 * quire_stat_show - print /proc/quire/stat
 * @m:		where
 * @unused:	unused
 */
int quire_stat_show(struct seq_file *m, void *unused)
{
	unsigned long *events;
	unsigned int i;

	quire_spare_reader();
	events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), GFP_KERNEL);
	if (!events)
		return -ENOMEM;
	all_vm_events(events);
	for (i = 0; i < ARRAY_SIZE(quire_vm_events); i++)
		seq_printf(m, "%s %lu\n", quire_vm_events[i].name,
			   events[quire_vm_events[i].item]);
	kfree(events);
	for (i = 0; i < ARRAY_SIZE(quire_node_stats); i++)
		seq_printf(m, "%s %lu\n", quire_node_stats[i].name,
			   global_node_page_state(quire_node_stats[i].item));

	for (i = 0; i < QUIRE_NR_COUNTS; i++) {
		seq_puts(m, quire_count_name(i));
		seq_putc(m, ' ');
		quire_put_count(m, i, quire_tally_total(i));
		seq_putc(m, '\n');
	}
	quire_put_swap_devices(m);
	return 0;
}
