#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Working sets: against loads whose working set is known to the page; sampling and its budget; what
# is tracked; exec, exit, fork, huge pages, swap; who may read; unloading in the middle of a scan.

# shellcheck disable=SC2034 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

set_config() {
	echo "$1" >/proc/quire/config
}

# next_scan: wait until all has been scanned from now on
declare -A seen
next_scan() {
	local passes

	read_pairs seen /proc/quire/stat
	passes=$((seen[scan_passes] + 2))
	for _ in {1..200}; do
		sleep 0.05
		read_pairs seen /proc/quire/stat
		[ "${seen[scan_passes]}" -lt "$passes" ] || return 0
	done
	say "no scan in 10 s"
}

# until_there FILE: a program says by it that it has come so far
until_there() {
	local i

	for ((i = 0; i < 600; i++)); do
		[ ! -e "$1" ] || return 0
		sleep 0.1
	done
	say "$1 is not there after a minute"
}

# watch SEGMENT FIGURE: the median of five scans of the load that has been started, in $median, and
# the last of them in the array ws
declare -A ws
watch() {
	local figures=()
	{ echo >&"$load_in"; } 2>/dev/null
	next_scan
	sleep 1
	for _ in 1 2 3 4 5; do
		read_ws ws "$worker" "$1" && figures+=("${ws[$2]}")
		next_scan
	done
	mapfile -t figures < <(printf '%s\n' "${figures[@]}" | sort -n)
	median=${figures[${#figures[@]} / 2]}
}

# stop_load: end it without waiting for its report
stop_load() {
	kill "$load_pid"
	exec {load_in}>&- {load_out}<&-
	wait "$load_pid" 2>/dev/null
}

# known SEGMENT PAGES ARGUMENTS...: a load with so large a working set
known() {
	local segment=$1 pages=$2
	shift 2

	start "$@" --seconds=600 --dir="$data" || {
		ok 1 "$*"
		return
	}
	watch "$segment" wss_1s_pages
	# What else the segment has in use, a handful of pages, is in it, too.
	within "$median" $((pages - pages / 50)) $((pages + pages / 50 + 8)) \
		"$*: $median pages of $segment in use, $pages touched"
	stop_load
}

load workingset=1
set_config scan_cpu_permille=1000
known anon 3000 window -n 12000 -m 3000
# From here on four times as often, which is as exact and takes less time.
set_config scan_interval_ms=250
known anon 3000 window -n 12000 -m 3000 --spread=stride
known anon 3000 window -n 12000 -m 3000 --spread=random --writes=50
known shmem 2000 window -n 6000 -m 2000 --memory=shmem --spread=stride
known file_shared 2000 window -n 6000 -m 2000 --memory=file --spread=stride

# W(t, tau): all pages have been written, then a part of them used again and again.
start window -n 12000 -m 3000 --seconds=600
watch anon wss_10s_pages
# The program's own anonymous memory is 106 pages.
within "${ws[wss_60s_pages]}" 12000 12200 "within 60 s it has used all: ${ws[wss_60s_pages]}"
within "${ws[resident_pages]}" 12000 12200 "all are in memory"
last=0
falling=0
while read -r pid segment _ pages _; do
	[ "$pid $segment" = "$worker anon" ] || continue
	[ "$pages" -ge "$last" ] || falling=1
	last=$pages
done </sys/kernel/debug/quire/ages
is $falling 0 "W(t, tau) does not fall with tau"
within "$last" 12000 12200 "and in the end is all that was used: $last"

# It is in swap, and needed all the same.
stop_load
limit=12M start window -n 6000 -m 2000 --seconds=600
# On a slow machine what is in use takes a while to come back from swap.
for _ in {1..10}; do
	watch anon wss_1s_pages
	[ "$median" -lt 1900 ] || break
done
within "$median" 1900 2060 "a part of the memory in swap: working set $median"
within "${ws[swapped_pages]}" 2000 5000 "${ws[swapped_pages]} pages are in swap"
within $((ws[swapped_pages] + ws[resident_pages])) 5990 6200 "none is lost"
unset limit
stop_load

# told: how many used pages policies are told of while all is scanned once or twice
told() {
	local before

	read_pairs seen /proc/quire/stat
	before=${seen[scan_touched_pages]}
	next_scan
	told=$((seen[scan_touched_pages] - before))
}

# A policy is told of what is used; the working set is the same.
told
is "$told" 0 "without a policy nobody is told of used pages"
echo lru >/proc/quire/policy
start window -n 6000 -m 2000 --seconds=600
watch anon wss_1s_pages
within "$median" 1960 2060 "with a policy: working set $median of 2000"
told
within "$told" 2000 100000 "it is told of $told used pages"
echo native >/proc/quire/policy
next_scan
told
is "$told" 0 "and of none once it is gone"
stop_load

# Huge pages: used as a whole. 32 MiB of them, 700 pages in use lie in two or three.
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
cat >"$tmp/huge.py" <<'END'
import mmap, sys, time
memory = mmap.mmap(-1, 34 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_HUGEPAGE)
for at in range(0, len(memory), 4096):
    memory[at] = 1
open(sys.argv[1], "w").close()
end = time.time() + 100
while time.time() < end:
    for at in range(16 << 20, (16 << 20) + 700 * 4096, 4096):
        memory[at] = 1
    time.sleep(0.1)
END
python3 "$tmp/huge.py" "$tmp/ready" &
worker=$!
until_there "$tmp/ready"
for _ in {1..6}; do
	next_scan
done
read_ws ws $worker all
within "${ws[huge_pages]}" 14 17 "${ws[huge_pages]} huge pages"
is "${ws[huge_used_pages]}" - "how much of them is used is not known"
read_ws ws $worker anon
within "${ws[wss_1s_pages]}" 1024 2100 "700 pages of them in use count as ${ws[wss_1s_pages]}"
kill $worker
wait $worker 2>/dev/null
echo never >/sys/kernel/mm/transparent_hugepage/enabled

# scan_share PASSES: what so many scans cost, in thousandths of the time of one CPU, as a scan on its own
# does, and in pages a scan
scan_share() {
	local us began pages passes i

	read_pairs seen /proc/quire/stat
	us=${seen[scan_us]} began=${EPOCHREALTIME/./}
	pages=${seen[scan_walked_pages]} passes=${seen[scan_passes]}
	for ((i = 0; i < 1200 && seen[scan_passes] < passes + $1; i++)); do
		sleep 0.1
		read_pairs seen /proc/quire/stat
	done
	share=$(((seen[scan_us] - us) * 1000 / (${EPOCHREALTIME/./} - began)))
	one=$(((seen[scan_us] - us) * 1000 / $1 / (${EPOCHREALTIME/./} - began)))
	walked=$(((seen[scan_walked_pages] - pages) / $1))
}

# Sampled: 300 MiB cannot be walked for a quarter of what that costs, nor in 10 ms. On a kernel that
# checks much, all of a CPU does not suffice to walk it in a second, so that it may be sampled before.
set_config scan_interval_ms=1000
start window -n 76800 -m 15000 --spread=block --seconds=600
{ echo >&"$load_in"; } 2>/dev/null
next_scan
scan_share 3
whole=$share
budget=$((whole < 8 ? 2 : whole < 40 ? whole / 4 : 10))
set_config scan_cpu_permille=$budget
# until_sampled: until no more than half of the worker's ranges are walked
until_sampled() {
	local i

	for i in {1..10}; do
		next_scan
		read_ws ws "$worker" anon && [ $((ws[ranges_sampled] * 2)) -le "${ws[ranges]}" ] && return
	done
	return 1
}

until_sampled
ok $? "over the budget a sample is walked: ${ws[ranges_sampled]} of ${ws[ranges]} ranges"
# A sample is stable, and one in twenty intervals is to miss: so four processes, each at addresses of
# its own, of which two at least are to hold. That three miss is one in 2,000.
held=0
for run in 1 2 3 4; do
	next_scan
	read_ws ws "$worker" anon
	say "working set ${ws[wss_1s_pages]}, ${ws[wss_1s_low_pages]} to ${ws[wss_1s_high_pages]}, of 15000"
	[ "${ws[wss_1s_low_pages]}" -le 15000 ] && [ "${ws[wss_1s_high_pages]}" -ge 15000 ] &&
		held=$((held + 1))
	[ $run = 4 ] && break
	stop_load
	start window -n 76800 -m 15000 --spread=block --seconds=600
	{ echo >&"$load_in"; } 2>/dev/null
	until_sampled
done
within $held 2 4 "its interval holds the working set"
[ "${ws[resident_pages]}" -gt 60000 ] && [ "${ws[resident_pages]}" -lt 94000 ]
ok $? "and its estimate of what is resident is near: ${ws[resident_pages]} of 76800"
scan_share 4
[ $walked -lt $((76800 * 3 / 4)) ]
ok $? "which walks $walked pages a scan, though the worker alone has 76800"
# The time may begin just before a scan is counted, and end just after another.
within $share 0 $((budget + one + 1)) "and costs $share thousandths of a CPU, not $whole; the budget is $budget"
stop_load
set_config scan_cpu_permille=1000
set_config scan_interval_ms=250

# Shared by two, new after exec, gone after exit.
cat >"$tmp/share.py" <<'END'
import mmap, os, sys, time
memory = mmap.mmap(-1, 1000 * 4096)
child = os.fork()
end = time.time() + 100
while time.time() < end:
    for at in range(0, len(memory), 4096):
        memory[at] = 1
    open(sys.argv[1] + ("-parent" if child else "-child"), "w").close()
    time.sleep(0.1)
END
python3 "$tmp/share.py" "$tmp/shared" &
parent=$!
until_there "$tmp/shared-parent"
until_there "$tmp/shared-child"
next_scan
next_scan
next_scan
child=$(pgrep -P $parent)
read_ws ws $parent shmem
within "${ws[wss_1s_pages]-none}" 1000 1010 "shared memory counts in the first process"
within "${ws[wss_10s_share_pages]-none}" 495 520 "where half of it is its share"
read_ws ws "$child" shmem
within "${ws[wss_1s_pages]-none}" 1000 1010 "and in the second"
kill "$child" $parent
wait $parent 2>/dev/null
next_scan
! read_ws ws $parent all
ok $? "exited processes have no lines"

mkfifo "$tmp/go"
bash -c 'x=$(printf "%8000000d" 1); echo "${#x}" >"$1"; read -r _ <"$1"; exec sleep 60' - "$tmp/go" &
execs=$!
read -r _ <"$tmp/go"
next_scan
read_ws ws $execs heap
[ "${ws[resident_pages]-0}" -gt 1900 ]
ok $? "before exec: ${ws[resident_pages]-0} pages of heap"
began=${EPOCHREALTIME/./}
echo >"$tmp/go"
while [ "$(<"/proc/$execs/comm")" != sleep ]; do
	sleep 0.1
done
next_scan
read_ws ws $execs all
within "${ws[resident_pages]-none}" 50 1500 "after exec: ${ws[resident_pages]} pages in all"
# It may have been seen just before, a scan of 250 ms earlier.
within "${ws[tracked_ms]-none}" 0 $(((${EPOCHREALTIME/./} - began) / 1000 + 5000)) "and its past is that of the new program"
kill $execs
wait $execs 2>/dev/null

# Rules.
tracked() {
	awk 'NR > 1 && $2 == "all" { print $NF }' /proc/quire/workingset | sort -u | tr '\n' ' '
}
sleep 1000 &
sleeper=$!
(sleep 999; true) &
family=$!
disown -a
set_config track=comm:sleep
next_scan
next_scan
is "$(tracked)" "sleep " "track=comm:sleep"
set_config track=pid:$sleeper
next_scan
is "$(awk 'NR > 1 { print $1 }' /proc/quire/workingset | sort -u)" "$sleeper" "track=pid:$sleeper"
set_config track=pid:$family
next_scan
next_scan
is "$(awk '$2 == "all"' /proc/quire/workingset | wc -l)" 1 "track=pid:$family"
set_config track=pid:$family+children
next_scan
next_scan
is "$(awk '$2 == "all"' /proc/quire/workingset | wc -l)" 2 "track=pid:$family+children"
set_config track=cgroup:/quire-test,pid:$sleeper
next_scan
limited 100M sleep 998 &
disown
next_scan
next_scan
is "$(awk '$2 == "all"' /proc/quire/workingset | wc -l)" 2 "track=cgroup:/quire-test,pid:$sleeper"
kill -KILL "$(<$group/cgroup.procs)"
for bad in nonsense pid:0 comm: comm:a,,comm:b uid:0 cgroup:x; do
	! set_config "track=$bad" 2>/dev/null && grep -q "^track cgroup:/quire-test,pid:$sleeper$" /proc/quire/config
	ok $? "track=$bad is refused, and nothing changes"
done
set_config track=none
next_scan
is "$(wc -l </proc/quire/workingset)" 1 "track=none"
read_pairs seen /proc/quire/status
is "${seen[tracked_ranges]}" 0 "no stamps are kept"
set_config track=all
kill -KILL $sleeper $family
pkill -KILL -f 'sleep 999'

# Who may read what: as with smaps.
setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000 &
own=$!
next_scan
next_scan
setpriv --reuid=65534 --regid=65534 --clear-groups cat /proc/quire/workingset >"$tmp/table"
grep -q "^$own all" "$tmp/table"
ok $? "a user sees the working set of his process"
grep -q "^1 all" /proc/quire/workingset && ! grep -q "^1 " "$tmp/table"
ok $? "and not that of init"
kill $own
unload

# Unloaded and switched off in the middle of a scan.
mark_log
start window -n 60000 -m 30000 --seconds=600
{ echo >&"$load_in"; } 2>/dev/null
slowest=0
for i in {1..6}; do
	load workingset=1
	set_config scan_cpu_permille=1000
	set_config scan_interval_ms=100
	sleep "0.$((5 + i))"
	set_config workingset=$((i % 2))
	began=${EPOCHREALTIME/./}
	unload
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	[ $took -le $slowest ] || slowest=$took
done
within $slowest 0 60000 "unloading takes up to $slowest ms"
stop_load
is "$(grep -c quire_leaf /proc/slabinfo)" 0 "no stamps are left"
is "$(pgrep -c quire_scan)" 0 "no thread is left"
is "$(complaints)" "" "no complaint of the kernel"
finish
