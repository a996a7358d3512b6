#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire top on the real thing: what it shows of a process whose work is known, in terminals of all
# kinds, for root and for an ordinary user, while the module goes and comes, and while the machine
# thrashes. What each screen looks like to the letter is tested on recorded machines.

# shellcheck disable=SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

export TMUX_TMPDIR=$tmp LC_ALL=C.UTF-8
chmod 711 "$tmp"

# see EXPRESSION [HOW]: wait until a line of the screen matches
see() {
	local i

	for ((i = 0; i < 150; i++)); do
		tmux capture-pane -p ${2:+"$2"} -t top >"$tmp/screen" 2>/dev/null
		! grep -qE -- "$1" "$tmp/screen" || return 0
		sleep 0.1
	done
	say "not seen: $1"
	sed 's/^/# /' "$tmp/screen"
	return 1
}

# screen WIDTH HEIGHT COMMAND...: in a terminal of its own
screen() {
	local width=$1 height=$2
	shift 2
	tmux kill-session -t top 2>/dev/null
	tmux new-session -d -s top -x "$width" -y "$height" "$*; echo status \$?; cat"
}

press() {
	tmux send-keys -t top "$@"
}

load faults=1 workingset=1 thrash=1
ln -s "$(command -v quire-load)" "$tmp/worker"
"$tmp/worker" swap --pages=500 --rounds=100000 >/dev/null &
worker=$!
setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1000 &
other=$!
tmux -f /dev/null -u new-session -d -s keep cat
screen 80 24 quire top -i 0.5
see "^ *$worker +[1-9][^ ]+ .* [1-9][0-9.,K]+ .*[1-9][0-9.]*% .*worker"
ok $? "80x24: a process that swaps, its memory, its swap-ins, its stalls"
see "^(CALM|TIGHT|THRASHING) " && see " Refaults +[1-9].*pages/s" && see " swap [1-9][^ ]*/s in,"
ok $? "the state of the machine, its swap traffic and refaults"
press Enter
see "^ worker $worker: .* in memory" && see "Faults a second:.*swapin [1-9]" && see "^ anon +[1-9]" &&
	see "^ +1s +[1-9]"
ok $? "the process: its faults, segments and working set"
press Escape Tab Tab
see "^ +[1-9][0-9.,K]*  changes of a process' memory"
ok $? "TLB flushes"
press Tab
see "^ swapin +[1-9].*[0-9][um]s"
ok $? "faults by cause with their latencies"
press Tab
tmux resize-window -t top -x 250 -y 70
see "WS 60s.*ANON.*COW.*FILE" && see "^ *$worker .* worker" && [ "$(wc -l <"$tmp/screen")" = 70 ] &&
	tail -n 1 "$tmp/screen" | grep -q "q quit"
ok $? "250x70: all columns"
tmux resize-window -t top -x 30 -y 8
tmux resize-window -t top -x 80 -y 24
see "^ *$worker .* worker" && [ "$(wc -l <"$tmp/screen")" = 24 ]
ok $? "small and back"
see "worker" -e && grep -q $'\e\\[[0-9;]*3[0-7]m' "$tmp/screen" && grep -q '[▁▂▃▄▅▆▇█]' "$tmp/screen"
ok $? "with colours and UTF-8"
unload
see "^no module quire.ko is not loaded: sudo modprobe quire"
ok $? "the module goes: it says so"
load faults=1
see "^ *$worker .* worker"
ok $? "and comes: it goes on"
press q
see "status 0"
ok $? "q: the end"
screen 80 24 env TERM=vt100 LC_ALL=C quire top -i 0.5
see "$worker .* worker" -e && ! grep -q $'\e\\[[0-9;]*3[0-7]m' "$tmp/screen" &&
	! LC_ALL=C grep -q $'[^\t -~\e\017]' "$tmp/screen"
ok $? "without colours and UTF-8"
screen 80 24 setpriv --reuid 65534 --regid 65534 --clear-groups quire top -i 0.5
see "^ *$other .* sleep" && ! grep -q worker "$tmp/screen"
ok $? "an ordinary user sees what is his, and not what is not"
press Tab Tab Tab
see "only root may read"
ok $? "and what is root's is said to be"
tmux kill-server
kill $worker $other

# The machine thrashes, and there are 500 processes more: a loop does not fit into its cgroup or, with
# SOAK=1, into what huge pages leave of the machine, which takes a minute and more to fill.
echo thrash=1 >/proc/quire/config
if [ -n "${SOAK-}" ]; then
	take_huge 170
	free=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	start loop --size=$((free + 40000))K --writes=30 --seconds=150
else
	limit=40M start loop --size=60M --seconds=150
fi
echo >&"$load_in"
crowd=()
for ((i = $(many 500); i > 0; i--)); do
	busybox sleep 1000 &
	crowd+=($!)
	disown $!
done
declare -A pace
# On a busy host the guest as a whole can stand still for seconds: the best of three counts.
for _ in 1 2 3; do
	"$here/top_pace" 7 >"$tmp/pace"
	read_pairs pace "$tmp/pace"
	[ "${pace[longest_gap_ms]}" -gt 3000 ] || break
done
kill -KILL "$load_pid" "$worker" "${crowd[@]}" 2>/dev/null
exec {load_in}>&- {load_out}<&-
echo 0 >/proc/sys/vm/nr_hugepages
sed 's/^/# /' "$tmp/pace"
is "${pace[thrashing]}" 1 "it says that the machine thrashes"
within "${pace[longest_gap_ms]}" 100 3000 "while it does, refreshes are at most 2 s late"
within "${pace[refreshes]}" 3 40 "and come one a second"
within "${pace[resident_kb]}" 1000 16384 "it takes less than 16 MiB of memory"
within "${pace[locked_kb]}" 1000 1000000 "which is locked"
within "${pace[ended_ms]}" 0 5000 "its terminal goes, and it ends"
finish
