// SPDX-License-Identifier: GPL-2.0
/*
 * quire top: policies, TLB flushes, faults by cause.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "quire/abi.h"
#include "policy.h"
#include "tlb_counts.h"
#include "top_view.h"

static uint64_t of_pool(const struct quire_pool *pool, const char *name)
{
	return quire_number_find(pool->number, pool->numbers, name);
}

static void draw_pool(const struct screen *screen, const struct quire_pool *pool, int y)
{
	static const char *const names[] = {
		"verdicts", "verdicts_evict", "verdicts_activate", "verdicts_native", "evicted_pages",
		"refaulted_folios",
	};
	uint64_t evicted = of_pool(pool, "evicted_pages");
	int x = screen_print(screen, y, 3, INK_PLAIN, "%-5s%8s", pool->kind,
			     human_pages(of_pool(pool, "resident_pages")).text);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		x = screen_print(screen, y, x, INK_PLAIN, "%9s", human_count(of_pool(pool, names[i])).text);
	screen_print(screen, y, x, INK_PLAIN, "%8s", evicted && evicted != QUIRE_NONE ?
		     human_share(of_pool(pool, "evicted_condemned_pages"), evicted).text : "-");
}

static int draw_scope(const struct screen *screen, const struct quire_scope *scope, int y, int last)
{
	int x = screen_print(screen, y, 1, INK_BOLD, "%s", scope->name);

	x = screen_print(screen, y, x, INK_PLAIN, ": %s", scope->policy);
	if (scope->ejected)
		screen_print(screen, y, x, INK_BAD, "  ejected %s: %s", scope->ejected, scope->why);
	else
		screen_print(screen, y, x, INK_PLAIN, "  protected %" PRIu64 " ms, %" PRIu64 " MiB anon, %"
			     PRIu64 " MiB file",
			     quire_number_find(scope->number, scope->numbers, "protect_ms"),
			     quire_number_find(scope->number, scope->numbers, "protect_anon_mb"),
			     quire_number_find(scope->number, scope->numbers, "protect_file_mb"));
	y++;
	for (size_t i = 0; i < scope->pools && y <= last; i++)
		draw_pool(screen, &scope->pool[i], y++);
	return y;
}

void view_policies(const struct screen *screen, const struct top *top, struct view_state *state,
		   int y, int last)
{
	struct quire_policies policies;
	struct quire_error error;
	size_t line = 0;

	screen_fill(screen, y, INK_HEADING);
	screen_put(screen, y++, 3, INK_HEADING,
		   "PAGES  MEMORY VERDICTS    EVICT     KEEP   NATIVE  EVICTED REFAULTS  OBEYED");
	if (quire_read_policies(&top->live.source, &policies, &error)) {
		screen_put(screen, y, 1, INK_PLAIN, error.text);
		return;
	}
	if (!policies.scopes)
		screen_put(screen, y++, 1, INK_PLAIN,
			   "machine: nothing is set, the kernel chooses by itself (quire policy set)");
	if (state->first > (int)(policies.scopes + policies.policies))
		state->first = policies.scopes + policies.policies;
	for (size_t i = 0; i < policies.scopes && y <= last; i++)
		if ((int)line++ >= state->first)
			y = draw_scope(screen, &policies.scope[i], y, last);
	for (size_t i = 0; i < policies.policies && y <= last; i++) {
		const struct quire_policy *policy = &policies.policy[i];

		if ((int)line++ >= state->first)
			screen_print(screen, y++, 1, policy->attached ? INK_BOLD : INK_DIM, "%c %-11s%s",
				     policy->attached ? '*' : ' ', policy->name, policy->about);
	}
	quire_policies_free(&policies);
}

/* A count of the machine since the reading before. */
static uint64_t count_of(const struct top *top, const char *name)
{
	const struct live *live = &top->live;

	if (!live->before)
		return QUIRE_NONE;
	return quire_since(quire_value(&live->now->table[QUIRE_STAT], name),
			   quire_value(&live->before->table[QUIRE_STAT], name));
}

static void draw_cpus(const struct screen *screen, const struct top *top, int y, int last)
{
	const struct live *live = &top->live;
	const struct quire_table *now = &live->now->table[QUIRE_TLB_CPUS];
	static const char *const names[] = {
		"task_switch", "local_mm_shootdown", "local_shootdown", "remote_shootdown", "full", "ranged",
	};
	bool known = live->before && live->before->there[QUIRE_TLB_CPUS];

	screen_put(screen, y++, 1, INK_BOLD, "CPU    SWITCH OWN MEMORY  RECLAIM SHOOTDOWN     FULL   RANGED");
	if (!live->now->there[QUIRE_TLB_CPUS])
		screen_put(screen, y, 1, INK_DIM, "in debugfs, which only root may read");
	for (size_t row = 0; row < now->rows && y <= last; row++, y++) {
		int x = screen_print(screen, y, 1, INK_PLAIN, "%-4" PRIu64,
				     quire_cell(now, row, quire_column(now, "cpu")));

		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			int column = quire_column(now, names[i]);
			uint64_t count = QUIRE_NONE;

			if (known && row < live->before->table[QUIRE_TLB_CPUS].rows)
				count = quire_since(quire_cell(now, row, column),
						    quire_cell(&live->before->table[QUIRE_TLB_CPUS], row,
							       column));
			x = screen_print(screen, y, x, INK_PLAIN, "%*s", i == 1 ? 11 : i == 3 ? 10 : 9,
					 human_count(live_rate(live, count)).text);
		}
	}
}

void view_tlb(const struct screen *screen, const struct top *top, int y, int last)
{
	screen_fill(screen, y, INK_HEADING);
	screen_put(screen, y++, 1, INK_HEADING, "TLB FLUSHES A SECOND, AND WHAT LED TO THEM");
	for (int i = 0; i < TLB_COUNTS && y <= last; i++, y++)
		screen_print(screen, y, 1, i < TLB_FLUSHES ? INK_PLAIN : INK_DIM, "%9s  %s",
			     human_count(live_rate(&top->live, count_of(top, tlb_counts[i].name))).text,
			     tlb_counts[i].about);
	/* Beside it where there is room, below it where not; where there is neither it is left out. */
	if (y + 2 <= last)
		draw_cpus(screen, top, y, last);
	else if (screen->columns >= 140)
		draw_cpus(screen, top, y - TLB_COUNTS, last);
}

/* Latencies of a cause, a place for each power of two from 128 ns to 8 s: how the faults spread. */
static void draw_latency(const struct screen *screen, const struct quire_table *table,
			 const char *cause, int y, int x)
{
	enum { FIRST = 7, PLACES = 26 };
	enum { FROM, BELOW, COUNT };	/* the columns of a histogram */
	double most = 0, place[PLACES] = { 0 };

	for (size_t i = 0; i < table->rows; i++) {
		uint64_t bound = quire_cell(table, i, FROM);
		int at = bound ? 63 - __builtin_clzll(bound) : 0;

		if (strcmp(table->label[i], cause))
			continue;
		at = at < FIRST ? 0 : at - FIRST >= PLACES ? PLACES - 1 : at - FIRST;
		place[at] += quire_cell(table, i, COUNT);
		if (place[at] > most)
			most = place[at];
	}
	for (int i = 0; i < PLACES; i++)
		if (most)
			screen_column(screen, y, x + i, 1, INK_GRAPH, place[i] / most);
}

void view_faults(const struct screen *screen, const struct top *top, int y, int last)
{
	static const char *const causes[] = {
#define X(id, name, about) name,
		QUIRE_CAUSES(X)
#undef X
	};
	const struct live *live = &top->live;
	const struct quire_table *latency = &live->now->table[QUIRE_FAULT_LATENCY];
	char name[QUIRE_NAME_MAX];

	screen_fill(screen, y, INK_HEADING);
	screen_put(screen, y++, 1, INK_HEADING,
		   "CAUSE        FAULTS    TIME HALF BELOW 99% BELOW  128ns  16us   2ms    250ms");
	for (int i = 0; i < QUIRE_NR_CAUSES && y <= last; i++, y++) {
		uint64_t count, us;

		snprintf(name, sizeof(name), "faults_%s", causes[i]);
		count = count_of(top, name);
		snprintf(name, sizeof(name), "fault_%s_us", causes[i]);
		us = count_of(top, name);
		screen_print(screen, y, 1, INK_PLAIN, "%-12s%7s%8s", causes[i],
			     human_count(live_rate(live, count)).text,
			     human_share(us, live->before ? live_seconds(live) * 1e6 : 0).text);
		if (!live->now->there[QUIRE_FAULT_LATENCY])
			continue;
		screen_print(screen, y, 28, INK_PLAIN, "%11s%10s",
			     human_ns(quire_histogram_below(latency, NULL, causes[i], 0.5)).text,
			     human_ns(quire_histogram_below(latency, NULL, causes[i], 0.99)).text);
		draw_latency(screen, latency, causes[i], y, 51);
	}
	if (y > last)
		return;
	if (!live->now->there[QUIRE_FAULT_LATENCY])
		screen_put(screen, y, 1, INK_DIM, "How long most take is in debugfs, which only root may read.");
	else
		screen_put(screen, y, 1, INK_DIM,
			   "FAULTS and TIME: a second; the others: all since they are counted.");
}
