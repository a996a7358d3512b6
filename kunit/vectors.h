/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each policy must do with known strings and loads; read by the simulator's tests and KUnit.
 * The rows are written by scripts/vectors.
 */
#ifndef QUIRE_VECTORS_H
#define QUIRE_VECTORS_H

#include "vector_load.h"

/**
 * struct vector - a reference string worked through
 * @policy:  the policy, with default parameters
 * @frames:  how many, empty at first
 * @string:  a page a character
 * @faults:  how many there must be
 * @victims: who must go, in this order
 *
 * For fifo and lru the faults are the textbooks'; all rows of the policies that have a naive model
 * are equal to it.
 */
struct vector {
	const char *policy;
	u32 frames;
	const char *string;
	u32 faults;
	const char *victims;
};

/* L. A. Belady, R. A. Nelson, G. S. Shedler, CACM 12(6), 1969: more frames, more faults in FIFO. */
#define ANOMALY "123412512345"
/* A. Silberschatz, P. B. Galvin, G. Gagne, "Operating System Concepts", virtual memory. */
#define SILBERSCHATZ "70120304230321201701"
/* Loops that grow and shrink by a page; a loop of a page more than there are frames; often used. */
#define LOOPS "0123014012340123"
#define LOOP "ABCDABCDABCD"
#define OFTEN "ABACBCABDAB"

/* A character of a string as a page, from 1. */
static inline u32 vector_page(char c)
{
	return c - '0' + 1;
}

static const struct vector vectors[] = {
	{ "fifo", 3, ANOMALY, 9, "123412" },
	{ "lru", 3, ANOMALY, 10, "1234512" },
	{ "clock", 3, ANOMALY, 10, "1234512" },
	{ "sieve", 3, ANOMALY, 10, "1234512" },
	{ "mru", 3, ANOMALY, 7, "3212" },
	{ "slru", 3, ANOMALY, 10, "1234534" },
	{ "2q", 3, ANOMALY, 11, "12314513" },
	{ "s3fifo", 3, ANOMALY, 10, "1234531" },
	{ "arc", 3, ANOMALY, 10, "1234534" },
	{ "lirs", 3, ANOMALY, 8, "34534" },
	{ "lfu", 3, ANOMALY, 10, "1234534" },
	{ "nru", 3, ANOMALY, 10, "1234512" },
	{ "aging", 3, ANOMALY, 10, "1234513" },
	{ "lru_k", 3, ANOMALY, 10, "1234534" },
	{ "clock_pro", 3, ANOMALY, 10, "1234513" },
	{ "wsclock", 3, ANOMALY, 10, "1234512" },
	{ "atlas", 3, ANOMALY, 10, "1234523" },
	{ "fifo", 4, ANOMALY, 10, "123451" },
	{ "lru", 4, ANOMALY, 8, "3451" },
	{ "clock", 4, ANOMALY, 8, "3453" },
	{ "sieve", 4, ANOMALY, 8, "3453" },
	{ "mru", 4, ANOMALY, 6, "21" },
	{ "slru", 4, ANOMALY, 8, "3453" },
	{ "2q", 4, ANOMALY, 9, "12341" },
	{ "s3fifo", 4, ANOMALY, 10, "123451" },
	{ "arc", 4, ANOMALY, 7, "341" },
	{ "lirs", 4, ANOMALY, 7, "454" },
	{ "lfu", 4, ANOMALY, 8, "3453" },
	{ "nru", 4, ANOMALY, 8, "3451" },
	{ "aging", 4, ANOMALY, 8, "3453" },
	{ "lru_k", 4, ANOMALY, 8, "3453" },
	{ "clock_pro", 4, ANOMALY, 8, "3453" },
	{ "wsclock", 4, ANOMALY, 8, "3451" },
	{ "atlas", 4, ANOMALY, 8, "3453" },
	{ "fifo", 3, SILBERSCHATZ, 15, "701230423012" },
	{ "lru", 3, SILBERSCHATZ, 12, "712304032" },
	{ "clock", 3, SILBERSCHATZ, 11, "71234032" },
	{ "sieve", 3, SILBERSCHATZ, 11, "71234232" },
	{ "mru", 3, SILBERSCHATZ, 16, "1030230321207" },
	{ "slru", 3, SILBERSCHATZ, 14, "71234010170" },
	{ "2q", 3, SILBERSCHATZ, 14, "70123024023" },
	{ "s3fifo", 3, SILBERSCHATZ, 13, "7012340307" },
	{ "arc", 3, SILBERSCHATZ, 14, "71230204132" },
	{ "lirs", 3, SILBERSCHATZ, 13, "1234721037" },
	{ "lfu", 3, SILBERSCHATZ, 11, "71234317" },
	{ "nru", 3, SILBERSCHATZ, 12, "712304032" },
	{ "aging", 3, SILBERSCHATZ, 14, "71234013012" },
	{ "lru_k", 3, SILBERSCHATZ, 13, "7123401307" },
	{ "clock_pro", 3, SILBERSCHATZ, 11, "71234232" },
	{ "wsclock", 3, SILBERSCHATZ, 11, "71204032" },
	{ "atlas", 3, SILBERSCHATZ, 15, "712304013012" },
	{ "fifo", 4, LOOPS, 14, "0123401234" },
	{ "lru", 4, LOOPS, 12, "23401234" },
	{ "clock", 4, LOOPS, 10, "234234" },
	{ "sieve", 4, LOOPS, 10, "234234" },
	{ "mru", 4, LOOPS, 7, "104" },
	{ "slru", 4, LOOPS, 10, "234234" },
	{ "2q", 4, LOOPS, 11, "0123014" },
	{ "s3fifo", 4, LOOPS, 12, "01234010" },
	{ "arc", 4, LOOPS, 11, "2301234" },
	{ "lirs", 4, LOOPS, 8, "3434" },
	{ "lfu", 4, LOOPS, 10, "234234" },
	{ "nru", 4, LOOPS, 12, "23401234" },
	{ "aging", 4, LOOPS, 10, "234234" },
	{ "lru_k", 4, LOOPS, 10, "234234" },
	{ "clock_pro", 4, LOOPS, 10, "234234" },
	{ "wsclock", 4, LOOPS, 12, "23401234" },
	{ "atlas", 4, LOOPS, 10, "234231" },
	{ "fifo", 3, LOOP, 12, "ABCDABCDA" },
	{ "lru", 3, LOOP, 12, "ABCDABCDA" },
	{ "clock", 3, LOOP, 12, "ABCDABCDA" },
	{ "sieve", 3, LOOP, 12, "ABCDABCDA" },
	{ "mru", 3, LOOP, 6, "CBA" },
	{ "slru", 3, LOOP, 12, "ABCDABCDA" },
	{ "2q", 3, LOOP, 10, "ABCABDA" },
	{ "s3fifo", 3, LOOP, 10, "ABCDABA" },
	{ "arc", 3, LOOP, 12, "ABCDABCDA" },
	{ "lirs", 3, LOOP, 8, "CDCDC" },
	{ "lfu", 3, LOOP, 12, "ABCDABCDA" },
	{ "nru", 3, LOOP, 12, "ABCDABCDA" },
	{ "aging", 3, LOOP, 12, "ABCDABCDA" },
	{ "lru_k", 3, LOOP, 12, "ABCDABCDA" },
	{ "clock_pro", 3, LOOP, 11, "ABCDACDA" },
	{ "wsclock", 3, LOOP, 12, "ABCDABCDA" },
	{ "atlas", 3, LOOP, 10, "ABCDBDB" },
	{ "fifo", 3, OFTEN, 6, "ABC" },
	{ "lru", 3, OFTEN, 4, "C" },
	{ "clock", 3, OFTEN, 6, "ABC" },
	{ "sieve", 3, OFTEN, 6, "ABC" },
	{ "mru", 3, OFTEN, 5, "BA" },
	{ "slru", 3, OFTEN, 4, "C" },
	{ "2q", 3, OFTEN, 6, "ABC" },
	{ "s3fifo", 3, OFTEN, 4, "C" },
	{ "arc", 3, OFTEN, 4, "C" },
	{ "lirs", 3, OFTEN, 5, "AD" },
	{ "lfu", 3, OFTEN, 4, "C" },
	{ "nru", 3, OFTEN, 4, "C" },
	{ "aging", 3, OFTEN, 4, "C" },
	{ "lru_k", 3, OFTEN, 5, "AD" },
	{ "clock_pro", 3, OFTEN, 5, "AC" },
	{ "wsclock", 3, OFTEN, 6, "ABC" },
	{ "atlas", 3, OFTEN, 6, "ABC" },
};

#undef ANOMALY
#undef SILBERSCHATZ
#undef LOOPS
#undef LOOP
#undef OFTEN

/**
 * struct vector_count - faults over a whole load
 * @policy:    the policy, with default parameters and VECTOR_SEED
 * @kind:      the load
 * @faults:    with 20 and with 100 frames
 * @confirmed: libCacheSim (commit aa0fc40) counts the same
 */
struct vector_count {
	const char *policy;
	enum vector_kind kind;
	u32 faults[2];
	bool confirmed;
};

static const u32 vector_frames[2] = { 20, 100 };

static const struct vector_count vector_counts[] = {
	{ "fifo", VECTOR_SKEWED, { 39590, 26029 }, true },
	{ "fifo", VECTOR_SCANNED, { 42730, 30650 }, true },
	{ "fifo", VECTOR_DRIFTING, { 39637, 26067 }, true },
	{ "fifo", VECTOR_HOT_AND_LOOP, { 32257, 19199 }, true },
	{ "lru", VECTOR_SKEWED, { 38035, 24171 }, true },
	{ "lru", VECTOR_SCANNED, { 41679, 29263 }, true },
	{ "lru", VECTOR_DRIFTING, { 38154, 24175 }, true },
	{ "lru", VECTOR_HOT_AND_LOOP, { 29806, 15783 }, true },
	{ "clock", VECTOR_SKEWED, { 37601, 23640 }, true },
	{ "clock", VECTOR_SCANNED, { 41274, 28845 }, true },
	{ "clock", VECTOR_DRIFTING, { 37703, 23675 }, true },
	{ "clock", VECTOR_HOT_AND_LOOP, { 28336, 15775 }, true },
	{ "sieve", VECTOR_SKEWED, { 33349, 20427 }, true },
	{ "sieve", VECTOR_SCANNED, { 37465, 25359 }, true },
	{ "sieve", VECTOR_DRIFTING, { 34281, 22300 }, true },
	{ "sieve", VECTOR_HOT_AND_LOOP, { 19579, 15773 }, true },
	{ "mru", VECTOR_SKEWED, { 46322, 36203 }, false },
	{ "mru", VECTOR_SCANNED, { 46838, 36876 }, false },
	{ "mru", VECTOR_DRIFTING, { 46354, 36517 }, false },
	{ "mru", VECTOR_HOT_AND_LOOP, { 46501, 36373 }, false },
	{ "slru", VECTOR_SKEWED, { 33821, 21135 }, false },
	{ "slru", VECTOR_SCANNED, { 37602, 25891 }, false },
	{ "slru", VECTOR_DRIFTING, { 34358, 21658 }, false },
	{ "slru", VECTOR_HOT_AND_LOOP, { 20804, 15773 }, false },
	{ "2q", VECTOR_SKEWED, { 34632, 22231 }, true },
	{ "2q", VECTOR_SCANNED, { 38363, 27101 }, true },
	{ "2q", VECTOR_DRIFTING, { 34872, 22426 }, true },
	{ "2q", VECTOR_HOT_AND_LOOP, { 23462, 13774 }, true },
	{ "s3fifo", VECTOR_SKEWED, { 33302, 21191 }, true },
	{ "s3fifo", VECTOR_SCANNED, { 37306, 26104 }, true },
	{ "s3fifo", VECTOR_DRIFTING, { 33679, 21686 }, true },
	{ "s3fifo", VECTOR_HOT_AND_LOOP, { 18705, 13347 }, true },
	{ "arc", VECTOR_SKEWED, { 34572, 22640 }, false },
	{ "arc", VECTOR_SCANNED, { 38303, 27607 }, false },
	{ "arc", VECTOR_DRIFTING, { 34715, 22663 }, false },
	{ "arc", VECTOR_HOT_AND_LOOP, { 17338, 15839 }, false },
	{ "lirs", VECTOR_SKEWED, { 34229, 21941 }, false },
	{ "lirs", VECTOR_SCANNED, { 38066, 27045 }, false },
	{ "lirs", VECTOR_DRIFTING, { 34405, 22151 }, false },
	{ "lirs", VECTOR_HOT_AND_LOOP, { 17329, 12909 }, false },
	{ "lfu", VECTOR_SKEWED, { 33918, 22337 }, true },
	{ "lfu", VECTOR_SCANNED, { 37318, 26069 }, true },
	{ "lfu", VECTOR_DRIFTING, { 45153, 35842 }, true },
	{ "lfu", VECTOR_HOT_AND_LOOP, { 17321, 15773 }, true },
	{ "random", VECTOR_SKEWED, { 39611, 26075 }, false },
	{ "random", VECTOR_SCANNED, { 42653, 30636 }, false },
	{ "random", VECTOR_DRIFTING, { 39626, 25929 }, false },
	{ "random", VECTOR_HOT_AND_LOOP, { 32216, 17250 }, false },
	{ "nru", VECTOR_SKEWED, { 38504, 24440 }, false },
	{ "nru", VECTOR_SCANNED, { 42072, 29527 }, false },
	{ "nru", VECTOR_DRIFTING, { 38623, 24463 }, false },
	{ "nru", VECTOR_HOT_AND_LOOP, { 30247, 15815 }, false },
	{ "aging", VECTOR_SKEWED, { 37750, 23844 }, false },
	{ "aging", VECTOR_SCANNED, { 41402, 28903 }, false },
	{ "aging", VECTOR_DRIFTING, { 37868, 23855 }, false },
	{ "aging", VECTOR_HOT_AND_LOOP, { 28888, 15776 }, false },
	{ "lru_k", VECTOR_SKEWED, { 34264, 21732 }, false },
	{ "lru_k", VECTOR_SCANNED, { 38198, 26634 }, false },
	{ "lru_k", VECTOR_DRIFTING, { 34414, 21858 }, false },
	{ "lru_k", VECTOR_HOT_AND_LOOP, { 17328, 12914 }, false },
	{ "clock_pro", VECTOR_SKEWED, { 34047, 21480 }, false },
	{ "clock_pro", VECTOR_SCANNED, { 37973, 26549 }, false },
	{ "clock_pro", VECTOR_DRIFTING, { 34337, 21725 }, false },
	{ "clock_pro", VECTOR_HOT_AND_LOOP, { 18493, 13041 }, false },
	{ "wsclock", VECTOR_SKEWED, { 38069, 23637 }, false },
	{ "wsclock", VECTOR_SCANNED, { 41803, 28837 }, false },
	{ "wsclock", VECTOR_DRIFTING, { 38159, 23674 }, false },
	{ "wsclock", VECTOR_HOT_AND_LOOP, { 29102, 15775 }, false },
	{ "atlas", VECTOR_SKEWED, { 37252, 24061 }, false },
	{ "atlas", VECTOR_SCANNED, { 40952, 28782 }, false },
	{ "atlas", VECTOR_DRIFTING, { 37335, 24137 }, false },
	{ "atlas", VECTOR_HOT_AND_LOOP, { 25769, 15020 }, false },
};

#endif /* QUIRE_VECTORS_H */
