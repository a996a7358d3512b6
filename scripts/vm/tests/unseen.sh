#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The scanner does not change what it measures: a load has the same of its pages evicted while
# accessed bits are cleared ten times a second as while nobody looks. With the classic lists: MGLRU
# itself evicts now more and now less of them.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Hot pages are used once a round, cold ones in order, once in a while: all do not fit. The scanner looks
# oftener than hot pages are used, so if what it takes were lost, they would look idle to reclaim. An
# emulated TLB holds all that a program uses, so that what reclaim takes would not be set again: it is
# emptied, by a change of protection of more than a few pages, before each part of a round.
cat >"$tmp/hot.py" <<'END_PY'
import ctypes, mmap, resource, time

HOT, COLD, A_ROUND, ROUNDS, WARM = 6000, 6000, 200, 15, 10
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
memory = mmap.mmap(-1, (HOT + COLD) * PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_NOHUGEPAGE)
for page in range(HOT + COLD):
    memory[page * PAGE] = 1
faults = {"hot": 0, "cold": 0}
cold = 0
for number in range(WARM + ROUNDS):
    before = majors()
    assert sum(memory[0:HOT * PAGE:PAGE]) == HOT
    middle = majors()
    for _ in range(A_ROUND):
        assert memory[(HOT + cold) * PAGE] == 1
        cold = (cold + 1) % COLD
    if number >= WARM:
        faults["hot"] += middle - before
        faults["cold"] += majors() - middle
    time.sleep(0.2)
print(faults["hot"], faults["cold"])
END_PY

mglru=/sys/kernel/mm/lru_gen/enabled
had=$(<$mglru)
echo n >$mglru
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
	read -r evicted others < <(limited 51M python3 "$tmp/hot.py")
	read_pairs seen /proc/quire/stat
	passes=$((${seen[scan_passes]/#-/0} - passes))
	say "scanner $1: $evicted hot pages evicted and $others cold ones, $passes scans"
}

hot 0
without=$evicted without_others=$others
hot 1
[ "${without_others:-0}" -gt 2000 ] && [ "${others:-0}" -gt 2000 ]
ok $? "cold pages are evicted all the time"
[ "$passes" -gt 20 ]
ok $? "$passes scans while that was so"
within $((evicted - without)) -$((without_others / 100)) $((without_others / 100)) \
	"of hot pages $without are evicted without the scanner, $evicted with it: within 1 % of $without_others"
echo "$had" >$mglru
finish
