/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What quire policy and quire protect have in common.
 */
#ifndef QUIRE_POLICY_OPTIONS_H
#define QUIRE_POLICY_OPTIONS_H

#include "live.h"
#include "policy.h"

/**
 * struct policy_options - what was asked for
 * @live: where to read, and JSON
 * @cgroup: the path of a cgroup, or "" for the machine or for all
 * @request: the line to be written, or the policies asked for
 * @words: how many words of it were given
 * @need_words: there must be some
 * @policies: what /proc/quire/policy says
 */
struct policy_options {
	struct live live;
	char cgroup[QUIRE_REQUEST_MAX];
	char request[2 * QUIRE_REQUEST_MAX];
	int words;
	bool need_words;
	struct quire_policies policies;
};

/* -g, and the options of live_source_argp; its input is the struct policy_options. */
extern const struct argp policy_argp;

/**
 * policy_cgroup() - the path of a cgroup as the module wants it
 * @path: filled in: /a/b; "" for the root
 * @size: room for it
 * @cgroup: what was given: a/b, /a/b/ or /sys/fs/cgroup/a/b
 *
 * Return: whether it fits.
 */
bool policy_cgroup(char *path, size_t size, const char *cgroup);

/**
 * policy_scope_name() - the name of a scope as it can be printed
 * @scope: the scope
 *
 * Return: the name, until the next call.
 */
const char *policy_scope_name(const struct quire_scope *scope);

/**
 * policy_add_word() - add a word to the request
 * @options: what was asked for
 * @word: to be parted from what comes before by a blank
 *
 * Return: whether it is one: not empty, without blanks and such, and with room for it.
 */
bool policy_add_word(struct policy_options *options, const char *word);

/**
 * policy_read() - read /proc/quire/policy
 * @options: what was asked for; @policies is filled in
 *
 * Return: an exit status; a message has been printed if it is not EXIT_GOOD.
 */
int policy_read(struct policy_options *options);

/**
 * policy_write() - write the request, and read what has become of it
 * @options: what was asked for; @policies is filled in
 *
 * Return: as policy_read().
 */
int policy_write(struct policy_options *options);

#endif
