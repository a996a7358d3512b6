#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is written to our files: 10,000 random writes to each writable file, none of which may
# change anything or make the kernel complain; and good ones, which must.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
load swap=1
mark_log
writes=$(many 10000)

mapfile -t writable < <(find /proc/quire /sys/kernel/debug/quire /sys/module/quire/parameters \
	-type f -perm /222 | sort)
is "${writable[*]}" "/proc/quire/config /proc/quire/policy /proc/quire/tables" "the writable files are those that are tested"

for file in "${writable[@]}"; do
	python3 - "$file" "$writes" <<'END' >"$tmp/writes"
import errno, os, random, re, sys
path = sys.argv[1]
# It answers a question, and one only in an open file.
once = path.endswith("/tables")
question = re.compile(rb"[0-9]+ [0-9]+\n?\Z")
# What may be written, said here once more.
good = re.compile(rb"(?:(?:faults|swap|tlb|stalls|workingset|thrash)[ =](?:0|1|on|off)|scan_strict[ =][01]|"
                  rb"(keep_exited_ms|scan_cpu_permille|scan_interval_ms|thrash_interval_ms|leak_seconds)[ =]([0-9]{1,20}))\n?\Z")
ranges = {None: (0, 0), b"keep_exited_ms": (0, 86400000), b"scan_cpu_permille": (1, 1000),
          b"scan_interval_ms": (100, 60000), b"thrash_interval_ms": (50, 10000),
          b"leak_seconds": (8, 86400)}
names = [b"faults", b"swap", b"tlb", b"stalls", b"workingset", b"thrash", b"keep_exited_ms", b"scan_strict",
         b"scan_cpu_permille", b"scan_interval_ms", b"thrash_interval_ms", b"leak_seconds", b"track", b"nothing", b"", b"Faults"]
values = [b"0", b"1", b"on", b"off", b"2", b"-1", b"yes", b"86400001", b"1e3", b"0x1", b"+1",
          b"18446744073709551616", b"", b"%s%n", b"1 1", b"\xff"]
ends = [b"", b"\n", b"\n\n", b" ", b"\0", b"\r\n", b" #", b"\nfaults=1\n"]
random.seed(1)

def one():
    kind = random.randrange(4)
    if kind == 0:
        return os.urandom(random.choice((1, 2, 7, 40, 127, 128, 129, 4096, 70000)))
    text = random.choice(names) + random.choice([b" ", b"=", b"", b"==", b"\t"]) + random.choice(values)
    text += random.choice(ends)
    if kind == 1:
        text = bytearray(text)
        for _ in range(random.randrange(1, 4)):
            text.insert(random.randrange(len(text) + 1), random.randrange(256))
        text = bytes(text)
    elif kind == 2:
        text = text[random.randrange(3):] * random.choice((1, 1, 2, 50))
    return text

def is_good(text):
    if once:
        return question.match(text)
    match = good.match(text)
    low, high = ranges[match and match[1]]
    return match and low <= int(match[2] or 0) <= high

before = open(path, "rb").read()
fd = os.open(path, os.O_WRONLY)
errors, accepted, changed, done = {}, [], 0, 0
while done < int(sys.argv[2]):
    text = one()
    if is_good(text):
        continue
    done += 1
    if once:
        os.close(fd)
        fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text) if done % 3 else os.pwrite(fd, text, random.choice((0, 1, 4096, 1 << 40)))
        accepted.append(text[:60])
    except OSError as error:
        name = errno.errorcode[error.errno]
        errors[name] = errors.get(name, 0) + 1
    if done % 100 == 0 and open(path, "rb").read() != before:
        changed += 1
print("done", done)
print("accepted", len(accepted), accepted[:3])
print("changed", changed)
print("errors", " ".join(sorted(errors)))
END
	declare -A result
	read_pairs result "$tmp/writes"
	is "${result[done]}" "$writes" "$file: $writes random writes"
	is "${result[accepted]}" "0 []" "$file: each was refused"
	is "${result[changed]}" 0 "$file: nothing changed"
	unexpected=${result[errors]}
	for name in EINVAL ENOENT E2BIG ESPIPE EFBIG; do
		unexpected=${unexpected/$name/}
	done
	is "${unexpected// /}" "" "$file: the errors are those documented (${result[errors]})"
done
is "$(complaints)" "" "no complaint of the kernel"

# An address that is not there, and nothing at all.
python3 - <<'END'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open("/proc/quire/config", os.O_WRONLY)
assert libc.write(fd, ctypes.c_void_p(8), 20) == -1 and ctypes.get_errno() == 14
assert libc.write(fd, ctypes.c_void_p(8), ctypes.c_size_t(1 << 62)) == -1
END
ok $? "a bad address is EFAULT"

sleep 5.5	# of the limit on log lines
mark_log
writes=$(many 10000)
{ echo "nonsense=7" >/proc/quire/config; } 2>/dev/null
is "$(new_log | grep -v suppressed | grep -c quire)" 1 "a bad write is one line in the log"
new_log | grep -q 'refused.*nonsense.*no such setting'
ok $? "that says what and why: $(new_log | sed -n 's/.*quire: config/config/p')"

# good TEXT LINE: a write, and the line of config that it leads to
good() {
	printf '%b' "$1" >/proc/quire/config && grep -qx "$2" /proc/quire/config
	ok $? "'$1' makes '$2'"
}
for part in faults swap tlb stalls workingset thrash; do
	good "$part 0" "$part 0"
	good "$part=1\\n" "$part 1"
	good "$part=off" "$part 0"
	grep -q "^part $part off" /proc/quire/status
	ok $? "the status says that $part is off"
	good "$part on\\n" "$part 1"
	grep -q "^part $part running" /proc/quire/status
	ok $? "the status says that $part runs"
done
good "keep_exited_ms=0" "keep_exited_ms 0"
good "keep_exited_ms 86400000\\n" "keep_exited_ms 86400000"
good "scan_interval_ms=100" "scan_interval_ms 100"
good "scan_cpu_permille 1000\\n" "scan_cpu_permille 1000"
good "scan_cpu_permille 1" "scan_cpu_permille 1"
good "scan_strict=1" "scan_strict 1"
good "scan_strict=0" "scan_strict 0"
good "scan_strict auto\\n" "scan_strict auto"
good "thrash_interval_ms=50" "thrash_interval_ms 50"
good "leak_seconds 86400" "leak_seconds 86400"
good "track=none" "track none"
good "track=comm:x+children,pid:7,cgroup:/a\\n" "track comm:x+children,pid:7,cgroup:/a"
good "track=all" "track all"

# Two that switch everything on and off, while there is work and somebody reads.
switcher() {
	local part

	for _ in {1..15}; do
		for part in faults swap tlb stalls workingset thrash; do
			echo "$part=$((RANDOM % 2))" >/proc/quire/config
		done
	done
}
limited 20M quire-load loop --size=30M --seconds=600 >/dev/null &
loop=$!
switcher &
one=$!
switcher &
two=$!
while kill -0 $one 2>/dev/null || kill -0 $two 2>/dev/null; do
	cat /proc/quire/* >/dev/null
done
wait $one && wait $two
ok $? "two that switch all parts at once, under pressure"
kill $loop
wait $loop 2>/dev/null
is "$(complaints)" "" "no complaint of the kernel"
rmmod quire
ok $? "and it can be unloaded"
finish
