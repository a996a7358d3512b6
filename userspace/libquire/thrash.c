// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict on thrashing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

static const char *const states[] = { "off", "unknown", "calm", "tight", "thrashing" };

/* What each kind of line has behind its first word: numbers, after the first a state, a text. */
static const struct {
	const char *name;
	int numbers;
	bool state;
	bool text;
} kinds[] = {
	[QUIRE_THRASH_SENTENCE] = { "sentence", 1, false, true },
	[QUIRE_THRASH_CULPRIT] = { "culprit", 4, false, true },
	[QUIRE_THRASH_BLAME] = { "blame", 3, false, false },
	[QUIRE_THRASH_PROCESS] = { "process", QUIRE_THRASH_NUMBERS, true, true },
	[QUIRE_THRASH_LEAK] = { "leak", 4, false, true },
	[QUIRE_THRASH_SUSPENDED] = { "suspended", 3, false, true },
};

static const char *find_state(const char *word)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (word && !strcmp(word, states[i]))
			return states[i];
	return NULL;
}

static bool parse_value(const char *word, uint64_t *value)
{
	if (!word)
		return false;
	*value = QUIRE_NONE;
	return !strcmp(word, "-") || quire_number(word, value);
}

static int parse_fact(struct quire_thrash *thrash, char *name, char *rest)
{
	size_t i;

	if (!quire_is_name(name) || thrash->facts == QUIRE_COLUMNS_MAX ||
	    !parse_value(rest, &thrash->value[thrash->facts]))
		return -EBADMSG;
	for (i = 0; i < thrash->facts; i++)
		if (!strcmp(thrash->fact[i], name))
			return -EBADMSG;
	thrash->fact[thrash->facts++] = name;
	return 0;
}

static int parse_line(struct quire_thrash_line *line, enum quire_thrash_kind kind, char *rest)
{
	line->kind = kind;
	line->state = NULL;
	line->text = NULL;
	for (int i = 0; i < QUIRE_THRASH_NUMBERS; i++) {
		line->number[i] = QUIRE_NONE;
		if (i < kinds[kind].numbers && !parse_value(quire_word(&rest), &line->number[i]))
			return -EBADMSG;
		if (i || !kinds[kind].state)
			continue;
		line->state = quire_word(&rest);
		if (!find_state(line->state))
			return -EBADMSG;
	}
	/* An empty command is a text, too. */
	if (kinds[kind].text != !!rest)
		return -EBADMSG;
	line->text = rest;
	return 0;
}

/* Room for one more line. */
static int grow(struct quire_thrash *thrash)
{
	struct quire_thrash_line *more;

	if (thrash->lines & (thrash->lines - 1))
		return 0;
	more = reallocarray(thrash->line, thrash->lines ? 2 * thrash->lines : 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	thrash->line = more;
	return 0;
}

static int parse_thrash_line(struct quire_thrash *thrash, char *rest)
{
	char *word = quire_word(&rest);
	int err;

	if (!thrash->state) {
		thrash->state = strcmp(word, "state") ? NULL : find_state(rest);
		return thrash->state ? 0 : -EBADMSG;
	}
	if (!strcmp(word, "state"))
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(word, kinds[i].name))
			continue;
		err = grow(thrash);
		if (!err)
			err = parse_line(&thrash->line[thrash->lines], i, rest);
		thrash->lines += !err;
		return err;
	}
	return thrash->lines ? -EBADMSG : parse_fact(thrash, word, rest);
}

int quire_thrash_parse(struct quire_thrash *thrash, const char *text, size_t size,
		       struct quire_error *error)
{
	struct quire_lines lines;
	char *line;
	int err;

	memset(thrash, 0, sizeof(*thrash));
	err = quire_lines_open(&lines, &thrash->text, "thrash", text, size, error);
	while (!err && (line = quire_lines_next(&lines))) {
		err = parse_thrash_line(thrash, line);
		if (err == -ENOMEM)
			quire_fail(error, err, "no memory");
		else if (err)
			quire_lines_bad(&lines, "makes no sense, or comes twice");
	}
	if (err)
		quire_thrash_free(thrash);
	return err;
}

void quire_thrash_free(struct quire_thrash *thrash)
{
	free(thrash->line);
	free(thrash->text);
	memset(thrash, 0, sizeof(*thrash));
}

uint64_t quire_thrash_value(const struct quire_thrash *thrash, const char *name)
{
	for (size_t i = 0; i < thrash->facts; i++)
		if (!strcmp(thrash->fact[i], name))
			return thrash->value[i];
	return QUIRE_NONE;
}
