/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes the rules mean.
 */
#ifndef QUIRE_WORKINGSET_TRACK_H
#define QUIRE_WORKINGSET_TRACK_H

#include <linux/cgroup.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include "workingset/rules.h"

/**
 * struct quire_rule_list - rules that can be changed
 * @mutex:	around both
 * @text:	the rules as they were written
 * @version:	changes when they do
 */
struct quire_rule_list {
	struct mutex mutex;
	char text[QUIRE_RULES_TEXT];
	u32 version;
};

#define QUIRE_RULE_LIST(name, first) \
	{ .mutex = __MUTEX_INITIALIZER((name).mutex), .text = first }

/**
 * struct quire_track - rules while a pass goes on
 * @rules:	they
 * @cgroup:	those that they name, referenced; NULL where there is none now
 * @version:	changes when the rules do
 */
struct quire_track {
	struct quire_rules rules;
	struct cgroup *cgroup[QUIRE_RULES_MAX];
	u32 version;
};

void quire_rule_list_show(struct quire_rule_list *list, char *text);
int quire_rule_list_set(struct quire_rule_list *list, const char *text);
void quire_track_begin(struct quire_track *track, struct quire_rule_list *list);
void quire_track_end(struct quire_track *track);
bool quire_track_wants(const struct quire_track *track, struct task_struct *task, bool *children);

#endif
