#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire thrash on copies of /proc/quire/thrash whose every number is known.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"

# verdict NAME STATE: a copy of what the module says, in $tmp/NAME
verdict() {
	mkdir -p "$tmp/$1"
	cat >"$tmp/$1/thrash" <<-END
		state $2
		since_ms 3250
		thrashings 2
		thrashed_ms 12000
		window_ms 1003
		stalled_permille 915
		lost_permille 654
		waited_us 812000
		reclaim_us 100000
		worked_us 500000
		refault_soon_pages 3912
		evicted_pages 4100
		needed_pages -
		memory_pages 51200
		sentence - the machine thrashes, for 3.2 s now
		culprit 977 5200 520 5200 backup
		culprit - 100 10 - -
		blame 1423 977 5200
		sentence 1423 redis x thrashes: holds 180.0 MiB
		process 1423 thrashing 3100 610 890 600000 10000 3800 105472 46080 redis x
		process 77 calm 90000 1 2 300 0 5 - 512 bad\\134n$(printf '\033')[2J
		leak 500 61000 3000 180000 leaky one
		suspended 610 2500 10240 big loop
		suspended - 900 512 /batch.slice
	END
}

verdict one thrashing
one=$tmp/one
quire_is 4 thrash --from "$one" && has "the machine thrashes, for 3.2 s now" \
	"redis x thrashes: holds 180.0 MiB" \
	"    PID STATE      SINCE   LOST OF-WORK  WAITED RECLAIM REFAULT   NEEDS   HOLDS COMMAND" \
	"    all thrashing   3.2s  91.5%   65.4%   812ms   100ms   3,912       -    200M" \
	"   1423 thrashing   3.1s  61.0%   89.0%   600ms    10ms   3,800    412M    180M redis x" \
	"    977     5,200  52.0%     5,200  backup" \
	"      -       100   1.0%         -  -" \
	"    500       61s  11.7M      703M  leaky one" \
	"    610      2.5s     40M  big loop" \
	"      -     900ms      2M  /batch.slice"
ok $? "who suffers, who causes it, what leaks; exit status 4"
! grep -q "$(printf '\033')" "$tmp/out"
ok $? "a name cannot steer the terminal"
script -qec "stty cols 20; $bin/quire thrash --from $one; true" /dev/null | tr -d '\r' >"$tmp/out"
has "the machine" "thrashes, for 3.2 s" "now" "redis x thrashes:" "holds 180.0 MiB"
ok $? "a sentence is wrapped at the width of the terminal"
quire_is 4 thrash --from "$one" --json && json 'd["state"] == "thrashing" and
	d["lost_permille"] == 654 and d["needed_pages"] is None and
	d["processes"][0]["pid"] == 1423 and d["processes"][0]["refault_soon_pages"] == 3800 and
	d["processes"][0]["state"] == "thrashing" and d["processes"][0]["command"] == "redis x" and
	d["culprits"][0]["pages_of_others"] == 5200 and d["culprits"][1]["pid"] is None and
	d["blame"] == [{"victim": 1423, "culprit": 977, "pages": 5200}] and
	d["leaks"][0]["pages_an_hour"] == 180000 and
	d["suspended"][0] == {"pid": 610, "since_ms": 2500, "needed_pages": 10240, "command": "big loop"} and
	d["suspended"][1]["pid"] is None and len(d["sentences"]) == 2'
ok $? "the same as JSON"
quire_is 4 thrash --from "$one" -c "redis x" --json && json 'len(d["sentences"]) == 2 and d["leaks"] == [] and
	[p["pid"] for p in d["processes"]] == [1423] and d["culprits"] == [] and len(d["blame"]) == 1'
ok $? "-c: what is about one command, and the machine"
quire_is 4 thrash --from "$one" -p 77 -p 500 --json && json 'len(d["sentences"]) == 1 and len(d["leaks"]) == 1 and
	[p["pid"] for p in d["processes"]] == [77] and d["culprits"] == [] and d["blame"] == []'
ok $? "-p: what is about two processes"
mkdir -p "$one/proc/977"
echo 0::/batch >"$one/proc/977/cgroup"
quire_is 4 thrash --from "$one" -g batch --json && json 'len(d["sentences"]) == 1 and d["processes"] == [] and
	[c["pid"] for c in d["culprits"]] == [977] and len(d["blame"]) == 1'
ok $? "-g: what is about a cgroup"
verdict tight tight
quire_is 3 thrash --from "$tmp/tight"
ok $? "tight: exit status 3"
verdict calm calm
quire_is 0 thrash --from "$tmp/calm"
ok $? "calm: exit status 0"
quire_is 0 thrash --from "$one" -i 0.1 -n 3 --json && [ "$(wc -l <"$tmp/out")" = 3 ]
ok $? "-i -n 3: three readings"

quire_is 0 thrash --from "$one" --wait=thrashing --timeout 5 && has "the machine thrashes, for 3.2 s now"
ok $? "--wait for what is: at once"
quire_is 1 thrash --from "$one" --wait=calm --timeout 0.3 && grep -q "still thrashing after 0.3 s" "$tmp/err"
ok $? "--wait: the timeout"
quire_is 1 thrash --from "$one" --wait --timeout 0.3
ok $? "--wait for a change that does not come"
verdict later calm
verdict live tight
(sleep 0.5; mv "$tmp/later/thrash" "$tmp/live/thrash") &
quire_is 0 thrash --from "$tmp/live" --wait --timeout 30 --json && json 'd["state"] == "calm"'
ok $? "--wait for a change"
wait

mkdir "$tmp/off"
echo "state off" >"$tmp/off/thrash"
quire_is 1 thrash --from "$tmp/off" && grep -q "sudo quire config thrash=1" "$tmp/err"
ok $? "off, and how to switch it on"
verdict unknown unknown
quire_is 1 thrash --from "$tmp/unknown" && grep -q "stalls=1" "$tmp/err"
ok $? "unknown, and how to know"
quire_is 1 thrash --from "$tmp/none"
ok $? "no such copy"
truncate -s $(($(stat -c %s "$one/thrash") - 3)) "$one/thrash"
quire_is 1 thrash --from "$one" && grep -q truncated "$tmp/err" && [ ! -s "$tmp/out" ]
ok $? "a file that is cut off is refused"
number=0
while read -r change; do
	number=$((number + 1))
	verdict bad thrashing
	sed -i "$change" "$tmp/bad/thrash"
	quire_is 1 thrash --from "$tmp/bad" && grep -q "makes no sense" "$tmp/err"
	ok $? "refused: $change"
done <<-'END'
	1s/.*/since_ms 1/
	1s/.*/state mad/
	s/^since_ms.*/since_ms -1/
	s/^window_ms/since_ms/
	s/^thrashings/state/
	s/^blame.*/blame 1 2/
	s/^blame.*/blame 1 2 3 4/
	s/^process 1423 thrashing/process 1423 mad/
	s/^leak.*/leak 500 61000 3000 180000/
	s/^suspended 610.*/suspended 610 2500 big loop/
	s/^culprit 977/culprit 99999999999999999999/
	s/^blame/shame/
END
for wrong in --wait=mad "-i 0" "-i x" "-n 0" "--timeout 5" "--wait -i 1" "--wait -n 2" extra; do
	# shellcheck disable=SC2086 # words
	quire_is 2 thrash --from "$tmp/calm" $wrong
	ok $? "usage: $wrong"
done

finish
