/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ftrace: where a function that it has stopped goes on. 6.5 renamed the call.
 */
#ifndef QUIRE_COMPAT_FTRACE_H
#define QUIRE_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#ifdef ftrace_regs_set_instruction_pointer
#define quire_ftrace_go_on(regs, func)	\
	ftrace_regs_set_instruction_pointer(regs, (unsigned long)(func))
#else
#define quire_ftrace_go_on(regs, func)	ftrace_instruction_pointer_set(regs, (unsigned long)(func))
#endif

#endif
