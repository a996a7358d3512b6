/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ftrace: the arguments of a function that it has stopped, and where that goes on. 6.2 gave
 * the first a call, 6.5 renamed that of the second.
 */
#ifndef QUIRE_COMPAT_FTRACE_H
#define QUIRE_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#ifdef ftrace_regs_get_argument
#define quire_argument(regs, n)	ftrace_regs_get_argument(regs, n)
#else
#define quire_argument(regs, n)	regs_get_kernel_argument(&(regs)->regs, n)
#endif

#ifdef ftrace_regs_set_instruction_pointer
#define quire_ftrace_go_on(regs, func)	\
	ftrace_regs_set_instruction_pointer(regs, (unsigned long)(func))
#else
#define quire_ftrace_go_on(regs, func)	ftrace_instruction_pointer_set(regs, (unsigned long)(func))
#endif

#endif
