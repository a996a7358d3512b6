#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire ps, faults, tlb, status and config on copies of /proc/quire whose every number is known.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"

# json EXPRESSION: the output, as d, is JSON of which this is true
json() {
	python3 -c '
import json, sys
for line in ([sys.stdin.read()] if sys.argv[2] == "1" else sys.stdin):
    d = json.loads(line)
    processes = d.get("processes")
    by = {(p["pid"], p["command"]): p for p in processes} if isinstance(processes, list) else {}
    assert eval("(" + sys.argv[1] + ")"), line
' "$1" "${2:-1}" <"$tmp/out" 2>>"$tmp/err"
}

columns="pid uid exited_ms min_flt maj_flt resident_pages swapped_pages faults_anon faults_swapin
	fault_anon_us fault_swapin_us swapin_pages refault_anon_pages refault_file_pages
	stall_reclaim_us stall_swapin_us stall_file_us stall_compaction_us tlb_shootdowns_sent
	tlb_flushes_local_mm tlb_flushes_local tlb_range_calls tlb_batched_unmaps comm"

# A copy of what the module says, in $tmp/NAME.
tree() {
	local dir=$tmp/$1

	mkdir -p "$dir/debug"
	cat >"$dir/stat" <<-END
		pgfault 5000000
		pgmajfault 123456
		pswpin 2560
		pswpout 5120
		faults_anon 900
		faults_cow 50
		faults_swapin 50
		faults_file_cached 0
		faults_file_read 0
		faults_shmem 0
		faults_huge 0
		faults_notify 0
		faults_spurious 0
		faults_other 0
		fault_anon_us 9000
		fault_cow_us 1000
		fault_swapin_us 500000
		faults_major 10
		faults_kernel_mode 3
		faults_on_behalf 2
		faults_retried 1
		faults_failed 0
		tlb_flushes_local_mm 100
		tlb_flushes_full 70
		tlb_flushes_ranged 30
		tlb_shootdowns_sent 1234567
	END
	{
		# shellcheck disable=SC2086 # words
		echo $columns
		echo "1 0 - 400 13 408 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 init"
		echo "70 0 - 12000 345 51200 2560 900 50 9000 500000 50 40 5 1000000 2000000 500000 0 3 4 1 9 2 hog"
		echo "71 0 177 30 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 gone one"
		printf '72 1000 - 8 - 1 0 - - - - - - - - - - - - - - - - \033[2J\\012x\377\n'
	} >"$dir/processes"
	cat >"$dir/debug/fault_latency" <<-END
		cause from_ns below_ns faults
		anon 1024 2048 890
		anon 1048576 2097152 10
		swapin 8192 16384 50
	END
	printf 'cpu task_switch full ranged\n0 11 22 33\n1 44 55 66\n' >"$dir/debug/tlb_cpus"
	printf 'faults 1\nkeep_exited_ms 30000\n' >"$dir/config"
	mkdir -p "$dir/proc/1" "$dir/proc/70" "$dir/proc/72"
	echo 0::/ >"$dir/proc/1/cgroup"
	echo 0::/db/big >"$dir/proc/70/cgroup"
	printf '1:name=systemd:/db\n0::/dba\n' >"$dir/proc/72/cgroup"
	cat >"$dir/status" <<-END
		version 0.1
		kernel 6.1.0-56-amd64
		lru classic
		processes 65
		processes_exited 4
		processes_max 16384
		processes_lost 0
		swap0_device vda
		swap12_device file on sdb1
		part faults running - page faults by cause
		part tlb unavailable: tlb_flush cannot be hooked (error -2) - TLB flushes
		hook faults handle_mm_fault attached missed 7 - a look
		hook tlb tlb_flush unavailable error -2 - a count
		limits tlb not seen: broadcasts
	END
}

tree one
one=$tmp/one

quire_is 0 ps --from "$one" -c hog && has \
	"    PID MEMORY   SWAP FAULTS  MAJOR SWAPIN REFAULT  STALL    TLB COMMAND" \
	"     70   200M    10M 12,345    345     50      45   3.5s      8 hog"
ok $? "ps: memory, swap, faults, refaults, stalls and flushes of a process"
quire_is 0 ps --from "$one" && [ "$(awk 'NR > 1 { printf "%s ", $1 }' "$tmp/out")" = "70 1 71 72 " ]
ok $? "ps: the one that waits most comes first, then the one with most faults"
quire_is 0 ps --from "$one" -s pid -r 2 && [ "$(awk 'NR > 1 { printf "%s ", $1 }' "$tmp/out")" = "1 70 " ]
ok $? "ps: sorted by PID, two rows"
quire_is 0 ps --from "$one" -s Memory && [ "$(awk 'NR > 1 { printf "%s ", $1 }' "$tmp/out")" = "70 1 72 71 " ]
ok $? "ps: sorted by memory"
quire_is 0 ps --from "$one" -s command -p 70 -p 1 &&
	[ "$(awk 'NR > 1 { printf "%s ", $NF }' "$tmp/out")" = "hog init " ]
ok $? "ps: two PIDs, sorted by command"
quire_is 0 ps --from "$one" -p 72 && has \
	"     72     4K      0      8      -      -       -      -      - ?[2J?x?"
ok $? "ps: what is not kept is -, what steers terminals is not printed"
quire_is 0 ps --from "$one" -p 71 && grep -q 'gone one, gone$' "$tmp/out"
ok $? "ps: a process that has exited"
for cgroup in /db db/ /sys/fs/cgroup/db/big; do
	quire_is 0 ps --from "$one" -g $cgroup && [ "$(awk 'NR > 1 { printf "%s ", $1 }' "$tmp/out")" = "70 " ]
	ok $? "ps -g $cgroup: the processes in a cgroup and below"
done
quire_is 0 ps --from "$one" -g /sys/fs/cgroup -s pid &&
	[ "$(awk 'NR > 1 { printf "%s ", $1 }' "$tmp/out")" = "1 70 72 " ]
ok $? "ps -g: of the root, all whose cgroup is known"
quire_is 0 faults --from "$one" -g dba -c hog && grep -q "processes hog dba" "$tmp/out" &&
	grep -q "12,008 minor, 345 major" "$tmp/out"
ok $? "faults -g: adds up what was chosen"
quire_is 1 tlb --from "$one" -g /d && grep -q "no such process" "$tmp/err"
ok $? "tlb -g: none in there"
quire_is 0 ps --from "$one" --json && json 'by[70, "hog"]["stall_swapin_us"] == 2000000 and
	by[72, "?[2J?x?"]["maj_flt"] is None and by[71, "gone one"]["exited_ms"] == 177 and
	len(d["processes"]) == 4'
ok $? "ps: JSON has all columns, null for what is not kept"

quire_is 0 faults --from "$one" && has \
	"anon               900   90.0%       9ms      10us       2.0us      2.1ms" \
	"swapin              50    5.0%     500ms      10ms      16.4us     16.4us" \
	"all              1,000    100%     510ms     510us           -          -"
ok $? "faults: counts, shares, times and bounds"
quire_is 0 faults --from "$one" -c hog && has \
	"anon               900   94.7%       9ms      10us           -          -" &&
	grep -q "12,000 minor, 345 major" "$tmp/out"
ok $? "faults: of a process"
quire_is 0 faults --from "$one" --json && json 'd["faults"] == 1000 and
	d["causes"][0] == {"cause": "anon", "faults": 900, "time_us": 9000,
		"half_below_ns": 2048, "99_percent_below_ns": 2097152}'
ok $? "faults: JSON"
quire_is 0 tlb --from "$one" && has "     1.2M  interrupts sent to other CPUs" \
	"     70           3           5         9         2  hog" \
	"      1        44          -         -         -        55        66         -"
ok $? "tlb: reasons, senders, CPUs"
quire_is 0 tlb --from "$one" --json && json 'd["tlb_shootdowns_sent"] == 1234567 and
	d["processes"][0]["tlb_flushes_own_cpu"] == 5 and d["cpus"][1]["ranged"] == 66'
ok $? "tlb: JSON"
quire_is 0 status --from "$one" && has \
	"tlb          unavailable  TLB flushes" \
	"             tlb_flush cannot be hooked (error -2)" \
	"faults       handle_mm_fault                      7" \
	"tlb          tlb_flush                            no: No such file or directory" \
	"swap 0       vda" "swap 12      file on sdb1"
ok $? "status: what runs, what does not and why"
quire_is 0 status --from "$one" --json && json 'd["processes_max"] == 16384 and
	d["parts"][1]["state"] == "unavailable" and d["hooks"][0]["missed"] == 7'
ok $? "status: JSON"
quire_is 0 config --from "$one" && has "faults               1"
ok $? "config: settings"
quire_is 0 config --from "$one" --json keep_exited_ms && json 'd == {"keep_exited_ms": 30000}'
ok $? "config: one setting, as JSON"
quire_is 1 config --from "$one" faults=0 && grep -q "a copy: nothing can be set" "$tmp/err"
ok $? "config: a copy cannot be changed"
quire_is 1 config --from "$one" fault && grep -q 'no setting "fault"; there are: faults, keep' "$tmp/err"
ok $? "config: no such setting"

for command in ps faults tlb status config; do
	quire_is 0 $command --from "$one" && [ "$(wc -L <"$tmp/out")" -le 80 ]
	ok $? "$command: at most 80 columns"
	quire_is 0 $command --help && grep -q Example: "$tmp/out"
	ok $? "$command: help has an example"
	quire_is 2 $command --no-such-option
	ok $? "$command: a wrong option is wrong usage"
	quire_is 1 $command --from "$tmp/none" && grep -q 'No such file' "$tmp/err"
	ok $? "$command: nothing to read is said"
	"$bin/quire" $command --from "$one" >/dev/full 2>"$tmp/err"
	[ $? = 1 ] && grep -q "could not be written" "$tmp/err"
	ok $? "$command: a full disk is said"
done
for usage in "-i 0" "-i x" "-i -1" "-n 0" "-n 1x" "-p 0" "-p -1" "-p x" "-s nothing" "-r 0" "more"; do
	# shellcheck disable=SC2086 # words
	quire_is 2 ps --from "$one" $usage
	ok $? "ps $usage: wrong usage"
done
quire_is 1 ps --from "$one" -p 4711 && grep -q "no such process" "$tmp/err"
ok $? "ps: no such process"
if [ -e /proc/quire ]; then
	count=$((count + 1))
	echo "ok $count - without the module # SKIP it is loaded"
else
	quire_is 1 ps && grep -qxF "quire ps: quire.ko is not loaded: sudo modprobe quire" "$tmp/err"
	ok $? "without the module it is said what to do"
fi

quire_is 0 load touch --pages=100 && grep -q '^status 0' "$tmp/out"
ok $? "load: runs quire-load"
quire_is 2 load nosuch && grep -q "^quire load: no pattern 'nosuch'" "$tmp/err"
ok $? "load: under its own name, with its exit status"

# Two readings: the copy is replaced between them. The hog goes on; the first exits and its PID is
# used again; one more is born.
tree live
live=$tmp/live
{
	# shellcheck disable=SC2086 # words
	echo $columns
	echo "1 0 100 500 13 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 init"
	echo "70 0 - 12100 345 51200 2560 950 99 9100 600000 150 140 5 1000000 2100000 500000 0 3 4 1 9 2 hog"
	echo "71 0 9000 30 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 gone one"
	echo "1 0 - 7 0 408 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 again"
} >"$tmp/later"
(sleep 0.5; mv "$tmp/later" "$live/processes"; sed -i 's/^pswpin 2560/pswpin 3560/' "$live/stat") &
quire_is 0 ps --from "$live" -i 1 -n 1 --json && json '0.9 < d["seconds"] < 30 and
	by[70, "hog"]["min_flt"] == 100 and by[70, "hog"]["swapin_pages"] == 100 and
	by[70, "hog"]["resident_pages"] == 51200 and by[1, "init"]["min_flt"] == 100 and
	by[1, "again"]["min_flt"] == 7 and (71, "gone one") not in by' 0
ok $? "ps -i: what has grown since, of each process, PIDs used again included"
wait
quire_is 0 ps --from "$one" -i 0.2 -n 3 --json && json 'd["processes"] == []' 0 &&
	[ "$(wc -l <"$tmp/out")" = 3 ]
ok $? "ps -i -n 3: three lines, nothing happened"
quire_is 0 ps --from "$live" -i 0.2 -n 1 -c hog && grep -q '^0\.[2-9] s: 0 faults/s' "$tmp/out" &&
	has "     70   200M    10M      0      0      0       0     0%      0 hog" &&
	has "Faults by cause: none" && [ "$(wc -L <"$tmp/out")" -le 80 ]
ok $? "ps -i: a process that was chosen is shown though nothing happened"
quire_is 0 faults --from "$live" -i 0.2 -n 1 && grep -q '^anon .* 0 ' "$tmp/out"
ok $? "faults -i: nothing happened"

# What is not counted, and what is broken.
tree off
off=$tmp/off
sed -i 's/^\(fault.*\) .*/\1 -/; s/^\(tlb.*\) .*/\1 -/' "$off/stat"
quire_is 1 faults --from "$off" && grep -q "sudo quire config faults=1" "$tmp/err"
ok $? "faults: not counted, and how to switch that on"
quire_is 1 tlb --from "$off" && grep -q "not counted" "$tmp/err"
ok $? "tlb: not counted"
quire_is 0 ps --from "$off" -i 0.2 -n 1 &&
	has "Faults by cause: not counted; sudo quire config faults=1"
ok $? "ps -i: faults are not counted by cause"
tree off
sed -i 's/^faults 1/faults 0/' "$off/config"
quire_is 0 faults --from "$off" && grep -q "switched off now" "$tmp/out"
ok $? "faults: counts of earlier, counting is off now"
quire_is 1 faults --from "$off" -i 0.2 -n 1
ok $? "faults -i: not counted now"
tree off
rm -r "$off/debug"
quire_is 0 faults --from "$off" && grep -q "only root may read" "$tmp/out"
ok $? "faults: without debugfs the rest is shown"
quire_is 0 tlb --from "$off" --json && json 'd["cpus"] is None'
ok $? "tlb: without debugfs the rest is shown"
for file in stat processes status config; do
	tree broken
	size=$(stat -c %s "$tmp/broken/$file")
	truncate -s $((size - 3)) "$tmp/broken/$file"
	case $file in
	stat)		command=faults ;;
	processes)	command="ps" ;;
	*)		command=$file ;;
	esac
	quire_is 1 $command --from "$tmp/broken" && grep -q truncated "$tmp/err" && [ ! -s "$tmp/out" ]
	ok $? "$command: a file that is cut off is refused"
done

finish
