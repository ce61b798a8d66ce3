/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Includes the kernel's mm/vmalloc.c as it is, with the sizes of the simulated machine:
 *
 * - The file takes VMAP_MAX_ALLOC from BITS_PER_LONG and VMAP_BBMAP_BITS from NR_CPUS. Here these
 *   two are what gives SIM_VMAP_MAX_ALLOC and SIM_VMAP_BBMAP_BITS. The preprocessor takes the enum
 *   for 0, so that "#if BITS_PER_LONG == 64" still holds.
 * - lazy_max_pages() is scaled, so that the kernel's own formula gives the lazyMaxPages of the
 *   machine; a formula that a patch has changed is scaled alike.
 */
#include <linux/vmalloc.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/percpu.h>
#include <linux/notifier.h>
#include <linux/rbtree_augmented.h>
#include <linux/rculist.h>
#include <linux/xarray.h>
#include <linux/bitmap.h>
#include <linux/workqueue.h>
#include <linux/shrinker.h>
#include <linux/kasan.h>
#include <linux/uio.h>
#include "points.h"

enum { sim_bits_less = 64 - SIM_VMAP_MAX_ALLOC };
#undef BITS_PER_LONG
#define BITS_PER_LONG (64 - sim_bits_less)

#define SIM_VMALLOC_PAGES_GUESSED (1UL << 25)
#undef NR_CPUS
#define NR_CPUS (SIM_VMALLOC_PAGES_GUESSED / SIM_VMAP_BBMAP_BITS / 16)

/*
 * The definition, lazy_max_pages(void), becomes that of the function below; its calls become ours.
 */
static unsigned long sim_lazy_max_pages_of_kernel(void);
static unsigned long sim_lazy_max_pages_scaled(void);
#define sim_lazy_max_pages_void sim_lazy_max_pages_of_kernel(void)
#define sim_lazy_max_pages_ sim_lazy_max_pages_scaled()
#define lazy_max_pages(void_or_nothing) sim_lazy_max_pages_##void_or_nothing

#include "vmalloc.c"

static unsigned long sim_lazy_max_pages_scaled(void)
{
	unsigned long unpatched = fls(num_online_cpus()) * (32UL * 1024 * 1024 / PAGE_SIZE);

	return sim_lazy_max_pages_of_kernel() * sim_machine.lazy_max_pages / unpatched;
}
