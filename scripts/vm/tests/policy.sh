#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies in reclaim: attaching, switching, and unloading while one is attached.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# attach NAME
attach() {
	echo "$1" >/proc/quire/policy
} 2>/dev/null

attached() {
	sed -n 's/^\* \([a-z0-9_]*\).*/\1/p' /proc/quire/policy
}

load faults=0
is "$(attached)" native "at first the kernel chooses by itself"
mapfile -t policies < <(sed -n 's/^  \([a-z0-9_]*\) - .*/\1/p' /proc/quire/policy)
within ${#policies[@]} 18 64 "there are policies to choose from"
is "$(grep -c folio_referenced /sys/kernel/debug/kprobes/list)" 0 "none attached: reclaim has no hook"

for bad in nosuch '' 'lru ' 'lru fifo' ../lru LRU "$(printf 'x%.0s' {1..40})"; do
	! attach "$bad" && [ "$(attached)" = native ]
	ok $? "refused: '${bad:0:12}'"
done
for name in "${policies[@]}"; do
	attach "$name" && [ "$(attached)" = "$name" ]
	ok $? "$name is attached"
done
attach native
is "$(attached)" native "detached"
attach lru
rmmod quire
ok $? "unloaded while attached"
finish
