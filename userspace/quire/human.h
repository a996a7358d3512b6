/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers as people read them, at most six characters of each.
 */
#ifndef QUIRE_HUMAN_H
#define QUIRE_HUMAN_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct human - a number as text
 * @text: "-" for QUIRE_NONE
 */
struct human {
	char text[64];
};

/**
 * human_count() - how many: 7, 99,999, 123K, 12.3M
 * @count: events, or QUIRE_NONE
 */
struct human human_count(uint64_t count);

/**
 * human_pages() - pages as bytes: 0, 512K, 12.3M, 1.2G (of 1,024)
 * @pages: of 4 KiB, or QUIRE_NONE
 */
struct human human_pages(uint64_t pages);

/**
 * human_ns() - a time: 0, 123ns, 1.2us, 45ms, 1.2s, 12m, 3h
 * @ns: nanoseconds, or QUIRE_NONE
 */
struct human human_ns(uint64_t ns);

/**
 * human_share() - a part of a whole: 0%, 0.3%, 12.3%, 100%
 * @part: the part, or QUIRE_NONE
 * @whole: the whole; 0 gives "-"
 */
struct human human_share(double part, double whole);

/**
 * human_text() - a text as it can be printed: what could steer a terminal, or is no UTF-8, is
 * replaced by question marks
 * @text: any bytes
 * @out: where it goes; what does not fit is cut off
 * @size: bytes of that, the NUL included
 */
void human_text(const char *text, char *out, size_t size);

/**
 * human_command() - a command as it can be printed: what could steer a terminal, or is no UTF-8,
 * is replaced by question marks
 * @command: any bytes, 63 at most
 */
struct human human_command(const char *command);

#endif
