#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire heat and quire wss on processes whose use of memory is known: a hot range in a larger one, and
# localities that change, checked against the sequence of pages that the load writes down.

# shellcheck disable=SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

export LC_ALL=C.UTF-8
chmod 711 "$tmp"

# check EXPRESSION NAME: true of d, the readings in $tmp/seen as a list, base, where the load's pages begin,
# and phases, the localities in the file $trace
check() {
	python3 -c '
import json, sys
d = [json.loads(line) for line in open(sys.argv[1])]
base = int(sys.argv[2], 16)

def slices(reading, key):
    """The slices of 128 KiB of the load that have pages, by their number from base."""
    found = {}
    for range in reading["processes"][0]["ranges"]:
        for i, pages in enumerate(range[key]):
            number, rest = divmod(range["address"] + (i << 17) - base, 1 << 17)
            if pages and 0 <= number < 256:
                found[number] = pages
    return found

# What each phase of 10,240 reads used: the first slice, and the last. Before them each page was written once.
pages = [int(line.split()[0]) for line in open(sys.argv[4])][8192:] if len(sys.argv) > 4 else []
phases = [(min(p) // 32, max(p) // 32) for i in range(0, len(pages), 10240) if (p := pages[i:i + 10240])]
result = eval("(" + sys.argv[3] + ")")
if not result:
    print("# phases", phases, file=sys.stderr)
    for reading in d:
        print("#", reading["seconds"], slices(reading, "used_pages"), file=sys.stderr)
sys.exit(not result)
' "$tmp/seen" "$base" "$1" ${trace:+"$trace"} 2>"$tmp/why"
	ok $? "$2" || sed 's/^\([^#]\)/# \1/' "$tmp/why"
}

# find_base: where the load's pages begin: its one area of 32 MiB
find_base() {
	local area rights

	while read -r area rights _; do
		base=${area%-*}
		[ $((0x${area#*-} - 0x$base)) -lt $((32 << 20)) ] || [[ $rights != rw* ]] || return 0
	done <"/proc/$worker/maps"
}

# scans N: wait until the scanner has gone over all so many times from now on, which takes as long as the host lets it
scans() {
	local passes

	read_pairs seen /proc/quire/stat
	passes=$((seen[scan_passes] + $1))
	for _ in {1..600}; do
		read_pairs seen /proc/quire/stat
		[ "${seen[scan_passes]}" -lt "$passes" ] || return 0
		sleep 0.1
	done
	say "no $1 scans in a minute"
}
declare -A seen

load workingset=1
mark_log
echo scan_cpu_permille=1000 >/proc/quire/config

start window -n 8192 -m 2048 --seconds=60
find_base
go &
scans 3
before=${seen[scan_passes]}
quire heat "$worker" -d 4.5 --json >"$tmp/seen"
ok $? "a process is watched"
read_pairs seen /proc/quire/stat
check "len(d) >= min(3, $((seen[scan_passes] - before)))" "readings come as often as scans"
check 'all(sum(slices(r, "known_pages").values()) == 8192 for r in d[1:])' "all its pages are known"
# On a host that has no time for the guest, a scan may come before all has been used once more.
check 'sum(sum(1 for s, n in slices(r, "used_pages").items() if s < 64 and n == 32) >= 63 for r in d) * 2 > len(d)' \
	"its hot 8 MiB are hot"
check 'all(not [s for s in slices(r, "used_pages") if s >= 64] for r in d[1:])' "and the 24 MiB behind them are not, in any reading"
quire heat "$worker" -d 1 >"$tmp/picture"
size=$(sed -n 's/^A line is \([0-9]*\)M of addresses.*/\1/p' "$tmp/picture")
# line OFFSET: the address of the line that has what is so many MiB into the load's pages
line() {
	printf '%x' $(((0x$base + ($1 << 20)) & ~((size << 20) - 1)))
}
grep -qE "^ *$(line 4).█+ " "$tmp/picture" && grep -qE "^ *$(line 20).·+ " "$tmp/picture"
ok $? "so they are in the picture, a line of which is ${size:-?} MiB" || sed 's/^/# /' "$tmp/picture"
quire wss "$worker" --json >"$tmp/wss"
python3 -c '
import json, sys
segments = {s["segment"]: s for s in json.load(open(sys.argv[1]))["processes"][0]["segments"]}
anon = [s for s in segments.values() if s["wss_10s_pages"] >= 2048 and s["segment"] != "all"]
assert len(anon) == 1 and anon[0]["wss_1s_pages"] <= 2048 * 1.02 + 64, segments
assert segments["all"]["curve"][1]["pages"] >= 2048, segments
' "$tmp/wss" 2>"$tmp/why"
ok $? "quire wss has the same working set" || sed 's/^/# /' "$tmp/why"
setpriv --reuid=65534 --regid=65534 --clear-groups quire heat "$worker" -d 1 >"$tmp/picture" 2>"$tmp/refused"
is $? 1 "another user does not see it"
! grep -q "$worker" /proc/quire/heat || setpriv --reuid=65534 --regid=65534 --clear-groups \
	grep -c "^$worker " /proc/quire/heat | grep -qx 0
ok $? "nor where it is read"
kill -KILL "$load_pid" "$worker" 2>/dev/null
wait "$load_pid" 2>/dev/null
exec {load_in}>&- {load_out}<&-

# Localities of 4 MiB, each for two seconds.
trace=$tmp/trace
start phases -n 8192 -m 1024 --rate=5120 --seconds=11 --trace="$trace"
find_base
go &
going=$!
scans 2
quire heat "$worker" -d 7 --json >"$tmp/seen"
wait $going
end
# The first readings may still see how all pages were prepared.
check 'all(any(all(any(low <= s <= high for low, high in some) for s in slices(r, "used_pages"))
	for some in zip(phases, phases[1:], phases[2:])) for r in d[2:])' \
	"what is hot is the locality of the phase, or those around it at a change"
check 'sum(any(sum(low <= s <= high for s in slices(r, "used_pages")) > (high - low) // 2 for r in d[2:])
	for low, high in phases) >= 2' "and at least two of them are seen"

# A process and those that it has started.
sh -c 'quire-load window -n 2000 -m 1000 -p 2 --seconds=30 >/dev/null; true' &
parent=$!
scans 3
quire heat $parent --children -d 1.5 >"$tmp/picture"
[ "$(grep -cE '^(sh|quire-load) [0-9]+$' "$tmp/picture")" -ge 3 ] && grep -q '█' "$tmp/picture"
ok $? "--children: a process, and those that it has started" || sed 's/^/# /' "$tmp/picture"
pkill -KILL -P $parent
pkill -KILL -x quire-load
wait
is "$(complaints)" "" "no complaint of the kernel"
finish
