/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules: which processes are tracked.
 */
#ifndef QUIRE_WORKINGSET_RULES_H
#define QUIRE_WORKINGSET_RULES_H

#include <linux/types.h>

#define QUIRE_RULES_TEXT	128	/* bytes of all rules, the NUL included */
#define QUIRE_RULES_MAX		16

enum quire_rule_kind { QUIRE_RULE_PID, QUIRE_RULE_COMM, QUIRE_RULE_CGROUP };

/**
 * struct quire_rule - one rule
 * @kind:	what it goes by
 * @children:	it holds for the process' descendants, too
 * @pid:	for QUIRE_RULE_PID: the number
 * @name:	else: the command's name, or the cgroup's path
 */
struct quire_rule {
	enum quire_rule_kind kind;
	bool children;
	unsigned int pid;
	const char *name;
};

/**
 * struct quire_rules - all rules
 * @all:	all processes are tracked, there are no rules
 * @nr:		how many there are; none of them: nothing is tracked
 * @rule:	they
 * @text:	what they were parsed from, cut at each comma and plus
 */
struct quire_rules {
	bool all;
	unsigned int nr;
	struct quire_rule rule[QUIRE_RULES_MAX];
	char text[QUIRE_RULES_TEXT];
};

int quire_rules_parse(struct quire_rules *rules, const char *text);

#endif
