// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/quire/thrash: the verdict on the machine, in lines `name value`, and what it rests on;
 * then lines that begin with what they are:
 *
 *	sentence	the verdict in words, for the machine or for a process
 *	process		who loses time, those that lose most first
 *	culprit		whom the pages were evicted for that come back, most first
 *	blame		the same by pairs
 *	leak		who seems to leak memory
 *	suspended	whom load control has stopped or frozen
 *
 * Of the machine for all to read; of processes that the reader may inspect.
 */
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/sort.h>
#include <linux/string_helpers.h>
#include "interface/interface.h"
#include "thrash/spare.h"
#include "thrash/suspend.h"
#include "thrash/thrash.h"

/**
 * struct quire_row - a process that the reader may inspect
 * @tgid:	its number in the initial namespace
 * @pid:	its number for the reader
 * @judged:	@info is filled in
 * @info:	the verdict
 * @charged:	pages that were evicted for it and came back
 * @for_others:	of them, to other processes
 * @wanted:	pages that came back to it
 * @most:	of them, those that were evicted for @culprit
 * @culprit:	for whom most of them were, NULL if that is not to be shown
 * @comm:	its name
 */
struct quire_row {
	u32 tgid;
	pid_t pid;
	bool judged;
	struct quire_thrash_info info;
	u64 charged;
	u64 for_others;
	u64 wanted;
	u64 most;
	const struct quire_row *culprit;
	char comm[TASK_COMM_LEN];
};

/**
 * struct quire_view - all that is shown
 * @machine:	the verdict
 * @proc:	the process at hand
 * @blame:	who evicts whom
 * @blames:	how many
 * @wanted:	pages of all of them
 * @hidden:	of them, those evicted for processes that the reader may not inspect
 * @row:	processes, by tgid
 * @order:	the same in another order
 * @rows:	how many
 * @max:	how many there is room for
 * @suspended:	whom load control has suspended
 */
struct quire_view {
	struct quire_thrash_info machine;
	struct quire_proc_info proc;
	struct quire_blame blame[QUIRE_BLAMES];
	unsigned int blames;
	u64 wanted;
	u64 hidden;
	struct quire_row *row;
	struct quire_row **order;
	size_t rows;
	size_t max;
	struct quire_suspended_info suspended[QUIRE_SUSPENDED_MAX];
};

/* Of blame, shares below this are left out: thousandths. */
#define QUIRE_BLAME_LEAST	10

static const char * const quire_state_names[] = {
#define X(id, name) [QUIRE_##id] = name,
	QUIRE_THRASH_STATES(X)
#undef X
};

static u64 quire_lost_ns(const struct quire_thrash_info *info)
{
	return info->loss.waited_ns + info->loss.reclaim_ns;
}

static int quire_by_tgid(const void *a, const void *b)
{
	const struct quire_row *x = a, *y = b;

	return x->tgid < y->tgid ? -1 : x->tgid > y->tgid;
}

static int quire_find_tgid(const void *key, const void *b)
{
	const u32 *tgid = key;
	const struct quire_row *row = b;

	return *tgid < row->tgid ? -1 : *tgid > row->tgid;
}

/* Most first; where there is nothing to choose, by number. */
static int quire_compare(u64 x, u64 y, const struct quire_row *a, const struct quire_row *b)
{
	return x != y ? (x < y ? 1 : -1) : quire_by_tgid(a, b);
}

static int quire_by_loss(const void *a, const void *b)
{
	const struct quire_row *x = *(struct quire_row * const *)a;
	const struct quire_row *y = *(struct quire_row * const *)b;

	return quire_compare(quire_lost_ns(&x->info), quire_lost_ns(&y->info), x, y);
}

static int quire_by_charge(const void *a, const void *b)
{
	const struct quire_row *x = *(struct quire_row * const *)a;
	const struct quire_row *y = *(struct quire_row * const *)b;

	return quire_compare(x->charged, y->charged, x, y);
}

static struct quire_row *quire_row_of(const struct quire_view *view, u32 tgid)
{
	return bsearch(&tgid, view->row, view->rows, sizeof(*view->row), quire_find_tgid);
}

static void quire_view_processes(struct seq_file *m, struct quire_view *view)
{
	struct quire_proc_info *proc = &view->proc;
	struct quire_row *row = view->row;
	unsigned long id = 0;
	size_t i;

	while (view->rows < view->max && quire_proc_next(&id, proc)) {
		row->pid = quire_pid_for(m, proc->pid);
		row->tgid = pid_nr(proc->pid);
		if (!proc->kthread && row->pid && row->tgid && quire_may_read(m->file, proc)) {
			strscpy(row->comm, proc->comm, sizeof(row->comm));
			row->judged = quire_thrash_read_process(proc->pid, &row->info);
			view->rows++;
			row++;
		}
		quire_proc_info_put(proc);
	}
	sort(view->row, view->rows, sizeof(*view->row), quire_by_tgid, NULL);
	for (i = 0; i < view->rows; i++)
		view->order[i] = &view->row[i];
}

static void quire_view_blame(struct quire_view *view)
{
	struct quire_row *victim, *culprit;
	const struct quire_blame *blame;

	view->blames = quire_thrash_read_blame(view->blame, ARRAY_SIZE(view->blame));
	for (blame = view->blame; blame < view->blame + view->blames; blame++) {
		victim = quire_row_of(view, blame->victim);
		culprit = quire_row_of(view, blame->culprit);
		view->wanted += blame->pages;
		if (culprit)
			culprit->charged += blame->pages;
		else
			view->hidden += blame->pages;
		if (culprit && culprit != victim)
			culprit->for_others += blame->pages;
		if (!victim)
			continue;
		victim->wanted += blame->pages;
		if (blame->pages > victim->most) {
			victim->most = blame->pages;
			victim->culprit = culprit;
		}
	}
}

static void quire_put_comm(struct seq_file *m, const char *comm)
{
	seq_putc(m, ' ');
	seq_escape(m, comm, "\n\\");
}

static void quire_put_permille(struct seq_file *m, u64 permille)
{
	seq_printf(m, "%llu.%llu %%", div_u64(permille, 10), permille % 10);
}

static u64 quire_share(u64 part, u64 whole)
{
	return whole ? div64_u64(part * 1000, whole) : 0;
}

static void quire_put_seconds(struct seq_file *m, u64 ms)
{
	seq_printf(m, "%llu.%llu s", div_u64(ms, 1000), div_u64(ms, 100) % 10);
}

static void quire_put_size(struct seq_file *m, u64 pages)
{
	u64 tenths = div_u64(pages * 10, SZ_1M / PAGE_SIZE);

	seq_printf(m, "%llu.%llu MiB", div_u64(tenths, 10), tenths % 10);
}

static void quire_put_pages(struct seq_file *m, u64 pages)
{
	if (pages == QUIRE_UNKNOWN)
		seq_puts(m, " -");
	else
		seq_printf(m, " %llu", pages);
}

static u64 quire_window_ms(const struct quire_thrash_info *info)
{
	return div_u64(info->loss.elapsed_ns, NSEC_PER_MSEC);
}

static void quire_put_name(struct seq_file *m, const struct quire_row *row)
{
	seq_printf(m, " %d", row->pid);
	quire_put_comm(m, row->comm);
}

/* "lost 61.4 % of the last 1.0 s to 3912 pages that had been evicted not long before" */
static void quire_put_loss(struct seq_file *m, const struct quire_thrash_info *info)
{
	seq_puts(m, "lost ");
	quire_put_permille(m, quire_stalled_permille(&info->loss));
	seq_puts(m, " of the last ");
	quire_put_seconds(m, quire_window_ms(info));
	if (info->loss.refaults)
		seq_printf(m, " to %llu pages that had been evicted not long before",
			   info->loss.refaults);
}

static void quire_put_machine_sentence(struct seq_file *m, const struct quire_view *view)
{
	static const char * const texts[] = {
		[QUIRE_CALM] = "memory is enough", [QUIRE_TIGHT] = "memory is short",
		[QUIRE_THRASHING] = "the machine thrashes",
	};
	const struct quire_thrash_info *info = &view->machine;
	const struct quire_row *most = view->rows ? view->order[0] : NULL;

	seq_printf(m, "sentence - %s, for ", texts[info->state]);
	quire_put_seconds(m, info->state_ms);
	seq_puts(m, " now: processes ");
	quire_put_loss(m, info);
	if (info->loss.refaults && most && most->charged) {
		seq_puts(m, "; ");
		quire_put_permille(m, quire_share(most->charged, view->wanted));
		seq_puts(m, " of them for process");
		quire_put_name(m, most);
	}
	if (info->needed_pages != QUIRE_UNKNOWN) {
		seq_puts(m, "; the working sets need ");
		quire_put_size(m, info->needed_pages);
		seq_puts(m, " of ");
		quire_put_size(m, info->memory_pages);
	}
	seq_putc(m, '\n');
}

static void quire_put_process_sentence(struct seq_file *m, const struct quire_row *row)
{
	const struct quire_thrash_info *info = &row->info;

	seq_printf(m, "sentence %d", row->pid);
	quire_put_comm(m, row->comm);
	seq_puts(m, info->state == QUIRE_THRASHING ? " thrashes: " : " is short of memory: ");
	if (info->needed_pages != QUIRE_UNKNOWN) {
		seq_puts(m, "needs ");
		quire_put_size(m, info->needed_pages);
		seq_puts(m, ", ");
	}
	seq_puts(m, "holds ");
	quire_put_size(m, info->memory_pages);
	seq_puts(m, ", ");
	quire_put_loss(m, info);
	if (info->loss.refaults && row->culprit) {
		seq_puts(m, "; ");
		quire_put_permille(m, quire_share(row->most, row->wanted));
		seq_puts(m, row->culprit == row ? " of them for itself" : " of them for process");
		if (row->culprit != row)
			quire_put_name(m, row->culprit);
	}
	seq_putc(m, '\n');
}

static void quire_put_machine(struct seq_file *m, const struct quire_thrash_info *info)
{
	const struct quire_loss *loss = &info->loss;
	struct quire_suspend_stats stats;

	quire_suspend_stats(&stats);
	seq_printf(m, "state %s\n",
		   quire_thrash_is_blind() ? "unknown" : quire_state_names[info->state]);
	seq_printf(m, "since_ms %llu\n", info->state_ms);
	seq_printf(m, "thrashings %llu\n", info->thrashings);
	seq_printf(m, "thrashed_ms %llu\n", info->thrashed_ms);
	seq_printf(m, "window_ms %llu\n", quire_window_ms(info));
	seq_printf(m, "stalled_permille %u\n", quire_stalled_permille(loss));
	seq_printf(m, "lost_permille %u\n", quire_lost_permille(loss));
	seq_printf(m, "waited_us %llu\n", div_u64(loss->waited_ns, NSEC_PER_USEC));
	seq_printf(m, "reclaim_us %llu\n", div_u64(loss->reclaim_ns, NSEC_PER_USEC));
	seq_printf(m, "worked_us %llu\n", div_u64(loss->worked_ns, NSEC_PER_USEC));
	seq_printf(m, "refault_soon_pages %llu\n", loss->refaults);
	seq_printf(m, "evicted_pages %llu\n", loss->evictions);
	seq_puts(m, "needed_pages");
	quire_put_pages(m, info->needed_pages);
	seq_printf(m, "\nmemory_pages %llu\n", info->memory_pages);
	seq_printf(m, "suspended_now %u\n", stats.suspended);
	seq_printf(m, "suspensions %llu\n", stats.suspensions);
	seq_printf(m, "watchdogs %llu\n", stats.watchdogs);
}

static void quire_put_process(struct seq_file *m, const struct quire_row *row)
{
	const struct quire_thrash_info *info = &row->info;
	const struct quire_loss *loss = &info->loss;

	seq_printf(m, "process %d %s %llu %u %u %llu %llu %llu", row->pid,
		   quire_state_names[info->state], info->state_ms, quire_stalled_permille(loss),
		   quire_lost_permille(loss), div_u64(loss->waited_ns, NSEC_PER_USEC),
		   div_u64(loss->reclaim_ns, NSEC_PER_USEC), loss->refaults);
	quire_put_pages(m, info->needed_pages);
	quire_put_pages(m, info->memory_pages);
	quire_put_comm(m, row->comm);
	seq_putc(m, '\n');
}

static void quire_put_processes(struct seq_file *m, struct quire_view *view)
{
	const struct quire_row *row;
	size_t i;

	for (i = 0; i < view->rows; i++) {
		row = view->order[i];
		if (row->judged && row->info.state != QUIRE_CALM)
			quire_put_process_sentence(m, row);
	}
	for (i = 0; i < view->rows; i++) {
		row = view->order[i];
		if (row->judged && (row->info.state != QUIRE_CALM || quire_lost_ns(&row->info) ||
				    row->info.loss.refaults))
			quire_put_process(m, row);
	}
	for (i = 0; i < view->rows; i++) {
		row = view->order[i];
		if (!row->judged || !row->info.leaks)
			continue;
		seq_printf(m, "leak %d %llu %llu %llu", row->pid, row->info.leak.since_ms,
			   row->info.leak.grown_pages, row->info.leak.pages_an_hour);
		quire_put_comm(m, row->comm);
		seq_putc(m, '\n');
	}
}

static void quire_put_blame(struct seq_file *m, const struct quire_view *view)
{
	const struct quire_row *row, *victim;
	const struct quire_blame *blame;
	size_t i;

	for (i = 0; i < view->rows; i++) {
		row = view->order[i];
		if (!row->charged || quire_share(row->charged, view->wanted) < QUIRE_BLAME_LEAST)
			break;
		seq_printf(m, "culprit %d %llu %llu %llu", row->pid, row->charged,
			   quire_share(row->charged, view->wanted), row->for_others);
		quire_put_comm(m, row->comm);
		seq_putc(m, '\n');
	}
	if (view->hidden)
		seq_printf(m, "culprit - %llu %llu - -\n", view->hidden,
			   quire_share(view->hidden, view->wanted));
	for (blame = view->blame; blame < view->blame + view->blames; blame++) {
		row = quire_row_of(view, blame->culprit);
		victim = quire_row_of(view, blame->victim);
		if (row && victim && quire_share(blame->pages, view->wanted) >= QUIRE_BLAME_LEAST)
			seq_printf(m, "blame %d %d %u\n", victim->pid, row->pid, blame->pages);
	}
}

static void quire_put_one_suspended(struct seq_file *m, const struct quire_view *view,
				    const struct quire_suspended_info *info)
{
	const struct quire_row *row = info->pid ? quire_row_of(view, pid_nr(info->pid)) : NULL;

	if (info->pid && !row)
		return;
	if (row)
		seq_printf(m, "suspended %d", row->pid);
	else
		seq_puts(m, "suspended -");
	seq_printf(m, " %llu %llu", info->since_ms, info->needed_pages);
	quire_put_comm(m, info->name);
	seq_putc(m, '\n');
}

static void quire_put_suspended(struct seq_file *m, struct quire_view *view)
{
	struct quire_suspended_info *info = view->suspended;
	unsigned int nr = quire_suspended_read(info, ARRAY_SIZE(view->suspended));

	for (; nr; nr--, info++) {
		quire_put_one_suspended(m, view, info);
		put_pid(info->pid);
	}
}

static struct quire_view *quire_view_new(void)
{
	struct quire_view *view = kvzalloc(sizeof(*view), GFP_KERNEL);
	struct quire_proc_stats stats;

	if (!view)
		return NULL;
	quire_proc_stats(&stats);
	view->max = stats.records + 1;
	view->row = kvcalloc(view->max, sizeof(*view->row), GFP_KERNEL);
	view->order = kvcalloc(view->max, sizeof(*view->order), GFP_KERNEL);
	return view;
}

static void quire_view_free(struct quire_view *view)
{
	if (!view)
		return;
	kvfree(view->row);
	kvfree(view->order);
	kvfree(view);
}

/**
 * quire_thrash_show - print /proc/quire/thrash
 * @m:		where
 * @unused:	unused
 *
 * Return: 0 or -ENOMEM.
 */
int quire_thrash_show(struct seq_file *m, void *unused)
{
	struct quire_view *view = quire_view_new();
	int err = -ENOMEM;

	quire_spare_reader();
	if (!view || !view->row || !view->order)
		goto out;
	err = 0;
	if (!quire_thrash_read(&view->machine)) {
		seq_puts(m, "state off\n");
		goto out;
	}
	quire_put_machine(m, &view->machine);
	quire_view_processes(m, view);
	quire_view_blame(view);
	sort(view->order, view->rows, sizeof(*view->order), quire_by_charge, NULL);
	quire_put_machine_sentence(m, view);
	quire_put_blame(m, view);
	sort(view->order, view->rows, sizeof(*view->order), quire_by_loss, NULL);
	quire_put_processes(m, view);
	quire_put_suspended(m, view);
out:
	quire_view_free(view);
	return err;
}
