// SPDX-License-Identifier: GPL-2.0
/*
 * Swap traffic and refaults.
 *
 *	swap_readpage, swap_read_folio	   a page comes back, asked for by the
 *					   current process, read-ahead included
 *	swap_writepage, swap_writeout	   a page goes, written by whoever reclaims
 *	workingset_refault		   a page that reclaim had evicted comes back
 *
 * They are called for each page (or large folio), whatever holds it then: the
 * device, zswap, or on later kernels a note that it was all zeroes. The
 * kernel's pswpin and pswpout count the device alone, zswpin and zswpout
 * zswap's; all are in /proc/quire/stat beside ours.
 *
 * Devices are told apart by their swap type: the place in the kernel's table,
 * which is also the order of /proc/swaps.
 */
#include "compat/swap.h"
#include "hook/hook.h"
#include "quire/part.h"
#include "stat/swap.h"
#include "stat/tally.h"

struct quire_swap_cpu {
	struct quire_swap_device device[MAX_SWAPFILES];
};

static DEFINE_PER_CPU(struct quire_swap_cpu, quire_swap_cpu);

static int quire_on_swap_read(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = quire_swap_arg(regs_get_kernel_argument(regs, 0));
	unsigned int type = quire_folio_swap_type(folio);
	long pages = folio_nr_pages(folio);

	quire_tally(QUIRE_SWAP_IN_PAGES, pages);
	if (type < MAX_SWAPFILES)
		this_cpu_add(quire_swap_cpu.device[type].in_pages, pages);
	return 0;
}

static int quire_on_swap_write(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = quire_swap_arg(regs_get_kernel_argument(regs, 0));
	unsigned int type = quire_folio_swap_type(folio);
	long pages = folio_nr_pages(folio);

	quire_tally(QUIRE_SWAP_OUT_PAGES, pages);
	if (type < MAX_SWAPFILES)
		this_cpu_add(quire_swap_cpu.device[type].out_pages, pages);
	return 0;
}

static int quire_on_refault(struct kprobe *kp, struct pt_regs *regs)
{
	struct folio *folio = (struct folio *)regs_get_kernel_argument(regs, 0);

	/* As folio_is_file_lru(): shared memory is swapped, so it counts as anon. */
	quire_tally(folio_test_swapbacked(folio) ? QUIRE_REFAULT_ANON_PAGES :
		    QUIRE_REFAULT_FILE_PAGES, folio_nr_pages(folio));
	return 0;
}

enum { HOOK_READ, HOOK_WRITE, HOOK_REFAULT };

static struct quire_hook quire_swap_hooks[] = {
	[HOOK_READ] = {
		.kind = QUIRE_HOOK_ENTRY, QUIRE_HOOK_NAMES(QUIRE_SWAP_READ), .required = true,
		.kp.pre_handler = quire_on_swap_read, .cost = "two counts a page read",
	},
	[HOOK_WRITE] = {
		.kind = QUIRE_HOOK_ENTRY, QUIRE_HOOK_NAMES(QUIRE_SWAP_WRITE), .required = true,
		.kp.pre_handler = quire_on_swap_write, .cost = "two counts a page written",
	},
	[HOOK_REFAULT] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_refault",
		.kp.pre_handler = quire_on_refault, .cost = "a count a refault",
	},
};

static const enum quire_count quire_swap_counts[] = {
	QUIRE_SWAP_IN_PAGES, QUIRE_SWAP_OUT_PAGES,
};

static const enum quire_count quire_refault_counts[] = {
	QUIRE_REFAULT_ANON_PAGES, QUIRE_REFAULT_FILE_PAGES,
};

/**
 * quire_swap_devices - how many swap devices there can be
 */
unsigned int quire_swap_devices(void)
{
	return MAX_SWAPFILES;
}

/**
 * quire_swap_read - the traffic of a swap device
 * @nr:		its swap type
 * @device:	filled in
 */
void quire_swap_read(unsigned int nr, struct quire_swap_device *device)
{
	int cpu;

	device->in_pages = 0;
	device->out_pages = 0;
	for_each_possible_cpu(cpu) {
		const struct quire_swap_device *one = &per_cpu(quire_swap_cpu, cpu).device[nr];

		device->in_pages += READ_ONCE(one->in_pages);
		device->out_pages += READ_ONCE(one->out_pages);
	}
}

static int quire_swap_start(void)
{
	int err = quire_hooks_attach(quire_swap_hooks, ARRAY_SIZE(quire_swap_hooks));

	if (err)
		return err;
	quire_tally_provide(quire_swap_counts, ARRAY_SIZE(quire_swap_counts));
	if (quire_swap_hooks[HOOK_REFAULT].attached)
		quire_tally_provide(quire_refault_counts, ARRAY_SIZE(quire_refault_counts));
	return 0;
}

static void quire_swap_stop(void)
{
	quire_hooks_detach(quire_swap_hooks, ARRAY_SIZE(quire_swap_hooks));
}

struct quire_part quire_swap_part = {
	.name = "swap",
	.about = "swap traffic and refaults",
	.limits = "swapout_pages are those handed to swap; a store that fails is counted again",
	.start = quire_swap_start,
	.stop = quire_swap_stop,
	.hooks = quire_swap_hooks,
	.nr_hooks = ARRAY_SIZE(quire_swap_hooks),
	.optional = true,
	.wanted = true,
};
