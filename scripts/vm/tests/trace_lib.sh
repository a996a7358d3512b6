# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of tracepoints share.

# shellcheck disable=SC2034,SC2154 # what is set here is for the tests, and keys are words
tracing=/sys/kernel/tracing
events=$tracing/events/quire

# recorded COMMAND...: the events of the array wanted, while it runs, in $tmp/trace; its exit status
wanted=()
recorded() {
	local status event

	: >$tracing/trace
	for event in "${wanted[@]}"; do
		echo 1 >"$events/$event/enable"
	done
	"$@"
	status=$?
	echo 0 >$events/enable
	grep -v '^#' $tracing/trace >"$tmp/trace"
	return $status
}

# sum PATTERN FIELD: of the events that match, the sum of a field
sum() {
	grep -E -e "$1" "$tmp/trace" | sed -n "s/.* $2=\([0-9]*\).*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

# count_of PATTERN: how many match
count_of() {
	grep -cE -e "$1" "$tmp/trace"
}

# record ARGUMENTS: the events that a load makes between ready and done; and what is counted then
declare -A before after row_before row_after
record() {
	start "$@" --dir="$data"
	read_process row_before "$worker"
	read_pairs before /proc/quire/stat
	recorded go
	read_pairs after /proc/quire/stat
	read_process row_after "$worker"
	end
	ok $? "$*: done"
}

row_delta() {
	echo $((row_after[$1] - row_before[$1]))
}

# What nobody has counted yet is "-".
delta() {
	echo $((${after[$1]/#-/0} - ${before[$1]/#-/0}))
}

# pools NAME: a line of the pools of the cgroup $scope, summed
pools() {
	awk -v scope="$scope" -v name="$1" '$1 == "pool" { in_it = $2 == scope }
		in_it && $1 == name { sum += $2 } END { print sum + 0 }' /proc/quire/policy
}
