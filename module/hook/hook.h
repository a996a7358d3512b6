/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where quire attaches to the kernel.
 *
 * A part declares its hooks in a table. A hook is a kprobe or kretprobe on a
 * function that every supported kernel keeps out of line, or a probe on one
 * of the kernel's tracepoints. None needs a symbol that is not exported.
 */
#ifndef QUIRE_HOOK_H
#define QUIRE_HOOK_H

#include <linux/kprobes.h>
#include <linux/tracepoint.h>

enum quire_hook_kind {
	QUIRE_HOOK_ENTRY,	/* kprobe at a function's entry */
	QUIRE_HOOK_RETURN,	/* kretprobe: entry, and return where that is wanted */
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

int quire_hooks_attach(struct quire_hook *hooks, unsigned int nr);
void quire_hooks_detach(struct quire_hook *hooks, unsigned int nr);
unsigned long quire_hook_missed(const struct quire_hook *hook);

#endif
