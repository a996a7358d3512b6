// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: the screen to open when a machine is slow. Options and keys; see top_model.c for
 * what is shown and top_view.c for how.
 */
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "top_view.h"

enum { OPT_ASCII = 0x200 };

#define ESCAPE 27

static const struct argp_option options[] = {
	{ "sort", 's', "COLUMN", 0, "Sort by this column, named as in the heading (default STALL)", 1 },
	{ "ascii", OPT_ASCII, NULL, 0, "Draw with ASCII alone", 1 },
	{ }
};

static const char doc[] =
	"Show on a screen, every second, what the memory of this machine is doing: graphs of the last "
	"minutes, and below them the processes, the policies, the TLB flushes, or the faults by cause. Enter "
	"shows one process. The last line lists the keys; h explains them.\v"
	"The module may come and go meanwhile. You see the processes that you may inspect. NO_COLOR in the "
	"environment switches colours off.\n\n"
	"Example:\n"
	"  sudo quire top";

/**
 * struct command_top - what was asked for
 * @top: what is shown
 * @state: where the user is
 * @ascii: no UTF-8
 * @due: when to read next
 * @done: it is to end
 */
struct command_top {
	struct top top;
	struct view_state state;
	bool ascii;
	uint64_t due;
	bool done;
};

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
	told_to_end = number;
}

static int find_column(const char *name)
{
	for (int i = 0; i <= TOP_COLUMNS; i++)
		if (!strcasecmp(name, top_columns[i].heading))
			return i;
	return -1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct command_top *wanted = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &wanted->top.live;
		break;
	case 's':
		wanted->top.sort = find_column(arg);
		if (wanted->top.sort < 0)
			argp_error(state, "there is no column \"%s\"", arg);
		break;
	case OPT_ASCII:
		wanted->ascii = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is one too many", arg);
		break;
	case ARGP_KEY_SUCCESS:
		if (wanted->top.live.json)
			argp_error(state, "a screen is no JSON: see quire ps --json");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void sort_by(struct top *top, int column)
{
	top->sort = (column + TOP_COLUMNS + 1) % (TOP_COLUMNS + 1);
	top->reversed = false;
	top_sort(top);
}

/* Move the cursor among processes, or what is shown of something longer than the screen. */
static void move_by(struct command_top *this, int lines)
{
	struct view_state *state = &this->state;
	struct top *top = &this->top;
	long at;

	if (state->process && !state->help) {
		state->segment += lines < 0 ? -1 : 1;
		if (state->segment < 0)
			state->segment = 0;
	} else if (state->help || state->view != VIEW_PROCESSES) {
		state->first = state->first + lines < 0 ? 0 : state->first + lines;
		/* No more than there can be to see: the views stop at what they have. */
		if (state->first > 200)
			state->first = 200;
	} else if (top->rows) {
		at = (long)view_selected(top, state) + lines;
		if (at >= (long)top->rows)
			at = top->rows - 1;
		state->selected = at <= 0 ? 0 : top->row[at].value[TOP_PID];
	}
}

static void turn_to(struct command_top *this, int view)
{
	if (this->state.process) {
		this->state.heat = !this->state.heat;
		return;
	}
	this->state.view = (view + VIEWS) % VIEWS;
	this->state.first = 0;
}

static void look_at_process(struct command_top *this)
{
	struct view_state *state = &this->state;

	if (state->view != VIEW_PROCESSES || state->process || !this->top.rows)
		return;
	state->process = this->top.row[view_selected(&this->top, state)].value[TOP_PID];
	state->segment = 0;
	state->heat = false;
	top_read_more(&this->top, QUIRE_AGES);
	top_watch(&this->top, state->process);
}

static void leave_process(struct command_top *this)
{
	this->state.process = 0;
	top_watch(&this->top, 0);
}

static void go_back(struct command_top *this)
{
	struct view_state *state = &this->state;

	if (state->help)
		state->help = false;
	else if (state->process)
		leave_process(this);
	else
		state->view = VIEW_PROCESSES;
	state->first = 0;
}

static void sort_by_letter(struct command_top *this, int key)
{
	if (this->state.view != VIEW_PROCESSES || this->state.process || this->state.help)
		return;
	for (int i = 0; i <= TOP_COLUMNS; i++)
		if (top_columns[i].key == key)
			sort_by(&this->top, i);
}

static void change_interval(struct live *live, double factor)
{
	live->interval *= factor;
	if (live->interval < 0.25)
		live->interval = 0.25;
	if (live->interval > 60)
		live->interval = 60;
}

static void press(struct command_top *this, int key)
{
	struct top *top = &this->top;
	int page = this->state.body > 1 ? this->state.body - 1 : 1;

	switch (key) {
	case 'q':
		this->done = true;
		break;
	case 'h':
	case '?':
	case KEY_F(1):
		this->state.help = !this->state.help;
		this->state.first = 0;
		break;
	case ESCAPE:
	case KEY_BACKSPACE:
		go_back(this);
		break;
	case '\t':
		turn_to(this, this->state.view + 1);
		break;
	case KEY_BTAB:
		turn_to(this, this->state.view - 1);
		break;
	case '\r':
	case '\n':
	case KEY_ENTER:
		look_at_process(this);
		break;
	case KEY_F(6):
	case '>':
		sort_by(top, top->sort + 1);
		break;
	case '<':
		sort_by(top, top->sort - 1);
		break;
	case 'R':
		top->reversed = !top->reversed;
		top_sort(top);
		break;
	case ' ':
		this->due = 0;
		break;
	case '+':
		change_interval(&top->live, 2);
		break;
	case '-':
		change_interval(&top->live, 0.5);
		break;
	case KEY_UP:
		move_by(this, -1);
		break;
	case KEY_DOWN:
		move_by(this, 1);
		break;
	case KEY_PPAGE:
		move_by(this, -page);
		break;
	case KEY_NPAGE:
		move_by(this, page);
		break;
	case KEY_HOME:
		move_by(this, -1000000);
		break;
	case KEY_END:
		move_by(this, 1000000);
		break;
	default:
		sort_by_letter(this, key);
	}
}

/* Until the next reading is due, or a key is pressed. */
static int wait_for_key(const struct command_top *this)
{
	uint64_t now = live_now();

	return screen_key(this->due > now ? (this->due - now) / 1000000 + 1 : 0);
}

/* Nobody is there any more: the terminal was closed, or standard input has ended. */
static bool is_alone(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int waiting = 0;

	if (poll(&input, 1, 0) <= 0)
		return false;
	return input.revents & (POLLHUP | POLLERR | POLLNVAL) ||
	       (!ioctl(STDIN_FILENO, FIONREAD, &waiting) && !waiting);
}

static void run(struct command_top *this, struct screen *screen)
{
	struct top *top = &this->top;
	uint64_t shown = 0;
	int key;

	while (!this->done && !told_to_end) {
		if (live_now() >= this->due) {
			top->live.want = LIVE_FILE(QUIRE_WORKINGSET) | LIVE_FILE(QUIRE_TLB_CPUS) |
					 LIVE_FILE(QUIRE_FAULT_LATENCY);
			/* They are many. */
			if (this->state.process)
				top->live.want |= LIVE_FILE(QUIRE_AGES);
			top_read(top);
			top_watch_read(top);
			shown++;
			this->due = live_now() + top->live.interval * 1e9;
		}
		view_draw(screen, top, &this->state);
		if (top->live.times && shown > top->live.times)
			return;
		key = wait_for_key(this);
		if (key != ERR)
			press(this, key);
		else if (live_now() < this->due && is_alone())
			return;
	}
}

int command_top(int argc, char **argv)
{
	static const struct argp_child children[] = { { &live_argp, 0, NULL, 0 }, { } };
	static const struct argp argp = { options, parse, NULL, doc, children, NULL, NULL };
	static struct command_top this = { .top.sort = TOP_STALL };
	const struct sigaction action = { .sa_handler = on_signal };
	struct quire_error error;
	struct screen screen;

	this.top.live.need = LIVE_FILE(QUIRE_STAT) | LIVE_FILE(QUIRE_PROCESSES);
	argp_parse(&argp, argc, argv, 0, NULL, &this);
	if (!this.top.live.interval)
		this.top.live.interval = 1;
	if (quire_source_init(&this.top.live.source, this.top.live.copy, &error)) {
		say("%s", error.text);
		return EXIT_COULD_NOT;
	}
	if (!screen_open(&screen, this.ascii))
		return EXIT_COULD_NOT;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	live_lock_memory();
	run(&this, &screen);
	screen_close();
	top_free(&this.top);
	/* Who was told to go, goes so; ^C is a way to say q. */
	if (told_to_end && told_to_end != SIGINT) {
		signal(told_to_end, SIG_DFL);
		raise(told_to_end);
	}
	return EXIT_GOOD;
}
