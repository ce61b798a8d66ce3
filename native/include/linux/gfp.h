/* SPDX-License-Identifier: GPL-2.0-only */
/* The page allocator, for <linux/gfp.h>: single frames, and never zeroed, as nobody looks. */
#ifndef SIM_LINUX_GFP_H
#define SIM_LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/types.h>
#include "sim.h"

struct page;
struct page *sim_alloc_page(void);
unsigned long sim_alloc_pages_bulk(unsigned long count, struct page **pages);
void __free_page(struct page *page);

#define gfpflags_allow_blocking(flags) (!!((flags) & __GFP_DIRECT_RECLAIM))
#define alloc_pages(flags, order) sim_alloc_page()
#define alloc_pages_node(node, flags, order) sim_alloc_page()
#define alloc_pages_noprof(flags, order) sim_alloc_page()
#define alloc_pages_node_noprof(node, flags, order) sim_alloc_page()
#define alloc_pages_bulk_array_node(flags, node, count, pages) sim_alloc_pages_bulk(count, pages)
#define alloc_pages_bulk_array_mempolicy(flags, count, pages) sim_alloc_pages_bulk(count, pages)
#define alloc_pages_bulk_array_node_noprof(flags, node, count, pages) \
	sim_alloc_pages_bulk(count, pages)
#define alloc_pages_bulk_array_mempolicy_noprof(flags, count, pages) \
	sim_alloc_pages_bulk(count, pages)
#define __free_pages(page, order) __free_page(page)

#endif
