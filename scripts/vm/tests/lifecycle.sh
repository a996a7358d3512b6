#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Coming and going: twice at once, with bad parameters, on a kernel without a hook's place, and two
# hundred times under memory pressure; what is left afterwards.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
ko=$(modinfo -n quire)
hooks_before=$(hooks)
mark_log

# nothing_left NAME
nothing_left() {
	local left=''

	[ ! -e /proc/quire ] || left+=' /proc/quire'
	[ ! -e /sys/kernel/debug/quire ] || left+=' debugfs'
	[ ! -e /sys/module/quire ] || left+=' module'
	! grep -q quire /proc/slabinfo || left+=' slab'
	! grep -q quire /proc/vmallocinfo || left+=' vmalloc'
	! grep -q '\[quire\]' /proc/kallsyms || left+=' symbols'
	[ "$(hooks)" = "$hooks_before" ] || left+=' hooks'
	is "$left" "" "$1: nothing is left"
}

refused() {
	local name=$1 status
	shift

	insmod "$ko" "$@" 2>"$tmp/insmod"
	status=$?
	[ $status -ne 0 ] && [ ! -e /proc/quire ]
	ok $? "$name is refused: $(sed 's/.*: //' "$tmp/insmod")"
	unload
}

load
insmod "$ko" 2>"$tmp/insmod"
grep -q 'File exists' "$tmp/insmod"
ok $? "a second insmod gets EEXIST"
[ -r /proc/quire/stat ]
ok $? "and the first goes on"
rmmod quire
ok $? "rmmod"
nothing_left "unloaded"
insmod "$ko" && rmmod quire && insmod "$ko" && rmmod quire
ok $? "twice in a row"
nothing_left "twice in a row"

refused "max_processes=0" max_processes=0
refused "max_processes=5" max_processes=5
refused "max_processes=99999999" max_processes=99999999
refused "max_processes=-1" max_processes=-1
refused "max_processes=x" max_processes=x
refused "faults=maybe" faults=maybe
refused "tlb=2x" tlb=2x
nothing_left "refused"
new_log | grep -q 'quire: max_processes=5'
ok $? "why, is in the log"
is "$(complaints)" "" "no complaint of the kernel"

for parameter in faults=1 swap=0 tlb=0 stalls=0 workingset=1 thrash=1; do
	load $parameter
	grep -q "^${parameter%=*} ${parameter#*=}\$" /proc/quire/config
	ok $? "$parameter is what config says"
	unload
done

# ftrace is not switched off under the module's feet; where it is off already, parts say so.
load
! sysctl -q kernel.ftrace_enabled=0 2>/dev/null
ok $? "ftrace cannot be switched off while it is loaded"
unload
sysctl -q kernel.ftrace_enabled=0
load
is "$(grep -c '^part \(swap\|stalls\) unavailable: .* (error -16)' /proc/quire/status)" 2 "loaded where ftrace is off, what needs it says so"
! { echo faults=1 >/proc/quire/config; } 2>"$tmp/err" && grep -q 'busy' "$tmp/err"
ok $? "and what is asked for later: $(sed 's/.*: //' "$tmp/err")"
grep -q '^part tlb running' /proc/quire/status
ok $? "and the rest runs"
unload
sysctl -q kernel.ftrace_enabled=1
nothing_left "without ftrace"

# Who hangs in a fault, here for a userfaultfd that nobody answers, is waited for.
load faults=1
python3 - 3>"$tmp/hangs" <<-'EOF' &
	import ctypes, fcntl, mmap, os, struct
	libc = ctypes.CDLL(None, use_errno=True)
	fd = libc.syscall(323, os.O_CLOEXEC)
	fcntl.ioctl(fd, 0xc018aa3f, struct.pack("QQQ", 0xaa, 0, 0))
	area = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
	start = ctypes.addressof(ctypes.c_char.from_buffer(area))
	fcntl.ioctl(fd, 0xc020aa00, struct.pack("QQQQ", start, 4096, 1, 0))
	os.write(3, b"now")
	ctypes.c_char.from_address(start).value = b"x"
EOF
hangs=$!
for ((i = 0; i < 100; i++)); do
	[ ! -s "$tmp/hangs" ] || ! grep -q '^State:[[:space:]]*[SD]' /proc/$hangs/status || break
	sleep 0.1
done
mark_log
echo faults=0 >/proc/quire/config &
switch=$!
for ((i = 0; i < 150; i++)); do
	! new_log | grep -q 'quire: waits for processes that sleep in handle_mm_fault' || break
	sleep 0.1
done
[ $i -lt 150 ] && kill -0 $switch
ok $? "a fault that hangs holds up faults=0, and the log says so"
kill -KILL $hangs
wait $switch
ok $? "it ends with the process"
wait $hangs 2>/dev/null
unload
nothing_left "after a fault that hung"

# A kernel without the place of a hook: the same module, which looks for another name.
# without OLD... : build it in $tmp/quire.ko
without() {
	local name

	cp "$ko" "$tmp/quire.ko"
	[ -z "${ko##*.ko}" ] || return 1
	for name; do
		LC_ALL=C sed -i "s/\\x00$name\\x00/\\x00${name//?/Z}\\x00/g" "$tmp/quire.ko"
	done
}

declare -A status
# part_is NAME WANT: what /proc/quire/status says of a part
part_is() {
	local lines line

	mapfile -t lines </proc/quire/status
	for line in "${lines[@]}"; do
		[[ $line == "part $1 "* ]] && status[$1]=${line#part "$1" }
	done
	[[ ${status[$1]} == "$2"* ]]
	ok $? "part $1: ${status[$1]}"
}

lost() {
	local part=$1 column=$2 other
	shift 2

	without "$@"
	mark_log
	insmod "$tmp/quire.ko" faults=1
	ok $? "without $*: loads"
	part_is "$part" unavailable
	for other in faults swap tlb stalls; do
		[ $other = "$part" ] || part_is $other running
	done
	grep -q "^$column -\$" /proc/quire/stat
	ok $? "without $*: $column is -, not 0"
	new_log | grep -q "quire: $part unavailable"
	ok $? "without $*: the log says it"
	! { echo "$part=1" >/proc/quire/config; } 2>/dev/null && grep -q "^$part 0\$" /proc/quire/config
	ok $? "without $*: it cannot be switched on"
	quire-load touch -w -n 100 >/dev/null
	rmmod quire
	nothing_left "without $*"
}

lost faults faults_anon handle_mm_fault
lost swap swapin_pages swap_readpage swap_read_folio
lost tlb tlb_shootdowns_sent tlb_flush
lost stalls stalls_swapin do_swap_page
without handle_mm_fault swap_readpage swap_read_folio tlb_flush do_swap_page
mark_log
! insmod "$tmp/quire.ko" 2>"$tmp/insmod"
ok $? "without any of them it is refused: $(sed 's/.*: //' "$tmp/insmod")"
new_log | grep -q 'quire: nothing can be counted'
ok $? "and says why"
nothing_left "refused for want of hooks"
is "$(complaints)" "" "no complaint of the kernel"

# 200 times, while memory is short and processes come and go.
# in_use ARRAY: objects of each slab cache, and other memory in KiB, with nothing kept for later:
# the least of six readings, as what a kretprobe is made of is freed some time after it has gone
declare -A spare
in_use() {
	local -n the_use=$1
	local -A reading
	local name

	the_use=()
	for _ in {1..6}; do
		sleep 1
		read_use reading
		for name in "${!reading[@]}"; do
			[ "${reading[$name]}" -ge "${the_use[$name]-999999999}" ] ||
				the_use["$name"]=${reading[$name]}
		done
	done
}

read_use() {
	local -n one_use=$1
	local cache name active rest per_slab

	sync
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		{ echo 1 >"$cache"; } 2>/dev/null
	done
	one_use=()
	while read -r name active _ _ per_slab rest; do
		case $name in
		kmalloc-* | pid | cred_jar | user_namespace | filp | task_struct | vmap_area)
			one_use["$name"]=$active
			# A slab that a CPU allocates from counts as in use as a whole.
			spare["$name"]=$((100 + per_slab)) ;;
		esac
	done </proc/slabinfo
	while read -r name active rest; do
		case $name in
		VmallocUsed: | Percpu:)
			# shellcheck disable=SC2034 # is the caller's
			one_use["$name"]=$active
			spare["$name"]=150 ;;
		esac
	done </proc/meminfo
}

declare -A before after
cycles=${QUIRE_CYCLES:-$(many 200)}
limited 60M nice -n 19 quire-load loop --size=80M --seconds=3600 >/dev/null &
presser=$!
(while sleep 0.2; do :; done) &
churner=$!
cycle() {
	insmod "$ko" faults=$((i % 2)) workingset=$((i % 4 == 3)) thrash=$((i % 3 == 1)) && rmmod quire
}
# Before each reading one with all parts off: what other hooks are made of has had time to go.
for i in {1..5} 0; do
	cycle
done
bad=0
# many_cycles: with memory pressure while they last; what is in use after them in $after
many_cycles() {
	kill -CONT $presser $churner
	echo 1 >/sys/kernel/rcu_expedited
	for ((i = 0; i < cycles; i++)); do
		[ $i != $((cycles * 9 / 10)) ] || echo 0 >/sys/kernel/rcu_expedited
		cycle || bad=$((bad + 1))
	done
	echo 0 >/sys/kernel/rcu_expedited
	i=0
	cycle || bad=$((bad + 1))
	kill -STOP $presser $churner
	in_use after
}

# growth: what has grown, in $grown. An object of 64 bytes or more lost each time would be 200; smaller ones are
# for kmemleak.
growth() {
	local name

	grown=''
	for name in "${!after[@]}"; do
		[ $((after[$name] - before[$name])) -lt "${spare[$name]}" ] ||
			grown+=" $name ${before[$name]} to ${after[$name]}"
	done
}

kill -STOP $presser $churner
in_use before
many_cycles
growth
# Two readings of kmalloc-96 with nothing done between them have differed by 199. What is lost each time grows
# again, what is chance does not.
if [ -n "$grown" ] && [ ! -e /sys/kernel/debug/kmemleak ]; then
	say "once more, for it has grown:$grown"
	for name in "${!after[@]}"; do
		before["$name"]=${after[$name]}
	done
	many_cycles
	growth
fi
is "$bad" 0 "$cycles times loaded and unloaded under memory pressure"
kill -KILL $presser $churner
wait $presser $churner 2>/dev/null
# What KASAN keeps in its quarantine counts as in use: where it is, kmemleak is as well.
if [ -e /sys/kernel/debug/kmemleak ]; then
	for i in 1 2; do
		echo scan >/sys/kernel/debug/kmemleak
		sleep 6
	done
	is "$(grep -c quire /sys/kernel/debug/kmemleak)" 0 "kmemleak finds nothing of ours"
else
	is "$grown" "" "no slab cache, vmalloc or per-CPU memory has grown"
fi
nothing_left "after $cycles times"
is "$(complaints)" "" "no complaint of the kernel"
finish
