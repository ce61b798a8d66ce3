/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages and page tables, for <linux/mm.h>, <linux/pgtable.h> and <asm/pgtable.h>: two levels, the
 * lower of 512 entries. A struct page is its place in one large array. Every change of an entry is
 * reported.
 */
#ifndef SIM_LINUX_MM_H
#define SIM_LINUX_MM_H

#include <linux/types.h>
#include <linux/sched.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <asm/page.h>
#include "sim.h"

struct page { unsigned long unused; };
extern struct page *const mem_map;

#define page_to_pfn(page) ((unsigned long)((page) - mem_map))
#define pfn_to_page(pfn) (mem_map + (pfn))
#define page_to_phys(page) (page_to_pfn(page) << PAGE_SHIFT)
#define pfn_valid(pfn) true
#define page_address(page) ((void *)(SIM_DIRECT_MAP + (page_to_pfn(page) << PAGE_SHIFT)))
#define totalram_pages() sim_machine.ram_pages
#define split_page(page, order) do { } while (0)
#define dump_page(page, reason) do { } while (0)
#define mod_memcg_page_state(page, item, count) do { } while (0)
#define ZERO_PAGE(address) pfn_to_page(0)
#define offset_in_page(address) ((unsigned long)(address) & ~PAGE_MASK)
#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address) IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define PFN_DOWN(address) ((address) >> PAGE_SHIFT)
#define warn_alloc(flags, nodemask, ...) do { } while (0)
#define want_init_on_alloc(flags) false
#define want_init_on_free() false
#define debug_pagealloc_enabled_static() false
#define debug_check_no_locks_freed(from, size) do { } while (0)
#define debug_check_no_obj_freed(from, size) do { } while (0)

struct vm_area_struct { unsigned long vm_start, vm_end, vm_flags; };
#define VM_DONTEXPAND 0
#define VM_DONTDUMP 0
#define vm_flags_set(vma, flags) ((void)(vma))
#define vm_insert_page(vma, address, page) (-1)

struct mm_struct { };
extern struct mm_struct init_mm;
#define mmap_read_trylock(mm) 1
#define mmap_read_unlock(mm) do { } while (0)

#define set_direct_map_invalid_noflush sim_set_direct_map_invalid
#define set_direct_map_default_noflush sim_set_direct_map_default
static inline int sim_set_direct_map_invalid(struct page *page)
{
	sim_direct_map(page_to_pfn(page), SIM_PERM_INVALID);
	return 0;
}

static inline int sim_set_direct_map_default(struct page *page)
{
	sim_direct_map(page_to_pfn(page), SIM_PERM_DEFAULT);
	return 0;
}

/* Page table entries. */
#define PTRS_PER_PTE 512
#define PGDIR_SHIFT SIM_TABLE_SHIFT
#define PGDIR_SIZE (1UL << PGDIR_SHIFT)
#define PGDIR_MASK (~(PGDIR_SIZE - 1))

typedef unsigned int pgtbl_mod_mask;
#define PGTBL_PGD_MODIFIED 1
#define PGTBL_P4D_MODIFIED 2
#define PGTBL_PUD_MODIFIED 4
#define PGTBL_PMD_MODIFIED 8
#define PGTBL_PTE_MODIFIED 16
#define ARCH_PAGE_TABLE_SYNC_MASK 0
#define arch_sync_kernel_mappings(start, end) do { } while (0)

#define PAGE_KERNEL ((pgprot_t){ 0 })
#define PAGE_KERNEL_EXEC PAGE_KERNEL
#define pgprot_val(prot) ((prot).pgprot)
#define pgprot_nx(prot) (prot)
#define pgprot_decrypted(prot) (prot)
#define arch_vmap_pgprot_tagged(prot) (prot)

#define pgd_offset_k(address) ((pgd_t *)sim_table_slot(address))
#define pgd_addr_end(address, end) ({					\
	unsigned long sim_next = ((address) + PGDIR_SIZE) & PGDIR_MASK;	\
	sim_next - 1 < (end) - 1 ? sim_next : (end); })

#include <asm-generic/pgtable-nopmd.h>

static inline int pmd_none(pmd_t pmd)
{
	return pmd.pud.p4d.pgd.pgd == 0;
}

#define pmd_bad(pmd) 0
#define pmd_present(pmd) (!pmd_none(pmd))
#define pgd_leaf(pgd) 0
#define p4d_leaf(p4d) 0
#define pud_leaf(pud) 0
#define pmd_leaf(pmd) 0
#define pgd_none_or_clear_bad(pgd) pgd_none(*(pgd))
#define p4d_none_or_clear_bad(p4d) p4d_none(*(p4d))
#define pud_none_or_clear_bad(pud) pud_none(*(pud))
#define pmd_none_or_clear_bad(pmd) pmd_none(*(pmd))
#define p4d_clear_huge(p4d) 0
#define pud_clear_huge(pud) 0
#define pmd_clear_huge(pmd) 0
#define p4d_set_huge(p4d, address, prot) 0
#define pud_set_huge(pud, address, prot) 0
#define pmd_set_huge(pmd, address, prot) 0
#define p4d_free_pud_page(p4d, address) 0
#define pud_free_pmd_page(pud, address) 0
#define pmd_free_pte_page(pmd, address) 0
#undef pmd_page
#define pmd_page(pmd) ((struct page *)0)
#undef pud_page
#define pud_page(pud) ((struct page *)0)
#undef p4d_page
#define p4d_page(p4d) ((struct page *)0)
#define __p4d_alloc(mm, pgd, address) 0
#define __pud_alloc(mm, p4d, address) 0
#define __pmd_alloc(mm, pud, address) 0
#define __pte_alloc_kernel(pmd) (!sim_table_alloc((unsigned long *)(pmd)))

static inline int pte_none(pte_t pte)
{
	return pte.pte == 0;
}

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return (pte_t){ pfn << 1 | 1 };
}

static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long address)
{
	return (pte_t *)pmd->pud.p4d.pgd.pgd + (address >> PAGE_SHIFT) % PTRS_PER_PTE;
}

static inline pte_t ptep_get(pte_t *ptep)
{
	return *ptep;
}

#define set_pte_at(mm, address, ptep, pte_value) \
	sim_pte_set(address, &(ptep)->pte, (pte_value).pte, SIM_SITE(PTE, "set_pte_at"))
#define ptep_get_and_clear(mm, address, ptep) \
	((pte_t){ sim_pte_clear(address, &(ptep)->pte, SIM_SITE(PTE, "ptep_get_and_clear")) })

#define pte_offset_map(pmd, address) pte_offset_kernel(pmd, address)
#define pte_unmap(pte) do { } while (0)
#define pte_present(pte) (!pte_none(pte))
#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), prot)
#define pte_page(pte) pfn_to_page((pte).pte >> 1)

#define flush_cache_vmap(start, end) do { } while (0)
#define flush_cache_vunmap(start, end) do { } while (0)
#define flush_tlb_kernel_range(start, end) \
	sim_flush_tlb(start, end, SIM_SITE(FLUSH, "flush_tlb_kernel_range"))

#endif
