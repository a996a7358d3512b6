// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers as people read them.
 */
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "libquire.h"

static const struct human none = { "-" };

/* Three digits and a unit, the first of @units that keeps it below 1,000. */
static struct human scaled(double value, double step, const char *const *units)
{
	struct human human;

	while (value >= 999.5 && units[1]) {
		value /= step;
		units++;
	}
	snprintf(human.text, sizeof(human.text), "%.*f%s", value < 99.95 && value != (int)value, value,
		 *units);
	return human;
}

struct human human_count(uint64_t count)
{
	static const char *const units[] = { "", "K", "M", "G", "T", "P", "E", NULL };
	struct human human;

	if (count == QUIRE_NONE)
		return none;
	if (count >= 100000)
		return scaled(count, 1000, units);
	if (count >= 1000)
		snprintf(human.text, sizeof(human.text), "%u,%03u", (unsigned int)count / 1000,
			 (unsigned int)count % 1000);
	else
		snprintf(human.text, sizeof(human.text), "%u", (unsigned int)count);
	return human;
}

struct human human_pages(uint64_t pages)
{
	static const char *const units[] = { "K", "M", "G", "T", "P", "E", NULL };

	if (pages == QUIRE_NONE)
		return none;
	return pages ? scaled(pages * 4.0, 1024, units) : human_count(0);
}

struct human human_ns(uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s", NULL };
	static const char *const longer[] = { "m", "h", NULL };

	if (ns == QUIRE_NONE)
		return none;
	if (!ns)
		return human_count(0);
	if (ns >= 600000000000)
		return scaled(ns / 6e10, 60, ns < 60000000000000 ? longer : longer + 1);
	return scaled(ns, 1000, units);
}

struct human human_share(double part, double whole)
{
	struct human human;
	double percent = 100 * part / whole;

	if (!(whole > 0) || part >= (double)QUIRE_NONE)
		return none;
	snprintf(human.text, sizeof(human.text), "%.*f%%", percent < 99.95 && percent > 0, percent);
	return human;
}

/* Bytes of the printable UTF-8 character that @text begins with, 0 if it is none. */
static int printable(const unsigned char *text)
{
	static const unsigned int least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	unsigned int code = *text;
	int size = code < 0x80 ? 1 : code >> 5 == 6 ? 2 : code >> 4 == 14 ? 3 : code >> 3 == 30 ? 4 : 0;

	if (size > 1)
		code &= 0x7f >> size;
	for (int i = 1; i < size; i++) {
		if (text[i] >> 6 != 2)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < least[size] || code == 0x7f || code >> 11 == 27 || code > 0x10ffff)
		return 0;
	/* What changes the direction of the text or is not seen at all. */
	if ((code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff)
		return 0;
	return size;
}

void human_text(const char *text, char *out, size_t size)
{
	size_t used = 0;

	while (*text && used < size - 1) {
		int length = printable((const unsigned char *)text);

		if (used + length >= size)
			break;
		if (length)
			memcpy(out + used, text, length);
		else
			out[used] = '?';
		text += length ? length : 1;
		used += length ? length : 1;
	}
	out[used] = '\0';
}

struct human human_command(const char *command)
{
	struct human human = { "" };

	human_text(command, human.text, sizeof(human.text));
	return human;
}
