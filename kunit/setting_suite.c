// SPDX-License-Identifier: GPL-2.0
/*
 * What is written to /proc/quire is parsed strictly: good forms, and every string of some length
 * over characters that matter, against rules written another way.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "../module/interface/setting.h"
#include "../module/reclaim/settings.h"
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

/* What lines to /proc/quire/policy are made of here. */
static const char *const pieces[] = {
	"cgroup", " ", "=", "/a", "lru", "a=1", "\n", "\t", "\x80", "", " b=2 c= =3 d=d=d e=/ f=0 g=h",
};

#define PIECES	ARRAY_SIZE(pieces)
#define MOST	5
#define LINE	(MOST * 32)

/* The rules again: words with one blank between, those that must come first counted down. */
static bool is_request(const char *line, struct quire_request *request)
{
	enum { FIRST, PATH, POLICY, SETTING } next = FIRST;
	static char text[LINE];
	char *at = text;

	strscpy(text, line, sizeof(text));
	memset(request, 0, sizeof(*request));
	for (;;) {
		char *end = at, *equals = NULL;
		bool last;

		for (; *end && *end != ' '; end++) {
			if (*end < '!' || *end > '~')
				return false;
			if (*end == '=' && !equals)
				equals = end;
		}
		last = !*end;
		*end = '\0';
		if (next == PATH) {
			request->cgroup = at;
			next = POLICY;
			if (last)
				return false;
		} else if (next == FIRST && !strcmp(at, "cgroup")) {
			next = PATH;
		} else if (end == at) {
			return false;
		} else if (equals) {
			*equals = '\0';
			if (request->nr == QUIRE_SETTINGS)
				return false;
			request->name[request->nr] = at;
			request->value[request->nr++] = equals + 1;
			next = SETTING;
		} else if (next != SETTING) {
			request->policy = at;
			next = SETTING;
		} else {
			return false;
		}
		if (last)
			return next != PATH;
		at = end + 1;
	}
}

static bool same(const char *one, const char *other)
{
	return one && other ? !strcmp(one, other) : one == other;
}

static bool same_requests(const struct quire_request *one, const struct quire_request *other)
{
	unsigned int i;

	for (i = 0; i < one->nr; i++)
		if (!same(one->name[i], other->name[i]) || !same(one->value[i], other->value[i]))
			return false;
	return one->nr == other->nr && same(one->cgroup, other->cgroup) &&
	       same(one->policy, other->policy);
}

/* 161,051 lines, of which some thousand are requests. */
static void agrees_with_its_rules_on_lines_of_words(struct kunit *test)
{
	char *line = kunit_kzalloc(test, LINE, GFP_KERNEL);
	char *copy = kunit_kzalloc(test, LINE, GFP_KERNEL);
	u32 number, all = 1, taken = 0, wrong = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, line);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	for (i = 0; i < MOST; i++)
		all *= PIECES;
	for (number = 0; number < all; number++) {
		struct quire_request want, got = { };
		u32 rest = number;
		bool good;
		int err;

		*line = '\0';
		for (i = 0; i < MOST; i++, rest /= PIECES)
			strcat(line, pieces[rest % PIECES]);
		strscpy(copy, line, LINE);
		good = is_request(line, &want);
		err = quire_parse_request(copy, strlen(copy), &got);
		taken += good;
		if (good ? err || !same_requests(&want, &got) : err != -EINVAL)
			if (!wrong++)
				KUNIT_FAIL(test, "%d for \"%*pE\"", err, (int)strlen(line), line);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	KUNIT_EXPECT_GT(test, taken, 3000u);
	KUNIT_EXPECT_LT(test, taken, all / 4);
	/* A NUL within is no end. */
	memcpy(line, "lru\0a=1", 8);
	KUNIT_EXPECT_EQ(test, quire_parse_request(line, 7, &(struct quire_request){ }), -EINVAL);
}

/* What a scope has, with the ends of it. */
static const struct {
	const char *name;
	u32 low;
	u32 high;
	size_t at;
} scope_settings[] = {
#define AT(member) offsetof(struct quire_wanted, member)
	{ "window", 1, QUIRE_WINDOW_BOUND, AT(params.window) },
	{ "window_most", 1, QUIRE_WINDOW_BOUND, AT(params.window_most) },
	{ "ghost_percent", 0, 100, AT(params.ghosts) },
	{ "steer", 0, 1, AT(params.steer) },
	{ "protect_ms", 0, 3600000, AT(protection.ms) },
	{ "protect_anon_mb", 0, 1u << 24, AT(protection.mb[QUIRE_ANON]) },
	{ "protect_file_mb", 0, 1u << 24, AT(protection.mb[QUIRE_FILE]) },
	{ "share", 3, 70, AT(param[1]) },
#undef AT
};

static const struct quire_param scope_params[] = {
	{ "other", "", "", 0, 9, 5 }, { "share", "%", "", 3, 70, 10 },
};
static const struct quire_policy_ops scope_policy = {
	.name = "policy", .params = scope_params, .nr_params = ARRAY_SIZE(scope_params),
};

/* What comes of one setting in a scope with this policy. */
static int want(struct quire_wanted *wanted, const struct quire_policy_ops *ops, const char *cgroup,
		const char *name, const char *value)
{
	struct quire_request request = { .cgroup = cgroup, .nr = 1, .name = { name }, .value = { value } };
	const char *why = NULL;
	int err;

	memset(wanted, 0, sizeof(*wanted));
	wanted->params.window = QUIRE_WINDOW_BOUND;
	err = quire_wanted_parse(wanted, &request, ops, &why);
	return !err == !why ? err : -ENODATA;
}

static void sets_all_that_a_scope_has_to_both_ends(struct kunit *test)
{
	struct quire_wanted wanted;
	char value[16];
	size_t i;
	u32 end;

	for (i = 0; i < ARRAY_SIZE(scope_settings); i++) {
		const char *name = scope_settings[i].name;
		u32 ends[] = { scope_settings[i].low, scope_settings[i].high };

		for (end = 0; end < 2; end++) {
			snprintf(value, sizeof(value), "%u", ends[end]);
			KUNIT_EXPECT_EQ_MSG(test, want(&wanted, &scope_policy, NULL, name, value), 0,
					    "%s=%s", name, value);
			KUNIT_EXPECT_EQ_MSG(test, *(u32 *)((char *)&wanted + scope_settings[i].at),
					    ends[end], "%s=%s", name, value);
			snprintf(value, sizeof(value), "%u", end ? ends[1] + 1 : ends[0] - 1);
			KUNIT_EXPECT_EQ_MSG(test, want(&wanted, &scope_policy, NULL, name, value),
					    -EINVAL, "%s=%s", name, value);
		}
		KUNIT_EXPECT_EQ(test, want(&wanted, &scope_policy, NULL, name, ""), -EINVAL);
		KUNIT_EXPECT_EQ(test, want(&wanted, &scope_policy, NULL, name, "x"), -EINVAL);
	}
	/* A policy's own are known by it alone. */
	KUNIT_EXPECT_EQ(test, want(&wanted, &scope_policy, NULL, "share", "10"), 0);
	KUNIT_EXPECT_TRUE(test, wanted.has_param[1] && !wanted.has_param[0]);
	KUNIT_EXPECT_EQ(test, want(&wanted, NULL, NULL, "share", "10"), -ENOENT);
	KUNIT_EXPECT_EQ(test, want(&wanted, &scope_policy, NULL, "shares", "10"), -ENOENT);
	KUNIT_EXPECT_EQ(test, want(&wanted, &scope_policy, NULL, "", "10"), -ENOENT);
}

static void refuses_a_window_that_grows_smaller_and_lists_of_a_cgroup(struct kunit *test)
{
	struct quire_request request = {
		.nr = 2, .name = { "window", "window_most" }, .value = { "8", "9" },
	};
	struct quire_wanted wanted = { };
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, quire_wanted_parse(&wanted, &request, NULL, &why), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, why);
	request.value[1] = "8";
	KUNIT_EXPECT_EQ(test, quire_wanted_parse(&wanted, &request, NULL, &why), 0);
	KUNIT_EXPECT_EQ(test, want(&wanted, NULL, NULL, "lru", "classic"), 0);
	KUNIT_EXPECT_TRUE(test, wanted.has_classic && wanted.classic);
	KUNIT_EXPECT_EQ(test, want(&wanted, NULL, NULL, "lru", "default"), 0);
	KUNIT_EXPECT_TRUE(test, wanted.has_classic && !wanted.classic);
	KUNIT_EXPECT_EQ(test, want(&wanted, NULL, NULL, "lru", "mglru"), -EINVAL);
	KUNIT_EXPECT_EQ(test, want(&wanted, NULL, "/a", "lru", "classic"), -ENOENT);
}

/* What nobody has set is as the policy would have it. */
static void has_the_policys_window_unless_one_is_set(struct kunit *test)
{
	static const struct quire_policy_ops early = { .name = "early", .ahead = 4 };
	struct quire_wanted wanted = { .params = { .window_most = 2 } };
	struct quire_request request = { .nr = 1, .name = { "window_most" }, .value = { "8" } };
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, NULL), (u32)QUIRE_WINDOW_SHARE);
	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, &scope_policy), (u32)QUIRE_WINDOW_SHARE);
	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, &early), 4u);
	KUNIT_EXPECT_EQ(test, quire_wanted_parse(&wanted, &request, &early, &why), 0);
	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, &early), 8u);
	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, &scope_policy), (u32)QUIRE_WINDOW_SHARE);
	request.name[0] = "window";
	request.value[0] = "9";
	KUNIT_EXPECT_EQ(test, quire_wanted_parse(&wanted, &request, &early, &why), 0);
	KUNIT_EXPECT_EQ(test, quire_window_of(&wanted.params, &early), 9u);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(has_the_policys_window_unless_one_is_set),
	KUNIT_CASE(takes_every_good_form_of_a_setting),
	KUNIT_CASE(refuses_bad_settings_and_leaves_them_as_they_were),
	KUNIT_CASE(agrees_with_its_rules_on_every_short_line),
	KUNIT_CASE(takes_four_words_for_a_switch_and_nothing_else),
	KUNIT_CASE(takes_numbers_within_their_bounds),
	KUNIT_CASE(refuses_all_else_as_a_number),
	KUNIT_CASE(refuses_any_other_byte_in_a_number),
	KUNIT_CASE(agrees_with_its_rules_on_lines_of_words),
	KUNIT_CASE(sets_all_that_a_scope_has_to_both_ends),
	KUNIT_CASE(refuses_a_window_that_grows_smaller_and_lists_of_a_cgroup),
	{}
};

struct kunit_suite quire_setting_suite = { .name = "setting", .test_cases = cases };
