/* SPDX-License-Identifier: GPL-2.0-only */
/* Ranges of bits, for <linux/bitmap.h>. */
#ifndef SIM_LINUX_BITMAP_H
#define SIM_LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/string.h>

#define bitmap_zero(map, bits) memset(map, 0, ((bits) + 63) / 64 * 8)
#define bitmap_fill(map, bits) memset(map, 0xff, ((bits) + 63) / 64 * 8)
#define bitmap_empty(map, bits) (find_first_bit(map, bits) == (bits))

static inline void bitmap_set(unsigned long *map, unsigned long start, unsigned long count)
{
	while (count--)
		__set_bit(start++, map);
}

static inline void bitmap_clear(unsigned long *map, unsigned long start, unsigned long count)
{
	while (count--)
		__clear_bit(start++, map);
}

#endif
