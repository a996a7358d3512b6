#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# quire translate: on a copy of /proc whose every bit is known, and on a living process.

bin=${QUIRE_BIN:-$(dirname "$(realpath "$0")")/../bin}
# shellcheck source=userspace/quire/tests/lib.sh
. "$bin/../test-data/lib.sh"

mkdir -p "$tmp/root/proc/7"
proc=$tmp/root/proc
cat >"$proc/7/maps" <<-END
	00400000-00452000 r-xp 00003000 08:02 173521      /usr/bin/a b
	00600000-00800000 rw-p 00000000 00:00 0           [heap]
	00900000-00902000 rw-s 00000000 00:00 0
	00a00000-00a01000 r--p 00000000 08:02 7      /tmp/$(printf '\033[2J\377\302\233')x é
END
printf 'Filename\tType\n/dev/vda partition\n/dev/zram0 partition\n' >"$proc/swaps"
python3 - "$proc" <<-'END'
	import struct, sys
	def put(name, numbers):
	    with open(sys.argv[1] + "/" + name, "wb") as file:
	        for index, number in numbers.items():
	            file.seek(index * 8)
	            file.write(struct.pack("<Q", number))
	B = lambda *bits: sum(1 << bit for bit in bits)
	put("7/pagemap", {0x401: B(63, 61) | 0x1234, 0x600: B(63, 56, 55) | 0x77, 0x601: B(62) | 1 | 4242 << 5,
	                  0x602: 0, 0x603: B(63), 0x604: B(63) | 0x78, 0x901: 0, 0xa00: 0})
	put("kpageflags", {0x1234: B(2, 3, 5, 11), 0x77: B(3, 5, 6, 11, 12, 14), 0x78: B(12, 16, 22), 0x79: 0})
	put("kpagecount", {0x1234: 3, 0x77: 1, 0x78: 1, 0x79: 0})
END

translate() {
	quire_is 0 translate --root "$tmp/root" 7 "$@"
}

translate 0x401abc && has "Address 0x401abc of process 7" "PGD    bits 47 to 39  index   0" \
	"PMD    bits 29 to 21  index   2" "PTE    bits 20 to 12  index   1" "byte   bits 11 to 0        2748" \
	"Area   400000-452000 r-xp, 328K of memory, file /usr/bin/a b at byte 19132" \
	"Entry  present, of a file or shared" "       mapped 3 times in all" \
	"Frame  0x1234, the byte is at 0x1234abc of the machine's memory" "       referenced uptodate lru mmap"
ok $? "a page of a file: indices, offset, frame, flags"
translate 600000 && has "Entry  present, anonymous, mapped by this process alone, soft-dirty" &&
	grep -q "heap" "$tmp/out"
ok $? "an anonymous page"
translate 601fff && has "Entry  in swap: /dev/zram0, slot 4242"
ok $? "a page in swap"
translate 602000 && has "Entry  nothing is there: the next touch is a page fault"
ok $? "a page that is not there yet"
translate 603000 && has "Frame  only root may see which"
ok $? "a frame that may not be seen"
translate 604000 && grep -q "transparent huge page" "$tmp/out"
ok $? "part of a huge page"
translate 901000 && grep -q "rw-s, 8K of memory, anonymous" "$tmp/out"
ok $? "the last area"
translate a00000 && grep -qF "file /tmp/?[2J???x é at byte 0" "$tmp/out"
ok $? "a name of a file cannot steer the terminal"
translate --json a00000 && json 'd["name"] == "/tmp/?[2J???x é"'
ok $? "nor whatever shows the JSON"
translate --json 601000 && json 'd["indices"] == [0, 0, 3, 1] and d["swapped"] and not d["present"] and
	d["swap_device"] == "/dev/zram0" and d["swap_slot"] == 4242 and d["frame"] is None and
	d["name"] == "[heap]" and d["file_offset"] is None'
ok $? "JSON of a page in swap"
translate --json 401000 && json 'd["frame"] == 0x1234 and d["mapped"] == 3 and
	d["flags"] == ["referenced", "uptodate", "lru", "mmap"] and d["file_offset"] == 0x4000'
ok $? "JSON of a page of a file"
# The entries on the way, as the module says: a huge page's ends at the PMD.
grep -q "^The entries on the way are not known: " "$tmp/out" || { translate 401000 &&
	grep -q "^The entries on the way are not known: " "$tmp/out"; }
ok $? "without the module, why they are not known"
mkdir "$proc/quire"
tables() {
	printf '%s\n' "level index entry" "$@" >"$proc/quire/tables"
}
tables "pgd 0 9223372037160194151" "pud 0 $((0x22345067))" "pmd 2 $((0x32345063))" "pte 1 $((0x1234025))"
translate 0x401abc && has "PGD    bits 47 to 39  index   0 -> 0x12345000  writable user accessed dirty no-execute" \
	"PUD    bits 38 to 30  index   0 -> 0x22345000  writable user accessed dirty" \
	"PMD    bits 29 to 21  index   2 -> 0x32345000  writable accessed dirty" \
	"PTE    bits 20 to 12  index   1 -> 0x1234000  user accessed" && ! grep -q "not known" "$tmp/out"
ok $? "the entries on the way"
translate --json 0x401abc && json '[e["level"] for e in d["entries"]] == ["pgd", "pud", "pmd", "pte"] and
	d["entries"][3] == {"level": "pte", "entry": 0x1234025, "bits": ["present", "user", "accessed"]}'
ok $? "as JSON"
tables "pgd 0 39" "pud 0 39" "pmd 3 $((0x140010e7))"
translate 604000 && has "PMD    bits 29 to 21  index   3 -> 0x14000000  writable user accessed dirty huge" \
	"PGD    bits 47 to 39  index   0  writable user accessed" "PTE    bits 20 to 12  index   4"
ok $? "a huge page, and addresses that may not be seen"
tables "pgd 0 39" "p4d 0 39" "pud 0 0"
translate 601fff && has "PGD    bits 56 to 48  index   0  writable user accessed" \
	"P4D    bits 47 to 39  index   0  writable user accessed" "PUD    bits 38 to 30  index   0  empty"
ok $? "five levels, and an empty entry"
tables "pgd 0 39" "pte 1 $((0x1fe))"
translate 601fff && has "PTE    bits 20 to 12  index   1  not present"
ok $? "an entry that is not present"
printf 'level index entry\npgd 0' >"$proc/quire/tables"
translate 601fff && grep -q "^The entries on the way are not known: tables is truncated" "$tmp/out"
ok $? "a file that is cut off"
rm -r "$proc/quire"

for address in 3fffff 452000 902000 a01000 7fffffffffff; do
	quire_is 1 translate --root "$tmp/root" 7 $address && grep -q "segmentation fault" "$tmp/err"
	ok $? "nothing at $address"
done
quire_is 1 translate --root "$tmp/root" 8 0 && grep -q "there is no process 8" "$tmp/err"
ok $? "no such process"
rm "$proc/7/pagemap"
quire_is 1 translate --root "$tmp/root" 7 401000 && grep -q "pagemap: No such file" "$tmp/err"
ok $? "no pagemap"
for usage in "" 7 "7 x" "7 -1" "0 1" "x 1" "7 1 2" "7 200000000000000" "7 0x"; do
	# shellcheck disable=SC2086 # words
	quire_is 2 translate $usage
	ok $? "translate $usage: wrong usage"
done
quire_is 0 translate --help && grep -q Example: "$tmp/out"
ok $? "help has an example"

# A living process: a page that it has written, one that it has not, one of a file.
mkfifo "$tmp/go"
python3 -c '
import ctypes, mmap, sys
memory = mmap.mmap(-1, 8192, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory[0] = 1
with open("/etc/passwd", "rb") as file:
    mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_WRITE, flags=mmap.MAP_PRIVATE)
first = mapped[0]
of = lambda what: ctypes.addressof(ctypes.c_char.from_buffer(what))
print(hex(of(memory)), hex(of(memory) + 4096), hex(of(mapped)), flush=True)
sys.stdin.read()
' <"$tmp/go" >"$tmp/addresses" &
pid=$!
exec 3>"$tmp/go"
for ((i = 0; i < 100; i++)); do [ -s "$tmp/addresses" ] && break; sleep 0.1; done
read -r written untouched mapped <"$tmp/addresses"
quire_is 0 translate $pid "$written" && grep -qE "^Entry  (present, anonymous|in swap)" "$tmp/out"
ok $? "a living process: a page that it has written"
quire_is 0 translate $pid "$untouched" && has "Entry  nothing is there: the next touch is a page fault"
ok $? "one that it has not"
quire_is 0 translate $pid "$mapped" && grep -q "file /etc/passwd at byte 0$" "$tmp/out"
ok $? "one of a file"
exec 3>&-
wait
finish
