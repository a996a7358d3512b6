/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the generations of MGLRU say of a page.
 */
#ifndef QUIRE_GENERATION_H
#define QUIRE_GENERATION_H

#include <linux/mm_types.h>

struct lruvec;

int quire_generation_of(struct folio *folio);
int quire_generation_of_kept(struct folio *folio);
int quire_generation_by_use(unsigned long pfn);
unsigned long quire_generation_number(struct folio *folio, unsigned int generation);
bool quire_generation_ended(struct folio *folio, unsigned long *number, u32 *ended);
bool quire_generation_is_last(struct folio *folio);
unsigned long quire_generation_pages(const struct lruvec *lruvec, bool file);

#endif
