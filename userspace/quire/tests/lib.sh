# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the command, on copies of the module's files or on recorded machines, see record. A
# test sets bin, sources this and ends with "finish".

# shellcheck disable=SC2154 # bin is the test's
tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/quire-test-XXXXXX")
trap 'rm -rf "$tmp"' EXIT
count=0
failed=0

# unpack NAME DIR: the readings of a machine, in DIR/0, DIR/1 ...
unpack() {
	local number path

	# The folders first: awk cannot make them.
	while read -r _ number path; do
			mkdir -p "$(dirname "$2/$number/$path")"
	done < <(grep '^=== ' "$bin/../test-data/recorded/$1.txt")
	awk -v dir="$2" '/^=== / { close(file); file = dir "/" $2 "/" $3; next } { print >file }' \
		"$bin/../test-data/recorded/$1.txt"
}

ok() {	# STATUS NAME
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - ${2//$'\n'/\\n}"
	else
		failed=1
		echo "not ok $count - ${2//$'\n'/\\n}"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
	fi
}

# quire_is STATUS ARGUMENTS...: runs it, output in $tmp/out and $tmp/err
quire_is() {
	local want=$1 got
	shift
	timeout 60 "$bin/quire" "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ $got = "$want" ] || echo "exit status $got, not $want" >>"$tmp/err"
	[ $got = "$want" ]
}

has() {	# TEXT...: the output has these lines
	local text
	for text; do
		grep -qxF -- "$text" "$tmp/out" || { echo "no line: $text" >>"$tmp/err"; return 1; }
	done
}

# json EXPRESSION: the output, as d, is JSON of which this is true
json() {
	python3 -c '
import json, sys
d = json.load(sys.stdin)
assert eval("(" + sys.argv[1] + ")"), d
' "$1" <"$tmp/out" 2>>"$tmp/err"
}

finish() {
	echo "1..$count"
	exit $failed
}
