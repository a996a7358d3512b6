#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire translate and /proc/quire/tables: the entries on the way of an address agree with what the kernel
# says in pagemap, and are for those only who may see them.

# shellcheck disable=SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
chmod 755 "$tmp"
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# A process with a page that it has written, one that it has not touched, a huge page and one in swap.
cat >"$tmp/process.py" <<'END'
import ctypes, mmap, sys
M, HUGE = 1 << 21, 14
memory = mmap.mmap(-1, 8 * M, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
base = (ctypes.addressof(ctypes.c_char.from_buffer(memory)) + M - 1) // M * M
offset = base - ctypes.addressof(ctypes.c_char.from_buffer(memory))
memory.madvise(mmap.MADV_NOHUGEPAGE, offset, M)
memory.madvise(HUGE, offset + 2 * M, M)
memory[offset] = 1
memory[offset + 2 * M + 5 * 4096] = 1
memory[offset + 4096 * 9] = 1
memory.madvise(21, offset + 4096 * 9, 4096)	# MADV_PAGEOUT
print(base, base + 4096, base + 2 * M + 5 * 4096, base + 4096 * 9, flush=True)
sys.stdin.read()
END
# begin COMMAND...: start it; sets pid and the addresses
begin() {
	rm -f "$tmp/go" "$tmp/addresses"
	mkfifo "$tmp/go"
	"$@" python3 "$tmp/process.py" <"$tmp/go" >"$tmp/addresses" &
	pid=$!
	exec 5>"$tmp/go"
	while [ ! -s "$tmp/addresses" ]; do sleep 0.1; done
	read -r written untouched huge swapped <"$tmp/addresses"
}

# way ADDRESS EXPRESSION NAME: to be true of its translation d, and e, its entries by level; for check
way() {
	ways=$((ways + 1))
	quire translate "$pid" "$(printf '%x' "$1")" --json >"$tmp/way$ways"
	printf '%s\n%s\n' "$3" "${2//$'\n'/ }" >>"$tmp/ways"
}

# check: all ways at once, for starting python takes its time here
check() {
	python3 - "$tmp/way" >"$tmp/results" <<-'END'
		import json, sys
		lines = open(sys.argv[1] + "s").read().splitlines()
		for i in range(len(lines) // 2):
		    try:
		        d = json.load(open(f"{sys.argv[1]}{i + 1}"))
		        e = {entry["level"]: entry for entry in d["entries"] or []}
		        frame = lambda level: (e[level]["entry"] & 0x000ffffffffff000) >> 12
		        print(0 if eval(lines[2 * i + 1]) else d, end="|")
		    except Exception as error:
		        print(repr(error), end="|")
		    print(lines[2 * i])
	END
	while IFS='|' read -r result name; do
		[ "$result" = 0 ]
		ok $? "$name" || say "$result"
	done <"$tmp/results"
	[ "$(wc -l <"$tmp/results")" = $ways ]
	ok $? "all were looked at"
}

load swap=1
mark_log
ways=0
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
echo 1 >/proc/sys/vm/compact_memory
begin
way "$written" 'frame("pte") == d["frame"] and {"present", "writable", "user", "dirty"} <= set(e["pte"]["bits"])' \
	"a page: its entry is what pagemap says"
way "$written" 'all("present" in e[level]["bits"] and frame(level) for level in ("pgd", "pud", "pmd")) and
	len({frame(level) for level in e}) == len(e)' "each entry leads to another table"
way "$untouched" 'e["pte"]["entry"] == 0 and not d["present"]' "a page that is not there: its entry is empty"
way "$huge" 'list(e)[-1] == "pmd" and "huge" in e["pmd"]["bits"] and
	frame("pmd") // 512 * 512 + d["indices"][-1] == d["frame"]' "a huge page: the way ends at the PMD"
way "$swapped" 'd["swapped"] and e["pte"]["entry"] and not e["pte"]["bits"]' "a page in swap: its entry is not present"
quire translate $pid "$(printf '%x' "$huge")" | grep -qE "^PMD .* -> 0x[0-9a-f]+ .* huge"
ok $? "as people read it"
check
"${nobody[@]}" quire translate $pid "$(printf '%x' "$written")" >"$tmp/seen" 2>&1
is $? 1 "another user sees nothing"
cat >"$tmp/ask.py" <<'END'
import errno, os, sys
pid, address = sys.argv[1], sys.argv[2]
def ask(text):
    fd = os.open("/proc/quire/tables", os.O_RDWR)
    try:
        os.write(fd, text.encode())
        return os.read(fd, 4096).decode()
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        os.close(fd)
for text in sys.argv[3:]:
    print(ask(text.replace("PID", pid).replace("ADDRESS", address)).splitlines()[0])
END
"${nobody[@]}" python3 "$tmp/ask.py" $pid "$written" "PID ADDRESS" >"$tmp/seen"
is "$(<"$tmp/seen")" EACCES "not even by asking the module"
python3 "$tmp/ask.py" $pid "$written" "PID ADDRESS" $'PID ADDRESS\n' x "" PID "PID " "PID x" "PID  1" " PID 1" "-1 1" "PID -1" \
	"PID 1 1" "PID 0x10" "0 1" "4194304 1" "PID 99999999999999999999999" "PID 18446744073709551615" "2 4096" \
	"$(printf 'PID %05000d' 1)" >"$tmp/seen" 2>"$tmp/why"
is "$(xargs <"$tmp/seen")" "level index entry level index entry EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL ESRCH EINVAL EINVAL ESRCH EFBIG" \
	"whatever else is asked is refused" || sed 's/^/# /' "$tmp/why"
exec 5>&-
wait

begin "${nobody[@]}"
"${nobody[@]}" quire translate $pid "$(printf '%x' "$written")" >"$tmp/seen"
[ "$(grep -cE '^P(GD|UD|MD|TE) .* writable user' "$tmp/seen")" = 4 ] && ! grep -qE '^P(GD|UD|MD|TE) .*0x' "$tmp/seen"
ok $? "one's own process: the bits, and no physical address" || sed 's/^/# /' "$tmp/seen"
exec 5>&-
wait

# While the process' memory comes and goes, and its huge pages too.
python3 - "$tmp/stop" <<'END' &
import mmap, os, sys
while not os.path.exists(sys.argv[1]):
    with mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.madvise(14)
        for at in range(0, 8 << 20, 1 << 20):
            memory[at] = 1
        memory.madvise(mmap.MADV_DONTNEED, 1 << 20, 1 << 20)
END
churn=$!
python3 - $churn <<'END'
import os, sys, time
pid, asked = sys.argv[1], 0
end = time.monotonic() + 4
while time.monotonic() < end:
    areas = [line.split()[0].split("-") for line in open(f"/proc/{pid}/maps") if " rw-p " in line]
    for start, behind in areas:
        for address in range(int(start, 16), int(behind, 16), 1 << 20):
            fd = os.open("/proc/quire/tables", os.O_RDWR)
            os.write(fd, f"{pid} {address}".encode())
            assert os.read(fd, 4096).startswith(b"level index entry\npgd ")
            os.close(fd)
            asked += 1
print("#", asked, "times asked")
sys.exit(not asked)
END
ok $? "while its memory comes and goes"
touch "$tmp/stop"
wait
rm "$tmp/stop"

# While upper tables come and go: the middle of 3 GiB has one of its own. It is asked about mapped or not.
python3 - "$tmp/stop" >"$tmp/middle" <<'END' &
import ctypes, mmap, os, sys
first = True
while not os.path.exists(sys.argv[1]):
    with mmap.mmap(-1, 3 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000) as memory:
        memory[3 << 29] = 1
        if first:
            held = ctypes.c_char.from_buffer(memory)
            print(ctypes.addressof(held) + (3 << 29), flush=True)
            del held
            first = False
END
churn=$!
while [ ! -s "$tmp/middle" ]; do sleep 0.1; done
python3 - $churn "$(cat "$tmp/middle")" <<'END'
import os, sys, time
levels = set()
end = time.monotonic() + 4
while time.monotonic() < end:
    fd = os.open("/proc/quire/tables", os.O_RDWR)
    os.write(fd, f"{sys.argv[1]} {sys.argv[2]}".encode())
    levels.add(os.read(fd, 4096).count(b"\n") - 1)
    os.close(fd)
print("# levels seen:", *sorted(levels))
sys.exit(4 not in levels or len(levels) == 1)
END
ok $? "while its upper tables come and go"
touch "$tmp/stop"
wait
is "$(complaints)" "" "no complaint of the kernel"
finish
