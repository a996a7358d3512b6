#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Processes come and go: 5,000 short ones, of which each must be seen once and with the faults that
# its parent is told; PIDs that are used again; more than there is room for; and no record leaks.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
load swap=1
declare -A status

# shellcheck disable=SC2034 # what it sets is the caller's
# held ARRAY: objects that records refer to, and records
held() {
	local -n the_objects=$1
	local cache name active rest

	for cache in /sys/kernel/slab/*/shrink; do
		{ echo 1 >"$cache"; } 2>/dev/null
	done
	while read -r name active rest; do
		case $name in
		pid | cred_jar | quire_proc) the_objects["$name"]=$active ;;
		esac
	done </proc/slabinfo
}

declare -A held_before held_after
held held_before
echo keep_exited_ms=600000 >/proc/quire/config
forks=$(many 5000)
read_pairs status /proc/quire/status
first=${status[processes]}
living=(/proc/[0-9]*)
alive_first=${#living[@]}
python3 - "$forks" <<'END' >"$tmp/churn"
import gc, os, sys
gc.disable()
told = {}
for i in range(int(sys.argv[1])):
    pid = os.fork()
    if not pid:
        os._exit(0)
    _, _, usage = os.wait4(pid, 0)
    told[pid] = (usage.ru_minflt, usage.ru_majflt)
lines = open("/proc/quire/processes").read().splitlines()
names = lines[0].split()
rows = {}
for line in lines[1:]:
    row = dict(zip(names, line.split()))
    if row["exited_ms"] != "-":
        rows.setdefault(int(row["pid"]), []).append((int(row["min_flt"]), int(row["maj_flt"])))
print("forked", len(told))
print("seen", sum(pid in rows for pid in told))
print("once", sum(len(rows.get(pid, ())) == 1 for pid in told))
wrong = [(pid, told[pid], rows.get(pid)) for pid in told if rows.get(pid) != [told[pid]]]
print("wrong", len(wrong), wrong[:3] or "")
END
declare -A result
read_pairs result "$tmp/churn"
is "${result[forked]}" "$forks" "$forks processes came and went"
is "${result[seen]}" "$forks" "each has a record"
is "${result[once]}" "$forks" "and only one"
is "${result[wrong]}" "0 " "with the faults that its parent was told"
read_pairs status /proc/quire/status
is "${status[processes_lost]}" 0 "none was lost"
[ "${status[processes_exited]}" -ge "$forks" ]
ok $? "the status counts them: ${status[processes_exited]} exited"

echo keep_exited_ms=0 >/proc/quire/config
for i in {1..20}; do
	sleep 0.5
	read_pairs status /proc/quire/status
	[ "${status[processes_exited]}" -gt 2 ] || break
done
within "${status[processes_exited]}" 0 2 "their records are let go"
living=(/proc/[0-9]*)
alive=${#living[@]}
within $((status[processes] - alive)) -3 3 "what is left are the living: ${status[processes]} of $alive"
within $((status[processes] - first - (alive - alive_first))) -5 5 "as many as before, but for those that came and went"
held held_after
for name in "${!held_before[@]}"; do
	within $((held_after["$name"] - held_before["$name"])) -1000 300 \
		"no $name is held after $forks processes (${held_before[$name]}, ${held_after[$name]})"
done

# A PID that is used again is another process.
echo keep_exited_ms=600000 >/proc/quire/config
python3 - <<'END' >"$tmp/again"
import os, time
def fork_as(pid, pages):
    for _ in range(20):
        with open("/proc/sys/kernel/ns_last_pid", "w") as last:
            last.write(str(pid - 1))
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.read(read, 1) if os.getpid() == pid else None
            bytearray(pages * 4096)
            os._exit(0)
        os.write(write, b"x")
        _, _, usage = os.wait4(child, 0)
        if child == pid:
            return usage.ru_minflt
    return None
told = [fork_as(20000, 10), fork_as(20000, 500)]
lines = open("/proc/quire/processes").read().splitlines()
names = lines[0].split()
rows = [dict(zip(names, line.split())) for line in lines[1:] if line.startswith("20000 ")]
print("told", *told)
print("rows", *(row["min_flt"] for row in rows))
END
read_pairs result "$tmp/again"
is "${result[rows]}" "${result[told]}" "a PID that is used again is two processes"

# A program that becomes another one is the same process, and threads count for theirs.
coproc EXEC { quire-load race -n 200 -t 8 --wait --hold; }
read -r _ pid <&"${EXEC[0]}"
echo >&"${EXEC[1]}"
while read -r word _ <&"${EXEC[0]}" && [ "$word" != status ]; do :; done
declare -A row kernel_faults
read_process row "$pid"
ok $? "a process with threads that ended has one line"
read_kernel_faults kernel_faults "$pid"
is "${row[min_flt]} ${row[comm]}" "${kernel_faults[min_flt]} quire-load" "with the faults of all threads"
echo >&"${EXEC[1]}"
wait "$EXEC_PID"
unload

# More processes than records.
living=(/proc/[0-9]*)
room=$((${#living[@]} + 20))
load max_processes=$room
for _ in {1..100}; do
	sleep 1000 &
done
read_pairs status /proc/quire/status
[ "${status[processes]}" -le $room ]
ok $? "100 processes and room for 20: ${status[processes]} records of $room"
within "${status[processes_lost]}" 80 110 "${status[processes_lost]} were lost"
mapfile -t lines </proc/quire/processes
[ "${#lines[@]}" -le $((room + 1)) ]
ok $? "the table has $((${#lines[@]} - 1)) lines"
jobs -p | xargs kill
wait 2>/dev/null
echo keep_exited_ms=0 >/proc/quire/config
sleep 2.5
sleep 1000 &
read_process row $!
ok $? "and there is room again when they have gone"
kill $!
wait 2>/dev/null
finish
