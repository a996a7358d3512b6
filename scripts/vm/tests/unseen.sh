#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The scanner does not change what it measures: a load has the same of its pages evicted while
# accessed bits are cleared ten times a second as while nobody looks. With the classic lists and with MGLRU.
# And what the scanner finds, and MGLRU by its own walks of page tables, a policy hears of.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"

# Hot pages are used once a round, cold ones in order, once in a while: all do not fit. Between the two
# the scanner has time to look, so if what it takes were lost, hot pages would look idle to reclaim. An
# emulated TLB holds all that a program uses, so that what reclaim takes would not be set again: it is
# emptied, by a change of protection of more than a few pages, before each part of a round. Few cold
# pages a round, and hot and cold ones mixed: else the kernel goes over all of the hot pages twice in a
# round now and then, and evicts hundreds. Sixteen or so at once it evicts by itself, scanner or not: the
# three rounds that have most do not count. What the scanner loses it would lose in all rounds. The
# program limits its memory itself, for what else is charged to it depends on who has run before.
cat >"$tmp/hot.py" <<'END_PY'
import ctypes, mmap, resource, time

HOT, COLD, ROOM, A_ROUND, ROUNDS, WARM, BURSTS = 6000, 9000, 4000, 50, 80, 40, 3
PAGE = mmap.PAGESIZE


def flush():
    for protection in (1, 3):
        assert not libc.mprotect(ctypes.c_void_p(beside), 64 * PAGE, protection)


def majors():
    flush()
    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt


libc = ctypes.CDLL(None)
region = mmap.mmap(-1, 64 * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
region[::PAGE] = bytes(64)
beside = ctypes.addressof(ctypes.c_char.from_buffer(region))
libc.mlockall(1)  # the program itself stays out of it
with open("/proc/self/cgroup") as own:
    group = "/sys/fs/cgroup" + own.read().split("::")[1].strip()
with open(group + "/memory.current") as now, open(group + "/memory.max", "w") as limit:
    limit.write(str(int(now.read()) + (HOT + ROOM) * PAGE))
memory = mmap.mmap(-1, (HOT + COLD) * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_NOHUGEPAGE)
filled = HOT + COLD - ROOM  # those before are evicted by those that follow
mixed = sorted([(i / HOT, i) for i in range(HOT)] + [(i / ROOM, filled + i) for i in range(ROOM)])
for page in [*range(HOT, filled), *(page for _, page in mixed)]:
    memory[page * PAGE] = 1
hot_faults, cold_faults, cold = [], 0, 0
for number in range(WARM + ROUNDS):
    before = majors()
    assert sum(memory[0:HOT * PAGE:PAGE]) == HOT
    middle = majors()
    time.sleep(0.12)  # more than an interval of the scanner
    for _ in range(A_ROUND):
        assert memory[(HOT + cold) * PAGE] == 1
        cold = (cold + 1) % COLD
    if number >= WARM:
        hot_faults.append(middle - before)
        cold_faults += majors() - middle
print(sum(sorted(hot_faults)[:-BURSTS]), cold_faults)
END_PY

mglru=/sys/kernel/mm/lru_gen/enabled
had=$(<$mglru)
no_swap_readahead
load faults=0 swap=0 tlb=0 stalls=0
echo scan_cpu_permille=1000 >/proc/quire/config
echo scan_interval_ms=100 >/proc/quire/config

# hot SCANNER: let it run, $evicted of its hot pages being evicted and $others of the cold ones
declare -A seen
hot() {
	echo "workingset=$1" >/proc/quire/config
	read_pairs seen /proc/quire/stat
	passes=${seen[scan_passes]/#-/0}
	read -r evicted others < <(limited max python3 "$tmp/hot.py")
	read_pairs seen /proc/quire/stat
	passes=$((${seen[scan_passes]/#-/0} - passes))
	say "scanner $1: $evicted hot pages evicted and $others cold ones, $passes scans"
}

# agrees NAME: the same is evicted with the scanner as without
agrees() {
	local without others_without

	hot 0
	without=$evicted others_without=$others
	hot 1
	[ "${others_without:-0}" -gt 3000 ] && [ "${others:-0}" -gt 3000 ]
	ok $? "$1: cold pages are evicted all the time"
	[ "$passes" -gt 80 ]
	ok $? "$1: $passes scans while that was so"
	within $((evicted - without)) -$((others_without / 100)) $((others_without / 100)) \
		"$1: of hot pages $without are evicted without the scanner, $evicted with it: within 1 % of $others_without"
}

for value in n y; do
	echo $value >$mglru
	agrees "$([ $value = y ] && echo MGLRU || echo classic)"
done

# with_lru SCANNER: the same under a policy; $found victims had been used as the kernel alone knew
with_lru() {
	put "cgroup ${group#/sys/fs/cgroup} lru"
	ok $? "a policy is attached"
	hot "$1"
	found=$(awk '/^found_folios/ { sum += $2 } END { print sum + 0 }' /proc/quire/policy)
	put "cgroup ${group#/sys/fs/cgroup} native"
}

# A policy hears of uses by what the scanner takes, and so keeps what is used all the time.
for value in n y; do
	echo $value >$mglru
	with_lru 1
	[ "${others:-0}" -gt 1000 ]
	ok $? "lru evicts cold pages all the time"
	within "$evicted" 0 $((others / 100)) "and keeps what is used: $evicted of it are evicted, $others of the rest"
done

# Without: what MGLRU has found to be used it does not propose, but the policy hears of it when it names it.
with_lru 0
within "$found" 20 1000000 "MGLRU had found $found victims to be used, and the policy hears of that"
echo n >$mglru
with_lru 0
is "$found" 0 "the classic lists find nothing that it does not hear of"
echo "$had" >$mglru
finish
