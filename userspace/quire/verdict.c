// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the machine thrashes. A module that has no part for it, or where that is off, gives no
 * verdict, and then none is made up here.
 */
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "verdict.h"

static enum verdict_state state_of(const char *name)
{
	if (!strcmp(name, "calm"))
		return VERDICT_CALM;
	if (!strcmp(name, "tight"))
		return VERDICT_TIGHT;
	return !strcmp(name, "thrashing") ? VERDICT_THRASHING : VERDICT_UNKNOWN;
}

/* Why there is no verdict, or the machine's sentence, which comes before those of processes. */
static const char *sentence_of(const struct quire_thrash *thrash)
{
	if (!strcmp(thrash->state, "off"))
		return "no verdict: sudo quire config thrash=1";
	if (!strcmp(thrash->state, "unknown"))
		return "no verdict: sudo quire config stalls=1";
	for (size_t i = 0; i < thrash->lines; i++)
		if (thrash->line[i].kind == QUIRE_THRASH_SENTENCE)
			return thrash->line[i].text;
	return "";
}

void verdict_read(const struct quire_source *source, struct verdict *verdict)
{
	struct quire_thrash thrash;
	struct quire_error error;

	verdict->state = VERDICT_UNKNOWN;
	if (quire_read_thrash(source, &thrash, &error)) {
		snprintf(verdict->sentence, sizeof(verdict->sentence),
			 "no verdict (the module gives none yet)");
		return;
	}
	verdict->state = state_of(thrash.state);
	human_text(sentence_of(&thrash), verdict->sentence, sizeof(verdict->sentence));
	quire_thrash_free(&thrash);
}
