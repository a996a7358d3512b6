// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the machine thrashes. A module that has no part for it gives no verdict, and then none is
 * made up here.
 */
#include <stdio.h>

#include "verdict.h"

void verdict_read(const struct quire_source *source, struct verdict *verdict)
{
	(void)source;
	verdict->state = VERDICT_UNKNOWN;
	snprintf(verdict->sentence, sizeof(verdict->sentence), "no verdict (the module gives none yet)");
}
