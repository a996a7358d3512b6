// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to the kernel and letting go of it.
 *
 *	caller -> the kernel's function: a call of ftrace's, before anything else
 *		       -> quire_tell(): tells each hook at this site
 *		       -> if one is around it, goes on in its function
 *				-> the kernel's function, behind that call
 *
 * Sites where nobody goes around share one ftrace_ops, and are livepatches' as before. The others
 * have one each: that a caller is led elsewhere ftrace tells the trampolines of BPF at such a function
 * when an ops is registered, and only then. So have those that are passed often, as which site it is then need not
 * be looked for: but to let go of an ops takes as long as all tasks need. No function has two of ours,
 * for that would cost each of its passes a walk over all that there are.
 *
 * The order matters on the way out: first no new event may come, then the
 * events that are under way must end, and only then may a part free what its
 * handlers use. ftrace's and tracepoints' handlers run with preemption off; a kretprobe's pending
 * returns find no handler once it is unregistered; a function of ours around one of the kernel's
 * can be slept in, so who goes there is counted.
 */
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/trace_recursion.h>
#include "hook/hook.h"

#define QUIRE_SITE_BITS		6
#define QUIRE_SITES		(1U << QUIRE_SITE_BITS)
#define QUIRE_SITE_ENTRIES	2	/* parts that watch one function */

#define QUIRE_LOOK_MS		20	/* for those who are inside */
#define QUIRE_TELL_MS		10000	/* so long is not usual */

/**
 * struct quire_site - a function of the kernel's where parts attach
 * @name:	its name; whose place was found once is not looked for again
 * @ip:		where ftrace calls from; once set it stays
 * @entry:	who is told of each pass, or NULL
 * @around:	who stands around it, or NULL
 * @settle:	its, or NULL
 * @told:	how many of @entry and @settle there are
 * @hooks:	how many hooks are here; under quire_sites_mutex, as are the next two
 * @arounds:	how many of them go around
 * @diverts:	it is one where parts may go around
 * @alone:	it has an ops of its own:
 * @ops:	that
 * @missed:	passes that were within another handler of ftrace's
 */
struct quire_site {
	const char *name;
	unsigned long ip;
	quire_entry_t entry[QUIRE_SITE_ENTRIES];
	const struct quire_around *around;
	quire_settle_t settle;
	unsigned int told;
	unsigned int hooks;
	unsigned int arounds;
	bool diverts;
	bool alone;
	struct ftrace_ops ops;
	atomic_long_t missed;
};

static struct quire_site quire_sites[QUIRE_SITES];	/* hashed by @ip, the next free one serves */
static DEFINE_MUTEX(quire_sites_mutex);

static struct quire_site *quire_site_of(unsigned long ip)
{
	unsigned int i, at = hash_long(ip, QUIRE_SITE_BITS);

	for (i = 0; i < QUIRE_SITES; i++, at = (at + 1) % QUIRE_SITES) {
		if (READ_ONCE(quire_sites[at].ip) == ip)
			return &quire_sites[at];
		if (!READ_ONCE(quire_sites[at].ip))
			break;
	}
	return NULL;
}

/* Goes on in @around's function. With preemption off. */
static __always_inline void quire_lead(const struct quire_around *around, struct ftrace_regs *regs)
{
	this_cpu_inc(*around->inside);
	quire_ftrace_go_on(regs, around->func);
}

/* With preemption off. */
static __always_inline void quire_tell(struct quire_site *site, struct ftrace_regs *regs)
{
	const struct quire_around *around;
	quire_settle_t settle;
	quire_entry_t entry;
	unsigned int i;

	for (i = 0; i < QUIRE_SITE_ENTRIES; i++) {
		entry = READ_ONCE(site->entry[i]);
		if (entry)
			entry(regs);
	}
	around = READ_ONCE(site->around);
	settle = READ_ONCE(site->settle);
	if (around && !(settle && settle(regs)))
		quire_lead(around, regs);
}

/* One handler may call what another watches, and would come back here. */
static notrace void quire_pass(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *regs)
{
	struct quire_site *site = quire_site_of(ip);
	int bit;

	if (!site)
		return;
	bit = ftrace_test_recursion_trylock(ip, parent_ip);	/* switches preemption off */
	if (bit < 0) {
		atomic_long_inc(&site->missed);
		return;
	}
	quire_tell(site, regs);
	ftrace_test_recursion_unlock(bit);
}

/* By itself, so that what follows needs no registers of its own. */
static noinline notrace void quire_tell_there(struct quire_site *site, struct ftrace_regs *regs)
{
	quire_tell(site, regs);
}

/* An ops for one function, and no handler calls the function that it watches. */
static notrace void quire_divert(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				 struct ftrace_regs *regs)
{
	struct quire_site *site = container_of(ops, struct quire_site, ops);
	const struct quire_around *around;

	preempt_disable_notrace();
	if (unlikely(READ_ONCE(site->told))) {
		quire_tell_there(site, regs);
	} else {
		around = READ_ONCE(site->around);
		if (around)
			quire_lead(around, regs);
	}
	preempt_enable_notrace();
}

/* Permanent: not to be switched off by kernel.ftrace_enabled, counts would be wrong without a word. */
static struct ftrace_ops quire_watch_ops = { .func = quire_pass, .flags = FTRACE_OPS_FL_PERMANENT };

/* An ops without a function is called by all. This is the one that it always has; nobody calls it. */
static noinline __used void quire_anchor(void)
{
	barrier();
}

static unsigned long quire_anchor_ip;

/* Where ftrace calls from, as kprobes know how to find a function; this one is never armed. */
static unsigned long quire_ftrace_place(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&probe))
		return 0;
	unregister_kprobe(&probe);
	return (unsigned long)probe.addr;
}

/* Registered once: letting go of an ops waits for all tasks. */
static int quire_watch_start(void)
{
	unsigned long ip;
	int err;

	if (quire_anchor_ip)
		return 0;
	ip = quire_ftrace_place("quire:quire_anchor");
	if (!ip)
		return -ENOENT;
	err = ftrace_set_filter_ip(&quire_watch_ops, ip, 0, 1) ?: register_ftrace_function(&quire_watch_ops);
	if (!err)
		quire_anchor_ip = ip;
	return err;
}

static int quire_site_open(struct quire_site *site)
{
	int err = quire_watch_start();

	if (err)
		return err;
	if (!site->alone)
		return ftrace_set_filter_ip(&quire_watch_ops, site->ip, 0, 0);
	site->ops.func = quire_divert;
	site->ops.flags &= ~FTRACE_OPS_FL_IPMODIFY;
	site->ops.flags |= FTRACE_OPS_FL_PERMANENT | (site->diverts ? FTRACE_OPS_FL_IPMODIFY : 0);
	return ftrace_set_filter_ip(&site->ops, site->ip, 0, 1) ?: register_ftrace_function(&site->ops);
}

static void quire_site_close(struct quire_site *site)
{
	if (site->alone)
		unregister_ftrace_function(&site->ops);
	else
		ftrace_set_filter_ip(&quire_watch_ops, site->ip, 1, 0);
}

static struct quire_site *quire_site_find(const char *name)
{
	unsigned int i, at;
	unsigned long ip;

	for (i = 0; i < QUIRE_SITES; i++) {
		if (quire_sites[i].name && !strcmp(quire_sites[i].name, name))
			return &quire_sites[i];
	}
	ip = quire_ftrace_place(name);
	if (!ip)
		return ERR_PTR(-ENOENT);
	at = hash_long(ip, QUIRE_SITE_BITS);
	for (i = 0; i < QUIRE_SITES && quire_sites[at].ip; i++)
		at = (at + 1) % QUIRE_SITES;
	if (i == QUIRE_SITES)
		return ERR_PTR(-ENOSPC);
	quire_sites[at].name = name;
	WRITE_ONCE(quire_sites[at].ip, ip);
	return &quire_sites[at];
}

static int quire_site_add(struct quire_site *site, struct quire_hook *hook)
{
	unsigned int i;

	if (hook->kind == QUIRE_HOOK_AROUND) {
		if (!site->diverts || (site->around && site->around != hook->around))
			return -EBUSY;
		if (site->arounds++)
			return 0;
		hook->around->aim((void *)(site->ip + MCOUNT_INSN_SIZE));
		WRITE_ONCE(site->settle, hook->settle);
		WRITE_ONCE(site->told, site->told + !!hook->settle);
		/* Who sees it sees what goes with it. */
		smp_store_release(&site->around, hook->around);
		return 0;
	}
	for (i = 0; i < QUIRE_SITE_ENTRIES; i++) {
		if (!site->entry[i]) {
			WRITE_ONCE(site->entry[i], hook->entry);
			WRITE_ONCE(site->told, site->told + 1);
			return 0;
		}
	}
	return -ENOSPC;
}

static void quire_site_remove(struct quire_site *site, struct quire_hook *hook)
{
	unsigned int i;

	if (hook->kind == QUIRE_HOOK_AROUND) {
		if (!--site->arounds) {
			WRITE_ONCE(site->around, NULL);
			WRITE_ONCE(site->told, site->told - !!site->settle);
		}
		return;
	}
	for (i = 0; i < QUIRE_SITE_ENTRIES; i++) {
		if (site->entry[i] != hook->entry)
			continue;
		WRITE_ONCE(site->entry[i], NULL);
		WRITE_ONCE(site->told, site->told - 1);
	}
}

static int quire_attach_site(struct quire_hook *hook, const char *name)
{
	struct quire_site *site;
	int err = 0;

	mutex_lock(&quire_sites_mutex);
	site = quire_site_find(name);
	if (IS_ERR(site)) {
		err = PTR_ERR(site);
		goto out;
	}
	if (!site->hooks) {
		site->diverts = hook->shared || hook->kind == QUIRE_HOOK_AROUND;
		site->alone = site->diverts || hook->often;
	}
	err = quire_site_add(site, hook);
	if (err)
		goto out;
	if (!site->hooks)
		err = quire_site_open(site);
	if (err) {
		quire_site_remove(site, hook);
		goto out;
	}
	site->hooks++;
	hook->site = site;
	hook->missed = atomic_long_read(&site->missed);
out:
	mutex_unlock(&quire_sites_mutex);
	return err;
}

static void quire_detach_site(struct quire_hook *hook)
{
	struct quire_site *site = hook->site;

	mutex_lock(&quire_sites_mutex);
	quire_site_remove(site, hook);
	if (!--site->hooks)
		quire_site_close(site);
	mutex_unlock(&quire_sites_mutex);
}

struct quire_find {
	const char *name;
	struct tracepoint *tp;
};

static void quire_match_tracepoint(struct tracepoint *tp, void *data)
{
	struct quire_find *find = data;

	if (!strcmp(tp->name, find->name))
		find->tp = tp;
}

/* The mm tracepoints are not exported one by one: find them by name. */
static struct tracepoint *quire_find_trace(const char *name)
{
	struct quire_find find = { .name = name };

	for_each_kernel_tracepoint(quire_match_tracepoint, &find);
	return find.tp;
}

static int quire_attach_trace(struct quire_hook *hook, const char *name)
{
	hook->tp = quire_find_trace(name);
	return hook->tp ? tracepoint_probe_register(hook->tp, hook->probe, hook->data) : -ENOENT;
}

static int quire_attach_return(struct quire_hook *hook, const char *name)
{
	/* Registering wants a fresh address and no flags of last time. */
	hook->rp.kp.addr = NULL;
	hook->rp.kp.flags = 0;
	hook->rp.nmissed = 0;
	hook->rp.kp.nmissed = 0;
	hook->rp.kp.symbol_name = name;
	return register_kretprobe(&hook->rp);
}

static bool quire_is_inside(const struct quire_around *around)
{
	long inside = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		inside += *per_cpu_ptr(around->inside, cpu);
	return inside;
}

/* Nobody new goes around the function; wait for those that have. */
static void quire_wait_outside(const struct quire_hook *hook)
{
	unsigned int waited_ms = 0;

	while (quire_is_inside(hook->around)) {
		if (waited_ms == QUIRE_TELL_MS)
			pr_info("quire: waits for processes that sleep in %s\n", hook->found);
		msleep(QUIRE_LOOK_MS);
		waited_ms += QUIRE_LOOK_MS;
	}
}

static int quire_attach_to(struct quire_hook *hook, const char *name)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
	case QUIRE_HOOK_AROUND:
		return quire_attach_site(hook, name);
	case QUIRE_HOOK_RETURN:
		return quire_attach_return(hook, name);
	case QUIRE_HOOK_TRACE:
		return quire_attach_trace(hook, name);
	}
	return -EINVAL;
}

static int quire_find_there(struct quire_hook *hook, const char *name)
{
	struct quire_site *site;

	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
	case QUIRE_HOOK_AROUND:
		mutex_lock(&quire_sites_mutex);
		site = quire_site_find(name);
		mutex_unlock(&quire_sites_mutex);
		return PTR_ERR_OR_ZERO(site);
	case QUIRE_HOOK_RETURN:
		return quire_ftrace_place(name) ? 0 : -ENOENT;
	case QUIRE_HOOK_TRACE:
		return quire_find_trace(name) ? 0 : -ENOENT;
	}
	return -EINVAL;
}

/* Do something with the first of a hook's names that the kernel knows. */
static int quire_by_name(struct quire_hook *hook, int (*act)(struct quire_hook *hook, const char *name))
{
	int err = act(hook, hook->name);

	hook->found = hook->name;
	if (err == -ENOENT && hook->other_name) {
		err = act(hook, hook->other_name);
		hook->found = hook->other_name;
	}
	return err;
}

static void quire_detach(struct quire_hook *hook)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
	case QUIRE_HOOK_AROUND:
		quire_detach_site(hook);
		break;
	case QUIRE_HOOK_RETURN:
		unregister_kretprobe(&hook->rp);
		break;
	case QUIRE_HOOK_TRACE:
		tracepoint_probe_unregister(hook->tp, hook->probe, hook->data);
		break;
	}
}

/**
 * quire_hooks_find - whether a part's hooks could be attached
 * @hooks:	the table
 * @nr:		its length
 *
 * Each hook's @error says whether the kernel has its place.
 *
 * Context: process, may sleep; the parts' mutex is held, none of the hooks is attached.
 * Return: 0, or the error of the first required hook that has none.
 */
int quire_hooks_find(struct quire_hook *hooks, unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr; i++) {
		hooks[i].error = quire_by_name(&hooks[i], quire_find_there);
		if (hooks[i].required && !err)
			err = hooks[i].error;
	}
	return err;
}

/**
 * quire_hooks_attach - attach a part's hooks
 * @hooks:	the table
 * @nr:		its length
 *
 * Each hook's @error says how it went. A hook that is not required may fail.
 *
 * Context: process, may sleep; the parts' mutex is held.
 * Return: 0, or the error of the first required hook that could not be
 * attached, in which case none is.
 */
int quire_hooks_attach(struct quire_hook *hooks, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		hooks[i].error = quire_by_name(&hooks[i], quire_attach_to);
		hooks[i].attached = !hooks[i].error;
		if (hooks[i].error && hooks[i].required) {
			quire_hooks_detach(hooks, i);
			return hooks[i].error;
		}
	}
	return 0;
}

/**
 * quire_hooks_detach - let go of the kernel
 * @hooks:	the table
 * @nr:		its length
 *
 * Context: process, may sleep; the parts' mutex is held. On return no handler
 * of these hooks runs or will run. A function around one of the kernel's that another part needs
 * too goes on.
 */
void quire_hooks_detach(struct quire_hook *hooks, unsigned int nr)
{
	unsigned int i;

	for (i = nr; i-- > 0; ) {
		if (hooks[i].attached)
			quire_detach(&hooks[i]);
	}
	/* For handlers, ftrace's too: those who go around a function have been counted. */
	tracepoint_synchronize_unregister();
	for (i = nr; i-- > 0; ) {
		if (hooks[i].attached && hooks[i].kind == QUIRE_HOOK_AROUND && !hooks[i].site->around)
			quire_wait_outside(&hooks[i]);
		hooks[i].attached = false;
	}
}

/**
 * quire_hooks_end - the module goes: nothing of ftrace's may come back to it
 *
 * Context: process, may sleep; no hook is attached.
 */
void quire_hooks_end(void)
{
	unsigned int i;

	/*
	 * Who has gone around a function and counted itself out is about to return. This waits
	 * for all tasks, for a module's ops may go with its module.
	 */
	if (quire_anchor_ip)
		unregister_ftrace_function(&quire_watch_ops);
	ftrace_free_filter(&quire_watch_ops);
	for (i = 0; i < QUIRE_SITES; i++)
		ftrace_free_filter(&quire_sites[i].ops);
	quire_anchor_ip = 0;
}

/**
 * quire_hook_missed - how many passes a hook did not see
 * @hook:	the hook
 *
 * It misses a pass that happens inside another handler of ftrace's or kprobes', but not
 * where the function has an ops of its own; a kretprobe also when all of its instances are in
 * use by sleeping callers.
 *
 * Return: the number since it was attached.
 */
unsigned long quire_hook_missed(const struct quire_hook *hook)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
	case QUIRE_HOOK_AROUND:
		return atomic_long_read(&hook->site->missed) - hook->missed;
	case QUIRE_HOOK_RETURN:
		return hook->rp.nmissed + hook->rp.kp.nmissed;
	case QUIRE_HOOK_TRACE:
		break;
	}
	return 0;
}
