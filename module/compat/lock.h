/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locks on files: who holds them.
 *
 * 6.9 moved what locks and leases have in common into struct file_lock_core.
 */
#ifndef QUIRE_COMPAT_LOCK_H
#define QUIRE_COMPAT_LOCK_H

#include <linux/fs.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#define quire_lock		file_lock
#define quire_lock_list		fl_list
#define quire_lock_owner(lock)	((lock)->fl_owner)
#define quire_lock_file(lock)	((lock)->fl_file)
#else
#include <linux/filelock.h>
#define quire_lock		file_lock_core
#define quire_lock_list		flc_list
#define quire_lock_owner(lock)	((lock)->flc_owner)
#define quire_lock_file(lock)	((lock)->flc_file)
#endif

#endif
