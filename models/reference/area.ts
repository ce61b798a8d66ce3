/** What the owner of an area was promised, page by page. */
export interface Area {
  readonly kind: AreaKind;
  /** First page, vpn. */
  readonly start: number;
  /** Pages the owner may use; guard pages and rounding are the kernel's affair. */
  readonly pages: number;
  /** The frames asked for, in order; null where the kernel chooses them or maps none. */
  readonly frames: readonly number[] | null;
  /** VM_FLUSH_RESET_PERMS: freeing it restores the direct map's permissions. */
  readonly resetsPerms: boolean;
  /** live: in use. leaving: being unmapped, or given up and to be unmapped later. */
  state: 'live' | 'leaving';
}

export type AreaKind =
  | 'vmalloc'
  | 'vmap'
  | 'vm_map_ram'
  | 'get_vm_area'
  | 'ioremap'
  | 'pcpu'
  /** The kernel's own, such as the page array of a large vmalloc. */
  | 'inner';

/** Whether vread shows the bytes of such an area (I/O memory reads as zeroes). */
export function isReadable(kind: AreaKind): boolean {
  return kind !== 'ioremap';
}
