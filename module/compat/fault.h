/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What page faults look like.
 *
 * 6.4 lets a fault run under its VMA's own lock and be tried again under
 * mmap_lock. 6.5 moved PGFAULT to the fault's completion, so that tries that
 * are repeated no longer count.
 */
#ifndef QUIRE_COMPAT_FAULT_H
#define QUIRE_COMPAT_FAULT_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0) && defined(CONFIG_PER_VMA_LOCK)
#define QUIRE_FAULT_VMA_LOCKED	FAULT_FLAG_VMA_LOCK
#else
#define QUIRE_FAULT_VMA_LOCKED	0
#endif

#define QUIRE_PGFAULT_COUNTS_RETRIES (LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0))

/* mm/internal.h; not exported, and called by nobody by this name. */
vm_fault_t do_swap_page(struct vm_fault *vmf);

/*
 * mm/shmem.c, where it is static, and takes five to seven arguments. None is looked at: who stands
 * around it passes on as many as a function of integers and pointers can have been given.
 */
int shmem_swapin_folio(unsigned long a0, unsigned long a1, unsigned long a2, unsigned long a3,
		       unsigned long a4, unsigned long a5, unsigned long a6, unsigned long a7);

#endif
