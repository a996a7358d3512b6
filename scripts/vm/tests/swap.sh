#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Swap traffic and refaults: known numbers, each device, and the kernel's own counters.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
no_swap_readahead
load swap=1
first=$(sed -n 's,^/dev/\([^ ]*\) .*,\1,p' /proc/swaps)
echo keep_exited_ms=600000 >/proc/quire/config

declare -A before after row_before row_after

# delta NAME: what a count of the machine grew by
delta() {
	echo $((after[$1] - before[$1]))
}

# swap_names: the numbers and names of devices with traffic
swap_names() {
	sed -n 's/^swap\([0-9]*\)_device /\1 /p' /proc/quire/status | paste -sd ' '
}

take() {
	# The kernel keeps its counts of refaults on each CPU for a while.
	read -r _ </proc/sys/vm/stat_refresh
	read_pairs "$1" /proc/quire/stat
}

# What is written and read back: 500 pages out before "ready", 500 in after it.
take before
start swap -n 500
ok $? "500 pages were paged out"
take after
is "$(delta swapout_pages)" "$(delta pswpout)" "paged out: swapout_pages is pswpout"
within "$(delta swapout_pages)" 500 600 "paged out: 500 pages"
read_process row_before "$worker"
take before
go
take after
read_process row_after "$worker"
end
ok $? "read back: the data as written"
is $((row_after[swapin_pages] - row_before[swapin_pages])) 500 "read back: 500 pages for the process"
is "$(delta swapin_pages)" "$(delta pswpin)" "read back: swapin_pages is pswpin"
is "$(delta swap0_in_pages)" "$(delta swapin_pages)" "read back: all from the first device"
is "$(delta swapout_pages)" 0 "read back: nothing goes out"

# Refaults: pages evicted and wanted back, of a process that loops over more than it may have.
take before
limited 20M quire-load loop --size=30M -r 2 >"$tmp/loop"
ok $? "a loop over 30 MiB with 20 MiB of memory"
take after
is "$(delta refault_anon_pages)" "$(delta workingset_refault_anon)" "refault_anon_pages is workingset_refault_anon"
is "$(delta swapin_pages)" "$(delta pswpin)" "under pressure: swapin_pages is pswpin"
[ "$(delta refault_anon_pages)" -gt 5000 ]
ok $? "there were refaults: $(delta refault_anon_pages)"
out=$(($(delta swapout_pages) - $(delta pswpout)))
case $kernel in
6.1.*) is $out 0 "under pressure: swapout_pages is pswpout" ;;
*)	within $out 0 200 "under pressure: swapout_pages is pswpout and pages of zeroes" ;;
esac

take before
limited 20M quire-load mmap-file -n 8000 -r 3 --cold --readahead --dir=$data >/dev/null
limited 20M quire-load loop --memory=file -n 8000 -r 2 --dir=$data >/dev/null
take after
# The kernel leaves out those that come back in another cgroup than they were evicted in (MGLRU), or
# were evicted in one that is gone: a few pages of programs that another test had pushed out.
within $(($(delta refault_file_pages) - $(delta workingset_refault_file))) 0 32 \
	"refault_file_pages is workingset_refault_file, and a few"
[ "$(delta refault_file_pages)" -gt 1000 ]
ok $? "there were refaults of file pages: $(delta refault_file_pages)"

# Each process its own: the sum over processes, those that ended included, is the machine's.
# What is read in between, of this shell too, is in the first and not in the last reading.
take before
total=0
mapfile -t lines </proc/quire/processes
read -ra names <<<"${lines[0]}"
for column in "${!names[@]}"; do
	[ "${names[column]}" != swapin_pages ] || break
done
for line in "${lines[@]:1}"; do
	read -ra values <<<"$line"
	total=$((total + values[column]))
done
take after
within "$total" "${before[swapin_pages]}" "${after[swapin_pages]}" \
	"the processes' swapin_pages add up to the machine's"
is "${before[swapin_pages]}" "${after[swapin_pages]}" "nothing else is read from swap"

# A second device that is preferred gets the traffic.
fallocate -l 32M $data/swapfile && chmod 600 $data/swapfile && mkswap -q $data/swapfile >/dev/null &&
	swapon -p 10 $data/swapfile
ok $? "a second swap device"
# Slots of the first device that a CPU had put by are used up before.
quire-load swap -n 300 --cpu=0 >/dev/null
take before
start swap -n 300 --cpu=0
go
take after
end
is "$(delta swap1_in_pages)" 300 "300 pages read from the second device"
within "$(delta swap1_out_pages)" 300 400 "300 pages written to the second device"
is "$(delta swap0_in_pages)" 0 "none from the first"
is "$(swap_names)" "0 $first 1 file on $(basename "$(findmnt -no SOURCE $data)")" \
	"the status names the devices"
swapoff $data/swapfile
rm $data/swapfile

# zram: another device in the place of the second.
zram_on 64M 20
ok $? "swap on zram"
quire-load swap -n 300 --cpu=0 >/dev/null
take before
start swap -n 300 --cpu=0
go
take after
end
is "$(delta zram_in_pages)" 300 "300 pages read from zram"
within "$(delta zram_out_pages)" 300 400 "300 pages written to zram"
is "$(delta swap1_in_pages)" 300 "and no other is in its place"
is "$(swap_names)" "0 $first 1 zram0" "the status names it"
quire status | grep -qx 'swap 1  *zram0'
ok $? "and so does quire status"
zram_off

# Read-ahead: more comes in than was asked for, and the kernel's hits are shown.
echo 3 >/proc/sys/vm/page-cluster
take before
start swap -n 500
go
take after
end
ok $? "read back with read-ahead"
is "$(delta swapin_pages)" "$(delta pswpin)" "with read-ahead: swapin_pages is pswpin"
[ "$(delta swap_ra)" -gt 100 ] && [ "$(delta swap_ra_hit)" -gt 100 ]
ok $? "read-ahead and its hits: $(delta swap_ra), $(delta swap_ra_hit)"
no_swap_readahead

# zswap: what it holds does not reach the device.
if { echo 1 >/sys/module/zswap/parameters/enabled; } 2>/dev/null; then
	take before
	start swap -n 300
	go
	take after
	end
	ok $? "read back from zswap"
	is "$(delta swapin_pages)" $(($(delta pswpin) + $(delta zswpin))) "zswap: swapin_pages is pswpin + zswpin"
	[ "$(delta zswpin)" -ge 300 ]
	ok $? "zswap: zswpin $(delta zswpin)"
	echo 0 >/sys/module/zswap/parameters/enabled
else
	skip "zswap" "this kernel cannot switch it on"
fi
finish
