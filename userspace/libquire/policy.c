// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc/quire/policy says.
 *
 *	* native - ABOUT			the policies, * before the machine's
 *	      NAME=LEAST..MOST UNIT, PRESET unless set: ABOUT
 *						(an empty line)
 *	NAME NUMBER				of the whole machine
 *
 *	scope SCOPE POLICY
 *	ejected POLICY: WHY			if it was
 *	NAME NUMBER
 *
 *	pool SCOPE KIND
 *	NAME NUMBER
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "policy.h"

#define INDENT "    "

/**
 * struct parser - how far it is
 * @policies: to be filled in
 * @lines: the text
 * @next_param: the next of the policies' parameters
 * @next: the next number
 */
struct parser {
	struct quire_policies *policies;
	struct quire_lines lines;
	struct quire_policy_param *next_param;
	struct quire_number *next;
};

/* Cut a text at the first @mark; what is behind it, or NULL. */
static char *cut(char *text, const char *mark)
{
	char *at = text ? strstr(text, mark) : NULL;

	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(mark);
}

/* [* ] NAME - ABOUT */
static int parse_policy(struct parser *parser, char *line)
{
	struct quire_policy *policy = &parser->policies->policy[parser->policies->policies++];

	policy->attached = line[0] == '*';
	policy->name = line + 2;
	policy->about = line[1] == ' ' ? cut(line + 2, " - ") : NULL;
	policy->param = parser->next_param;
	return policy->about && quire_is_name(policy->name) ? 0 : -EBADMSG;
}

/* NAME=LEAST..MOST UNIT, PRESET unless set: ABOUT */
static int parse_param(struct parser *parser, char *line)
{
	struct quire_policies *policies = parser->policies;
	struct quire_policy_param *param = parser->next_param++;
	char *least, *most, *unit, *preset, *about;

	param->name = line;
	least = cut(line, "=");
	most = cut(least, "..");
	unit = cut(most, " ");
	preset = cut(unit, ", ");
	about = cut(preset, " unless set: ");
	param->unit = unit;
	param->about = about;
	if (!policies->policies || !about || !quire_is_name(line) ||
	    !quire_number(least, &param->least) || !quire_number(most, &param->most) ||
	    !quire_number(preset, &param->preset))
		return -EBADMSG;
	policies->policy[policies->policies - 1].params++;
	return 0;
}

/* Cut a line into @count words, and no more. */
static bool words(char *line, char **word, int count)
{
	for (int i = 0; i < count; i++) {
		word[i] = quire_word(&line);
		if (!word[i] || !*word[i])
			return false;
	}
	return !line;
}

static int parse_scope(struct parser *parser, char *line)
{
	struct quire_scope *scope = &parser->policies->scope[parser->policies->scopes++];
	char *word[2];

	if (!words(line, word, 2) || !quire_is_name(word[1]))
		return -EBADMSG;
	*scope = (struct quire_scope){
		.name = word[0], .policy = word[1], .number = parser->next,
	};
	return 0;
}

static int parse_pool(struct parser *parser, char *line)
{
	struct quire_policies *policies = parser->policies;
	struct quire_scope *scope;
	char *word[2];

	if (!policies->scopes || !words(line, word, 2) || !quire_is_name(word[1]))
		return -EBADMSG;
	scope = &policies->scope[policies->scopes - 1];
	if (strcmp(scope->name, word[0]) || scope->pools == 2)
		return -EBADMSG;
	scope->pool[scope->pools++] = (struct quire_pool){ .kind = word[1], .number = parser->next };
	return 0;
}

static int parse_ejected(struct parser *parser, char *line)
{
	struct quire_policies *policies = parser->policies;
	struct quire_scope *scope;

	if (!policies->scopes)
		return -EBADMSG;
	scope = &policies->scope[policies->scopes - 1];
	if (scope->ejected || scope->numbers || scope->pools)
		return -EBADMSG;
	scope->ejected = line;
	scope->why = cut(line, ": ");
	return scope->why && quire_is_name(line) ? 0 : -EBADMSG;
}

/* NAME NUMBER, of what came last */
static int parse_number_line(struct parser *parser, char *line)
{
	struct quire_policies *policies = parser->policies;
	struct quire_scope *scope;
	struct quire_number *number = parser->next++;
	char *word[2];

	if (!words(line, word, 2) || !quire_is_name(word[0]) ||
	    !quire_number(word[1], &number->value))
		return -EBADMSG;
	number->name = word[0];
	if (!policies->scopes) {
		policies->numbers++;
		return 0;
	}
	scope = &policies->scope[policies->scopes - 1];
	if (scope->pools)
		scope->pool[scope->pools - 1].numbers++;
	else
		scope->numbers++;
	return 0;
}

/* Which line it is, is told by its first word; an empty one comes before each group. */
static int parse_line(struct parser *parser, char *line, bool *listing, bool *empty)
{
	bool first = *empty;

	*empty = !*line;
	if (*empty) {
		*listing = false;
		return first ? -EBADMSG : 0;
	}
	if (*listing && !strncmp(line, INDENT, strlen(INDENT)))
		return parse_param(parser, line + strlen(INDENT));
	if (*listing)
		return line[0] == '*' || line[0] == ' ' ? parse_policy(parser, line) : -EBADMSG;
	if (first && !strncmp(line, "scope ", 6))
		return parse_scope(parser, line + 6);
	if (first && !strncmp(line, "pool ", 5))
		return parse_pool(parser, line + 5);
	if (first && (parser->policies->scopes || parser->next != parser->policies->all))
		return -EBADMSG;
	if (!strncmp(line, "ejected ", 8))
		return parse_ejected(parser, line + 8);
	return parse_number_line(parser, line);
}

static int parse_lines(struct parser *parser)
{
	struct quire_policies *policies = parser->policies;
	bool listing = true, empty = false;
	char *line;

	while ((line = quire_lines_next(&parser->lines)))
		if (parse_line(parser, line, &listing, &empty))
			return quire_lines_bad(&parser->lines, "\"%.60s\" is not understood", line);
	if (!policies->policies || listing || empty)
		return quire_fail(parser->lines.error, -EBADMSG, "policy is truncated");
	return 0;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

int quire_policies_parse(struct quire_policies *policies, const char *text, size_t size,
			 struct quire_error *error)
{
	struct parser parser = { .policies = policies };
	size_t lines = count_lines(text, size);
	int err;

	*policies = (struct quire_policies){ };
	err = quire_lines_open(&parser.lines, &policies->text, "policy", text, size, error);
	if (err)
		return err;
	if (lines > QUIRE_POLICY_LINES_MAX)
		err = quire_fail(error, -EBADMSG, "policy has more than %d lines",
				 QUIRE_POLICY_LINES_MAX);
	if (!err) {
		policies->policy = calloc(lines, sizeof(*policies->policy));
		policies->param = calloc(lines, sizeof(*policies->param));
		policies->all = calloc(lines, sizeof(*policies->all));
		policies->scope = calloc(lines, sizeof(*policies->scope));
		if (!policies->policy || !policies->param || !policies->all || !policies->scope)
			err = quire_fail(error, -ENOMEM, "no memory");
	}
	if (!err) {
		parser.next_param = policies->param;
		parser.next = policies->all;
		policies->number = policies->all;
		err = parse_lines(&parser);
	}
	if (err)
		quire_policies_free(policies);
	return err;
}

void quire_policies_free(struct quire_policies *policies)
{
	free(policies->policy);
	free(policies->param);
	free(policies->all);
	free(policies->scope);
	free(policies->text);
	*policies = (struct quire_policies){ };
}

const struct quire_policy *quire_policy_find(const struct quire_policies *policies, const char *name)
{
	for (size_t i = 0; i < policies->policies; i++)
		if (!strcmp(policies->policy[i].name, name))
			return &policies->policy[i];
	return NULL;
}

const struct quire_scope *quire_scope_find(const struct quire_policies *policies, const char *name)
{
	for (size_t i = 0; i < policies->scopes; i++)
		if (!strcmp(policies->scope[i].name, name))
			return &policies->scope[i];
	return NULL;
}

uint64_t quire_number_find(const struct quire_number *number, size_t numbers, const char *name)
{
	for (size_t i = 0; i < numbers; i++)
		if (!strcmp(number[i].name, name))
			return number[i].value;
	return QUIRE_NONE;
}
