// SPDX-License-Identifier: GPL-2.0
/*
 * Made-up traces. Each kind is a function that gives the next page.
 *
 * Two generators of random numbers, one for pages and one for writes, so that the pages are the same with and
 * without writes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "random.h"

/* A column of Walker's alias method: @page, or with the rest of the probability @alias. */
struct column {
	double keep;
	uint32_t alias;
};

/**
 * struct gen - a generator
 * @spec: what it makes
 * @next: the next page
 * @pages: random numbers for pages
 * @writes: and for writes
 * @at: loop, hot-scan: the next page in turn; stack: the depth; phases: references left in the phase
 * @columns: zipf
 * @order: zipf: the page of each rank; phases: the pages, those of the phase first
 */
struct gen {
	struct gen_spec spec;
	uint64_t (*next)(struct gen *gen);
	struct random pages, writes;
	uint64_t at;
	struct column *columns;
	uint32_t *order;
};

static uint64_t next_uniform(struct gen *gen)
{
	return random_below(&gen->pages, gen->spec.pages);
}

static uint64_t next_loop(struct gen *gen)
{
	uint64_t page = gen->at++;

	if (gen->at == gen->spec.pages)
		gen->at = 0;
	return page;
}

/* Hot pages come first, the others are scanned in turn, round and round. */
static uint64_t next_hot_scan(struct gen *gen)
{
	const struct gen_spec *spec = &gen->spec;

	if (random_unit(&gen->pages) < spec->hot_share || spec->hot >= spec->pages)
		return random_below(&gen->pages, spec->hot);
	if (++gen->at >= spec->pages || gen->at < spec->hot)
		gen->at = spec->hot;
	return gen->at;
}

/* Draw the first @count of the pages anew (Fisher and Yates). */
static void shuffle(struct gen *gen, uint64_t count)
{
	for (uint64_t i = 0; i < count && i + 1 < gen->spec.pages; i++) {
		uint64_t j = i + random_below(&gen->pages, gen->spec.pages - i);
		uint32_t page = gen->order[i];

		gen->order[i] = gen->order[j];
		gen->order[j] = page;
	}
}

static uint64_t next_phases(struct gen *gen)
{
	if (!gen->at) {
		shuffle(gen, gen->spec.hot);
		gen->at = gen->spec.length;
	}
	gen->at--;
	return gen->order[random_below(&gen->pages, gen->spec.hot)];
}

/* A recursion: one page deeper or less deep, each as likely, from the first page to the last. */
static uint64_t next_stack(struct gen *gen)
{
	if (gen->spec.pages == 1)
		return 0;
	if (gen->at == 0)
		gen->at = 1;
	else if (gen->at == gen->spec.pages - 1 || random_next(&gen->pages) >> 63)
		gen->at--;
	else
		gen->at++;
	return gen->at;
}

static uint64_t next_zipf(struct gen *gen)
{
	uint64_t rank = random_below(&gen->pages, gen->spec.pages);

	if (random_unit(&gen->pages) >= gen->columns[rank].keep)
		rank = gen->columns[rank].alias;
	return gen->order[rank];
}

/*
 * Walker's alias method in Vose's form (1991): columns of equal width, each shared by at most two ranks, so
 * that a draw costs one look-up and the distribution is exact.
 */
static int start_zipf(struct gen *gen)
{
	uint64_t pages = gen->spec.pages, small = 0, large = pages;
	uint32_t *todo = malloc(pages * sizeof(*todo));
	double sum = 0;

	gen->columns = malloc(pages * sizeof(*gen->columns));
	if (!gen->columns || !todo) {
		free(todo);
		return -1;
	}
	for (uint64_t i = pages; i-- > 0; ) {
		gen->columns[i].keep = pow(i + 1.0, -gen->spec.alpha);
		sum += gen->columns[i].keep;
	}
	/* Too small ranks from the front of the list, too large ones from its end. */
	for (uint64_t i = 0; i < pages; i++) {
		gen->columns[i].keep *= pages / sum;
		gen->columns[i].alias = i;
		if (gen->columns[i].keep < 1)
			todo[small++] = i;
		else
			todo[--large] = i;
	}
	while (small > 0 && large < pages) {
		uint32_t little = todo[--small], much = todo[large];

		gen->columns[little].alias = much;
		gen->columns[much].keep -= 1 - gen->columns[little].keep;
		if (gen->columns[much].keep < 1) {
			large++;
			todo[small++] = much;
		}
	}
	while (small > 0)
		gen->columns[todo[--small]].keep = 1;
	free(todo);
	shuffle(gen, pages);
	return 0;
}

static const struct {
	const char *name, *about;
	uint64_t (*next)(struct gen *gen);
	bool ordered;
} kinds[] = {
	{ "uniform", "each page as likely at each reference", next_uniform, false },
	{ "zipf", "the page of rank r with a likelihood of r^-alpha; ranks are dealt by chance", next_zipf, true },
	{ "loop", "all pages in turn, again and again", next_loop, false },
	{ "hot-scan", "a few hot pages, and now and then the next page of a long scan", next_hot_scan, false },
	{ "phases", "for a while some pages, each as likely, then others, drawn anew", next_phases, true },
	{ "stack", "a recursion: each reference one page deeper or less deep", next_stack, false },
};

#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

const char *gen_about(int i, const char **about)
{
	if (i >= KINDS)
		return NULL;
	*about = kinds[i].about;
	return kinds[i].name;
}

static int check(struct gen_spec *spec, struct trace_error *error)
{
	if (!spec->pages || spec->pages > UINT32_MAX - 2)
		return trace_fail(error, "pages: from 1 to 2^32 - 3");
	if (!(spec->writes >= 0 && spec->writes <= 1) || !(spec->hot_share >= 0 && spec->hot_share <= 1))
		return trace_fail(error, "a share is from 0 to 1");
	if (!(spec->alpha >= 0 && spec->alpha <= 100))
		return trace_fail(error, "alpha: from 0 to 100");
	if (!spec->hot)
		spec->hot = spec->pages / 10 + !(spec->pages / 10);
	if (spec->hot > spec->pages)
		return trace_fail(error, "hot: at most all pages");
	if (!spec->length)
		spec->length = 20 * spec->hot;
	return 0;
}

struct gen *gen_start(const struct gen_spec *spec, struct trace_error *error)
{
	struct gen *gen = calloc(1, sizeof(*gen));
	int kind = 0;

	while (kind < KINDS && strcmp(kinds[kind].name, spec->kind))
		kind++;
	trace_fail(error, "no memory");
	if (!gen)
		return NULL;
	gen->spec = *spec;
	if (kind == KINDS) {
		trace_fail(error, "there is no kind of trace \"%s\"", spec->kind);
		goto fail;
	}
	if (check(&gen->spec, error))
		goto fail;
	gen->next = kinds[kind].next;
	gen->pages = random_seed(spec->seed);
	gen->writes = random_seed(~spec->seed);
	if (kinds[kind].ordered) {
		gen->order = malloc(spec->pages * sizeof(*gen->order));
		if (!gen->order)
			goto fail;
		for (uint64_t i = 0; i < spec->pages; i++)
			gen->order[i] = i;
	}
	if (gen->next == next_zipf && start_zipf(gen))
		goto fail;
	return gen;

fail:
	gen_free(gen);
	return NULL;
}

void gen_fill(struct gen *gen, struct trace_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		refs[i].page = gen->next(gen);
		refs[i].write = random_unit(&gen->writes) < gen->spec.writes;
	}
}

void gen_free(struct gen *gen)
{
	if (!gen)
		return;
	free(gen->columns);
	free(gen->order);
	free(gen);
}
