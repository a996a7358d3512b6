// SPDX-License-Identifier: GPL-2.0
/*
 * Rules, as they are written:
 *
 *	all				every process
 *	none				no process
 *	RULE[,RULE...]			those for which one of the rules holds
 *
 *	pid:NUMBER, comm:NAME, cgroup:/PATH, each with or without +children
 *
 * A cgroup stands for itself and all below it. A comma or a plus ends a name.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/string.h>
#include "workingset/rules.h"

static const struct {
	const char *prefix;
	enum quire_rule_kind kind;
} quire_rule_kinds[] = {
	{ "pid:", QUIRE_RULE_PID },
	{ "comm:", QUIRE_RULE_COMM },
	{ "cgroup:", QUIRE_RULE_CGROUP },
};

static int quire_rule_parse(struct quire_rule *rule, char *text)
{
	char *plus = strchr(text, '+');
	unsigned int i;
	size_t length;

	if (plus) {
		if (strcmp(plus, "+children"))
			return -EINVAL;
		rule->children = true;
		*plus = '\0';
	}
	for (i = 0; i < ARRAY_SIZE(quire_rule_kinds); i++) {
		length = strlen(quire_rule_kinds[i].prefix);
		if (!strncmp(text, quire_rule_kinds[i].prefix, length))
			break;
	}
	if (i == ARRAY_SIZE(quire_rule_kinds) || !text[length])
		return -EINVAL;
	rule->kind = quire_rule_kinds[i].kind;
	rule->name = text + length;
	if (rule->kind == QUIRE_RULE_CGROUP)
		return *rule->name == '/' ? 0 : -EINVAL;
	if (rule->kind == QUIRE_RULE_COMM)
		return 0;
	if (!isdigit(*rule->name) || kstrtouint(rule->name, 10, &rule->pid) || !rule->pid)
		return -EINVAL;
	return 0;
}

/**
 * quire_rules_parse - read rules
 * @rules:	filled in; of no use after an error. Rules point into it: it
 *		must not be moved
 * @text:	see above; no newline
 *
 * Context: any.
 * Return: 0, -EINVAL if that is no list of rules, -E2BIG if they are too many.
 */
int quire_rules_parse(struct quire_rules *rules, const char *text)
{
	char *rest = rules->text, *one;
	int err;

	memset(rules, 0, sizeof(*rules));
	if (strlen(text) >= sizeof(rules->text))
		return -E2BIG;
	rules->all = !strcmp(text, "all");
	if (rules->all || !strcmp(text, "none"))
		return 0;
	strscpy(rules->text, text, sizeof(rules->text));
	while ((one = strsep(&rest, ","))) {
		if (rules->nr == QUIRE_RULES_MAX)
			return -E2BIG;
		err = quire_rule_parse(&rules->rule[rules->nr++], one);
		if (err)
			return err;
	}
	return 0;
}
