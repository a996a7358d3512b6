#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All files are read, and settings changed, while the module comes and goes.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
ko=$(modinfo -n quire)
mark_log

# Read everything again and again until there is the file "stop"; how often, goes to a file.
cat >"$tmp/reader.py" <<'END'
import glob, os, sys, time
stop, out, write = sys.argv[1], sys.argv[2], sys.argv[3] == "write"
reads = 0
bad = set()
took = 0
while not os.path.exists(stop):
    # Away twice as long as there, on whatever machine: rmmod needs a moment when nobody reads.
    time.sleep(max(0.01, 2 * took))
    began = time.monotonic()
    for path in glob.glob("/proc/quire/*") + glob.glob("/sys/kernel/debug/quire/*"):
        try:
            with open(path, "rb") as file:
                while file.read(700):
                    reads += 1
        except OSError as error:
            # Gone between two steps: no such file or device, or no longer answered.
            if error.errno not in (2, 5, 6, 19):
                bad.add((path, error.errno))
    if write:
        for part in ("faults", "tlb", "stalls", "swap", "workingset", "thrash"):
            try:
                with open("/proc/quire/config", "w") as file:
                    file.write(f"{part}={reads % 2}")
            except OSError:
                pass
    took = time.monotonic() - began
open(out, "w").write(f"reads {reads}\nbad {len(bad)} {bad or ''}\n")
END
readers=()
for i in 1 2 3; do
	python3 "$tmp/reader.py" "$tmp/stop" "$tmp/reads$i" "$([ $i = 3 ] && echo write)" &
	readers+=($!)
done
# remove: an open file of debugfs holds the module, as is usual, so it is tried until nobody has one
remove() {
	local end=$((SECONDS + 300))	# three readers are seldom away at once under KASAN

	while [ $SECONDS -lt $end ]; do
		! rmmod quire 2>"$tmp/rmmod" || return 0
		grep -q 'in use' "$tmp/rmmod" || return 1
	done
	return 1
}

failures=0
for _ in {1..20}; do
	insmod "$ko" faults=1 || failures=$((failures + 1))
	sleep 0.3
	remove || failures=$((failures + 1))
done
is $failures 0 "loaded and unloaded 20 times while all files are read"
touch "$tmp/stop"
wait "${readers[@]}"
for i in 1 2 3; do
	declare -A reads=()
	read_pairs reads "$tmp/reads$i"
	[ "${reads[reads]}" -gt 100 ]
	ok $? "reader $i got through ${reads[reads]} times"
	is "${reads[bad]}" "0 " "reader $i met no error but that the files were gone"
done

# Files that are kept open.
insmod "$ko"
exec 5</proc/quire/processes 6<>/proc/quire/config
read -r _ <&5
timeout 20 rmmod quire
ok $? "open files of /proc/quire do not hold the module back"
{ cat <&5 || echo faults=1 >&6; } >"$tmp/rest" 2>&1
[ ! -e /proc/quire ] && ! grep -v 'cat:\|error\|such\|faults' "$tmp/rest"
ok $? "reading on gives an error, not data"
exec 5<&- 6<&-
insmod "$ko"
exec 7</sys/kernel/debug/quire/tlb_cpus
! rmmod quire 2>/dev/null && [ -e /proc/quire/stat ]
ok $? "an open file of debugfs does"
exec 7<&-
rmmod quire
ok $? "until it is closed"
insmod "$ko" && rmmod quire
ok $? "and it comes back"
is "$(complaints)" "" "no complaint of the kernel"
finish
