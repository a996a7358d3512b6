// SPDX-License-Identifier: GPL-2.0
/*
 * Who may read what quire knows of a process: whoever may read its smaps.
 *
 * That is ptrace_may_access(PTRACE_MODE_READ_FSCREDS), which is not exported.
 * This is the same rule but for one step: a security module is not asked, as
 * there is no exported way to. The rights are those of the one who opened the
 * file, so that handing an open file to a privileged program gains nothing.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/user_namespace.h>
#include "interface/interface.h"

static bool quire_same_user(const struct cred *reader, const struct cred *owner)
{
	return uid_eq(reader->fsuid, owner->euid) && uid_eq(reader->fsuid, owner->suid) &&
	       uid_eq(reader->fsuid, owner->uid) && gid_eq(reader->fsgid, owner->egid) &&
	       gid_eq(reader->fsgid, owner->sgid) && gid_eq(reader->fsgid, owner->gid);
}

/**
 * quire_may_read - whether the data of a process may be shown
 * @file:	the file it is read from
 * @info:	the process
 *
 * Context: any; takes no lock.
 */
bool quire_may_read(const struct file *file, const struct quire_proc_info *info)
{
	if (!quire_same_user(file->f_cred, info->cred) &&
	    !file_ns_capable(file, info->cred->user_ns, CAP_SYS_PTRACE))
		return false;
	return !info->mm_ns || info->dumpable ||
	       file_ns_capable(file, info->mm_ns, CAP_SYS_PTRACE);
}
