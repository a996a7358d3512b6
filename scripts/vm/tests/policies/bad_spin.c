// SPDX-License-Identifier: GPL-2.0
/*
 * Takes its time: victim() and touch() spin, far beyond what any policy needs. One that never comes
 * back cannot be helped: it runs in the kernel, with preemption off.
 */
#include <linux/delay.h>
#include "bad.h"

static unsigned int spin_ms = 20;
module_param(spin_ms, uint, 0644);
MODULE_PARM_DESC(spin_ms, "how long a call takes, in ms");

static void spin_touch(struct quire_pool *pool, quire_page_t page)
{
	mdelay(spin_ms);
	bad_touch(pool, page);
}

static quire_page_t spin_victim(struct quire_pool *pool)
{
	mdelay(spin_ms);
	return bad_victim(pool);
}

static const struct quire_policy_ops bad_spin = {
	.name = "bad_spin",
	.about = "a test: takes 20 ms for a victim",
	.pool_size = sizeof(struct bad),
	.admit = bad_admit,
	.touch = spin_touch,
	.victim = spin_victim,
	.remove = bad_remove,
};
module_driver(bad_spin, bad_register, quire_unregister_policy);
