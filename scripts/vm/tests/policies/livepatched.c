// SPDX-License-Identifier: GPL-2.0
/* A livepatch of a function that quire stands around: to reclaim no page was used. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/rmap.h>

static int livepatched(struct folio *folio, int is_locked, struct mem_cgroup *memcg,
		       unsigned long *vm_flags)
{
	*vm_flags = 0;
	return 0;
}

static struct klp_func functions[] = {
	{ .old_name = "folio_referenced", .new_func = livepatched },
	{ },
};

static struct klp_object objects[] = {
	{ .funcs = functions },
	{ },
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init livepatched_start(void)
{
	return klp_enable_patch(&patch);
}

static void __exit livepatched_stop(void)
{
}

module_init(livepatched_start);
module_exit(livepatched_stop);
MODULE_DESCRIPTION("A livepatch of folio_referenced()");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
