/* SPDX-License-Identifier: GPL-2.0-only */
/* For <linux/kernel.h>: rounding, comparing, and printing, which nobody reads. */
#ifndef SIM_LINUX_KERNEL_H
#define SIM_LINUX_KERNEL_H

#include <linux/types.h>
#include <linux/limits.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/container_of.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/err.h>

#define __ALIGN_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, to) __ALIGN_MASK(x, (__typeof__(x))(to) - 1)
#define ALIGN_DOWN(x, to) ((x) & ~((__typeof__(x))(to) - 1))
#define IS_ALIGNED(x, to) (((x) & ((__typeof__(x))(to) - 1)) == 0)

#define DIV_ROUND_UP(x, by) (((x) + (by) - 1) / (by))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define KERN_ERR ""
#define KERN_INFO ""
#define printk(...) do { } while (0)
#define pr_err(...) do { } while (0)
#define pr_warn(...) do { } while (0)
#define pr_cont(...) do { } while (0)
#define pr_info(...) do { } while (0)
#define printk_ratelimit() 0

#define early_param(name, function)
#define core_param(...)
#define module_init(function)

static inline int get_count_order_long(unsigned long value)
{
	return value <= 1 ? 0 : 64 - __builtin_clzl(value - 1);
}

/* For no bytes at all this is 52, as in the kernel. */
static inline int get_order(unsigned long size)
{
	unsigned long last_page = (size - 1) >> 12;

	return last_page ? 64 - __builtin_clzl(last_page) : 0;
}

#endif
