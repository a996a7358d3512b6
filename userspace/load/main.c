// SPDX-License-Identifier: GPL-2.0
/*
 * quire-load: memory traffic whose size is known.
 */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/**
 * fail() - say what could not be done, with errno's reason
 * @what: what could not be done
 *
 * Return: -1, for callers to pass on.
 */
int fail(const char *what)
{
	if (errno)
		fprintf(stderr, "quire-load: %s: %s\n", what, strerror(errno));
	else
		fprintf(stderr, "quire-load: %s failed\n", what);
	return -1;
}

/* Note a figure under its name, adding to what an earlier round noted. */
void note(struct run *run, const char *name, long long value)
{
	struct result *res = run->res;
	unsigned int i;

	for (i = 0; i < res->notes && strcmp(res->note[i].name, name); i++)
		;
	if (i == MAX_NOTES)
		return;
	if (i == res->notes)
		res->note[res->notes++] = (struct note){ name, 0 };
	res->note[i].value += value;
}

/* Say how many faults the pattern just made, if all goes as the kernel's sources say. */
void expect(struct run *run, long long minor, long long major)
{
	struct result *res = run->res;

	res->expect_minor = (res->expect_minor == UNKNOWN ? 0 : res->expect_minor) + minor;
	res->expect_major = (res->expect_major == UNKNOWN ? 0 : res->expect_major) + major;
}

bool out_of_time(const struct run *run)
{
	return run->opt->seconds && now_ns() - run->started_ns >= run->opt->seconds * 1e9;
}

/* Whether to go round once more; rests before it and counts it if so. */
bool more_rounds(struct run *run)
{
	if (run->opt->seconds ? out_of_time(run) : run->res->rounds >= run->opt->rounds)
		return false;
	if (run->opt->pause_ms && run->res->rounds) {
		const struct timespec nap = {
			.tv_sec = run->opt->pause_ms / 1000,
			.tv_nsec = run->opt->pause_ms % 1000 * 1000000L,
		};

		nanosleep(&nap, NULL);
	}
	run->res->rounds++;
	return true;
}

/* Wait for a time of now_ns(), if it has not passed. */
void sleep_until(uint64_t due)
{
	uint64_t now = now_ns();
	struct timespec nap;

	if (due <= now)
		return;
	nap.tv_sec = (due - now) / 1000000000;
	nap.tv_nsec = (due - now) % 1000000000;
	nanosleep(&nap, NULL);
}

/* Keep to --rate: wait until the next access is due. */
void pace(struct run *run)
{
	if (run->opt->rate)
		sleep_until(run->started_ns +
			    (uint64_t)(run->res->accesses * 1e9 / run->opt->rate));
}

/* Pipes on which processes say that they are prepared, or done, and hear that they may go on. */
struct gate {
	int ready[2];
	int go[2];	/* closed: go */
	int end[2];	/* closed: end */
};

static void wait_for_line(void)
{
	int c;

	do
		c = getchar();
	while (c != EOF && c != '\n');
}

static int work(struct run *run, struct gate *gate)
{
	const struct pattern *pattern = run->opt->pattern;
	struct result *res = run->res;
	struct sample from, to;
	char byte = 0;

	res->pid = getpid();
	res->expect_minor = UNKNOWN;
	res->expect_major = UNKNOWN;
	run->random = run->opt->seed;
	run->started_ns = now_ns();
	if (pattern->setup(run))
		return -1;
	if (self_lock(run, run->space.base, run->space.pages * PAGE_BYTES))
		return -1;
	if (gate && (write(gate->ready[1], &byte, 1) != 1 || read(gate->go[0], &byte, 1) < 0))
		return fail("wait for the others");
	if (!gate && run->opt->wait) {
		printf("ready %d\n", res->worker ?: res->pid);
		fflush(stdout);
		wait_for_line();
	}
	self_sample(&from);
	self_sample(&from);
	run->started_ns = from.ns;
	if (pattern->run(run))
		return -1;
	self_sample(&to);
	if (!pattern->samples)
		self_add(res, &from, &to);
	if (run->space.pages)
		note(run, "resident_pages", space_cached(&run->space));
	return 0;
}

static void finish(struct run *run)
{
	const struct options *opt = run->opt;
	struct result *res = run->res;

	if (opt->pattern->check)
		opt->pattern->check(run);
	if (res->corrupt) {
		fprintf(stderr, "quire-load: %llu pages did not hold what was written to them\n",
			(unsigned long long)res->corrupt);
		res->status = 1;
	}
	if (opt->check && ((res->expect_minor != UNKNOWN && res->expect_minor != res->minor) ||
			   (res->expect_major != UNKNOWN && res->expect_major != res->major))) {
		fprintf(stderr, "quire-load: %lld minor and %lld major faults, not %lld and %lld\n",
			res->minor, res->major, res->expect_minor, res->expect_major);
		res->status = 1;
	}
	if (run->trace && (fflush(run->trace) || ferror(run->trace) || fclose(run->trace))) {
		fail(opt->trace);
		res->status = 1;
	}
}

static int run_one(const struct options *opt, struct result *res)
{
	struct run run = { .opt = opt, .res = res };

	if (opt->trace) {
		run.trace = fopen(opt->trace, "we");
		if (!run.trace)
			return fail(opt->trace);
	}
	if (work(&run, NULL))
		return -1;
	if (opt->hold) {
		/* The report first, of what is measured; the check would touch the pages. */
		if (report(opt, res, 1))
			return -1;
		wait_for_line();
		finish(&run);
		return res->status ? -1 : 0;
	}
	finish(&run);
	return report(opt, res, 1) || res->status ? -1 : 0;
}

/* A process of several. Seeds differ, so that they do not walk in step. */
static void worker_main(const struct options *opt, struct result *res, unsigned int i,
			struct gate *gate)
{
	struct options own = *opt;
	struct run run = { .opt = &own, .res = res };
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(gate->ready[0]);
	close(gate->go[1]);
	close(gate->end[1]);
	own.seed += i;
	if (work(&run, gate))
		_exit(1);
	res->status = 0;
	finish(&run);
	if (write(gate->ready[1], &byte, 1) != 1 || read(gate->end[0], &byte, 1) < 0)
		_exit(1);
	_exit(res->status);
}

/* Read a byte from each process; the pipe ends early when those that owe one are gone. */
static void collect(const struct gate *gate, unsigned int processes)
{
	char byte;

	while (processes && read(gate->ready[0], &byte, 1) == 1)
		processes--;
}

static int run_several(const struct options *opt, struct result *res)
{
	unsigned int i, lost = 0;
	struct gate gate;
	int status;

	if (pipe(gate.ready) || pipe(gate.go) || pipe(gate.end))
		return fail("pipes");
	fflush(stdout);
	for (i = 0; i < opt->processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return fail("fork");
		res[i].status = 1;	/* until it has ended well */
		if (!pid)
			worker_main(opt, &res[i], i, &gate);
	}
	close(gate.ready[1]);
	close(gate.go[0]);
	close(gate.end[0]);
	collect(&gate, opt->processes);
	if (opt->wait) {
		printf("ready %d\n", getpid());
		fflush(stdout);
		wait_for_line();
	}
	close(gate.go[1]);
	collect(&gate, opt->processes);
	if (report(opt, res, opt->processes))
		return -1;
	if (opt->hold)
		wait_for_line();
	close(gate.end[1]);
	while (wait(&status) > 0)
		lost += status != 0;
	if (lost)
		fprintf(stderr, "quire-load: %u of %u processes failed\n", lost, opt->processes);
	return lost ? -1 : 0;
}

/* The room for the stack is fixed at exec: raise the limit and start again. */
static void raise_stack_limit(const struct options *opt, char **argv)
{
	rlim_t need = opt->pages * PAGE_BYTES + (2 << 20);
	struct rlimit limit;

	if (strcmp(opt->pattern->name, "stack-growth") || getrlimit(RLIMIT_STACK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
		return;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
		return;
	limit.rlim_cur = need;
	if (!setrlimit(RLIMIT_STACK, &limit))
		execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
	static char in[BUFSIZ], out[BUFSIZ];	/* so that the first use allocates nothing */
	struct options opt;
	struct result *res;

	setvbuf(stdin, in, _IOFBF, sizeof(in));
	setvbuf(stdout, out, _IOFBF, sizeof(out));
	if (parse_options(argc, argv, &opt))
		return 2;
	raise_stack_limit(&opt, argv);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (self_pin(opt.cpu))
		return 1;
	res = mmap(NULL, opt.processes * sizeof(*res), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (res == MAP_FAILED)
		return fail("memory for the results") ? 1 : 0;
	return (opt.processes > 1 ? run_several(&opt, res) : run_one(&opt, res)) ? 1 : 0;
}
