#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies in reclaim: attaching, switching and unloading while memory is short.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
declare -A pool

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

memory=$(awk '/^MemTotal/ { print int($2 / 4) }' /proc/meminfo)
quire-load loop -w -n $((memory * 115 / 100)) -s 3600 >"$tmp/loop" 2>&1 &
hog=$!
sleep 3
for name in "${policies[@]}"; do
	attach "$name" && sleep 0.3 && [ "$(attached)" = "$name" ]
	ok $? "$name is attached while memory is short"
done

attach fifo
before=$(awk '/^pswpin/ { print $2 }' /proc/vmstat)
sleep 5
read_pairs pool <(sed '1,/^pool/d' /proc/quire/policy)
after=$(awk '/^pswpin/ { print $2 }' /proc/vmstat)
say "fifo: ${pool[verdicts]} verdicts, ${pool[evicted_pages]} evicted," \
	"${pool[evicted_condemned_pages]} of them condemned"
within "${pool[evicted_pages]}" 100 100000000 "pages are evicted"
within $((pool[evicted_condemned_pages] * 100 / (pool[evicted_pages] + 1))) 90 100 \
	"what goes is what the policy chose"
# MGLRU proposes kept pages again at once: 17 verdicts an eviction seen, 1.2 on the classic lists.
most=15
grep -q '^lru mglru' /proc/quire/status && most=60
within $((pool[verdicts] / (pool[evicted_pages] + 1))) 0 $most "at most $most verdicts an eviction"
within $((after - before)) 1 100000000 "the load makes progress"

attach native
is "$(attached)" native "detached under load"
attach lru
rmmod quire
ok $? "unloaded while attached and under load"
kill -0 $hog
ok $? "the load lives"
kill $hog
wait $hog 2>/dev/null
# What went to swap comes back, so that the next test finds a machine at rest.
swap=$(awk '/^\/dev/ { print $1 }' /proc/swaps)
swapoff "$swap" && swapon "$swap"
ok $? "swap is empty again"
is "$(dmesg | grep -c 'Out of memory')" 0 "nothing was killed for want of memory"
finish
