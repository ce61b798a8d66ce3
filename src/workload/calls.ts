import { areaName } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';

/** Hands out the names of areas in canonical order; none comes twice. */
export class AreaNames {
  #count = 0;

  next(): string {
    return areaName(this.#count++);
  }
}

/** What vmalloc() is asked for besides its size. */
interface VmallocOptions {
  /** Pages, a power of two. */
  readonly align?: number;
  readonly range?: 'vmalloc' | 'modules';
  /** VM_FLUSH_RESET_PERMS */
  readonly resetPerms?: boolean;
}

/** `area = vmalloc(pages)` */
export function vmalloc(area: string, pages: number, options: VmallocOptions = {}): Operation {
  const { align = 1, range = 'vmalloc', resetPerms = false } = options;
  return { kind: 'vmalloc', area, pages, align, range, resetPerms };
}

/** `vfree(area)` */
export function vfree(area: string): Operation {
  return { kind: 'vfree', at: { area, offset: 0 } };
}

/** `area = vm_map_ram(pages)` */
export function vmMapRam(area: string, pages: number): Operation {
  return { kind: 'vm_map_ram', area, pages };
}

/** `vm_unmap_ram(area)`, as many pages as were mapped there. */
export function vmUnmapRam(area: string): Operation {
  return { kind: 'vm_unmap_ram', at: { area, offset: 0 }, pages: null };
}

export const VM_UNMAP_ALIASES: Operation = { kind: 'vm_unmap_aliases' };
