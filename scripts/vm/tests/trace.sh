#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints quire:* of faults, swap and TLB flushes, each with a load that makes a known number
# of them, or against the counts in /proc/quire.

# shellcheck source=scripts/vm/tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/vm/tests/trace_lib.sh
. "$(dirname "$0")/trace_lib.sh"
no_swap_readahead
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
load faults=1 thrash=1

[ -d $events ]
ok $? "tracefs has events/quire" || finish
echo 16384 >$tracing/buffer_size_kb
wanted=(fault swap_in swap_out page_refault tlb_flush)

record touch -n 300
mine="-$worker +\["
is "$(count_of "$mine.* fault: .* cause=anon ")" 300 "fault: one a page that is touched"
is "$(grep -E -e "$mine.* fault: .* cause=anon " "$tmp/trace" | grep -o 'address=0x[0-9a-f]*' | sort -u | wc -l)" 300 \
	"fault: each at an address of its own"
is "$(count_of "$mine.* fault: .* time_ns=[1-9][0-9]* cause=anon ")" 300 "fault: each with its time"
for cause in "${causes[@]}"; do
	is "$(count_of "$mine.* fault: .* cause=$cause ")" "$(row_delta "faults_$cause")" \
		"fault: as many of cause $cause as are counted"
done

record swap -n 300
mine="-$worker +\["
is "$(count_of "$mine.* fault: .* cause=swapin major=1")" 300 "fault: one a page that is in swap, and major"
is "$(sum "$mine.* swap_in: " pages)" 300 "swap_in: one a page that is read"
is "$(grep -E -e "$mine.* swap_in: " "$tmp/trace" | grep -o 'slot=[0-9]* .*device=[0-9]*' | sort -u | wc -l)" 300 \
	"swap_in: each from a slot of its own"
is "$(sum " swap_in: " pages)" "$(delta swapin_pages)" "swap_in: as many as are counted"
is "$(sum " page_refault: .* anon=1" pages)" "$(delta refault_anon_pages)" "page_refault: as many as are counted"

# Twice what the cgroup may have goes to swap, and comes back.
limit=8M record loop -n 4096 -r 2 --writes=100
unset limit
[ "$(sum " swap_out: " pages)" -gt 2000 ]
ok $? "swap_out: there are many"
is "$(sum " swap_out: " pages)" "$(delta swapout_pages)" "swap_out: as many as are counted"
is "$(sum " swap_in: " pages)" "$(delta swapin_pages)" "swap_in: as many as are counted, of a loop"
is "$(sum " page_refault: .* anon=1" pages)" "$(delta refault_anon_pages)" "page_refault: as many as are counted, of a loop"

record tlb-shooter -n 10 -r 50
for pair in local_mm_shootdown:tlb_flushes_local_mm remote_send_ipi:tlb_shootdowns_sent; do
	is "$(count_of "quire-load-.* tlb_flush: .* reason=${pair%:*} ")" "$(row_delta "${pair#*:}")" \
		"tlb_flush: as many ${pair%:*} as are counted"
done
# A CPU that is interrupted while idle, or in another process, has nothing to flush.
[ "$(count_of " tlb_flush: .* reason=remote_shootdown ")" -ge 25 ]
ok $? "tlb_flush: a shootdown received every other round, at least"

# What is off is off, and what is on goes with the module.
: >$tracing/trace
quire-load touch -n 10 >/dev/null
is "$(grep -vc '^#' $tracing/trace)" 0 "nothing is told while the events are off"
echo 1 >$events/enable
quire-load touch -n 10 >/dev/null
unload
ok $? "the module goes while its events are on"
[ ! -e $events ]
ok $? "and they with it"

finish
