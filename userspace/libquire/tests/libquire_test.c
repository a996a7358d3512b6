// SPDX-License-Identifier: GPL-2.0
/*
 * libquire against files as the module writes them, and against broken ones.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.c"
#include "random.h"
#include "tap.h"

/* Apart from the newline, for the eye. */
#define BLANK	" "

#define STAT	"pgfault 5436\npgmajfault 55\nfaults_anon -\nfaults_cow 0\n" \
		"stall_swapin_us 18446744073709551614\n"
#define PROCESSES "pid uid exited_ms min_flt faults_anon comm\n" \
		"1 0 - 497 12 sh\n22 0 - 0 - kworker/1:0\n" \
		"153 1000 177 197 3 a b\\012c\\134d\n154 0 - 7 0" BLANK "\n"
#define NUMBERS	"cpu task_switch full\n0 17 20\n1 135 140\n"
#define SEGMENTS "pid segment pages tracked_ms comm\n1 all 5 7 sh\n1 heap 5 - sh\n"
#define AGES	"pid segment within_ms pages\n1 all 1000 5\n1 all 2000 6\n"
#define HISTOGRAM "cause from_ns below_ns faults\nanon 0 1 5\nanon 2 4 10\nanon 8 16 85\n" \
		"cow 16 32 23\ncow 32 - 2\n"
#define STATUS	"version 0.1\nkernel 6.1.0-56-amd64\nlru unknown (it cannot be read)\nprocesses 65\n" \
		"part faults running - page faults\nhook faults handle_mm_fault attached missed 7 - a look\n" \
		"part tlb unavailable: tlb_flush cannot be hooked (error -2) - TLB flushes\n" \
		"limits tlb not seen: broadcasts\nhook tlb tlb_flush unavailable error -2 - a count\n" \
		"part stalls off - time lost\nhook stalls do_swap_page off - two readings\n"
#define CONFIG	"faults 1\nkeep_exited_ms 30000\npolicy none\n"
#define POLICIES "* native - the kernel's own\n  lru - least recently used (1968)\n  lirs - low IRR\n" \
		"    hir=1..99 %, 1 unless set: frames, of pages\n\ntables_bytes 0\nlru_is_switched 1\n" \
		"\nscope machine native\nejected arc: named none\nwindow 16\n" \
		"\nscope /a/b lirs\nwindow 8\nhir 2\n\npool /a/b anon\nframes 5\nverdicts 7\n" \
		"\npool /a/b file\nframes 6\n"
#define THRASH	"state thrashing\nsince_ms 3250\nneeded_pages -\nsentence - it thrashes, for 3 s\n" \
		"culprit 977 5200 520 5200 backup\nculprit - 100 10 - -\nblame 1423 977 5200\n" \
		"process 1423 tight 3100 610 890 600000 10000 3800 - 46080 redis x\nleak 5 61 3 1 a" BLANK "\n" \
		"suspended 1500 700 20000 hog\nsuspended - 300 20000 /batch\n"
#define HEAT	"pid address scan known_0_pages used_0_pages\n1 93824990838784 7 32 0\n1 93824992935936 7 1 1\n"
#define TABLES	"level index entry\npgd 170 9223372037160194151\npte 3 0\n"

static const struct parser {
	const char *name;
	bool (*fuzz)(const void *data, size_t size);
	enum quire_shape shape;
	const char *good;
} parsers[] = {
	{ "values", fuzz_values, QUIRE_VALUES, STAT },
	{ "processes", fuzz_processes, QUIRE_COMMANDS, PROCESSES },
	{ "numbers", fuzz_numbers, QUIRE_NUMBERS, NUMBERS },
	{ "histogram", fuzz_histogram, QUIRE_NAMED, HISTOGRAM },
	{ "status", fuzz_status, 0, STATUS },
	{ "config", fuzz_config, 0, CONFIG },
	{ "policies", fuzz_policies, 0, POLICIES },
	{ "segments", fuzz_segments, QUIRE_COMMANDS, SEGMENTS },
	{ "ages", fuzz_numbers, QUIRE_NUMBERS, AGES },
	{ "thrash", fuzz_thrash, 0, THRASH },
	{ "heat", fuzz_numbers, QUIRE_NUMBERS, HEAT },
	{ "tables", fuzz_tables, QUIRE_NAMED, TABLES },
};

#define PARSERS (sizeof(parsers) / sizeof(parsers[0]))

static struct quire_error error;

/* Parse by the name of a parser; what it holds is freed. */
static int parse(const struct parser *parser, const void *data, size_t size)
{
	static struct quire_status status;
	static struct quire_config config;
	struct quire_policies policies;
	struct quire_thrash thrash;
	struct quire_table table;
	int err;

	error.text[0] = '\0';
	if (parser->fuzz == fuzz_status) {
		err = quire_status_parse(&status, data, size, &error);
		quire_status_free(&status);
	} else if (parser->fuzz == fuzz_config) {
		err = quire_config_parse(&config, data, size, &error);
		quire_config_free(&config);
	} else if (parser->fuzz == fuzz_policies) {
		err = quire_policies_parse(&policies, data, size, &error);
		quire_policies_free(&policies);
	} else if (parser->fuzz == fuzz_thrash) {
		err = quire_thrash_parse(&thrash, data, size, &error);
		quire_thrash_free(&thrash);
	} else {
		if (parser->fuzz == fuzz_processes)
			err = quire_processes_parse(&table, data, size, &error);
		else if (parser->fuzz == fuzz_histogram)
			err = quire_histogram_parse(&table, "histogram", data, size, &error);
		else
			err = quire_table_parse(&table, parser->shape, "table", data, size, &error);
		quire_table_free(&table);
	}
	return err;
}

static void test_good(void)
{
	struct quire_table table;

	for (size_t i = 0; i < PARSERS; i++)
		ok(!parse(&parsers[i], parsers[i].good, strlen(parsers[i].good)) &&
		   parsers[i].fuzz(parsers[i].good, strlen(parsers[i].good)),
		   "%s: a good file is understood whole %s", parsers[i].name, error.text);

	quire_table_parse(&table, QUIRE_VALUES, "stat", STAT, strlen(STAT), &error);
	ok(quire_value(&table, "pgfault") == 5436 && quire_value(&table, "faults_cow") == 0,
	   "values have their numbers");
	ok(quire_value(&table, "stall_swapin_us") == UINT64_MAX - 1, "the largest number fits");
	ok(quire_value(&table, "faults_anon") == QUIRE_NONE && quire_value(&table, "no") == QUIRE_NONE,
	   "what is not kept is no number");
	quire_table_free(&table);

	quire_table_parse(&table, QUIRE_COMMANDS, "workingset", SEGMENTS, strlen(SEGMENTS), &error);
	ok(table.columns == 3 && !strcmp(table.segment[1], "heap") && !strcmp(table.label[1], "sh") &&
	   quire_cell(&table, 1, quire_column(&table, "pages")) == 5 &&
	   quire_cell(&table, 1, quire_column(&table, "tracked_ms")) == QUIRE_NONE,
	   "segments have names between the numbers");
	quire_table_free(&table);

	quire_processes_parse(&table, PROCESSES, strlen(PROCESSES), &error);
	ok(table.rows == 4 && table.columns == 5 &&
	   quire_cell(&table, 2, quire_column(&table, "min_flt")) == 197 &&
	   quire_cell(&table, 1, quire_column(&table, "faults_anon")) == QUIRE_NONE &&
	   quire_cell(&table, 1, quire_column(&table, "none")) == QUIRE_NONE,
	   "a table has its numbers in rows and columns");
	ok(!strcmp(table.label[2], "a b\nc\\d") && !strcmp(table.label[3], ""),
	   "commands have blanks, are unescaped, may be empty");
	quire_table_free(&table);
}

static void test_status(void)
{
	static struct quire_status status;
	static struct quire_config config;

	quire_status_parse(&status, STATUS, strlen(STATUS), &error);
	ok(status.parts == 3 && status.hooks == 3 && status.limits == 1 && status.facts == 4,
	   "a status has parts, hooks, limits and facts");
	ok(!strcmp(quire_fact(&status, "lru"), "unknown (it cannot be read)"), "a fact has its words");
	ok(status.part[1].state == QUIRE_UNAVAILABLE &&
	   !strcmp(status.part[1].why, "tlb_flush cannot be hooked (error -2)"),
	   "a part says why it is unavailable");
	ok(status.hook[0].missed == 7 && status.hook[1].error == -2 &&
	   status.hook[2].state == QUIRE_OFF, "hooks are attached, unavailable and off");
	quire_status_free(&status);

	quire_config_parse(&config, CONFIG, strlen(CONFIG), &error);
	ok(config.settings == 3 && !strcmp(quire_config_value(&config, "keep_exited_ms"), "30000") &&
	   !quire_config_value(&config, "swap"), "a config has its settings");
	quire_config_free(&config);
}

static void test_policies(void)
{
	struct quire_policies policies;
	const struct quire_policy *lirs;
	const struct quire_scope *scope;

	quire_policies_parse(&policies, POLICIES, strlen(POLICIES), &error);
	lirs = quire_policy_find(&policies, "lirs");
	ok(policies.policies == 3 && policies.policy[0].attached && !policies.policy[1].attached &&
	   !quire_policy_find(&policies, "lir"), "policies are found by name");
	ok(lirs && lirs->params == 1 && !strcmp(lirs->param->name, "hir") && lirs->param->least == 1 &&
	   lirs->param->most == 99 && lirs->param->preset == 1 && !strcmp(lirs->param->unit, "%") &&
	   !strcmp(lirs->param->about, "frames, of pages"), "a parameter has its bounds, unit and text");
	ok(quire_number_find(policies.number, policies.numbers, "lru_is_switched") == 1 &&
	   quire_number_find(policies.number, policies.numbers, "window") == QUIRE_NONE,
	   "what is of the machine has no lines of scopes");
	scope = quire_scope_find(&policies, "machine");
	ok(scope && !strcmp(scope->ejected, "arc") && !strcmp(scope->why, "named none") && !scope->pools,
	   "a scope says what was ejected");
	scope = quire_scope_find(&policies, "/a/b");
	ok(scope && !strcmp(scope->policy, "lirs") && scope->numbers == 2 && scope->pools == 2 &&
	   !strcmp(scope->pool[1].kind, "file") &&
	   quire_number_find(scope->pool[0].number, scope->pool[0].numbers, "verdicts") == 7 &&
	   quire_number_find(scope->pool[1].number, scope->pool[1].numbers, "frames") == 6,
	   "a cgroup has its settings and its pools");
	quire_policies_free(&policies);
}

static void test_histogram(void)
{
	static const char later[] = "cause from_ns below_ns faults\nanon 0 1 6\nanon 2 4 10\n"
				    "anon 4 8 9\nanon 8 16 85\n";
	struct quire_table table, now;

	quire_histogram_parse(&table, "h", HISTOGRAM, strlen(HISTOGRAM), &error);
	ok(quire_histogram_count(&table, NULL, "anon") == 100 &&
	   quire_histogram_count(&table, NULL, "none") == 0, "a histogram knows how many");
	ok(quire_histogram_below(&table, NULL, "anon", 0.05) == 1 &&
	   quire_histogram_below(&table, NULL, "anon", 0.15) == 4 &&
	   quire_histogram_below(&table, NULL, "anon", 0.16) == 16 &&
	   quire_histogram_below(&table, NULL, "anon", 1) == 16, "shares lie below their bounds");
	ok(quire_histogram_below(&table, NULL, "cow", 0.5) == 32 &&
	   quire_histogram_below(&table, NULL, "cow", 0.99) == QUIRE_NONE &&
	   quire_histogram_below(&table, NULL, "none", 0.5) == QUIRE_NONE,
	   "the last bucket has no bound, no values have none");
	quire_histogram_parse(&now, "h", later, strlen(later), &error);
	ok(quire_histogram_count(&now, &table, "anon") == 10 &&
	   quire_histogram_below(&now, &table, "anon", 0.1) == 1 &&
	   quire_histogram_below(&now, &table, "anon", 0.11) == 8,
	   "an earlier reading is taken off, bucket by bucket");
	quire_table_free(&table);
	quire_table_free(&now);
}

static void test_since(void)
{
	ok(quire_since(12, 5) == 7 && quire_since(5, 5) == 0, "a count has grown");
	ok(quire_since(3, 5) == 3, "a count that shrank has begun anew");
	ok(quire_since(3, QUIRE_NONE) == 3 && quire_since(QUIRE_NONE, 3) == QUIRE_NONE,
	   "a count that was not kept");
}

/* Each row: pid, exited_ms or "-", count. @want: rows of the earlier reading, B born, G gone. */
static bool match(const char *before, const char *now, const char *want)
{
	static const char heading[] = "pid uid exited_ms resident_pages faults comm\n";
	struct quire_table one, two;
	char text[1024], got[16] = "";
	size_t row[16];

	snprintf(text, sizeof(text), "%s%s", heading, before);
	if (quire_processes_parse(&one, text, strlen(text), &error))
		return false;
	snprintf(text, sizeof(text), "%s%s", heading, now);
	if (quire_processes_parse(&two, text, strlen(text), &error))
		return false;
	if (!quire_processes_match(&two, &one, 1000, row))
		for (size_t i = 0; i < two.rows; i++)
			got[i] = row[i] == QUIRE_BORN ? 'B' : row[i] == QUIRE_GONE ? 'G' : '0' + row[i];
	quire_table_free(&one);
	quire_table_free(&two);
	if (strcmp(got, want))
		printf("# matched %s, not %s\n", got, want);
	return !strcmp(got, want);
}

static void test_match(void)
{
	ok(match("1 0 - 9 5 a\n2 0 - 9 6 b\n", "1 0 - 2 5 a\n2 0 - 4 8 b\n", "01"),
	   "processes that live on");
	ok(match("1 0 - 9 5 a\n", "1 0 - 9 5 a\n7 0 - 9 6 b\n", "0B"), "a process that was born");
	ok(match("1 0 - 9 5 a\n", "1 0 400 0 7 a\n", "0"), "a process that has exited since");
	ok(match("1 0 3000 0 5 a\n", "1 0 4000 0 5 a\n", "G"), "a process that had exited before");
	ok(match("1 0 30 0 5 a\n", "1 0 1030 0 5 a\n", "G"), "a process that had exited just before");
	ok(match("1 0 30 0 5 a\n", "1 0 1030 0 5 a\n1 0 200 0 5 b\n1 0 - 2 3 c\n", "GBB"),
	   "PIDs of the dead that were used again");
	ok(match("5 0 - 9 5 a\n", "5 0 400 0 7 a\n5 0 - 9 9 b\n", "0B"), "a PID that was used again");
	ok(match("5 0 2000 0 1 x\n5 0 - 9 5 a\n", "5 0 3000 0 1 x\n5 0 400 0 7 a\n5 0 - 9 9 b\n", "G1B"),
	   "a PID that was used again and again");
	ok(match("5 0 - 9 500 a\n", "5 0 - 9 7 b\n", "B"),
	   "a PID that was used again while the first was forgotten");
}

/* Files that are wrong in a way of their own; %s of the parser's good file is put where it says. */
static void test_broken(void)
{
	static const struct {
		size_t parser;
		const char *why;
		const char *text;
	} broken[] = {
		{ 0, "a number too big", "a 18446744073709551616\n" },
		{ 0, "the number that stands for none", "a 18446744073709551615\n" },
		{ 0, "a huge number", "a 99999999999999999999999999999999999999\n" },
		{ 0, "a sign", "a -1\n" }, { 0, "a plus", "a +1\n" },
		{ 0, "a hexadecimal number", "a 0x10\n" }, { 0, "a leading zero", "a 007\n" },
		{ 0, "a fraction", "a 1.5\n" }, { 0, "an exponent", "a 1e5\n" },
		{ 0, "no number", "a\n" }, { 0, "an empty number", "a" BLANK "\n" },
		{ 0, "two numbers", "a 1 2\n" }, { 0, "two blanks", "a  1\n" },
		{ 0, "a blank before", " a 1\n" }, { 0, "a blank behind", "a 1" BLANK "\n" },
		{ 0, "a tab", "a\t1\n" }, { 0, "a carriage return", "a 1\r\n" },
		{ 0, "an empty line", "a 1\n\nb 2\n" }, { 0, "a name twice", "a 1\nb 2\na 3\n" },
		{ 0, "a name in capitals", "A 1\n" }, { 0, "a name with a dot", "a.b 1\n" },
		{ 0, "a number for a word", "a one\n" }, { 0, "two dashes", "a --\n" },
		{ 0, "a long name",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1\n" },
		{ 1, "no comm", "pid uid exited_ms\n1 2 3\n" },
		{ 1, "comm first", "comm pid uid exited_ms\n" },
		{ 1, "comm alone", "comm\n" },
		{ 1, "no pid", "uid exited_ms comm\n0 - sh\n" },
		{ 1, "no uid", "pid exited_ms comm\n0 - sh\n" },
		{ 1, "a column twice", "pid uid exited_ms pid comm\n1 0 - 1 sh\n" },
		{ 1, "comm twice", "pid uid exited_ms comm comm\n1 0 - a b\n" },
		{ 1, "a pid that is not kept", "pid uid exited_ms comm\n- 0 - sh\n" },
		{ 1, "a uid that is not kept", "pid uid exited_ms comm\n1 - - sh\n" },
		{ 1, "a row too short", "pid uid exited_ms comm\n1 0\n" },
		{ 1, "a row without command", "pid uid exited_ms comm\n1 0 -\n" },
		{ 1, "an escape cut short", "pid uid exited_ms comm\n1 0 - a\\01\n" },
		{ 1, "an escape that is none", "pid uid exited_ms comm\n1 0 - a\\n\n" },
		{ 1, "an escape for NUL", "pid uid exited_ms comm\n1 0 - a\\000b\n" },
		{ 1, "an escape out of range", "pid uid exited_ms comm\n1 0 - a\\777\n" },
		{ 1, "an empty heading", "\n1 0 - a\n" },
		{ 1, "a blank at the heading's end", "pid uid exited_ms comm" BLANK "\n" },
		{ 1, "a long command", "pid uid exited_ms comm\n1 0 - "
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" },
		{ 7, "a segment behind the command", "pid uid comm segment\n1 0 sh\n" },
		{ 2, "a row too long", "cpu a\n0 1 2\n" }, { 2, "a row too short", "cpu a\n0\n" },
		{ 2, "a word", "cpu a\n0 x\n" },
		{ 3, "no columns", "cause\nanon\n" }, { 3, "other columns", "a b c d\nx 0 1 1\n" },
		{ 3, "a column too many", "cause from_ns below_ns faults more\nanon 0 1 1 1\n" },
		{ 3, "bounds the wrong way", "cause from_ns below_ns faults\nanon 2 1 1\n" },
		{ 3, "an empty bucket", "cause from_ns below_ns faults\nanon 2 2 1\n" },
		{ 3, "no lower bound", "cause from_ns below_ns faults\nanon - 2 1\n" },
		{ 3, "no count", "cause from_ns below_ns faults\nanon 1 2 -\n" },
		{ 3, "buckets that overlap", "cause from_ns below_ns faults\na 1 4 1\na 2 8 1\n" },
		{ 3, "a bucket above all", "cause from_ns below_ns faults\na 1 - 1\na 2 8 1\n" },
		{ 3, "a name in two places", "cause from_ns below_ns faults\na 1 2 1\nb 1 2 1\na 2 4 1\n" },
		{ 4, "no version", "kernel 6.1\n" }, { 4, "a version twice", "version 1\nversion 1\n" },
		{ 4, "a fact without text", "version 1\nlru\n" },
		{ 4, "a part without state", "version 1\npart tlb - about\n" },
		{ 4, "a part in no state", "version 1\npart tlb dancing - about\n" },
		{ 4, "a part that says not what it is", "version 1\npart tlb running\n" },
		{ 4, "a running part with a reason", "version 1\npart tlb running: no - about\n" },
		{ 4, "a hook of no part", "version 1\nhook\n" },
		{ 4, "a hook without count", "version 1\nhook a b attached missed - cost\n" },
		{ 4, "a hook with a bad count", "version 1\nhook a b attached missed x - cost\n" },
		{ 4, "a part for no reason", "version 1\npart tlb unavailable:  - TLB flushes\n" },
		{ 4, "a hook with a bad error", "version 1\nhook a b unavailable error 2 - cost\n" },
		{ 4, "an error out of range", "version 1\nhook a b unavailable error -99999 - c\n" },
		{ 4, "an error of zero", "version 1\nhook a b unavailable error -0 - c\n" },
		{ 4, "a hook that is off, and more", "version 1\nhook a b off it - c\n" },
		{ 4, "limits of nothing", "version 1\nlimits\n" },
		{ 4, "an empty line", "version 1\n\n" },
		{ 5, "no value", "faults\n" }, { 5, "an empty value", "faults" BLANK "\n" },
		{ 5, "two values", "faults 1 2\n" }, { 5, "a setting twice", "a 1\na 1\n" },
		{ 5, "a bad name", "Faults 1\n" }, { 5, "an empty line", "\n" },
		{ 7, "a segment twice", "pid segment pages segment comm\n1 all 2 heap sh\n" },
		{ 7, "no segment", "pid segment pages comm\n1 2 sh\n" },
		{ 7, "a segment with a bad name", "pid segment pages comm\n1 All 2 sh\n" },
		{ 7, "segments and nothing else", "segment comm\nall sh\n" },
		{ 7, "a heading of a segment alone", "segment\n1 all\n" },
		{ 8, "a row without segment", "pid segment\n1\n" },
		{ 6, "no policies", "\na 1\n" }, { 6, "nothing behind the policies", "* native - x\n" },
		{ 6, "a policy without mark", "native - x\n\na 1\n" },
		{ 6, "a policy that says not what it is", "* native\n\na 1\n" },
		{ 6, "a bad name", "* Native - x\n\na 1\n" },
		{ 6, "a parameter of no policy", "    a=1..2 %, 1 unless set: x\n\na 1\n" },
		{ 6, "a parameter without bounds", "* a - x\n    a=1 %, 1 unless set: x\n\na 1\n" },
		{ 6, "a bound too big", "* a - x\n    a=0..99999999999999999999 %, 1 unless set: x\n\na 1\n" },
		{ 6, "two empty lines", "* a - x\n\n\na 1\n" }, { 6, "no number", "* a - x\n\na b\n" },
		{ 6, "a pool of no scope", "* a - x\n\na 1\n\npool machine anon\na 1\n" },
		{ 6, "a pool of another scope", "* a - x\n\na 1\n\nscope machine a\nw 1\n\npool /b anon\n" },
		{ 6, "three pools", "* a - x\n\na 1\n\nscope b a\n\npool b c\n\npool b d\n\npool b e\n" },
		{ 6, "a scope without policy", "* a - x\n\na 1\n\nscope machine\nw 1\n" },
		{ 6, "a scope's numbers behind an empty line", "* a - x\n\nscope b a\n\nw 1\n" },
		{ 6, "ejected twice", "* a - x\n\na 1\n\nscope b a\nejected a: b\nejected a: b\n" },
		{ 6, "ejected without why", "* a - x\n\na 1\n\nscope b a\nejected a\n" },
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const struct parser *parser = &parsers[broken[i].parser];
		int err = parse(parser, broken[i].text, strlen(broken[i].text));

		ok(err == -EBADMSG && error.text[0] &&
		   parser->fuzz(broken[i].text, strlen(broken[i].text)),
		   "%s: %s is refused: %s", parser->name, broken[i].why, error.text);
	}
	for (size_t i = 0; i < PARSERS; i++)
		ok(parse(&parsers[i], "", 0) == -EBADMSG, "%s: an empty file is refused: %s",
		   parsers[i].name, error.text);
}

/* Each good file cut off anywhere, and with a NUL anywhere. Only a cut at a line's end is no flaw. */
static void test_cut(void)
{
	for (size_t p = 0; p < PARSERS; p++) {
		const char *good = parsers[p].good;
		size_t size = strlen(good), taken = 0, passed = 0, wrong = 0;
		char *copy;

		for (size_t cut = 0; cut < size; cut++) {
			/* Of exactly this size, so that ASan sees a byte too far. */
			copy = malloc(cut ? cut : 1);
			memcpy(copy, good, cut);
			if (!parse(&parsers[p], copy, cut))
				taken++, wrong += !cut || good[cut - 1] != '\n';
			passed += parsers[p].fuzz(copy, cut);
			free(copy);
		}
		ok(!wrong && passed == size, "%s: cut after any of %zu bytes, only whole lines are taken (%zu)",
		   parsers[p].name, size, taken);

		copy = malloc(size);
		taken = 0;
		for (size_t at = 0; at < size; at++) {
			memcpy(copy, good, size);
			copy[at] = '\0';
			taken += !parse(&parsers[p], copy, size) || !parsers[p].fuzz(copy, size);
		}
		free(copy);
		ok(!taken, "%s: a NUL anywhere is refused", parsers[p].name);
	}
}

/* Change a text a little: what kernels do not do, but discs and copies. Returns the new size. */
static size_t mutate(struct random *random, char *text, size_t size, size_t room)
{
	static const char likely[] = "\n\n  --:\\0189az_\tA\xff\x7f.";
	size_t at = size ? random_below(random, size) : 0;
	size_t length = size ? 1 + random_below(random, size - at) : 0;

	switch (random_below(random, 6)) {
	case 0:	/* another byte */
		if (size)
			text[at] = likely[random_below(random, sizeof(likely) - 1)];
		return size;
	case 1:	/* any byte */
		if (size)
			text[at] = random_below(random, 256);
		return size;
	case 2:	/* take some away */
		memmove(text + at, text + at + length, size - at - length);
		return size - length;
	case 3:	/* twice the same */
		if (length > room - size)
			return size;
		memmove(text + at + length, text + at, size - at);
		return size + length;
	case 4:	/* some more */
		if (size == room)
			return size;
		memmove(text + at + 1, text + at, size - at);
		text[at] = likely[random_below(random, sizeof(likely) - 1)];
		return size + 1;
	default: /* cut off behind a line */
		while (at && text[at - 1] != '\n')
			at--;
		return at;
	}
}

static void test_mutations(void)
{
	const unsigned int rounds = 20000;

	for (size_t p = 0; p < PARSERS; p++) {
		unsigned int bad = 0, taken = 0;
		struct random random = random_seed(1 + p);
		char text[2048];

		for (unsigned int i = 0; i < rounds; i++) {
			size_t size = strlen(parsers[p].good);
			unsigned int changes = 1 + random_below(&random, 4);
			char *exact;

			memcpy(text, parsers[p].good, size);
			while (changes--)
				size = mutate(&random, text, size, sizeof(text));
			exact = malloc(size ? size : 1);
			memcpy(exact, text, size);
			bad += !parsers[p].fuzz(exact, size);
			taken += !parse(&parsers[p], exact, size);
			free(exact);
		}
		/* All refused or all taken would mean that little was tried. */
		ok(!bad && taken > rounds / 100 && taken < rounds * 99 / 100,
		   "%s: %u changed files, %u taken, none misunderstood (%u)", parsers[p].name, rounds,
		   taken, bad);
	}
}

static bool write_file(const char *dir, const char *name, const void *text, size_t size)
{
	char path[256];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "we");
	if (!file)
		return false;
	good = fwrite(text, 1, size, file) == size;
	return !fclose(file) && good;
}

static void test_huge(void)
{
	size_t size = 8 << 20;
	char *text = malloc(size);
	struct rusage use;

	for (size_t p = 0; p < PARSERS; p++) {
		memset(text, 'a', size);
		text[size - 1] = '\n';
		ok(parse(&parsers[p], text, size) == -EBADMSG, "%s: a line of 8 MiB is refused: %.60s",
		   parsers[p].name, error.text);
		memset(text, '\n', size);
		ok(parse(&parsers[p], text, size) == -EBADMSG, "%s: 8 million empty lines: %.60s",
		   parsers[p].name, error.text);
		for (size_t i = 0; i < size; i += 2)
			memcpy(text + i, "a ", 2);
		text[size - 1] = '\n';
		ok(parse(&parsers[p], text, size) == -EBADMSG, "%s: 4 million words: %.60s",
		   parsers[p].name, error.text);
		size_t used = snprintf(text, size, "a0 b0 c0 d0 e0 f0 g0 h0 i0 j0\n");

		memset(text + used, '\n', size - used);
		ok(parse(&parsers[p], text, size) == -EBADMSG, "%s: a table of empty lines: %.60s",
		   parsers[p].name, error.text);
	}
	free(text);
	getrusage(RUSAGE_SELF, &use);
#ifndef __SANITIZE_ADDRESS__
	ok(use.ru_maxrss < 64 << 10, "all that took at most 64 MiB: %ld KiB", use.ru_maxrss);
#endif
}

/* In the VM: what this very kernel says. Histograms are root's. */
static void test_live(const struct quire_source *source)
{
	static struct quire_status status;
	static struct quire_config config;
	struct quire_table table;

	for (int file = QUIRE_STAT; file <= QUIRE_TLB_CPUS; file++) {
		int err = quire_read(source, file, &table, &error);

		ok(!err || (err == -EACCES && getuid()), "file %d of the running module: %zu rows %s", file,
		   table.rows, err ? error.text : "");
		quire_table_free(&table);
	}
	quire_read_status(source, &status, &error);
	ok(status.parts && status.hooks,
	   "the status of the running module: %zu parts, %zu hooks", status.parts, status.hooks);
	quire_status_free(&status);
	quire_read_config(source, &config, &error);
	ok(quire_config_value(&config, "faults") != NULL,
	   "the settings of the running module: %zu", config.settings);
	quire_config_free(&config);
}

static void test_source(void)
{
	char dir[] = "/tmp/libquire_test.XXXXXX", path[64], *big;
	struct quire_source source;
	struct quire_table table;
	int err;

	if (!mkdtemp(dir) || quire_source_init(&source, dir, &error)) {
		ok(false, "a folder to work in");
		return;
	}
	snprintf(path, sizeof(path), "%s/debug", dir);
	mkdir(path, 0755);
	err = quire_read(&source, QUIRE_STAT, &table, &error);
	ok(err == -ENOENT && strstr(error.text, "stat: No such file"), "a missing file: %s", error.text);
	write_file(dir, "stat", STAT, strlen(STAT));
	write_file(path, "fault_latency", HISTOGRAM, strlen(HISTOGRAM));
	ok(!quire_read(&source, QUIRE_STAT, &table, &error) && quire_value(&table, "pgfault") == 5436,
	   "a copy is read");
	quire_table_free(&table);
	ok(!quire_read(&source, QUIRE_FAULT_LATENCY, &table, &error) && table.rows == 5,
	   "a histogram is read from its folder debug");
	quire_table_free(&table);
	big = calloc(1, QUIRE_FILE_MAX + 1);
	write_file(dir, "stat", big, QUIRE_FILE_MAX + 1);
	free(big);
	ok(quire_read(&source, QUIRE_STAT, &table, &error) == -EFBIG, "a file too big: %s", error.text);
	ok(quire_write_config(&source, "faults=1", &error) == -EROFS, "a copy is not written: %s",
	   error.text);
	unlink(strcat(strcpy(path, dir), "/stat"));
	mkdir(path, 0755);
	ok(quire_read(&source, QUIRE_STAT, &table, &error) == -EISDIR, "a folder is no file: %s",
	   error.text);
	rmdir(path);
	unlink(strcat(strcpy(path, dir), "/debug/fault_latency"));
	rmdir(strcat(strcpy(path, dir), "/debug"));
	rmdir(dir);

	ok(!quire_source_init(&source, NULL, &error) && !strcmp(source.dir, "/proc/quire"),
	   "without a copy it is the running kernel");
	if (!access("/proc/quire", F_OK))
		test_live(&source);
	else
		ok(quire_read(&source, QUIRE_STAT, &table, &error) == -ENOENT &&
		   strstr(error.text, "sudo modprobe quire"), "the module is not loaded: %s", error.text);
}

int main(void)
{
	test_good();
	test_status();
	test_policies();
	test_histogram();
	test_since();
	test_match();
	test_broken();
	test_cut();
	test_mutations();
	test_huge();
	test_source();
	return tap_done();
}
