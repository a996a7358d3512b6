/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap traffic and refaults.
 */
#ifndef QUIRE_SWAP_H
#define QUIRE_SWAP_H

#include <linux/types.h>

/**
 * struct quire_swap_device - traffic of one swap device
 * @in_pages:	read
 * @out_pages:	written
 */
struct quire_swap_device {
	u64 in_pages;
	u64 out_pages;
};

unsigned int quire_swap_devices(void);
void quire_swap_read(unsigned int nr, struct quire_swap_device *device);

#endif
