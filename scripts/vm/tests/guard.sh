#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies that misbehave: the load goes on, nobody is killed, and the policy is ejected with a reason.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

scope=${group#/sys/fs/cgroup}

# The policy of our cgroup.
attached() {
	sed -n "s|^scope $scope \([a-z0-9_]*\)\$|\1|p" /proc/quire/policy
}

attach() {
	echo "cgroup $scope $1" >/proc/quire/policy
}

# kills: of processes for want of memory, in our cgroup and in all
kills() {
	echo "$(sed -n 's/^oom_kill //p' $group/memory.events) $(sed -n 's/^oom_kill //p' /proc/vmstat)"
}

# pressure ARGUMENT...: a loop over 15 MiB with 12; sets R from its report; its exit status
pressure() {
	local status

	limited 12M timeout 120 quire-load loop --size=15M --writes=20 "$@" >"$tmp/loop" 2>"$tmp/err"
	status=$?
	read_pairs R "$tmp/loop"
	[ $status -eq 0 ] || say "status $status: $(<"$tmp/err")"
	return $status
}

load faults=0
mkdir -p $group
no_swap_readahead
mark_log
before=$(kills)		# the cgroup may have been another test's
pressure -r 1
ok $? "native: the load is done, in $((R[elapsed_us] / 1000)) ms"
is "$(kills)" "$before" "native: nobody is killed"

for name in bad_keep bad_rubbish bad_spin bad_list; do
	modprobe $name && attach $name
	is "$(attached)" $name "$name: attached"
	began=$SECONDS
	for _ in {1..10}; do
		pressure -r 1 || break
		[ "$(attached)" = $name ] || break
	done
	is "${R[status]-none} ${R[corrupt_pages]-none}" "0 0" "$name: the load is done, and its data whole"
	is "$(kills)" "$before" "$name: nobody is killed"
	is "$(attached)" native "$name: ejected, within $((SECONDS - began)) s"
	reason=$(sed -n "s/^ejected $name: //p" /proc/quire/policy)
	[ -n "$reason" ]
	ok $? "$name: the reason is in /proc/quire/policy: $reason"
	new_log | grep -q "quire: .*$name.*ejected.*$reason"
	ok $? "$name: and in the log"
	pressure -r 1
	ok $? "$name: the kernel goes on by itself, in $((R[elapsed_us] / 1000)) ms"
	is "$(attached)" native "$name: it does not come back by itself"
	attach $name
	is "$(attached)" $name "$name: by hand it does"
	attach native
	rmmod $name
	ok $? "$name: its module can go"
done
is "$(complaints)" "" "no complaint of the kernel"
attach lru
pressure -r 1
is "$? $(attached)" "0 lru" "a good policy stays"
finish
