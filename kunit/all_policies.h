/* SPDX-License-Identifier: GPL-2.0 */
/* All policies as part of one program, with its host and with steps counted. */
#ifndef QUIRE_ALL_POLICIES_H
#define QUIRE_ALL_POLICIES_H

#include "../module/policies/fifo.c"
#include "../module/policies/lru.c"
#include "../module/policies/clock.c"
#include "../module/policies/sieve.c"
#include "../module/policies/mru.c"
#include "../module/policies/slru.c"
#include "../module/policies/2q.c"
#include "../module/policies/s3fifo.c"
#include "../module/policies/arc.c"
#include "../module/policies/lirs.c"
#include "../module/policies/lfu.c"
#include "../module/policies/random.c"
#include "../module/policies/nru.c"
#include "../module/policies/aging.c"
#include "../module/policies/lru_k.c"
#include "../module/policies/clock_pro.c"
#include "../module/policies/wsclock.c"
#include "../module/policies/atlas.c"

static const struct quire_policy_ops *const all_policies[] = {
#define QUIRE_POLICY(name) &quire_policy_##name,
#include "../module/policies/policies.h"
#undef QUIRE_POLICY
};

#endif /* QUIRE_ALL_POLICIES_H */
