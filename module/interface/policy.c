// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/policy: which policies there are, which one is attached, and what
 * it does. Writing a name attaches it, `native` detaches.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "interface/interface.h"
#include "policy/registry.h"
#include "reclaim/reclaim.h"

#define QUIRE_POLICY_LINE	32	/* bytes in a write */

struct quire_show_policy {
	struct seq_file *m;
	const char *attached;
};

static void quire_show_policy(void *data, const struct quire_policy_ops *ops)
{
	const struct quire_show_policy *show = data;

	seq_printf(show->m, "%c %s - %s\n", strcmp(ops->name, show->attached) ? ' ' : '*',
		   ops->name, ops->about ?: "");
}

static void quire_show_pool(struct seq_file *m, const struct quire_host_stats *stats)
{
	seq_printf(m, "resident_pages %llu\n", stats->resident);
	seq_printf(m, "condemned_pages %llu\n", stats->condemned);
	seq_printf(m, "window_pages %llu\n", stats->window);
	seq_printf(m, "verdicts %llu\n", stats->verdicts);
	seq_printf(m, "verdicts_evict %llu\n", stats->evicted);
	seq_printf(m, "verdicts_keep %llu\n", stats->kept);
	seq_printf(m, "verdicts_native %llu\n", stats->native);
	seq_printf(m, "referenced_pages %llu\n", stats->touched);
	seq_printf(m, "reprieved_pages %llu\n", stats->reprieved);
	seq_printf(m, "evicted_pages %llu\n", stats->evictions);
	seq_printf(m, "evicted_condemned_pages %llu\n", stats->obeyed);
	seq_printf(m, "refaulted_pages %llu\n", stats->refaults);
	seq_printf(m, "refaulted_remembered_pages %llu\n", stats->ghost_hits);
}

/**
 * quire_policy_show - print /proc/quire/policy
 * @m:		where
 * @unused:	unused
 */
int quire_policy_show(struct seq_file *m, void *unused)
{
	struct quire_host_stats stats;
	const struct quire_policy_ops *ops = quire_reclaim_read(&stats);
	struct quire_show_policy show = { m, ops ? ops->name : "native" };

	seq_printf(m, "%c native - the kernel's own\n", ops ? ' ' : '*');
	quire_policies_show(quire_show_policy, &show);
	if (ops) {
		seq_puts(m, "\npool machine\n");
		quire_show_pool(m, &stats);
	}
	return 0;
}

/**
 * quire_policy_write - attach a policy, or detach it
 * @file:	/proc/quire/policy
 * @text:	a policy's name or `native`, with or without a newline
 * @size:	bytes of it
 * @pos:	unused
 *
 * Return: @size, or -EPERM without CAP_SYS_ADMIN, -EFAULT, -ENOENT if there is no
 * such policy, -ENOMEM, or the error of attaching.
 */
ssize_t quire_policy_write(struct file *file, const char __user *text, size_t size,
			   loff_t *pos)
{
	char name[QUIRE_POLICY_LINE + 1];
	size_t length = size;
	int err = 0;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	if (size > QUIRE_POLICY_LINE) {
		pr_info_ratelimited("quire: policy: refused, %zu bytes are no name\n", size);
		return -E2BIG;
	}
	if (copy_from_user(name, text, size))
		return -EFAULT;
	if (length && name[length - 1] == '\n')
		length--;
	name[length] = '\0';
	if (strlen(name) != length || !length)
		err = -EINVAL;
	else if (!strcmp(name, "native"))
		quire_reclaim_detach();
	else
		err = quire_reclaim_attach(name);
	if (err)
		pr_info_ratelimited("quire: policy: \"%*pE\" not attached (error %d)\n",
				    (int)length, name, err);
	return err ?: size;
}
