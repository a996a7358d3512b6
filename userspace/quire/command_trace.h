/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options by which every subcommand that reads a trace is told how.
 */
#ifndef QUIRE_COMMAND_TRACE_H
#define QUIRE_COMMAND_TRACE_H

#include <argp.h>

#include "trace.h"

/*
 * A child parser of argp for --format, --page-size, --addresses, --columns, --separator and --header. Its input
 * is a struct trace_options.
 */
extern const struct argp trace_argp;

/**
 * parse_size() - a number of bytes with an optional suffix
 * @text: such as "4096", "64KiB", "1.5GiB", "2M"
 * @bytes: set
 *
 * K, M, G and T, with or without iB, are powers of 1024.
 *
 * Return: 0, or -1 if @text is no size of at least one byte.
 */
int parse_size(const char *text, uint64_t *bytes);

/**
 * parse_count() - a whole number
 * @text: decimal digits, with an optional k, M or G (powers of 1000)
 * @count: set
 *
 * Return: 0, or -1 if @text is no such number.
 */
int parse_count(const char *text, uint64_t *count);

int command_trace_convert(int argc, char **argv);
int command_trace_info(int argc, char **argv);
int command_trace_gen(int argc, char **argv);

#endif
