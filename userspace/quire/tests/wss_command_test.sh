#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire wss on a copy of the module's files whose every number is known, and on recorded machines.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"

# Two processes: 70 is walked wholly, 71 in part; 72 is not tracked.
mkdir -p "$tmp/one/debug" "$tmp/one/proc/71"
echo 0::/db >"$tmp/one/proc/71/cgroup"
cat >"$tmp/one/processes" <<-END
	pid uid exited_ms min_flt maj_flt resident_pages swapped_pages comm
	70 0 - 1 1 256 0 whole
	71 0 - 1 1 256 256 part$(printf '\033')[2J
	72 0 - 1 1 256 0 other
END
{
	printf 'pid segment ranges ranges_sampled resident_pages swapped_pages'
	printf ' wss_%s_pages wss_%s_low_pages wss_%s_high_pages' 1s 1s 1s 10s 10s 10s 60s 60s 60s
	echo " wss_10s_share_pages tracked_ms scanned_ms page_table_bytes huge_pages huge_used_pages" \
		"hugetlb_pages locked_pages guest comm"
	echo "70 all 4 4 256 0 64 64 64 128 128 128 256 256 256 64 8000 300 8192 1 - 512 256 0 whole"
	echo "70 heap 3 3 192 0 64 64 64 128 128 128 192 192 192 64 - - - - - - - - whole"
	echo "70 stack 1 1 64 0 0 0 0 0 0 0 64 64 64 0 - - - - - - - - whole"
	echo "71 all 8 2 256 256 128 64 256 256 128 512 512 256 512 128 100000 400 4096 0 - 0 0 1 part"
	echo "71 anon 8 2 256 256 128 64 256 256 128 512 512 256 512 128 - - - - - - - - part"
} >"$tmp/one/workingset"
{
	echo "pid segment within_ms pages low_pages high_pages"
	for segment in all heap; do
		for point in "1000 64" "2000 64" "4000 128" "8000 256" "16000 256"; do
			echo "70 $segment $point ${point#* } ${point#* }"
		done
	done
	echo "71 all 1000 128 64 256"
	echo "71 all 2000 256 128 512"
	echo "71 anon 1000 128 64 256"
} >"$tmp/one/debug/ages"
echo "workingset 1" >"$tmp/one/config"
one=$tmp/one
export LC_ALL=C COLUMNS=80

quire_is 0 wss --from "$one" 70 && has \
	"whole 70: 1M in memory, 0 in swap; watched for 8s, scanned 300ms ago" \
	"all              1M      0          256K          512K            1M  4/4" \
	"stack          256K      0             0             0          256K  1/1" \
	"Page tables 8K, huge pages 2M, hugetlb 2M, mlocked 1M" \
	"Of what it used in 10 s, 256K is its share, pages divided by who maps them"
ok $? "segments, and what there is besides"
# Twelve lines for 1 MiB: 256 KiB are three, 512 KiB six; of uses that are known for 8 s no more.
[ "$(grep -c '|.*#' "$tmp/out")" = 12 ] && has "     1M|------------------------------#########- held"
ok $? "the curve goes up to what is held"
[ "$(grep -cE '^ +[0-9.KM]*\|#+ +#' "$tmp/out")" = 3 ] && [ "$(grep -cE '^ +[0-9.KM]*\| {20}#' "$tmp/out")" = 3 ] &&
	grep -qxE ' +1s +2s +4s +8s' "$tmp/out"
ok $? "its columns are as high as they should be, and end where nothing is known"
quire_is 0 wss --from "$one" 71 && grep -q '=' "$tmp/out" && grep -q "a sample: with 95 % certainty" "$tmp/out" &&
	has "                                256K..1M      512K..2M        1M..2M" \
	"A virtual machine or a device uses its memory, too: the figures are lower bounds"
ok $? "of a sample, the intervals are shown"
! LC_ALL=C grep -q '[^ -~]' "$tmp/out"
ok $? "nothing that could steer a terminal, no UTF-8 where there is none"
LC_ALL=C.UTF-8 quire_is 0 wss --from "$one" 70 && grep -q '█' "$tmp/out" && grep -q '─' "$tmp/out"
ok $? "UTF-8 where there is"
quire_is 0 wss --from "$one" 70 -s heap && grep -q "Used within tau, of heap" "$tmp/out" && grep -q "768K" "$tmp/out"
ok $? "the curve of a segment"
quire_is 0 wss --from "$one" 71 -s heap && grep -q 'It has no segment "heap"' "$tmp/out"
ok $? "which it may not have"
quire_is 0 wss --from "$one" -c whole && grep -q "^whole 70:" "$tmp/out" && ! grep -q "71:" "$tmp/out"
ok $? "by command"
quire_is 0 wss --from "$one" -g db && grep -q " 71:" "$tmp/out" && ! grep -q " 70:" "$tmp/out"
ok $? "by cgroup"
quire_is 0 wss --from "$one" --json 70 71 && json '[p["pid"] for p in d["processes"]] == [70, 71] and
	d["processes"][0]["segments"][0]["tracked_ms"] == 8000 and
	d["processes"][1]["segments"][1]["wss_10s_high_pages"] == 512 and
	d["processes"][0]["segments"][1]["curve"][2] ==
		{"within_ms": 4000, "pages": 128, "low_pages": 128, "high_pages": 128}'
ok $? "JSON"
quire_is 0 wss --from "$one" -i 0.2 -n 3 --json 70 && [ "$(wc -l <"$tmp/out")" = 3 ]
ok $? "-i: again and again"
mv "$one/debug" "$one/hidden"
quire_is 0 wss --from "$one" 70 && grep -qxE ' +1s +10s' "$tmp/out" && grep -q "only root may read" "$tmp/out"
ok $? "without debugfs: the three windows"
mv "$one/hidden" "$one/debug"

quire_is 1 wss --from "$one" 72 && grep -q "not scanned twice yet" "$tmp/err"
ok $? "a process that is not tracked"
quire_is 1 wss --from "$one" 4711 && grep -q "no such process" "$tmp/err"
ok $? "no such process"
echo "workingset 0" >"$one/config"
quire_is 1 wss --from "$one" 72 && grep -q "sudo quire config workingset=1" "$tmp/err"
ok $? "nothing is scanned: what to do"
echo "workingset 1" >"$one/config"
for file in workingset debug/ages; do
	cp "$one/$file" "$tmp/kept"
	truncate -s -3 "$one/$file"
	case $file in
	workingset)	quire_is 1 wss --from "$one" 70 && grep -q truncated "$tmp/err" ;;
	*)		quire_is 0 wss --from "$one" 70 && grep -q "1s        10s" "$tmp/out" ;;
	esac
	ok $? "$file is cut off"
	cp "$tmp/kept" "$one/$file"
done
for usage in "" "x" "0" "70x" "-5" "5000000" "--no-such-option" "-i 0 70"; do
	# shellcheck disable=SC2086 # words
	quire_is 2 wss --from "$one" $usage
	ok $? "wss $usage: wrong usage"
done
quire_is 0 wss --help && grep -q Example: "$tmp/out"
ok $? "help has an example"
"$bin/quire" wss --from "$one" 70 >/dev/full 2>"$tmp/err"
[ $? = 1 ] && grep -q "could not be written" "$tmp/err"
ok $? "a full disk is said"

unpack thrashing "$tmp/thrashing"
LC_ALL=C.UTF-8 quire_is 0 wss --from "$tmp/thrashing/2" -c hog && [ "$(LC_ALL=C.UTF-8 wc -L <"$tmp/out")" -le 80 ] &&
	diff "$bin/../test-data/screens/wss-hog.txt" "$tmp/out" >>"$tmp/err"
ok $? "a process that thrashes"

finish
