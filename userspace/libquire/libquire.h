/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libquire: read what quire.ko exports.
 *
 * What is read is either wholly understood or refused with a reason: a file that is truncated, too
 * big, has a NUL in it or a number that does not fit is an error, never a smaller number. All
 * functions may be called from any thread as long as no two work on the same structure.
 */
#ifndef LIBQUIRE_H
#define LIBQUIRE_H

#include <stddef.h>
#include <stdint.h>

/* A value that nothing keeps, `-` in the files. */
#define QUIRE_NONE		UINT64_MAX

#define QUIRE_NAME_MAX		63	/* bytes in a name or a command */
#define QUIRE_COLUMNS_MAX	256
#define QUIRE_LINES_MAX		1024	/* in files that are not tables */
#define QUIRE_FILE_MAX		(1 << 20)	/* bytes of a file */
#define QUIRE_PROCESSES_MAX	(64 << 20)	/* bytes of processes, a quarter of a million of them */

/**
 * struct quire_error - why something could not be done
 * @text: a sentence for people, without full stop and newline
 */
struct quire_error {
	char text[256];
};

/**
 * enum quire_shape - what the lines of a table look like
 * @QUIRE_VALUES: `name value`, each name once, no heading
 * @QUIRE_NAMED: a heading, then rows; the first column is a name
 * @QUIRE_NUMBERS: a heading, then rows of numbers
 * @QUIRE_COMMANDS: a heading, then rows; the last column is a command, any bytes to the line's end
 *
 * In the last two a column named segment holds names.
 */
enum quire_shape { QUIRE_VALUES, QUIRE_NAMED, QUIRE_NUMBERS, QUIRE_COMMANDS };

/**
 * struct quire_table - rows of numbers
 * @column: names of the columns of numbers
 * @columns: how many
 * @label: of each row, the name or command in it; NULL if the rows have none
 * @segment: of each row, what its column segment says; NULL if there is no such column
 * @segment_at: how many numbers come before it
 * @cell: rows after each other, @columns numbers each; QUIRE_NONE if not kept
 * @rows: how many
 * @text: what the names point into
 */
struct quire_table {
	char **column;
	size_t columns;
	char **label;
	char **segment;
	size_t segment_at;
	uint64_t *cell;
	size_t rows;
	char *text;
};

/**
 * quire_table_parse() - understand a table
 * @table: filled in; empty if it fails; free it with quire_table_free()
 * @shape: what it looks like
 * @what: what to call it in messages
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG if it is not such a table, -ENOMEM.
 */
int quire_table_parse(struct quire_table *table, enum quire_shape shape, const char *what,
		      const char *text, size_t size, struct quire_error *error);

/**
 * quire_table_free() - free what a table holds
 * @table: parsed, or all zeros
 */
void quire_table_free(struct quire_table *table);

/**
 * quire_column() - find a column
 * @table: a table
 * @name: the column's name
 *
 * Return: its index, or -1.
 */
int quire_column(const struct quire_table *table, const char *name);

/**
 * quire_cell() - a number of a table
 * @table: a table
 * @row: less than @table->rows
 * @column: from quire_column()
 *
 * Return: the number; QUIRE_NONE if it is not kept or @column is -1.
 */
uint64_t quire_cell(const struct quire_table *table, size_t row, int column);

/**
 * quire_value() - a number by its name
 * @values: a QUIRE_VALUES table
 * @name: its name
 *
 * Return: the number; QUIRE_NONE if it is not kept or not there.
 */
uint64_t quire_value(const struct quire_table *values, const char *name);

/**
 * quire_since() - how much a count has grown
 * @now: its value
 * @before: its value before, QUIRE_NONE if there was none
 *
 * Return: the difference; @now if it was not kept before or is smaller than before, as it is when
 * the module has been loaded anew; QUIRE_NONE if it is not kept now.
 */
uint64_t quire_since(uint64_t now, uint64_t before);

/**
 * quire_processes_parse() - understand /proc/quire/processes
 * @table: filled in as by quire_table_parse(); has the columns pid, uid and exited_ms, and
 *	pid and uid in every row
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_processes_parse(struct quire_table *table, const char *text, size_t size,
			  struct quire_error *error);

/* In place of a row, for quire_processes_match(). */
#define QUIRE_BORN		SIZE_MAX	/* was not there before: all of it is new */
#define QUIRE_GONE		(SIZE_MAX - 1)	/* had exited before: nothing is new */

/**
 * quire_processes_match() - find processes in an earlier reading
 * @now: a reading of processes
 * @before: an earlier one
 * @elapsed_ms: between the two
 * @row: filled in for each row of @now: the same process's row in @before, or QUIRE_BORN, QUIRE_GONE
 *
 * A PID that was used again is another process: it is told by its birth after the one that had
 * the PID, and by counts that do not shrink.
 *
 * Return: 0 or -ENOMEM.
 */
int quire_processes_match(const struct quire_table *now, const struct quire_table *before,
			  uint64_t elapsed_ms, size_t *row);

/**
 * quire_histogram_parse() - understand a histogram of debugfs
 * @table: filled in as by quire_table_parse(); columns: from, below, count
 * @what: what to call it in messages
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_histogram_parse(struct quire_table *table, const char *what, const char *text, size_t size,
			  struct quire_error *error);

/**
 * quire_histogram_count() - how many values a histogram has seen
 * @now: a histogram
 * @before: an earlier reading, whose values do not count; NULL for none
 * @name: which of its histograms
 *
 * Return: the number.
 */
uint64_t quire_histogram_count(const struct quire_table *now, const struct quire_table *before,
			       const char *name);

/**
 * quire_histogram_below() - a bound that a share of the values stays below
 * @now: a histogram
 * @before: an earlier reading, whose values do not count; NULL for none
 * @name: which of its histograms
 * @share: of the values, above 0 and at most 1
 *
 * Return: the least upper bound of a bucket such that at least @share of the values are below it,
 * in the histogram's unit; QUIRE_NONE if there are no values, or that bucket has no bound.
 */
uint64_t quire_histogram_below(const struct quire_table *now, const struct quire_table *before,
			       const char *name, double share);

/**
 * struct quire_fact - a name and what it says
 * @name: the name
 * @text: the rest of the line
 */
struct quire_fact {
	char *name;
	char *text;
};

enum quire_state { QUIRE_RUNNING, QUIRE_OFF, QUIRE_UNAVAILABLE };

/**
 * struct quire_part_status - a part of the module
 * @name: its name
 * @state: whether it runs
 * @why: why it is unavailable, "" if that is not said or it is not
 * @about: what it does
 */
struct quire_part_status {
	char *name;
	enum quire_state state;
	char *why;
	char *about;
};

/**
 * struct quire_hook_status - a place in the kernel that a part is attached to
 * @part: the part
 * @name: the kernel's function or tracepoint
 * @state: QUIRE_RUNNING if attached
 * @missed: events that it missed, if attached
 * @error: a negative errno, if unavailable
 * @cost: what it costs
 */
struct quire_hook_status {
	char *part;
	char *name;
	enum quire_state state;
	uint64_t missed;
	int error;
	char *cost;
};

/**
 * struct quire_status - what /proc/quire/status says
 * @fact: version, kernel, lru, and numbers
 * @part: the parts
 * @limit: what parts cannot see
 * @hook: where they are attached
 * @facts: how many facts
 * @parts: how many parts
 * @limits: how many limits
 * @hooks: how many hooks
 * @text: what the names point into
 */
struct quire_status {
	struct quire_fact fact[QUIRE_LINES_MAX];
	struct quire_part_status part[QUIRE_COLUMNS_MAX];
	struct quire_fact limit[QUIRE_COLUMNS_MAX];
	struct quire_hook_status hook[QUIRE_LINES_MAX];
	size_t facts, parts, limits, hooks;
	char *text;
};

/**
 * quire_status_parse() - understand /proc/quire/status
 * @status: filled in; free it with quire_status_free()
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_status_parse(struct quire_status *status, const char *text, size_t size,
		       struct quire_error *error);

/**
 * quire_status_free() - free what a status holds
 * @status: parsed, or all zeros
 */
void quire_status_free(struct quire_status *status);

/**
 * quire_fact() - what a status says of a name
 * @status: a status
 * @name: the name
 *
 * Return: the text, or NULL.
 */
const char *quire_fact(const struct quire_status *status, const char *name);

/**
 * struct quire_config - what can be set, and to what it is
 * @setting: names and values
 * @settings: how many
 * @text: what they point into
 */
struct quire_config {
	struct quire_fact setting[QUIRE_COLUMNS_MAX];
	size_t settings;
	char *text;
};

/**
 * quire_config_parse() - understand /proc/quire/config
 * @config: filled in; free it with quire_config_free()
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_config_parse(struct quire_config *config, const char *text, size_t size,
		       struct quire_error *error);

/**
 * quire_config_free() - free what a config holds
 * @config: parsed, or all zeros
 */
void quire_config_free(struct quire_config *config);

/**
 * quire_config_value() - the value of a setting
 * @config: a config
 * @name: the setting
 *
 * Return: the value as text, or NULL if there is no such setting.
 */
const char *quire_config_value(const struct quire_config *config, const char *name);

/* What a line of thrash is, and what its numbers are, in order. */
enum quire_thrash_kind {
	QUIRE_THRASH_SENTENCE,	/* pid, QUIRE_NONE for the machine; the text is the sentence */
	QUIRE_THRASH_CULPRIT,	/* pid, pages, permille, others; the text is the command */
	QUIRE_THRASH_BLAME,	/* victim, culprit, pages */
	QUIRE_THRASH_PROCESS,	/*
				 * pid, since_ms, stalled_permille, lost_permille, waited_us,
				 * reclaim_us, refault_soon_pages, needed_pages, resident_pages; the
				 * text is the command
				 */
	QUIRE_THRASH_LEAK,	/* pid, since_ms, grown_pages, pages_an_hour; the command */
	QUIRE_THRASH_SUSPENDED,	/*
				 * pid, QUIRE_NONE for a cgroup, since_ms, needed_pages; the command,
				 * or the cgroup
				 */
};

#define QUIRE_THRASH_NUMBERS	9

/**
 * struct quire_thrash_line - a line of thrash that is about processes
 * @kind: what it is
 * @number: its numbers; QUIRE_NONE if they are not known, or not there
 * @state: of a QUIRE_THRASH_PROCESS, else NULL
 * @text: the sentence or the command, or NULL
 */
struct quire_thrash_line {
	enum quire_thrash_kind kind;
	uint64_t number[QUIRE_THRASH_NUMBERS];
	char *state;
	char *text;
};

/**
 * struct quire_thrash - what /proc/quire/thrash says
 * @state: of the machine: off, unknown, calm, tight or thrashing
 * @fact: the other lines `name value` of the machine
 * @facts: how many
 * @value: of each of them
 * @line: the rest, in the file's order
 * @lines: how many
 * @text: what the names point into
 */
struct quire_thrash {
	const char *state;
	char *fact[QUIRE_COLUMNS_MAX];
	uint64_t value[QUIRE_COLUMNS_MAX];
	size_t facts;
	struct quire_thrash_line *line;
	size_t lines;
	char *text;
};

/**
 * quire_thrash_parse() - understand /proc/quire/thrash
 * @thrash: filled in; free it with quire_thrash_free()
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_thrash_parse(struct quire_thrash *thrash, const char *text, size_t size,
		       struct quire_error *error);

/**
 * quire_thrash_free() - free what a verdict holds
 * @thrash: parsed, or all zeros
 */
void quire_thrash_free(struct quire_thrash *thrash);

/**
 * quire_thrash_value() - a number of the machine by its name
 * @thrash: a verdict
 * @name: its name
 *
 * Return: the number; QUIRE_NONE if it is not known or not there.
 */
uint64_t quire_thrash_value(const struct quire_thrash *thrash, const char *name);

/**
 * struct quire_source - where to read from
 * @dir: where stat, processes, config and status are
 * @debug: where the histograms are
 * @proc: where the kernel's own files are, /proc
 * @live: the running kernel, not something recorded
 */
struct quire_source {
	char dir[512];
	char debug[512];
	char proc[512];
	int live;
};

/**
 * quire_source_init() - choose where to read from
 * @source: filled in
 * @dir: a copy of the files of /proc/quire, with those of debugfs quire/ in its folder "debug" and
 *	files of /proc in "proc"; NULL for the running kernel
 * @error: filled in on failure
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int quire_source_init(struct quire_source *source, const char *dir, struct quire_error *error);

/**
 * enum quire_file - the files that are tables
 * @QUIRE_STAT: counts of the machine
 * @QUIRE_PROCESSES: counts of each process
 * @QUIRE_FAULT_LATENCY: times of faults by cause, ns
 * @QUIRE_STALL_LATENCY: times of stalls by kind, ns
 * @QUIRE_TLB_FLUSH_PAGES: pages in a TLB flush by reason
 * @QUIRE_TLB_CPUS: TLB flushes of each CPU
 * @QUIRE_WORKINGSET: working sets of processes and their segments
 * @QUIRE_AGES: W(t, tau) of them
 * @QUIRE_HEAT: where in their memory their use is
 */
enum quire_file {
	QUIRE_STAT, QUIRE_PROCESSES, QUIRE_FAULT_LATENCY, QUIRE_STALL_LATENCY,
	QUIRE_TLB_FLUSH_PAGES, QUIRE_TLB_CPUS, QUIRE_WORKINGSET, QUIRE_AGES, QUIRE_HEAT,
};

#define QUIRE_FILES (QUIRE_HEAT + 1)

/**
 * quire_read() - read a table
 * @source: from where
 * @file: which
 * @table: filled in; empty if it fails; free it with quire_table_free()
 * @error: filled in on failure, says what to do where the module is not loaded
 *
 * Return: 0, or a negative errno: -ENOENT if it is not there, -EACCES if it may not be read,
 * -EFBIG if it is too big, -EBADMSG if it cannot be understood.
 */
int quire_read(const struct quire_source *source, enum quire_file file, struct quire_table *table,
	       struct quire_error *error);

/**
 * quire_read_tables() - read the way of an address through the page tables
 * @source: from where; a copy has the answer in its file tables
 * @pid: the process
 * @address: in it
 * @table: filled in: level, then index and entry, from the top down; free it with quire_table_free()
 * @error: filled in on failure
 *
 * Return: as quire_read(); -ESRCH if there is no such process, -EINVAL if no process can have anything there.
 */
int quire_read_tables(const struct quire_source *source, uint64_t pid, uint64_t address,
		      struct quire_table *table, struct quire_error *error);

/**
 * quire_read_text() - read a file of /proc, or of the copy's folder "proc"
 * @source: from where
 * @path: below /proc
 * @text: filled in, a string; to be freed
 * @error: filled in on failure
 *
 * Return: as quire_read().
 */
int quire_read_text(const struct quire_source *source, const char *path, char **text,
		    struct quire_error *error);

/**
 * quire_is_in_cgroup() - whether a process is in a cgroup (v2) or below it
 * @source: from where
 * @pid: the process
 * @path: of the cgroup, /a/b or a/b; "" or "/" is the root
 *
 * Return: 1 if it is, 0 if it is not or that cannot be known.
 */
int quire_is_in_cgroup(const struct quire_source *source, uint64_t pid, const char *path);

/**
 * quire_copy_time() - when a copy was made
 * @source: from where
 * @ns: filled in: since boot, from the copy's file "uptime"
 *
 * Return: 1 if that is known, 0 if not or if it is no copy.
 */
int quire_copy_time(const struct quire_source *source, uint64_t *ns);

/**
 * quire_read_status() - read the status
 * @source: from where
 * @status: filled in; free it with quire_status_free()
 * @error: filled in on failure
 *
 * Return: as quire_read().
 */
int quire_read_status(const struct quire_source *source, struct quire_status *status,
		      struct quire_error *error);

/**
 * quire_read_config() - read what can be set
 * @source: from where
 * @config: filled in; free it with quire_config_free()
 * @error: filled in on failure
 *
 * Return: as quire_read().
 */
int quire_read_config(const struct quire_source *source, struct quire_config *config,
		      struct quire_error *error);

/**
 * quire_read_thrash() - read the verdict on thrashing
 * @source: from where
 * @thrash: filled in; free it with quire_thrash_free()
 * @error: filled in on failure
 *
 * Return: as quire_read().
 */
int quire_read_thrash(const struct quire_source *source, struct quire_thrash *thrash,
		      struct quire_error *error);

/**
 * quire_write_config() - change a setting
 * @source: where
 * @setting: "name=value"
 * @error: filled in on failure
 *
 * Return: 0, or a negative errno; nothing has changed then.
 */
int quire_write_config(const struct quire_source *source, const char *setting,
		       struct quire_error *error);

#endif
