import { EINVAL, ERR_PTR } from '../kernel/err.ts';
import type { Patch } from './policy.ts';

/** vm_map_ram() of no pages returns NULL, rather than take NULL for an address. */
export const vbAllocSize0: Patch = {
  name: 'v6.9-vb-alloc-size-0',
  title: 'mm/vmalloc: fix return value of vb_alloc if size is 0',
  source: 'Hailong Liu, 26 April 2024; v6.12 source',
  apply: (Base) =>
    class extends Base {
      override vb_alloc_size_0(): number {
        return ERR_PTR(EINVAL);
      }
    },
};
