/**
 * Operations as a scenario names them. An area has the name its allocation gave it (A, B, ...);
 * a Place is an address relative to such a name, or a bare virtual page number.
 */
export type Place = { readonly area: string; readonly offset: number } | { readonly vpn: number };

export type Operation =
  | {
      readonly kind: 'vmalloc';
      readonly area: string;
      readonly pages: number;
      /** Alignment in pages, a power of two. */
      readonly align: number;
      readonly range: 'vmalloc' | 'modules';
      readonly resetPerms: boolean;
    }
  | { readonly kind: 'vmap'; readonly area: string; readonly pages: number }
  | { readonly kind: 'vm_map_ram'; readonly area: string; readonly pages: number }
  | { readonly kind: 'get_vm_area'; readonly area: string; readonly pages: number }
  | { readonly kind: 'ioremap'; readonly area: string; readonly pages: number }
  | {
      readonly kind: 'pcpu_get_vm_areas';
      readonly area: string;
      /** Offset and size of each area, in pages, multiples of align. */
      readonly offsets: readonly number[];
      readonly sizes: readonly number[];
      readonly align: number;
    }
  | { readonly kind: 'vfree'; readonly at: Place }
  | { readonly kind: 'vfree_atomic'; readonly at: Place }
  | { readonly kind: 'vunmap'; readonly at: Place }
  | { readonly kind: 'free_vm_area'; readonly at: Place }
  | { readonly kind: 'pcpu_free_vm_areas'; readonly at: Place }
  /** `pages` null: as many as were mapped there. */
  | { readonly kind: 'vm_unmap_ram'; readonly at: Place; readonly pages: number | null }
  | { readonly kind: 'vm_unmap_aliases' }
  | { readonly kind: 'set_memory_ro'; readonly at: Place }
  | { readonly kind: 'vread'; readonly at: Place; readonly pages: number }
  | { readonly kind: 'vmalloc_to_page'; readonly at: Place }
  | { readonly kind: 'find_vm_area'; readonly at: Place }
  /** Some CPU reads the page, filling its TLB. */
  | { readonly kind: 'touch'; readonly cpu: number; readonly at: Place }
  /** The calling task moves to another CPU. */
  | { readonly kind: 'migrate'; readonly cpu: number }
  /** Every work item scheduled so far runs to its end. */
  | { readonly kind: 'run_work' }
  /** Memory reclaim calls the shrinker of the vmap nodes' pools, if the kernel has one. */
  | { readonly kind: 'shrink' }
  /** The n-th kernel-side allocation from now on fails (1: the next). */
  | { readonly kind: 'fail_alloc'; readonly nth: number }
  /** The owner of this vmap gives it up when the purge notifier calls. */
  | { readonly kind: 'register_vmap_purge_notifier'; readonly at: Place };

export type OperationKind = Operation['kind'];
