/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the machine thrashes, as the module says. This is the only place that asks it.
 */
#ifndef QUIRE_VERDICT_H
#define QUIRE_VERDICT_H

#include "libquire.h"

enum verdict_state { VERDICT_UNKNOWN, VERDICT_CALM, VERDICT_TIGHT, VERDICT_THRASHING };

/**
 * struct verdict - the state of the machine
 * @state: the state
 * @sentence: the evidence; of an unknown state why it is
 */
struct verdict {
	enum verdict_state state;
	char sentence[512];
};

/**
 * verdict_read() - ask the module
 * @source: from where
 * @verdict: filled in; its state is VERDICT_UNKNOWN where the module gives none
 */
void verdict_read(const struct quire_source *source, struct verdict *verdict);

#endif
