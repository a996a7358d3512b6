#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Load control: three loops that do not fit together get more done with it than without; who must not
# be suspended is not; and nobody stays suspended, whatever ends.

# shellcheck disable=SC2034,SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

set_config() {
	echo "$1" >/proc/quire/config
}

# look: the facts in the array V, who is suspended in the array S: what it is by its number
declare -A V S
look() {
	local line words

	mapfile -t lines </proc/quire/thrash
	S=()
	for line in "${lines[@]}"; do
		V[${line%% *}]=${line#* }
		[[ $line == "suspended "* ]] || continue
		read -ra words <<<"$line"
		S[${words[1]}]=${words[*]:4}
	done
}

# begin_loops: three loops go on until end_loops; their processes in the array loops
begin_loops() {
	local i

	loops=()
	for i in 1 2 3; do
		if [ "${1-}" = cgroups ]; then
			mkdir -p "/sys/fs/cgroup/quire-control-$i"
			(echo $BASHPID >"/sys/fs/cgroup/quire-control-$i/cgroup.procs"
				exec quire-load loop --size="$each" --seconds=3600 >/dev/null) &
		else
			quire-load loop --size="$each" --seconds=3600 >/dev/null &
		fi
		loops+=($!)
	done
}

end_loops() {
	kill -KILL "${loops[@]}"
	wait "${loops[@]}" 2>/dev/null
}

# stopped: how many of the loops are stopped
stopped() {
	local pid state

	stopped=0
	for pid in "${loops[@]}"; do
		read -r state <"/proc/$pid/stat"
		state=${state##*) }
		[ "${state%% *}" != T ] || stopped=$((stopped + 1))
	done
}

# until_suspended: wait until somebody is, 60 s at the most
until_suspended() {
	local i

	for i in {1..300}; do
		look
		[ ${#S[@]} -eq 0 ] || return 0
		sleep 0.2
	done
	return 1
}

# nobody_for SECONDS: nobody is suspended for so long in which the machine thrashes, 60 s at the most
nobody_for() {
	local i thrashes=0

	for i in {1..300}; do
		look
		[ ${#S[@]} -eq 0 ] || return 1
		[ "${V[state]}" != thrashing ] || thrashes=$((thrashes + 1))
		[ $thrashes -lt $(($1 * 5)) ] || return 0
		sleep 0.2
	done
	return 1
}

# until_stopped MOST: wait until no more than so many of the loops are stopped, 20 s at the most
until_stopped() {
	local i

	for i in {1..100}; do
		stopped
		[ $stopped -gt "$1" ] || return
		sleep 0.2
	done
}

# none_stopped WHAT: soon none of the loops is stopped any more
none_stopped() {
	until_stopped 0
	is $stopped 0 "$1: all go on"
}

# none_frozen NAME: soon none of the cgroups is frozen any more
none_frozen() {
	local i

	for i in {1..100}; do
		grep -q "^frozen 1" /sys/fs/cgroup/quire-control-?/cgroup.events || break
		sleep 0.2
	done
	[ "$i" -lt 100 ]
	ok $? "$1"
}

# timed SECONDS: what three loops get done, in thousands of accesses
timed() {
	local pids=() i

	for i in 1 2 3; do
		quire-load loop --size="$each" --seconds="$1" >"$tmp/out$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	work=$(awk '/^accesses/ { sum += $2 } END { print int(sum / 1000) }' "$tmp"/out[123])
}

# Memory is fragmented by then: modprobe reads the modules' directory into half a MiB at once.
ko=$(modinfo -n quire)
again() {
	insmod "$ko" thrash=1 workingset=1 || {
		ok 1 "loaded again"
		finish
	}
}

mark_log
load thrash=0
! set_config control=stop 2>/dev/null && new_log | grep -q 'refused "control"="stop": wants thrash=1 and workingset=1'
ok $? "control is refused where nobody judges"
set_config thrash=1
set_config workingset=1
set_config scan_interval_ms=500
set_config scan_cpu_permille=100
for bad in control=maybe control=1 control_quantum_ms=999 essential=nonsense; do
	! set_config $bad 2>/dev/null
	ok $? "$bad is refused"
done

# Huge pages take the machine's memory but for 60 MiB, which is enough for two and not for three. KASAN keeps
# for a while what is freed, and has its shadow: there it is 200.
left_mb=60
[ ! -e /sys/kernel/debug/kmemleak ] || left_mb=200
echo 3 >/proc/sys/vm/drop_caches
take_huge $((($(awk '/^MemFree/ { print int($2 / 1024) }' /proc/meminfo) - left_mb) / 2))
# What fits is about what a loop that does not fit has in memory; what the kernel can do without goes only in time.
# Three of them fit at first and are made larger until they do not, which shows in what they get done: not a little
# less, as on a host that has become busier, but next to nothing.
quire-load loop --size="$(awk '/^MemFree/ { print int($2 / 1024) + 240 "M" }' /proc/meminfo)" -r 1 >"$tmp/out"
size=$(awk '/^resident_pages/ { print int($2 * 4 * 0.25) }' "$tmp/out")
for _ in {1..10}; do
	each=${size}K
	look
	before=${V[thrashed_ms]}
	timed 12
	look
	say "three loops of $each: ${work}K accesses in 12 s, of which the machine thrashed for $((V[thrashed_ms] - before)) ms"
	fitting=${fitting:-$work}
	[ $((work * 4)) -gt "$fitting" ] || break
	size=$((size * 6 / 5))
done
trace=/sys/kernel/tracing
echo 1 | tee $trace/events/quire/suspend/enable >$trace/events/quire/resume/enable
# Where all is slow it takes longer than 12 s until two are suspended and the third has its pages.
for span in 12 60; do
	[ $span = 12 ] || timed $span
	without=$work
	set_config control=stop
	timed $span
	ratio=$((work * 10 / (without + 1)))
	say "three loops in $span s: ${work}K accesses with load control, ${without}K without"
	[ $ratio -lt 13 ] || break
	[ $span = 60 ] || set_config control=off
done
grep -v '^#' $trace/trace >"$tmp/events"
echo 0 | tee $trace/events/quire/suspend/enable >$trace/events/quire/resume/enable
look
within "$ratio" 13 100000 "three loops get more done with load control: ${work}K accesses in $span s, ${without}K without"
is "${V[suspended_now]}" 0 "of ${V[suspensions]} that were suspended nobody is any more"
is "$(grep -c ' suspend: tgid=[1-9][0-9]* cgroup=0 needed_pages=' "$tmp/events")" "${V[suspensions]}" "tracepoints tell of each"
sed 's/^/# /' "$tmp/events"

# Who is suspended is stopped, and shown.
begin_loops
until_suspended
stopped
ok $((!stopped)) "somebody is stopped"
quire thrash >"$tmp/seen"
grep -q "^Suspended by load control" "$tmp/seen" && grep -q "^ *${!S[*]} .* quire-load$" "$tmp/seen"
ok $? "and shown by quire thrash" || sed 's/^/# /' "$tmp/seen"
grep -q '^control stop$' /proc/quire/config
ok $? "config says what is done"
# Whom somebody else wants stopped, too, stays so.
other=${!S[*]}
other=${other%% *}
kill -STOP "$other"
set_config control=off
until_stopped 1
is $stopped 1 "off: the one that somebody else has stopped stays so"
kill -CONT "$other"
none_stopped "control=off"

# Nobody looks any more: the watchdog. The next look would suspend somebody again, and while nobody is suspended
# this shell gets on so slowly that it may miss those seconds: so by then all are essential.
set_config control=stop
until_suspended
ok $? "suspended again"
watchdogs=${V[watchdogs]}
set_config thrash_interval_ms=10000
set_config essential=comm:quire-load
none_stopped "when nobody has looked for 5 s"
look
is "${V[watchdogs]}" $((watchdogs + 1)) "the watchdog did it"
unload

# Unloaded while somebody is suspended.
again
set_config scan_interval_ms=500
set_config control=stop
until_suspended
ok $? "suspended once more"
unload
none_stopped "unloaded"
end_loops

# Who must not be.
again
set_config scan_interval_ms=500
exec {lock}>"$tmp/lock"
flock $lock
set_config control=stop
begin_loops
nobody_for 2
ok $? "who holds a lock on a file is not suspended"
set_config essential=comm:quire-load
flock -u $lock
nobody_for 2
ok $? "nor who is essential"
set_config essential=none
until_suspended
ok $? "nor anybody else for long"
end_loops
exec {lock}>&-

# Cgroups.
set_config control=freeze
begin_loops cgroups
until_suspended
is "${S[*]//[123]/N}" /quire-control-N "a cgroup is frozen"
grep -q "^frozen 1" /sys/fs/cgroup/quire-control-?/cgroup.events
ok $? "its own file says so"
set_config control=off
none_frozen "off: it goes on"
set_config control=freeze
until_suspended
ok $? "frozen again"
unload
! grep -q "1" /sys/fs/cgroup/quire-control-?/cgroup.freeze
ok $? "unloaded: none is frozen"
end_loops
rmdir /sys/fs/cgroup/quire-control-?

echo 0 >/proc/sys/vm/nr_hugepages
is "$(complaints)" "" "no complaint of the kernel"
finish
