#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies in reclaim: attaching, settings, cgroups, what is refused; without memory pressure.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"

# hooked: is the function that reclaim asks? Ours stands around it by ftrace, as a kprobe would.
hooked() {
	grep -c '^folio_referenced ' /sys/kernel/debug/tracing/enabled_functions
}

load faults=0
is "$(attached)" native "at first the kernel chooses by itself"
mapfile -t policies < <(sed -n 's/^  \([a-z0-9_]*\) - .*/\1/p' /proc/quire/policy)
within ${#policies[@]} 18 64 "there are policies to choose from"
is "$(hooked)" 0 "none attached: reclaim has no hook"

for bad in nosuch '' ' lru' 'lru ' 'lru fifo' ../lru LRU "$(printf 'x%.0s' {1..40})" 'lru nosuch=1' \
	'lru window=0' 'lru window=4 window_most=8' 'lru window=' 'lru window=1x' 'nosuch=1' cgroup \
	'cgroup /' 'cgroup / lru' 'cgroup // lru' 'cgroup /nosuch lru' 'cgroup lru' 'protect_ms=-1' 'lru=nosuch' lru=classic 'native lru=classic' \
	'window=16 lru' 'lirs hir=100' 'lirs ghost_percent=101'; do
	! put "$bad" && [ "$(attached)" = native ]
	ok $? "refused: '${bad:0:20}'"
done
is "$(grep -c ^scope /proc/quire/policy)" 0 "what is refused leaves nothing"

for name in "${policies[@]}"; do
	put "$name" && [ "$(attached)" = "$name" ]
	ok $? "$name is attached"
done

put 'lirs hir=7 window=32 window_most=4'
is "$(scope_value machine hir) $(scope_value machine window) $(scope_value machine window_most)" \
	"7 32 4" "parameters of the policy and of the host are set with it"
put 'hir=9'
is "$(scope_value machine hir)" 9 "and later"
! put 'hir=10 window=9999' && [ "$(scope_value machine hir)" = 9 ]
ok $? "all or nothing is set"
is "$(hooked)" 1 "attached: it has one"
put native
is "$(attached) $(hooked)" "native 0" "detached, and it has none"

put 'protect_ms=1000 protect_anon_mb=3'
is "$(attached) $(scope_value machine protect_ms) $(scope_value machine protect_anon_mb)" \
	"native 1000 3" "protection needs no policy"
put 'protect_ms=0 protect_anon_mb=0'
is "$(grep -c ^scope /proc/quire/policy)" 0 "and ends"

# What the machine has, not the MemTotal that the kernel has left over.
bytes=$((16#$(</sys/devices/system/memory/block_size_bytes) * $(printf '%s\n' /sys/devices/system/memory/memory[0-9]* | wc -l)))
put lru
tables=$(value tables_bytes)
say "$tables bytes of tables on a machine of $bytes"
within $((tables * 100000 / bytes)) 100 500 "the tables take at most 0.5 % of memory"
put lirs
within $((($(value tables_bytes) - tables) * 100 / tables)) 45 100 "half as many ghosts as pages take nearly as much again"
put 'ghost_percent=100'
is "$(scope_value machine ghost_percent)" 100 "as many ghosts as pages"
within $((($(value tables_bytes) - tables) * 100 / tables)) 90 180 "take less than twice that"
put lru
is "$(scope_value machine ghost_percent)" 100 "the host's settings stay with the scope"

# The command, on the same file.
said=$(quire policy set lirs hir=7 2>&1)
is "$? ${said%%$'\n'*} $(attached) $(scope_value machine hir)" "0 machine: lirs lirs 7" \
	"quire policy set attaches and says so"
is "${said##*$'\n'}" "sudo quire config workingset=1" "and how policies hear of more uses"
said=$(quire policy set lirs hir=100 2>&1)
is "$? $said" '1 quire policy set: "lirs hir=100" was refused: not a value that it can have' \
	"what the module refuses it says in its own words"
said=$(quire policy set -g /nosuch lru 2>&1)
is "$? $said" '1 quire policy set: "cgroup /nosuch lru" was refused: no such cgroup (v2)' \
	"also of a cgroup"
said=$(setpriv --reuid 65534 --clear-groups quire policy unset 2>&1)
is "$? $said" "1 quire policy unset: /proc/quire/policy may not be read or written by this user: try sudo" \
	"an ordinary user is told to be root"
said=$(quire protect -t 500 -a 3 --json | tr -d ' \n')
is "$? ${said%%,\"protected*}" '0 {"scopes":[{"scope":"machine","protect_ms":500,"protect_anon_mb":3,"protect_file_mb":0' \
	"quire protect protects"
quire policy unset >/dev/null && quire protect --off >/dev/null
is "$(attached) $(grep -c ^scope /proc/quire/policy)" "native 0" "quire policy unset and quire protect --off end it"

# Both kernels have both sets of lists.
lru_gen=/sys/kernel/mm/lru_gen/enabled
had=$(<$lru_gen)
lists() {
	sed -n 's/^lru \([a-z]*\).*/\1/p' /proc/quire/status
}

echo y >$lru_gen
before=$(<$lru_gen)
is "$(lists) $(grep -c '^limits lru' /proc/quire/status)" "mglru 1" "MGLRU is on: the status says so, and what it means"
put 'lru lru=classic'
is "$(<$lru_gen) $(lists) $(value lru_is_switched)" "0x0000 classic 1" "lru=classic: MGLRU is off, and the status says so"
put native
is "$(<$lru_gen)" "$before" "detached: as it was before"
! put 'lru lru=classic nosuch=1'
is "$(attached) $(<$lru_gen)" "native $before" "what is refused switches nothing"
put 'protect_ms=100 lru=classic'
is "$(<$lru_gen)" 0x0000 "a protection does as well as a policy"
put 'lru=default'
is "$(<$lru_gen) $(scope_value machine protect_ms)" "$before 100" "lru=default: as before, while it goes on"
put 'protect_ms=0'
unshare -m sh -c 'mount -t tmpfs none /sys && echo "lru lru=classic" >/proc/quire/policy'
is "$? $(<$lru_gen)" "0 0x0000" "who has another /sys can say so, too"
unshare -m sh -c 'mount -t tmpfs none /sys && echo native >/proc/quire/policy'
is "$? $(<$lru_gen)" "0 $before" "and have it back"
echo 6 >$lru_gen
put 'lru lru=classic'
is "$(<$lru_gen) $(lists) $(value lru_is_switched)" "0x0006 classic 0" "MGLRU is off though the file has other numbers"
put native
echo y >$lru_gen

echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/a/b /sys/fs/cgroup/c
put 'cgroup /a lru lru=classic'
is "$? $(scope_policy /a)" "1 " "the lists are the machine's, not a cgroup's"
put 'lru lru=classic' && put 'cgroup /a lru' && put native
is "$(<$lru_gen)" 0x0000 "the classic lists stay while any policy does"
put 'cgroup /a native'
is "$(<$lru_gen)" "$before" "and no longer"
put 'cgroup /a lru' && put 'cgroup /c arc'
is "$(scope_policy /a) $(scope_policy /c) $(attached)" "lru arc native" "cgroups have policies of their own"
! put 'cgroup /a/b lru'
ok $? "not without the memory controller"
put 'cgroup /a native'
is "$(scope_policy /a) $(scope_policy /c)" " arc" "one is detached"
rmdir /sys/fs/cgroup/c
for ((i = 0; i < 50 && $(grep -c '^scope /c' /proc/quire/policy); i++)); do sleep 0.1; done
is "$(scope_policy /c)" "" "a removed cgroup's pools go with it"
rmdir /sys/fs/cgroup/a/b /sys/fs/cgroup/a
is "$(hooks)" "$(unload; load faults=0; hooks)" "and with the last scope the hooks"

# A block of memory that is offline: the VM has one for this (--plug).
block=$(grep -l offline /sys/devices/system/memory/memory*/state 2>/dev/null | tail -n1)
if [ -n "$block" ]; then
	echo online_movable >"$block"
	put lru
	full=$(value tables_bytes)
	for ((i = 0; i < 20; i++)); do
		! { echo offline >"$block"; } 2>/dev/null || break
		sleep 0.2
	done
	is "$(<"$block")" offline "memory goes offline"
	within $((full - $(value tables_bytes))) $((18 << 11)) $((18 << 20)) "and takes its tables along"
	echo online_movable >"$block"
	is "$(value tables_bytes)" "$full" "which come back with it"
	put native
	echo offline >"$block"
else
	skip "memory that goes offline" "no block is offline: this VM is without --plug, or its kernel without hotplug"
fi

put 'lru lru=classic'
rmmod quire
is "$? $(<$lru_gen)" "0 $before" "unloaded while attached, and MGLRU is on again"
echo "$had" >$lru_gen
finish
