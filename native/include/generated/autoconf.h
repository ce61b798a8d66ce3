/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration: x86-64, SMP, one NUMA node, no huge mappings, no debugging aids. Of what the
 * kernel could print, nothing is built.
 */
#ifndef SIM_GENERATED_AUTOCONF_H
#define SIM_GENERATED_AUTOCONF_H

#define CONFIG_64BIT 1
#define CONFIG_PHYS_ADDR_T_64BIT 1
#define CONFIG_SMP 1
#define CONFIG_MMU 1
#define CONFIG_MODULES 1
#define CONFIG_EXECMEM 1
#define CONFIG_PGTABLE_LEVELS 2
#define CONFIG_ZONE_DMA32 1
/* An int until v6.11: xarray nodes have 64 slots. */
#define CONFIG_BASE_SMALL 0
#define CONFIG_CC_HAS_ASM_GOTO_OUTPUT 1

#endif
