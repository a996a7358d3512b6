/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An allocator that tests control: any allocation can be told to fail, and what is not given back
 * is seen. Kbuild includes this ahead of the sources of module/policy, which then allocate here.
 */
#ifndef QUIRE_KUNIT_ALLOCATIONS_H
#define QUIRE_KUNIT_ALLOCATIONS_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/**
 * quire_test_allocations_start() - counts from now on
 * @fail: which allocation fails, from 1; 0 for none
 */
void quire_test_allocations_start(unsigned int fail);

/** quire_test_allocations() - how many were asked for since. */
unsigned int quire_test_allocations(void);

/** quire_test_allocated() - how many there are that were not freed. */
long quire_test_allocated(void);

/** quire_test_allocated_bytes() - and their bytes. */
long quire_test_allocated_bytes(void);

/**
 * quire_test_zalloc() - allocates zeroed memory
 * @size: bytes
 *
 * Return: the memory, at a page's start if it is a page; NULL if it is to fail.
 */
void *quire_test_zalloc(size_t size);

/** quire_test_free() - frees it; NULL is nothing. */
void quire_test_free(const void *memory);

#ifndef QUIRE_KUNIT_ALLOCATIONS_THEMSELVES
#undef kzalloc
#undef kvzalloc
#undef kcalloc
#undef kvcalloc
#undef get_zeroed_page
#undef kfree
#undef kvfree
#undef free_page
#define kzalloc(size, flags)		quire_test_zalloc(size)
#define kvzalloc(size, flags)		quire_test_zalloc(size)
#define kcalloc(n, size, flags)		quire_test_zalloc(array_size(n, size))
#define kvcalloc(n, size, flags)	quire_test_zalloc(array_size(n, size))
#define get_zeroed_page(flags)		((unsigned long)quire_test_zalloc(PAGE_SIZE))
#define kfree(memory)			quire_test_free(memory)
#define kvfree(memory)			quire_test_free(memory)
#define free_page(page)			quire_test_free((void *)(page))
#endif

#endif /* QUIRE_KUNIT_ALLOCATIONS_H */
