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

static const struct quire_thrash_line *find_line(const struct verdict *verdict,
						 enum quire_thrash_kind kind, uint64_t pid)
{
	for (size_t i = 0; i < verdict->thrash.lines; i++)
		if (verdict->thrash.line[i].kind == kind && verdict->thrash.line[i].number[0] == pid)
			return &verdict->thrash.line[i];
	return NULL;
}

/* Why there is no verdict, or the machine's sentence. */
static const char *sentence_of(const struct verdict *verdict)
{
	if (!strcmp(verdict->thrash.state, "off"))
		return "no verdict: sudo quire config thrash=1";
	if (!strcmp(verdict->thrash.state, "unknown"))
		return "no verdict: sudo quire config stalls=1";
	return verdict_sentence(verdict, QUIRE_NONE) ?: "";
}

void verdict_free(struct verdict *verdict)
{
	quire_thrash_free(&verdict->thrash);
}

void verdict_read(const struct quire_source *source, struct verdict *verdict)
{
	struct quire_error error;

	verdict_free(verdict);
	verdict->state = VERDICT_UNKNOWN;
	if (quire_read_thrash(source, &verdict->thrash, &error)) {
		snprintf(verdict->sentence, sizeof(verdict->sentence),
			 "no verdict: this module gives none");
		return;
	}
	verdict->state = state_of(verdict->thrash.state);
	human_text(sentence_of(verdict), verdict->sentence, sizeof(verdict->sentence));
}

enum verdict_state verdict_of(const struct verdict *verdict, uint64_t pid)
{
	const struct quire_thrash_line *line = find_line(verdict, QUIRE_THRASH_PROCESS, pid);

	if (verdict->state == VERDICT_UNKNOWN)
		return VERDICT_UNKNOWN;
	return line ? state_of(line->state) : VERDICT_CALM;
}

const char *verdict_sentence(const struct verdict *verdict, uint64_t pid)
{
	const struct quire_thrash_line *line = find_line(verdict, QUIRE_THRASH_SENTENCE, pid);

	return line ? line->text : NULL;
}
