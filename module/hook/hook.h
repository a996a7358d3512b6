/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where quire attaches to the kernel.
 *
 * A part declares its hooks in a table. A hook is a kprobe or kretprobe on a
 * function that every supported kernel keeps out of line, a function of ours that
 * ftrace puts around one, or a probe on one of the kernel's tracepoints. None needs
 * a symbol that is not exported.
 */
#ifndef QUIRE_HOOK_H
#define QUIRE_HOOK_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/static_call.h>
#include <linux/tracepoint.h>

enum quire_hook_kind {
	QUIRE_HOOK_ENTRY,	/* kprobe at a function's entry */
	QUIRE_HOOK_RETURN,	/* kretprobe: entry, and return where that is wanted */
	QUIRE_HOOK_AROUND,	/* our function, which calls the kernel's: cheaper than a kretprobe */
	QUIRE_HOOK_TRACE,	/* probe on a tracepoint */
};

/**
 * struct quire_hook - one place where quire attaches
 * @kind:	how
 * @name:	the function's or tracepoint's name
 * @other_name:	its name on other kernels, or NULL
 * @required:	the part is of no use without it; otherwise only what it
 *		counts is missing
 * @cost:	what one pass costs, one line for the status file
 * @kp:		for QUIRE_HOOK_ENTRY: pre_handler is set
 * @rp:		for QUIRE_HOOK_RETURN: handlers, data_size and maxactive are set
 * @settle:	for QUIRE_HOOK_RETURN, or NULL: called first, and true if it has done
 *		all there is to do, which saves taking an instance of @rp. Not
 *		called for a few passes while the hook is being attached.
 * @enter:	what a kretprobe does at entry; hook.c's own
 * @around:	for QUIRE_HOOK_AROUND, by QUIRE_HOOK_AROUND_OF(): our function ...
 * @aim:	... is told where the kernel's goes on ...
 * @inside:	... and counts here who is in it
 * @ops:	for QUIRE_HOOK_AROUND
 * @ip:		where ftrace calls it from
 * @probe:	for QUIRE_HOOK_TRACE: the probe, its first argument is @data
 * @data:	for QUIRE_HOOK_TRACE
 * @tp:		the tracepoint once found
 * @found:	which of the names it was
 * @attached:	whether it is attached now
 * @error:	why it could not be attached: an errno, 0 if it could
 */
struct quire_hook {
	enum quire_hook_kind kind;
	const char *name;
	const char *other_name;
	bool required;
	const char *cost;
	struct kprobe kp;
	struct kretprobe rp;
	bool (*settle)(struct pt_regs *regs);
	kprobe_pre_handler_t enter;
	void *around;
	void (*aim)(void *where);
	long __percpu *inside;
	struct ftrace_ops ops;
	unsigned long ip;
	void *probe;
	void *data;
	struct tracepoint *tp;
	const char *found;
	bool attached;
	int error;
};

/* The names of a function that is called otherwise on other kernels. */
#define QUIRE_HOOK_NAMES(names)		QUIRE_HOOK_TWO_NAMES(names)
#define QUIRE_HOOK_TWO_NAMES(one, two)	.name = one, .other_name = two

/*
 * What a function of ours, quire_around_FUNC(), needs to stand around the kernel's. It begins
 * with quire_enter_FUNC(), calls the kernel's by static_call(quire_real_FUNC)(), and ends with
 * quire_leave_FUNC(). It runs in the context of its caller: nothing is switched off for it. It
 * sees every pass, and no probe of others misses one. A livepatch of the function excludes it.
 */
#define QUIRE_AROUND(func)							\
	DEFINE_STATIC_CALL_NULL(quire_real_##func, func);			\
	static DEFINE_PER_CPU(long, quire_inside_##func);			\
	static inline void quire_enter_##func(void)				\
	{									\
		this_cpu_inc(quire_inside_##func);				\
	}									\
	static inline void quire_leave_##func(void)				\
	{									\
		this_cpu_dec(quire_inside_##func);				\
	}									\
	static void quire_aim_##func(void *where)				\
	{									\
		static_call_update(quire_real_##func, where);			\
	}

#define QUIRE_HOOK_AROUND_OF(func)						\
	.kind = QUIRE_HOOK_AROUND, .name = #func, .around = quire_around_##func,	\
	.aim = quire_aim_##func, .inside = &quire_inside_##func

int quire_hooks_attach(struct quire_hook *hooks, unsigned int nr);
void quire_hooks_detach(struct quire_hook *hooks, unsigned int nr);
unsigned long quire_hook_missed(const struct quire_hook *hook);

#endif
