# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of policies share.

# put LINE: a request to /proc/quire/policy
put() {
	echo "$1" >/proc/quire/policy
} 2>/dev/null

# attached: the policy of the machine
attached() {
	sed -n 's/^\* \([a-z0-9_]*\).*/\1/p' /proc/quire/policy
}

# value NAME: a line that is of no scope
value() {
	awk -v name="$1" '/^scope/ { exit } $1 == name { print $2 }' /proc/quire/policy
}

# scope_policy SCOPE: "machine" or a cgroup's path
scope_policy() {
	awk -v scope="$1" '$1 == "scope" && $2 == scope { print $3 }' /proc/quire/policy
}

# scope_value SCOPE NAME: a line of a scope, not of its pools
scope_value() {
	awk -v scope="$1" -v name="$2" '$1 == "scope" { in_it = $2 == scope } $1 == "pool" { in_it = 0 }
		in_it && $1 == name { print $2 }' /proc/quire/policy
}

# ejected SCOPE: what the guard has ejected there, and why
ejected() {
	awk -v scope="$1" '$1 == "scope" { in_it = $2 == scope }
		in_it && $1 == "ejected" { sub("ejected ", ""); print }' /proc/quire/policy
}

# read_pool ARRAY SCOPE KIND
read_pool() {
	read_pairs "$1" <(awk -v scope="$2" -v kind="$3" '$1 == "scope" { in_it = 0 }
		$1 == "pool" { in_it = $2 == scope && $3 == kind; next }
		in_it && NF == 2' /proc/quire/policy)
}

# in_group GROUP COMMAND...: in the background, in a cgroup; sets pid
# shellcheck disable=SC2034,SC2154 # pid is for the tests, and tmp is theirs
in_group() {
	local group=/sys/fs/cgroup/$1

	shift
	(
		echo $BASHPID >"$group/cgroup.procs"
		exec "$@"
	) >"$tmp/load" 2>&1 &
	pid=$!
}
