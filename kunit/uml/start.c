// SPDX-License-Identifier: GPL-2.0
/*
 * Starts User Mode Linux (start PROGRAM ARGUMENT...) so that it runs on CPUs with a large register
 * state: up to 6.12 it has room for 2,696 bytes of it, which AMX exceeds, and then it cannot start
 * a process. A kernel that cannot read the state with PTRACE_GETREGSET uses PTRACE_GETFPREGS
 * instead, which is enough here, so that is what a seccomp filter makes it do.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		LOAD(nr), UNLESS(SYS_ptrace, 5),
		LOAD(args[0]), UNLESS(PTRACE_GETREGSET, 3),
		LOAD(args[2]), UNLESS(NT_X86_XSTATE, 1),
		RETURN(SECCOMP_RET_ERRNO | ENODEV),
		RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (argc < 2) {
		fprintf(stderr, "usage: start PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		fprintf(stderr, "start: no seccomp filter: %s\n", strerror(errno));
		return 1;
	}
	execv(argv[1], argv + 1);
	fprintf(stderr, "start: cannot run %s: %s\n", argv[1], strerror(errno));
	return 1;
}
