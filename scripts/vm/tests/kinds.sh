#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a pool has is what the kernel has: with each kind of page and on both sets of lists. What comes back is
# known again, and what only looks like it is not. Cgroups inside one another.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"
declare -A pool lists

# gone GROUP KIND N: have so many pages gone? Sets pool
gone() {
	pool=()
	read_pool pool "$1" "$2"
	[ "${pool[evicted_pages]:-0}" -ge "$3" ]
}

# soon COMMAND...: wait until it succeeds; some 20 s at the most, and while the load lives
soon() {
	local i

	for ((i = 0; i < 60; i++)); do
		! "$@" || return 0
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# holds GROUP KIND N: are so many there? Sets pool
holds() {
	gone "$1" "$2" 0 && [ "${pool[resident_pages]}" -ge "$3" ]
}

# listed GROUP KIND: pages on the kernel's lists; sets lists and pages. What memory.stat says may be 2 s old, but for
# reading cpu.stat the kernel brings all counts of a cgroup up to date.
listed() {
	read -r _ <"/sys/fs/cgroup$1/cpu.stat"
	read_pairs lists "/sys/fs/cgroup$1/memory.stat"
	pages=$(((${lists["active_$2"]} + ${lists["inactive_$2"]}) / 4096))
}

# near GROUP KIND: has the pool what is on the lists? Sets pool, lists and pages; what was expelled may have come back
near() {
	gone "$1" "$2" 0
	listed "$1" "$2"
	[ "${pool[resident_pages]}" -le $((pages + slack)) ] &&
		[ $((pool[resident_pages] + pool[expelled_folios])) -ge $((pages - slack)) ]
}

# agrees GROUP KIND NAME: is that so while the load stands still? It goes on standing still
agrees() {
	kill -STOP "$pid"
	sleep 0.1
	soon near "$1" "$2"
	ok $? "$3: ${pool[resident_pages]} pages in the pool, $pages on the lists" ||
		say "${pool[expelled_folios]} expelled; $(head -n 60 "/sys/fs/cgroup$1/memory.stat" | tr '\n' ' ')"
}

# chosen GROUP KIND N NAME: so many pages go, and most as the policy has chosen. Of a huge page that is to go and was
# split only the first is the policy's choice
chosen() {
	local least=50

	[ "${kind-}" != huge ] || least=20
	soon gone "$1" "$2" "$3"
	[ "${pool[evicted_pages]:-0}" -ge "$3" ] && [ "${pool[obeyed_percent]}" -ge $least ] && [ -z "$(ejected "$1")" ]
	ok $? "$4: ${pool[evicted_pages]} pages go, ${pool[obeyed_percent]} % as it chose" ||
		say "$(ejected "$1") $(<"$tmp/load")"
}

stop() {
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
}

no_swap_readahead
mark_log
# Pages that reclaim has in hand.
slack=100
top=/sys/fs/cgroup
mglru=/sys/kernel/mm/lru_gen/enabled
had=$(<$mglru)
echo +memory >$top/cgroup.subtree_control
mkdir -p $top/kinds
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
rm -f $data/kinds $data/kinds-9
quire-load loop --memory=file --file=$data/kinds --size=10M >/dev/null
quire-load loop --memory=file --file=$data/kinds-9 --size=9M >/dev/null
sync
echo 1 >/proc/sys/vm/drop_caches
load faults=0

# Seven huge pages, then small ones to push them out, all given back and taken anew.
cat >"$tmp/huge.py" <<'END'
import mmap

PAGE = mmap.PAGESIZE


def used(size, advice):
    memory = mmap.mmap(-1, size << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(advice)
    memory[::PAGE] = bytes(size << 8)
    return memory


while True:
    huge = used(14, mmap.MADV_HUGEPAGE)
    used(12, mmap.MADV_NOHUGEPAGE).close()
    huge.close()
END
declare -A kinds=([anon]=anon [shmem]=anon [mapped]=file [read]=file [huge]=anon)
declare -A loads=(
	[anon]="loop -w --size=10M"
	[shmem]="loop --memory=shmem --writes=20 --size=10M"
	[mapped]="loop --memory=file --file=$data/kinds --size=10M"
	[read]="file-search --file=$data/kinds --size=10M"
)
has_huge() {
	holds /kinds anon 2000 && [ $((pool[resident_pages] - pool[resident_folios])) -ge 2000 ]
}

huge_pages() {
	awk '/^thp_fault_alloc/ { print $2 }' $top/kinds/memory.stat
}

put 'cgroup /kinds lru'
for value in n y; do
	echo $value >$mglru
	[ $value = n ] && name=classic || name=MGLRU
	for kind in anon shmem mapped read huge; do
		put 'cgroup /kinds lru'
		slack=100
		if [ $kind = huge ]; then
			# What a huge page was split into is counted when it is next proposed.
			slack=1200
			echo 24M >$top/kinds/memory.max
			before=$(huge_pages)
			in_group kinds python3 "$tmp/huge.py"
		else
			echo 8M >$top/kinds/memory.max
			# shellcheck disable=SC2086 # words
			in_group kinds quire-load ${loads[$kind]} -s 3600
		fi
		for policy in lru lirs; do
			put "cgroup /kinds $policy"
			chosen /kinds "${kinds[$kind]}" 800 "$name, $kind, $policy"
			[ $kind != huge ] || soon has_huge
			agrees /kinds "${kinds[$kind]}" "$name, $kind, $policy"
			if [ $kind = huge ]; then
				large=$(((pool[resident_pages] - pool[resident_folios]) / 511))
				within $((large - (lists[anon_thp] >> 21))) -1 2 \
					"$name, $kind, $policy: $large large folios in the pool, $((lists[anon_thp] >> 21)) mapped"
			fi
			kill -CONT "$pid"
		done
		stop
	done
	slack=100 kind=''
	within $(($(huge_pages) - before)) 7 10000 "$name: there were huge pages"
done
echo n >$mglru
echo never >/sys/kernel/mm/transparent_hugepage/enabled

# What comes back is known again: a loop over more than there is room for has each page come back after as many
# others as do not fit. lru_k remembers all that it has ghosts for, and with too few forgets each before it comes. lirs
# remembers a page only if it was used after the oldest of those that it keeps, and then keeps it instead of that
# one, which it does not remember: every other, but for as long as it has not begun anew. arc remembers what was used twice, as what is read while lirs keeps
# it; then it comes back as such.
back() {
	gone /kinds "$1" 0 && [ "${pool[refaulted_folios]}" -ge "$2" ]
}

# stand KIND: the load stands still for as long as it takes to read what has come back
stand() {
	kill -STOP "$pid"
	sleep 0.1
	gone /kinds "$1" 0
	listed /kinds "$1"
	kill -CONT "$pid"
}

# known KIND POLICY LOW HIGH NAME: so many in a hundred of those that come back
known() {
	local came known refaults

	put "cgroup /kinds $2"
	soon back "$1" 2000
	stand "$1"
	came=${pool[refaulted_folios]} known=${pool[refaulted_remembered_folios]} refaults=${lists["workingset_refault_$1"]}
	soon back "$1" $((came + 1500))
	stand "$1"
	came=$((pool[refaulted_folios] - came))
	known=$((pool[refaulted_remembered_folios] - known))
	refaults=$((${lists["workingset_refault_$1"]} - refaults))
	within $((known * 100 / (came ? came : 1))) "$3" "$4" "$5, $2: $known of $came are known, by ${pool[ghosts]} ghosts"
	# MGLRU counts on 6.1 only what was evicted from the generation that is now the oldest.
	[[ $kernel == 6.1.* && $(<$mglru) != 0x0000 ]] ||
		within $((came * 100 / (refaults ? refaults : 1))) 90 110 "$5, $2: $refaults come back for the kernel"
}

echo 8M >$top/kinds/memory.max
in_group kinds quire-load loop -w --size=9M -s 3600
known anon 'lru_k ghost_percent=100' 90 100 "anonymous"
known anon 'lru_k ghost_percent=10' 0 5 "anonymous"
known anon 'lirs ghost_percent=100' 1 100 "anonymous"
stop

# Swap in memory is read past the swap cache.
disk=$(awk '$1 ~ "^/dev" { print $1; exit }' /proc/swaps)
swapoff "$disk"
zram_on 64M
ok $? "swap on zram"
for value in n y; do
	echo $value >$mglru
	[ $value = n ] && name=classic || name=MGLRU
	in_group kinds quire-load loop -w --size=9M -s 3600
	known anon 'lru_k ghost_percent=100' 90 100 "zram, $name"
	agrees /kinds anon "zram, $name"
	stop
done
echo n >$mglru
zram_off
swapon "$disk"

in_group kinds quire-load loop --memory=file --file=$data/kinds-9 --size=9M -s 3600
known file 'lru_k ghost_percent=100' 90 100 "mapped"
stop
in_group kinds quire-load file-search --file=$data/kinds --size=10M -s 3600
known file 'lirs ghost_percent=100' 1 100 "read"
known file 'arc ghost_percent=100' 90 100 "read"
stop

# What is another file's, or was not there before, is not: written anew, and removed and made again.
gone /kinds file 0
ghosts=${pool[ghosts]} came=${pool[refaulted_folios]} known=${pool[refaulted_remembered_folios]}
in_group kinds dash -c "head -c 6M /dev/zero >$data/kinds; sync; cat $data/kinds >/dev/null; rm $data/kinds
	head -c 6M /dev/zero >$data/kinds; sync; cat $data/kinds >/dev/null"
wait "$pid"
gone /kinds file 0
within $((pool[refaulted_folios] - came)) 0 100 "a file anew, of which $ghosts pages were remembered: nothing comes back"
within $((pool[refaulted_remembered_folios] - known)) 0 100 "and nothing is known"
echo "$had" >$mglru
put 'cgroup /kinds native'

# A cgroup in another, whose policy it has.
kills() {
	awk '/^oom_kill/ { print $2 }' /proc/vmstat
}

before=$(kills)
mkdir -p $top/around/in $top/around/beside
echo +memory >$top/around/cgroup.subtree_control
echo 12M >$top/around/memory.max
put 'cgroup /around lru'
in_group around/in quire-load loop -w --size=15M -s 3600
chosen /around anon 800 "in a cgroup inside one with a policy"
agrees /around anon "in a cgroup inside one with a policy"
kill -CONT "$pid"

# It gets its own: pages are its pool's when they are next proposed.
put 'cgroup /around/in lirs'
chosen /around/in anon 500 "with a policy of its own"
gone /around anon 0
evictions=${pool[evicted_pages]} resident=${pool[resident_pages]}
chosen /around/in anon 1500 "and on"
kill -STOP "$pid"
gone /around anon 0
others=${pool[resident_pages]}
within $((pool[evicted_pages] - evictions)) 0 30 "the pool around it evicts none of these"
within $((others - resident)) -4000 0 "and gets no more"
gone /around/in anon 0
listed /around anon
within $((pool[resident_pages] + others - pages)) -$slack $slack \
	"both have what is on the lists: ${pool[resident_pages]} and $others of $pages"
stop
put 'cgroup /around/in native'

# Its own limit, where most of the pages that the policy orders are another's: the kernel decides.
narrow() {
	gone /around anon 0 && [ "${pool[verdicts_narrow]}" -ge 500 ]
}

protected() {
	[ "$(scope_value /around protected_verdicts)" -gt "$protected" ]
}

no_scope() {
	[ -z "$(scope_policy /around/gone)" ]
}

# read_in GROUP N: has the load had so many pages read?
read_in() {
	listed "$1" anon && [ "${lists[pgmajfault]}" -ge "$2" ]
}

echo 60M >$top/around/memory.max
echo 8M >$top/around/in/memory.max
in_group around/beside quire-load loop -w --size=25M -s 3600 --pause=600000
beside=$pid
for value in n y; do
	echo $value >$mglru
	[ $value = n ] && name=classic || name=MGLRU
	put 'cgroup /around lru protect_anon_mb=0'
	in_group around/in quire-load loop -w --size=12M -s 3600
	soon holds /around anon 8000
	soon narrow
	ok $? "$name: at a limit of its own the kernel decides: ${pool[verdicts_narrow]} of ${pool[verdicts]}"
	listed /around/in anon
	soon read_in /around/in $((lists[pgmajfault] + 500))
	ok $? "$name: and the load goes on"
	# There are some 33 MiB.
	protected=$(scope_value /around protected_verdicts)
	put 'cgroup /around protect_anon_mb=16'
	soon read_in /around/in $((lists[pgmajfault] + 500))
	is "$? $(scope_value /around protected_verdicts)" "0 $protected" "$name: no protection while there is more than is to stay"
	put 'cgroup /around protect_anon_mb=64'
	soon protected
	ok $? "$name: and one while there is less"
	stop
done
echo "$had" >$mglru
is "$(kills)" "$before" "nobody is killed"
pid=$beside
stop

# One that is removed, with pages of a file that nobody gives back.
mkdir $top/around/gone
echo 1 >/proc/sys/vm/drop_caches
put 'cgroup /around lru protect_anon_mb=0'
put 'cgroup /around/gone lirs'
in_group around/gone dash -c "cat $data/kinds >/dev/null"
wait "$pid"
gone /around/gone file 0
within "${pool[resident_pages]}" 1536 2000 "a cgroup has read a file"
rmdir $top/around/gone
pid=$$
soon no_scope
ok $? "it is removed, and its scope with it"
listed /around file
within $pages 1500 3000 "the file's pages are still there"
gone /around file 0
evictions=${pool[evicted_pages]}
(echo 4M >$top/around/memory.reclaim)
ok $? "they can be reclaimed"
gone /around file 0
within $((pool[evicted_pages] - evictions)) 1000 2200 "by the policy around it, which has chosen ${pool[obeyed_percent]} %"
echo 1 >/proc/sys/vm/drop_caches
listed /around file
within $pages 0 200 "and the rest is dropped"
put 'cgroup /around native'
rm -f $data/kinds
is "$(complaints)" "" "no complaint of the kernel"
finish
