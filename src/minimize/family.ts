import { assignedArea, usedArea } from '../scenario/names.ts';
import type { Operation, Place } from '../scenario/operation.ts';

/** A way to get an area and the way to give it back. */
export interface Family {
  alloc(area: string, pages: number): Operation;
  free(at: Place): Operation;
}

/** Every family, plainest first. vmalloc is two: VM_FLUSH_RESET_PERMS changes what vfree does. */
export const FAMILIES: readonly Family[] = [
  {
    alloc: (area, pages) => ({ kind: 'vm_map_ram', area, pages }),
    free: (at) => ({ kind: 'vm_unmap_ram', at, pages: null }),
  },
  {
    alloc: (area, pages) => ({ kind: 'get_vm_area', area, pages }),
    free: (at) => ({ kind: 'free_vm_area', at }),
  },
  vmallocFamily(false),
  vmallocFamily(true),
  {
    alloc: (area, pages) => ({ kind: 'vmap', area, pages }),
    free: (at) => ({ kind: 'vunmap', at }),
  },
  {
    alloc: (area, pages) => ({ kind: 'ioremap', area, pages }),
    free: (at) => ({ kind: 'vunmap', at }),
  },
  {
    alloc: (area, pages) => ({
      kind: 'pcpu_get_vm_areas',
      area,
      offsets: [0],
      sizes: [pages],
      align: 1,
    }),
    free: (at) => ({ kind: 'pcpu_free_vm_areas', at }),
  },
];

/** Whether an operation gives an area back. */
export function isFree(operation: Operation): operation is Extract<Operation, { at: Place }> {
  switch (operation.kind) {
    case 'vm_unmap_ram':
    case 'free_vm_area':
    case 'vfree':
    case 'vfree_atomic':
    case 'vunmap':
    case 'pcpu_free_vm_areas':
      return true;
    default:
      return false;
  }
}

/** Pages an allocation asks for; NaN for an operation that allocates nothing. */
export function pagesOf(operation: Operation): number {
  if (!('area' in operation)) return Number.NaN;
  if (operation.kind !== 'pcpu_get_vm_areas') return operation.pages;
  return operation.sizes.reduce((sum, size) => sum + size, 0);
}

/** The operation that gives back what an allocation got, the plain one; null for no allocation. */
export function freeFor(allocation: Operation): Operation | null {
  const area = assignedArea(allocation);
  if (area === null) return null;
  const family = FAMILIES.find((one) => one.alloc(area, 1).kind === allocation.kind);
  return family?.free({ area, offset: 0 }) ?? null;
}

/** The operations with some areas, allocation and release, taken from another family. */
export function inFamily(
  operations: readonly Operation[],
  family: Family,
  areas: ReadonlySet<string>,
): Operation[] {
  return operations.map((operation) => {
    const assigned = assignedArea(operation);
    if (assigned !== null && areas.has(assigned)) return family.alloc(assigned, pagesOf(operation));
    const used = usedArea(operation);
    if (used === null || !areas.has(used) || !isFree(operation)) return operation;
    return family.free(operation.at);
  });
}

function vmallocFamily(resetPerms: boolean): Family {
  return {
    alloc: (area, pages) => ({
      kind: 'vmalloc',
      area,
      pages,
      align: 1,
      range: 'vmalloc',
      resetPerms,
    }),
    free: (at) => ({ kind: 'vfree', at }),
  };
}
