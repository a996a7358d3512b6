// SPDX-License-Identifier: GPL-2.0
/*
 * The first process of the User Mode Linux that runs the suites: loads the module that has them,
 * saves what gcov counted, and switches off. Its last line says that it came this far.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define GCOV "/debug/gcov"

/* gcov's files stand in debugfs below the paths of their objects; keep the paths in /gcov. */
static int save(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
	char buffer[65536], copy[4096];
	int from, to, failed = 0;
	ssize_t size;

	(void)stat;
	(void)walk;
	snprintf(copy, sizeof(copy), "/gcov%s", path + strlen(GCOV));
	if (type == FTW_D)
		return mkdir(copy, 0755) && errno != EEXIST;
	if (type != FTW_F || strcmp(path + strlen(path) - strlen(".gcda"), ".gcda"))
		return 0;
	from = open(path, O_RDONLY);
	to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	while (!failed && (size = read(from, buffer, sizeof(buffer))))
		failed = size < 0 || write(to, buffer, size) != size;
	close(from);
	close(to);
	return failed;
}

static int load(const char *module, const char *parameters)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0)) {
		printf("kunit-init: cannot load %s: %s\n", module, strerror(errno));
		return 1;
	}
	return 0;
}

int main(void)
{
	const char *suites = getenv("SUITES"), *share = getenv("SHARE");
	char parameters[512];
	int failed;

	setvbuf(stdout, NULL, _IONBF, 0);
	snprintf(parameters, sizeof(parameters), "suites=%s share=%s", suites ? suites : "",
		 share ? share : "0/1");
	failed = load("/quire_kunit.ko", parameters);
	if (!failed && getenv("COVERAGE"))
		failed = mount("debugfs", "/debug", "debugfs", 0, NULL) ||
			 nftw(GCOV, save, 16, FTW_PHYS);
	printf("kunit-init: done %d\n", failed);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
