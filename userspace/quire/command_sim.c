// SPDX-License-Identifier: GPL-2.0
/*
 * quire sim: run replacement policies on traces, judged against OPT.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "command_sim.h"
#include "command_trace.h"
#include "sim_sizes.h"

enum { OPT_CSV = 0x200, OPT_JSON, OPT_LIST, OPT_CURVE, OPT_PNG, OPT_SAMPLE, OPT_STEP, OPT_TIME };

static const struct argp_option options[] = {
	{ "policies", 'p', "LIST", 0,
	  "Policies by commas, with parameters as NAME:PARAMETER=VALUE; \"all\" is all of them (default lru,opt)",
	  1 },
	{ "memory", 'm', "LIST", 0,
	  "Sizes of memory by commas: frames (1000, 100k), a share of the trace's pages (25%), or bytes (64MiB)", 1 },
	{ "jobs", 'j', "COUNT", 0, "Policies and sizes run at a time (default: one for each CPU)", 1 },
	{ "list", OPT_LIST, NULL, 0, "List the policies and their parameters", 1 },
	{ "csv", OPT_CSV, NULL, 0, "Print comma separated values", 2 },
	{ "json", OPT_JSON, NULL, 0, "Print JSON", 2 },
	{ "time", OPT_TIME, NULL, 0, "Print the CPU time of each simulation, in the table and as JSON", 2 },
	{ "curve", OPT_CURVE, NULL, 0,
	  "Draw the miss ratio against the size; without -m, over 64 sizes from 1 to all pages", 3 },
	{ "png", OPT_PNG, "FILE", 0, "Draw the curves into a picture, a panel for each trace", 3 },
	{ "sample", OPT_SAMPLE, "SHARE", 0,
	  "Simulate this share of the pages, chosen by hash (0.01 or 1%), and state the error", 3 },
	{ "step", OPT_STEP, NULL, 0, "Show frames and lists after each reference", 3 },
	{ }
};

static void add_policy(struct sim *sim, const char *spec, struct argp_state *state)
{
	struct trace_error error;

	if (sim->policies == SIM_MAX_POLICIES)
		argp_error(state, "more than %d policies", SIM_MAX_POLICIES);
	if (sim_policy_parse(spec, &sim->policy[sim->policies], &error))
		argp_error(state, "%s", error.text);
	sim->policies++;
}

static void add_policies(struct sim *sim, char *list, struct argp_state *state)
{
	char *name;

	while ((name = strsep(&list, ","))) {
		if (strcmp(name, "all")) {
			add_policy(sim, name, state);
			continue;
		}
		for (int i = 0; quire_engines[i]; i++)
			add_policy(sim, quire_engines[i]->ops->name, state);
		add_policy(sim, "opt", state);
	}
}

static double parse_share(const char *text, struct argp_state *state)
{
	char *end;
	double share = strtod(text, &end);

	if (!strcmp(end, "%"))
		share /= 100;
	else if (*end)
		share = -1;
	if (end == text || !(share > 0 && share <= 1))
		argp_error(state, "sample \"%s\" is not a share above 0 and at most 1", text);
	return share;
}

static void check(struct sim *sim, struct argp_state *state)
{
	if (!sim->traces)
		argp_error(state, "which trace? \"-\" is standard input");
	if (sim->png && !sim->curve)
		sim->curve = true;
	if (!sim->sizes && !sim->curve)
		argp_error(state, "how much memory? -m takes frames, a share of the pages or bytes");
	if (sim->step && (sim->curve || sim->options.sample || sim->output != OUTPUT_TABLE))
		argp_error(state, "--step goes with none of --curve, --sample, --csv and --json");
	if (!sim->policies) {
		add_policy(sim, "lru", state);
		add_policy(sim, "opt", state);
	}
}

static void list_policies(void)
{
	for (int i = 0; quire_engines[i]; i++) {
		const struct quire_policy_ops *ops = quire_engines[i]->ops;

		printf("%-10s %s\n", ops->name, ops->about);
		for (u32 p = 0; p < ops->nr_params; p++) {
			const struct quire_param *param = &ops->params[p];

			printf("           %s=%u  %s (%s, %u to %u)\n", param->name, param->def,
			       param->about, param->unit, param->min, param->max);
		}
	}
	printf("%-10s %s\n", "opt", sim_policy_about(&(struct sim_policy){ }));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sim *sim = state->input;
	uint64_t count;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &sim->options;
		break;
	case 'p':
		add_policies(sim, arg, state);
		break;
	case 'm':
		sim->sizes = arg;
		break;
	case 'j':
		if (parse_count(arg, &count) || !count || count > 64)
			argp_error(state, "jobs \"%s\" is not a count from 1 to 64", arg);
		sim->threads = count;
		break;
	case OPT_LIST:
		list_policies();
		exit(EXIT_GOOD);
	case OPT_CSV:
		sim->output = OUTPUT_CSV;
		break;
	case OPT_JSON:
		sim->output = OUTPUT_JSON;
		break;
	case OPT_CURVE:
		sim->curve = true;
		break;
	case OPT_PNG:
		sim->png = arg;
		break;
	case OPT_SAMPLE:
		sim->options.sample = parse_share(arg, state);
		break;
	case OPT_TIME:
		sim->time = true;
		break;
	case OPT_STEP:
		sim->step = true;
		break;
	case ARGP_KEY_ARG:
		sim->trace[sim->traces++] = arg;
		break;
	case ARGP_KEY_END:
		check(sim, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Frames to run @trace with; how many, or -1. */
static int choose_sizes(const struct sim *sim, const struct trace *trace, uint32_t **frames,
			struct trace_error *error)
{
	uint64_t pages = trace->refs.pages / trace->sample;
	int sizes;

	if (sim->sizes)
		sizes = sizes_parse(sim->sizes, pages, trace->page_size, frames);
	else
		sizes = sizes_curve(pages, frames);
	if (sizes == -1)
		return trace_fail(error, "memory \"%s\": expected sizes of at least one page such as 1000, 25%% or 64MiB",
				  sim->sizes);
	if (sizes < 0)
		return trace_fail(error, "no memory");
	if (trace->sample < 1 && (*frames)[0] * trace->sample < 100)
		say("with %u frames the sample has only %.0f: expect a larger error than is stated",
		    (*frames)[0], (*frames)[0] * trace->sample);
	return sizes;
}

/* One trace: its results are added to @rows, or its steps are shown; 0 or -1. */
static int run_trace(const struct sim *sim, const char *path, struct sim_rows *rows,
		     struct trace_error *error)
{
	struct trace *trace = trace_load(path, &sim->options, error);
	uint32_t *frames = NULL;
	int sizes, ret = -1;

	if (!trace)
		return -1;
	sizes = choose_sizes(sim, trace, &frames, error);
	if (sizes > 0 && sim->step)
		ret = sim_step(sim, trace, frames, sizes, error);
	else if (sizes > 0)
		ret = sim_trace(sim, trace, frames, sizes, rows, error);
	/* Rows keep the name. */
	for (size_t i = 0; i < rows->count; i++)
		if (rows->row[i].trace == trace->name)
			rows->row[i].trace = path;
	free(frames);
	trace_free(trace);
	return ret;
}

static int print(const struct sim *sim, const struct sim_rows *rows, struct trace_error *error)
{
	if (sim->output == OUTPUT_CSV)
		rows_print_csv(rows);
	else if (sim->output == OUTPUT_JSON)
		rows_print_json(rows);
	else if (!sim->curve || sim->sizes)
		rows_print_table(rows);
	if (sim->curve && sim->output == OUTPUT_TABLE)
		rows_draw(rows);
	return sim->png ? rows_draw_png(rows, sim->png, error) : 0;
}

int command_sim(int argc, char **argv)
{
	static const struct command translate = { "translate", NULL, command_sim_translate };
	static const struct argp_child children[] = { { &trace_argp, 0, "Reading traces:", 10 }, { } };
	static const struct argp argp = {
		options, parse, "TRACE...\ntranslate [OPTION...] TRACE",
		"Run replacement policies on traces of page references, judged against OPT. \"-\" is standard input.\vThe second form compares the textbooks' ways to translate addresses; see \"quire sim translate --help\".\n\n"
		"Example:\n"
		"  quire trace gen zipf --pages 100k -n 1M trace.quire\n"
		"  quire sim -p lru,arc,opt -m 1000,10%,64MiB trace.quire\n"
		"  quire sim -p lru,clock,opt --curve trace.quire\n"
		"  printf '%s\\n' 1 2 3 4 1 2 5 1 2 3 4 5 | quire sim --step -p fifo -m 3,4 -",
		children, NULL, NULL
	};
	struct sim sim = { .threads = sysconf(_SC_NPROCESSORS_ONLN) };
	struct sim_rows rows = { };
	struct trace_error error = { "" };
	int ret = 0;

	if (argc > 1 && !strcmp(argv[1], "translate"))
		return command_run(&translate, argc - 1, argv + 1);
	sim.trace = calloc(argc, sizeof(*sim.trace));
	if (!sim.trace) {
		say("no memory");
		return EXIT_COULD_NOT;
	}
	argp_parse(&argp, argc, argv, 0, NULL, &sim);
	rows.timed = sim.time;
	for (uint32_t i = 0; i < sim.traces && !ret; i++)
		ret = run_trace(&sim, sim.trace[i], &rows, &error);
	if (!ret && !sim.step)
		ret = print(&sim, &rows, &error);
	if (ret)
		say("%s", error.text);
	for (uint32_t i = 0; i < sim.policies; i++)
		free(sim.policy[i].spec);
	free(rows.row);
	free(sim.trace);
	if (fflush(stdout) || ferror(stdout)) {
		say("standard output could not be written");
		ret = -1;
	}
	return ret ? EXIT_COULD_NOT : EXIT_GOOD;
}
