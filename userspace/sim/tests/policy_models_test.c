// SPDX-License-Identifier: GPL-2.0
/* Policies against naive models, reference by reference: the same hits, the same victims. */
#include <string.h>

#include "../../../kunit/test_host.h"
#include "../../../kunit/all_policies.h"
#include "../../../kunit/models.h"
#include "tap.h"

static const struct quire_policy_ops *find_policy(const char *name)
{
	for (size_t i = 0; i < QUIRE_COUNT_OF(all_policies); i++)
		if (!strcmp(all_policies[i]->name, name))
			return all_policies[i];
	return NULL;
}

static quire_page_t next_page(u32 kind, u32 i, u32 pages)
{
	u32 a = test_random(pages), b = test_random(pages);

	switch (kind) {
	case 0:	/* skewed */
		return 1 + (a < b ? a : b) * test_random(pages) / pages;
	case 1:	/* any page */
		return 1 + a;
	case 2:	/* a loop, with other pages between */
		return test_random(4) ? 1 + i % pages : 1 + a;
	default: /* phases */
		return 1 + (a / 4 + i / 200 * 7) % pages;
	}
}

/* Returns the number of the first reference at which they differ, or 0. */
static u32 compare(const struct model *model, u32 frames, u32 kind, u32 seed)
{
	u32 pages = frames * 2 + 2;

	test_start(find_policy(model->policy), frames, 0, seed);
	model_start(frames);
	for (u32 i = 0; i < 3000; i++) {
		quire_page_t page = next_page(kind, i, pages);
		bool write = !test_random(5);

		if (test_reference(page, write) != model->access(page, write) || test_host.wrong)
			return i + 1;
	}
	return 0;
}

int main(void)
{
	static const u32 sizes[] = { 1, 2, 3, 5, 16, 61 };

	for (size_t i = 0; i < QUIRE_COUNT_OF(models); i++) {
		for (size_t j = 0; j < QUIRE_COUNT_OF(sizes); j++) {
			u32 differ = 0, kind;

			for (kind = 0; kind < 4 && !differ; kind++)
				for (u32 seed = 1; seed <= 3 && !differ; seed++)
					differ = compare(&models[i], sizes[j], kind, seed);
			ok(!differ, "%s with %u frames: same as its model (differs at %u of load %u)",
			   models[i].policy, sizes[j], differ, kind);
		}
	}
	return tap_done();
}
