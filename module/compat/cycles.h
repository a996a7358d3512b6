/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A clock that costs next to nothing to read: the processor's cycles. User Mode Linux, where the KUnit
 * suites run, knows them not, nor does a processor without them: there it is the kernel's clock.
 */
#ifndef QUIRE_COMPAT_CYCLES_H
#define QUIRE_COMPAT_CYCLES_H

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#ifdef CONFIG_UML
#define quire_has_cycles()	false
#define quire_read_cycles()	0ull
#define quire_cycles_khz()	1u
#else
#include <asm/tsc.h>
#define quire_has_cycles()	(tsc_khz != 0)
#define quire_read_cycles()	get_cycles()
#define quire_cycles_khz()	tsc_khz
#endif

static inline u64 quire_cycles(void)
{
	return quire_has_cycles() ? quire_read_cycles() : ktime_get_mono_fast_ns();
}

static inline u64 quire_cycles_ns(u64 cycles)
{
	return quire_has_cycles() ? mul_u64_u32_div(cycles, NSEC_PER_MSEC, quire_cycles_khz()) : cycles;
}

#endif
