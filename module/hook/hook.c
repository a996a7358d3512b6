// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to the kernel and letting go of it.
 *
 * The order matters on the way out: first no new event may come, then the
 * events that are under way must end, and only then may a part free what its
 * handlers use. kprobes and tracepoints both wait for the handlers that run;
 * a kretprobe's pending returns find no handler once it is unregistered; a function of
 * ours around one of the kernel's can be slept in, so it counts who is inside.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include "compat/ftrace.h"
#include "hook/hook.h"

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

static int quire_attach_trace(struct quire_hook *hook, const char *name)
{
	struct quire_find find = { .name = name };

	/* The mm tracepoints are not exported one by one: find them by name. */
	for_each_kernel_tracepoint(quire_match_tracepoint, &find);
	if (!find.tp)
		return -ENOENT;
	hook->tp = find.tp;
	return tracepoint_probe_register(hook->tp, hook->probe, hook->data);
}

/* Before a kretprobe takes an instance: is the pass settled without? */
static int quire_settle_first(struct kprobe *kp, struct pt_regs *regs)
{
	struct quire_hook *hook = container_of(kp, struct quire_hook, rp.kp);

	return hook->settle(regs) ? 0 : hook->enter(kp, regs);
}

static int quire_attach_return(struct quire_hook *hook, const char *name)
{
	int err;

	hook->rp.kp.addr = NULL;
	hook->rp.kp.flags = 0;
	hook->rp.nmissed = 0;
	hook->rp.kp.nmissed = 0;
	hook->rp.kp.symbol_name = name;
	err = register_kretprobe(&hook->rp);
	if (err || !hook->settle)
		return err;
	/* A kretprobe is a kprobe whose handler registering has set: ours goes before it. */
	hook->enter = hook->rp.kp.pre_handler;
	/* Whoever calls ours sees what it shall call. */
	smp_store_release(&hook->rp.kp.pre_handler, quire_settle_first);
	return 0;
}

/*
 *	caller -> the kernel's function: a call of ftrace's, before anything else
 *		       -> quire_divert(): goes on in ours
 *			       -> the kernel's function, behind that call
 */
static notrace void quire_divert(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				 struct ftrace_regs *regs)
{
	quire_ftrace_go_on(regs, container_of(ops, struct quire_hook, ops)->around);
}

/* Where ftrace calls from, as kprobes know how to find a function. */
static unsigned long quire_ftrace_place(const char *name)
{
	struct kprobe probe = { .symbol_name = name };

	if (register_kprobe(&probe))
		return 0;
	unregister_kprobe(&probe);
	return (unsigned long)probe.addr;
}

static int quire_attach_around(struct quire_hook *hook, const char *name)
{
	int err;

	hook->ip = quire_ftrace_place(name);
	if (!hook->ip)
		return -ENOENT;
	hook->ops.func = quire_divert;
	/* It calls nothing, so it cannot be called by what it calls. */
	hook->ops.flags |= FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ip(&hook->ops, hook->ip, 0, 1);
	if (err)
		return err;
	hook->aim((void *)(hook->ip + MCOUNT_INSN_SIZE));
	err = register_ftrace_function(&hook->ops);
	if (err)
		ftrace_set_filter_ip(&hook->ops, hook->ip, 1, 0);
	return err;
}

static bool quire_is_inside(const struct quire_hook *hook)
{
	long inside = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		inside += *per_cpu_ptr(hook->inside, cpu);
	return inside;
}

/* Who is diverted has counted itself after the first wait, and has left after the last. */
static void quire_detach_around(struct quire_hook *hook)
{
	unregister_ftrace_function(&hook->ops);
	ftrace_set_filter_ip(&hook->ops, hook->ip, 1, 0);
	synchronize_rcu_tasks();
	while (quire_is_inside(hook))
		msleep(20);
	synchronize_rcu_tasks();
}

static int quire_attach_to(struct quire_hook *hook, const char *name)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
		/* Registering wants a fresh address and no flags of last time. */
		hook->kp.addr = NULL;
		hook->kp.flags = 0;
		hook->kp.nmissed = 0;
		hook->kp.symbol_name = name;
		return register_kprobe(&hook->kp);
	case QUIRE_HOOK_RETURN:
		return quire_attach_return(hook, name);
	case QUIRE_HOOK_AROUND:
		return quire_attach_around(hook, name);
	case QUIRE_HOOK_TRACE:
		return quire_attach_trace(hook, name);
	}
	return -EINVAL;
}

static int quire_attach(struct quire_hook *hook)
{
	int err = quire_attach_to(hook, hook->name);

	hook->found = hook->name;
	if (err == -ENOENT && hook->other_name) {
		err = quire_attach_to(hook, hook->other_name);
		hook->found = hook->other_name;
	}
	return err;
}

static void quire_detach(struct quire_hook *hook)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
		unregister_kprobe(&hook->kp);
		break;
	case QUIRE_HOOK_RETURN:
		unregister_kretprobe(&hook->rp);
		break;
	case QUIRE_HOOK_AROUND:
		quire_detach_around(hook);
		break;
	case QUIRE_HOOK_TRACE:
		tracepoint_probe_unregister(hook->tp, hook->probe, hook->data);
		break;
	}
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
		hooks[i].error = quire_attach(&hooks[i]);
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
 * of these hooks runs or will run.
 */
void quire_hooks_detach(struct quire_hook *hooks, unsigned int nr)
{
	unsigned int i;

	for (i = nr; i-- > 0; ) {
		if (hooks[i].attached)
			quire_detach(&hooks[i]);
		hooks[i].attached = false;
	}
	tracepoint_synchronize_unregister();
}

/**
 * quire_hook_missed - how many passes a hook did not see
 * @hook:	the hook
 *
 * A kprobe misses a pass that happens inside another probe's handler; a
 * kretprobe also when all of its instances are in use by sleeping callers.
 *
 * Return: the number since it was attached.
 */
unsigned long quire_hook_missed(const struct quire_hook *hook)
{
	switch (hook->kind) {
	case QUIRE_HOOK_ENTRY:
		return hook->kp.nmissed;
	case QUIRE_HOOK_RETURN:
		return hook->rp.nmissed + hook->rp.kp.nmissed;
	case QUIRE_HOOK_AROUND:
	case QUIRE_HOOK_TRACE:
		break;
	}
	return 0;
}
