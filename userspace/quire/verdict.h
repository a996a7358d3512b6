/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the machine thrashes, as the module says. This is the only place of quire top that asks.
 */
#ifndef QUIRE_VERDICT_H
#define QUIRE_VERDICT_H

#include "libquire.h"

enum verdict_state { VERDICT_UNKNOWN, VERDICT_CALM, VERDICT_TIGHT, VERDICT_THRASHING };

/**
 * struct verdict - the state of the machine and of processes
 * @state: of the machine
 * @sentence: the evidence; of an unknown state why it is
 * @thrash: all that the module says
 */
struct verdict {
	enum verdict_state state;
	char sentence[512];
	struct quire_thrash thrash;
};

/**
 * verdict_read() - ask the module
 * @source: from where
 * @verdict: filled in, what it held is freed; its state is VERDICT_UNKNOWN where the module gives none
 */
void verdict_read(const struct quire_source *source, struct verdict *verdict);

/**
 * verdict_free() - free what a verdict holds
 * @verdict: read, or all zeros
 */
void verdict_free(struct verdict *verdict);

/**
 * verdict_of() - the state of a process
 * @verdict: read
 * @pid: the process
 *
 * Return: its state; that of a process of which nothing is said is calm where there is a verdict.
 */
enum verdict_state verdict_of(const struct verdict *verdict, uint64_t pid);

/**
 * verdict_sentence() - the verdict on a process in words
 * @verdict: read
 * @pid: the process
 *
 * Return: the module's words, not fit to be printed as they are; NULL if there are none.
 */
const char *verdict_sentence(const struct verdict *verdict, uint64_t pid);

#endif
