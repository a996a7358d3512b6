/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policies, one line each: QUIRE_POLICY(x) stands for x.c, which says QUIRE_DEFINE_POLICY(x).
 * Makefiles read this list too, so a line holds nothing else. Included several times.
 */
QUIRE_POLICY(fifo)
QUIRE_POLICY(lru)
QUIRE_POLICY(clock)
QUIRE_POLICY(sieve)
QUIRE_POLICY(mru)
QUIRE_POLICY(slru)
QUIRE_POLICY(2q)
QUIRE_POLICY(s3fifo)
QUIRE_POLICY(arc)
QUIRE_POLICY(lirs)
QUIRE_POLICY(lfu)
QUIRE_POLICY(random)
QUIRE_POLICY(nru)
QUIRE_POLICY(aging)
QUIRE_POLICY(lru_k)
QUIRE_POLICY(clock_pro)
QUIRE_POLICY(wsclock)
QUIRE_POLICY(atlas)
