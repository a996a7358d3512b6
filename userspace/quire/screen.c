// SPDX-License-Identifier: GPL-2.0
/*
 * The screen, by ncurses.
 */
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "command.h"
#include "screen.h"

#define LINE_MAX 1024

static const struct {
	short colour;		/* -1: as text is */
	attr_t with;		/* where there are colours */
	attr_t without;
} inks[INKS] = {
	[INK_PLAIN] = { -1, A_NORMAL, A_NORMAL },
	[INK_DIM] = { -1, A_DIM, A_DIM },
	[INK_BOLD] = { -1, A_BOLD, A_BOLD },
	[INK_HEADING] = { -1, A_REVERSE, A_REVERSE },
	[INK_SORTED] = { -1, A_REVERSE | A_BOLD | A_UNDERLINE, A_REVERSE | A_BOLD | A_UNDERLINE },
	[INK_SELECTED] = { COLOR_CYAN, A_REVERSE, A_REVERSE },
	[INK_GRAPH] = { COLOR_CYAN, A_NORMAL, A_NORMAL },
	[INK_CALM] = { COLOR_GREEN, A_BOLD, A_BOLD },
	[INK_TIGHT] = { COLOR_YELLOW, A_BOLD, A_BOLD },
	[INK_BAD] = { COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
};

static attr_t attributes[INKS];

bool screen_open(struct screen *screen, bool ascii)
{
	const char *none = getenv("NO_COLOR");
	SCREEN *terminal;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		say("this is no terminal; try quire ps -i 1");
		return false;
	}
	setlocale(LC_CTYPE, "");
	/* initscr() would end the program with a message of its own. */
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal) {
		say("the terminal \"%s\" is not known: see the variable TERM", getenv("TERM") ?: "");
		return false;
	}
	set_term(terminal);
	screen->utf8 = !ascii && !strcmp(nl_langinfo(CODESET), "UTF-8");
	screen->colour = has_colors() && (!none || !*none) && start_color() == OK &&
			 use_default_colors() == OK;
	for (int i = 0; i < INKS; i++) {
		attributes[i] = screen->colour ? inks[i].with : inks[i].without;
		if (screen->colour && inks[i].colour >= 0 && i < COLOR_PAIRS) {
			init_pair(i, inks[i].colour, -1);
			attributes[i] |= COLOR_PAIR(i);
		}
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(100);
	curs_set(0);
	screen_begin(screen);
	return true;
}

void screen_close(void)
{
	endwin();
}

void screen_begin(struct screen *screen)
{
	getmaxyx(stdscr, screen->lines, screen->columns);
	erase();
}

void screen_end(void)
{
	refresh();
}

int screen_key(int ms)
{
	timeout(ms);
	return getch();
}

int screen_put(const struct screen *screen, int y, int x, enum ink ink, const char *text)
{
	int length, room = screen->columns - x, used = 0, width;
	wchar_t wide[LINE_MAX];
	size_t count;

	if (y < 0 || y >= screen->lines || x < 0 || room <= 0)
		return x;
	count = mbstowcs(wide, text, LINE_MAX - 1);
	/* Not a text of this locale: byte by byte, what is ASCII. */
	if (count == (size_t)-1)
		for (count = 0; count < LINE_MAX - 1 && text[count]; count++)
			wide[count] = (unsigned char)text[count] < 0x80 ? text[count] : L'?';
	for (length = 0; length < (int)count; length++) {
		width = wcwidth(wide[length]);
		if (width < 0) {
			wide[length] = L'?';
			width = 1;
		}
		if (used + width > room)
			break;
		used += width;
	}
	attrset(attributes[ink]);
	mvaddnwstr(y, x, wide, length);
	attrset(A_NORMAL);
	return x + used;
}

int screen_print(const struct screen *screen, int y, int x, enum ink ink, const char *format, ...)
{
	char text[LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return screen_put(screen, y, x, ink, text);
}

void screen_fill(const struct screen *screen, int y, enum ink ink)
{
	if (y < 0 || y >= screen->lines)
		return;
	attrset(attributes[ink]);
	mvhline(y, 0, ' ', screen->columns);
	attrset(A_NORMAL);
}

void screen_column(const struct screen *screen, int y, int x, int height, enum ink ink, double value)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const signs[] = { " ", ".", ".", ":", ":", "-", "=", "+", "#" };
	int level;

	if (value < 0)
		return;
	/* What is there at all is to be seen. */
	level = value * 8 * height + 0.5;
	if (value > 0 && !level)
		level = 1;
	for (int i = 0; i < height; i++, level -= 8) {
		int part = level < 0 ? 0 : level > 8 ? 8 : level;

		screen_put(screen, y - i, x, ink, screen->utf8 ? blocks[part] : signs[part]);
	}
}

void screen_bar(const struct screen *screen, int y, int x, int width, enum ink ink, double first,
		double both)
{
	int dark = first * width + 0.5, light = both * width + 0.5;

	if (both > 0 && !light)
		light = 1;
	for (int i = 0; i < light && i < width; i++)
		screen_put(screen, y, x + i, ink, i < dark ? screen->utf8 ? "█" : "#" :
			   screen->utf8 ? "░" : "+");
}
