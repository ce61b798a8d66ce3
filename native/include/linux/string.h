/* SPDX-License-Identifier: GPL-2.0-only */
/* For <linux/string.h>: the compiler knows these. */
#ifndef SIM_LINUX_STRING_H
#define SIM_LINUX_STRING_H

#include <linux/types.h>

#define memset(to, byte, size) __builtin_memset(to, byte, size)
#define memmove(to, from, size) __builtin_memmove(to, from, size)
#define memcpy(to, from, size) __builtin_memcpy(to, from, size)

#endif
