import { MODULES_VPN } from '../hardware/machine.ts';
import type { Run } from '../kernel/point.ts';
import type { VmStruct } from '../kernel/vm-struct.ts';
import type { Patch } from './policy.ts';

/** An alignment of one byte, in pages: what vmalloc() and get_vm_area() ask for. */
const ONE_BYTE = 2 ** -12;

/**
 * The search always asks for size + align - 1 bytes. Even an alignment of one page, which every
 * range has, makes it ask for a page more than it takes, and pass over a hole that fits exactly.
 * vm_map_ram(), ioremap() and module_alloc() ask for a page; vmalloc() asks for one byte.
 */
export const paddedSearch: Patch = {
  name: 'v5.15-padded-search',
  title: 'before "mm/vmalloc: do not adjust the search size for alignment overhead"',
  source: '9f531973dff3 (v5.16)',
  apply: (Base) =>
    class extends Base {
      override adjustSearchSize(_size: number, align: number): boolean {
        return align >= 1;
      }

      override __get_vm_area_node(
        size: number,
        align: number,
        flags: number,
        start: number,
        end: number,
      ): Run<VmStruct | null> {
        const anyAlign = align === 1 && start < MODULES_VPN;
        return super.__get_vm_area_node(size, anyAlign ? ONE_BYTE : align, flags, start, end);
      }
    },
};
