#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire top's screen, driven by keys in tmux, on recorded machines. What it should look like is in
# screens/; QUIRE_SCREENS=DIR writes what it does look like there, to be read and put in its place.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"
trap 'tmux kill-server; rm -rf "$tmp"' EXIT
export TMUX_TMPDIR=$tmp
# LeakSanitizer, looking at a program whose terminal goes, never ends: the hangup comes in between.
export ASAN_OPTIONS=detect_leaks=0
unset TMUX NO_COLOR

tmux() {
	command tmux -f /dev/null -u "$@" 2>/dev/null
}

# A server whose last session ends goes away, and the next must not come upon it then.
tmux new-session -d -s keep cat

for name in calm tight thrashing; do
	unpack $name "$tmp/$name"
done
: >"$tmp/err"

# start WIDTH HEIGHT VARIABLES ARGUMENTS...: quire top in a window of that size, on $tmp/now
start() {
	local width=$1 height=$2 variables=$3
	shift 3
	tmux kill-session -t top
	tmux new-session -d -s top -x "$width" -y "$height" \
		"env $variables '$bin/quire' top --from '$tmp/now' -i 3600 $*; echo status \$?; cat"
}

press() {
	tmux send-keys -t top "$@"
}

show() {	# MACHINE READING
	ln -sfn "$tmp/$1/$2" "$tmp/now"
}

# see TEXT [HOW]: wait until the screen has it
see() {
	local i
	for ((i = 0; i < 100; i++)); do
		tmux capture-pane -p ${2:+"$2"} -t top >"$tmp/out"
		! grep -qF -- "$1" "$tmp/out" || return 0
		sleep 0.1
	done
	echo "not seen: $1" >"$tmp/err"
	return 1
}

# looks_like NAME EXPRESSION: wait until a line matches, then compare all of it; it may be half drawn yet
looks_like() {
	local i

	for ((i = 0; i < 100; i++)); do
		tmux capture-pane -p -t top >"$tmp/out"
		! grep -qE -- "$2" "$tmp/out" || break
		sleep 0.1
	done
	[ -z "${QUIRE_SCREENS:-}" ] || cp "$tmp/out" "$QUIRE_SCREENS/$1.txt"
	for ((i = 0; i < 50; i++)); do
		! diff "$bin/../test-data/screens/$1.txt" "$tmp/out" >"$tmp/err" || return 0
		sleep 0.1
		tmux capture-pane -p -t top >"$tmp/out"
	done
	return 1
}


for machine in calm tight thrashing; do
	show $machine 0
	start 80 24 LC_ALL=C.UTF-8
	see MEMORY
	show $machine 1
	press Space
	looks_like $machine-80x24 "^${machine^^} .* for [0-9.]+ s"
	ok $? "$machine, 80x24"
done

hog=$(awk '/^process .* hog$/ { print $2 }' "$tmp/thrashing/2/thrash")
show thrashing 2
press Space
looks_like thrashing-2-80x24 "^ *$hog .* THRASH hog"
ok $? "the next reading"
press Enter
looks_like process-80x24 "WITHIN"
ok $? "a process: waits, faults, segments, W(t, tau)"
press Down Down Down Down
see "OF anon"
ok $? "another segment of it"
press Escape
see COMMAND
ok $? "back"
press Tab
looks_like policies-80x24 "/batch: lru"
ok $? "policies"
press Down
see "  lru " && ! grep -q "batch" "$tmp/out"
ok $? "scrolled"
press Tab
looks_like tlb-80x24 "shootdown"
ok $? "TLB flushes"
press Tab
looks_like faults-80x24 "HALF BELOW"
ok $? "faults by cause"
press Tab
see COMMAND
ok $? "the processes again"
press h
see "Shift-Tab" && press End && see "c  COMMAND"
ok $? "help, to its end"
press h
see "F6 sort: STALL"
press m
see "F6 sort: MEMORY"
ok $? "sorted by a letter"
press F6
see "F6 sort: WS 1s"
ok $? "sorted by F6"
press '<' R
see "F6 sort: MEMORY, rev"
ok $? "reversed"
press R p
see "F6 sort: PID" && [ "$(awk '$1 == "PID" { getline; print $1 }' "$tmp/out")" = 1 ]
ok $? "sorted by PID"
press End
see " hog"
ok $? "the last processes"
press q
see "status 0"
ok $? "q: the end, exit status 0"

show thrashing 1
start 250 70 LC_ALL=C.UTF-8
see MEMORY
show thrashing 2
press Space
see " hog" && [ "$(wc -l <"$tmp/out")" = 70 ] && grep -q "WS 60s.*ANON.*COW.*FILE" "$tmp/out" &&
	grep -q '█' "$tmp/out"
ok $? "250x70: all columns"
for size in "80 24" "40 10" "20 4" "3 2" "1 1" "132 50"; do
	tmux resize-window -t top -x "${size% *}" -y "${size#* }"
	sleep 0.3
done
press Tab Tab Tab Tab Enter
see "WITHIN"
ok $? "resized to almost nothing and back"
mv "$tmp/thrashing/2" "$tmp/thrashing/away"
press Escape Space
see "no module"
ok $? "the module goes"
mv "$tmp/thrashing/away" "$tmp/thrashing/2"
press Space
see "hog"
ok $? "and comes"
press C-c
see "status 0"
ok $? "^C: the end"

start 100 30 LC_ALL=C
see " hog" && ! LC_ALL=C grep -q '[^ -~]' "$tmp/out"
ok $? "no UTF-8: nothing but ASCII"
start 100 30 LC_ALL=C.UTF-8 --ascii -s memory -c hog -c calm
see " hog" && ! LC_ALL=C grep -q '[^ -~]' "$tmp/out" && see "F6 sort: MEMORY" &&
	[ "$(awk '/^ *PID/ { on = 1; next } on && $1 ~ /^[0-9]+$/ { print $NF }' "$tmp/out" | xargs)" = "hog calm" ]
ok $? "--ascii; chosen and sorted by options"
for terminal in xterm-256color xterm vt100; do
	start 100 30 "LC_ALL=C.UTF-8 TERM=$terminal"
	see hog -e
	case $terminal in
	vt100)	! grep -q $'\e\\[[0-9;]*3[0-7]m' "$tmp/out" ;;
	*)	grep -q $'\e\\[[0-9;]*3[0-7]m' "$tmp/out" ;;
	esac
	ok $? "colours of $terminal"
done
start 100 30 "LC_ALL=C.UTF-8 TERM=xterm-256color NO_COLOR=1"
see hog -e && ! grep -q $'\e\\[[0-9;]*3[0-7]m' "$tmp/out"
ok $? "NO_COLOR: none"
start 80 24 "LC_ALL=C.UTF-8 TERM=nosuch"
see 'terminal "nosuch" is not known' && see "status 1"
ok $? "a terminal that is not known"
show calm none
start 80 24 LC_ALL=C.UTF-8
see "no module"
ok $? "no module from the start"
press Tab Enter h q
see "status 0"
ok $? "and out again"

# In a session of its own nothing tells it, but that there is nobody to be read from.
tmux new-session -d -s alone "setsid -w '$bin/quire' top --from '$tmp/now' -i 3600; cat"
for ((i = 0; i < 50; i++)); do
	! tmux capture-pane -p -t alone | grep -q quit || break
	sleep 0.1
done
pgrep -f "top --from $tmp/now -i 3600" >"$tmp/out"
ok $? "in a session of its own"
tmux kill-session -t alone
for ((i = 0; i < 50; i++)); do
	pgrep -f "top --from $tmp/now -i 3600" >"$tmp/out" || break
	sleep 0.1
done
[ $i -lt 50 ]
ok $? "its terminal is closed: the end"

# The verdict, and why.
show thrashing 2
start 80 50 LC_ALL=C.UTF-8
see "THRASH hog" && grep -q "^ *1 .* calm sh$" "$tmp/out"
ok $? "the verdict on each process"
press v
see "F6 sort: STATE" && [ "$(awk '/^ *PID/ { getline; print $1 }' "$tmp/out")" = "$hog" ]
ok $? "sorted by it"
press Enter
see "hog thrashes: needs "
ok $? "and why, of a process"
press Tab
looks_like heat-80x50 "WHERE IT IS AT WORK: each line"
ok $? "where it is at work"
press q
see "status 0"
rm "$tmp/thrashing/2/heat"
start 80 50 LC_ALL=C.UTF-8
see "THRASH hog"
press v Enter Tab
see "WHERE IT IS AT WORK" && see "heat: No such file"
ok $? "which may not be known"
{
	echo "pid address scan $(for i in {0..15}; do echo "known_${i}_pages used_${i}_pages"; done | xargs)"
	echo "$hog 93824990838784 7$(printf ' 32 %s' 0 0 0 0 0 0 0 0 32 32 32 32 32 32 32 32)"
} >"$tmp/thrashing/2/heat"
echo "555555400000-555555600000 rw-p 00000000 00:00 0 [heap]" >"$tmp/thrashing/2/proc/$hog/maps"
press Space
see "555555400000 ·" && see "each line 128K of addresses, each column 3600s" &&
	[ "$(grep -c '^ *5555554[0-9a-f]* ·.* \[heap\]$' "$tmp/out")" = 8 ] &&
	[ "$(grep -c '^ *5555555[0-9a-f]* █.* \[heap\]$' "$tmp/out")" -ge 1 ]
ok $? "of a range of 2 MiB, half is used"
press Tab
see WITHIN
ok $? "its working set again"
press q
see "status 0"
ok $? "and out of it"

quire_is 1 top --from "$tmp/now" && grep -q "this is no terminal; try quire ps -i 1" "$tmp/err"
ok $? "without a terminal it says what to do"
for usage in "-s nothing" "more" "--json" "-i 0"; do
	# shellcheck disable=SC2086 # words
	quire_is 2 top $usage
	ok $? "top $usage: wrong usage"
done
quire_is 0 top --help && grep -q Example: "$tmp/out"
ok $? "help has an example"
finish
