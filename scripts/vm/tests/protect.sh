#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Protection: what is used stays, and so much of a kind, while others go; natively it does not.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"
declare -A before after stat
top=/sys/fs/cgroup/quire-protect

# An emulated TLB holds all that a program uses, and a use through it sets no accessed bit. So on each CPU a process
# wakes up 50 times a second: going to it and back empties that TLB, as use of other pages does a real one.
tick='
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
while True:
    time.sleep(0.02)'

# begin CGROUP ARGUMENT...: a load in one of our two, in the background; sets pid
begin() {
	(
		echo $BASHPID >"$top/$1/cgroup.procs"
		shift
		exec quire-load "$@"
	) >/dev/null 2>"$tmp/load" &
	pid=$!
}

stop() {
	kill "$@"
	wait "$@"
} 2>/dev/null

# missed PID: pages that it has to wait for in 4 s, or longer. Those that go before what is set is in force come back first.
missed() {
	sleep "$settling"
	before=() after=()
	read_kernel_faults before "$1" && sleep $((4 * slow)) && read_kernel_faults after "$1" || return
	echo $((after[maj_flt] - before[maj_flt]))
}

# gone: pages that were evicted in both
gone() {
	read_pairs stat $top/memory.stat
	echo "${stat[pgsteal]}"
}

# shellcheck disable=SC2317 # for until_it
# pressed: have 1,000 pages gone since?
pressed() {
	[ $(($(gone) - began)) -ge 1000 ]
}

# thrashes NAME: the victim misses pages natively
thrashes() {
	began=$(gone)
	until_it 30 pressed
	for _ in {1..5}; do
		native=$(missed "$victim")
		[ "${native:-0}" -lt 200 ] || break
	done
	[ "${native:-0}" -ge 200 ]
	ok $? "$1: natively what is used goes, and $native come back"
}

# stays REQUEST NAME: the victim hardly does, though others go
stays() {
	local some pages

	put "$1"
	pages=$(gone)
	some=$(missed "$victim")
	pages=$(($(gone) - pages))
	[ $((${some:-$native} * 10)) -le "$native" ] && [ $pages -ge 500 ]
	ok $? "$2: $some come back, while $pages go" || say "natively $native"
}

# shellcheck disable=SC2317 # for until_it
# idle_goes: there is hardly more than what is used
idle_goes() {
	stat=()
	read_pairs stat "$top/matters/memory.stat"
	[ "${stat[anon]}" -le $((1200 * 4096)) ]
}

# over NAME: both live; they end
over() {
	kill -0 "$victim" && kill -0 "$hog"
	ok $? "$1: nobody is killed"
	stop "$victim" "$hog"
}

load faults=0
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $top
echo +memory >$top/cgroup.subtree_control
mkdir -p $top/matters $top/hog $top-other
matters=${top#/sys/fs/cgroup}/matters
echo 12M >$top/memory.max
no_swap_readahead
# Under the debug kernel all of it takes longer, and so does a turn of memory.
slow=$((60 / $(many 60)))
slow=$((slow > 5 ? 5 : slow))
# A round of the victim: there it waits up to 10 s for all of its pages.
settling=$((slow > 1 ? 25 : 2))
swappiness=$(</proc/sys/vm/swappiness)
tickers=()
for ((cpu = 0; cpu < $(nproc); cpu++)); do
	python3 -c "$tick" $cpu &
	tickers+=($!)
done

# What is used once a second, beside a loop over more than there is.
begin matters loop -n 800 -w -s 3600 --pause=$((1000 * slow))
victim=$pid
begin hog loop --size=16M -w -s 3600 --rate=$((3000 / slow))
hog=$pid
thrashes "memory beside memory"
put "cgroup /quire-protect-other protect_ms=3600000"
stays "cgroup $matters protect_ms=$((3000 * slow))" "protect_ms"
begin matters loop -n 1500 -w -r 2 --pause=600000
idle=$pid
until_it $((20 * slow)) idle_goes
ok $? "what was not used for that long goes, though a scope beside it wants an hour" || say "${stat[anon]} bytes are left"
stop "$idle"
put "cgroup /quire-protect-other protect_ms=0"
put "cgroup $matters protect_ms=0"
over "protect_ms"

# Of one kind so much stays. Which kind goes natively is for swappiness to say.
begin matters loop -n 800 -w -s 3600 --pause=$((1000 * slow))
victim=$pid
begin hog loop --size=16M -w -s 3600 --rate=$((3000 / slow))
hog=$pid
thrashes "memory beside memory"
stays "cgroup $matters protect_anon_mb=6" "protect_anon_mb"
put "cgroup $matters protect_anon_mb=0"
over "protect_anon_mb"

begin matters loop -n 800 --memory=file -s 3600 --pause=$((1000 * slow)) --dir=$data
victim=$pid
begin hog loop --size=16M -w -s 3600
hog=$pid
echo 20 >/proc/sys/vm/swappiness
thrashes "files beside memory"
stays "cgroup $matters protect_file_mb=6" "protect_file_mb"
put "cgroup $matters protect_file_mb=0"
stays "protect_file_mb=100000" "protect_file_mb of the machine"
put "protect_file_mb=0"
over "protect_file_mb"
stop "${tickers[@]}"
echo "$swappiness" >/proc/sys/vm/swappiness
rmdir $top/matters $top/hog $top $top-other
is "$(grep -c ^scope /proc/quire/policy)" 0 "no scope is left"
finish
