#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire doctor on a real kernel: what it says changes with the machine.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
device=$(sed -n 's,^/dev/\([^ ]*\) .*,\1,p' /proc/swaps)

# says NAME TEXT...: among the findings
says() {
	local name=$1
	shift
	quire doctor >"$tmp/doctor"
	ok $? "$name: it can look" || return
	for text; do
		grep -qE "$text" "$tmp/doctor"
		ok $? "$name: $text" || sed 's/^/# /' "$tmp/doctor"
	done
}

# A kernel that is built without pahole has no BTF, as the debug kernel is.
tracing='^good +tracing'
[ -e /sys/kernel/btf/vmlinux ] || tracing='^note +tracing +not to be seen: BTF$'
says "at rest" '^good +kernel' "^note +module .*not loaded" "$tracing" "^note +swap .* on $device, not encrypted" \
	'^good +overcommit' ' cgroup +'
load swap=1
says "loaded" '^good +module +quire.ko is loaded'
echo 2 >/proc/sys/vm/overcommit_memory
limited 8M quire-load loop --size=12M -r 1 >/dev/null
swapoff "/dev/$device"
says "in want" '^bad +swap +there is none' '^(good|bad) +overcommit +strict' "cgroup +/quire-test: memory.max .* was hit [1-9]"
swapon "/dev/$device"
echo 0 >/proc/sys/vm/overcommit_memory
if [ -e /sys/kernel/mm/lru_gen/enabled ]; then
	was=$(<"/sys/kernel/mm/lru_gen/enabled")
	echo n >/sys/kernel/mm/lru_gen/enabled
	says "without MGLRU" '^note +lru +classic'
	echo "$was" >/sys/kernel/mm/lru_gen/enabled
fi
finish
