#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory that changes while it is scanned: munmap, mremap, fork, exec and exit, huge pages split and made,
# swap taken away. First one at a time, with the figures that it must give; then all at once, as fast
# as they go, with scans all the time.

# shellcheck disable=SC2154 # what is set by name
# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"

set_config() {
	echo "$1" >/proc/quire/config
}

# A program that does what it is told by lines on its standard input, and uses all its memory ten times a second.
cat >"$tmp/memory.py" <<'END'
import ctypes, mmap, os, random, select, sys, time

PAGE, HUGE = 4096, 2 << 20
MADV = {"split": 4, "huge": 14, "collapse": 25}     # DONTNEED, HUGEPAGE, COLLAPSE
libc = ctypes.CDLL(None, use_errno=True)
for name in ("mmap", "mremap"):
    getattr(libc, name).restype = ctypes.c_void_p
FAILED = ctypes.c_void_p(-1).value


def must(result):
    if result in (-1, FAILED):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def at(address):
    return ctypes.c_void_p(address)


def get(size):
    return must(libc.mmap(None, ctypes.c_size_t(size), 3, 0x22, -1, ctypes.c_long(0)))


def give(address, size):
    must(libc.munmap(at(address), ctypes.c_size_t(size)))


def move(address, size, to):
    return must(libc.mremap(at(address), ctypes.c_size_t(size), ctypes.c_size_t(size), 3, at(to)))


def advise(address, size, how):
    return libc.madvise(at(address), ctypes.c_size_t(size), MADV[how])


def use(areas):
    for address, size in areas:
        memory = memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")
        memory[::PAGE] = bytes(len(memory[::PAGE]))


def told():
    """One thing at a time, and what is there afterwards is used."""
    areas = []
    while True:
        if select.select([sys.stdin], [], [], 0.1)[0]:
            words = os.read(0, 100).decode().split()
            what, pages = words[0], int(words[1]) if len(words) > 1 else 0
            if what == "map":
                areas = [(get(pages * PAGE), pages * PAGE)]
            elif what == "unmap":                   # its second half
                address, size = areas[0]
                give(address + size // 2, size // 2)
                areas[0] = address, size // 2
            elif what == "move":                    # far from where it was
                address, size = areas[0]
                areas[0] = move(address, size, get(size + (1 << 30))), size
            elif what == "huge":                    # so many pages in huge ones
                address = -(-get(pages * PAGE + HUGE) // HUGE) * HUGE
                advise(address, pages * PAGE, what)
                areas = [(address, pages * PAGE)]
            elif what == "split":                   # the first page of each is given back
                for address in range(areas[0][0], sum(areas[0]), HUGE):
                    must(advise(address, PAGE, what))
            elif what == "collapse":
                if advise(*areas[0], what):
                    os.write(1, b"no\n")
                    continue
            use(areas)
            os.write(1, b"done\n")
        use(areas)


def wild(seconds, seed):
    """All at once: so long, as fast as it goes; how many of each."""
    chance = random.Random(seed)
    end, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        size = chance.randrange(1, 5) * HUGE
        address = get(size + HUGE)
        whole = -(-address // HUGE) * HUGE
        advise(whole, size, "huge")
        use([(address, size)])
        child = os.fork()
        if not child:
            use([(address, size // 2)])
            if chance.random() < 0.5:
                os.execv("/bin/true", ["true"])
            os._exit(0)
        advise(whole, PAGE, "split")
        use([(whole, size)])
        advise(whole, size, "collapse")
        moved = move(whole, size, get(size))
        use([(moved, size)])
        os.waitpid(child, 0)
        give(moved, size // 2)
        use([(moved + size // 2, size // 2)])
        give(moved + size // 2, size // 2)
        give(address, size + HUGE)
        rounds += 1
    print(rounds, flush=True)


if sys.argv[1] == "told":
    told()
wild(float(sys.argv[2]), int(sys.argv[3]))
END

# start_memory: such a program, $worker; tell it what to do
start_memory() {
	coproc MEMORY { exec python3 "$tmp/memory.py" told; }
	worker=$MEMORY_PID
	exec {memory_out}<&"${MEMORY[0]}" {memory_in}>&"${MEMORY[1]}"
}

# tell WORDS...: and wait until it has been done
tell() {
	local answer

	echo "$@" >&"$memory_in"
	read -r answer <&"$memory_out"
	[ "$answer" = "done" ]
}

end_memory() {
	exec {memory_in}>&- {memory_out}<&-
	kill -KILL "$worker" 2>/dev/null
	wait "$worker" 2>/dev/null
}

# figures: the worker's anonymous memory as it was last scanned, in the array ws, with what is known of the process as a
# whole; false if there is none
declare -A ws
figures() {
	local lines line names values i

	mapfile -t lines </proc/quire/workingset
	read -ra names <<<"${lines[0]}"
	ws=()
	for line in "${lines[@]:1}"; do
		[[ $line == "$worker all "* || $line == "$worker anon "* ]] || continue
		read -ra values <<<"$line"
		for i in "${!names[@]}"; do
			[ "${values[i]}" = - ] || ws["${names[i]}"]=${values[i]}
		done
	done
	[ ${#ws[@]} -gt 0 ]
}

# settles FIGURE LOW HIGH NAME: within some scans it comes to be that much; what the program itself has is some hundreds
# of pages
settles() {
	local i

	for i in {1..150}; do
		figures && [ "${ws[$1]}" -ge "$2" ] && [ "${ws[$1]}" -le "$3" ] && break
		sleep 0.1
	done
	within "${ws[$1]-none}" "$2" "$3" "$4: $1 ${ws[$1]-none}"
}

echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
echo 1 >/proc/sys/vm/compact_memory
load workingset=1
mark_log
set_config scan_cpu_permille=1000
set_config scan_interval_ms=100

start_memory
tell map 8000
settles wss_1s_pages 8000 8900 "8,000 pages in use"
# What the program itself has, once it has all that it needs: half a second brings nothing more.
for _ in {1..60}; do
	own=$((ws[resident_pages] - 8000))
	sleep 0.5
	! { figures && [ $((ws[resident_pages] - 8000)) = $own ]; } || break
done
tell unmap
settles resident_pages $((4000 + own)) $((4040 + own)) "munmap of a half"
settles wss_10s_pages 4000 $((4040 + own)) "and what is not there is in no working set"
tell move
settles wss_1s_pages 4000 $((4040 + own)) "mremap"
settles resident_pages $((4000 + own)) $((4040 + own)) "it is there once"
settles wss_60s_pages 4000 $((4060 + own)) "and used once"

# Four huge pages: as they are, split, and made again.
tell huge 2048
settles huge_pages 4 4 "huge pages"
settles wss_1s_pages 2048 $((2060 + own)) "in use, once the old area is idle"
before=${ws[resident_pages]}
tell split
settles huge_pages 0 0 "split by MADV_DONTNEED of a page in each"
settles resident_pages $((before - 8)) $((before + 8)) "in memory is what was"
settles wss_1s_pages 2048 $((2060 + own)) "and in use"
if tell collapse; then
	settles huge_pages 4 4 "made again by MADV_COLLAPSE"
	settles resident_pages $((before - 8)) $((before + 8)) "in memory is what was"
	settles wss_1s_pages 2048 $((2060 + own)) "and in use"
else
	skip "made again by MADV_COLLAPSE" "this kernel cannot"
fi
end_memory

# Swap is taken away: what was in it comes back, under the eyes of the scanner, and its ages stay.
no_swap_readahead
limit=12M start window -n 6000 -m 500 --seconds=200
unset limit
{ echo >&"$load_in"; } 2>/dev/null
settles swapped_pages 2500 6000 "of 6,000 pages most are in swap"
echo max >$group/memory.max
device=$(awk '$1 ~ "^/dev" { print $1; exit }' /proc/swaps)
swapoff "$device"
ok $? "swapoff during scans"
settles swapped_pages 0 0 "swapoff"
settles resident_pages 6000 6300 "all are in memory"
settles wss_1s_pages 500 700 "those in use are as many as before"
swapon "$device"
kill -KILL "$load_pid" "$worker" 2>/dev/null
exec {load_in}>&- {load_out}<&-
wait "$load_pid" 2>/dev/null

# All at once.
before=$(awk '$1 == "scan_passes" { print $2 }' /proc/quire/stat)
for seed in 1 2 3 4; do
	python3 "$tmp/memory.py" wild 20 $seed >"$tmp/rounds$seed" &
done
for _ in 1 2 3; do
	sleep 3
	swapoff "$device" && swapon "$device"
done
wait
rounds=$(cat "$tmp"/rounds? | awk '{ sum += $1 } END { print sum + 0 }')
within "$rounds" 4 1000000 "$rounds rounds of all of it"
passes=$(($(awk '$1 == "scan_passes" { print $2 }' /proc/quire/stat) - before))
within $passes 4 1000000 "with $passes scans"
start_memory
tell map 8000
settles wss_1s_pages 8000 8900 "then 8,000 pages in use"
end_memory
unload
is "$(grep -c quire_leaf /proc/slabinfo)" 0 "no stamps are left"
is "$(complaints)" "" "no complaint of the kernel"
echo never >/sys/kernel/mm/transparent_hugepage/enabled
finish
