/**
 * The configuration of one simulated machine. All sizes are pages of 4 KiB; virtual page numbers
 * (vpn) count from VMALLOC_START, so the direct map lies at negative and the module range at high
 * page numbers.
 */
export interface Machine {
  /** CPU ids of cpu_possible_mask, ascending; holes are allowed. */
  readonly possibleCpus: readonly number[];
  /** CPU ids of cpu_online_mask, ascending, a non-empty subset of the possible ones. */
  readonly onlineCpus: readonly number[];
  /** VMALLOC_END - VMALLOC_START. */
  readonly vmallocPages: number;
  /** Size of the module range at MODULES_VPN; 0: the architecture has none. */
  readonly modulesPages: number;
  /** totalram_pages(): frames the page allocator owns, all of them in the direct map. */
  readonly ramPages: number;
  /** VMAP_MAX_ALLOC: vm_map_ram above this many pages takes an area of its own. */
  readonly vmapMaxAlloc: number;
  /** VMAP_BBMAP_BITS: pages of a vmap_block, a power of two larger than vmapMaxAlloc's. */
  readonly vmapBbmapBits: number;
  /** What lazy_max_pages() returns. */
  readonly lazyMaxPages: number;
  /** nr_vmap_nodes, since v6.9. The kernel has one for each possible CPU, and at most 128. */
  readonly vmapNodes: number;
  /**
   * vmap_zone_size: what begins in the n-th zone of so many pages belongs to node n modulo
   * vmapNodes. 16 in the kernel.
   */
  readonly zonePages: number;
  /**
   * Virtual page of frame 0 in the direct map; frame n is at directMapVpn + n. All of it lies below
   * VMALLOC_START, how far below depends on the architecture and decides how wide a hull can get.
   */
  readonly directMapVpn: number;
  readonly arch: ArchName;
}

/** Architecture profiles of flush_tlb_kernel_range, see arch.ts. */
export const ARCH_NAMES = [
  'x86_64',
  'x86_64-invlpgb',
  'arm64',
  'arm64-rangetlbi',
  'arm32',
  'riscv',
  'powerpc-radix',
  's390',
] as const;

export type ArchName = (typeof ARCH_NAMES)[number];

/** VMALLOC_START, in pages: the origin of all virtual page numbers. */
export const VMALLOC_START = 0;

/**
 * First page of the module range. Far above every vmalloc space the machine can have (2^33 pages),
 * as on x86-64, so that a hull over both ranges is as wide as it is there.
 */
export const MODULES_VPN = 2 ** 34;

/** Where the direct map is unless a machine says otherwise: far away, as on 64-bit machines. */
export const DIRECT_MAP_VPN = -(2 ** 34);

/** The free space of the kernel's address-space allocator reaches beyond all three ranges. */
export const LOWEST_VPN = -(2 ** 40);
export const HIGHEST_VPN = 2 ** 40;

/**
 * Frames handed in by callers of vmap and vm_map_ram; never the page allocator's, no direct map.
 */
export const CALLER_PFN = 2 ** 24;

/** The largest machine: what the fields above may be at most. */
export const MACHINE_LIMITS = {
  cpus: 4096,
  vmallocPages: 2 ** 33,
  modulesPages: 2 ** 20,
  ramPages: 2 ** 24,
  vmapBbmapBits: 1024,
  vmapNodes: 128,
  zonePages: 1024,
} as const;
