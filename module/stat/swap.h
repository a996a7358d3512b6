/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap traffic and refaults.
 */
#ifndef QUIRE_SWAP_H
#define QUIRE_SWAP_H

#include <linux/types.h>

#define QUIRE_SWAP_NAME		48

/**
 * struct quire_swap_device - traffic of one swap device
 * @name:	of the block device, "file on NAME" for a file's, "" before any traffic
 * @is_zram:	it is memory that holds pages compressed
 * @in_pages:	read
 * @out_pages:	written
 */
struct quire_swap_device {
	char name[QUIRE_SWAP_NAME];
	bool is_zram;
	u64 in_pages;
	u64 out_pages;
};

unsigned int quire_swap_devices(void);
bool quire_swap_read(unsigned int nr, struct quire_swap_device *device);

#endif
