// SPDX-License-Identifier: GPL-2.0
/*
 * quire translate: where an address of a process leads: its way through the page tables, the area
 * that it is in, and the frame, swap slot or place in a file behind it.
 *
 * From what every kernel shows (maps, pagemap, kpageflags, kpagecount): the way is worked out from
 * the address, and the last entry is what the kernel says of it. The entries on the way are the module's to
 * say, where it is loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "human.h"
#include "live.h"

#define PAGE_SHIFT	12
#define PAGE_BYTES	(UINT64_C(1) << PAGE_SHIFT)
#define ADDRESS_END	(UINT64_C(1) << 57)	/* of user space where there are five levels */

/* Bits of an entry of pagemap. */
#define ENTRY_PRESENT	(UINT64_C(1) << 63)
#define ENTRY_SWAPPED	(UINT64_C(1) << 62)
#define ENTRY_FILE	(UINT64_C(1) << 61)
#define ENTRY_WATCHED	(UINT64_C(1) << 57)
#define ENTRY_ALONE	(UINT64_C(1) << 56)
#define ENTRY_DIRTY	(UINT64_C(1) << 55)
#define ENTRY_FRAME	((UINT64_C(1) << 55) - 1)

/* Names of the bits of kpageflags. */
static const char *const flag_names[] = {
	"locked", "error", "referenced", "uptodate", "dirty", "lru", "active", "slab", "writeback",
	"reclaim", "buddy", "mmap", "anon", "swapcache", "swapbacked", "compound_head",
	"compound_tail", "hugetlb", "unevictable", "hwpoison", "nopage", "ksm", "thp", "offline",
	"zero_page", "idle", "pgtable",
};

/* Of an address of five levels; one of four has no P4D, and its PGD in that place. */
static const struct {
	const char *name;
	const char *key;
	int shift;
} levels[] = {
	{ "PGD", "pgd", 48 }, { "P4D", "p4d", 39 }, { "PUD", "pud", 30 }, { "PMD", "pmd", 21 }, { "PTE", "pte", 12 },
};

#define LEVELS (sizeof(levels) / sizeof(*levels))

/* Bits of an entry of x86-64. */
#define ADDRESS_MASK	UINT64_C(0x000ffffffffff000)

static const struct {
	int bit;
	const char *name;
} entry_bits[] = {
	{ 0, "present" }, { 1, "writable" }, { 2, "user" }, { 3, "write-through" }, { 4, "uncached" },
	{ 5, "accessed" }, { 6, "dirty" }, { 7, "huge" }, { 8, "global" }, { 63, "no-execute" },
};

#define ENTRY_BITS	(sizeof(entry_bits) / sizeof(*entry_bits))
#define HUGE		7			/* of entry_bits */
#define CACHING		(UINT64_C(1) << 12)	/* in the entry of a huge page */

/**
 * struct translation - what was asked for, and what it came to
 * @live: JSON, and where to print
 * @root: "/", or a folder with a copy of proc
 * @pid: the process
 * @address: in it
 * @words: how many of these two were given
 * @start: of the area
 * @end: of the area
 * @permissions: of the area, rwxp
 * @offset: of the area in its file
 * @inode: of the file, 0 if there is none
 * @name: of the file, or [heap] and the like; "" if anonymous; printable
 * @entry: of pagemap
 * @flags: of the frame, QUIRE_NONE if they are not known
 * @mapped: how often it is mapped, likewise
 * @way: what the module says of the entries on the way; empty if it does not
 * @no_way: why not
 * @swap: the name of the swap device, printable
 */
struct translation {
	struct live live;
	const char *root;
	uint64_t pid;
	uint64_t address;
	int words;
	uint64_t start, end;
	char permissions[8];
	uint64_t offset;
	uint64_t inode;
	char name[512];
	uint64_t entry;
	uint64_t flags;
	uint64_t mapped;
	struct quire_table way;
	struct quire_error no_way;
	char swap[128];
};

static const char doc[] =
	"Show where an address of a process leads: the index at each level of the page tables, the area of "
	"memory that it is in, and what is behind it: a frame, a swap slot, a place in a file, or nothing "
	"yet.\v"
	"ADDRESS is hexadecimal, with 0x or without. Takes the right to read /proc/PID/maps; the numbers of "
	"frames, their flags and how often they are mapped are root's. The entries of the page tables are shown where "
	"quire.ko is loaded: where each leads to (to root), and its bits. \"accessed\" and \"dirty\" are "
	"set by the processor; reclaim clears the one, and so does the scanner of working sets.\n\n"
	"Example:\n"
	"  sudo quire translate 1 0x55f1c2a00000";

static const struct argp_option options[] = {
	{ "root", 'r', "DIR", 0, "Look below DIR, a copy of proc, instead of /", 1 },
	{ "json", 'j', NULL, 0, "Print JSON", 1 },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct translation *this = state->input;
	char *end;

	switch (key) {
	case 'r':
		this->root = arg;
		break;
	case 'j':
		this->live.json = true;
		break;
	case ARGP_KEY_ARG:
		if (this->words == 2)
			argp_error(state, "\"%s\" is one too many", arg);
		if (this->words) {
			errno = 0;
			this->address = strtoull(arg, &end, 16);
			if (errno || end == arg || *end || *arg == '-' || this->address >= ADDRESS_END)
				argp_error(state, "\"%s\" is no address of a process", arg);
		} else {
			this->pid = live_parse_pid(state, arg);
		}
		this->words++;
		break;
	case ARGP_KEY_END:
		if (this->words < 2)
			argp_error(state, "want a PID and an address");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int open_proc(const struct translation *this, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/proc/%s", strcmp(this->root, "/") ? this->root : "", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* The number at an index of a file of numbers of 64 bits. 0 or a negative errno. */
static int read_number(const struct translation *this, const char *name, uint64_t index,
		       uint64_t *number)
{
	char path[600];
	int fd = open_proc(this, name, path, sizeof(path)), err = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = pread(fd, number, sizeof(*number), index * sizeof(*number));
	if (got != sizeof(*number))
		err = got < 0 ? -errno : -ENODATA;
	close(fd);
	return err;
}

static bool parse_area(struct translation *this, char *line)
{
	int behind = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*x:%*x %" SCNu64 " %n", &this->start,
		   &this->end, this->permissions, &this->offset, &this->inode, &behind) != 5 || !behind)
		return false;
	human_text(line + behind, this->name, sizeof(this->name));
	return this->address >= this->start && this->address < this->end;
}

/* Find the area that the address is in. An exit status. */
static int find_area(struct translation *this)
{
	char name[64], path[600], line[8192];
	uint64_t below = 0, above = 0;
	bool found = false;
	FILE *file;
	int fd;

	snprintf(name, sizeof(name), "%" PRIu64 "/maps", this->pid);
	fd = open_proc(this, name, path, sizeof(path));
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (errno == ENOENT)
			say("there is no process %" PRIu64, this->pid);
		else
			say("%s: %s%s", path, strerror(errno), errno == EACCES ? ": try sudo" : "");
		return EXIT_COULD_NOT;
	}
	while (!found && !above && fgets(line, sizeof(line), file)) {
		found = parse_area(this, line);
		if (!found && this->end <= this->address)
			below = this->end;
		else if (!found && this->start > this->address)
			above = this->start;
	}
	if (ferror(file)) {
		say("%s: %s%s", path, strerror(errno), errno == EACCES ? ": try sudo" : "");
		fclose(file);
		return EXIT_COULD_NOT;
	}
	fclose(file);
	if (!found)
		say("process %" PRIu64 " has nothing at %#" PRIx64
		    ", a touch of it is a segmentation fault; below it ends %#" PRIx64 ", above it begins %#"
		    PRIx64, this->pid, this->address, below, above);
	return found ? EXIT_GOOD : EXIT_COULD_NOT;
}

/* The name of the swap device of a number: lines of /proc/swaps, in their order. */
static void find_swap(struct translation *this, unsigned int device)
{
	char path[600], line[512];
	int fd = open_proc(this, "swaps", path, sizeof(path));
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	snprintf(this->swap, sizeof(this->swap), "device %u", device);
	for (unsigned int i = 0; file && fgets(line, sizeof(line), file); i++)
		if (i == device + 1) {
			line[strcspn(line, " \t\n")] = '\0';
			human_text(line, this->swap, sizeof(this->swap));
		}
	if (file)
		fclose(file);
}

/* What the module says of the entries on the way. */
static void read_way(struct translation *this)
{
	char dir[256];
	bool live = !strcmp(this->root, "/");

	snprintf(dir, sizeof(dir), "%s/proc/quire", this->root);
	if (quire_source_init(&this->live.source, live ? NULL : dir, &this->no_way))
		return;
	quire_read_tables(&this->live.source, this->pid, this->address, &this->way, &this->no_way);
}

static int look(struct translation *this)
{
	char name[64];
	int err;

	this->flags = this->mapped = QUIRE_NONE;
	snprintf(name, sizeof(name), "%" PRIu64 "/pagemap", this->pid);
	err = read_number(this, name, this->address >> PAGE_SHIFT, &this->entry);
	if (err) {
		say("/proc/%s: %s%s", name, strerror(-err), err == -EACCES ? ": try sudo" : "");
		return EXIT_COULD_NOT;
	}
	read_way(this);
	if (this->entry & ENTRY_SWAPPED)
		find_swap(this, this->entry & 31);
	if (!(this->entry & ENTRY_PRESENT) || !(this->entry & ENTRY_FRAME))
		return EXIT_GOOD;
	if (read_number(this, "kpageflags", this->entry & ENTRY_FRAME, &this->flags))
		this->flags = QUIRE_NONE;
	if (read_number(this, "kpagecount", this->entry & ENTRY_FRAME, &this->mapped))
		this->mapped = QUIRE_NONE;
	return EXIT_GOOD;
}

static bool is_flag(const struct translation *this, const char *name)
{
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++)
		if (!strcmp(flag_names[i], name))
			return this->flags != QUIRE_NONE && this->flags >> i & 1;
	return false;
}

static void print_entry(const struct translation *this)
{
	if (this->entry & ENTRY_SWAPPED) {
		printf("Entry  in swap: %s, slot %" PRIu64 "\n", this->swap,
		       (this->entry & ENTRY_FRAME) >> 5);
		return;
	}
	if (!(this->entry & ENTRY_PRESENT)) {
		puts("Entry  nothing is there: the next touch is a page fault");
		return;
	}
	printf("Entry  present%s%s%s%s\n", this->entry & ENTRY_FILE ? ", of a file or shared" : ", anonymous",
	       this->entry & ENTRY_ALONE ? ", mapped by this process alone" : "",
	       this->entry & ENTRY_DIRTY ? ", soft-dirty" : "",
	       this->entry & ENTRY_WATCHED ? ", watched by userfaultfd" : "");
	if (!(this->entry & ENTRY_FRAME)) {
		puts("Frame  only root may see which");
		return;
	}
	printf("Frame  %#" PRIx64 ", the byte is at %#" PRIx64 " of the machine's memory\n",
	       this->entry & ENTRY_FRAME,
	       (this->entry & ENTRY_FRAME) * PAGE_BYTES + this->address % PAGE_BYTES);
	if (this->mapped != QUIRE_NONE)
		printf("       mapped %" PRIu64 " time%s in all\n", this->mapped, this->mapped == 1 ? "" : "s");
	if (this->flags == QUIRE_NONE)
		return;
	fputs("      ", stdout);
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++)
		if (this->flags >> i & 1)
			printf(" %s", flag_names[i]);
	putchar('\n');
	if (is_flag(this, "hugetlb"))
		puts("       part of a hugetlb page: the way ends at the PMD or the PUD");
	else if (is_flag(this, "thp"))
		puts("       part of a transparent huge page: the way may end at the PMD");
}

/* The first level: 0 where five are in use, or the address is one that only five can reach. */
static size_t first_level(const struct translation *this)
{
	for (size_t i = 0; i < this->way.rows; i++)
		if (!strcmp(this->way.label[i], "p4d"))
			return 0;
	return this->address >> 48 ? 0 : 1;
}

/* Whose name a level has: the first is called PGD, however many there are. */
static size_t level_name(const struct translation *this, size_t level)
{
	return level == first_level(this) ? 0 : level;
}

/* The entry of a level; QUIRE_NONE if it is not known. */
static uint64_t find_entry(const struct translation *this, size_t level)
{
	for (size_t i = 0; i < this->way.rows; i++)
		if (!strcmp(this->way.label[i], levels[level_name(this, level)].key))
			return quire_cell(&this->way, i, quire_column(&this->way, "entry"));
	return QUIRE_NONE;
}

/* One of entry_bits; in the last level, that of huge pages has to do with caching. */
static bool has_bit(uint64_t entry, size_t bit, size_t level)
{
	return entry >> entry_bits[bit].bit & 1 && (bit != HUGE || level < LEVELS - 1);
}

static void print_level(const struct translation *this, size_t level)
{
	uint64_t entry = find_entry(this, level);

	printf("%-5s  bits %d to %d  index %3" PRIu64, levels[level_name(this, level)].name,
	       levels[level].shift + 8, levels[level].shift, this->address >> levels[level].shift & 511);
	if (entry == QUIRE_NONE) {
		putchar('\n');
		return;
	}
	if (!(entry & 1)) {
		puts(entry ? "  not present" : "  empty");
		return;
	}
	if (entry & ADDRESS_MASK)
		printf(" -> %#" PRIx64, entry & ADDRESS_MASK & ~(has_bit(entry, HUGE, level) ? CACHING : 0));
	putchar(' ');
	for (size_t i = 1; i < ENTRY_BITS; i++)
		if (has_bit(entry, i, level))
			printf(" %s", entry_bits[i].name);
	putchar('\n');
}

static void print_text(const struct translation *this)
{
	printf("Address %#" PRIx64 " of process %" PRIu64 "\n", this->address, this->pid);
	for (size_t i = first_level(this); i < LEVELS; i++)
		print_level(this, i);
	printf("byte   bits 11 to 0   %9" PRIu64 "\n", this->address % PAGE_BYTES);
	printf("Area   %" PRIx64 "-%" PRIx64 " %s, %s of memory", this->start, this->end,
	       this->permissions, human_pages((this->end - this->start) / PAGE_BYTES).text);
	if (this->inode)
		printf(", file %s at byte %" PRIu64 "\n", this->name,
		       this->offset + this->address - this->start);
	else
		printf(", %s\n", *this->name ? this->name : "anonymous");
	print_entry(this);
	if (!this->way.rows)
		printf("The entries on the way are not known: %s\n", this->no_way.text);
}

static void put_text(struct json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, json_object_new_string(text));
}

static void put_bit(struct json_object *object, const char *name, uint64_t bit)
{
	json_object_object_add(object, name, json_object_new_boolean(bit != 0));
}

static struct json_object *put_entries(const struct translation *this)
{
	struct json_object *array = json_object_new_array(), *object, *bits;

	for (size_t i = first_level(this); i < LEVELS; i++) {
		uint64_t entry = find_entry(this, i);

		if (entry == QUIRE_NONE)
			continue;
		object = json_object_new_object();
		bits = json_object_new_array();
		put_text(object, "level", levels[level_name(this, i)].key);
		live_put(object, "entry", entry);
		for (size_t j = 0; entry & 1 && j < ENTRY_BITS; j++)
			if (has_bit(entry, j, i))
				json_object_array_add(bits, json_object_new_string(entry_bits[j].name));
		json_object_object_add(object, "bits", bits);
		json_object_array_add(array, object);
	}
	return array;
}

static void print_json(const struct translation *this)
{
	struct json_object *root = json_object_new_object(), *array = json_object_new_array();
	bool present = this->entry & ENTRY_PRESENT, swapped = this->entry & ENTRY_SWAPPED;
	uint64_t frame = this->entry & ENTRY_FRAME;

	live_put(root, "pid", this->pid);
	live_put(root, "address", this->address);
	for (size_t i = first_level(this); i < LEVELS; i++)
		json_object_array_add(array, json_object_new_int64(this->address >> levels[i].shift & 511));
	json_object_object_add(root, "indices", array);
	json_object_object_add(root, "entries", this->way.rows ? put_entries(this) : NULL);
	live_put(root, "area_start", this->start);
	live_put(root, "area_end", this->end);
	put_text(root, "permissions", this->permissions);
	put_text(root, "name", this->name);
	live_put(root, "file_offset", this->inode ? this->offset + this->address - this->start : QUIRE_NONE);
	put_bit(root, "present", present);
	put_bit(root, "swapped", swapped);
	put_bit(root, "exclusive", this->entry & ENTRY_ALONE);
	put_bit(root, "soft_dirty", this->entry & ENTRY_DIRTY);
	live_put(root, "frame", present && frame ? frame : QUIRE_NONE);
	live_put(root, "mapped", this->mapped);
	json_object_object_add(root, "swap_device", swapped ? json_object_new_string(this->swap) : NULL);
	live_put(root, "swap_slot", swapped ? frame >> 5 : QUIRE_NONE);
	array = json_object_new_array();
	for (size_t i = 0; this->flags != QUIRE_NONE && i < sizeof(flag_names) / sizeof(*flag_names); i++)
		if (this->flags >> i & 1)
			json_object_array_add(array, json_object_new_string(flag_names[i]));
	json_object_object_add(root, "flags", array);
	live_print_json(&this->live, root);
}

int command_translate(int argc, char **argv)
{
	static const struct argp argp = { options, parse, "PID ADDRESS", doc, NULL, NULL, NULL };
	static struct translation this = { .root = "/" };

	argp_parse(&argp, argc, argv, 0, NULL, &this);
	if (find_area(&this) || look(&this))
		return EXIT_COULD_NOT;
	if (this.live.json)
		print_json(&this);
	else
		print_text(&this);
	quire_table_free(&this.way);
	return live_finish(EXIT_GOOD);
}
