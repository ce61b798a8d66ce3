/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation profiling, for <linux/alloc_tag.h>: none. */
#ifndef SIM_LINUX_ALLOC_TAG_H
#define SIM_LINUX_ALLOC_TAG_H

#define alloc_hooks(call) (call)

#endif
