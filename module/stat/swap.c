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
 * which is also the order of /proc/swaps. What is in a place is looked up when
 * the first page goes there, and again when it is another device.
 */
#include "compat/swap.h"
#include "hook/hook.h"
#include "interface/trace.h"
#include "quire/part.h"
#include "stat/swap.h"
#include "stat/tally.h"

struct quire_swap_cpu {
	u64 in_pages[MAX_SWAPFILES];
	u64 out_pages[MAX_SWAPFILES];
};

struct quire_swap_place {
	struct address_space *mapping;	/* of the device that is known; only compared */
	char name[QUIRE_SWAP_NAME];
	bool is_zram;
};

static DEFINE_PER_CPU(struct quire_swap_cpu, quire_swap_cpu);
static struct quire_swap_place quire_swap_places[MAX_SWAPFILES];
static DEFINE_SPINLOCK(quire_swap_lock);	/* for quire_swap_places */

/* Another device is in this place: learn its name. While a folio is read or written. */
static void quire_swap_learn(struct quire_swap_place *place, struct address_space *mapping)
{
	struct inode *inode = mapping->host;
	unsigned long flags;

	spin_lock_irqsave(&quire_swap_lock, flags);
	if (S_ISBLK(inode->i_mode))
		snprintf(place->name, sizeof(place->name), "%pg", I_BDEV(inode));
	else
		snprintf(place->name, sizeof(place->name), "file on %s", inode->i_sb->s_id);
	place->is_zram = strstarts(place->name, "zram");
	WRITE_ONCE(place->mapping, mapping);
	spin_unlock_irqrestore(&quire_swap_lock, flags);
}

/* The place of a folio that is read or written; MAX_SWAPFILES and above if it has none. */
static unsigned int quire_swap_place(struct folio *folio)
{
	unsigned int type = quire_folio_swap_type(folio);
	struct address_space *mapping;

	if (type >= MAX_SWAPFILES)
		return type;
	mapping = quire_folio_swap_mapping(folio);
	if (unlikely(READ_ONCE(quire_swap_places[type].mapping) != mapping))
		quire_swap_learn(&quire_swap_places[type], mapping);
	return type;
}

static void quire_on_swap_read(struct ftrace_regs *regs)
{
	struct folio *folio = quire_swap_arg(quire_argument(regs, 0));
	unsigned int type = quire_swap_place(folio);
	long pages = folio_nr_pages(folio);

	quire_tally(QUIRE_SWAP_IN_PAGES, pages);
	if (type < MAX_SWAPFILES)
		this_cpu_add(quire_swap_cpu.in_pages[type], pages);
	trace_swap_in(type, folio);
}

static void quire_on_swap_write(struct ftrace_regs *regs)
{
	struct folio *folio = quire_swap_arg(quire_argument(regs, 0));
	unsigned int type = quire_swap_place(folio);
	long pages = folio_nr_pages(folio);

	quire_tally(QUIRE_SWAP_OUT_PAGES, pages);
	if (type < MAX_SWAPFILES)
		this_cpu_add(quire_swap_cpu.out_pages[type], pages);
	trace_swap_out(type, folio);
}

static void quire_on_refault(struct ftrace_regs *regs)
{
	struct folio *folio = (struct folio *)quire_argument(regs, 0);
	/* As folio_is_file_lru(): shared memory is swapped, so it counts as anon. */
	bool anon = folio_test_swapbacked(folio);

	quire_tally(anon ? QUIRE_REFAULT_ANON_PAGES : QUIRE_REFAULT_FILE_PAGES,
		    folio_nr_pages(folio));
}

enum { HOOK_READ, HOOK_WRITE, HOOK_REFAULT };

static struct quire_hook quire_swap_hooks[] = {
	[HOOK_READ] = {
		.kind = QUIRE_HOOK_ENTRY, QUIRE_HOOK_NAMES(QUIRE_SWAP_READ), .required = true,
		.entry = quire_on_swap_read, .cost = "two counts a page read, and a look at its device",
	},
	[HOOK_WRITE] = {
		.kind = QUIRE_HOOK_ENTRY, QUIRE_HOOK_NAMES(QUIRE_SWAP_WRITE), .required = true,
		.entry = quire_on_swap_write, .cost = "two counts a page written, and a look at its device",
	},
	[HOOK_REFAULT] = {
		.kind = QUIRE_HOOK_ENTRY, .name = "workingset_refault", .shared = true,
		.entry = quire_on_refault, .cost = "a count a refault",
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
 * quire_swap_read - a swap device and its traffic
 * @nr:		its swap type
 * @device:	filled in
 *
 * Return: whether there was any traffic.
 */
bool quire_swap_read(unsigned int nr, struct quire_swap_device *device)
{
	const struct quire_swap_place *place = &quire_swap_places[nr];
	unsigned long flags;
	int cpu;

	spin_lock_irqsave(&quire_swap_lock, flags);
	strscpy(device->name, place->name, sizeof(device->name));
	device->is_zram = place->is_zram;
	spin_unlock_irqrestore(&quire_swap_lock, flags);

	device->in_pages = 0;
	device->out_pages = 0;
	for_each_possible_cpu(cpu) {
		device->in_pages += READ_ONCE(per_cpu(quire_swap_cpu.in_pages[nr], cpu));
		device->out_pages += READ_ONCE(per_cpu(quire_swap_cpu.out_pages[nr], cpu));
	}
	return device->in_pages || device->out_pages;
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
