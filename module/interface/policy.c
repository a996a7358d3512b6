// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/policy: which policies there are, who has which, what they do.
 *
 * A write is a line of words, each after one blank:
 *
 *	[cgroup /PATH] [POLICY | native] [NAME=VALUE]...
 *
 * and is done whole or, being wrong, not at all.
 */
#include <linux/capability.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "interface/interface.h"
#include "interface/setting.h"
#include "reclaim/lru.h"
#include "reclaim/reclaim.h"
#include "thrash/spare.h"

#define QUIRE_POLICY_LINE	512	/* bytes in a write */

struct quire_show_policy {
	struct seq_file *m;
	const struct quire_policy_ops *machine;
};

static void quire_show_policy(void *data, const struct quire_policy_ops *ops)
{
	const struct quire_show_policy *show = data;
	u32 i;

	seq_printf(show->m, "%c %s - %s\n", ops == show->machine ? '*' : ' ', ops->name,
		   ops->about ?: "");
	for (i = 0; i < ops->nr_params; i++)
		seq_printf(show->m, "    %s=%u..%u %s, %u unless set: %s\n", ops->params[i].name,
			   ops->params[i].min, ops->params[i].max, ops->params[i].unit,
			   ops->params[i].def, ops->params[i].about);
}

static void quire_show_pool(struct seq_file *m, const struct quire_host_stats *stats)
{
	seq_printf(m, "resident_pages %llu\n", stats->resident);
	seq_printf(m, "resident_folios %llu\n", stats->folios);
	seq_printf(m, "condemned_pages %llu\n", stats->condemned);
	seq_printf(m, "window_pages %llu\n", stats->window);
	seq_printf(m, "verdicts %llu\n", stats->verdicts);
	seq_printf(m, "verdicts_evict %llu\n", stats->evicted);
	seq_printf(m, "verdicts_activate %llu\n", stats->kept);
	seq_printf(m, "verdicts_native %llu\n", stats->native);
	seq_printf(m, "verdicts_narrow %llu\n", stats->narrow);
	seq_printf(m, "guard_trips %llu\n", stats->trips);
	seq_printf(m, "referenced_folios %llu\n", stats->touched);
	seq_printf(m, "reprieved_folios %llu\n", stats->reprieved);
	seq_printf(m, "found_folios %llu\n", stats->found);
	seq_printf(m, "released_folios %llu\n", stats->released);
	seq_printf(m, "steered_folios %llu\n", stats->steered);
	seq_printf(m, "expelled_folios %llu\n", stats->expelled);
	seq_printf(m, "evicted_pages %llu\n", stats->evictions);
	seq_printf(m, "evicted_condemned_pages %llu\n", stats->obeyed);
	seq_printf(m, "obeyed_percent %llu\n",
		   stats->evictions ? div64_u64(stats->obeyed * 100, stats->evictions) : 0);
	seq_printf(m, "refaulted_folios %llu\n", stats->refaults);
	seq_printf(m, "refaulted_remembered_folios %llu\n", stats->ghost_hits);
	seq_printf(m, "handed_over_folios %llu\n", stats->handed_over);
	seq_printf(m, "lock_waits %llu\n", stats->waits);
}

static void quire_show_scope(void *data, const struct quire_scope_info *info)
{
	static const char * const kinds[QUIRE_KINDS] = { "anon", "file" };
	const char *name = info->path[0] ? info->path : "machine";
	struct seq_file *m = data;
	unsigned int kind, i;

	seq_printf(m, "\nscope %s %s\n", name, info->ops ? info->ops->name : "native");
	if (info->ejected[0])
		seq_printf(m, "ejected %s: %s\n", info->ejected, quire_fault_text(info->fault));
	seq_printf(m, "window %u\n", info->params.window);
	seq_printf(m, "window_most %u\n", info->params.window_most);
	seq_printf(m, "ghost_percent %u\n", info->params.ghosts);
	seq_printf(m, "steer %u\n", info->params.steer);
	for (i = 0; info->ops && i < info->ops->nr_params; i++)
		seq_printf(m, "%s %u\n", info->ops->params[i].name, info->param[i]);
	seq_printf(m, "protect_ms %u\n", info->protection.ms);
	seq_printf(m, "protect_anon_mb %u\n", info->protection.mb[QUIRE_ANON]);
	seq_printf(m, "protect_file_mb %u\n", info->protection.mb[QUIRE_FILE]);
	seq_printf(m, "protected_verdicts %llu\n", info->protected);
	seq_printf(m, "protected_native %llu\n", info->unprotected);
	seq_printf(m, "oom_retries %llu\n", info->retries);
	for (kind = 0; info->ops && kind < QUIRE_KINDS; kind++) {
		seq_printf(m, "\npool %s %s\n", name, kinds[kind]);
		seq_printf(m, "frames %u\n", info->frames[kind]);
		seq_printf(m, "ghosts %u\n", info->ghosts[kind]);
		quire_show_pool(m, &info->stats[kind]);
	}
}

static void quire_find_machine(void *data, const struct quire_scope_info *info)
{
	if (!info->path[0])
		*(const struct quire_policy_ops **)data = info->ops;
}

/**
 * quire_policy_show - print /proc/quire/policy
 * @m:		where
 * @unused:	unused
 */
int quire_policy_show(struct seq_file *m, void *unused)
{
	struct quire_show_policy show = { m, NULL };

	quire_spare_reader();
	quire_reclaim_show(quire_find_machine, &show.machine);
	seq_printf(m, "%c native - the kernel's own\n", show.machine ? ' ' : '*');
	quire_policies_show(quire_show_policy, &show);
	seq_printf(m, "\ntables_bytes %llu\n", quire_frames.bytes);
	seq_printf(m, "lru_is_switched %d\n", quire_lru_is_ours());
	quire_reclaim_show(quire_show_scope, m);
	return 0;
}

/**
 * quire_policy_write - attach a policy, detach it, or set what can be set
 * @file:	/proc/quire/policy
 * @text:	the line, with or without a newline
 * @size:	bytes of it
 * @pos:	unused
 *
 * Return: @size, or -EPERM without CAP_SYS_ADMIN, -E2BIG, -EFAULT, -EINVAL for what is
 * no such line, or what quire_reclaim_apply() says.
 */
ssize_t quire_policy_write(struct file *file, const char __user *text, size_t size,
			   loff_t *pos)
{
	struct quire_request request = { };
	const char *why = "want [cgroup /PATH] [POLICY] [NAME=VALUE]...";
	size_t length = size;
	char *line, *copy;
	int err;

	if (!file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	if (size > QUIRE_POLICY_LINE) {
		pr_info_ratelimited("quire: policy: refused, %zu bytes are no request\n", size);
		return -E2BIG;
	}
	line = memdup_user_nul(text, size);
	if (IS_ERR(line))
		return PTR_ERR(line);
	if (length && line[length - 1] == '\n')
		line[--length] = '\0';
	copy = kmemdup(line, length + 1, GFP_KERNEL);
	err = copy ? quire_parse_request(copy, length, &request) : -ENOMEM;
	if (!err)
		err = quire_reclaim_apply(&request, &why);
	if (err)
		pr_info_ratelimited("quire: policy: \"%*pE\" refused: %s (error %d)\n",
				    (int)min_t(size_t, length, 40), line, why ?: "failed", err);
	kfree(copy);
	kfree(line);
	return err ?: size;
}
