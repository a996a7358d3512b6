/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libquire: what /proc/quire/policy says, and how to change it.
 */
#ifndef LIBQUIRE_POLICY_H
#define LIBQUIRE_POLICY_H

#include <stdbool.h>

#include "libquire.h"

#define QUIRE_POLICY_LINES_MAX	16384
#define QUIRE_REQUEST_MAX	512	/* bytes of a line that is written */

/**
 * struct quire_policy_param - what of a policy can be set
 * @name: its name
 * @least: the least value
 * @most: the greatest
 * @unit: of what
 * @preset: its value unless it is set
 * @about: what it does
 */
struct quire_policy_param {
	char *name;
	uint64_t least;
	uint64_t most;
	char *unit;
	uint64_t preset;
	char *about;
};

/**
 * struct quire_policy - a policy that there is
 * @name: its name
 * @about: its source, a line
 * @attached: it is the one of the machine
 * @param: what can be set
 * @params: how many
 */
struct quire_policy {
	char *name;
	char *about;
	bool attached;
	struct quire_policy_param *param;
	size_t params;
};

/**
 * struct quire_number - a line "name number"
 * @name: the name
 * @value: the number
 */
struct quire_number {
	char *name;
	uint64_t value;
};

/**
 * struct quire_pool - the pages of a kind in a scope
 * @kind: "anon" or "file"
 * @number: its lines
 * @numbers: how many
 */
struct quire_pool {
	char *kind;
	struct quire_number *number;
	size_t numbers;
};

/**
 * struct quire_scope - the machine or a cgroup, for which something is set
 * @name: "machine", or the cgroup's path
 * @policy: its policy, or "native"
 * @ejected: the policy that the guard has ejected, or NULL
 * @why: and why
 * @number: settings and counts
 * @numbers: how many
 * @pool: its pools
 * @pools: how many
 */
struct quire_scope {
	char *name;
	char *policy;
	char *ejected;
	char *why;
	struct quire_number *number;
	size_t numbers;
	struct quire_pool pool[2];
	size_t pools;
};

/**
 * struct quire_policies - what /proc/quire/policy says
 * @policy: the policies; the first is the kernel's own, "native"
 * @policies: how many
 * @number: lines of the whole machine
 * @numbers: how many
 * @scope: where something is set
 * @scopes: how many
 * @param: what the policies' point into
 * @all: what the other numbers point into
 * @text: what the names point into
 */
struct quire_policies {
	struct quire_policy *policy;
	size_t policies;
	struct quire_number *number;
	size_t numbers;
	struct quire_scope *scope;
	size_t scopes;
	struct quire_policy_param *param;
	struct quire_number *all;
	char *text;
};

/**
 * quire_policies_parse() - understand /proc/quire/policy
 * @policies: filled in; empty if it fails; free it with quire_policies_free()
 * @text: the file
 * @size: bytes of it
 * @error: filled in on failure
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int quire_policies_parse(struct quire_policies *policies, const char *text, size_t size,
			 struct quire_error *error);

/**
 * quire_policies_free() - free what policies hold
 * @policies: parsed, or all zeros
 */
void quire_policies_free(struct quire_policies *policies);

/**
 * quire_policy_find() - find a policy
 * @policies: parsed
 * @name: its name
 *
 * Return: the policy, or NULL.
 */
const struct quire_policy *quire_policy_find(const struct quire_policies *policies,
					     const char *name);

/**
 * quire_scope_find() - find what is set for the machine or a cgroup
 * @policies: parsed
 * @name: "machine" or the cgroup's path
 *
 * Return: the scope, or NULL if nothing is set for it.
 */
const struct quire_scope *quire_scope_find(const struct quire_policies *policies,
					   const char *name);

/**
 * quire_number_find() - a number by its name
 * @number: lines
 * @numbers: how many
 * @name: the name
 *
 * Return: the number, or QUIRE_NONE.
 */
uint64_t quire_number_find(const struct quire_number *number, size_t numbers, const char *name);

/**
 * quire_read_policies() - read /proc/quire/policy
 * @source: from where
 * @policies: filled in; free it with quire_policies_free()
 * @error: filled in on failure
 *
 * Return: as quire_read().
 */
int quire_read_policies(const struct quire_source *source, struct quire_policies *policies,
			struct quire_error *error);

/**
 * quire_write_policy() - ask for a policy or a setting
 * @source: where
 * @request: "[cgroup /PATH] [POLICY] [NAME=VALUE]..."
 * @error: filled in on failure; says why, in the kernel's own words where its log may be read
 *
 * Return: 0, or a negative errno; nothing has changed then.
 */
int quire_write_policy(const struct quire_source *source, const char *request,
		       struct quire_error *error);

#endif
