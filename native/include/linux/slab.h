/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slab, for <linux/slab.h>: what is freed is poisoned and not handed out again, and what is
 * allocated is poisoned too unless zeroes are asked for. A kind of object is told by who allocates
 * it.
 */
#ifndef SIM_LINUX_SLAB_H
#define SIM_LINUX_SLAB_H

#include <linux/types.h>
#include <linux/gfp.h>
#include <linux/string.h>
#include "sim.h"

#define SLAB_PANIC 0
#define ZERO_SIZE_PTR ((void *)16)
#define ARCH_KMALLOC_MINALIGN 8

struct kmem_cache { unsigned int size; };
struct list_lru;

#define sim_same_name(a, b) (__builtin_strcmp(a, b) == 0)

/* `function`: the kernel's function that allocates. */
static inline enum sim_kind sim_kind_of(const char *function, unsigned long size,
					unsigned long vm_struct_size)
{
	if (sim_same_name(function, "__vmalloc_area_node"))
		return SIM_PAGE_ARRAY;
	if (sim_same_name(function, "new_vmap_block")) {
		sim_trace("new_vmap_block");
		return SIM_VMAP_BLOCK;
	}
	return size == vm_struct_size ? SIM_VM_STRUCT : SIM_OTHER;
}

static inline void *sim_kmalloc(unsigned long size, gfp_t flags, enum sim_kind kind)
{
	void *object = sim_may_allocate() ? sim_alloc(size, kind) : NULL;

	if (object && flags & __GFP_ZERO)
		memset(object, 0, size);
	return object;
}

#define kmalloc(size, flags) \
	sim_kmalloc(size, flags, sim_kind_of(__func__, size, sizeof(struct vm_struct)))
#define kmalloc_node(size, flags, node) ((void)(node), kmalloc(size, flags))
#define kzalloc(size, flags) kmalloc(size, (flags) | __GFP_ZERO)
#define kzalloc_node(size, flags, node) kmalloc_node(size, (flags) | __GFP_ZERO, node)
#define kmalloc_array(count, size, flags) sim_kmalloc((count) * (size), flags, SIM_OTHER)
#define kcalloc(count, size, flags) kmalloc_array(count, size, (flags) | __GFP_ZERO)
#define kmalloc_node_noprof(size, flags, node) kmalloc_node(size, flags, node)
void kfree(const void *object);
void kvfree(const void *object);

/* The only cache vmalloc has is that of its areas; xarray has its own for its nodes. */
#define KMEM_CACHE(type, flags) sim_cache_create(sizeof(struct type))
struct kmem_cache *sim_cache_create(unsigned int size);
static inline void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
	return sim_kmalloc(cache->size, flags, SIM_VMAP_AREA);
}
#define kmem_cache_alloc_node(cache, flags, node) ((void)(node), kmem_cache_alloc(cache, flags))
#define kmem_cache_zalloc(cache, flags) kmem_cache_alloc(cache, (flags) | __GFP_ZERO)
#define kmem_cache_free(cache, object) sim_free(object)
/* For lib/xarray.c. The nodes come constructed: empty slots and an empty private list. */
void *kmem_cache_alloc_lru(struct kmem_cache *cache, struct list_lru *lru, gfp_t flags);

#endif
