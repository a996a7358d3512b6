/* SPDX-License-Identifier: GPL-2.0 */
/*
 * quire top: how it is shown.
 */
#ifndef QUIRE_TOP_VIEW_H
#define QUIRE_TOP_VIEW_H

#include "screen.h"
#include "top.h"

enum view { VIEW_PROCESSES, VIEW_POLICIES, VIEW_TLB, VIEW_FAULTS, VIEWS };

/**
 * struct view_state - where the user is
 * @view: one of enum view
 * @process: the PID that is looked at, 0 for none
 * @help: the help is shown
 * @selected: the PID under the cursor, 0 for whatever comes first
 * @first: the first row that is shown, or the first line of what is longer than the screen
 * @body: rows that fit, from the last time it was drawn
 * @segment: of the process that is looked at, 0 is all of it
 * @heat: show where in its memory that process is at work
 */
struct view_state {
	int view;
	uint64_t process;
	bool help;
	uint64_t selected;
	int first;
	int body;
	int segment;
	bool heat;
};

/**
 * view_draw() - draw all
 * @screen: where
 * @top: what
 * @state: which of it; @first and such are kept in bounds
 */
void view_draw(struct screen *screen, const struct top *top, struct view_state *state);

/**
 * view_selected() - the row under the cursor
 * @top: with processes
 * @state: @selected is 0 afterwards if its process is gone
 *
 * Return: its index, 0 if there are no rows.
 */
size_t view_selected(const struct top *top, struct view_state *state);

/* The bodies: lines @y to @last of the screen. */
void view_processes(const struct screen *screen, const struct top *top, struct view_state *state,
		    int y, int last);
void view_policies(const struct screen *screen, const struct top *top, struct view_state *state,
		   int y, int last);
void view_tlb(const struct screen *screen, const struct top *top, int y, int last);
void view_faults(const struct screen *screen, const struct top *top, int y, int last);
void view_process(const struct screen *screen, const struct top *top, struct view_state *state,
		  int y, int last);
/**
 * view_text() - draw text that may go on in the next lines
 * @screen: where
 * @y: the first line
 * @x: column in the first; the others begin at 1
 * @ink: how
 * @lines: how many it may take; what is too long for them is cut off
 * @text: what, of ASCII
 *
 * Return: the line behind it.
 */
int view_text(const struct screen *screen, int y, int x, enum ink ink, int lines, const char *text);

void view_heat(const struct screen *screen, const struct top *top, int y, int last);
void view_help(const struct screen *screen, struct view_state *state, int y, int last);

#endif
