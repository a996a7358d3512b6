#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire policy and quire protect on a recorded /proc/quire.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"
unpack tight "$tmp/tight"
unpack calm "$tmp/calm"
tight=$tmp/tight/1
calm=$tmp/calm/1

quire_is 0 policy list --from "$tight" && [ "$(wc -l <"$tmp/out")" = 19 ] &&
	has "* arc         adaptive replacement cache (Megiddo and Modha 2003)" \
	"  native      the kernel's own"
ok $? "list: policies, and which is the machine's"
quire_is 0 policy list --json --from "$calm" && json 'd["policies"][0] == {"policy": "native",
	"of_the_machine": True, "about": "the kernel'\''s own"} and len(d["policies"]) == 19'
ok $? "list: JSON"
quire_is 0 policy params 2q fifo --from "$tight" && [ "$(wc -l <"$tmp/out")" = 5 ] && has 2q fifo \
	"  kin         1 to 99 %, 25 unless set: frames for pages that are new" \
	"  nothing of its own"
ok $? "params: of two policies"
quire_is 0 policy params --json --from "$tight" && json 'd["lirs"] == [{"name": "hir", "least": 1,
	"most": 99, "unit": "%", "unless_set": 1, "about": "frames for pages of high IRR"}] and
	"fifo" not in d and len(d["s3fifo"]) == 3'
ok $? "params: of all, JSON"
quire_is 1 policy params nosuch --from "$tight" && grep -q 'no policy "nosuch"' "$tmp/err"
ok $? "params: of no policy"

quire_is 0 policy show --from "$tight" && [ "$(wc -L <"$tmp/out")" -le 80 ] &&
	has "machine: arc" "/batch: lru" "  settings: ghost_percent=50 steer=1 window=16 window_most=2" \
	"  protected: used within 500 ms, 0 MiB anonymous, 0 MiB of files" \
	"  anon     130M     129     134K 70,391 63,590    256  35,091   100%   19,500"
ok $? "show: scopes, settings and pools"
hint="sudo quire config workingset=1"
sed -i 's/^workingset .*/workingset 1/' "$tight/config"
quire_is 0 policy show --from "$tight" && ! has "$hint" &&
	sed -i 's/^workingset .*/workingset 0/' "$tight/config" && quire_is 0 policy show --from "$tight" && has "$hint" &&
	[ "$(wc -L <"$tmp/out")" -le 80 ] &&
	quire_is 0 policy show -g nosuch --from "$tight" && ! has "$hint"
ok $? "show: that policies could hear more, where one is attached and they do not"
quire_is 0 policy show -g /sys/fs/cgroup/batch/ --json --from "$tight" && json 'len(d["scopes"]) == 1 and
	d["scopes"][0]["scope"] == "/batch" and d["scopes"][0]["protect_ms"] == 500 and
	d["scopes"][0]["ejected"] is None and d["tables_bytes"] == 2021920 and
	[p["kind"] for p in d["scopes"][0]["pools"]] == ["anon", "file"] and
	d["scopes"][0]["pools"][0]["verdicts_activate"] == 11599'
ok $? "show: of a cgroup, JSON"
quire_is 0 policy show --from "$calm" && has "machine: nothing is set, the kernel chooses by itself"
ok $? "show: nothing is set"
quire_is 0 policy show -g nosuch --from "$tight" &&
	has "/nosuch: nothing is set, the kernel chooses by itself"
ok $? "show: nothing is set for that cgroup"
sed -i '/^scope machine/a ejected lirs: it named no victim' "$tight/policy"
quire_is 0 policy show --from "$tight" && has "  the guard has ejected lirs: it named no victim"
ok $? "show: what the guard has ejected, and why"

quire_is 0 protect --from "$tight" && has "    500ms        0        0    4,561        4  /batch"
ok $? "protect: what is protected"
quire_is 0 protect -g batch --json --from "$tight" && json 'd == {"scopes": [{"scope": "/batch",
	"protect_ms": 500, "protect_anon_mb": 0, "protect_file_mb": 0, "protected_verdicts": 4561,
	"protected_native": 4}]}'
ok $? "protect: of a cgroup, JSON"
quire_is 0 protect --from "$calm" && grep -q "nothing is protected" "$tmp/out"
ok $? "protect: nothing is protected"
sed -i $'s|/batch|/ba\e[2Jtch|' "$tight/policy"
for command in "policy show" protect; do
	# shellcheck disable=SC2086 # words
	quire_is 0 $command --from "$tight" && grep -qF "/ba?[2Jtch" "$tmp/out"
	ok $? "$command: a cgroup's name cannot steer the terminal"
done

for command in "policy set lru" "policy unset" "protect -t 5" "protect --off"; do
	# shellcheck disable=SC2086 # words
	quire_is 1 $command --from "$calm" && grep -q "a copy: nothing can be set" "$tmp/err"
	ok $? "$command: a copy cannot be changed"
done
quire_is 1 policy set nosuch a=1 --from "$calm" && grep -q 'no policy "nosuch": quire policy list' "$tmp/err"
ok $? "set: no such policy"
while read -r usage; do
	# shellcheck disable=SC2086 # words
	quire_is 2 $usage --from "$calm"
	ok $? "$usage: wrong usage"
done <<-END
	policy
	policy nosuch
	policy set
	policy set -g / lru
	policy show more
	policy list more
	policy unset lru
	protect -t -1
	protect -a x
	protect -f 16777217
	protect -t 3600001
	protect more
END
for bad in "" "a b" $'a\n'; do
	quire_is 2 policy set "$bad" --from "$calm"
	ok $? "set: '$bad' is wrong usage"
done
for command in "policy list" "policy show" "policy set" "policy unset" "policy params" protect; do
	# shellcheck disable=SC2086 # words
	quire_is 0 $command --help && grep -q Example: "$tmp/out" && [ "$(wc -L <"$tmp/out")" -le 80 ]
	ok $? "$command: help has an example"
done
for command in "policy list" "policy show" "policy params" protect; do
	# shellcheck disable=SC2086 # words
	"$bin/quire" $command --from "$calm" >/dev/full 2>"$tmp/err"
	[ $? = 1 ] && grep -q "could not be written" "$tmp/err"
	ok $? "$command: a full disk is said"
done
truncate -s -3 "$tight/policy"
quire_is 1 policy show --from "$tight" && grep -q truncated "$tmp/err" && [ ! -s "$tmp/out" ]
ok $? "a file that is cut off is refused"
finish
