#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Faults by cause: against workloads that make a known number of each, and against the kernel's own
# counters, for a process and for the machine. Exactly, not nearly.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
no_swap_readahead
# A guest of 512 MiB has no huge pages unless it is told.
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
load faults=1

declare -A before after kernel_before kernel_after

# a_load "ARGUMENTS" CAUSE=COUNT...: these and no others
a_load() {
	local name=$1 want cause pages
	local -A wanted=()
	shift

	# shellcheck disable=SC2086 # words on purpose
	start $name --dir="$data" || {
		ok 1 "$name"
		return
	}
	read_process before "$worker"
	read_kernel_faults kernel_before "$worker"
	go
	read_process after "$worker"
	read_kernel_faults kernel_after "$worker"
	end
	ok $? "$name: done, its data as written"

	for want; do
		wanted[${want%=*}]=${want#*=}
	done
	for cause in "${causes[@]}" major kernel_mode; do
		pages=$((after["faults_$cause"] - before["faults_$cause"]))
		is "$pages" "${wanted[$cause]-0}" "$name: ${wanted[$cause]-0} faults of cause $cause"
	done
	sum_causes before
	pages=$sum
	sum_causes after
	is $((sum - pages)) $((kernel_after[min_flt] + kernel_after[maj_flt] -
		kernel_before[min_flt] - kernel_before[maj_flt])) "$name: the causes add up to min_flt + maj_flt"
	is $((after[faults_major] - before[faults_major])) \
		$((kernel_after[maj_flt] - kernel_before[maj_flt])) "$name: faults_major is maj_flt"
	is "${after[min_flt]} ${after[maj_flt]}" "${kernel_after[min_flt]} ${kernel_after[maj_flt]}" \
		"$name: min_flt and maj_flt are the kernel's"
}

a_load "touch -n 3000" anon=3000
a_load "touch -w -n 3000" anon=3000
a_load "zero-write -n 300" anon=300 cow=300
a_load "fork-write -n 600 -m 200" cow=200
a_load "mmap-file --cold -n 200" file_read=200 major=200
a_load "mmap-file -n 200" file_cached=13
a_load "mmap-file -w -n 200" file_cached=200
a_load "shmem -n 300" shmem=300
a_load "huge -n 4" huge=4
a_load "notify -n 300" notify=300
a_load "kernel -n 300" anon=300 kernel_mode=300
a_load "swap -n 300" swapin=300 major=300
a_load "swap -w -n 300" swapin=300 major=300
a_load "stack-growth -n 300" anon=300
a_load "heap-growth -n 300" anon=300
a_load "tlb-shooter -n 10 -r 50" anon=500

# Threads that race: what each found is not known beforehand, the sum is.
start race -n 500 -t 4
read_process before "$worker"
read_kernel_faults kernel_before "$worker"
go
read_process after "$worker"
read_kernel_faults kernel_after "$worker"
end
ok $? "race: done"
sum_causes before
first=$sum
sum_causes after
is $((sum - first)) $((kernel_after[min_flt] + kernel_after[maj_flt] - kernel_before[min_flt] -
	kernel_before[maj_flt])) "race: the causes add up to min_flt + maj_flt"
within $((sum - first)) 500 2000 "race: a fault a page, or one of each thread"
[ $((after[faults_spurious] - before[faults_spurious] + after[faults_anon] - before[faults_anon])) \
	= $((sum - first)) ]
ok $? "race: they were first touches or spurious"

# The machine: what all processes did, against /proc/vmstat's numbers in the same file. On kernels
# before 6.5 pgfault counts each try, so those that were tried again or failed are in it, too.
retries=0
case $kernel in
6.[0-4].*) retries=1 ;;
esac
machine() {
	read_pairs before /proc/quire/stat
	"$@"
	read_pairs after /proc/quire/stat
	sum_causes before
	first=$sum
	sum_causes after
	causes_made=$((sum - first))
	[ $retries = 0 ] || causes_made=$((causes_made + after[faults_retried] - before[faults_retried] +
		after[faults_failed] - before[faults_failed]))
	pgfault=$((after[pgfault] - before[pgfault]))
	pgmajfault=$((after[pgmajfault] - before[pgmajfault]))
	major=$((after[faults_major] - before[faults_major]))
	retried=$((after[faults_retried] - before[faults_retried]))
}

# shellcheck disable=SC2317 # called by machine
under_pressure() {
	limited 40M quire-load loop --size=60M >/dev/null
	limited 40M quire-load mmap-file --readahead --cold -r 2 --dir="$data" -n 15000 >/dev/null
}

# shellcheck disable=SC2317 # called by machine
processes_come_and_go() {
	for _ in {1..50}; do
		/bin/true
	done
}

machine processes_come_and_go
is "$causes_made" "$pgfault" "50 processes: all causes are pgfault"
# A fault that waited for a page that was being read ahead is in maj_flt, not in pgmajfault; it was
# tried again.
within $((major - pgmajfault)) -$retried $retried "50 processes: faults_major is pgmajfault, but for retries"
machine under_pressure
is "$causes_made" "$pgfault" "under memory pressure: all causes are pgfault"
within $((major - pgmajfault)) -$retried $retried "under memory pressure: the same but for retries"
[ "$pgmajfault" -gt 1000 ]
ok $? "there was memory pressure: $pgmajfault major faults"

# The kernel's numbers are those of /proc/vmstat.
declare -A vmstat
read -r _ </proc/sys/vm/stat_refresh
read_pairs vmstat /proc/vmstat
read_pairs after /proc/quire/stat
different=''
for name in pgmajfault pswpin pswpout workingset_refault_anon workingset_refault_file; do
	[ "${vmstat[$name]}" = "${after[$name]}" ] ||
		different+=" $name ${vmstat[$name]} ${after[$name]}"
done
is "$different" "" "the kernel's own counts are shown as they are"

# The histograms hold each fault once. One that was tried twice is where its wait was, though the
# second try may have found another cause, or none: who is killed while it waits does not try again.
declare -A bucket
read_pairs before /proc/quire/stat
while read -r cause _ _ n; do
	[ "$cause" = cause ] || bucket[$cause]=$((bucket[$cause] + n))
done </sys/kernel/debug/quire/fault_latency
read_pairs after /proc/quire/stat
total=0
for cause in "${causes[@]}"; do
	[ "$cause" = anon ] || total=$((total + bucket[$cause]))
done
sum_causes before
least=$((sum - before[faults_anon]))
sum_causes after
retried=${after[faults_retried]}
within $total $least $((sum - after[faults_anon] + retried)) "the histograms have every fault"
for cause in cow swapin file_cached file_read shmem; do
	within "${bucket[$cause]-0}" $((before["faults_$cause"] - retried)) $((after["faults_$cause"] + retried)) \
		"the histogram of $cause has its faults"
done
within "${bucket[anon]-0}" $((after[faults_anon] * 9 / 10 - 256)) $((after[faults_anon] * 11 / 10 + 256)) \
	"the histogram of anon has about every fault (they are sampled)"

# Switched off, nothing is counted; on again, it goes on.
echo faults=0 >/proc/quire/config
read_pairs before /proc/quire/stat
quire-load touch -n 1000 >/dev/null
read_pairs after /proc/quire/stat
is $((after[faults_anon] - before[faults_anon])) 0 "switched off: no fault is counted"
[ $((after[pgfault] - before[pgfault])) -ge 1000 ]
ok $? "the kernel's own total goes on"
echo faults=1 >/proc/quire/config
a_load "touch -n 777" anon=777
finish
