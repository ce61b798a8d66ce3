/* SPDX-License-Identifier: GPL-2.0-only */
/* Single bits, for <linux/bitops.h> and <linux/find.h>: plain, and bit by bit where that does. */
#ifndef SIM_LINUX_BITOPS_H
#define SIM_LINUX_BITOPS_H

#include <linux/types.h>

#define fls(value) ((value) ? 32 - __builtin_clz(value) : 0)
#define fls64(value) ((value) ? 64 - __builtin_clzl(value) : 0)
#define fls_long(value) fls64(value)
#define __ffs(value) __builtin_ctzl(value)
#define hweight_long(value) __builtin_popcountl(value)

#include <linux/bits.h>
#include <linux/log2.h>

#undef BITS_PER_TYPE
#define BITS_PER_TYPE(type) (sizeof(type) * 8)
#undef BITS_TO_LONGS
#define BITS_TO_LONGS(bits) (((bits) + 63) / 64)


static inline void __set_bit(unsigned long bit, unsigned long *map)
{
	map[bit / 64] |= 1UL << bit % 64;
}

static inline void __clear_bit(unsigned long bit, unsigned long *map)
{
	map[bit / 64] &= ~(1UL << bit % 64);
}

static inline bool test_bit(unsigned long bit, const unsigned long *map)
{
	return map[bit / 64] >> bit % 64 & 1;
}

#define set_bit(bit, map) __set_bit(bit, map)
#define clear_bit(bit, map) __clear_bit(bit, map)

static inline bool __test_and_set_bit(unsigned long bit, unsigned long *map)
{
	bool was = test_bit(bit, map);

	__set_bit(bit, map);
	return was;
}

static inline bool __test_and_clear_bit(unsigned long bit, unsigned long *map)
{
	bool was = test_bit(bit, map);

	__clear_bit(bit, map);
	return was;
}

/*
 * The first bit from `from` on whose value is that of the map xor `flip`; `bits` if there is none.
 */
static inline unsigned long sim_find_bit(const unsigned long *map, unsigned long bits,
					 unsigned long from, unsigned long flip)
{
	while (from < bits) {
		unsigned long word = (map[from / 64] ^ flip) >> from % 64;

		if (word) {
			from += __builtin_ctzl(word);
			return from < bits ? from : bits;
		}
		from = (from / 64 + 1) * 64;
	}
	return bits;
}

#define find_next_bit(map, bits, from) sim_find_bit(map, bits, from, 0)
#define find_next_zero_bit(map, bits, from) sim_find_bit(map, bits, from, ~0UL)
#define find_first_bit(map, bits) find_next_bit(map, bits, 0)
#define find_first_zero_bit(map, bits) find_next_zero_bit(map, bits, 0)
#define for_each_set_bitrange(start, end, map, bits)			\
	for ((start) = find_first_bit(map, bits);			\
	     (end) = find_next_zero_bit(map, bits, (start) + 1), (start) < (bits); \
	     (start) = find_next_bit(map, bits, (end) + 1))
#define for_each_set_bit(bit, map, bits)				\
	for ((bit) = find_first_bit(map, bits); (bit) < (bits);		\
	     (bit) = find_next_bit(map, bits, (bit) + 1))

#endif
