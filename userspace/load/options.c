// SPDX-License-Identifier: GPL-2.0
/*
 * The command line, and the list of patterns.
 */
#include "load.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PROCESSES 1024
#define MAX_PAGES (1UL << 30)

static const struct pattern patterns[] = {
	{ "loop", "read all pages in order, again and again", .setup = seq_setup,
	  .run = loop_run, .check = space_check, .pages = 25600, .traced = true },
	{ "random", "any page, each as likely", .setup = seq_setup,
	  .run = random_run, .check = space_check, .pages = 25600, .traced = true },
	{ "hot-scan", "--hot-percent of reads to --part pages, the others walk on",
	  .setup = seq_setup, .run = hot_scan_run, .check = space_check, .pages = 25600,
	  .traced = true },
	{ "zipf", "the page of rank k read 1/k^SKEW as often as the first", .setup = seq_setup,
	  .run = zipf_run, .check = space_check, .pages = 25600, .traced = true },
	{ "phases", "--part pages for 10 times as many reads, then others",
	  .setup = seq_setup, .run = phases_run, .check = space_check, .pages = 25600,
	  .traced = true },
	{ "window", "--part pages four times a second: a known working set",
	  .setup = seq_setup, .run = window_run, .check = space_check, .pages = 25600,
	  .traced = true },
	{ "stack-growth", "calls that take the stack down page by page", .setup = stack_setup,
	  .run = stack_run, .pages = 256 },
	{ "heap-growth", "the heap taken up page by page with sbrk()", .setup = heap_setup,
	  .run = heap_run, .check = space_check, .pages = 1024, .traced = true },
	{ "leak", "a hot set of --part pages, others written once and forgotten",
	  .setup = leak_setup, .run = leak_run, .check = space_check, .pages = 25600,
	  .traced = true },
	{ "mmap-file", "a mapped file, warm or --cold, read or with --write written",
	  .setup = map_setup, .run = map_run, .check = space_check, .pages = 1024,
	  .traced = true, .samples = true },
	{ "file-search", "a file read from start to end with read(), again and again",
	  .setup = search_setup, .run = search_run, .pages = 25600, .traced = true },
	{ "tlb-shooter", "--threads use the pages, then one takes them (--operation)",
	  .setup = tlb_setup, .run = tlb_run, .pages = 16, .samples = true },
	{ "touch", "first touch of anonymous pages: a read each, or a --write", .setup = anon_setup,
	  .run = touch_run, .check = space_check, .pages = 1024, .traced = true },
	{ "zero-write", "read anonymous pages (the zero page), then write them", .setup = anon_setup,
	  .run = zero_run, .check = space_check, .pages = 1024, .traced = true },
	{ "fork-write", "write, fork, write --part of the pages in the child",
	  .setup = fork_setup, .run = fork_run, .check = fork_check, .pages = 1024,
	  .samples = true },
	{ "shmem", "first write to the pages of a memfd", .setup = shmem_setup,
	  .run = shmem_run, .check = space_check, .pages = 1024, .traced = true },
	{ "notify", "first write to clean pages of a shared file mapping", .setup = notify_setup,
	  .run = notify_run, .check = space_check, .pages = 1024, .samples = true },
	{ "huge", "first touch of huge pages of 2 MiB (--pages counts these)", .setup = huge_setup,
	  .run = huge_run, .check = huge_check, .pages = 4 },
	{ "swap", "page all out, then read (or --write) them back", .setup = swap_setup,
	  .run = swap_run, .check = space_check, .pages = 1024, .traced = true, .samples = true },
	{ "kernel", "read() into untouched pages: the kernel takes the faults",
	  .setup = kernel_setup, .run = kernel_run, .check = space_check, .pages = 1024 },
	{ "race", "--threads read each untouched page at the same moment", .setup = race_setup,
	  .run = race_run, .check = space_check, .pages = 1024, .samples = true },
};

static const size_t pattern_count = sizeof(patterns) / sizeof(patterns[0]);

enum key {
	KEY_SEED = 256, KEY_ROUNDS, KEY_SECONDS, KEY_CPU, KEY_PROCESSES, KEY_THREADS, KEY_SKEW,
	KEY_WRITES, KEY_HOT, KEY_COLD, KEY_READAHEAD, KEY_WAIT, KEY_HOLD, KEY_JSON, KEY_CHECK,
	KEY_MEMORY, KEY_OPERATION, KEY_FILE, KEY_DIR, KEY_TRACE, KEY_RATE, KEY_SIZE,
	KEY_PAUSE, KEY_SPREAD,
};

static const struct argp_option options[] = {
	{ "pages", 'n', "N", 0, "Pages of 4 KiB", 1 },
	{ "size", KEY_SIZE, "BYTES", 0, "The same in bytes, with K, M or G", 1 },
	{ "part", 'm', "N", 0, "Pages of the hot set, the locality, or to write (a tenth of all)", 1 },
	{ "rounds", 'r', "N", 0, "Rounds (1)", 1 },
	{ "seconds", 's', "S", 0, "As many rounds as fit into S seconds", 1 },
	{ "rate", KEY_RATE, "N", 0, "At most N pages a second", 1 },
	{ "pause", KEY_PAUSE, "MS", 0, "Milliseconds of rest between rounds, in the time reported (0)", 1 },
	{ "seed", KEY_SEED, "N", 0, "Of the random numbers and the pages' stamps (1)", 1 },
	{ "memory", KEY_MEMORY, "KIND", 0, "Of the patterns that read: anon (default), shmem or file", 2 },
	{ "writes", KEY_WRITES, "PERCENT", 0, "Share of references that write (0)", 2 },
	{ "hot-percent", KEY_HOT, "PERCENT", 0, "hot-scan: share of the hot set (90)", 2 },
	{ "spread", KEY_SPREAD, "HOW", 0, "window: where its pages are: block (default), stride or random", 2 },
	{ "skew", KEY_SKEW, "S", 0, "zipf: exponent (1)", 2 },
	{ "write", 'w', NULL, 0, "Touch by writing", 2 },
	{ "cold", KEY_COLD, NULL, 0, "With the file out of the page cache", 2 },
	{ "readahead", KEY_READAHEAD, NULL, 0, "Let the kernel read ahead in a mapped file", 2 },
	{ "file", KEY_FILE, "FILE", 0, "File to use; made if missing, and kept", 2 },
	{ "dir", KEY_DIR, "DIR", 0, "Folder of the unnamed file used otherwise (/var/tmp)", 2 },
	{ "operation", KEY_OPERATION, "OP", 0, "tlb-shooter: munmap (default), mprotect or dontneed", 2 },
	{ "threads", 't', "N", 0, "Threads of tlb-shooter and race (2)", 3 },
	{ "processes", 'p', "N", 0, "Processes that do this at once (1)", 3 },
	{ "cpu", 'c', "N", 0, "Run on this CPU only", 3 },
	{ "wait", KEY_WAIT, NULL, 0,
	  "When prepared print \"ready PID\" and wait for a line on standard input", 4 },
	{ "hold", KEY_HOLD, NULL, 0, "After the report keep everything until a line comes", 4 },
	{ "json", KEY_JSON, NULL, 0, "Report as JSON", 4 },
	{ "check", KEY_CHECK, NULL, 0, "Fail if there were not just the faults expected", 4 },
	{ "trace", KEY_TRACE, "FILE", 0, "Write the page numbers in order; W after a write", 4 },
	{ 0 }
};

static unsigned long long number(struct argp_state *state, const char *name, const char *text,
				 unsigned long long low, unsigned long long high)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text || strchr(text, '-') || value < low || value > high)
		argp_error(state, "%s must be a number from %llu to %llu, not '%s'", name, low, high,
			   text);
	return value;
}

static double real(struct argp_state *state, const char *name, const char *text, double low,
		   double high)
{
	double value;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (errno || *end || end == text || !(value >= low && value <= high))
		argp_error(state, "%s must be a number from %g to %g, not '%s'", name, low, high, text);
	return value;
}

static size_t bytes_to_pages(struct argp_state *state, char *text)
{
	size_t length = strlen(text);
	unsigned int shift = 0;

	if (length && strchr("KMG", text[length - 1])) {
		shift = text[length - 1] == 'K' ? 10 : text[length - 1] == 'M' ? 20 : 30;
		text[length - 1] = 0;
	}
	return ((number(state, "--size", text, 1, (MAX_PAGES * PAGE_BYTES) >> shift) << shift) +
		PAGE_BYTES - 1) / PAGE_BYTES;
}

static const char *choice(struct argp_state *state, const char *name, const char *text,
			  const char *const *list)
{
	const char *const *item;

	for (item = list; *item; item++)
		if (!strcmp(*item, text))
			return *item;
	argp_error(state, "%s cannot be '%s'", name, text);
	return NULL;
}

static void set_pattern(struct argp_state *state, struct options *opt, const char *name)
{
	size_t i;

	if (opt->pattern)
		argp_error(state, "one pattern at a time: '%s' is one too many", name);
	for (i = 0; i < pattern_count; i++)
		if (!strcmp(patterns[i].name, name))
			opt->pattern = &patterns[i];
	if (!opt->pattern)
		argp_error(state, "no pattern '%s'", name);
}

/* Fill in what depends on the pattern, and refuse what does not go together. */
static void complete(struct argp_state *state, struct options *opt)
{
	if (!opt->pattern)
		argp_error(state, "which pattern?");
	if (!opt->pages)
		opt->pages = opt->pattern->pages;
	if (!opt->part)
		opt->part = opt->pages >= 10 ? opt->pages / 10 : 1;
	if (opt->part > opt->pages)
		argp_error(state, "--part %zu is more than --pages %zu", opt->part, opt->pages);
	if (opt->trace && (!opt->pattern->traced || opt->processes > 1))
		argp_error(state, "a trace needs one process and a pattern with an order of pages");
	if (opt->file && opt->processes > 1)
		argp_error(state, "--file is for one process; use --dir");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const memories[] = { "anon", "shmem", "file", NULL };
	static const char *const operations[] = { "munmap", "mprotect", "dontneed", NULL };
	static const char *const spreads[] = { "block", "stride", "random", NULL };
	struct options *opt = state->input;

	switch (key) {
	case 'n':
		opt->pages = number(state, "--pages", arg, 1, MAX_PAGES);
		break;
	case KEY_SIZE:
		opt->pages = bytes_to_pages(state, arg);
		break;
	case 'm':
		opt->part = number(state, "--part", arg, 1, MAX_PAGES);
		break;
	case 'r':
		opt->rounds = number(state, "--rounds", arg, 1, UINT32_MAX);
		break;
	case 's':
		opt->seconds = real(state, "--seconds", arg, 0.001, 1e6);
		break;
	case 't':
		opt->threads = number(state, "--threads", arg, 1, MAX_THREADS);
		break;
	case 'p':
		opt->processes = number(state, "--processes", arg, 1, MAX_PROCESSES);
		break;
	case 'c':
		opt->cpu = number(state, "--cpu", arg, 0, 1023);
		break;
	case 'w':
		opt->write = true;
		break;
	case KEY_RATE:
		opt->rate = number(state, "--rate", arg, 1, UINT32_MAX);
		break;
	case KEY_PAUSE:
		opt->pause_ms = number(state, "--pause", arg, 0, 3600000);
		break;
	case KEY_SEED:
		opt->seed = number(state, "--seed", arg, 0, UINT64_MAX);
		break;
	case KEY_SKEW:
		opt->skew = real(state, "--skew", arg, 0, 10);
		break;
	case KEY_WRITES:
		opt->write_percent = number(state, "--writes", arg, 0, 100);
		break;
	case KEY_HOT:
		opt->hot_percent = number(state, "--hot-percent", arg, 0, 100);
		break;
	case KEY_COLD:
		opt->cold = true;
		break;
	case KEY_READAHEAD:
		opt->readahead = true;
		break;
	case KEY_WAIT:
		opt->wait = true;
		break;
	case KEY_HOLD:
		opt->hold = true;
		break;
	case KEY_JSON:
		opt->json = true;
		break;
	case KEY_CHECK:
		opt->check = true;
		break;
	case KEY_MEMORY:
		opt->memory = choice(state, "--memory", arg, memories);
		break;
	case KEY_OPERATION:
		opt->operation = choice(state, "--operation", arg, operations);
		break;
	case KEY_SPREAD:
		opt->spread = choice(state, "--spread", arg, spreads);
		break;
	case KEY_FILE:
		opt->file = arg;
		break;
	case KEY_DIR:
		opt->dir = arg;
		break;
	case KEY_TRACE:
		opt->trace = arg;
		break;
	case ARGP_KEY_ARG:
		set_pattern(state, opt, arg);
		break;
	case ARGP_KEY_END:
		complete(state, opt);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The patterns, listed after the options. */
static char *help_filter(int key, const char *text, void *input)
{
	char *list;
	size_t bytes, i;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&list, &bytes);
	if (!out)
		return NULL;
	fputs("Patterns:\n", out);
	for (i = 0; i < pattern_count; i++)
		fprintf(out, "  %-13s %s\n", patterns[i].name, patterns[i].about);
	fputs("\nExample: 200 MiB read in a loop for ten seconds:\n"
	      "  quire-load loop --size=200M --seconds=10\n", out);
	fclose(out);
	return list;
}

/**
 * parse_options() - read the command line
 * @argc: as main() has it
 * @argv: as main() has it
 * @opt: is filled in
 *
 * Ends the program with status 2 and a message if there is something wrong with it, and with 0
 * after --help.
 *
 * Return: 0.
 */
int parse_options(int argc, char **argv, struct options *opt)
{
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "PATTERN",
		.doc = "Make memory traffic whose size is known to the page, verify it, and say what was done.\v",
		.help_filter = help_filter,
	};

	*opt = (struct options){
		.rounds = 1, .seed = 1, .skew = 1, .hot_percent = 90, .processes = 1, .threads = 2,
		.cpu = -1, .memory = "anon", .operation = "munmap", .spread = "block",
		.dir = "/var/tmp",
	};
	argp_err_exit_status = 2;
	return argp_parse(&argp, argc, argv, 0, NULL, opt);
}
