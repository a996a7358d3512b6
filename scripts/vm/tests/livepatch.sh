#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A livepatch and quire both want to stand around a function: whoever is first has it, the other is told.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ ! -d /sys/kernel/livepatch && -e /sys/kernel/debug/kmemleak ]]; then
	skip "a livepatch of what quire stands around" "the debug kernel has none"
	finish
fi

# hook PART: what status says of folio_referenced
hook() {
	sed -n "s/^hook $1 folio_referenced \(.*\) - .*/\1/p" /proc/quire/status
}

# patched: whether the livepatch is there, and in all tasks
patched() {
	[ "$(cat /sys/kernel/livepatch/livepatched/transition 2>/dev/null)" = 0 ]
}

load workingset=1
! modprobe livepatched 2>"$tmp/err"
ok $? "a livepatch is refused where we are: $(<"$tmp/err")"
grep -q 'Device or resource busy' "$tmp/err"
ok $? "as busy"
echo workingset=0 >/proc/quire/config
modprobe livepatched
ok $? "once we are not, it is taken"
until_it 30 patched
ok $? "by all tasks"

mark_log
echo workingset=1 >/proc/quire/config
is "$(hook workingset)" "unavailable error -16" "then we do without, and say so"
grep -q '^part workingset running' /proc/quire/status
ok $? "the rest of the part runs"
! { echo lru >/proc/quire/policy; } 2>"$tmp/err"
ok $? "a policy cannot do without"
grep -q 'Device or resource busy' "$tmp/err"
ok $? "and is refused as busy"
new_log | grep -q 'quire: policy: "lru" refused: somebody else, a livepatch say, holds a function'
ok $? "with the reason in the log"
is "$(hook policy)" "unavailable error -16" "and the function in the status"
grep -q '^\* native' /proc/quire/policy
ok $? "nothing is attached"

echo 0 >/sys/kernel/livepatch/livepatched/enabled
gone() {
	rmmod livepatched 2>/dev/null
}
until_it 30 gone
ok $? "the livepatch goes"
echo lru >/proc/quire/policy
grep -q '^\* lru' /proc/quire/policy
ok $? "now it can be attached"
is "$(hook policy)" "attached missed 0" "where the livepatch was"
unload
ok $? "and unloaded"
is "$(complaints)" "" "no complaint of the kernel"
finish
