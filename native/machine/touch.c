// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a step touches. The kernel's code is compiled with -fsanitize=thread where it runs as tasks:
 * it calls the functions below before every load and store, so that the words of memory a step
 * reads and writes are known exactly, and the use of freed memory is seen at once.
 */
#include <stdlib.h>

#include "task.h"

#define WORD 3
#define MAX_WORDS (1UL << 16)
#define SEEN_BITS 10

bool footprint_wanted;
unsigned int shared_reads, shared_writes;

/* Ranges of words: from << 20 | count << 1 | whether they are written. */
static unsigned long *words;
static size_t word_count;
/* The ranges noted last, by a hash of them, so that most are noted once. */
static unsigned long *seen;

void touch_setup(void)
{
	words = reserve(MAX_WORDS * sizeof(*words));
	seen = reserve((1UL << SEEN_BITS) * sizeof(*seen));
}

void sim_note_read(enum sim_shared shared)
{
	shared_reads |= 1U << shared;
}

void sim_note_write(enum sim_shared shared)
{
	shared_writes |= 1U << shared;
}

static unsigned long *seen_at(unsigned long range)
{
	return &seen[(range * 0x9e3779b97f4a7c15UL) >> (64 - SEEN_BITS)];
}

void footprint_clear(void)
{
	shared_reads = shared_writes = 0;
	while (word_count > 0)
		*seen_at(words[--word_count]) = 0;
}

/* As many words as fit are one range. */
static void note_words(unsigned long from, unsigned long count, bool is_write)
{
	unsigned long range = from << 20 | count << 1 | is_write;
	unsigned long *slot = seen_at(range);

	if (*slot == range)
		return;
	*slot = range;
	if (word_count == MAX_WORDS)
		sim_die(SIM_BUG, "the simulator has too much to tell of one step");
	words[word_count++] = range;
}

void note_memory(const void *address, unsigned long size, bool is_write)
{
	unsigned long from = (unsigned long)address >> WORD;
	unsigned long to = ((unsigned long)address + size - 1) >> WORD;

	if (footprint_wanted && sim_interleaved)
		for (; from <= to; from += 1UL << 18)
			note_words(from, to - from < 1UL << 18 ? to - from + 1 : 1UL << 18, is_write);
}

static int by_address(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

/* Few as a rule, or in ascending order already: rows of lists. */
static void sort_words(void)
{
	size_t i, j;

	if (word_count > 1024) {
		qsort(words, word_count, sizeof(*words), by_address);
		return;
	}
	for (i = 1; i < word_count; i++) {
		unsigned long range = words[i];

		for (j = i; j > 0 && words[j - 1] > range; j--)
			words[j] = words[j - 1];
		words[j] = range;
	}
}

/*
 * The ranges overlap as they were noted. They are put in ascending order, apart from each other,
 * each with whether any word of it is written; to tell one word from the next would not pay.
 */
void put_memory(struct numbers *numbers)
{
	unsigned long from = 0, to = 0, is_write = 0;
	size_t i;

	sort_words();
	for (i = 0; i <= word_count; i++) {
		unsigned long start = i < word_count ? words[i] >> 20 : ~0UL;
		unsigned long end = i < word_count ? start + (words[i] >> 1 & 0x7ffff) : 0;
		unsigned long write = i < word_count ? words[i] & 1 : 0;

		if (i > 0 && start < to && i < word_count) {
			to = end > to ? end : to;
			is_write |= write;
			continue;
		}
		if (i > 0) {
			put(numbers, from);
			put(numbers, to);
			put(numbers, is_write);
		}
		from = start;
		to = end;
		is_write = write;
	}
}

/* The kernel's own accesses. */

extern char __data_start[], _end[], __start_sim_own[], __stop_sim_own[];

static bool is_within(unsigned long address, const char *from, const char *to)
{
	return address - (unsigned long)from < (unsigned long)(to - from);
}

static bool is_variable(unsigned long address)
{
	return is_within(address, __data_start, _end);
}

/* A task's own stack is its own affair, and so is what no kernel has. */
static bool is_shared(unsigned long address)
{
	if (is_variable(address))
		return !is_within(address, __start_sim_own, __stop_sim_own);
	if (is_shared_memory(address))
		return true;
	if (on_other_stack(address))
		sim_die(SIM_BUG, "the simulator does not follow what is shared on a stack");
	return false;
}

static void access(unsigned long address, unsigned long size, bool is_write, void *from)
{
	static const struct sim_site read = { SIM_POINT_READ, NULL, NULL };
	static const struct sim_site write = { SIM_POINT_WRITE, NULL, NULL };

	if (!sim_interleaved || !is_shared(address))
		return;
	if (every_access) {
		running->access_from = from;
		sim_point(is_write ? &write : &read, (void *)address);
	}
	if (!is_variable(address))
		check_not_freed(address, is_write);
	if (footprint_wanted)
		note_memory((void *)address, size, is_write);
}

#define ACCESSES(size)								\
	void __tsan_read##size(unsigned long address)				\
	{ access(address, size, false, __builtin_return_address(0)); }		\
	void __tsan_write##size(unsigned long address)				\
	{ access(address, size, true, __builtin_return_address(0)); }		\
	void __tsan_unaligned_read##size(unsigned long address)			\
	{ access(address, size, false, __builtin_return_address(0)); }		\
	void __tsan_unaligned_write##size(unsigned long address)		\
	{ access(address, size, true, __builtin_return_address(0)); }

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

/* Atomics: one access each, of 8, 32 or 64 bits. */
#define ATOMICS(bits, type)							\
	type __tsan_atomic##bits##_load(const type *at, int order)		\
	{									\
		(void)order;							\
		access((unsigned long)at, bits / 8, false, __builtin_return_address(0)); \
		return *at;							\
	}									\
	void __tsan_atomic##bits##_store(type *at, type value, int order)	\
	{									\
		(void)order;							\
		access((unsigned long)at, bits / 8, true, __builtin_return_address(0)); \
		*at = value;							\
	}									\
	type __tsan_atomic##bits##_exchange(type *at, type value, int order)	\
	{									\
		type was;							\
										\
		(void)order;							\
		access((unsigned long)at, bits / 8, true, __builtin_return_address(0)); \
		was = *at;							\
		*at = value;							\
		return was;							\
	}									\
	type __tsan_atomic##bits##_fetch_add(type *at, type by, int order)	\
	{									\
		type was;							\
										\
		(void)order;							\
		access((unsigned long)at, bits / 8, true, __builtin_return_address(0)); \
		was = *at;							\
		*at += by;							\
		return was;							\
	}									\
	int __tsan_atomic##bits##_compare_exchange_strong(type *at, type *old, type value, \
							  int order, int other)	\
	{									\
		bool is_same;							\
		type was;							\
										\
		(void)order;							\
		(void)other;							\
		access((unsigned long)at, bits / 8, true, __builtin_return_address(0)); \
		was = *at;							\
		is_same = was == *old;						\
		if (is_same)							\
			*at = value;						\
		*old = was;							\
		return is_same;							\
	}

ATOMICS(8, unsigned char)
ATOMICS(32, unsigned int)
ATOMICS(64, unsigned long)

void __tsan_read_range(unsigned long address, unsigned long size)
{
	access(address, size, false, __builtin_return_address(0));
}

void __tsan_write_range(unsigned long address, unsigned long size)
{
	access(address, size, true, __builtin_return_address(0));
}

void __tsan_init(void)
{
}

void __tsan_func_entry(void *from)
{
	(void)from;
}

void __tsan_func_exit(void)
{
}
