#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints quire:* of what pages, policies, the scanner and the verdict do, each with a load
# that makes a known number of them, or against the counts in /proc/quire.

# shellcheck disable=SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"
# shellcheck source=scripts/vm/tests/trace_lib.sh
. "$(dirname "$0")/trace_lib.sh"
no_swap_readahead
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
echo 32768 >$tracing/buffer_size_kb
mkdir -p $group
scope=${group#/sys/fs/cgroup}
load thrash=1

# field PATTERN FIELD: of the events that match, a field, one a line
field() {
	grep -E -e "$1" "$tmp/trace" | sed -n "s/.* $2=\([^ ]*\).*/\1/p"
}

# Pages come, are evicted, and come back: twice what the cgroup may have, round after round.
wanted=(page_admit page_evict page_refault)
limit=6M record loop -n 3072 -r 2 --writes=100
mine="-$worker +\["
is "$(sum "$mine.* page_admit: " pages)" "$(row_delta admitted_pages)" "page_admit: as many as are counted"
within "$(sum "$mine.* page_admit: .* anon=1" pages)" 5200 6300 "page_admit: one a page that is wanted"
is "$(sum " page_evict: " pages)" "$(delta evicted_pages)" "page_evict: as many as are counted"
# At the most as many as come in, 2 x 3,072, and the 1,536 that were there.
within "$(sum " page_evict: .* anon=1 culprit=$worker\$" pages)" 3000 7680 "page_evict: for the load"
is "$(sum "$mine.* page_refault: .* anon=1" pages)" "$(row_delta refault_soon_pages)" \
	"page_refault: as many as are counted, all of them soon"
within "$(count_of "$mine.* page_refault: .* distance_pages=[0-9]+ away_ms=[0-9]+ anon=1 culprit=$worker\$")" \
	2000 6300 "page_refault: each with its distance, its time away and who caused it"
middle=$(field "$mine.* page_refault: .* anon=1" distance_pages | sort -n | awk '{ all[NR] = $1 } END { print all[int(NR / 2)] }')
within "$middle" 1000 2500 "page_refault: at the distance that the load makes, $middle pages"
longest=$(field "$mine.* page_refault: " away_ms | sort -n | tail -n1)
within "$longest" 1 $((R[elapsed_us] / 1000 + 20)) "page_refault: away for less than the load took, $longest ms at the most"
unset limit

# What reclaim proposes to a policy, and what becomes of it.
wanted=(verdict guard_trip policy_attach policy_detach)
# attach_and_loop PAGES POLICY: twice round so many with 8 MiB, some 1,500 pages. The debug kernel keeps
# what was freed in the cgroup, and may need more than there is: it has 20 s.
attach_and_loop() {
	put "cgroup $scope $2" && limited 8M timeout 20 quire-load loop -n "$1" -r 2 --writes=100 >/dev/null
}
recorded attach_and_loop 2048 lru
is "$(count_of " policy_attach: scope=$scope policy=lru\$")" 1 "policy_attach: one"
is "$(count_of "-[0-9]+ .* verdict: ")" "$(($(count_of " verdict: .* final=evict\$") + $(count_of " verdict: .* final=keep\$")))" \
	"verdict: a page goes or stays"
for pair in evict:evict keep:activate; do
	is "$(count_of " verdict: .* policy=${pair%:*} ")" "$(pools "verdicts_${pair#*:}")" \
		"verdict: as many ${pair%:*} of the policy as are counted"
	is "$(count_of " verdict: .* policy=${pair%:*} final=${pair%:*}\$")" "$(count_of " verdict: .* policy=${pair%:*} ")" \
		"verdict: and so it is done"
done
[ "$(count_of " verdict: .* anon=1 .* policy=evict ")" -ge 500 ]
ok $? "verdict: there are many"

# Of a policy whose victims are those that the kernel proposes last, the guard trips now and then.
recorded attach_and_loop 2048 'mru window=256 window_most=256 steer=0'
is "$(count_of " policy_detach: scope=$scope policy=lru\$") $(count_of " policy_attach: scope=$scope policy=mru\$")" "1 1" \
	"policy_detach: one, of the policy that another follows"
trips=$(pools guard_trips)
is "$(count_of " guard_trip: scope=$scope policy=mru anon=[01] trips=[1-9]")" "$trips" \
	"guard_trip: as many as are counted, $trips"
put "cgroup $scope native"

# Protected, whatever the kernel says.
recorded attach_and_loop 2048 'protect_ms=3600000'
is "$(count_of " verdict: .* native=evict policy=native final=keep\$")" "$(scope_value "$scope" protected_verdicts)" \
	"verdict: as many kept by protection as are counted"
trips=$(count_of " guard_trip: scope=$scope policy=protection anon=1 trips=[1-9]")
[ "$trips" -gt 0 ] && [ $((trips * 768)) -le "$(scope_value "$scope" protected_verdicts)" ]
ok $? "guard_trip: $trips of protection, each after 768 refusals at least"
put "cgroup $scope protect_ms=0"

# A policy that answers wrongly.
wanted=(policy_attach policy_eject policy_detach)
modprobe bad_list
recorded attach_and_loop 2048 bad_list
for _ in {1..50}; do
	[ -z "$(ejected "$scope")" ] || break
	sleep 0.1
done
is "$(field 'policy_(attach|eject|detach): .* policy=bad_list' policy | wc -l)" 3 "policy_eject: it comes, is ejected, and is detached"
is "$(field " policy_eject: scope=$scope policy=bad_list" fault), $(ejected "$scope")" "broken, bad_list: its lists are broken" \
	"policy_eject: with the reason"
put "cgroup $scope native"
rmmod bad_list

# What the scanner does; the load uses 2,048 pages again and again.
wanted=(scan working_set)
scans() {
	local began=${EPOCHREALTIME/./}

	echo workingset=1 >/proc/quire/config
	for _ in {1..500}; do
		read_pairs after /proc/quire/stat
		[ "$(delta scan_passes)" -lt 5 ] || break
		sleep 0.1
	done
	echo workingset=0 >/proc/quire/config
	scanned_us=$((${EPOCHREALTIME/./} - began))
}
start window -n 8192 -m 2048 --seconds=60
echo "track=pid:$worker" >/proc/quire/config
echo >&"$load_in"
read_pairs before /proc/quire/stat
recorded scans
read_pairs after /proc/quire/stat
kill -KILL "$load_pid" "$worker" 2>/dev/null
exec {load_in}>&- {load_out}<&-
wait "$load_pid" 2>/dev/null
passes=$(delta scan_passes)
within "$(count_of " scan: process=$worker comm=quire-load .* complete=1\$")" $((passes - 1)) "$passes" "scan: one a pass"
is "$(sum " scan: " walked_pages)" "$(delta scan_walked_pages)" "scan: as many pages as are counted"
within "$(field " scan: " young_pages | tail -n1)" 2048 2700 "scan: finds those that are used"
within "$(($(sum " scan: " time_ns) / 1000))" "$((passes - 1))" "$scanned_us" "scan: in less time than there was"
within "$(count_of " working_set: process=$worker comm=quire-load ")" $((passes - 2)) "$passes" "working_set: one a scan, but for the first"
within "$(field " working_set: " wss_1s_pages | tail -n1)" 2048 2700 "working_set: of what is used"
within "$(field " working_set: " resident_pages | tail -n1)" 8192 9500 "working_set: of what there is"

# The verdict changes.
wanted=(thrash_state)
states() {
	limited 40M timeout $((50 / $(many 10))) quire-load loop --size=60M --seconds=60 >/dev/null
	for _ in {1..60}; do
		! grep -q '^state calm$' /proc/quire/thrash || return 0
		sleep 0.1
	done
}
# shellcheck disable=SC2034 # read_pairs fills it
declare -A thrash_before thrash_after
read_pairs thrash_before /proc/quire/thrash
recorded states
read_pairs thrash_after /proc/quire/thrash
begun=$((thrash_after[thrashings] - thrash_before[thrashings]))
[ $begun -gt 0 ]
ok $? "thrash_state: the machine thrashes"
is "$(count_of " thrash_state: process=0 .* new=thrashing ")" $begun "thrash_state: as often as is counted, $begun"
field ' thrash_state: process=0 ' old >"$tmp/old"
field ' thrash_state: process=0 ' new >"$tmp/new"
is "$(tail -n +2 "$tmp/old")" "$(head -n -1 "$tmp/new")" "thrash_state: each begins where the one before ended"
is "$(head -n1 "$tmp/old") $(tail -n1 "$tmp/new")" "calm calm" "thrash_state: from calm to calm"
grep -qE ' thrash_state: process=[1-9][0-9]* comm=quire-load .* new=thrashing stalled_permille=[1-9][0-9]* waited_us=[1-9][0-9]* .* refault_soon_pages=[1-9][0-9]* evicted_pages=[1-9]' "$tmp/trace"
ok $? "thrash_state: of the process, with what it rests on" || sed 's/^/# /' "$tmp/trace"
finish
