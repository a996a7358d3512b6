// SPDX-License-Identifier: GPL-2.0
/* The tracepoints' code, made from their descriptions. */
#define CREATE_TRACE_POINTS
#include "interface/trace.h"
