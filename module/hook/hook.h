/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where quire attaches to the kernel.
 *
 * A part declares its hooks in a table. A hook is a function of ours that ftrace calls as one of
 * the kernel's begins, or puts around it; a kretprobe where that is rare and may sleep for long; or a probe
 * on one of the kernel's tracepoints. None needs a symbol that is not exported.
 */
#ifndef QUIRE_HOOK_H
#define QUIRE_HOOK_H

#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/static_call.h>
#include <linux/tracepoint.h>
#include "compat/ftrace.h"

enum quire_hook_kind {
	QUIRE_HOOK_ENTRY,	/* our function is called as the kernel's begins */
	QUIRE_HOOK_AROUND,	/* our function is called instead of the kernel's, and calls it */
	QUIRE_HOOK_RETURN,	/* kretprobe: dearer, but who sleeps in the function holds up nobody */
	QUIRE_HOOK_TRACE,	/* probe on a tracepoint */
};

typedef void (*quire_entry_t)(struct ftrace_regs *regs);
typedef bool (*quire_settle_t)(struct ftrace_regs *regs);

/**
 * struct quire_around - a function of ours that stands around one of the kernel's
 * @func:	ours, of the same type
 * @aim:	is told where the kernel's goes on
 * @inside:	on each CPU, how many have gone in less those that have come out
 *
 * Several hooks can name the same.
 */
struct quire_around {
	void *func;
	void (*aim)(void *where);
	long __percpu *inside;
};

/**
 * struct quire_hook - one place where quire attaches
 * @kind:	how
 * @name:	the function's or tracepoint's name
 * @other_name:	its name on other kernels, or NULL
 * @required:	the part is of no use without it; otherwise only what it
 *		counts is missing
 * @cost:	what one pass costs, one line for the status file
 * @entry:	for QUIRE_HOOK_ENTRY: called with preemption off
 * @around:	for QUIRE_HOOK_AROUND ...
 * @settle:	... or NULL: called first, with preemption off, and true if this pass need not go
 *		around
 * @shared:	for QUIRE_HOOK_ENTRY: others may go around this function
 * @often:	for QUIRE_HOOK_ENTRY: it is called so often that a pass is to be cheap, if letting go of it takes longer
 * @rp:		for QUIRE_HOOK_RETURN: handlers, data_size and maxactive are set
 * @probe:	for QUIRE_HOOK_TRACE: the probe, its first argument is @data
 * @data:	for QUIRE_HOOK_TRACE
 * @tp:		the tracepoint once found
 * @site:	the function, for what ftrace calls
 * @missed:	of @site when it was attached
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
	quire_entry_t entry;
	const struct quire_around *around;
	quire_settle_t settle;
	bool shared;
	bool often;
	struct kretprobe rp;
	void *probe;
	void *data;
	struct tracepoint *tp;
	struct quire_site *site;
	unsigned long missed;
	const char *found;
	bool attached;
	int error;
};

/* The names of a function that is called otherwise on other kernels. */
#define QUIRE_HOOK_NAMES(names)		QUIRE_HOOK_TWO_NAMES(names)
#define QUIRE_HOOK_TWO_NAMES(one, two)	.name = one, .other_name = two

/*
 * What a function of ours, quire_around_FUNC(), needs to stand around the kernel's, of which a
 * declaration must be in sight. It calls the kernel's by static_call(quire_real_FUNC)() and ends with
 * quire_leave_FUNC(). It runs in the context of its caller: nothing is switched off for it. A
 * livepatch of the function excludes it, and nobody who sleeps in it lets the module go.
 */
#define QUIRE_AROUND(func_)							\
	DEFINE_STATIC_CALL_NULL(quire_real_##func_, func_);			\
	static DEFINE_PER_CPU(long, quire_inside_##func_);			\
	static inline void quire_leave_##func_(void)				\
	{									\
		this_cpu_dec(quire_inside_##func_);				\
	}									\
	static void quire_aim_##func_(void *where)				\
	{									\
		static_call_update(quire_real_##func_, where);			\
	}									\
	static typeof(func_) quire_around_##func_

#define QUIRE_AROUND_OF(func_) {						\
		.func = quire_around_##func_, .aim = quire_aim_##func_,		\
		.inside = &quire_inside_##func_,				\
	}

int quire_hooks_find(struct quire_hook *hooks, unsigned int nr);
int quire_hooks_attach(struct quire_hook *hooks, unsigned int nr);
void quire_hooks_detach(struct quire_hook *hooks, unsigned int nr);
void quire_hooks_end(void);
unsigned long quire_hook_missed(const struct quire_hook *hook);

#endif
