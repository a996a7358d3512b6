#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The scripts in scripts/bpftrace, as they are: each shows what a load does, in figures that the load
# or /proc/quire knows. And perf and trace-cmd, which read the same events.
#
# What each has printed is in $QUIRE_OUT/bpftrace-KERNEL.

# shellcheck disable=SC2034,SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/policy_lib.sh
. "$(dirname "$0")/policy_lib.sh"
# shellcheck source=scripts/vm/tests/trace_lib.sh
. "$(dirname "$0")/trace_lib.sh"
no_swap_readahead
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
scope=${group#/sys/fs/cgroup}
out=${QUIRE_OUT:-$tmp}/bpftrace-${KERNEL-}
mkdir -p $group "$out"
declare -A tracer

# It takes seconds to start each, so that by default each is tried on one of the kernels.
case ${SCRIPTS-}-$kernel in
-6.1.*)	tried=' thrash evictors refault-distance page-life leak tlb-shootdown ' ;;
-*)	tried=' fault-latency swapin-latency reclaim-stall working-set verdicts ' ;;
*)	tried=" $SCRIPTS " ;;
esac

# tried SCRIPT: whether it is
tried() {
	[[ $tried == *" $1 "* || $tried == ' all ' ]]
}

# bpftrace asks clang where its headers are, if there is one, which takes longer than the answer is worth.
mkdir "$tmp/bin"
ln -s /bin/false "$tmp/bin/clang"
PATH=$tmp/bin:$PATH

# waits PID: it waits for events, in epoll_wait(); bpftrace does so once its probes are all in place, long after BEGIN
waits() {
	local call=''

	{ read -r call _ <"/proc/$1/syscall"; } 2>/dev/null
	[ "$call" = 232 ]
}

# gone PID
gone() {
	! kill -0 "$1"
} 2>/dev/null

there() {
	waits "$1" || gone "$1"
}

# trace SCRIPT ARGUMENT...: start it, and wait until its probes are in place
trace() {
	local began=${EPOCHREALTIME/./}

	"$checkout/scripts/bpftrace/$1.bt" "${@:2}" >"$out/$1" 2>&1 &
	tracer[$1]=$!
	until_it 120 there "${tracer[$1]}" && ! gone "${tracer[$1]}"
	ok $? "$1 is there, after $(((${EPOCHREALTIME/./} - began) / 1000)) ms" || sed 's/^/# /' "$out/$1"
}

# ended PID: tell it to end until it does. 0.17 misses that if it does not wait just then; 0.23, told twice, prints nothing.
ended() {
	local i

	for i in {1..12}; do
		until_it 10 there "$1"
		kill -INT "$1" 2>/dev/null
		! until_it 10 gone "$1" || return 0
	done
	kill -KILL "$1"
}

# traced SCRIPT...: end them; there is no complaint in what they have printed
traced() {
	local name

	for name; do
		ended "${tracer[$name]}"
		wait "${tracer[$name]}"
		is "$? $(grep -ciE 'error|warning|lost [0-9]' "$out/$name")" "0 0" "$name runs" ||
			sed 's/^/# /' "$out/$name"
	done
}

# figure SCRIPT KEY: of all that it has printed under the key, a pattern that also may be the first
# line of a key of many, the sum: of numbers, and of what histograms count
figure() {
	awk -v key="^@$2" '/^@/ { in_it = $0 ~ key }
		in_it && /^\[/ { sum += $(NF > 3 && $2 ~ /\)$/ ? 3 : 2) }
		in_it && /^(@.*|)\]: -?[0-9]+$/ { sum += $NF }
		END { print sum + 0 }' "$out/$1"
}

# shows SCRIPT PATTERN NAME
shows() {
	grep -qE -e "$2" "$out/$1"
	ok $? "$1: $3" || sed 's/^/# /' "$out/$1"
}

# near GOT WANT NAME: by a twentieth, as a probe is not run inside another
near() {
	within "$1" $(($2 * 19 / 20)) $(($2 * 21 / 20 + 2)) "$3, $1" || say "$2 were counted"
}

# stop_load: it and the process that it has become end, without a report
stop_load() {
	kill -KILL "$load_pid" "$worker" 2>/dev/null
	exec {load_in}>&- {load_out}<&-
	wait "$load_pid" 2>/dev/null
}

load thrash=1 faults=1 workingset=1
echo track=none >/proc/quire/config

# with_loop SCRIPT...: those of them that are tried, with a load that goes round 16 MiB with 8: each page
# is evicted before it is wanted again
with_loop() {
	local name names=()

	for name; do
		! tried "$name" || names+=("$name")
	done
	[ ${#names[@]} -gt 0 ] || return
	limit=8M start loop -n 4096 --writes=50 --seconds=300
	unset limit
	for name in "${names[@]}"; do
		trace "$name" "$worker"
	done
	read_process row_before "$worker"
	read_pairs before /proc/quire/thrash
	echo >&"$load_in"
	until_it 60 grep -q "^process $worker thrashing " /proc/quire/thrash
	ok $? "the load thrashes"
	read_process row_after "$worker"
	until_it 60 missed_more "$(row_delta refault_soon_pages)"
	ok $? "for long enough to be seen"
	# It stops where nothing is under way: what is counted is then what was seen.
	kill -STOP "$worker"
	until_it 60 grep -q '^State:.*stopped' "/proc/$worker/status"
	sleep 0.2
	read_process row_after "$worker"
	read_pairs after /proc/quire/thrash
	traced "${names[@]}"
	stop_load
}

# missed_more PAGES: 2,000 more than these have come back
missed_more() {
	read_process row_after "$worker"
	[ "$(row_delta refault_soon_pages)" -ge $(($1 + 2000)) ]
}

load thrash=1 faults=1 workingset=1
echo track=none >/proc/quire/config

with_loop thrash evictors refault-distance page-life
missed=$(row_delta refault_soon_pages)

if tried thrash; then
	shows thrash "^[0-9:]+ +$worker quire-load +(calm|tight) +-> thrashing " "the load thrashes"
	# When the other scripts were started it may have done so, too.
	within "$(grep -cE '^[0-9:]+ +0 .*-> thrashing ' "$out/thrash")" $((after[thrashings] - before[thrashings])) \
		"${after[thrashings]}" "thrash: so does the machine, as often as is counted"
	within "$(figure thrash "pages_missed\[$worker, quire-load,")" 300 "$missed" \
		"thrash: of $missed pages that it misses some are told"
	shows thrash '^ +page_(stamp|intact)\+' "and where it wants them"
fi
if tried evictors; then
	near "$(figure evictors "evicted_pages_by_and_for\[quire-load, $worker\]")" "$(row_delta evicted_pages)" \
		"evictors: pages that the load evicts for itself"
	near "$(figure evictors "missed_pages_of_and_evicted_for\[quire-load, $worker, ")" "$missed" \
		"evictors: pages that it misses"
fi
if tried refault-distance; then
	distances=$(figure refault-distance 'distance_pages\[quire-load\]')
	near "$distances" "$missed" "refault-distance: as many as came back"
	cycle=$(awk '/^@/ { in_it = /distance_pages.quire-load/ } in_it && /^\[(1K|2K), / { sum += $3 }
		END { print sum + 0 }' "$out/refault-distance")
	say "refault-distance: $(grep -A20 '^@distance_pages' "$out/refault-distance" | awk '/^\[/ { printf "%s%s ", $1 $2, $3 }')"
	within $((cycle * 100 / (distances + 1))) 60 100 \
		"refault-distance: most by the 2,048 pages that it lacks, or some less or more"
	near "$(figure refault-distance 'away_ms\[quire-load\]')" "$missed" "refault-distance: as many times away"
fi
if tried page-life; then
	near "$(figure page-life 'admitted\[(anon|file)\]')" "$(row_delta admitted_pages)" "page-life: pages that came in"
	near "$(figure page-life 'until_evicted_ms\[')" "$(figure page-life 'evicted_by\[')" \
		"page-life: pages that went, by time and by who did it"
	within "$(figure page-life 'evicted_by\[quire-load\]')" $(($(row_delta admitted_pages) - 2200)) \
		"$(row_delta admitted_pages)" "page-life: all but what there is room for went, by its own doing"
fi

with_loop fault-latency swapin-latency reclaim-stall
swapins=$(row_delta faults_swapin)

if tried fault-latency; then
	near "$(figure fault-latency 'faults\[quire-load, swapin\]')" "$swapins" "fault-latency: swap-ins"
	# The event has the time of one try, the first that waited; of a fault that is tried again, all is counted.
	within "$(figure fault-latency 'total_us\[quire-load, swapin\]')" $(($(row_delta fault_swapin_us) / 3)) \
		$(($(row_delta fault_swapin_us) * 21 / 20)) "fault-latency: microseconds of swap-ins"
	is "$(figure fault-latency 'fault_us\[swapin\]')" "$(figure fault-latency 'faults\[.*, swapin\]')" \
		"fault-latency: all of them are in the histogram"
fi
if tried swapin-latency; then
	within "$(figure swapin-latency 'swapin_us\[quire-load, (read|found)\]')" $((swapins * 19 / 20)) \
		$((swapins * 21 / 20 + $(row_delta faults_retried))) "swapin-latency: swap-ins, and those tried again"
	within "$(figure swapin-latency 'swapin_us\[quire-load, read\]')" $(($(row_delta faults_major) * 19 / 20)) \
		$(($(row_delta faults_major) * 21 / 20 + $(row_delta faults_retried))) \
		"swapin-latency: and those that had to wait"
fi
if tried reclaim-stall; then
	near "$(figure reclaim-stall 'reclaim_us\[quire-load, cgroup\]')" "$(row_delta stalls_reclaim)" \
		"reclaim-stall: reclaims for the cgroup"
	# What quire hooks lies around what the kernel tells of.
	within "$(figure reclaim-stall 'paths_us\[quire-load,')" $(($(row_delta stall_reclaim_us) / 2)) \
		"$(row_delta stall_reclaim_us)" "reclaim-stall: microseconds, by path"
	shows reclaim-stall '^ +(do_swap_page|do_anonymous_page|__handle_mm_fault)\+' "for page faults"
fi

if tried leak; then
	# 8,192 pages, of which 64 are used again.
	start leak -n 8192 -m 64
	trace leak
	go
	traced leak
	near "$(figure leak "grown_kib\[$worker, quire-load\]")" $((R[expect_first_touch_pages] * 4)) \
		"leak: KiB by which the load grows"
	near "$(figure leak "where_kib\[$worker, quire-load,")" $((R[expect_first_touch_pages] * 4)) \
		"leak: KiB by where it does"
	end >/dev/null
fi

if tried tlb-shootdown; then
	# Not before: its threads are never idle.
	trace tlb-shootdown
	start tlb-shooter -n 10 -r 100
	go
	read_process row_after "$worker"
	traced tlb-shootdown
	end >/dev/null
	sent=${row_after[tlb_shootdowns_sent]}
	within "$sent" 33 210 "tlb-shootdown: a known number of them, $sent"
	for key in 'cpus\[quire-load\]' 'flushes\[remote send ipi \(sent\), quire-load\]' 'paths\[quire-load,'; do
		near "$(figure tlb-shootdown "$key")" "$sent" "tlb-shootdown: ${key%%\\*} of the load"
	done
	shows tlb-shootdown '^\[1, 2\) +[1-9]' "to one CPU at a time, of two"
	! grep -qE '^\[([2-9]|[0-9]{2,}), ' "$out/tlb-shootdown"
	ok $? "tlb-shootdown: to none that there is not" || sed 's/^/# /' "$out/tlb-shootdown"
	shows tlb-shootdown '^ +(tlb_finish_mmu|zap_|unmap_)' "because memory is unmapped"
fi

# lines N: the scan of the load has been told of so often
lines() {
	[ "$(grep -cE " $worker quire-load .* [0-9]+\$" "$out/working-set")" -ge "$1" ]
}
if tried working-set; then
	# Of 32 MiB, 8 are used.
	start window -n 8192 -m 2048 --seconds=300
	trace working-set
	echo "track=pid:$worker" >/proc/quire/config
	echo >&"$load_in"
	until_it 60 lines 4
	ok $? "working-set: a line a scan"
	traced working-set
	stop_load
	echo track=none >/proc/quire/config
	read -r _ process _ resident _ second _ _ cost < \
		<(grep -E " $worker quire-load .* [0-9]+\$" "$out/working-set" | tail -n1)
	is "$process" "$worker" "working-set: the process"
	within "${resident%M}" 32 37 "working-set: MiB that there are"
	within "${second%M}" 8 10 "working-set: MiB that are used"
	[ "$cost" -gt 0 ]
	ok $? "working-set: microseconds that the scan took"
fi

if tried verdicts; then
	trace verdicts
	put "cgroup $scope lru"
	limited 8M quire-load loop -n 2048 -r 2 --writes=100 >/dev/null
	traced verdicts
	# What it has printed at the end, of a table each second.
	tac "$out/verdicts" | awk '/^@/ { seen = 1 } /^$/ && seen { exit } 1' >"$tmp/last"
	mv "$tmp/last" "$out/verdicts-last"
	for verdict in evict:evict keep:activate; do
		near "$(figure verdicts-last "pages.*, policy ${verdict%:*}: ")" "$(pools "verdicts_${verdict#*:}")" \
			"verdicts: pages of which the policy says ${verdict%:*}"
	done
	[ "$(figure verdicts-last 'pages.*(kernel keep, policy evict: evicted|kernel evict, policy keep: kept)')" -gt 0 ]
	ok $? "verdicts: also where the kernel would not have" || sed 's/^/# /' "$out/verdicts-last"
	put "cgroup $scope native"
fi

# Other programs that read the events: all of them, while all that makes them goes on; and names for what has some.
# The load goes on until it has been found to thrash, and its working set has been told of.
cat >"$tmp/busy" <<-END
	#!/bin/bash
	passes() {
		sed -n 's/^scan_passes //p' /proc/quire/stat
	}
	echo track=comm:quire-load >/proc/quire/config
	echo "cgroup $scope lru" >/proc/quire/policy
	echo 8M >$group/memory.max
	before=\$(passes)
	(echo \$BASHPID >$group/cgroup.procs; exec quire-load loop -n 2560 --writes=100 --seconds=100 >/dev/null) &
	for _ in {1..200}; do
		sleep 0.2
		! grep -q '^state thrashing' /proc/quire/thrash || [ \$((\$(passes) - before)) -lt 4 ] || break
	done
	echo 1 >$group/cgroup.kill
	wait
	echo "cgroup $scope native" >/proc/quire/policy
	echo track=none >/proc/quire/config
	quire-load swap -n 300 >/dev/null
END
chmod +x "$tmp/busy"
happen=(fault swap_in swap_out page_admit page_evict page_refault verdict policy_attach policy_detach tlb_flush scan
	working_set thrash_state)
named=('fault: .* cause=swapin' 'verdict: .* policy=evict final=evict' 'tlb_flush: .* reason=[a-z]'
	'thrash_state: .* new=thrashing')

# read_by PROGRAM: what it has recorded of the busy script is in $tmp/read
read_by() {
	local event missing=() unnamed=()

	for event in "${happen[@]}"; do
		grep -qE "[ :]$event: " "$tmp/read" || missing+=("$event")
	done
	is "${missing[*]}" "" "$1 shows each event that happens" || head -n 20 "$tmp/err" | sed 's/^/# /'
	for event in "${named[@]}"; do
		grep -qE -e "$event" "$tmp/read" || unnamed+=("$event")
	done
	is "${unnamed[*]}" "" "$1 shows names"
	within "$(grep -cE "quire-load.* (quire:)?swap_in: +slot=[0-9]+ pages=1 device=0" "$tmp/read")" 300 1000000 \
		"$1 shows at least the 300 pages that are read from swap"
	is "$(grep -ciE 'failed to parse|unknown' "$tmp/read")" 0 "$1 understands all of it"
}
began=$SECONDS
perf record -q -B -a -e 'quire:*' -o "$tmp/perf.data" -- "$tmp/busy" >/dev/null 2>"$tmp/err"
perf script -F comm,event,trace -i "$tmp/perf.data" >"$tmp/read" 2>>"$tmp/err"
read_by perf
say "perf took $((SECONDS - began)) s"
trace-cmd record -q -e quire -o "$tmp/trace.dat" "$tmp/busy" >/dev/null 2>"$tmp/err"
trace-cmd report -i "$tmp/trace.dat" >"$tmp/read" 2>>"$tmp/err"
read_by trace-cmd
trace-cmd check-events >"$tmp/read" 2>&1
! grep -q quire "$tmp/read"
ok $? "trace-cmd can read each event, also those that did not happen" || sed 's/^/# /' "$tmp/read"
is "$(bpftrace -l 'tracepoint:quire:*' | sed 's/.*://' | sort | xargs)" \
	"$(find "$events" -mindepth 1 -type d -printf '%f\n' | sort | xargs)" "bpftrace knows each event"
say "perf, trace-cmd and the list took $((SECONDS - began)) s"

# Others at a function around which we stand: a trampoline of BPF's that was there first, a kretprobe that came later.
way=kretfunc
[ -e /sys/kernel/btf/vmlinux ] || way=kretprobe
# watch WAY: count what faults quire-load has, until it is told to end
watch() {
	bpftrace -e "$1:handle_mm_fault /comm == \"quire-load\"/ { @[comm] = count(); }" >"$tmp/$2" 2>&1 &
	tracer[$2]=$!
	until_it 60 there "${tracer[$2]}"
}
rmmod quire
watch $way before
load faults=1
watch kretprobe after
read_pairs before /proc/quire/stat
quire-load touch -w -n 3000 >/dev/null
read_pairs after /proc/quire/stat
rmmod quire
ok $? "it lets go while others stay"
out=$tmp
traced before after
within "$(delta faults_anon)" 3000 4500 "counts all faults beside others"
within "$(figure before '\[quire-load')" 3000 4500 "$way, there before, has them as well"
within "$(figure after '\[quire-load')" 3000 4500 "kretprobe, come later, too"
finish
