#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may read what: a process' line is for those who may read its smaps. And PID namespaces: a
# reader sees the numbers of its own, and nobody outside of it.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
load swap=1
chmod 755 "$tmp"

nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# A process of nobody's, one that may not be inspected, and one of another user.
"${nobody[@]}" sleep 1000 &
own=$!
"${nobody[@]}" python3 -c 'import ctypes, time; ctypes.CDLL(None).prctl(4, 0); time.sleep(1000)' &
hidden=$!
setpriv --reuid=65533 --regid=65533 --clear-groups sleep 1000 &
other=$!
setpriv --reuid=65534 --regid=65533 --clear-groups sleep 1000 &
group_differs=$!
sleep 1.5

# The rule itself: the lines that nobody sees are those whose smaps nobody may open.
cat >"$tmp/rule.py" <<'END'
import os
seen = {int(line.split()[0]) for line in open("/proc/quire/processes").read().splitlines()[1:]}
wrong, may, total = [], 0, 0
for name in os.listdir("/proc"):
    if not name.isdigit():
        continue
    pid = int(name)
    try:
        exe = os.path.exists(f"/proc/{pid}/cmdline") and open(f"/proc/{pid}/cmdline").read()
        open(f"/proc/{pid}/smaps").read()
        readable = True
    except PermissionError:
        readable = False
    except (FileNotFoundError, ProcessLookupError):
        continue
    total += 1
    may += readable
    if readable != (pid in seen) and exe:
        wrong.append((pid, exe[:20], readable))
print(len(wrong), wrong or "")
print(may, total)
END
mapfile -t result < <("${nobody[@]}" python3 "$tmp/rule.py")
is "${result[0]}" "0 " "nobody sees the processes whose smaps nobody may read, and no others"
say "${result[1]% *} of ${result[1]#* } processes"
mapfile -t result < <(python3 "$tmp/rule.py")
is "${result[0]}" "0 " "root sees them all"

"${nobody[@]}" cat /proc/quire/processes >"$tmp/table"
has() {
	grep -q "^$1 " "$tmp/table"
}
has $own
ok $? "nobody sees a process of nobody's"
! has $hidden
ok $? "but not one that may not be inspected"
! has $other
ok $? "nor one of another user"
! has $group_differs
ok $? "nor one with another group"
! has 1
ok $? "nor init"
"${nobody[@]}" unshare -Ur cat /proc/quire/processes >"$tmp/table" &&
	! has $other && ! has $hidden && ! has 1
ok $? "nor as root of a user namespace"

# Rights are those of who opened the file.
"${nobody[@]}" bash -c 'cat <&3' 3</proc/quire/processes >"$tmp/table"
has $other
ok $? "an open file keeps the rights of who opened it"
exec 4< <("${nobody[@]}" bash -c 'exec 3</proc/quire/processes; cat <&3')
cat <&4 >"$tmp/table"
exec 4<&-
! has $other
ok $? "however it is handed on"

# Writing, and debugfs.
"${nobody[@]}" bash -c 'echo faults=1 >/proc/quire/config' 2>"$tmp/refused"
grep -q 'Permission denied' "$tmp/refused" && grep -q '^faults 0$' /proc/quire/config
ok $? "nobody cannot change a setting"
"${nobody[@]}" bash -c 'echo faults=1 >&3' 3>/proc/quire/config 2>/dev/null
ok $? "who is handed an open file can"
echo faults=0 >/proc/quire/config
! setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin bash -c 'echo faults=1 >/proc/quire/config' 2>/dev/null &&
	grep -q '^faults 0$' /proc/quire/config
ok $? "root without CAP_SYS_ADMIN cannot"
! unshare -Ur bash -c 'echo faults=1 >/proc/quire/config' 2>/dev/null &&
	grep -q '^faults 0$' /proc/quire/config
ok $? "root of a user namespace cannot"
chmod 755 /sys/kernel/debug
"${nobody[@]}" find /sys/kernel/debug/quire -type f -readable >"$tmp/readable" 2>/dev/null
is "$(cat "$tmp/readable")" "" "nobody reads nothing in debugfs"
chmod 700 /sys/kernel/debug
"${nobody[@]}" cat /proc/quire/stat /proc/quire/status /proc/quire/config >/dev/null
ok $? "the machine's counts are for everybody"
! "${nobody[@]}" grep -E '0x[0-9a-f]{8}|ffff[0-9a-f]{8}' /proc/quire/stat /proc/quire/status
ok $? "and hold no address"

# PID namespaces.
unshare -pf --mount-proc bash -c 'sleep 1000 & cat /proc/quire/processes; kill %1' >"$tmp/table"
mapfile -t pids < <(awk 'NR > 1 { print $1 }' "$tmp/table")
has 1
ok $? "in a PID namespace the first process is 1"
! has $own
ok $? "and those outside are not seen"
within ${#pids[@]} 2 4 "it has its own processes only: ${pids[*]}"
unshare -pf --mount-proc sleep 1000 &
sleep 0.5
inner=$(pgrep -P $!)
declare -A row
read_process row "$inner"
is "${row[comm]}" sleep "outside it has its number of outside"
kill -KILL "$inner" $own $hidden $other $group_differs
jobs -p | xargs kill -KILL 2>/dev/null
wait 2>/dev/null
finish
