// SPDX-License-Identifier: GPL-2.0
/*
 * quire doctor: whether quire can work here, and what else can look into this kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

static void release_of(const struct doctor *doctor, char *release, size_t size)
{
	if (!doctor_line(doctor, "proc/sys/kernel/osrelease", release, size))
		snprintf(release, size, "unknown");
}

void doctor_kernel(struct doctor *doctor)
{
	char release[128];

	release_of(doctor, release, sizeof(release));
	if (!strncmp(release, "6.1.", 4) || !strncmp(release, "6.12.", 5))
		doctor_say(doctor, "kernel", DOCTOR_GOOD, NULL, "Linux %s: quire is tested on its like",
			   release);
	else
		doctor_say(doctor, "kernel", DOCTOR_NOTE, "Try it in a VM first: make vm",
			   "Linux %s: quire is tested on 6.1 and 6.12 of Debian only", release);
}

void doctor_module(struct doctor *doctor)
{
	char release[128], path[256], lockdown[128];

	release_of(doctor, release, sizeof(release));
	snprintf(path, sizeof(path), "lib/modules/%s/build/Makefile", release);
	if (!faccessat(doctor->root, "proc/quire/status", R_OK, 0)) {
		doctor_say(doctor, "module", DOCTOR_GOOD, NULL, "quire.ko is loaded");
		return;
	}
	if (doctor_line(doctor, "sys/kernel/security/lockdown", lockdown, sizeof(lockdown)) &&
	    !strstr(lockdown, "[none]"))
		doctor_say(doctor, "lockdown", DOCTOR_BAD,
			   "Sign it with a key that you enrolled (mokutil), or switch Secure Boot off",
			   "the kernel takes signed modules only: %s", lockdown);
	if (faccessat(doctor->root, path, R_OK, 0))
		doctor_say(doctor, "module", DOCTOR_NOTE,
			   "Install them (Debian: linux-headers-amd64), then: make && make install",
			   "quire.ko is not loaded, and the headers of this kernel are not there to build it");
	else
		doctor_say(doctor, "module", DOCTOR_NOTE, "Load it: sudo modprobe quire",
			   "quire.ko is not loaded");
}

void doctor_tracing(struct doctor *doctor)
{
	static const struct {
		const char *path, *name;
	} wants[] = {
		{ "sys/kernel/debug/kprobes/list", "kprobes" },
		{ "sys/kernel/tracing/available_events", "tracefs" },
		{ "sys/kernel/btf/vmlinux", "BTF" },
	};
	char missing[128] = "", denied[128] = "", *list;

	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++) {
		if (!faccessat(doctor->root, wants[i].path, R_OK, 0))
			continue;
		list = errno == EACCES ? denied : missing;
		snprintf(list + strlen(list), sizeof(missing) - strlen(list), "%s%s",
			 *list ? ", " : "", wants[i].name);
	}
	if (*denied)
		doctor_say(doctor, "tracing", DOCTOR_UNKNOWN, "Ask as root: sudo quire doctor",
			   "only root sees whether there are %s", denied);
	else if (*missing)
		doctor_say(doctor, "tracing", DOCTOR_NOTE,
			   "Mount debugfs and tracefs; without kprobes quire.ko cannot run, without BTF bpftrace",
			   "not to be seen: %s", missing);
	else
		doctor_say(doctor, "tracing", DOCTOR_GOOD, NULL, "kprobes, tracefs and BTF are there");
}
