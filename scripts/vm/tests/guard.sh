#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies that misbehave: the load goes on, nobody is killed that would not be without them, and each is ejected
# for what it does; or, where it is not, it refuses no more than it may.

# shellcheck disable=SC2154 # keys are words
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"

mglru=/sys/kernel/mm/lru_gen/enabled
verdicts=/sys/kernel/tracing/events/quire/verdict
hoard=/sys/fs/cgroup/quire-hoard	# $hoard/still has what the kernel does not take, $hoard/busy the load
left_mb=128				# of the machine
patience=300				# seconds for a load; the debug kernel takes many times as long
[ ! -e /sys/kernel/debug/kmemleak ] || patience=1500
declare -A pool base_ms base_kills loads reasons=(
	[keeps]='kept page after page, and none that it gave up went'
	[no_victim]='had pages and named no victim'
	[bad_victim]='named a victim that is not a resident page of its pool'
	[broken]='its lists are broken'
	[slow]='its calls took too long'
)

# What runs in a cgroup: more than it has, 12 MiB. See take_machine() for the machine.
loads=(
	[cgroup-anon]='loop --writes=20 --size=15M' [cgroup-two]='loop --writes=20 --size=8M -p 2'
	[cgroup-file]="file-search --size=15M --dir=$data -r 3" [cgroup-read]="file-search --size=15M --file=$data/searched -r 3"
)

# Who is in the scope, as /proc/quire/policy has it: sets scope and where
in_scope() {
	scope=machine where=''
	[ "$1" = machine ] || scope=/${2##*/} where="cgroup /${2##*/} "
}

# kills: of processes for want of memory, in all cgroups
kills() {
	awk '/^oom_kill/ { print $2 }' /proc/vmstat
}

# available_mb: of the machine
available_mb() {
	awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo
}

# Most of the machine is taken away, in pages that are not reclaimed: as many as there can be, after other tests too.
take_machine() {
	local left

	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	take_huge $((($(available_mb) - left_mb) / 2))
	left=$(available_mb)
	say "$left MiB are left of the machine"
	loads[machine-two]="random --writes=20 --size=$((left * 60 / 100))M -p 2"
	loads[machine-file]="file-search --size=$((left * 120 / 100))M --dir=$data -r 2"
}

# pressure SCOPE LOAD: the load; sets R from its report, and ms; its exit status
pressure() {
	local status began=${EPOCHREALTIME/./}

	R=()
	# shellcheck disable=SC2086 # words of a command
	if [ "$1" = cgroup ]; then
		limited 12M timeout $patience quire-load ${loads[$1-$2]} >"$tmp/loop" 2>"$tmp/err"
	else
		timeout $patience quire-load ${loads[$1-$2]} >"$tmp/loop" 2>"$tmp/err"
	fi
	status=$?
	ms=$(((${EPOCHREALTIME/./} - began) / 1000))
	read_pairs R "$tmp/loop"
	[ $status -eq 0 ] || say "status $status: $(<"$tmp/err")"
	return $status
}

# lists NAME: classic or mglru; no load may run
lists() {
	local value=n

	[ "$1" = classic ] || value=y
	echo $value >$mglru
	sleep 0.5
}

# base SCOPE LOAD LISTS: how long it takes the kernel by itself, and how many it kills
base() {
	local before

	[ -z "${base_ms[$*]-}" ] || return 0
	before=$(kills)
	pressure "$1" "$2"
	base_ms[$*]=$ms base_kills[$*]=$(($(kills) - before))
	is "${R[status]-none} ${R[corrupt_pages]-none}" "0 0" "native, $*: the load is done, in $ms ms"
}

# stamp PATTERN: when the log last says so, in ms
stamp() {
	new_log | sed -n "/$1/s/^\[ *\([0-9]*\)\.\([0-9]\{3\}\).*/\1\2/p" | tail -n1
}

# ejects POLICY FAULT MOST LISTS SCOPE LOAD: it is, for that, within so many ms and twice what the load takes by itself
ejects() {
	local name=$1 fault=$2 most row="$1, $4, $5, $6" i before took

	in_scope "$5" "$group"
	base "$5" "$6" "$4"
	most=$(($3 + 2 * base_ms["$5 $6 $4"]))
	modprobe "$name"
	echo "guard: $row" >/dev/kmsg
	put "$where$name"
	is "$(scope_policy "$scope")" "$name" "$row: attached"
	before=$(kills)
	for i in {1..10}; do
		pressure "$5" "$6" || break
		[ "$(scope_policy "$scope")" = "$name" ] || break
	done
	is "${R[status]-none} ${R[corrupt_pages]-none}" "0 0" "$row: the load is done, and its data whole"
	[ $(($(kills) - before)) -le "${base_kills["$5 $6 $4"]}" ]
	ok $? "$row: nobody is killed whom the kernel would not kill" || say "$(($(kills) - before)) are"
	is "$(scope_policy "$scope")" native "$row: ejected" || say "after $i runs of the load"
	is "$(ejected "$scope")" "$name: ${reasons[$fault]}" "$row: the reason is in /proc/quire/policy"
	new_log | sed "0,/guard: $row/d" | grep -q "quire: .*$name.*ejected.*${reasons[$fault]}"
	ok $? "$row: and in the log"
	took=$(($(stamp "quire: .*$name.*ejected") - $(stamp "guard: $row")))
	within $took 0 "$most" "$row: within $most ms: $took"
}

# leaves POLICY SCOPE: one that was ejected stays away, and can go
leaves() {
	is "$(scope_policy "$scope")" native "$1: it does not come back by itself"
	put "$where$1"
	is "$(scope_policy "$scope")" "$1" "$1: by hand it does"
	put "${where}native"
	rmmod "$1"
	ok $? "$1: its module can go"
}

# in_hoard NAME ARGUMENT...: a load in $hoard/NAME, in the background
in_hoard() {
	local name=$1

	shift
	(
		echo $BASHPID >"$hoard/$name/cgroup.procs"
		exec quire-load "$@"
	) >"$tmp/$name" 2>&1 &
}

# begin_hoard SCOPE: a policy that gives up only what came first; and what came first is memory that the kernel
# leaves to its owner, still. The window is small, for what is not proposed is not the pool's for long.
begin_hoard() {
	mkdir -p $hoard
	echo +memory >$hoard/cgroup.subtree_control
	mkdir -p $hoard/{still,busy}
	echo 13M | tee $hoard/memory.min >$hoard/still/memory.min
	echo 25M >$hoard/memory.max
	in_scope "$1" $hoard
	modprobe bad_hoard
	echo 'hist:keys=native,policy if anon==1' >$verdicts/trigger
	put "${where}bad_hoard window=256 window_most=256"
	hoard_began=${EPOCHREALTIME/./} had_evicted=$(evicted_pages) had_kills=$(kills)
	in_hoard still loop -w --size=10M -r 2 --pause=3600000
	still=$!
	until_it 20 has_hoard
	ok $? "bad_hoard, $1: has its hoard"
}

# hoard_is_there: is the policy attached? Sets pool
hoard_is_there() {
	local -A now=()
	local name

	read_pool now "$scope" anon
	[ -n "${now[verdicts]-}" ] || return 1
	for name in "${!now[@]}"; do
		pool[$name]=${now[$name]}
	done
}

has_hoard() {
	hoard_is_there && [ "${pool[resident_pages]}" -ge 2500 ]
}

# evicted_pages: of all the machine so far
evicted_pages() {
	awk '/^pgsteal_(anon|file)/ { sum += $2 } END { print sum }' /proc/vmstat
}

# answers NATIVE POLICY: how many verdicts about anonymous pages so far; 0 the kernel's choice, 1 evict, 2 keep
answers() {
	awk -v key="native: *$1, policy: *$2 " '$0 ~ key { print $NF; found = 1 } END { if (!found) print 0 }' $verdicts/hist
}

# hoard_is_bounded ROW: the anonymous pages that it refused and the kernel would not have are paid for: 4,096, 12 for
# each page that went, and 1 a millisecond
hoard_is_bounded() {
	local took=$(((${EPOCHREALTIME/./} - hoard_began) / 1000)) refused evicted left

	refused=$(answers 1 2) left=$(answers 1 0) evicted=$(($(evicted_pages) - had_evicted))
	within "$refused" 4096 $((4096 + 12 * evicted + took)) \
		"$1: no more is refused than paid for: $refused for $evicted that went in $took ms"
	within "$left" 100 "$refused" "$1: about others the kernel decides: $left"
	is $(($(kills) - had_kills)) 0 "$1: nobody is killed"
}

# end_hoard PID...: with the loads beside it
end_hoard() {
	kill "$@" "$still"
	wait "$@" "$still" 2>/dev/null
	echo '!hist:keys=native,policy if anon==1' >$verdicts/trigger
	put "${where}native"
	rmmod bad_hoard && rmdir $hoard/{still,busy} $hoard
	ok $? "bad_hoard: its module can go"
}

had=$(cat $mglru)
[ -w $mglru ]
ok $? "there are both kinds of lists"
no_swap_readahead
load faults=0
mkdir -p $group
mark_log

lists classic
ejects bad_keep no_victim 5000 classic cgroup two
leaves bad_keep
ejects bad_rubbish bad_victim 5000 classic cgroup anon
leaves bad_rubbish
ejects bad_spin slow 10000 classic cgroup file
leaves bad_spin

# A page is wanted now and then, so that time pays for pass after pass that is refused: the watchdog's case. With
# 1 refusal a millisecond it takes 20 s until there are enough.
begin_hoard cgroup
in_hoard busy loop -w --size=14M -r 2 --pause=3600000
holder=$!
sleep 3
in_hoard busy touch -w -n 100000 --rate=10
toucher=$!
for ((i = 0; i < 120; i++)); do
	hoard_is_there || break
	sleep 1
done
row="bad_hoard, classic, cgroup, a few pages a second"
took=$(((${EPOCHREALTIME/./} - hoard_began) / 1000))
is "$(ejected "$scope")" "bad_hoard: ${reasons[keeps]}" "$row: ejected"
within $took 15000 120000 "$row: not before the budget allows it: $took ms"
within "${pool[guard_trips]}" 20 32 "$row: after ${pool[guard_trips]} trips and more"
is "${pool[evicted_condemned_pages]}" 0 "$row: nothing that it named had gone"
hoard_is_bounded "$row"
kill -0 $still && kill -0 $holder && kill -0 $toucher
ok $? "$row: all goes on"
end_hoard $holder $toucher

take_machine
ejects bad_list broken 5000 classic machine file
leaves bad_list

lists mglru
ejects bad_keep no_victim 5000 mglru machine file
leaves bad_keep
ejects bad_rubbish bad_victim 5000 mglru machine two
leaves bad_rubbish
ejects bad_spin slow 10000 mglru machine two
leaves bad_spin

# Where pages go all the time there is no time for a pass: what it refuses is bounded by what goes.
begin_hoard machine
row="bad_hoard, mglru, machine, two"
pressure machine two
is "${R[status]-none} ${R[corrupt_pages]-none}" "0 0" "$row: the load is done, and its data whole"
within $ms 0 $((base_ms["machine two mglru"] * 4)) "$row: in $ms ms, no more than four times as long as natively"
hoard_is_bounded "$row"
why=$(ejected machine)
is "${why:-bad_hoard: ${reasons[keeps]}}" "bad_hoard: ${reasons[keeps]}" "$row: if it is ejected then for that${why:+, and it is}"
end_hoard

echo 0 >/proc/sys/vm/nr_hugepages
# The file is written before, where there is room: from such a cgroup MGLRU now and then has whoever writes it killed, natively
# as well (scripts/bench/kills).
quire-load file-search --size=15M --file=$data/searched -r 1 >/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches
ejects bad_list broken 5000 mglru cgroup read
leaves bad_list
rm $data/searched
lists "$([[ $had =~ [1-9a-f]$ ]] && echo mglru || echo classic)"
is "$(complaints)" "" "no complaint of the kernel"
put "cgroup /${group##*/} lru"
pressure cgroup anon
is "$? $(scope_policy "/${group##*/}")" "0 lru" "a good policy stays"
finish
