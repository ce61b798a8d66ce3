import type { Call } from '../src/subject/port.ts';

/** Whether a call allocates: it may find the address space used up, and purge what it can. */
export function isAllocation(call: Call): boolean {
  switch (call.kind) {
    case 'vmalloc':
    case 'vmap':
    case 'vm_map_ram':
    case 'get_vm_area':
    case 'ioremap':
    case 'pcpu_get_vm_areas':
      return true;
    default:
      return false;
  }
}
