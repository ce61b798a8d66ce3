import type { KernelClass } from '../../models/kernel/kernel.ts';
import type { Run } from '../../models/kernel/point.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'flush-before-reuse';

/** The kernel with another flush where lazy areas are purged; elsewhere it stays. */
function withPurgeFlush(Base: KernelClass, startOf: (start: number, end: number) => number) {
  return class extends Base {
    #purging = false;

    override *__purge_vmap_area_lazy(start: number, end: number): Run<boolean> {
      this.#purging = true;
      const purged = yield* super.__purge_vmap_area_lazy(start, end);
      this.#purging = false;
      return purged;
    }

    override *flush_tlb_kernel_range(start: number, end: number): Run<void> {
      const from = this.#purging ? startOf(start, end) : start;
      if (from < end || !this.#purging) yield* super.flush_tlb_kernel_range(from, end);
    }
  };
}

const REUSE = scenario(SMALL, 'A = vmap(1)', 'vunmap(A)', 'vm_unmap_aliases()', 'B = vmap(1)');

/** Address space is handed out while a TLB knows what was there before. */
export const flushBeforeReuseMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'purge-without-flush',
      title: '__purge_vmap_area_lazy frees the lazy areas and flushes nothing',
      source: 'the flush of lazy areas since db64fe02258f (v2.6.28)',
      apply: (Base) => withPurgeFlush(Base, (_start, end) => end),
    },
    base: v6_5,
    scenario: REUSE,
    search: {},
  },
  {
    property,
    patch: {
      name: 'purge-flush-one-page-late',
      title: '__purge_vmap_area_lazy flushes from the second page of the first area on',
      source: 'the flush of lazy areas since db64fe02258f (v2.6.28)',
      apply: (Base) => withPurgeFlush(Base, (start) => start + 1),
    },
    base: v6_5,
    scenario: REUSE,
    search: {},
  },
];
