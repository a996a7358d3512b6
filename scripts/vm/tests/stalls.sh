#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Time lost for want of memory, against the tracepoints of reclaim and against known swap-ins.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
no_swap_readahead
load swap=1

declare -A before after

# Direct reclaims begun by a process: by itself, and for its cgroup.
events=/sys/kernel/tracing/events/vmscan
trigger=hist:keys=common_pid:size=4096
for event in mm_vmscan_direct_reclaim_begin mm_vmscan_memcg_reclaim_begin; do
	echo $trigger >$events/$event/trigger
done

# reclaims PID: sets $begun
reclaims() {
	local event line lines

	begun=0
	for event in mm_vmscan_direct_reclaim_begin mm_vmscan_memcg_reclaim_begin; do
		mapfile -t lines <$events/$event/hist
		for line in "${lines[@]}"; do
			if [[ $line =~ common_pid:\ *$1\ .*hitcount:\ *([0-9]+) ]]; then
				begun=$((begun + BASH_REMATCH[1]))
			fi
		done
	done
}

row_delta() {
	echo $((after[$1] - before[$1]))
}

start swap -n 300
read_process before "$worker"
go
read_process after "$worker"
end
ok $? "300 pages read back"
is "$(row_delta stalls_swapin)" 300 "300 stalls in swap-in"
within "$(row_delta stall_swapin_us)" 300 "${R[elapsed_us]}" "their time is part of the time it took"
is "$(row_delta stalls_reclaim)" 0 "no reclaim"

start touch -w -n 3000
read_process before "$worker"
go
read_process after "$worker"
end
for stall in reclaim swapin file compaction; do
	is "$(row_delta stalls_$stall)" 0 "with memory to spare nothing stalls in $stall"
done

# A process in a cgroup that is too small reclaims for itself.
limit=30M start loop --size=18M -r 4
echo 14M >$group/memory.max
read_process before "$worker"
reclaims "$worker"
first=$begun
go
read_process after "$worker"
reclaims "$worker"
end
ok $? "a loop in a cgroup that is too small"
[ $((begun - first)) -gt 0 ]
ok $? "it reclaimed $((begun - first)) times"
is "$(row_delta stalls_reclaim)" $((begun - first)) "each reclaim of the process is a stall"
within $(($(row_delta stall_reclaim_us) + $(row_delta stall_swapin_us) + $(row_delta stall_file_us))) \
	1 "${R[elapsed_us]}" "the stalls are part of the time it took"

# Shared memory, in a cgroup that is too small: through its mapping ...
declare -A kernel_before kernel_after
limit=30M start loop --memory=shmem --size=18M -r 4
echo 14M >$group/memory.max
read_kernel_faults kernel_before "$worker"
read_process before "$worker"
go
read_process after "$worker"
read_kernel_faults kernel_after "$worker"
end
ok $? "a loop over shared memory in a cgroup that is too small"
majors=$((kernel_after[maj_flt] - kernel_before[maj_flt]))
within $majors 10000 20000 "$majors faults found their page in swap"
within "$(row_delta stalls_swapin)" $((majors * 98 / 100)) "$majors" "each of them is a stall in swap-in"
within "$(row_delta stall_swapin_us)" $((R[elapsed_us] / 4)) "${R[elapsed_us]}" \
	"their time is a good part of the time it took"

# ... and by read(): with no read-ahead each page that is read from swap was waited for.
limited 14M dd if=/dev/zero of="$tmp/shared" bs=64k count=320 status=none
read_pairs before /proc/quire/stat
limited 14M dd if="$tmp/shared" of=/dev/null bs=64k status=none
read_pairs after /proc/quire/stat
pages=$((after[swapin_pages] - before[swapin_pages]))
within $pages 1500 6000 "$pages pages of a file of tmpfs come back from swap for read()"
is $((after[stalls_swapin] - before[stalls_swapin])) $pages "each of them is a stall in swap-in"

# swapoff brings them all back, and nobody has missed them.
echo max >$group/memory.max
read -r device _ < <(tail -n 1 /proc/swaps)
read_pairs before /proc/quire/stat
swapoff "$device"
read_pairs after /proc/quire/stat
within $((after[swapin_pages] - before[swapin_pages])) 1000 6000 "swapoff reads pages of it"
is $((after[stalls_swapin] - before[stalls_swapin])) 0 "which is no stall"
swapon "$device"
rm "$tmp/shared"

# The histogram has every stall.
declare -A bucket
while read -r stall _ _ n; do
	[ "$stall" = stall ] || bucket[$stall]=$((bucket[$stall] + n))
done </sys/kernel/debug/quire/stall_latency
read_pairs after /proc/quire/stat
for stall in reclaim swapin file; do
	is "${bucket[$stall]-0}" "${after[stalls_$stall]}" "the histogram of $stall has every stall"
done
for event in mm_vmscan_direct_reclaim_begin mm_vmscan_memcg_reclaim_begin; do
	echo "!$trigger" >$events/$event/trigger
done
read_pairs after /proc/quire/status
is "${after[waits_missed]}" 0 "no wait was missed"
finish
