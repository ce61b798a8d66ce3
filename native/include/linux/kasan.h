/* SPDX-License-Identifier: GPL-2.0-only */
/* The shadow memory of KASAN, KMSAN and kmemleak: there is none. */
#ifndef SIM_LINUX_KASAN_H
#define SIM_LINUX_KASAN_H

#include <linux/types.h>

typedef unsigned int kasan_vmalloc_flags_t;
#define KASAN_VMALLOC_NONE 0
#define KASAN_VMALLOC_INIT 1
#define KASAN_VMALLOC_VM_ALLOC 2
#define KASAN_VMALLOC_PROT_NORMAL 4
#define KASAN_VMALLOC_PAGE_RANGE 1
#define KASAN_VMALLOC_TLB_FLUSH 2

#define kasan_reset_tag(pointer) (pointer)
#define kasan_hw_tags_enabled() false
#define kasan_populate_vmalloc(...) 0
#define kasan_release_vmalloc(start, end, ...) ((void)(start), (void)(end))
#define kasan_unpoison_vmalloc(pointer, size, flags) ((void *)(pointer))
#define kasan_unpoison_vmap_areas(vms, count, flags) do { } while (0)
#define kasan_poison_vmalloc(pointer, size) do { } while (0)
#define kasan_free_module_shadow(vm) do { } while (0)
#define kasan_populate_early_vm_area_shadow(pointer, size) do { } while (0)
#define kasan_vrealloc(pointer, old, new) do { } while (0)

#define kmsan_ioremap_page_range(...) 0
#define kmsan_vunmap_range_noflush(...) do { } while (0)
#define kmsan_vmap_pages_range_noflush(...) 0

#define kmemleak_free(pointer) do { } while (0)
#define kmemleak_scan_area(...) do { } while (0)
#define kmemleak_vmalloc(...) do { } while (0)

#endif
