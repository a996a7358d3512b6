#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire sim and quire trace as they are typed. Prints TAP.

quire=${QUIRE_BIN:-$(dirname "$0")/../bin}/quire
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
count=0
failed=0

# What cairo's fonts leave behind is not ours.
echo 'leak:libfontconfig' >"$tmp/suppressions"
export LSAN_OPTIONS=suppressions=$tmp/suppressions:print_suppressions=0

# result NAME: one test, good if the last command was.
result() {
	local status=$?

	count=$((count + 1))
	if [ "$status" = 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		failed=1
	fi
}

# says STATUS TEXT COMMAND...: the command's exit status, and a part of what it prints.
says() {
	local status=$1 text=$2 out

	shift 2
	out=$("$@" 2>&1 </dev/null)
	if [ $? != "$status" ] || [[ "$out" != *"$text"* ]]; then
		printf '%s\n' "$out" | sed 's/^/# /'
		return 1
	fi
}

belady=$tmp/belady.txt
printf '%s\n' 1 2 3 4 1 2 5 1 2 3 4 5 >"$belady"

# Usage.
says 2 'which command?' "$quire"
result "no command is wrong usage"
says 2 'there is no command "fly"' "$quire" fly
result "an unknown command is wrong usage"
says 0 'quire sim -p' "$quire" --help
result "--help has an example"
for command in "sim" "sim translate" "trace" "trace convert" "trace info" "trace gen"; do
	# shellcheck disable=SC2086
	says 0 'Example:' "$quire" $command --help
	result "$command --help has an example"
done
says 0 'Usage: quire trace gen' "$quire" trace help gen
result "help comes before or after"
says 2 'which trace?' "$quire" sim -m 3
result "sim without a trace"
says 2 'how much memory?' "$quire" sim "$belady"
result "sim without a size"
says 2 'there is no policy "nosuch"' "$quire" sim -p nosuch -m 3 "$belady"
result "sim with an unknown policy"
says 2 'opt has no parameters' "$quire" sim -p opt:k=3 -m 3 "$belady"
result "sim with a parameter that is not there"
says 2 'is not a count from 1' "$quire" sim -j 0 -m 3 "$belady"
result "sim with no threads"
for size in 0 x '3,,' -1 0% 5MB 99999999999; do
	says 1 'expected sizes of at least one page' "$quire" sim -m "$size" "$belady"
	result "sim with the size \"$size\""
done
says 2 'is not a share' "$quire" sim --sample 2 -m 3 "$belady"
result "sim with a sample of 200 %"
says 2 'is not a power of two' "$quire" trace info --page-size 5000 "$belady"
result "a page of 5000 bytes"
says 2 'there is no trace format' "$quire" trace info --format jpeg "$belady"
result "an unknown format"

# Known answers, in each way to print.
cat >"$tmp/expected.csv" <<END
trace,policy,frames,requests,faults,cold_faults,hits,miss_ratio,evictions,dirty_evictions
$belady,fifo,3,12,9,5,3,0.750000,6,0
$belady,lru,3,12,10,5,2,0.833333,7,0
$belady,opt,3,12,7,5,5,0.583333,4,0
$belady,fifo,4,12,10,5,2,0.833333,6,0
$belady,lru,4,12,8,5,4,0.666667,4,0
$belady,opt,4,12,6,5,6,0.500000,2,0
END
"$quire" sim --csv -p fifo,lru,opt -m 3,4 "$belady" | diff "$tmp/expected.csv" -
result "the textbooks' example as CSV"
"$quire" sim --csv -p fifo,lru,opt -m 80%,3 - <"$belady" | sed "s|^-|$belady|" | diff "$tmp/expected.csv" -
result "from standard input, 80 % of 5 pages"
"$quire" sim --csv -p fifo,lru,opt -m 12KiB,16KiB "$belady" | diff "$tmp/expected.csv" -
result "12 KiB are 3 frames"
"$quire" sim --csv -j 7 -p fifo,lru,opt -m 3,4,3 "$belady" | diff "$tmp/expected.csv" -
result "on seven threads, a size twice"
"$quire" sim --json -p fifo,opt -m 3 "$belady" | python3 -c '
import json, sys
rows = json.load(sys.stdin)["results"]
assert [(r["policy"], r["frames"], r["faults"], r["hits"]) for r in rows] == [("fifo", 3, 9, 3), ("opt", 3, 7, 5)]
assert set(rows[0]) == set("trace policy frames requests faults cold_faults hits miss_ratio evictions dirty_evictions".split())'
result "as JSON"
"$quire" sim -p fifo,opt -m 3 "$belady" | grep -q '3  fifo *9 *75.000 *1.286'
result "as a table, with the distance to OPT"
"$quire" sim -p all -m 3 "$belady" >/dev/null
result "all policies"
"$quire" sim --list | grep -q '^opt '
result "--list knows OPT"
[ "$("$quire" sim --csv -p lru -m 3 "$belady" "$belady" | wc -l)" = 3 ]
result "two traces"

# Steps.
"$quire" sim --step -p lru -m 3 "$belady" >"$tmp/step"
grep -q '10  3   fault, out 5   \[ 3  1  2 \]  stack: 1 2 3' "$tmp/step"
result "--step shows frames and lists"
grep -q '^10 faults, 2 hits, 7 evictions' "$tmp/step"
result "--step ends in the counts"
"$quire" sim --step -p opt -m 4 "$belady" | grep -q '^6 faults, 6 hits, 2 evictions'
result "--step by OPT"

# The steps and the run agree for every policy.
"$quire" trace gen phases -p 40 -n 2000 --writes 0.3 "$tmp/small.quire"
for policy in $("$quire" sim --list | sed -n 's/^\([a-z0-9_]*\) .*/\1/p'); do
	run=$("$quire" sim --csv -p "$policy" -m 7 "$tmp/small.quire" | awk -F, 'NR > 1 { print $5, $7, $9, $10 }')
	step=$("$quire" sim --step -p "$policy" -m 7 "$tmp/small.quire" |
		sed -n 's/^\([0-9]*\) faults, \([0-9]*\) hits, \([0-9]*\) evictions (\([0-9]*\) dirty)/\1 \2 \3 \4/p')
	[ -n "$run" ] && [ "$run" = "$step" ]
	result "$policy: --step counts what a run counts ($run)"
done

"$quire" trace gen loop -p 3k -n 3k "$tmp/loop.quire"
frames=$("$quire" sim --csv -p fifo -m 1k,2000,50%,1MiB,512KiB "$tmp/loop.quire" | awk -F, 'NR > 1 { printf "%s ", $3 }')
[ "$frames" = "128 256 1000 1500 2000 " ]
result "sizes as frames, thousands of frames, a share and bytes"

# Curves.
"$quire" trace gen zipf -p 5k -n 100k "$tmp/zipf.quire"
LC_ALL=C.UTF-8 "$quire" sim --curve -p lru "$tmp/zipf.quire" >"$tmp/curve"
grep -q 'frames of memory' "$tmp/curve" && LC_ALL=C.UTF-8 grep -qP '[\x{2801}-\x{28ff}]' "$tmp/curve"
result "a curve in braille, its axis labelled"
LC_ALL=C "$quire" sim --curve -p lru,opt "$tmp/zipf.quire" >"$tmp/curve"
grep -q 'aaa' "$tmp/curve" && grep -q 'bbb' "$tmp/curve" && ! LC_ALL=C grep -q '[^ -~]' "$tmp/curve"
result "a curve in letters without UTF-8"
"$quire" sim --png "$tmp/curve.png" -p lru,opt "$tmp/zipf.quire" >/dev/null &&
	[ "$(od -An -c -N8 "$tmp/curve.png" | tr -d ' ')" = '211PNG\r\n032\n' ]
result "a curve as PNG"
height() {
	od -An -tu1 -j20 -N4 "$1" | awk '{ print ($1 * 256 + $2) * 65536 + $3 * 256 + $4 }'
}
one=$(height "$tmp/curve.png")
"$quire" sim --png "$tmp/two.png" -p lru,opt "$tmp/zipf.quire" "$belady" >/dev/null &&
	[ "$(height "$tmp/two.png")" = $((2 * one)) ]
result "a PNG of two traces has a panel for each"
says 1 "/nonexistent/curve.png" "$quire" sim --png /nonexistent/curve.png -p lru "$tmp/zipf.quire"
result "a PNG that cannot be written"
"$quire" sim --csv -p lru -m 1,10,100,500,1000,2000 "$tmp/zipf.quire" >"$tmp/a"
for size in 1 10 100 500 1000 2000; do
	"$quire" sim --csv -p lru -m $size "$tmp/zipf.quire" | tail -n 1
done | diff - <(tail -n +2 "$tmp/a")
result "LRU in one pass gives what single sizes give"

# Samples: the true value is within the stated error.
"$quire" trace gen zipf -p 200k -n 2M "$tmp/large.quire"
exact=$("$quire" sim --csv -p lru -m 50000 "$tmp/large.quire" | awk -F, 'NR > 1 { print $8 }')
"$quire" sim --json --sample 5% -p lru -m 50000 "$tmp/large.quire" >"$tmp/sample"
python3 - "$tmp/sample" "$exact" <<'END'
import json, sys
row = json.load(open(sys.argv[1]))["results"][0]
distance = abs(row["miss_ratio"] - float(sys.argv[2]))
print(f"# {row['miss_ratio']:.4f} +- {row['miss_ratio_error']:.4f}, in truth {sys.argv[2]}")
sys.exit(not (0 < row["miss_ratio_error"] < 0.1 and distance <= row["miss_ratio_error"]))
END
result "a sample of 5 %: the truth is within its error"

# Converting.
"$quire" trace gen zipf -p 1k -n 10k --writes 0.2 --to text "$tmp/t.txt"
for to in quire csv text; do
	"$quire" trace convert --to $to "$tmp/t.txt" "$tmp/t.$to"
	columns=()
	[ $to = csv ] && columns=(--columns 'page=page,write=write')
	"$quire" trace convert --to text "${columns[@]}" "$tmp/t.$to" - | cmp -s - "$tmp/t.txt"
	result "text to $to and back"
done
"$quire" trace convert --to oracle "$tmp/t.txt" "$tmp/t.oracle" &&
	"$quire" trace convert --to text "$tmp/t.oracle" - | cmp -s - <(sed 's/ W//' "$tmp/t.txt")
result "text to oracleGeneral and back, without its writes"
for tool in gzip zstd; do
	if command -v $tool >/dev/null; then
		$tool -c <"$tmp/t.quire" >"$tmp/t.packed"
		"$quire" trace convert --to text - - <"$tmp/t.packed" | cmp -s - "$tmp/t.txt"
		result "$tool on standard input is undone"
	fi
done
says 1 'is the trace to read' "$quire" trace convert "$tmp/t.quire" "$tmp/t.quire"
result "a trace is not converted onto itself"
head -c 5000 "$tmp/t.quire" >"$tmp/cut"
says 1 'found the end of the file' "$quire" trace convert "$tmp/cut" "$tmp/out" && [ ! -e "$tmp/out" ]
result "a trace cut off is an error, and leaves no file"
printf '1\n2\n3x\n' >"$tmp/bad"
says 1 "bad:3: expected" "$quire" sim -m 2 "$tmp/bad"
result "a broken line is named by its number"
says 1 'No such file' "$quire" trace info /nonexistent
result "a file that is not there"
says 1 'no reference' "$quire" sim -m 3 /dev/null
result "an empty trace"
says 1 'No space left' "$quire" trace gen uniform -n 1M /dev/full && [ -c /dev/full ]
result "a full disk"

# What is known of a trace.
"$quire" trace info --json --tau 3 "$belady" | python3 -c '
import json, sys
info = json.load(sys.stdin)
assert info["requests"] == 12 and info["pages"] == 5
window = info["working_set"][0]
assert window["max_pages"] == 3 and abs(window["mean_pages"] - 33 / 12) < 1e-9
assert [p["distance_pages"] for p in info["reuse_distance"] if p["percent"] == 50] == [4]'
result "trace info of the textbooks' example"
[ "$("$quire" trace gen uniform --to text -n 5 --seed 1 -p 1000 - | tr '\n' ' ')" = "566 745 971 444 444 " ]
result "trace gen makes what it always made"

# Translation.
printf '%s\n' 0 4095 4096 1048576 >"$tmp/addresses"
"$quire" sim translate --json --addresses --pages 4KiB --levels 1,2 --tlb 4:full "$tmp/addresses" | python3 -c '
import json, sys
t = json.load(sys.stdin)
assert t["grain_bytes"] == 64 and t["used_bytes"] == 4 * 64 and t["segments"] == 2
assert t["span_bytes"] == 1048576 + 64
paging = t["paging"][0]
assert paging["pages"] == 3 and paging["unused_bytes"] == 3 * 4096 - 256
assert [p["bytes"] for p in paging["page_tables"]] == [512 * 8, 32 * 8 + 2 * 16 * 8]
assert paging["tlbs"][0]["hit_ratio"] == 0.25
assert paging["tlbs"][0]["access_ns"] == [101 + 0.75 * 100, 101 + 0.75 * 200]'
result "sim translate of four addresses"
"$quire" sim translate "$tmp/small.quire" | grep -q '^Segmentation: 1 segments'
result "sim translate of a trace of pages"
says 2 'power of two of sets' "$quire" sim translate --tlb 48:4,7:3 "$belady"
result "a TLB that cannot be"

echo "1..$count"
exit $failed
