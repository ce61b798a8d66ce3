/* SPDX-License-Identifier: GPL-2.0-only */
/* The page, for <asm/page.h>. */
#ifndef SIM_ASM_PAGE_H
#define SIM_ASM_PAGE_H

#include <linux/types.h>
#include "sim.h"

#define PAGE_SHIFT SIM_PAGE_SHIFT
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pgd; } pgd_t;

#endif
