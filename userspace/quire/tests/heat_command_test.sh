#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire heat on readings whose every number is known: as JSON, and as a copy of the module's files.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"
export LC_ALL=C COLUMNS=80

# readings SECONDS RANGES: a process whose use goes up through its heap, with a stack far away
readings() {
	python3 -c '
import json, sys
seconds, ranges = int(sys.argv[1]), int(sys.argv[2])
heap, stack = 0x555555400000, 0x7ffc20000000
for s in range(seconds):
    use = s * ranges // seconds
    all = [{"address": heap + (k << 21), "scan": s, "known_pages": [32] * 16,
            "used_pages": [32 if k == use else 10 if k == ranges - 1 else 0] * 16}
           for k in range(ranges)]
    all.append({"address": stack, "scan": s, "known_pages": [0] * 15 + [4], "used_pages": [0] * 15 + [3]})
    process = {"pid": 42, "command": "demo", "ranges": all}
    if not s:
        process["areas"] = [{"start": heap, "end": heap + (ranges << 21), "name": "[heap]"},
                            {"start": stack, "end": stack + (2 << 20), "name": "[stack]"}]
    print(json.dumps({"seconds": float(s), "processes": [process]}))
' "$@"
}

readings 40 8 >"$tmp/seen"
quire_is 0 heat --read "$tmp/seen" && has "demo 42" \
	"555555400000|#####................................... [heap]" \
	"555555600000|.....#####.............................. [heap]" \
	"555556200000|+++++++++++++++++++++++++++++++++++##### [heap]" \
	"7ffc20000000+######################################## [stack]" \
	"     address+---------------------------------------- time" \
	"             0                   20s           40s" \
	"A line is 2M of addresses (after + some are left out), a column 1s." \
	". none  : some  + 25 %  * 50 %  # 75 % and more  (blank: not known)"
ok $? "what was used when, and what the picture means"
quire_is 0 heat --read - <"$tmp/seen" && has "demo 42"
ok $? "from standard input"
LC_ALL=C.UTF-8 quire_is 0 heat --read "$tmp/seen" && has "555555600000│·····█████······························ [heap]"
ok $? "in UTF-8"
quire_is 0 heat --read "$tmp/seen" -t 10-14 && has "555555800000|##### [heap]" "555555a00000|..... [heap]" &&
	grep -qE '^ +10s +15s$' "$tmp/out"
ok $? "a part of the time"
quire_is 1 heat --read "$tmp/seen" -t 100-200 && grep -q "nothing of that time" "$tmp/err"
ok $? "of which there may be nothing"

# More than there is room for: lines and columns become larger, and each says what it is.
readings 1000 64 >"$tmp/long"
quire_is 0 heat --read "$tmp/long" && [ "$(wc -L <"$tmp/out")" -le 80 ] && [ "$(wc -l <"$tmp/out")" -le 24 ] &&
	grep -q "A line is 16M of addresses (after + some are left out), a column 32s." "$tmp/out" &&
	grep -qE '^555556000000\|\.\.:::::\.+ ' "$tmp/out"
ok $? "long and large: 24 lines of 80"
readings 3 400 >"$tmp/large"
quire_is 0 heat --read "$tmp/large" && grep -q "A line is 64M" "$tmp/out"
ok $? "800 MiB"

# Two processes.
python3 -c '
import json, sys
for line in sys.stdin:
    d = json.loads(line)
    d["processes"].append(dict(d["processes"][0], pid=43, command="child\x1b[2J"))
    print(json.dumps(d))' <"$tmp/seen" >"$tmp/two"
quire_is 0 heat --read "$tmp/two" && has "demo 42" "child?[2J 43"
ok $? "two processes; a name cannot steer the terminal"

for broken in "{" "{}" "[]" '{"seconds": 1}' '{"seconds": -1, "processes": []}' '{"seconds": 1e300, "processes": []}' \
	'{"seconds": NaN, "processes": []}' '{"seconds": 1, "processes": [{}]}' \
	'{"seconds": 1, "processes": [{"pid": 1, "command": "x", "ranges": [{"address": -1}]}]}' \
	'{"seconds": 1, "processes": [{"pid": 1, "command": "x", "ranges": [{"address": 0, "known_pages": [1], "used_pages": [1]}]}]}'; do
	{ head -n 1 "$tmp/seen"; echo "$broken"; } >"$tmp/broken"
	quire_is 1 heat --read "$tmp/broken" && grep -q "line 2: this is not what quire heat --json prints" "$tmp/err"
	ok $? "not a reading: $broken"
done
head -c 3000 "$tmp/seen" >"$tmp/broken"
quire_is 1 heat --read "$tmp/broken" && [ ! -s "$tmp/out" ]
ok $? "a file that is cut off"
quire_is 1 heat --read "$tmp/none" && grep -q "No such file" "$tmp/err"
ok $? "a file that is not there"

# The module's files: 70 has a child, 71, and that one 72; 73 is another's.
one=$tmp/one
mkdir -p "$one"/proc/{70,71,72,73}
cat >"$one/processes" <<-END
	pid uid exited_ms comm
	70 0 - parent
	71 0 - a (child) 1
	72 0 - grandchild
	73 0 - other
	74 0 100 gone
END
for pair in "70 1" "71 70" "72 71" "73 1"; do
	echo "${pair% *} (a (child) 1) S ${pair#* } 0 0" >"$one/proc/${pair% *}/stat"
	echo "555555400000-555555600000 rw-p 00000000 00:00 0                          [heap]" >"$one/proc/${pair% *}/maps"
done
echo '7f0000000000-7f0000200000 r--p 00000000 08:01 1234 /lib/some '$'\e''[2J.so' >>"$one/proc/70/maps"
{
	echo "pid address scan $(for i in {0..15}; do echo "known_${i}_pages used_${i}_pages"; done | xargs)"
	for pid in 70 71 72 73; do
		echo "$pid 93824990838784 7$(printf ' 32 %s' {0..15})"
	done
	echo "70 139637976727552 7$(printf ' 2 1%.0s' {0..15})"
} >"$one/heat"
printf 'workingset 1\nscan_interval_ms 200\n' >"$one/config"
quire_is 0 heat --from "$one" 70 -d 0.5 && grep -qE "^7f0000000000\+\*+ some \?\[2J\.so$" "$tmp/out" &&
	grep -qE "^55555540+\|[:]+ \[heap\]$" "$tmp/out" && ! grep -q child "$tmp/out"
ok $? "what the module says, with the names of areas"
quire_is 0 heat --from "$one" 70 --children -d 0.5 && has "parent 70" "a (child) 1 71" "grandchild 72" &&
	! grep -q other "$tmp/out"
ok $? "and the same of its children"
quire_is 0 heat --from "$one" 70 -p 73 -d 0.3 && has "parent 70" "other 73" && ! grep -q child "$tmp/out"
ok $? "of two processes"
quire_is 0 heat --from "$one" -c "a (child) 1" --children -d 0.3 && has "a (child) 1 71" "grandchild 72" &&
	! grep -qE "parent|other" "$tmp/out"
ok $? "of those with a command, and their children"
echo 0::/db/big >"$one/proc/73/cgroup"
quire_is 0 heat --from "$one" -g /db -n 3 -i 0.1 --json && [ "$(wc -l <"$tmp/out")" = 3 ] &&
	! grep -qvF '"pid":73,' "$tmp/out"
ok $? "of a cgroup, three readings"
quire_is 1 heat --from "$one" -c gone -d 0.3 && grep -q "no such process" "$tmp/err"
ok $? "a command that only one had that is gone"
quire_is 0 heat --from "$one" 70 --json -d 0.5 && [ "$(wc -l <"$tmp/out")" -ge 2 ] && head -n 1 "$tmp/out" >"$tmp/first" &&
	cp "$tmp/first" "$tmp/out" && json 'd["processes"][0]["pid"] == 70 and
		d["processes"][0]["ranges"][0]["used_pages"] == list(range(16)) and
		d["processes"][0]["areas"][0]["name"] == "[heap]" and len(d["processes"]) == 1'
ok $? "as JSON, a line for each reading"
quire_is 0 heat --from "$one" 70 --json -d 0.5 && cp "$tmp/out" "$tmp/own" && quire_is 0 heat --read "$tmp/own" &&
	has "parent 70"
ok $? "which can be read again"
quire_is 1 heat --from "$one" 99 -d 0.3 && grep -q "no such process" "$tmp/err"
ok $? "no such process"
quire_is 1 heat --from "$one" 74 -d 0.3 && grep -q "no such process" "$tmp/err"
ok $? "a process that is gone"
(sleep 0.5; sed -i '/^70 /d' "$one/processes") &
quire_is 0 heat --from "$one" 70 -d 20 && has "parent 70"
ok $? "a process that ends is shown when it has"
wait
quire_is 0 heat --from "$one" 71 -d 0.3
ok $? "another"
sed -i '/^71 /d' "$one/heat"
quire_is 1 heat --from "$one" 71 -d 0.3 && grep -q "not scanned twice yet" "$tmp/err"
ok $? "a process that is not tracked"
sed -i 's/workingset 1/workingset 0/' "$one/config"
quire_is 1 heat --from "$one" 71 -d 0.3 && grep -q "sudo quire config workingset=1" "$tmp/err"
ok $? "nothing is scanned: what to do"
sed -i '2s/ 32 / 33 /' "$one/heat"
quire_is 1 heat --from "$one" 72 -d 0.3
truncate -s -5 "$one/heat"
quire_is 1 heat --from "$one" 72 -d 0.3 && grep -q truncated "$tmp/err"
ok $? "a file that is cut off is refused"

for usage in "" "x" "0" "70 --read f" "-c a --read f" "-n 0" "-g" "70 -i 0" "70 -d x" "70 -t 5" "70 -t 5-4" "70 -t -1-4" "--nosuch"; do
	# shellcheck disable=SC2086 # words
	quire_is 2 heat $usage
	ok $? "heat $usage: wrong usage"
done
quire_is 0 heat --help && grep -q Example: "$tmp/out"
ok $? "help has an example"
"$bin/quire" heat --read "$tmp/seen" >/dev/full 2>"$tmp/err"
[ $? = 1 ] && grep -q "could not be written" "$tmp/err"
ok $? "a full disk is said"
finish
