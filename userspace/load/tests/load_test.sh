#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire-load against the fault counters of whatever kernel this is: what it says it makes is what
# the kernel counts for it.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
load=$bin/quire-load
tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/quire-load-test-XXXXXX")
trap 'rm -rf "$tmp"' EXIT
count=0
failed=0

ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=1
		echo "not ok $count - $2"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
	fi
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

run() {
	timeout 60 "$load" "$@" >"$tmp/out" 2>"$tmp/err"
}

field() {
	awk -v name="$1" '$1 == name { print $2 }' "$tmp/out"
}

# The counts are exact only where the program could lock itself: not with a sanitizer in it.
run touch
exact=$(field locked)

# exact_run NAME ARGUMENTS...: minor and major faults are as expected, and they are known
exact_run() {
	local name=$1
	shift
	if [ "$exact" = 1 ]; then
		run "$@" --check --dir="$tmp"
		ok $(($? || $(field expect_minor_faults) + $(field expect_major_faults) == 0)) "$name"
	else
		run "$@" --dir="$tmp"
		ok $? "$name (data only)"
	fi
}

on_disk() {
	[ "$(stat -f -c %T "$tmp")" != tmpfs ]
}

for pages in 1 2 511 4096; do
	exact_run "touch reads $pages pages" touch -n $pages
	exact_run "touch writes $pages pages" touch -w -n $pages
done
exact_run "touch, three rounds" touch -w -r 3
exact_run "zero-write" zero-write -n 777
exact_run "fork-write of 100 of 1000 pages" fork-write -n 1000 -m 100
exact_run "fork-write of all pages" fork-write -n 1000 -m 1000
exact_run "shmem" shmem -n 777 -r 2
exact_run "kernel" kernel -n 777 -r 2
exact_run "heap-growth" heap-growth -n 777
[ "$exact" = 1 ] && exact_run "stack-growth" stack-growth -n 777
[ "$exact" = 1 ] && exact_run "stack-growth beyond the limit" stack-growth -n 20000
exact_run "tlb-shooter munmap" tlb-shooter -r 200
exact_run "tlb-shooter dontneed, 3 threads" tlb-shooter -r 100 -t 3 --operation=dontneed
exact_run "touch in three processes" touch -p 3
if on_disk; then
	exact_run "mmap-file cold" mmap-file --cold -n 300
	exact_run "mmap-file warm" mmap-file -n 300
	exact_run "mmap-file warm, written" mmap-file -w -n 300
	exact_run "notify, twice" notify -n 300 -r 2
	run file-search --cold -n 300 --dir="$tmp"
	ok $? "file-search"
else
	skip "mapped files" "$tmp is on tmpfs"
fi
if grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled 2>&1; then
	skip "huge" "the kernel gives no huge pages"
elif [ "$exact" = 1 ]; then
	exact_run "huge" huge -n 3
fi

run race -n 100 -t 3 -r 5
ok $? "race"
run tlb-shooter --operation=mprotect -r 50
ok $? "tlb-shooter mprotect"
for pattern in loop random hot-scan zipf phases window; do
	for memory in anon shmem file; do
		run $pattern -n 500 -r 3 --writes=30 --memory=$memory --dir="$tmp"
		ok $? "$pattern over $memory"
	done
done
run loop -n 10 -r 3 --pause=100
[ "$(field elapsed_us)" -ge 200000 ] && [ "$(field resident_pages)" = 10 ]
ok $? "two rests of 100 ms between three rounds"
run leak -n 500 -m 20
ok $? "leak"

# The trace is the accesses, in order, and the seed decides it.
run loop -n 5 -r 2 --trace="$tmp/trace"
printf '%s\n' '0 W' '1 W' '2 W' '3 W' '4 W' 0 1 2 3 4 0 1 2 3 4 | cmp -s - "$tmp/trace"
ok $? "the trace of a loop"
run zipf -n 500 -r 3 --writes=20 --seed=7 --trace="$tmp/one"
run zipf -n 500 -r 3 --writes=20 --seed=7 --trace="$tmp/two"
run zipf -n 500 -r 3 --writes=20 --seed=8 --trace="$tmp/three"
cmp -s "$tmp/one" "$tmp/two" && ! cmp -s "$tmp/one" "$tmp/three"
ok $? "the same seed, the same trace; another, another"
[ "$(wc -l <"$tmp/one")" = "$(field accesses)" ]
ok $? "a line for each access"
[ "$(grep -c W "$tmp/three")" = "$(field writes)" ]
ok $? "a W for each write"
# Zipf with exponent 1 over 500 pages: the first is 1 / H(500) = 14.7 % of the reads.
run zipf -n 500 -r 400 --trace="$tmp/one"
share=$(sed 1,500d "$tmp/one" | sort | uniq -c | sort -rn | awk 'NR == 1 { print int($1 / 200) }')
[ "$share" -ge 144 ] && [ "$share" -le 151 ]
ok $? "zipf's first page has 14.7 % (per mille: $share)"

# A window is so many pages, wherever they are: with what writes each page once, one access more.
for spread in block stride random; do
	run window -n 500 -m 70 -r 2 --spread=$spread --trace="$tmp/one"
	sed 1,500d "$tmp/one" | sort -un >"$tmp/two"
	[ "$(wc -l <"$tmp/two")" = 70 ] && [ "$(wc -l <"$tmp/one")" = $((500 + 2 * 70)) ]
	ok $? "a window of 70 pages, $spread"
	last=$(tail -n1 "$tmp/two")
	[ "$last" = 69 ] || [ $spread != block ] && { [ "$last" -gt 400 ] || [ $spread = block ]; }
	ok $? "they are where they should: the last is $last"
done

# Damage is seen.
run loop -n 20 --memory=file --file="$tmp/file"
printf x | dd of="$tmp/file" bs=1 seek=$((7 * 4096)) conv=notrunc status=none
run loop -n 20 --memory=file --file="$tmp/file"
ok $(($? != 1)) "a damaged file is refused"
rm "$tmp/file"
coproc "$load" loop -n 20 -r 1 --memory=file --file="$tmp/file" --wait 2>"$tmp/err"
pid=$COPROC_PID
read -r word ready <&"${COPROC[0]}"
[ "$word $ready" = "ready $pid" ]
ok $? "--wait says ready and its PID"
printf x | dd of="$tmp/file" bs=1 seek=$((7 * 4096)) conv=notrunc status=none
echo >&"${COPROC[1]}"
wait "$pid"
ok $(($? != 1)) "a page that changes under it is an error"
coproc "$load" touch -n 50 --hold 2>"$tmp/err"
pid=$COPROC_PID
while read -r word _ <&"${COPROC[0]}" && [ "$word" != status ]; do :; done
kill -0 "$pid"
ok $? "--hold keeps the process"
echo >&"${COPROC[1]}"
wait "$pid"
ok $? "until a line comes"

run touch -n 50 -p 2 --json
python3 - "$tmp/out" <<'END'
import json, sys
top = json.load(open(sys.argv[1]))
assert top["pattern"] == "touch" and top["accesses"] == 100 and len(top["workers"]) == 2
assert sum(w["accesses"] for w in top["workers"]) == 100
END
ok $? "--json"

for bad in "" "nothing" "loop loop" "loop -n 0" "loop -n x" "loop -n 5 -m 6" "loop -r -1" \
	"loop --memory=x" "tlb-shooter --operation=x" "race --trace=/dev/null" "loop --size=5T" \
	"loop -p 2 --trace=/dev/null" "loop --pause=x" "zipf --skew=nan" "loop -s 0" "loop --nonsense"; do
	# shellcheck disable=SC2086 # words on purpose
	run $bad
	ok $(($? != 2)) "usage error: quire-load $bad"
done
run mmap-file --dir="$tmp/none"
ok $(($? != 1)) "no such folder"
run loop -n 10 --trace=/dev/full
ok $(($? != 1)) "a trace that does not fit"
run touch --cpu=1000
ok $(($? != 1)) "no such CPU"
"$load" touch >/dev/full 2>"$tmp/err"
ok $(($? != 1)) "a report that does not fit"
run --help
ok $? "--help"
echo "1..$count"
exit $failed
