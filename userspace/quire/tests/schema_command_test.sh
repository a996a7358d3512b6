#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What every command prints with --json is what docs/json-schema.json says, on recorded machines; and
# the schema tells what is not.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"
schema=$bin/../test-data/json-schema.json

# fits NAME: each line of the output, or all of it, is what the schema calls NAME. By Debian's python3-jsonschema.
fits() {
	/usr/bin/python3 - "$schema" "$1" "$tmp/out" 2>>"$tmp/err" <<-'END'
		import json, sys
		import jsonschema
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		assert sys.argv[2] in schema["$defs"], "no such schema"
		validator = jsonschema.Draft202012Validator({**schema, "$ref": "#/$defs/" + sys.argv[2].replace(" ", "%20")})
		text = open(sys.argv[3]).read()
		assert text
		try:
		    documents = [json.loads(text)]
		except json.JSONDecodeError:
		    documents = [json.loads(line) for line in text.splitlines()]
		for document in documents:
		    validator.validate(document)
	END
}

# print STATUS SCHEMA ARGUMENTS...
print() {
	local status=$1 name=$2
	shift 2
	quire_is "$status" "$@" --json && fits "$name"
	ok $? "$*"
}

for machine in calm tight thrashing; do
	unpack $machine "$tmp/$machine"
	from="--from=$tmp/$machine/1"
	for command in ps faults tlb status config "policy list" "policy show" protect; do
		# shellcheck disable=SC2086 # words
		print 0 "$command" $command "$from"
	done
	for command in ps faults tlb; do
		print 0 $command $command "$from" -i 0.1 -n 2
	done
	print 0 wss wss "$from" -c calm
	case $machine in
	calm)		print 0 thrash thrash "$from" ;;
	tight)		print 3 thrash thrash "$from" ;;
	thrashing)	print 4 thrash thrash "$from" ;;
	esac
done
print 0 heat heat "$from" -c hog -n 2
print 0 wss wss "$from" -c hog -i 0.1 -n 2
rm -r "$tmp/thrashing/1/debug"
print 0 faults faults "$from"
print 0 tlb tlb "$from"
print 0 wss wss "$from" -c hog
cat >"$tmp/thrashing/1/thrash" <<-END
	state thrashing
	since_ms 3250
	needed_pages -
	memory_pages 51200
	sentence - the machine thrashes, for 3.2 s now
	culprit 977 5200 520 5200 backup$(printf '\033')
	culprit - 100 10 - -
	blame 1423 977 5200
	sentence 1423 redis x thrashes
	process 1423 thrashing 3100 610 890 600000 10000 3800 105472 46080 redis x
	leak 500 61000 3000 180000 leaky one
	suspended 1500 700 20000 hog
	suspended - 300 20000 /batch
END
print 4 thrash thrash "$from"
{
	echo "pid address scan $(for i in {0..15}; do echo "known_${i}_pages used_${i}_pages"; done | xargs)"
	echo "1 93824990838784 7$(printf ' 32 %s' {0..15})"
} >"$tmp/thrashing/1/heat"
print 0 heat heat "$from" 1 -d 0.3 -i 0.1
quire_is 0 doctor --json && fits doctor
ok $? "doctor"
address=$(awk '{ split($1, a, "-"); print a[1]; exit }' /proc/$$/maps)
print 0 translate translate $$ "$address"
quire_is 0 trace gen phases --pages 100 -n 1000 "$tmp/trace"
print 0 "trace info" trace info "$tmp/trace"
print 0 sim sim -p lru,arc,opt -m 25%,50% "$tmp/trace"
print 0 "sim translate" sim translate "$tmp/trace"
print 0 load load touch -n 100 -p 2

# What the schema is to tell.
while IFS='|' read -r name text; do
	echo "$text" >"$tmp/out"
	! fits "$name" && grep -q ValidationError "$tmp/err"
	ok $? "told from $name: $text"
	: >"$tmp/err"
done <<-'END'
	ps|{}
	ps|{"processes": [{"pid": 1}]}
	config|{}
	config|{"faults": null}
	thrash|{"state": "bad", "since_ms": 1, "sentences": [], "culprits": [], "blame": [], "processes": [], "leaks": [], "suspended": []}
	thrash|{"state": "calm", "since_ms": -1, "sentences": [], "culprits": [], "blame": [], "processes": [], "leaks": [], "suspended": []}
	heat|{"seconds": 1, "processes": [{"pid": 1, "command": "\u001b", "ranges": []}]}
	heat|{"seconds": 1, "processes": [{"pid": 0, "command": "x", "ranges": []}]}
	protect|{"scopes": [{"scope": "machine"}]}
END
finish
