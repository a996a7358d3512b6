/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes the rules mean.
 */
#ifndef QUIRE_WORKINGSET_TRACK_H
#define QUIRE_WORKINGSET_TRACK_H

#include <linux/cgroup.h>
#include <linux/sched.h>
#include "workingset/rules.h"

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

void quire_track_begin(struct quire_track *track);
void quire_track_end(struct quire_track *track);
bool quire_track_wants(const struct quire_track *track, struct task_struct *task, bool *children);

#endif
