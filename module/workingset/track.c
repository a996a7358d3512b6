// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes the rules mean. They are looked at anew at each pass, so a cgroup
 * that is made later, or a process that changes its name, is found within an interval.
 */
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "workingset/track.h"
#include "workingset/workingset.h"

#define QUIRE_ANCESTORS_MAX	64	/* generations that +children looks back */

/**
 * quire_rule_list_show - the rules as they were written
 * @list:	the list
 * @text:	filled in, QUIRE_RULES_TEXT bytes
 *
 * Context: process, may sleep.
 */
void quire_rule_list_show(struct quire_rule_list *list, char *text)
{
	mutex_lock(&list->mutex);
	strscpy(text, list->text, QUIRE_RULES_TEXT);
	mutex_unlock(&list->mutex);
}

/**
 * quire_rule_list_set - change the rules
 * @list:	the list
 * @text:	see rules.c
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL or -E2BIG and nothing has changed, -ENOMEM.
 */
int quire_rule_list_set(struct quire_rule_list *list, const char *text)
{
	struct quire_rules *rules = kmalloc(sizeof(*rules), GFP_KERNEL);
	int err;

	if (!rules)
		return -ENOMEM;
	err = quire_rules_parse(rules, text);
	kfree(rules);
	if (err)
		return err;
	mutex_lock(&list->mutex);
	strscpy(list->text, text, sizeof(list->text));
	list->version++;
	mutex_unlock(&list->mutex);
	return 0;
}

/**
 * quire_track_begin - take the rules for a pass
 * @track:	filled in; not to be moved. quire_track_end() when done
 * @list:	the rules
 *
 * Context: process, may sleep.
 */
void quire_track_begin(struct quire_track *track, struct quire_rule_list *list)
{
	struct cgroup *cgroup;
	unsigned int i;

	mutex_lock(&list->mutex);
	quire_rules_parse(&track->rules, list->text);
	track->version = list->version;
	mutex_unlock(&list->mutex);
	for (i = 0; i < track->rules.nr; i++) {
		track->cgroup[i] = NULL;
		if (track->rules.rule[i].kind != QUIRE_RULE_CGROUP)
			continue;
		cgroup = cgroup_get_from_path(track->rules.rule[i].name);
		if (!IS_ERR(cgroup))
			track->cgroup[i] = cgroup;
	}
}

/**
 * quire_track_end - let go of what quire_track_begin() took
 * @track:	the rules
 */
void quire_track_end(struct quire_track *track)
{
	unsigned int i;

	for (i = 0; i < track->rules.nr; i++) {
		if (track->cgroup[i])
			cgroup_put(track->cgroup[i]);
	}
}

static bool quire_rule_means(const struct quire_rule *rule, struct cgroup *cgroup,
			     struct task_struct *task)
{
	switch (rule->kind) {
	case QUIRE_RULE_PID:
		return task->tgid == rule->pid;
	case QUIRE_RULE_COMM:
		return !strncmp(task->group_leader->comm, rule->name, TASK_COMM_LEN);
	case QUIRE_RULE_CGROUP:
		return cgroup && cgroup_is_descendant(task_dfl_cgroup(task), cgroup);
	}
	return false;
}

/**
 * quire_track_wants - whether the rules mean a process
 * @track:	the rules
 * @task:	its leader
 * @children:	set if a rule means its children, too: so, once they are known,
 *		they stay tracked when their parent has gone
 *
 * Context: process, may be atomic.
 */
bool quire_track_wants(const struct quire_track *track, struct task_struct *task, bool *children)
{
	const struct quire_rules *rules = &track->rules;
	unsigned int i, generation;
	bool wanted = rules->all;

	*children = false;
	rcu_read_lock();
	for (generation = 0; generation < QUIRE_ANCESTORS_MAX && rules->nr; generation++) {
		for (i = 0; i < rules->nr; i++) {
			if (generation && !rules->rule[i].children)
				continue;
			if (!quire_rule_means(&rules->rule[i], track->cgroup[i], task))
				continue;
			wanted = true;
			*children |= rules->rule[i].children;
		}
		if (wanted || task->pid <= 1)
			break;
		task = rcu_dereference(task->real_parent);
	}
	rcu_read_unlock();
	return wanted;
}
