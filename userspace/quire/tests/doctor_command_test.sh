#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire doctor on copies of proc and sys: a machine that is well, and one that is not.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"

doctor() {	# STATUS TREE ARGUMENTS...
	local want=$1 tree=$2
	shift 2
	timeout 60 "$bin/quire" doctor --root "$tmp/$tree" "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? = "$want" ]
}

# finds STATE CHECK TEXT: a finding, and advice where it is not good
finds() {
	local line

	line=$(grep -A1 -E "^$1 +$2 .*$3" "$tmp/out")
	[ -n "$line" ] && { [ "$1" = good ] || [[ $line == *$'\n'*'> '* ]]; }
	ok $? "${4-$1: $2}"
}

# put PATH TEXT: a file of the tree
put() {
	mkdir -p "$tmp/$tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$tmp/$tree/$1"
}

# disk NAME PARTITION ROTATIONAL
disk() {
	put "sys/devices/$1/queue/rotational" "$3"
	put "sys/devices/$1/$2/partition" 1
	mkdir -p "$tmp/$tree/sys/class/block"
	ln -s "../../devices/$1" "$tmp/$tree/sys/class/block/$1"
	ln -s "../../devices/$1/$2" "$tmp/$tree/sys/class/block/$2"
}

tree=well
put proc/meminfo $'MemTotal: 8000000 kB\nSwapTotal: 4000000 kB\nSwapFree: 3900000 kB\nCommitLimit: 8000000 kB\nCommitted_AS: 2000000 kB'
put proc/swaps $'Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition 2000000 0 100\n/dev/dm-1 partition 2000000 0 -2'
put proc/sys/kernel/osrelease 6.1.0-56-amd64
put proc/quire/status 'version 0.1'
put proc/sys/vm/page-cluster 0
put proc/sys/vm/overcommit_memory 0
put proc/buddyinfo 'Node 0, zone   Normal      8      4      2      1      0      0      0      0      0      10    100'
put proc/vmstat $'compact_stall 4\ncompact_fail 1\noom_kill 0'
put proc/pressure/memory $'some avg10=0.00 avg60=0.10 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0'
put sys/class/block/zram0/comp_algorithm 'lzo [zstd]'
put sys/class/block/dm-1/dm/uuid CRYPT-PLAIN-swap
put sys/class/block/dm-1/queue/rotational 0
put sys/module/zswap/parameters/enabled Y
put sys/kernel/mm/transparent_hugepage/enabled 'always [madvise] never'
put sys/kernel/mm/lru_gen/enabled 0x0007
put sys/kernel/mm/lru_gen/min_ttl_ms 1000
put sys/kernel/debug/kprobes/list ''
put sys/kernel/tracing/available_events ''
put sys/kernel/btf/vmlinux ''
put sys/fs/cgroup/cgroup.controllers memory
put sys/fs/cgroup/a/memory.events.local $'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0'

doctor 0 well
ok $? "a machine that is well"
! grep -vE '^good ' "$tmp/out"
ok $? "has good findings only"
finds good kernel 6.1.0-56-amd64
finds good module "is loaded"
finds good swap 'on zram0, compressed memory \(lzo \[zstd\]\)' "zram and how it compresses"
finds good swap 'on dm-1, encrypted' "a disk that is encrypted"
finds good fragmentation '0% .* 8 4 2 1 0 0 0 0 0 10 100$' "free blocks by order"
finds good compaction '4 times .* 1 of them'
finds good cgroup 'no limit'

cp -a "$tmp/well" "$tmp/ill"
tree=ill
put proc/meminfo $'HugePages_Free: 4882\nHugepagesize: 2048 kB\nMemTotal: 80000000 kB\nSwapTotal: 4000000 kB\nSwapFree: 39000 kB\nCommitLimit: 8000000 kB\nCommitted_AS: 7900000 kB'
put proc/swaps $'Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 2000000 0 -2\n/swapfile file 2000000 0 -3\n/dev/zram0 partition 1 0 1'
disk sda sda2 1
put proc/sys/kernel/osrelease 5.10.0-8-amd64
rm "$tmp/ill/proc/quire/status" "$tmp/ill/sys/kernel/debug/kprobes/list"
put sys/kernel/security/lockdown 'none [integrity] confidentiality'
put proc/sys/vm/page-cluster 3
put proc/sys/vm/overcommit_memory 2
put proc/buddyinfo $'Node 0, zone DMA 100 0 0 0 0 0 0 0 0 0 0\nNode 0, zone Normal 412 0 0 0 0 0 0 0 0 0 0'
put proc/vmstat $'compact_stall 400\ncompact_fail 300\noom_kill 2'
put proc/pressure/memory 'some avg10=0.00 avg60=12.34 avg300=0.00 total=0'
put sys/module/zswap/parameters/enabled N
put sys/kernel/mm/transparent_hugepage/enabled '[always] madvise never'
put sys/kernel/mm/lru_gen/enabled 0x0000
bad=$'sys/fs/cgroup/b\033[31m'
put "$bad/memory.events.local" $'low 0\nhigh 7\nmax 9\noom 1\noom_kill 1'
put "$bad/memory.max" 1048576
for i in 1 2 3 4 5 6; do
	put "sys/fs/cgroup/c/$i/memory.events.local" $'low 0\nhigh '"$i"$'\nmax 0\noom 0\noom_kill 0'
done

doctor 0 ill
ok $? "a machine that is ill"
finds note kernel 'tested on 6.1 and 6.12'
finds bad lockdown integrity
finds note module 'headers .* not there'
finds note tracing 'not to be seen: kprobes'
finds note swap 'sda2, not encrypted' "a disk that is not encrypted"
finds bad disk 'sda2 .* rotates'
finds note swap 'in the file /swapfile' "a swap file"
finds bad hugetlb '9.5G of 76.3G'
[ "$(sed -n 's/^\([a-z][a-z]*\) .*/\1/p' "$tmp/out" | uniq | paste -sd ' ')" = "bad note good" ]
ok $? "what hurts comes first"
finds note readahead '2\^3'
finds note swapsize 'beside'
finds bad swapfree 'only 38.1M of'
finds note zswap off
finds bad overcommit 'strict \(2\)'
finds note hugepages always
finds note lru 'are off'
finds note fragmentation '100% .* 512 0'
finds note compaction '400 .* 300'
finds bad pressure '12.3%'
finds bad oom '2 times'
finds bad cgroup '/b\?\[31m: memory.max \(1048576\) was hit 9 times, memory.high 7; 1 killed' "a cgroup's limit, its name harmless"
grep -q 'and 2 more whose limits were hit' "$tmp/out"
ok $? "of many cgroups, five are shown"
[ "$(sed -nE 's/.* cgroup +(\/[^:]*):.*/\1/p' "$tmp/out" | paste -sd ' ')" = '/b?[31m /c/6 /c/5 /c/4 /c/3' ]
ok $? "those that suffer most"
put sys/devices/sda/sda2/stat '    2000   10    16000    31000  7 8 9'
doctor 0 ill
finds bad disk 'sda2 took 15.5ms' "a disk that is slow"
put sys/devices/sda/sda2/stat '    2000   10    16000    310  7 8 9'
doctor 0 ill
finds good disk 'sda2 took 155us' "one that says that it rotates, and is fast"
put sys/devices/sda/sda2/stat '    20   10    16000    310  7 8 9'
doctor 0 ill --json && python3 -c '
import json, sys
findings = json.load(sys.stdin)["findings"]
assert {f["state"] for f in findings} == {"good", "note", "bad"}
assert all(set(f) == {"check", "state", "found", "advice"} for f in findings)
assert all(f["advice"] for f in findings if f["state"] == "bad")
' <"$tmp/out" 2>>"$tmp/err"
ok $? "JSON: each bad finding has advice"

tree=none
put proc/meminfo $'MemTotal: 1000 kB\nSwapTotal: 0 kB'
doctor 0 none
finds bad swap 'there is none' "no swap at all"
mkdir "$tmp/empty"
doctor 1 empty && grep -q 'proc/meminfo: No such file' "$tmp/err"
ok $? "a directory without /proc is refused"
doctor 2 well extra && grep -q 'one too many' "$tmp/err"
ok $? "an argument too many is refused"
doctor 0 well --help && grep -q 'Example:' "$tmp/out"
ok $? "the help has an example"
for file in proc/swaps proc/buddyinfo proc/vmstat proc/pressure/memory proc/meminfo; do
	head -c 300000 /dev/urandom >"$tmp/ill/$file"
done
doctor 0 ill
ok $? "garbage does no harm"
finish
