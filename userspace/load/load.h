/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire-load makes memory traffic whose size is known to the page, and says what it made.
 *
 * A pattern has three steps. setup() prepares what is not to be counted, run() makes the traffic
 * between two readings of the process's own fault counters, and check() verifies afterwards that
 * every page holds what was last written to it. The process's own code, stack and tables are in
 * memory and locked before run(), so that the counted faults are the pattern's and nothing else's.
 */
#ifndef QUIRE_LOAD_H
#define QUIRE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE_BYTES 4096UL
#define HUGE_BYTES (2UL << 20)
#define UNKNOWN (-1LL)
#define MAX_NOTES 12
#define MAX_THREADS 256

/* What the command line asks for. */
struct options {
	const struct pattern *pattern;
	size_t pages;
	size_t part;		/* hot set, pages to write, pages an operation */
	uint64_t rounds;
	double seconds;		/* 0: count rounds instead */
	uint64_t rate;		/* pages a second, 0: as fast as possible */
	unsigned int pause_ms;	/* between rounds */
	uint64_t seed;
	double skew;
	unsigned int write_percent;
	unsigned int hot_percent;
	unsigned int processes;
	unsigned int threads;
	int cpu;
	bool cold;
	bool write;
	bool readahead;
	bool wait;
	bool hold;
	bool json;
	bool check;
	const char *memory;	/* anon, shmem or file */
	const char *operation;
	const char *spread;	/* block, stride or random */
	const char *file;
	const char *dir;
	const char *trace;
};

/* A figure that the pattern knows about itself: "expect_cow_pages 17". */
struct note {
	const char *name;
	long long value;
};

/* What one process did; lives in memory shared with the parent. */
struct result {
	int pid;
	int worker;		/* the process that made the faults, if not pid */
	int status;		/* exit status of this process's run */
	uint64_t accesses;
	uint64_t writes;
	uint64_t rounds;
	uint64_t corrupt;
	uint64_t elapsed_us;
	uint64_t user_us;
	uint64_t system_us;
	long long minor;
	long long major;
	long long expect_minor;
	long long expect_major;
	bool locked;
	unsigned int notes;
	struct note note[MAX_NOTES];
};

/* A reading of the process's own counters. */
struct sample {
	long long minor;
	long long major;
	uint64_t user_us;
	uint64_t system_us;
	uint64_t ns;
};

enum space_kind { SPACE_ANON, SPACE_SHMEM, SPACE_FILE, SPACE_READ };

/* A range of pages that carry stamps; version[] says what the last write to each was. */
struct space {
	enum space_kind kind;
	unsigned char *base;
	size_t pages;
	int fd;
	uint64_t seed;
	uint8_t *version;	/* 0: never written, reads as zeros */
};

/* One run of a pattern in one process. */
struct run {
	const struct options *opt;
	struct result *res;
	struct space space;
	uint64_t random;
	FILE *trace;
	uint64_t started_ns;
	void *priv;
};

struct pattern {
	const char *name;
	const char *about;
	int (*setup)(struct run *run);
	int (*run)(struct run *run);
	void (*check)(struct run *run);
	size_t pages;		/* default of --pages */
	size_t part;		/* default of --part, 0: a tenth of the pages */
	bool traced;		/* --trace is well defined */
	bool samples;		/* run() takes its samples itself */
};

/* options.c */
int parse_options(int argc, char **argv, struct options *opt);

/* self.c */
int self_lock(struct run *run, const void *except, size_t bytes);
void self_sample(struct sample *sample);
void self_add(struct result *res, const struct sample *from, const struct sample *to);
int self_pin(int cpu);
uint64_t now_ns(void);

/* space.c */
int space_open(struct run *run, enum space_kind kind, size_t pages);
int space_drop_cache(struct space *space);
long long space_cached(const struct space *space);
void space_populate(struct run *run);
void space_check(struct run *run);
void page_access(struct run *run, size_t page, bool write);
int page_read(struct run *run, size_t first, size_t count, unsigned char *buffer);
bool page_intact(const struct space *space, size_t page, const void *at);
void page_stamp(const struct space *space, size_t page, void *at, uint8_t version);
size_t fault_around_pages(void);

/* helpers that every pattern uses */
void note(struct run *run, const char *name, long long value);
void expect(struct run *run, long long minor, long long major);
bool more_rounds(struct run *run);
bool out_of_time(const struct run *run);
void pace(struct run *run);
void sleep_until(uint64_t due);
uint64_t random_next(uint64_t *state);
uint64_t random_below(uint64_t *state, uint64_t limit);
int fail(const char *what);

/* report.c */
int report(const struct options *opt, const struct result *res, unsigned int count);

/* patterns */
int seq_setup(struct run *run);
int loop_run(struct run *run);
int random_run(struct run *run);
int hot_scan_run(struct run *run);
int zipf_run(struct run *run);
int phases_run(struct run *run);
int window_run(struct run *run);
int stack_setup(struct run *run);
int stack_run(struct run *run);
int heap_setup(struct run *run);
int heap_run(struct run *run);
int leak_setup(struct run *run);
int leak_run(struct run *run);
int anon_setup(struct run *run);
int touch_run(struct run *run);
int zero_run(struct run *run);
int fork_setup(struct run *run);
int fork_run(struct run *run);
void fork_check(struct run *run);
int shmem_setup(struct run *run);
int shmem_run(struct run *run);
int huge_setup(struct run *run);
int huge_run(struct run *run);
void huge_check(struct run *run);
int swap_setup(struct run *run);
int swap_run(struct run *run);
int kernel_setup(struct run *run);
int kernel_run(struct run *run);
int map_setup(struct run *run);
int map_run(struct run *run);
int search_setup(struct run *run);
int search_run(struct run *run);
int notify_setup(struct run *run);
int notify_run(struct run *run);
int tlb_setup(struct run *run);
int tlb_run(struct run *run);
int race_setup(struct run *run);
int race_run(struct run *run);

#endif
