// SPDX-License-Identifier: GPL-2.0
/*
 * What is written to /proc/quire is parsed strictly: good forms, and every string of some length
 * over characters that matter, against rules written another way.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "../module/interface/setting.h"
#include "suites.h"

/* A letter, one that is not allowed in a name, a digit, and what stands between and around. */
static const char letters[] = "a_A1=\n \t-\0\x80\x7f";

#define LETTERS	(sizeof(letters) - 1)
#define LONGEST	5

struct setting {
	const char *line;
	const char *name;
	const char *value;
};

static const struct setting good[] = {
	{ "tlb=1", "tlb", "1" },
	{ "tlb=1\n", "tlb", "1" },
	{ "tlb 1", "tlb", "1" },
	{ "tlb off\n", "tlb", "off" },
	{ "keep_exited_ms=86400000", "keep_exited_ms", "86400000" },
	{ "2q_kin 25\n", "2q_kin", "25" },
	{ "a=b", "a", "b" },
	{ "a==", "a", "=" },
	{ "a=-1", "a", "-1" },
	{ "a=B,c;{}~!", "a", "B,c;{}~!" },
	{ "a ==b", "a", "==b" },
};

static const char *const bad[] = {
	"", "\n", "a", "a\n", "a=", "a=\n", "a ", "a\x20\n", "=a", " a=b", "\na=b", "a=b\n\n", "a=b ",
	"a=b c", "a  b", "a= b", "a = b", "a\tb", "A=b", "a-b=c", "a.b=c", "a=b\r\n", "a=b\tc", "a:b",
	"\xc3\xa4=b", "a=\xc3\xa4", "a=\x7f", "a=\x01", "a\n=b", "a=b\nc=d\n", "a,b=c", "--help",
	"a=b=c d", "0x1", "#a=b", "a;b", "a\"=b", "%s", "%n=%n%",
};

/* The rules again, as a sentence: name, one = or blank, value, perhaps one newline. */
static bool is_setting(const char *line, size_t size, size_t *name, size_t *value)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t i;

	if (size && line[size - 1] == '\n')
		size--;
	for (*name = 0; *name < size && line[*name] && strchr(names, line[*name]); ++*name)
		;
	if (!*name || *name == size || (line[*name] != '=' && line[*name] != ' '))
		return false;
	*value = size - *name - 1;
	for (i = *name + 1; i < size; i++)
		if (line[i] <= ' ' || line[i] > '~')	/* char may be signed, and below too */
			return false;
	return *value > 0;
}

static void takes_every_good_form_of_a_setting(struct kunit *test)
{
	char line[64], *name, *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		strscpy(line, good[i].line, sizeof(line));
		KUNIT_ASSERT_EQ_MSG(test, quire_parse_setting(line, strlen(line), &name, &value), 0,
				    "%s", good[i].line);
		KUNIT_EXPECT_STREQ(test, name, good[i].name);
		KUNIT_EXPECT_STREQ(test, value, good[i].value);
	}
}

static void refuses_bad_settings_and_leaves_them_as_they_were(struct kunit *test)
{
	char line[64], *name = line, *value = line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		strscpy(line, bad[i], sizeof(line));
		KUNIT_EXPECT_EQ_MSG(test, quire_parse_setting(line, strlen(line), &name, &value),
				    -EBADMSG, "\"%s\"", bad[i]);
		KUNIT_EXPECT_STREQ(test, line, bad[i]);
		KUNIT_EXPECT_TRUE(test, name == line && value == line);
	}
}

/* A quarter of a million lines, each at the end of its memory, where KASAN sees a step too far. */
static void agrees_with_its_rules_on_every_short_line(struct kunit *test)
{
	u32 count = 0, taken = 0, wrong = 0;
	size_t size, i;

	for (size = 0; size <= LONGEST; size++) {
		char *line = kunit_kzalloc(test, size + 1, GFP_KERNEL);
		char copy[LONGEST + 1] = "", *name, *value;
		u32 number, all = 1;

		KUNIT_ASSERT_NOT_NULL(test, line);
		for (i = 0; i < size; i++)
			all *= LETTERS;
		for (number = 0; number < all; number++) {
			size_t name_size, value_size;
			u32 rest = number;
			int err;

			for (i = 0; i < size; i++, rest /= LETTERS)
				copy[i] = letters[rest % LETTERS];
			memcpy(line, copy, size + 1);
			err = quire_parse_setting(line, size, &name, &value);
			count++;
			if (is_setting(copy, size, &name_size, &value_size)) {
				taken++;
				wrong += err || strlen(name) != name_size ||
					 strlen(value) != value_size ||
					 memcmp(name, copy, name_size) ||
					 memcmp(value, copy + name_size + 1, value_size);
			} else {
				wrong += err != -EBADMSG || memcmp(line, copy, size + 1);
			}
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	KUNIT_EXPECT_GT(test, taken, 1000u);
	KUNIT_EXPECT_GT(test, count, 200000u);
}

static void takes_four_words_for_a_switch_and_nothing_else(struct kunit *test)
{
	static const char letters[] = "01onfO\n x";
	u32 number, all = 10 * 10 * 10 * 10, taken = 0;

	for (number = 0; number < all; number++) {
		char word[5] = "";
		u32 rest = number, i, n = 0;
		bool on, before = number & 1;
		int err;

		/* The tenth is no letter at all: shorter words. */
		for (i = 0; i < 4; i++, rest /= 10)
			if (rest % 10 < 9)
				word[n++] = letters[rest % 10];
		on = before;
		err = quire_parse_switch(word, &on);
		if (!strcmp(word, "1") || !strcmp(word, "on")) {
			KUNIT_EXPECT_TRUE(test, !err && on);
			taken++;
		} else if (!strcmp(word, "0") || !strcmp(word, "off")) {
			KUNIT_EXPECT_TRUE(test, !err && !on);
			taken++;
		} else {
			KUNIT_EXPECT_TRUE_MSG(test, err == -EINVAL && on == before, "\"%s\"", word);
		}
	}
	KUNIT_EXPECT_GE(test, taken, 4u);
}

struct number {
	const char *text;
	unsigned int low;
	unsigned int high;
	unsigned int number;
};

static const struct number numbers[] = {
	{ "0", 0, 0, 0 }, { "0", 0, UINT_MAX, 0 }, { "7", 7, 7, 7 }, { "10", 0, 10, 10 },
	{ "10", 10, 20, 10 }, { "0000000000012", 0, 99, 12 }, { "4294967295", 0, UINT_MAX, UINT_MAX },
	{ "4294967295", UINT_MAX, UINT_MAX, UINT_MAX }, { "86400000", 0, 86400000, 86400000 },
};

static const struct number no_numbers[] = {
	{ "", 0, UINT_MAX }, { "6", 7, 7 }, { "8", 7, 7 }, { "11", 0, 10 }, { "9", 10, 20 },
	{ "4294967296", 0, UINT_MAX }, { "18446744073709551616", 0, UINT_MAX },
	{ "99999999999999999999999999999", 0, UINT_MAX }, { "-0", 0, UINT_MAX },
	{ "-1", 0, UINT_MAX }, { "+1", 0, UINT_MAX }, { "0x1", 0, UINT_MAX }, { "1e1", 0, UINT_MAX },
	{ "1.0", 0, UINT_MAX }, { "1\n", 0, UINT_MAX }, { "\n1", 0, UINT_MAX }, { "1 ", 0, UINT_MAX },
	{ " 1", 0, UINT_MAX }, { "1,0", 0, UINT_MAX }, { "1k", 0, UINT_MAX }, { "\xc2\xb2", 0, UINT_MAX },
};

static void takes_numbers_within_their_bounds(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number *n = &numbers[i];
		unsigned int number = 12345;

		KUNIT_EXPECT_EQ_MSG(test, quire_parse_uint(n->text, n->low, n->high, &number), 0,
				    "%s", n->text);
		KUNIT_EXPECT_EQ_MSG(test, number, n->number, "%s", n->text);
	}
}

static void refuses_all_else_as_a_number(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(no_numbers); i++) {
		const struct number *n = &no_numbers[i];
		unsigned int number = 12345;

		KUNIT_EXPECT_EQ_MSG(test, quire_parse_uint(n->text, n->low, n->high, &number),
				    -EINVAL, "\"%s\"", n->text);
		KUNIT_EXPECT_EQ(test, number, 12345u);
	}
}

/* Every byte before, within and behind a number: digits alone are taken. */
static void refuses_any_other_byte_in_a_number(struct kunit *test)
{
	unsigned int byte, at;

	for (byte = 1; byte < 256; byte++) {
		for (at = 0; at < 4; at++) {
			char text[] = "123 ";
			unsigned int number = 54321;
			bool digit = byte >= '0' && byte <= '9';
			int err;

			memmove(text + at + 1, text + at, 3 - at);
			text[at] = byte;
			err = quire_parse_uint(text, 0, 99999, &number);
			KUNIT_EXPECT_EQ_MSG(test, err, digit ? 0 : -EINVAL, "%*pE", 4, text);
			KUNIT_EXPECT_EQ(test, number == 54321, !digit);
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(takes_every_good_form_of_a_setting),
	KUNIT_CASE(refuses_bad_settings_and_leaves_them_as_they_were),
	KUNIT_CASE(agrees_with_its_rules_on_every_short_line),
	KUNIT_CASE(takes_four_words_for_a_switch_and_nothing_else),
	KUNIT_CASE(takes_numbers_within_their_bounds),
	KUNIT_CASE(refuses_all_else_as_a_number),
	KUNIT_CASE(refuses_any_other_byte_in_a_number),
	{}
};

struct kunit_suite quire_setting_suite = { .name = "setting", .test_cases = cases };
