/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For <asm/vmalloc.h>: where the ranges are is the machine's to say; IOREMAP_MAX_ORDER is that of
 * x86-64.
 */
#ifndef SIM_ASM_VMALLOC_H
#define SIM_ASM_VMALLOC_H

#include "sim.h"

#define VMALLOC_START sim_machine.vmalloc_start
#define VMALLOC_END sim_machine.vmalloc_end
#define MODULES_VADDR sim_machine.modules_start
#define MODULES_END sim_machine.modules_end
#define IOREMAP_MAX_ORDER 30
#define SHMLBA PAGE_SIZE

#endif
