// SPDX-License-Identifier: GPL-2.0
/*
 * quire tlb: TLB flushes, why, who caused them, and where they were felt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "human.h"
#include "live.h"
#include "tlb_counts.h"

#define SENDERS 10

/* Counts in the order in which they are shown. */
const struct tlb_count tlb_counts[TLB_COUNTS] = {
	/* flushes that CPUs did; only some of these are also kept per process */
	{ "tlb_flushes_switch", "a process came to a CPU that knew nothing of it" },
	{ "tlb_flushes_local_mm", "a process changed its own memory, on its own CPU" },
	{ "tlb_flushes_local", "reclaim unmapped a batch of pages, on its own CPU" },
	{ "tlb_shootdowns_received", "another CPU asked for it (shootdown)" },
	{ "tlb_shootdowns_wrong_cpu", "the same, of a process that had moved on" },
	{ "tlb_flushes_full", "all of these: the whole TLB" },
	{ "tlb_flushes_ranged", "all of these: some pages" },
	{ "tlb_flushed_pages", "pages in those" },
	/* what led to them */
	{ "tlb_shootdowns_sent", "interrupts sent to other CPUs" },
	{ "tlb_range_calls", "changes of a process' memory" },
	{ "tlb_batched_unmaps", "batches of pages that reclaim unmapped" },
	{ "tlb_all_calls", "all of all CPUs" },
	{ "tlb_kernel_range_calls", "changes of the kernel's memory" },
};

static const char doc[] =
	"Show TLB flushes: why they happened, which processes caused them, and how many each CPU had. "
	"Those of CPUs need debugfs, which is root's.\v"
	"A TLB holds translations of addresses. Where memory is unmapped or protected they must go, on "
	"each CPU that may have them: the process is interrupted there, and has to walk its page tables "
	"again afterwards.\n\n"
	"Example:\n"
	"  sudo quire tlb -i 1";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/**
 * struct sender - a process that causes flushes
 * @row: in the table of processes
 * @sent: shootdowns
 * @local: flushes of its own CPU
 * @calls: changes of its memory
 * @batched: unmapped batches
 */
struct sender {
	size_t row;
	uint64_t sent;
	uint64_t local;
	uint64_t calls;
	uint64_t batched;
};

static uint64_t weight(const struct sender *sender)
{
	return sender->sent + sender->local + 2;	/* QUIRE_NONE + 1 is 0 */
}

static int compare(const void *a, const void *b)
{
	return (weight(a) < weight(b)) - (weight(a) > weight(b));
}

/* The processes that cause flushes, those that cause most first; to be freed. */
static struct sender *find_senders(const struct live *live, size_t *count)
{
	size_t rows = live->now->table[QUIRE_PROCESSES].rows;
	struct sender *senders = calloc(rows + 1, sizeof(*senders));

	*count = 0;
	for (size_t i = 0; senders && i < rows; i++) {
		struct sender *sender = &senders[*count];

		if (!live_selected(live, i))
			continue;
		sender->row = i;
		sender->sent = live_process(live, i, "tlb_shootdowns_sent");
		sender->local = live_add(live_process(live, i, "tlb_flushes_local_mm"),
					 live_process(live, i, "tlb_flushes_local"));
		sender->calls = live_process(live, i, "tlb_range_calls");
		sender->batched = live_process(live, i, "tlb_batched_unmaps");
		*count += (sender->sent + 1 > 1 || sender->local + 1 > 1);
	}
	if (senders)
		qsort(senders, *count, sizeof(*senders), compare);
	return senders;
}

static void print_senders(const struct live *live, const struct sender *senders, size_t count)
{
	const struct quire_table *table = &live->now->table[QUIRE_PROCESSES];
	size_t shown = count < SENDERS ? count : SENDERS;

	printf("\n%7s %11s %11s %9s %9s  %s\n", "PID", "SHOOTDOWNS", "OWN CPU", "CHANGES", "BATCHES",
	       "CAUSED BY");
	for (size_t i = 0; i < shown; i++) {
		const struct sender *sender = &senders[i];

		printf("%7" PRIu64 " %11s", quire_cell(table, sender->row, quire_column(table, "pid")),
		       human_count(live_rate(live, sender->sent)).text);
		printf(" %11s", human_count(live_rate(live, sender->local)).text);
		printf(" %9s", human_count(live_rate(live, sender->calls)).text);
		printf(" %9s  %s\n", human_count(live_rate(live, sender->batched)).text,
		       human_command(table->label[sender->row]).text);
	}
	if (shown < count)
		printf("%7s and %zu more, see --json\n", "", count - shown);
	else if (!count)
		printf("%7s none that you may see\n", "");
}

static uint64_t cpu_count(const struct live *live, size_t row, int column)
{
	uint64_t count = quire_cell(&live->now->table[QUIRE_TLB_CPUS], row, column);
	const struct quire_table *before;

	if (!live->before || !live->before->there[QUIRE_TLB_CPUS])
		return count;
	before = &live->before->table[QUIRE_TLB_CPUS];
	return row < before->rows && (size_t)column < before->columns ?
	       quire_since(count, quire_cell(before, row, column)) : count;
}

static void print_cpus(const struct live *live)
{
	const struct quire_table *table = &live->now->table[QUIRE_TLB_CPUS];
	static const struct {
		const char *name;
		const char *heading;
	} columns[] = {
		{ "task_switch", "SWITCH" }, { "local_mm_shootdown", "OWN MEMORY" },
		{ "local_shootdown", "RECLAIM" }, { "remote_shootdown", "SHOOTDOWN" },
		{ "full", "FULL" }, { "ranged", "RANGED" }, { "ranged_pages", "PAGES" },
	};

	printf("\n%7s", "CPU");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		printf(" %*s", i == 1 ? 10 : 9, columns[i].heading);
	putchar('\n');
	for (size_t row = 0; row < table->rows; row++) {
		printf("%7" PRIu64, quire_cell(table, row, quire_column(table, "cpu")));
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
			int column = quire_column(table, columns[i].name);
			uint64_t count = column < 0 ? QUIRE_NONE : cpu_count(live, row, column);

			printf(" %*s", i == 1 ? 10 : 9, human_count(live_rate(live, count)).text);
		}
		putchar('\n');
	}
}

static void print_text(const struct live *live, const struct sender *senders, size_t count)
{
	bool machine = live_all(live);

	live_print_scope(live, "TLB flushes");
	for (size_t i = 0; i < TLB_COUNTS; i++) {
		uint64_t value = live_count(live, tlb_counts[i].name);

		if (!i || i == TLB_FLUSHES)
			printf("%s%9s  %s\n", i ? "\n" : "", i ? "CALLS" : "FLUSHES",
			       i ? "WHAT LED TO THEM" : "WHY");
		/* What is not kept per process. */
		if (!machine && value == QUIRE_NONE)
			continue;
		printf("%9s  %s\n", human_count(live_rate(live, value)).text, tlb_counts[i].about);
	}
	print_senders(live, senders, count);
	if (live->now->there[QUIRE_TLB_CPUS])
		print_cpus(live);
	else
		puts("\nThe flushes of each CPU are in debugfs, which only root may read.");
	if (live->before)
		putchar('\n');
}

static void print_json(const struct live *live, const struct sender *senders, size_t count)
{
	const struct quire_table *processes = &live->now->table[QUIRE_PROCESSES];
	const struct quire_table *cpus = &live->now->table[QUIRE_TLB_CPUS];
	struct json_object *root = json_object_new_object();
	struct json_object *array = json_object_new_array();

	if (live->before)
		json_object_object_add(root, "seconds", json_object_new_double(live_seconds(live)));
	for (size_t i = 0; i < TLB_COUNTS; i++)
		live_put(root, tlb_counts[i].name, live_count(live, tlb_counts[i].name));
	json_object_object_add(root, "processes", array);
	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_new_object();
		size_t row = senders[i].row;

		live_put(object, "pid", quire_cell(processes, row, quire_column(processes, "pid")));
		json_object_object_add(object, "command",
			json_object_new_string(human_command(processes->label[row]).text));
		live_put(object, "tlb_shootdowns_sent", senders[i].sent);
		live_put(object, "tlb_flushes_own_cpu", senders[i].local);
		live_put(object, "tlb_range_calls", senders[i].calls);
		live_put(object, "tlb_batched_unmaps", senders[i].batched);
		json_object_array_add(array, object);
	}
	array = json_object_new_array();
	json_object_object_add(root, "cpus", live->now->there[QUIRE_TLB_CPUS] ? array : NULL);
	for (size_t row = 0; row < cpus->rows; row++) {
		struct json_object *object = json_object_new_object();

		for (size_t i = 0; i < cpus->columns; i++)
			live_put(object, cpus->column[i], !strcmp(cpus->column[i], "cpu") ?
				 quire_cell(cpus, row, i) : cpu_count(live, row, i));
		json_object_array_add(array, object);
	}
	live_print_json(live, root);
	if (!live->now->there[QUIRE_TLB_CPUS])
		json_object_put(array);
}

static int show(struct live *live)
{
	struct sender *senders;
	size_t count;

	if (live_count(live, "tlb_flushes_local_mm") == QUIRE_NONE) {
		say("TLB flushes are not counted: see quire status");
		return EXIT_COULD_NOT;
	}
	senders = find_senders(live, &count);
	if (!senders) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	if (live->json)
		print_json(live, senders, count);
	else
		print_text(live, senders, count);
	free(senders);
	return EXIT_GOOD;
}

int command_tlb(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { NULL, parse, NULL, doc, children, NULL, NULL };
	struct live live = {
		.show = show, .need = LIVE_FILE(QUIRE_STAT) | LIVE_FILE(QUIRE_PROCESSES),
		.want = LIVE_FILE(QUIRE_TLB_CPUS),
	};

	argp_parse(&argp, argc, argv, 0, NULL, &live);
	return live_run(&live);
}
