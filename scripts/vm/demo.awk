# SPDX-License-Identifier: GPL-2.0
#
# What the demo saw, in sentences, from three readings of the module (start, ready: before the hog
# goes round, end) and from the hog's own report. Fails if the numbers do not add up,
# or the hog does not thrash.

# All files: DIR/stat, DIR/processes, DIR/uptime and hog.out.
FNR == 1 {
	parts = split(FILENAME, part, "/")
	file = part[parts]
	when = part[parts - 1]
}

file == "hog.out" { report[$1] = $2; next }
file == "uptime" { uptime[when] = $1; next }
file == "stat" { stat[when, $1] = $2; next }
FNR == 1 {
	columns = split($0, column, " ")
	next
}
{
	for (i = 1; i < columns; i++)
		process[when, $1, column[i]] = $i
	command[$1] = $columns
	for (i = columns + 1; i <= NF; i++)	# it may have blanks
		command[$1] = command[$1] " " $i
	pids[when, $1]
	if (when == "end")
		seen[$1]
}

function fail(why) {
	print "demo: this is not what was to be seen: " why | "cat >&2"
	failed = 1
	exit 1
}

# How much a count has grown from a reading to the end.
function machine(name, from) { return stat["end", name] - stat[from, name] }
function of(pid, name, from) { return process["end", pid, name] - process[from, pid, name] }

function stalls(pid, from) {
	return of(pid, "stall_reclaim_us", from) + of(pid, "stall_swapin_us", from) + \
	       of(pid, "stall_file_us", from) + of(pid, "stall_compaction_us", from)
}

function faults(pid, from) { return of(pid, "min_flt", from) + of(pid, "maj_flt", from) }

# 1234567 as 1,234,567
function count(n,  text) {
	text = sprintf("%.0f", n)
	while (match(text, /[0-9][0-9][0-9][0-9](,|$)/))
		text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
	return text
}
function mib(pages) { return sprintf("%.1f MiB", pages / 256) }
function seconds(us) { return sprintf("%.1f s", us / 1e6) }
function share(part, all) { return all > 0 ? sprintf("%.1f%%", 100 * part / all) : "none" }
function who(pid) { return command[pid] " (process " pid ")" }

# The causes of a process' faults, the most frequent first, those of a percent and more.
function causes(pid, from,  i, best, text, left, n, all) {
	all = faults(pid, from)
	for (i = 1; i < columns; i++)
		if (column[i] ~ /^faults_/ && (cause_time(column[i]) in is_column))
			left[column[i]] = of(pid, column[i], from)
	for (;;) {
		best = ""
		for (i in left)
			if (best == "" || left[i] > left[best])
				best = i
		if (best == "" || left[best] * 100 < all)
			return text
		text = text (text == "" ? "" : ", ") count(left[best]) " " substr(best, 8) \
			" (" share(left[best], all) ")"
		delete left[best]
	}
}

# A cause has a time of its own: faults_swapin has fault_swapin_us.
function cause_time(name) { return "fault_" substr(name, 8) "_us" }

function causes_sum(pid, from,  i, sum) {
	for (i = 1; i < columns; i++)
		if (column[i] ~ /^faults_/ && (cause_time(column[i]) in is_column))
			sum += of(pid, column[i], from)
	return sum
}

# The processes with the largest shares of a count, down to a percent.
function shares(name, all,  pid, best, text, left, shown) {
	for (pid in seen)
		left[pid] = of(pid, name, "start")
	while (shown++ < 3) {
		best = ""
		for (pid in left)
			if (best == "" || left[pid] > left[best])
				best = pid
		if (best == "" || left[best] * 100 < all || !left[best])
			break
		text = text (text == "" ? "" : ", ") command[best] " (" share(left[best], all) ")"
		delete left[best]
	}
	return text == "" ? "nobody" : text
}

function near(a, b) { return a - b <= 64 + b / 100 && b - a <= 64 + b / 100 }

function check(  pid, worst) {
	if (!(("end", hog) in pids) || !(("ready", hog) in pids))
		fail("the hog, process " hog ", is not in the table")
	if (report["status"] != "0" || report["corrupt_pages"] != "0")
		fail("the hog found pages that did not hold what it had written")
	if (of(hog, "swapin_pages", "ready") <= 0 || of(hog, "faults_swapin", "ready") <= 0)
		fail("no page of the hog was swapped in")
	if (report["major_faults"] != of(hog, "maj_flt", "ready") ||
	    report["major_faults"] != of(hog, "faults_major", "ready"))
		fail("the hog counted " report["major_faults"] " major faults, the kernel " \
		     of(hog, "maj_flt", "ready") ", the module " of(hog, "faults_major", "ready"))
	if (report["minor_faults"] != of(hog, "min_flt", "ready"))
		fail("the hog counted " report["minor_faults"] " minor faults, the module " \
		     of(hog, "min_flt", "ready"))
	if (causes_sum(hog, "start") != faults(hog, "start"))
		fail("of the hog's " faults(hog, "start") " faults the causes explain " \
		     causes_sum(hog, "start"))
	if (!near(machine("swapin_pages", "start"), machine("pswpin", "start")))
		fail("the kernel swapped in " machine("pswpin", "start") " pages, the module saw " \
		     machine("swapin_pages", "start"))
	if (!near(machine("swapout_pages", "start"), machine("pswpout", "start")))
		fail("the kernel swapped out " machine("pswpout", "start") " pages, the module saw " \
		     machine("swapout_pages", "start"))
	if (stalls(hog, "ready") > report["elapsed_us"])
		fail("the hog waited longer than it ran")
	if (stalls(hog, "ready") * 4 < report["elapsed_us"])
		fail("the hog waited " share(stalls(hog, "ready"), report["elapsed_us"]) \
		     " of its time only: it does not thrash")
	worst = hog
	for (pid in seen)
		if (stalls(pid, "start") > stalls(worst, "start"))
			worst = pid
	if (worst != hog)
		fail(who(worst) " waited most, not the hog")
}

# Print a paragraph in lines of at most 78 characters.
function say(text,  words, word, i, line) {
	words = split(text, word, " ")
	line = "-"
	for (i = 1; i <= words; i++) {
		if (length(line) + length(word[i]) + 1 > 78) {
			print line
			line = " "
		}
		line = line " " word[i]
	}
	print line
}

function tell(  elapsed, waited, in_pages, out_pages, flushes, sent) {
	elapsed = report["elapsed_us"]
	waited = stalls(hog, "ready")
	say(who(hog) " thrashes. It goes round " mib(report["pages"]) ", and the machine has " \
	    mib(memory_kb / 4) ". In " seconds(elapsed) " it came to " count(report["accesses"]) \
	    " pages; " count(of(hog, "faults_swapin", "ready")) " of them were in swap (" \
	    share(of(hog, "faults_swapin", "ready"), report["accesses"]) ").")
	say("It waited for " seconds(waited) " of that time (" share(waited, elapsed) "): " \
	    seconds(of(hog, "stall_swapin_us", "ready")) " for pages from swap, " \
	    seconds(of(hog, "stall_reclaim_us", "ready")) " to free memory, " \
	    seconds(of(hog, "stall_file_us", "ready") + of(hog, "stall_compaction_us", "ready")) \
	    " for the rest.")
	say("Its " count(faults(hog, "start")) " faults, those that first filled its memory among them: " \
	    causes(hog, "start") ".")

	elapsed = 1e6 * (uptime["end"] - uptime["start"])
	in_pages = machine("swapin_pages", "start")
	out_pages = machine("swapout_pages", "start")
	say("Swap: " mib(in_pages) " read and " mib(out_pages) " written in " seconds(elapsed) ", " \
	    mib(in_pages * 1e6 / elapsed) " and " mib(out_pages * 1e6 / elapsed) " a second. " \
	    "Who evicted, by pages written: " shares("swapout_pages", out_pages) ".")
	flushes = machine("tlb_flushes_full", "start") + machine("tlb_flushes_ranged", "start")
	sent = machine("tlb_shootdowns_sent", "start")
	say("TLB: " count(flushes) " flushes, " count(machine("tlb_flushes_full", "start")) \
	    " of them of all entries; " count(sent) " interrupts to other CPUs, sent by " \
	    shares("tlb_shootdowns_sent", sent) ", for " \
	    count(machine("tlb_batched_unmaps", "start")) " batches of evicted pages.")
	say(who(calm) " beside it waited for " seconds(stalls(calm, "start")) " (" \
	    share(stalls(calm, "start"), elapsed) ") and had " \
	    count(of(calm, "swapin_pages", "start")) " pages swapped in.")
	say("Checked: the hog's own count of its faults while it went round, " \
	    count(report["minor_faults"]) " minor and " count(report["major_faults"]) \
	    " major, is the module's; their causes add up; the swap traffic is the kernel's.")
}

END {
	if (failed)
		exit 1
	for (i = 1; i <= columns; i++)
		is_column[column[i]]
	check()
	tell()
}
