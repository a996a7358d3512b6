#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verdict on thrashing: named soon after it begins, over soon after it ends, and the right
# process blamed; and what looks like it, and is not. A leak is suspected.
#
# since_ms says when the state began, however late it is read, so that a reader that has to wait
# for memory itself still measures exactly.

# shellcheck disable=SC2034,SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

set_config() {
	echo "$1" >/proc/quire/config
}

now_ms() {
	now=$((${EPOCHREALTIME/./} / 1000))
}

# look: the verdict, in the array V and in $began, when that state began; its lines in $lines
declare -A V
look() {
	local line

	mapfile -t lines </proc/quire/thrash
	now_ms
	for line in "${lines[@]}"; do
		V[${line%% *}]=${line#* }
	done
	began=$((now - V[since_ms]))
}

# go_on: let the load run that has been started; $went is when
go_on() {
	now_ms
	went=$now
	echo >&"$load_in"
}

# stop_load: end it, without a report; $killed and $ended are when
stop_load() {
	now_ms
	killed=$now
	kill -KILL "$load_pid" "$worker" 2>/dev/null
	exec {load_in}>&- {load_out}<&-
	wait "$load_pid" 2>/dev/null
	now_ms
	ended=$now
}

# until_calm: wait until the machine is calm, 60 s at the most
until_calm() {
	local i

	for i in {1..240}; do
		look
		[ "${V[state]}" != calm ] || return 0
		sleep 0.25
	done
}

# refaults: how many pages the kernel itself says have come back, in $refaults
refaults() {
	local key value

	refaults=0
	while read -r key value; do
		[[ $key != workingset_refault_* ]] || refaults=$((refaults + value))
	done </proc/vmstat
}

# The debug kernel takes many times as long for all.
patience=10000
[ ! -e /sys/kernel/debug/kmemleak ] || patience=60000

# named WHAT: the machine thrashes, and that was said soon after 500 pages had come back, by the kernel's own
# count: how soon after $went they do depends on the host, which may have much else to do.
named() {
	local i before thrashed=

	refaults
	before=$refaults
	for i in {1..600}; do
		refaults
		[ -n "$thrashed" ] || [ $((refaults - before)) -lt 500 ] || {
			now_ms
			thrashed=$now
		}
		look
		[ "${V[state]}" != thrashing ] || break
		sleep 0.1
	done
	is "${V[state]}" thrashing "$1 is thrashing"
	within $((began - ${thrashed:-began})) -$patience $patience "$1: named after $((began - went)) ms"
}

# over: it is calm soon after $ended, which takes 1.3 to 1.6 s, and not before $killed
over() {
	until_calm
	is "${V[state]}" calm "calm again"
	within $((began - ended)) -$((ended - killed + patience / 10)) $patience "after $((began - ended)) ms"
}

# process PID: its state, "" if it is not listed
process() {
	local line words

	for line in "${lines[@]}"; do
		[[ $line == "process $1 "* ]] || continue
		read -ra words <<<"$line"
		echo "${words[2]}"
	done
}

# needs: what the worker is said to need, in $needed, 0 if it is not listed
needs() {
	local line words

	needed=0
	for line in "${lines[@]}"; do
		[[ $line == "process $worker "* ]] || continue
		read -ra words <<<"$line"
		needed=${words[9]/#-/0}
	done
}

# first_culprit: the process that most was evicted for
first_culprit() {
	local line words

	for line in "${lines[@]}"; do
		[[ $line == "culprit "* ]] || continue
		read -ra words <<<"$line"
		echo "${words[1]}"
		return
	done
}

# quiet WHAT COMMAND...: the machine does not thrash while it runs
quiet() {
	local what=$1 before
	shift

	look
	before=${V[thrashings]}
	"$@"
	look
	is "${V[thrashings]}" "$before" "$what is no thrashing"
	until_calm
}

# until_leak: until the load is suspected of a leak, 120 s at the most
until_leak() {
	local i

	for i in {1..120}; do
		sleep 1
		look
		[[ " ${lines[*]}" != *" leak $worker "* ]] || return 0
	done
}

load thrash=1
mark_log
sleep 1.5
look
is "${V[state]}" calm "a machine at rest is calm"

# With memory to spare.
quiet "much work with memory to spare" eval 'start random -n 15000 --seconds=2; go; end'

# A loop that does not fit.
limit=40M start loop --size=60M --seconds=60
until_calm
go_on
named "a loop over more memory than there is"
sleep 1
look
is "$(process "$worker")" thrashing "so is the process"
is "$(first_culprit)" "$worker" "which does it to itself"
printf '%s\n' "${lines[@]}" | grep -q "^sentence $worker quire-load thrashes: .* pages that had been evicted"
ok $? "it is said in words" || printf '# %s\n' "${lines[@]}"
chmod 755 "$tmp"
setpriv --reuid=65534 --regid=65534 --clear-groups cat /proc/quire/thrash >"$tmp/seen"
grep -q '^state thrashing$' "$tmp/seen" && grep -q '^culprit - ' "$tmp/seen" &&
	! grep -q "quire-load\|^blame\|^process\|^sentence [0-9]" "$tmp/seen"
ok $? "another user learns that, and of no process" || sed 's/^/# /' "$tmp/seen"
quire thrash >"$tmp/seen"
is $? 4 "quire thrash says so by its exit status"
grep -q "^ *$worker thrashing .* quire-load\$" "$tmp/seen"
ok $? "and shows the process" || sed 's/^/# /' "$tmp/seen"
(quire thrash --wait=calm --timeout 30 >/dev/null && touch "$tmp/calm") &
waiter=$!
stop_load
over
wait $waiter
[ -e "$tmp/calm" ]
ok $? "quire thrash --wait=calm returns"

# What looks like it: a program that starts, nothing of it being in memory; a quarter of a second of it; a
# loop that fills its cgroup and fits.
echo 3 >/proc/sys/vm/drop_caches
quiet "the cold start of a program" python3 -c 'import asyncio, http.client, json, sqlite3, xml.dom.minidom'
# On a host with much else to do a quarter of a second may become a whole one, in which it does thrash: again, then.
for pause in 0.25 0.25 0.1 0.1 0.05 0.05 0.02 0.02; do
	limit=40M start loop --size=60M --seconds=60
	until_calm
	before=${V[thrashings]}
	go_on
	sleep $pause
	stop_load
	[ $((ended - went)) -gt 500 ] || break
done
sleep 1
look
if [ $((ended - went)) -le 500 ]; then
	is "${V[thrashings]}" "$before" "a quarter of a second is no thrashing"
else
	skip "a quarter of a second is no thrashing" "the host is too busy: it took $((ended - went)) ms"
fi
until_calm
limit=64M start loop --size=48M --seconds=3
quiet "a cgroup that is full and in balance" eval 'go; end'

# A cgroup whose memory.high is below its need, and then is no more.
mkdir -p $group
echo max >$group/memory.max
echo 40M >$group/memory.high
limit=max start loop --size=60M --seconds=60
until_calm
go_on
named "a cgroup with too low a memory.high"
echo max >$group/memory.high
now_ms
killed=$now
ended=$now
over
stop_load

# A search, again and again, of a file that is larger than memory, on a disk that is no faster than disks are.
# The file is written with memory to spare: of a cgroup full of dirty pages MGLRU on 6.12 kills, with no module at all.
# And it is dropped from memory, or it would be this shell, making the limit lower, for which it is evicted.
echo "$(mountpoint -d $data) rbps=20000000" >$group/io.max
limit=max start file-search --size=44M --seconds=60 --dir=$data
echo 1 >/proc/sys/vm/drop_caches
echo 32M >$group/memory.max
until_calm
go_on
named "the search of a file, again and again"
is "$(first_culprit)" "$worker" "by itself"
stop_load
over
echo "$(mountpoint -d $data) rbps=max" >$group/io.max

# Shared memory, which no fault on a page of the process' own brings back.
limit=40M start loop --memory=shmem --size=60M --seconds=60
until_calm
go_on
named "a loop over shared memory"
stop_load
over

# On zram, whose pages are read past the swap cache: what comes back soon is all that comes back.
refaulted() {
	awk '$1 == "refault_soon_pages" { ours = $2 } $1 == "workingset_refault_anon" { kernel = $2 }
		END { print ours, kernel }' /proc/quire/stat /proc/vmstat
}

disk=$(awk '$1 ~ "^/dev" { print $1; exit }' /proc/swaps)
swapoff "$disk"
zram_on 128M
ok $? "swap on zram"
limit=40M start loop -w --size=60M --seconds=60
until_calm
read -r ours kernel < <(refaulted)
go_on
named "a loop on zram"
is "$(first_culprit)" "$worker" "by itself"
stop_load
read -r soon all < <(refaulted)
within $(((soon - ours) * 100 / (all - kernel + 1))) 90 105 "of $((all - kernel)) pages that came back $((soon - ours)) did soon"
over
zram_off
swapon "$disk"

# Two that fit alone and not together.
limit=40M start loop -p 2 --size=30M --seconds=60
until_calm
go_on
named "a fight of two for memory"
stop_load
over

# A hog and its victim, with the machine's own memory: huge pages take away most of it.
take_huge 170
free=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
say "$((free / 1024)) MiB are left"
quire-load window -n 6000 -m 6000 --seconds=60 >/dev/null &
victim=$!
unset limit
start loop --size=$((free + 40000))K --writes=30 --seconds=60
until_calm
go_on
named "a hog beside a victim"
hogs=0
for _ in {1..8}; do
	sleep 0.5
	look
	[ "$(first_culprit)" != "$worker" ] || hogs=$((hogs + 1))
done
within $hogs 4 8 "the hog is blamed most, in $hogs of 8 looks"
stop_load
over
kill $victim
wait $victim 2>/dev/null

# One pass over a file of more than memory. What the hog has pushed out, this shell among it, would come back
# meanwhile, and on a slow host for long.
device=$(awk '$1 ~ "^/dev" { print $1; exit }' /proc/swaps)
swapoff "$device" && swapon "$device"
# It is written past the page cache, else the pass would be the second one, over pages that were evicted just before.
dd if=/dev/zero of=$data/big bs=1M count=$(((free + 60000) / 1024)) oflag=direct 2>/dev/null
until_calm
quiet "one pass over a big file" eval "cat $data/big >/dev/null"
rm $data/big

echo 0 >/proc/sys/vm/nr_hugepages

# A loop behind a disk that brings back a third of it in 10 s: in that time it uses those pages and what it had in
# memory, and it needs all of it.
set_config workingset=1
set_config scan_interval_ms=500
set_config scan_cpu_permille=1000
limit=40M start loop --size=60M --seconds=120
until_calm
echo "$(mountpoint -x "$device") rbps=2000000" >$group/io.max
go_on
declare -A ws
for i in {1..120}; do
	sleep 0.5
	look
	needs
	read_ws ws "$worker" all
	[ "$needed" -lt 15000 ] || [ "${ws[wss_10s_pages]}" -gt 12000 ] || break
done
within "$needed" 15000 16500 "a loop of 15360 pages that thrashes behind a slow disk is found to need them, after $((i / 2)) s"
within "${ws[wss_10s_pages]}" 100 12000 "of which it has used ${ws[wss_10s_pages]} in the last 10 s"
is "$(process "$worker")" thrashing "it thrashes then"
echo "$(mountpoint -x "$device") rbps=max" >$group/io.max
stop_load

# One that is stopped has no time of its own: it needs what it needed.
unset limit
start window -n 6000 -m 6000 --seconds=120
until_calm
go_on
for _ in {1..40}; do
	sleep 0.5
	look
	[ "${V[needed_pages]}" -lt 6000 ] || break
done
kill -STOP "$worker"
sleep 13
look
within "${V[needed_pages]/#-/0}" 5900 9000 "a process that is stopped needs its 6000 pages, and all together ${V[needed_pages]}"
read_ws ws "$worker" all
within "${ws[wss_10s_pages]}" 0 1000 "of which it has used ${ws[wss_10s_pages]} in the last 10 s"
stop_load

# A leak: its cold pages go to swap, its working set stays.
set_config leak_seconds=12
limit=15M start leak -n 100000 -m 5 --rate=3000
quiet "a leak whose cold pages go to swap" eval 'go_on; until_leak'
say "$(printf '%s\n' "${lines[@]}" | grep -E '^(leak|sentence) ')"
printf '%s\n' "${lines[@]}" | grep -q "^leak $worker "
ok $? "it is suspected"
printf '%s\n' "${lines[@]}" | grep -v "^leak $worker " | grep -q "^leak "
ok $((!$?)) "and nothing else is"
stop_load

is "$(complaints)" "" "no complaint of the kernel"
finish
