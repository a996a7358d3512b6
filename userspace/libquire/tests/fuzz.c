// SPDX-License-Identifier: GPL-2.0
/*
 * What the parsers are fuzzed with: libFuzzer calls LLVMFuzzerTestOneInput() of one parser, chosen
 * by -DFUZZ=values (see `make fuzz`), and libquire_test.c calls them all.
 *
 * Not to crash is the least. What a parser takes is printed again from what it understood, and must
 * be the input to the byte: then no number was lost, changed or moved.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libquire.h"
#include "policy.h"

#define INPUT_MAX 65536

struct output {
	char text[INPUT_MAX];
	size_t used;
};

static void put(struct output *out, const char *text, size_t size)
{
	if (size > sizeof(out->text) - out->used)
		abort();	/* more than went in */
	memcpy(out->text + out->used, text, size);
	out->used += size;
}

static void put_text(struct output *out, const char *before, const char *text)
{
	put(out, before, strlen(before));
	put(out, text, strlen(text));
}

static void put_number(struct output *out, const char *before, uint64_t number)
{
	char text[24] = "-";

	if (number != QUIRE_NONE)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	put_text(out, before, text);
}

static void put_command(struct output *out, const char *text)
{
	put_text(out, " ", "");
	for (; *text; text++) {
		if (*text == '\n' || *text == '\\')
			put_text(out, "", *text == '\n' ? "\\012" : "\\134");
		else
			put(out, text, 1);
	}
}

static void put_table(struct output *out, enum quire_shape shape, const struct quire_table *table,
		      const char *first)
{
	if (shape != QUIRE_VALUES) {
		if (shape == QUIRE_NAMED)
			put_text(out, "", first);
		for (size_t i = 0; i <= table->columns; i++) {
			if (table->segment && i == table->segment_at)
				put_text(out, out->used ? " " : "", "segment");
			if (i < table->columns)
				put_text(out, out->used ? " " : "", table->column[i]);
		}
		put_text(out, shape == QUIRE_COMMANDS ? " comm" : "", "\n");
	}
	for (size_t row = 0; row < table->rows; row++) {
		bool named = shape == QUIRE_VALUES || shape == QUIRE_NAMED;

		if (named)
			put_text(out, "", table->label[row]);
		for (size_t i = 0; i <= table->columns; i++) {
			if (table->segment && i == table->segment_at)
				put_text(out, i ? " " : "", table->segment[row]);
			if (i < table->columns)
				put_number(out, i || named || (table->segment && !table->segment_at) ?
					   " " : "", quire_cell(table, row, i));
		}
		if (shape == QUIRE_COMMANDS)
			put_command(out, table->label[row]);
		put_text(out, "", "\n");
	}
}

/* Whether what was understood is what was said. @parsed: what the parser returned. */
static bool compare(int parsed, const struct quire_error *error, const struct output *out,
		    const void *data, size_t size)
{
	if (parsed)
		return error->text[0] && strlen(error->text) < sizeof(error->text);
	return out->used == size && !memcmp(out->text, data, size);
}

static bool fuzz_table(enum quire_shape shape, const void *data, size_t size)
{
	static struct output out;
	struct quire_error error = { "" };
	struct quire_table table;
	char first[QUIRE_NAME_MAX + 1] = "";
	int err;

	err = quire_table_parse(&table, shape, "table", data, size, &error);
	out.used = 0;
	if (!err) {
		memcpy(first, data, size < sizeof(first) ? size : sizeof(first) - 1);
		first[strcspn(first, " ")] = '\0';
		put_table(&out, shape, &table, first);
	}
	quire_table_free(&table);
	return compare(err, &error, &out, data, size);
}

static bool fuzz_values(const void *data, size_t size)
{
	return fuzz_table(QUIRE_VALUES, data, size);
}

static bool fuzz_numbers(const void *data, size_t size)
{
	return fuzz_table(QUIRE_NUMBERS, data, size);
}

static bool fuzz_segments(const void *data, size_t size)
{
	return fuzz_table(QUIRE_COMMANDS, data, size);
}

static bool fuzz_tables(const void *data, size_t size)
{
	return fuzz_table(QUIRE_NAMED, data, size);
}

static bool fuzz_processes(const void *data, size_t size)
{
	struct quire_error error;
	struct quire_table table;
	bool good = true;
	size_t *row;

	if (!quire_processes_parse(&table, data, size, &error)) {
		row = calloc(table.rows + 1, sizeof(*row));
		good = row && !quire_processes_match(&table, &table, 1000, row);
		for (size_t i = 0; good && i < table.rows; i++)
			good = row[i] < table.rows || row[i] == QUIRE_BORN || row[i] == QUIRE_GONE;
		free(row);
		quire_table_free(&table);
	}
	return good && fuzz_table(QUIRE_COMMANDS, data, size);
}

static bool fuzz_histogram(const void *data, size_t size)
{
	struct quire_error error;
	struct quire_table table;
	bool good = true;

	if (!quire_histogram_parse(&table, "histogram", data, size, &error)) {
		for (size_t i = 0; good && i < table.rows; i++) {
			const char *name = table.label[i];

			good = quire_histogram_count(&table, &table, name) == 0 &&
			       quire_histogram_below(&table, NULL, name, 0.5) <=
			       quire_histogram_below(&table, NULL, name, 1);
		}
		quire_table_free(&table);
	}
	return good && fuzz_table(QUIRE_NAMED, data, size);
}

static const char *state_name(enum quire_state state, const char *running)
{
	return state == QUIRE_OFF ? "off" : state == QUIRE_RUNNING ? running : "unavailable";
}

static void put_part(struct output *out, const struct quire_part_status *part)
{
	put_text(out, "part ", part->name);
	put_text(out, " ", state_name(part->state, "running"));
	put_text(out, *part->why ? ": " : "", part->why);
	put_text(out, " - ", part->about);
}

static void put_hook(struct output *out, const struct quire_hook_status *hook)
{
	put_text(out, "hook ", hook->part);
	put_text(out, " ", hook->name);
	put_text(out, " ", state_name(hook->state, "attached"));
	if (hook->state == QUIRE_RUNNING)
		put_number(out, " missed ", hook->missed);
	else if (hook->state == QUIRE_UNAVAILABLE)
		put_number(out, " error -", -hook->error);
	put_text(out, " - ", hook->cost);
}

/* The lines are kept by kind: the kind of each is in the input. */
static bool fuzz_status(const void *data, size_t size)
{
	static struct quire_status status;
	static struct output out;
	struct quire_error error = { "" };
	size_t facts = 0, parts = 0, limits = 0, hooks = 0;
	const char *line = data;
	int err = quire_status_parse(&status, data, size, &error);

	out.used = 0;
	while (!err && line < (const char *)data + size) {
		size_t rest = (const char *)data + size - line;

		if (rest > 5 && !memcmp(line, "part ", 5)) {
			put_part(&out, &status.part[parts++]);
		} else if (rest > 5 && !memcmp(line, "hook ", 5)) {
			put_hook(&out, &status.hook[hooks++]);
		} else if (rest > 7 && !memcmp(line, "limits ", 7)) {
			put_text(&out, "limits ", status.limit[limits].name);
			put_text(&out, " ", status.limit[limits++].text);
		} else {
			put_text(&out, "", status.fact[facts].name);
			put_text(&out, " ", status.fact[facts++].text);
		}
		put(&out, "\n", 1);
		line = (const char *)memchr(line, '\n', rest) + 1;
	}
	if (!err && (facts != status.facts || parts != status.parts || limits != status.limits ||
		     hooks != status.hooks))
		return false;
	quire_status_free(&status);
	return compare(err, &error, &out, data, size);
}

static bool fuzz_config(const void *data, size_t size)
{
	static struct quire_config config;
	static struct output out;
	struct quire_error error = { "" };
	int err = quire_config_parse(&config, data, size, &error);

	out.used = 0;
	for (size_t i = 0; i < config.settings; i++) {
		put_text(&out, "", config.setting[i].name);
		put_text(&out, " ", config.setting[i].text);
		put(&out, "\n", 1);
	}
	quire_config_free(&config);
	return compare(err, &error, &out, data, size);
}

static void put_numbers(struct output *out, const struct quire_number *number, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_text(out, "", number[i].name);
		put_number(out, " ", number[i].value);
		put_text(out, "\n", "");
	}
}

static void put_policy(struct output *out, const struct quire_policy *policy)
{
	put_text(out, policy->attached ? "* " : "  ", policy->name);
	put_text(out, " - ", policy->about);
	put_text(out, "\n", "");
	for (size_t i = 0; i < policy->params; i++) {
		const struct quire_policy_param *param = &policy->param[i];

		put_text(out, "    ", param->name);
		put_number(out, "=", param->least);
		put_number(out, "..", param->most);
		put_text(out, " ", param->unit);
		put_number(out, ", ", param->preset);
		put_text(out, " unless set: ", param->about);
		put_text(out, "\n", "");
	}
}

static void put_scope(struct output *out, const struct quire_scope *scope)
{
	put_text(out, "\nscope ", scope->name);
	put_text(out, " ", scope->policy);
	put_text(out, "\n", "");
	if (scope->ejected) {
		put_text(out, "ejected ", scope->ejected);
		put_text(out, ": ", scope->why);
		put_text(out, "\n", "");
	}
	put_numbers(out, scope->number, scope->numbers);
	for (size_t i = 0; i < scope->pools; i++) {
		put_text(out, "\npool ", scope->name);
		put_text(out, " ", scope->pool[i].kind);
		put_text(out, "\n", "");
		put_numbers(out, scope->pool[i].number, scope->pool[i].numbers);
	}
}

static bool fuzz_policies(const void *data, size_t size)
{
	static struct output out;
	struct quire_policies policies;
	struct quire_error error = { "" };
	int err = quire_policies_parse(&policies, data, size, &error);

	out.used = 0;
	for (size_t i = 0; i < policies.policies; i++)
		put_policy(&out, &policies.policy[i]);
	if (policies.numbers)
		put_text(&out, "\n", "");
	put_numbers(&out, policies.number, policies.numbers);
	for (size_t i = 0; i < policies.scopes; i++)
		put_scope(&out, &policies.scope[i]);
	quire_policies_free(&policies);
	return compare(err, &error, &out, data, size);
}

static void put_thrash_line(struct output *out, const struct quire_thrash_line *line)
{
	static const struct {
		const char *name;
		int numbers;
	} kinds[] = {
		[QUIRE_THRASH_SENTENCE] = { "sentence", 1 }, [QUIRE_THRASH_CULPRIT] = { "culprit", 4 },
		[QUIRE_THRASH_BLAME] = { "blame", 3 }, [QUIRE_THRASH_LEAK] = { "leak", 4 },
		[QUIRE_THRASH_PROCESS] = { "process", QUIRE_THRASH_NUMBERS },
		[QUIRE_THRASH_SUSPENDED] = { "suspended", 3 },
	};

	put_text(out, "", kinds[line->kind].name);
	for (int i = 0; i < kinds[line->kind].numbers; i++) {
		put_number(out, " ", line->number[i]);
		if (!i && line->state)
			put_text(out, " ", line->state);
	}
	put_text(out, line->text ? " " : "", line->text ? line->text : "");
	put_text(out, "\n", "");
}

static bool fuzz_thrash(const void *data, size_t size)
{
	static struct output out;
	struct quire_thrash thrash;
	struct quire_error error = { "" };
	int err = quire_thrash_parse(&thrash, data, size, &error);

	out.used = 0;
	if (!err) {
		put_text(&out, "state ", thrash.state);
		put_text(&out, "\n", "");
	}
	for (size_t i = 0; i < thrash.facts; i++) {
		put_text(&out, "", thrash.fact[i]);
		put_number(&out, " ", thrash.value[i]);
		put_text(&out, "\n", "");
	}
	for (size_t i = 0; i < thrash.lines; i++)
		put_thrash_line(&out, &thrash.line[i]);
	quire_thrash_free(&thrash);
	return compare(err, &error, &out, data, size);
}

#ifdef FUZZ
#define TARGET_(name) fuzz_##name
#define TARGET(name) TARGET_(name)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)fuzz_values, (void)fuzz_numbers, (void)fuzz_processes;
	(void)fuzz_segments, (void)fuzz_histogram, (void)fuzz_status, (void)fuzz_config, (void)fuzz_policies;
	(void)fuzz_thrash;
	(void)fuzz_tables;
	if (size <= INPUT_MAX && !TARGET(FUZZ)(data, size))
		abort();
	return 0;
}
#endif
