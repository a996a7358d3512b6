// SPDX-License-Identifier: GPL-2.0
/* The allocator that tests control: what it gave is kept in an xarray, with its size. */
#define QUIRE_KUNIT_ALLOCATIONS_THEMSELVES
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/xarray.h>

#include "allocations.h"

static DEFINE_XARRAY(sizes);
static atomic_t asked = ATOMIC_INIT(0);
static atomic_long_t live = ATOMIC_LONG_INIT(0);
static atomic_long_t bytes = ATOMIC_LONG_INIT(0);
static unsigned int fails;

void quire_test_allocations_start(unsigned int fail)
{
	atomic_set(&asked, 0);
	fails = fail;
}

unsigned int quire_test_allocations(void)
{
	return atomic_read(&asked);
}

long quire_test_allocated(void)
{
	return atomic_long_read(&live);
}

long quire_test_allocated_bytes(void)
{
	return atomic_long_read(&bytes);
}

void *quire_test_zalloc(size_t size)
{
	void *memory;

	if (atomic_inc_return(&asked) == fails)
		return NULL;
	memory = kvzalloc(size, GFP_KERNEL);
	if (!memory)
		return NULL;
	if (xa_is_err(xa_store(&sizes, (unsigned long)memory, xa_mk_value(size), GFP_KERNEL))) {
		kvfree(memory);
		return NULL;
	}
	atomic_long_inc(&live);
	atomic_long_add(size, &bytes);
	return memory;
}

void quire_test_free(const void *memory)
{
	void *size;

	if (!memory)
		return;
	size = xa_erase(&sizes, (unsigned long)memory);
	/* Freed twice, or never allocated: the run fails, as for anything that the kernel says. */
	if (WARN_ON_ONCE(!size))
		return;
	atomic_long_dec(&live);
	atomic_long_sub(xa_to_value(size), &bytes);
	kvfree(memory);
}
