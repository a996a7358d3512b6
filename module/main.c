// SPDX-License-Identifier: GPL-2.0
/*
 * quire: see thrashing, explain it, change it.
 *
 * The parts, started in the order of the table and stopped in reverse. A part
 * that cannot run on this kernel leaves the others running and says why in
 * /proc/quire/status; without any of those that count, the module is refused.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include "hook/hook.h"
#include "quire/abi.h"
#include "quire/part.h"

static struct quire_part * const quire_parts[] = {
	&quire_tally_part,	/* what the others count with */
	&quire_fault_part,
	&quire_swap_part,
	&quire_tlb_part,
	&quire_stall_part,
	&quire_workingset_part,
	&quire_policy_part,
	&quire_thrash_part,
	&quire_proc_part,	/* from here on: what shows it */
	&quire_debugfs_part,
};

static DEFINE_MUTEX(quire_parts_mutex);

module_param_named(faults, quire_fault_part.wanted, bool, 0444);
MODULE_PARM_DESC(faults, "count page faults by cause (default 0)");
module_param_named(swap, quire_swap_part.wanted, bool, 0444);
MODULE_PARM_DESC(swap, "count swap traffic and refaults (default 1)");
module_param_named(tlb, quire_tlb_part.wanted, bool, 0444);
MODULE_PARM_DESC(tlb, "count TLB flushes (default 1)");
module_param_named(stalls, quire_stall_part.wanted, bool, 0444);
MODULE_PARM_DESC(stalls, "time reclaim, swap-ins and refaults (default 1)");
module_param_named(workingset, quire_workingset_part.wanted, bool, 0444);
MODULE_PARM_DESC(workingset, "scan page tables for working sets (default 0)");
module_param_named(thrash, quire_thrash_part.wanted, bool, 0444);
MODULE_PARM_DESC(thrash, "judge whether the machine thrashes (default 0)");

/**
 * quire_part_at - the parts, one by one
 * @i:		from 0 on
 *
 * Return: a part, or NULL behind the last.
 */
struct quire_part *quire_part_at(unsigned int i)
{
	return i < ARRAY_SIZE(quire_parts) ? quire_parts[i] : NULL;
}

/**
 * quire_parts_lock - no part is started or stopped until quire_parts_unlock()
 *
 * Context: process, may sleep.
 */
void quire_parts_lock(void)
{
	mutex_lock(&quire_parts_mutex);
}

/**
 * quire_parts_unlock - end what quire_parts_lock() began
 */
void quire_parts_unlock(void)
{
	mutex_unlock(&quire_parts_mutex);
}

static int quire_part_lacks(const struct quire_part *part)
{
	return part->needs ? part->needs->error : 0;
}

static int quire_part_start(struct quire_part *part)
{
	part->error = quire_part_lacks(part) ?: part->start();
	part->running = !part->error;
	return part->error;
}

/* A part that is not wanted does not start, but it is told whether it could. */
static int quire_part_start_or_look(struct quire_part *part)
{
	if (part->optional && !part->wanted)
		part->error = quire_part_lacks(part) ?: quire_hooks_find(part->hooks, part->nr_hooks);
	else
		quire_part_start(part);
	return part->error;
}

static void quire_part_stop(struct quire_part *part)
{
	if (part->running)
		part->stop();
	part->running = false;
}

/**
 * quire_part_switch - switch an optional part on or off
 * @part:	the part
 * @on:		whether it is to run
 *
 * Context: process, may sleep; not under quire_parts_lock().
 * Return: 0, or the error of starting it, nothing having changed.
 */
int quire_part_switch(struct quire_part *part, bool on)
{
	int err = 0;

	quire_parts_lock();
	if (on && !part->running)
		err = quire_part_start(part);
	else if (!on)
		quire_part_stop(part);
	if (!err)
		part->wanted = on;
	quire_parts_unlock();
	return err;
}

static void quire_stop_from(unsigned int i)
{
	while (i-- > 0)
		quire_part_stop(quire_parts[i]);
	quire_hooks_end();
}

static void quire_part_complain(const struct quire_part *part)
{
	unsigned int i;

	for (i = 0; i < part->nr_hooks; i++) {
		if (part->hooks[i].required && part->hooks[i].error)
			pr_warn("quire: %s unavailable: %s cannot be hooked (error %d)\n",
				part->name, part->hooks[i].name, part->hooks[i].error);
	}
}

/* A part that needs none can always run, which says nothing of the kernel. */
static bool quire_part_needs_hooks(const struct quire_part *part)
{
	unsigned int i;

	for (i = 0; i < part->nr_hooks; i++) {
		if (part->hooks[i].required)
			return true;
	}
	return false;
}

static int __init quire_init(void)
{
	bool useful = false;
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(quire_parts); i++) {
		struct quire_part *part = quire_parts[i];

		err = quire_part_start_or_look(part);
		if (err && !part->optional && !part->spare) {
			pr_err("quire: %s cannot start (error %d)\n", part->name, err);
			quire_stop_from(i);
			return err;
		}
		if (err) {
			part->wanted = false;
			quire_part_complain(part);
		} else if (part->optional) {
			useful |= part->wanted || quire_part_needs_hooks(part);
		}
	}
	if (!useful) {
		pr_err("quire: nothing can be counted on this kernel, see above\n");
		quire_stop_from(ARRAY_SIZE(quire_parts));
		return -ENODEV;
	}
	return 0;
}

static void __exit quire_exit(void)
{
	quire_stop_from(ARRAY_SIZE(quire_parts));
}

module_init(quire_init);
module_exit(quire_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The quire maintainers");
MODULE_DESCRIPTION("See thrashing, explain it, change it");
MODULE_VERSION(QUIRE_VERSION);
