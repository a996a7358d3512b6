/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes of memory as typed: "1000,25%,64MiB".
 */
#ifndef QUIRE_SIM_SIZES_H
#define QUIRE_SIM_SIZES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * sizes_parse() - sizes in frames
 * @text: by commas: a number of frames, a share of the distinct pages (%), or bytes (64MiB)
 * @pages: distinct pages of the trace
 * @page_size: bytes in a page
 * @sizes: set to an array to be freed, ascending and without doubles
 *
 * Return: how many, -1 if @text is no list of sizes, -2 without memory.
 */
int sizes_parse(const char *text, uint64_t pages, uint64_t page_size, uint32_t **sizes);

/**
 * sizes_curve() - sizes for a picture of a curve
 * @pages: distinct pages of the trace
 * @sizes: set to an array to be freed: from 1 to @pages, in equal steps of a logarithm
 *
 * Return: how many, -2 without memory.
 */
int sizes_curve(uint64_t pages, uint32_t **sizes);

#endif
