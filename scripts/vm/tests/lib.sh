# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the tests that run inside the VM, as root. A test file sources this, calls ok and its
# friends, and ends with "finish".
#
# What is read often is read by bash itself: a process started costs 20 ms under TCG, and its
# faults would be in what is counted.

# shellcheck disable=SC2034,SC2153,SC2154 # what is set here is for the tests, and keys are words
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
checkout=$(realpath "$here/../../..")
export PATH="$checkout/build/bin:/usr/sbin:/sbin:$PATH"
tmp=$(mktemp -d /dev/shm/quire-test-XXXXXX)
data=/data
kernel=$(uname -r)
count=0
failed=0

# many N: how often to do what is done often; a tenth on the debug kernel, which takes ten times as long
many() {
	if [ -e /sys/kernel/debug/kmemleak ]; then
		echo $(($1 / 10))
	else
		echo "$1"
	fi
}

say() {
	echo "# $*"
}

# take_huge N: take so many from the machine, a few at a time. For all that one write asks for the kernel may compact memory, clearing
# each page that it takes for it, without a pause: 78 s once, on a busy host, a soft lockup.
take_huge() {
	local huge

	for ((huge = 8; huge < $1; huge += 8)); do
		echo $huge >/proc/sys/vm/nr_hugepages
	done
	echo "$1" >/proc/sys/vm/nr_hugepages
}

# zram_on SIZE [PRIORITY]: swap in memory; its status is for ok
zram_on() {
	modprobe zram num_devices=1 && echo "$1" >/sys/block/zram0/disksize &&
		mkswap /dev/zram0 >/dev/null && swapon ${2:+-p "$2"} /dev/zram0
}

zram_off() {
	swapoff /dev/zram0 && rmmod zram
}

# ok STATUS NAME: passed if STATUS is 0
ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		return 1
	fi
}

# is GOT WANT NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3" || say "got '$1', want '$2'"
}

# within GOT LOW HIGH NAME
within() {
	[[ $1 =~ ^-?[0-9]+$ ]] && [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
	ok $? "$4" || say "got $1, want $2 to $3"
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish() {
	unload 2>/dev/null
	rm -rf "$tmp"
	echo "1..$count"
	exit $((failed > 0))
}

# load [PARAMETER=VALUE...]
load() {
	modprobe quire "$@" || {
		ok 1 "modprobe quire $*"
		finish
	}
}

unload() {
	if [ -d /proc/quire ]; then
		rmmod quire
	fi
}

# read_pairs ARRAY FILE: "name value" lines into an associative array
read_pairs() {
	local -n the_pairs=$1
	local lines line

	mapfile -t lines <"$2"
	for line in "${lines[@]}"; do
		the_pairs[${line%% *}]=${line#* }
	done
}

# read_row ARRAY FILE KEY: the line of a table that begins with KEY, by the names in its first line; false if there is none
read_row() {
	local -n the_row=$1
	local lines line names values i

	mapfile -t lines <"$2"
	read -ra names <<<"${lines[0]}"
	the_row=()
	for line in "${lines[@]:1}"; do
		[[ $line == "$3 "* ]] || continue
		read -ra values <<<"$line"
		for i in "${!names[@]}"; do
			the_row["${names[i]}"]=${values[i]}
		done
		return 0
	done
	return 1
}

# read_process ARRAY PID: the line of a process in /proc/quire/processes
read_process() {
	read_row "$1" /proc/quire/processes "$2"
}

# read_ws ARRAY PID SEGMENT: its line of /proc/quire/workingset
read_ws() {
	read_row "$1" /proc/quire/workingset "$2 $3"
}

# The kernel's own counts of a process: min_flt and maj_flt of all its threads, also ended ones.
read_kernel_faults() {
	local -n the_faults=$1
	local text fields

	read -r text <"/proc/$2/stat" || return 1
	read -ra fields <<<"${text##*) }"
	the_faults[min_flt]=${fields[7]}
	the_faults[maj_flt]=${fields[9]}
}

causes=(anon cow swapin file_cached file_read shmem huge notify spurious other)

# sum_causes ARRAY: faults of all causes in what read_pairs or read_process read
sum_causes() {
	local -n counts=$1
	local cause

	sum=0
	for cause in "${causes[@]}"; do
		sum=$((sum + counts["faults_$cause"]))
	done
}

# start ARGUMENTS: start quire-load and wait until it is prepared; sets worker, the process that
# will make the faults. With limit=BYTES in a cgroup with so much memory.
start() {
	local word

	if [ -n "${limit-}" ]; then
		mkdir -p $group
		echo "$limit" >$group/memory.max
	fi
	coproc LOAD {
		[ -z "${limit-}" ] || echo $BASHPID >$group/cgroup.procs
		exec quire-load "$@" --wait --hold 2>"$tmp/err"
	}
	load_pid=$LOAD_PID
	exec {load_out}<&"${LOAD[0]}" {load_in}>&"${LOAD[1]}"
	word='' worker=''
	read -r word worker <&"$load_out"
	[ "$word" = ready ] || {
		say "quire-load $*: $(<"$tmp/err")"
		return 1
	}
}

# go: let it run; sets R[name] to what it reports
declare -A R
go() {
	local name value

	R=()
	echo >&"$load_in"
	while read -r name value <&"$load_out"; do
		R[$name]=$value
		[ "$name" != status ] || return 0
	done
	say "quire-load: $(<"$tmp/err")"
	return 1
}

# end: let it end; its exit status
end() {
	local status

	{ echo >&"$load_in"; } 2>/dev/null
	exec {load_in}>&- {load_out}<&-
	wait "$load_pid"
	status=$?
	[ $status -eq 0 ] || say "quire-load: $(<"$tmp/err")"
	return $status
}

# A cgroup for whoever is to have little memory. It stays: of pages that were evicted in a cgroup
# that is gone, the kernel does not count the refaults.
group=/sys/fs/cgroup/quire-test

# limited BYTES COMMAND...: run it with so much memory
limited() {
	mkdir -p $group
	echo "$1" >$group/memory.max
	(
		echo $BASHPID >$group/cgroup.procs
		shift
		exec "$@"
	)
}

# until_it SECONDS COMMAND...: wait until the command succeeds. Each look costs a process, of which TCG
# makes some dozens a second.
until_it() {
	local i

	for ((i = 0; i < $1 * 2; i++)); do
		! "${@:2}" || return 0
		sleep 0.5
	done
	return 1
}

# Lines of the kernel's log that are the kernel's own complaints, since the file $tmp/log was made.
mark_log() {
	dmesg >"$tmp/log"
}

new_log() {
	dmesg | tail -n +$(($(wc -l <"$tmp/log") + 1))
}

complaints() {
	new_log | grep -v '] quire: ' |
		grep -E 'BUG|WARNING|Oops|Call Trace|RIP:|stall|hung|allocation failure|panic'
}

# Where one page a time is read from swap, pages read equal pages asked for.
no_swap_readahead() {
	echo 0 >/proc/sys/vm/page-cluster
}

# hooks: how many kprobes there are, and functions that ftrace leads elsewhere
hooks() {
	cat /sys/kernel/debug/kprobes/list /sys/kernel/debug/tracing/enabled_functions | wc -l
}
