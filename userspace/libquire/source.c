// SPDX-License-Identifier: GPL-2.0
/*
 * The files: the running kernel's, or a copy of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "policy.h"

#define PROC_DIR	"/proc/quire"
#define DEBUG_DIR	"/sys/kernel/debug/quire"

static const struct {
	const char *name;
	enum quire_shape shape;
	bool debug;
	bool large;
} files[] = {
	[QUIRE_STAT] = { "stat", QUIRE_VALUES, false, false },
	[QUIRE_PROCESSES] = { "processes", QUIRE_COMMANDS, false, true },
	[QUIRE_FAULT_LATENCY] = { "fault_latency", QUIRE_NAMED, true, false },
	[QUIRE_STALL_LATENCY] = { "stall_latency", QUIRE_NAMED, true, false },
	[QUIRE_TLB_FLUSH_PAGES] = { "tlb_flush_pages", QUIRE_NAMED, true, false },
	[QUIRE_TLB_CPUS] = { "tlb_cpus", QUIRE_NUMBERS, true, false },
	[QUIRE_WORKINGSET] = { "workingset", QUIRE_COMMANDS, false, true },
	[QUIRE_AGES] = { "ages", QUIRE_NUMBERS, true, true },
	[QUIRE_HEAT] = { "heat", QUIRE_NUMBERS, false, true },
};

int quire_source_init(struct quire_source *source, const char *dir, struct quire_error *error)
{
	int used;

	*source = (struct quire_source){ .live = !dir };
	if (!dir) {
		strcpy(source->dir, PROC_DIR);
		strcpy(source->debug, DEBUG_DIR);
		strcpy(source->proc, "/proc");
		return 0;
	}
	snprintf(source->dir, sizeof(source->dir), "%s", dir);
	snprintf(source->proc, sizeof(source->proc), "%s/proc", dir);
	used = snprintf(source->debug, sizeof(source->debug), "%s/debug", dir);
	if (used < 0 || (size_t)used >= sizeof(source->debug))
		return quire_fail(error, -ENAMETOOLONG, "%.60s...: the name is too long", dir);
	return 0;
}

/* Why a file could not be opened, in words that say what to do. */
static int open_failed(const struct quire_source *source, const char *dir, const char *name,
		       struct quire_error *error)
{
	int err = errno;

	if (source->live && err == ENOENT && access(PROC_DIR, F_OK))
		return quire_fail(error, -err, "quire.ko is not loaded: sudo modprobe quire");
	if (err == EACCES || err == EPERM)
		return quire_fail(error, -err, "%.150s/%s may not be %s by this user: try sudo", dir,
				  name, strcmp(name, "config") && strcmp(name, "policy") ? "read" : "read or written");
	return quire_fail(error, -err, "%.150s/%s: %s", dir, name, strerror(err));
}

static int open_file(const struct quire_source *source, const char *dir, const char *name, int flags,
		     struct quire_error *error)
{
	char path[600];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? open_failed(source, dir, name, error) : fd;
}

/* All that an open file has to say, at most @max bytes; to be freed. It is closed. */
static int read_all(const struct quire_source *source, int fd, const char *dir, const char *name, size_t max,
		    char **text, size_t *size, struct quire_error *error)
{
	size_t room = 0, used = 0;
	char *all = NULL, *more;
	ssize_t got = 1;
	int err = 0;

	while (!err && got) {
		if (used == room) {
			room = room ? 2 * room : 16384;
			more = realloc(all, room);
			if (!more) {
				err = quire_fail(error, -ENOMEM, "no memory");
				break;
			}
			all = more;
		}
		got = read(fd, all + used, room - used);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			err = open_failed(source, dir, name, error);
		else
			used += got;
		if (used > max)
			err = quire_fail(error, -EFBIG, "%.150s/%s has more than %zu bytes", dir, name,
					 max);
	}
	close(fd);
	if (err) {
		free(all);
		return err;
	}
	*text = all;
	*size = used;
	return 0;
}

static int read_file(const struct quire_source *source, const char *dir, const char *name, size_t max,
		     char **text, size_t *size, struct quire_error *error)
{
	int fd = open_file(source, dir, name, O_RDONLY, error);

	return fd < 0 ? fd : read_all(source, fd, dir, name, max, text, size, error);
}

int quire_read(const struct quire_source *source, enum quire_file file, struct quire_table *table,
	       struct quire_error *error)
{
	const char *name = files[file].name;
	size_t size;
	char *text;
	int err;

	*table = (struct quire_table){ };
	err = read_file(source, files[file].debug ? source->debug : source->dir, name,
			files[file].large ? QUIRE_PROCESSES_MAX : QUIRE_FILE_MAX, &text, &size, error);
	if (err)
		return err;
	if (file == QUIRE_PROCESSES)
		err = quire_processes_parse(table, text, size, error);
	else if (files[file].shape == QUIRE_NAMED)
		err = quire_histogram_parse(table, name, text, size, error);
	else
		err = quire_table_parse(table, files[file].shape, name, text, size, error);
	free(text);
	return err;
}

int quire_read_tables(const struct quire_source *source, uint64_t pid, uint64_t address,
		      struct quire_table *table, struct quire_error *error)
{
	char line[64], *text;
	size_t size;
	int err, fd;

	*table = (struct quire_table){ };
	fd = open_file(source, source->dir, "tables", source->live ? O_RDWR : O_RDONLY, error);
	if (fd < 0)
		return fd;
	/* The module answers whoever asks, in the same open file. */
	snprintf(line, sizeof(line), "%llu %llu", (unsigned long long)pid, (unsigned long long)address);
	if (source->live && write(fd, line, strlen(line)) < 0) {
		err = open_failed(source, source->dir, "tables", error);
		close(fd);
		return err;
	}
	err = read_all(source, fd, source->dir, "tables", QUIRE_FILE_MAX, &text, &size, error);
	if (err)
		return err;
	err = quire_table_parse(table, QUIRE_NAMED, "tables", text, size, error);
	if (!err && (quire_column(table, "index") < 0 || quire_column(table, "entry") < 0)) {
		quire_table_free(table);
		err = quire_fail(error, -EBADMSG, "tables: not what this command understands");
	}
	free(text);
	return err;
}

int quire_read_text(const struct quire_source *source, const char *path, char **text,
		    struct quire_error *error)
{
	char *all, *string;
	size_t size;
	int err = read_file(source, source->proc, path, QUIRE_FILE_MAX, &all, &size, error);

	if (err)
		return err;
	string = realloc(all, size + 1);
	if (!string) {
		free(all);
		return quire_fail(error, -ENOMEM, "no memory");
	}
	string[size] = '\0';
	*text = string;
	return 0;
}

int quire_is_in_cgroup(const struct quire_source *source, uint64_t pid, const char *path)
{
	struct quire_error error;
	char name[40], *text, *at;
	size_t length;
	int is = 0;

	path += strspn(path, "/");
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	snprintf(name, sizeof(name), "%llu/cgroup", (unsigned long long)pid);
	if (quire_read_text(source, name, &text, &error))
		return 0;
	/* The line of v2 is 0::/path, among those of v1 hierarchies if there are any. */
	at = strncmp(text, "0::/", 4) ? strstr(text, "\n0::/") : text - 1;
	if (at) {
		at += 5;
		is = !length || (!strncmp(at, path, length) && strchr("/\n", at[length]));
	}
	free(text);
	return is;
}

int quire_copy_time(const struct quire_source *source, uint64_t *ns)
{
	struct quire_error error;
	char *text, *end;
	double seconds;
	size_t size;
	int known;

	if (source->live || read_file(source, source->dir, "uptime", 64, &text, &size, &error))
		return 0;
	known = size && text[size - 1] == '\n';
	if (known) {
		text[size - 1] = '\0';
		seconds = strtod(text, &end);
		known = end != text && !*end && seconds >= 0 && seconds < 1e9;
		if (known)
			*ns = seconds * 1e9;
	}
	free(text);
	return known;
}

int quire_read_status(const struct quire_source *source, struct quire_status *status,
		      struct quire_error *error)
{
	size_t size;
	char *text;
	int err;

	memset(status, 0, sizeof(*status));
	err = read_file(source, source->dir, "status", QUIRE_FILE_MAX, &text, &size, error);
	if (err)
		return err;
	err = quire_status_parse(status, text, size, error);
	free(text);
	return err;
}

int quire_read_config(const struct quire_source *source, struct quire_config *config,
		      struct quire_error *error)
{
	size_t size;
	char *text;
	int err;

	memset(config, 0, sizeof(*config));
	err = read_file(source, source->dir, "config", QUIRE_FILE_MAX, &text, &size, error);
	if (err)
		return err;
	err = quire_config_parse(config, text, size, error);
	free(text);
	return err;
}

int quire_read_thrash(const struct quire_source *source, struct quire_thrash *thrash,
		      struct quire_error *error)
{
	size_t size;
	char *text;
	int err;

	memset(thrash, 0, sizeof(*thrash));
	err = read_file(source, source->dir, "thrash", QUIRE_PROCESSES_MAX, &text, &size, error);
	if (err)
		return err;
	err = quire_thrash_parse(thrash, text, size, error);
	free(text);
	return err;
}

int quire_read_policies(const struct quire_source *source, struct quire_policies *policies,
			struct quire_error *error)
{
	size_t size;
	char *text;
	int err;

	*policies = (struct quire_policies){ };
	err = read_file(source, source->dir, "policy", QUIRE_FILE_MAX, &text, &size, error);
	if (err)
		return err;
	err = quire_policies_parse(policies, text, size, error);
	free(text);
	return err;
}

/*
 * Write a line in one piece: the module takes it whole or not at all. 0; a negative errno, and
 * @error says why; or an errno above 0 with which the module has refused it.
 */
static int write_line(const struct quire_source *source, const char *name, const char *line,
		      struct quire_error *error)
{
	ssize_t size = strlen(line), put;
	int fd, err;

	if (!source->live)
		return quire_fail(error, -EROFS, "%.150s is a copy: nothing can be set in it",
				  source->dir);
	fd = open_file(source, source->dir, name, O_WRONLY, error);
	if (fd < 0)
		return fd;
	put = write(fd, line, size);
	err = put == size ? 0 : put < 0 ? errno : EIO;
	close(fd);
	return err == EPERM ? quire_fail(error, -err, "settings are changed by root: try sudo") : err;
}

int quire_write_config(const struct quire_source *source, const char *setting,
		       struct quire_error *error)
{
	int err = write_line(source, "config", setting, error);

	if (err <= 0)
		return err;
	if (err == ENOENT)
		return quire_fail(error, -err, "there is no such setting");
	if (err == E2BIG || err == EINVAL)
		return quire_fail(error, -err, "\"%.40s\": not a value that the setting can have",
				  setting);
	return quire_fail(error, -err, "\"%.40s\" cannot be set here, see quire status: %s", setting,
			  strerror(err));
}

/* What the module has said in the kernel's log since @log was opened: why it refused a line. */
static void read_reason(int log, char *reason, size_t size)
{
	char line[1024], *from, *to;
	ssize_t got;

	while ((got = read(log, line, sizeof(line) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		line[got > 0 ? got : 0] = '\0';
		from = strstr(line, "quire: policy: \"");
		from = from ? strstr(from, " refused: ") : NULL;
		to = from ? strstr(from, " (error ") : NULL;
		if (to)
			snprintf(reason, size, "%.*s", (int)(to - from - 10), from + 10);
	}
}

int quire_write_policy(const struct quire_source *source, const char *request,
		       struct quire_error *error)
{
	char reason[128];
	int log, err;

	if (strlen(request) > QUIRE_REQUEST_MAX)
		return quire_fail(error, -E2BIG, "more than %d bytes", QUIRE_REQUEST_MAX);
	log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log >= 0)
		lseek(log, 0, SEEK_END);
	err = write_line(source, "policy", request, error);
	if (err > 0) {
		snprintf(reason, sizeof(reason), "%s", strerror(err));
		if (log >= 0)
			read_reason(log, reason, sizeof(reason));
		err = quire_fail(error, -err, "\"%.100s\" was refused: %s", request, reason);
	}
	if (log >= 0)
		close(log);
	return err;
}
