/* SPDX-License-Identifier: GPL-2.0-only */
/* For mm/internal.h: what vmalloc.c has of it. */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include <linux/mm.h>

/* The flags that say how an allocation may wait. */
#define GFP_RECLAIM_MASK \
	(__GFP_RECLAIM | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | \
	 __GFP_RETRY_MAYFAIL | __GFP_NOFAIL | __GFP_NORETRY | __GFP_MEMALLOC | __GFP_NOMEMALLOC)

int __vmap_pages_range_noflush(unsigned long address, unsigned long end, pgprot_t prot,
			       struct page **pages, unsigned int page_shift);
int vmap_pages_range_noflush(unsigned long address, unsigned long end, pgprot_t prot,
			     struct page **pages, unsigned int page_shift);
void vunmap_range_noflush(unsigned long start, unsigned long end);
void __vunmap_range_noflush(unsigned long start, unsigned long end);
void vmalloc_init(void);

#endif
