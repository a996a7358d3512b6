/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large arrays in huge pages. The kernel clears 2 MiB at a time instead of taking a fault for each 4 KiB, which
 * is half of the time of loading a trace, and the TLB holds more of them.
 */
#ifndef QUIRE_BIG_H
#define QUIRE_BIG_H

#include <stddef.h>

/**
 * big_alloc() - an array of zeros
 * @bytes: its size
 *
 * Return: the array, aligned to 64 bytes, to be freed with big_free(); or NULL without memory.
 */
void *big_alloc(size_t bytes);

/**
 * big_grow() - a larger array with the same content, zeros behind it
 * @old: from big_alloc(), freed unless the call fails; NULL: a new one
 * @bytes: the new size
 *
 * Return: the array, or NULL without memory.
 */
void *big_grow(void *old, size_t bytes);

/**
 * big_free() - free an array
 * @array: from big_alloc() or big_grow(), or NULL
 */
void big_free(const void *array);

#endif
