/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that a replacement policy may see.
 *
 * A *pool* is the memory that one policy governs: the machine, a cgroup, a simulated memory. A
 * *page* is a handle of 32 bits with a node of 16 bytes that the host owns; a policy links nodes
 * into lists and answers one question: which page goes next? The same source runs in the kernel,
 * in KUnit and in the simulator, so a policy includes this header and nothing else.
 *
 * The life of a page, as the policy sees it:
 *
 *	admit --> touch, touch, ... --> victim --> remove(QUIRE_EVICTED) --> [ghost]
 *	  ^                              |                                     |
 *	  |        touch: a reprieve <---+                                     |
 *	  +--------------------------------------------------------------------+
 *
 *  - admit() links a page that came into the pool.
 *  - touch() says that a resident page was referenced.
 *  - victim() unlinks a page and hands it to the host: it is *condemned*. The host may condemn
 *    many pages ahead of need. Then follows either remove() or, if the page was referenced
 *    meanwhile, touch(), which links it again.
 *  - remove() says that a page left the pool: evicted (always condemned before), or freed or
 *    invalidated at any moment, condemned or not.
 *  - A *ghost* is what is kept of an evicted page. In remove(QUIRE_EVICTED) a policy may ask for
 *    one with quire_remember() and link it like a page. When the page comes back, admit() is
 *    given its ghost. The host can take a ghost away by remove(QUIRE_FORGOTTEN), and it may have
 *    none to give: a policy copes with both.
 *
 * Context: the host holds the pool's lock around every callback, in the kernel with preemption or
 * interrupts off. A callback never sleeps, allocates, recurses or uses floating point; its work is
 * O(1) amortised, and the worst single call is stated in the ops (&struct quire_bound).
 *
 * Time: the pool's clock advances by one with each admit and touch, and by nothing else, so a run
 * can be repeated to the page. It wraps: compare with quire_before().
 */
#ifndef QUIRE_POLICY_H
#define QUIRE_POLICY_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/stddef.h>
#include <linux/compiler.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
#endif

/** typedef quire_page_t - handle of a page or a ghost; %QUIRE_NONE is no page. */
typedef u32 quire_page_t;
#define QUIRE_NONE 0u

/**
 * struct quire_node - what is kept of a page or a ghost: 16 bytes
 * @next:  the next in the list's circle
 * @prev:  the previous in the list's circle
 * @stamp: the policy's own, often a time
 * @bits:  the low 24 the policy's own (%QUIRE_POLICY_BITS), the high 8 the host's
 *
 * In admit() @stamp and the policy's bits hold whatever an earlier life left.
 */
struct quire_node {
	quire_page_t next;
	quire_page_t prev;
	u32 stamp;
	u32 bits;
};

#define QUIRE_POLICY_BITS	0x00ffffffu
/* The host's bits. A policy reads these three and writes none. */
#define QUIRE_DIRTY		(1u << 24)	/* must be written out before its frame is free */
#define QUIRE_CONDEMNED		(1u << 25)	/* handed out by victim(): in none of the lists */
#define QUIRE_GHOST		(1u << 26)	/* not resident: what was remembered of a page */
/* These are for hosts alone. */
#define QUIRE_RESIDENT		(1u << 27)	/* admitted and not yet removed */
#define QUIRE_SEEN		(1u << 28)	/* was admitted at least once */

/**
 * enum quire_why - why a page or ghost leaves
 * @QUIRE_EVICTED:     the victim's frame is given to another page; it may come back
 * @QUIRE_FREED:       its owner freed it; it will not come back
 * @QUIRE_INVALIDATED: dropped from the cache (truncated, dropped by hand)
 * @QUIRE_FORGOTTEN:   a ghost that the host takes back
 */
enum quire_why {
	QUIRE_EVICTED,
	QUIRE_FREED,
	QUIRE_INVALIDATED,
	QUIRE_FORGOTTEN,
};

#define QUIRE_MAX_PARAMS 8

/**
 * struct quire_param - a number that a person may set
 * @name:  as typed, lower case
 * @unit:  "pages", "references", "%", "bits" ...
 * @about: one line
 * @min:   smallest value allowed
 * @max:   largest value allowed
 * @def:   value at the start: the paper's where it gives one
 *
 * A value may change while the pool runs: read it where it is used.
 */
struct quire_param {
	const char *name;
	const char *unit;
	const char *about;
	u32 min;
	u32 max;
	u32 def;
};

/**
 * struct quire_list_info - names a list for people
 * @name:   as the paper calls it; NULL ends the table
 * @offset: of the (first) &struct quire_list in the policy's private state
 * @count:  how many lists in an array stand there
 * @ghosts: true if the list holds ghosts only
 */
struct quire_list_info {
	const char *name;
	u32 offset;
	u16 count;
	bool ghosts;
};

/**
 * struct quire_bound - the most steps that a single call may take
 * @steps:    a constant
 * @per_page: so many more for each page and ghost in the pool
 *
 * A step is one turn of a loop (QUIRE_STEP()); straight code is not counted.
 */
struct quire_bound {
	u32 steps;
	u32 per_page;
};

struct quire_policy_ops;
struct quire_host;

/**
 * struct quire_pool - one governed memory
 * @ops:        its policy
 * @frames:     how many pages fit, at least one; in the kernel it may change between two calls, and
 *              counts a large folio as one page (the host scales it)
 * @now:        the clock, see quire_now()
 * @ghosts:     ghosts that exist
 * @ghosts_max: most ghosts allowed: the host keeps it at @frames + 1 or, where a person wants to
 *              spend less memory, at a share of them + 1; the one more is for the moment between an
 *              eviction and the admission it was made for. 0: none
 * @late:       the host tells references when it finds them, which can be long after they were made
 * @random:     state of quire_random()
 * @steps:      steps counted, see QUIRE_STEP()
 * @param:      values of the policy's parameters, in the order of its table
 * @host:       for hosts alone
 * @nodes:      for hosts alone: nodes by handle, or chunks of them; a chunk may be absent
 * @nowhere:    for hosts alone: the chunk that an absent one leads to, or NULL
 * @handles:    for hosts alone: all handles are below this
 * @priv:       the policy's state, zeroed before init(), see quire_priv()
 */
struct quire_pool {
	const struct quire_policy_ops *ops;
	u32 frames;
	u32 now;
	u32 ghosts;
	u32 ghosts_max;
	bool late;
	u64 random;
	u64 steps;
	u32 param[QUIRE_MAX_PARAMS];
	struct quire_host *host;
#ifdef QUIRE_FLAT_HOST
	struct quire_node *nodes;
#else
	struct quire_node **nodes;
	struct quire_node *nowhere;
#endif
	u32 handles;
	u64 priv[];
};

/**
 * struct quire_policy_ops - a policy
 * @name:      short, lower case, unique
 * @about:     one line with the source
 * @pool_size: bytes of private state per pool
 * @bound:     the worst single call
 * @params:    its parameters, or NULL
 * @nr_params: how many, at most %QUIRE_MAX_PARAMS
 * @relinks:   touch() of a page moves it in its list: a host may fetch its neighbours ahead
 * @newest_first: victim() gives what was used last, not what was not used for long: a host that
 *              hands the pages over to another policy turns the order round
 * @ahead:     how far ahead of need its victims may be named, as 1/@ahead of the pool, without
 *              harm: a page that is used meanwhile is where it would be, had it not been named, and which of
 *              them goes first matters little. 0: each further ahead costs
 * @lists:     names of its lists for people, ended by a NULL name, or NULL
 * @marks:     how people see a page's bits: a letter for each from the lowest on, a space for one
 *             that is not shown; or NULL
 * @init:      optional: sets up the state; 0 or a negative errno
 * @exit:      optional: the pool ends; pages may still be linked
 * @admit:     links @page. @ghost is what quire_remember() gave when it was last evicted, still
 *             linked: unlink it before @page is linked (they may be the same handle). Its node has
 *             the stamp and bits that it had, and is gone when admit() returns. %QUIRE_NONE if
 *             nothing is remembered.
 * @touch:     @page was referenced. If %QUIRE_CONDEMNED is set this is a reprieve: link it.
 * @victim:    unlinks the page to go next and returns it. %QUIRE_NONE only if no resident page is
 *             in its lists. May be called many times with no admit() between.
 * @remove:    @page leaves (see &enum quire_why). If %QUIRE_CONDEMNED is set it is in no list.
 * @check:     optional: is the state consistent? NULL if so, else what is wrong in a few words.
 *             Looks at no more than @limit nodes.
 */
struct quire_policy_ops {
	const char *name;
	const char *about;
	size_t pool_size;
	struct quire_bound bound;
	const struct quire_param *params;
	u32 nr_params;
	bool relinks;
	bool newest_first;
	u32 ahead;
	const struct quire_list_info *lists;
	const char *marks;
	int (*init)(struct quire_pool *pool);
	void (*exit)(struct quire_pool *pool);
	void (*admit)(struct quire_pool *pool, quire_page_t page, quire_page_t ghost);
	void (*touch)(struct quire_pool *pool, quire_page_t page);
	quire_page_t (*victim)(struct quire_pool *pool);
	void (*remove)(struct quire_pool *pool, quire_page_t page, enum quire_why why);
	const char *(*check)(struct quire_pool *pool, u32 limit);
};

/**
 * QUIRE_DEFINE_POLICY() - begins the definition of a policy of the list in policies.h
 * @name: the name in that list
 */
#define QUIRE_DEFINE_POLICY(name) \
	extern const struct quire_policy_ops quire_policy_##name; \
	const struct quire_policy_ops quire_policy_##name

#define QUIRE_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/**
 * QUIRE_STEP() - counts one turn of a loop
 * @pool: the pool
 *
 * Every loop in a policy has one. It costs nothing unless tests count.
 */
#ifdef QUIRE_COUNT_STEPS
#define QUIRE_STEP(pool) ((pool)->steps++)
#else
#define QUIRE_STEP(pool) ((void)(pool))
#endif

#define QUIRE_CHUNK_SHIFT 8	/* a chunk of nodes is one page of 4 KiB */
#define QUIRE_CHUNK_NODES (1u << QUIRE_CHUNK_SHIFT)

/**
 * quire_node() - the node of a page or a ghost
 * @pool: its pool
 * @page: not %QUIRE_NONE
 *
 * In the kernel a handle that is none, which a policy has only if its lists are broken, leads to
 * the node of no page.
 */
static inline struct quire_node *quire_node(const struct quire_pool *pool, quire_page_t page)
{
#ifdef QUIRE_FLAT_HOST
	return &pool->nodes[page];
#else
	if (page >= pool->handles)
		page = QUIRE_NONE;
	return &pool->nodes[page >> QUIRE_CHUNK_SHIFT][page & (QUIRE_CHUNK_NODES - 1)];
#endif
}

/** quire_has_node() - is @page a handle that has a node? For checks; a policy's own handles do. */
static inline bool quire_has_node(const struct quire_pool *pool, quire_page_t page)
{
	if (!page || page >= pool->handles)
		return false;
#ifdef QUIRE_FLAT_HOST
	return true;
#else
	return pool->nodes[page >> QUIRE_CHUNK_SHIFT] &&
	       pool->nodes[page >> QUIRE_CHUNK_SHIFT] != pool->nowhere;
#endif
}

/** quire_priv() - the policy's own state of @pool, aligned to 8 bytes. */
static inline void *quire_priv(struct quire_pool *pool)
{
	return pool->priv;
}

/** quire_now() - the time of @pool, in references; it wraps. */
static inline u32 quire_now(const struct quire_pool *pool)
{
	return pool->now;
}

/** quire_before() - is time @a before time @b? True to 2^31 references apart. */
static inline bool quire_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/** quire_marked() - the policy's bits under @mask. */
static inline u32 quire_marked(const struct quire_node *node, u32 mask)
{
	return node->bits & mask & QUIRE_POLICY_BITS;
}

/** quire_mark() - sets the policy's bits under @mask to @value, leaves all others. */
static inline void quire_mark(struct quire_node *node, u32 mask, u32 value)
{
	node->bits = (node->bits & ~mask) | value;
}

/** quire_condemned() - was @page handed out by victim(), and so is in no list? */
static inline bool quire_condemned(const struct quire_pool *pool, quire_page_t page)
{
	return quire_node(pool, page)->bits & QUIRE_CONDEMNED;
}

/** quire_share() - @percent % of the pool's frames, at least one. */
static inline u32 quire_share(const struct quire_pool *pool, u32 percent)
{
	u32 share = (u64)pool->frames * percent / 100;

	return share ? share : 1;
}

/**
 * quire_random() - the next number of the pool's own generator
 * @pool: the pool
 *
 * xorshift64* (Vigna, 2016): reproducible, seeded by the host, not for secrets.
 */
static inline u32 quire_random(struct quire_pool *pool)
{
	u64 x = pool->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	pool->random = x;
	return (x * 0x2545f4914f6cdd1dull) >> 32;
}

/** quire_seed() - starts the pool's generator from any @seed; for hosts, before init(). */
static inline void quire_seed(struct quire_pool *pool, u64 seed)
{
	/* Never 0, which the generator would not leave. */
	pool->random = (seed + 1) * 0x9e3779b97f4a7c15ull | 1;
}

/** quire_random_below() - a random number from 0 to @n - 1; 0 if @n is 0. */
static inline u32 quire_random_below(struct quire_pool *pool, u32 n)
{
	return ((u64)quire_random(pool) * n) >> 32;
}

/**
 * quire_remember() - asks for a ghost of a page that is being evicted
 * @pool: the pool
 * @page: the page, in remove(QUIRE_EVICTED) only
 *
 * Return: a ghost whose node has the page's stamp and policy's bits and is in no list; it may be
 * the same handle as @page. %QUIRE_NONE if the host has none to give.
 */
#ifdef QUIRE_FLAT_HOST
static inline quire_page_t quire_remember(struct quire_pool *pool, quire_page_t page)
{
	if (pool->ghosts >= pool->ghosts_max)
		return QUIRE_NONE;
	pool->ghosts++;
	quire_node(pool, page)->bits |= QUIRE_GHOST;
	return page;
}
#else
quire_page_t quire_remember(struct quire_pool *pool, quire_page_t page);
#endif

/**
 * quire_forget() - gives a ghost back
 * @pool:  the pool
 * @ghost: the ghost, already unlinked
 */
#ifdef QUIRE_FLAT_HOST
static inline void quire_forget(struct quire_pool *pool, quire_page_t ghost)
{
	pool->ghosts--;
	quire_node(pool, ghost)->bits &= ~QUIRE_GHOST;
}
#else
void quire_forget(struct quire_pool *pool, quire_page_t ghost);
#endif

/**
 * struct quire_list - a circle of pages with a head
 * @head: the first; its previous is the last
 * @size: how many
 *
 * A zeroed list is empty. Turning the circle (quire_list_rotate()) moves the head and writes no
 * node, so a list is a queue and a clock alike.
 */
struct quire_list {
	quire_page_t head;
	u32 size;
};

/** quire_list_first() - the page at the head, or %QUIRE_NONE. */
static inline quire_page_t quire_list_first(const struct quire_list *list)
{
	return list->head;
}

/** quire_list_last() - the page at the tail, or %QUIRE_NONE. */
static inline quire_page_t quire_list_last(const struct quire_pool *pool,
					   const struct quire_list *list)
{
	return list->head ? quire_node(pool, list->head)->prev : QUIRE_NONE;
}

/** quire_list_next() - the page after @page, or %QUIRE_NONE at the end. */
static inline quire_page_t quire_list_next(const struct quire_pool *pool,
					   const struct quire_list *list, quire_page_t page)
{
	quire_page_t next = quire_node(pool, page)->next;

	return next == list->head ? QUIRE_NONE : next;
}

/** quire_list_prev() - the page before @page, or %QUIRE_NONE at the start. */
static inline quire_page_t quire_list_prev(const struct quire_pool *pool,
					   const struct quire_list *list, quire_page_t page)
{
	return page == list->head ? QUIRE_NONE : quire_node(pool, page)->prev;
}

/** quire_list_add_tail() - links @page, which is in no list, as the last of @list. */
static inline void quire_list_add_tail(struct quire_pool *pool, struct quire_list *list,
				       quire_page_t page)
{
	struct quire_node *node = quire_node(pool, page);
	quire_page_t head = list->head;

	if (!head) {
		node->next = page;
		node->prev = page;
		list->head = page;
	} else {
		struct quire_node *first = quire_node(pool, head);
		quire_page_t tail = first->prev;

		node->next = head;
		node->prev = tail;
		first->prev = page;
		quire_node(pool, tail)->next = page;
	}
	list->size++;
}

/** quire_list_add_head() - links @page, which is in no list, as the first of @list. */
static inline void quire_list_add_head(struct quire_pool *pool, struct quire_list *list,
				       quire_page_t page)
{
	quire_list_add_tail(pool, list, page);
	list->head = page;
}

/** quire_list_del() - unlinks @page from @list, in which it is. */
static inline void quire_list_del(struct quire_pool *pool, struct quire_list *list,
				  quire_page_t page)
{
	struct quire_node *node = quire_node(pool, page);
	quire_page_t next = node->next, prev = node->prev;

	if (next == page) {
		list->head = QUIRE_NONE;
	} else {
		quire_node(pool, prev)->next = next;
		quire_node(pool, next)->prev = prev;
		if (list->head == page)
			list->head = next;
	}
	list->size--;
}

/** quire_list_pop() - unlinks the first of @list and returns it, or %QUIRE_NONE. */
static inline quire_page_t quire_list_pop(struct quire_pool *pool, struct quire_list *list)
{
	quire_page_t page = list->head;

	if (page)
		quire_list_del(pool, list, page);
	return page;
}

/** quire_list_to_tail() - makes @page, which is in @list, its last. */
static inline void quire_list_to_tail(struct quire_pool *pool, struct quire_list *list,
				      quire_page_t page)
{
	quire_list_del(pool, list, page);
	quire_list_add_tail(pool, list, page);
}

/** quire_list_rotate() - makes the first of @list, which is not empty, its last. */
static inline void quire_list_rotate(const struct quire_pool *pool, struct quire_list *list)
{
	list->head = quire_node(pool, list->head)->next;
}

/** quire_list_splice() - appends all of @from to @to, and leaves @from empty. */
static inline void quire_list_splice(struct quire_pool *pool, struct quire_list *to,
				     struct quire_list *from)
{
	if (!from->head)
		return;
	if (!to->head) {
		to->head = from->head;
	} else {
		struct quire_node *first = quire_node(pool, to->head);
		struct quire_node *second = quire_node(pool, from->head);
		quire_page_t to_tail = first->prev, from_tail = second->prev;

		quire_node(pool, to_tail)->next = from->head;
		second->prev = to_tail;
		quire_node(pool, from_tail)->next = to->head;
		first->prev = from_tail;
	}
	to->size += from->size;
	from->head = QUIRE_NONE;
	from->size = 0;
}

/**
 * quire_list_check() - is a list whole?
 * @pool:  the pool
 * @list:  the list
 * @mask:  bits that every node of the list has ...
 * @value: ... with this value
 * @limit: nodes that may still be looked at; lowered by those that were
 *
 * Follows the circle and checks that links lead to pages and agree, that marks are as they should
 * be and that the size is right. Stops without complaint when @limit is used up.
 *
 * Return: NULL, or what is wrong.
 */
static inline const char *quire_list_check(const struct quire_pool *pool,
					   const struct quire_list *list, u32 mask, u32 value,
					   u32 *limit)
{
	quire_page_t page = list->head;
	u32 seen = 0;

	if (!page != !list->size)
		return "an empty list with a size";
	if (!page)
		return NULL;
	if (!quire_has_node(pool, page))
		return "a head that is no page";
	do {
		const struct quire_node *node = quire_node(pool, page);

		if (!*limit)
			return NULL;
		--*limit;
		if (++seen > list->size)
			return "more pages in a list than its size";
		if (!quire_has_node(pool, node->next))
			return "a link to what is no page";
		if (quire_node(pool, node->next)->prev != page)
			return "links that disagree";
		if ((node->bits & mask) != value)
			return "a page in a list with another's mark";
		page = node->next;
	} while (page != list->head);
	return seen == list->size ? NULL : "fewer pages in a list than its size";
}

/** quire_ghost_drop() - gives back the oldest ghost of @list, which is not empty. */
static inline void quire_ghost_drop(struct quire_pool *pool, struct quire_list *list)
{
	quire_forget(pool, quire_list_pop(pool, list));
}

/**
 * quire_ghost_keep() - remembers a page that is being evicted, as the newest of a list
 * @pool: the pool
 * @list: of ghosts only, oldest first
 * @page: the page, in remove(QUIRE_EVICTED) only
 * @mark: the policy's bits of the ghost
 *
 * If the host has no ghost to give, the oldest of @list makes room.
 */
static inline void quire_ghost_keep(struct quire_pool *pool, struct quire_list *list,
				    quire_page_t page, u32 mark)
{
	quire_page_t ghost = quire_remember(pool, page);

	if (!ghost && list->size) {
		quire_ghost_drop(pool, list);
		ghost = quire_remember(pool, page);
	}
	if (!ghost)
		return;
	quire_mark(quire_node(pool, ghost), QUIRE_POLICY_BITS, mark);
	quire_list_add_tail(pool, list, ghost);
}

/**
 * quire_ghost_trim() - gives back the oldest ghosts of a list that is too long
 * @pool: the pool
 * @list: of ghosts only, oldest first
 * @most: as many may stay
 *
 * Two at the most in one call: one more than a call can add, so the list shrinks to its limit.
 */
static inline void quire_ghost_trim(struct quire_pool *pool, struct quire_list *list, u32 most)
{
	if (list->size > most)
		quire_ghost_drop(pool, list);
	if (list->size > most)
		quire_ghost_drop(pool, list);
}

#endif /* QUIRE_POLICY_H */
