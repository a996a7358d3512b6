#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A policy from a module of its own: registered by insmod, held while it is attached, and at work.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# listed: how /proc/quire/policy has it, "*" before the one that is attached
listed() {
	sed -n 's/^\([ *]\) newest - .*/[\1]/p' /proc/quire/policy
}

! insmod "$(modinfo -n newest)" 2>"$tmp/err"
ok $? "without quire its symbols are missing: $(<"$tmp/err")"
load faults=0
is "$(listed)" "" "it is not there before its module"
modprobe newest
is "$(listed)" "[ ]" "insmod registers it"
! rmmod quire 2>"$tmp/err"
ok $? "quire stays while its policy's module is there: $(<"$tmp/err")"

# attach POLICY: to the cgroup that has little memory, or where that cannot be, to the machine
attach() {
	mkdir -p $group
	{ echo "cgroup ${group#/sys/fs/cgroup} $1" >/proc/quire/policy; } 2>/dev/null ||
		echo "$1" >/proc/quire/policy
}

no_swap_readahead
# faults POLICY: major faults of a loop over 15 MiB with 12, attached before it starts
faults() {
	attach "$1"
	limited 12M quire-load loop --size=15M -r 4 >"$tmp/loop" || say "the loop failed"
	sed -n 's/^major_faults //p' "$tmp/loop"
}
native=$(faults native)
newest=$(faults newest)
[ "$newest" -gt 500 ] && [ $((newest * 5)) -lt $((native * 4)) ]
ok $? "a loop has fewer major faults with it: $newest, not $native"

attach native
echo newest >/proc/quire/policy
is "$(listed)" "[*]" "it is attached to the machine"
! { echo "newest window=0" >/proc/quire/policy || echo newest nosuch=1 >/proc/quire/policy; } 2>/dev/null
is "$(listed)" "[*]" "what is refused changes nothing"
! rmmod newest 2>"$tmp/err"
ok $? "it cannot go while it is attached: $(<"$tmp/err")"
is "$(listed)" "[*]" "and goes on"
echo native >/proc/quire/policy
rmmod newest
ok $? "detached, it can"
is "$(listed)" "" "and is not listed any more"
! { echo newest >/proc/quire/policy; } 2>/dev/null
ok $? "nor can it be attached"
modprobe newest && rmmod newest
ok $? "it can come back, and go"
finish
