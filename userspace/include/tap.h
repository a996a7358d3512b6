/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Test Anything Protocol, for the test programs: call ok() for each check and end main() with
 * "return tap_done();". A failed check prints where it stands, and the program then exits with 1.
 */
#ifndef QUIRE_TAP_H
#define QUIRE_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5), unused))
static bool tap_check(bool good, const char *file, int line, const char *name, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	putchar('\n');
	if (!good) {
		printf("# failed at %s:%d\n", file, line);
		tap_failed++;
	}
	fflush(stdout);
	return good;
}

/* ok(condition, name, ...): one numbered check; name is a printf format; returns the condition. */
#define ok(good, ...) tap_check((good), __FILE__, __LINE__, __VA_ARGS__)

/* Print the plan and give the exit status of the program. */
__attribute__((unused))
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
