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
