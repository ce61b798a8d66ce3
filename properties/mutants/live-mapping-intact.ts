import { get_order } from '../../models/kernel/err.ts';
import type { Run, Step } from '../../models/kernel/point.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

const property = 'live-mapping-intact';

/** A mapping in use is not what its owner asked for, or not any more. */
export const liveMappingIntactMutants: readonly Mutant[] = [
  {
    property,
    patch: {
      name: 'vb-free-one-page-more',
      title: 'vb_free unmaps one page more than it was asked to',
      source: 'vb_free(): regions of a block have no guard page between them',
      apply: (Base) =>
        class extends Base {
          override *vb_free(addr: number, size: number): Run<void> {
            yield* this.vunmap_range_noflush(addr, addr + size + 1);
            yield* super.vb_free(addr, size);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'frames-taken-for-contiguous',
      title: 'vmap_pages_range maps the frames that follow the first one, whosever they are',
      source: '61ebe5a747da (v6.11): single pages mapped as if they were one large one',
      apply: (Base) =>
        class extends Base {
          override vmap_pages_range(
            addr: number,
            pages: number,
            frames: ArrayLike<number>,
          ): Step<number> {
            const first = frames[0] ?? 0;
            const contiguous = Array.from(frames, (_pfn, page) => first + page);
            return super.vmap_pages_range(addr, pages, contiguous);
          }
        },
    },
    base: v6_5,
    scenario: scenario(SMALL, 'A = vmalloc(1)', 'B = vmalloc(1)', 'vfree(A)', 'C = vmalloc(2)'),
    search: {},
  },
  {
    property,
    patch: {
      name: 'no-room-check',
      title: 'vb_alloc takes the first block on the list, whatever room it has',
      source: '43d7650234c6 (v6.5): the check without the lock does not replace the one under it',
      apply: (Base) =>
        class extends Base {
          override *vb_alloc(size: number): Run<number> {
            const order = get_order(size);
            const vbq = this.per_cpu_vbq(this.current.cpu);
            const node = yield* this.next_rcu(vbq.free);
            if (!node?.owner) return yield* this.new_vmap_block(order);
            const vb = node.owner;
            yield* this.spin_lock(vb.lock);
            const vaddr = this.takePages(vb, order);
            if (vb.free === 0) {
              yield* this.spin_lock(vbq.lock);
              this.vbq_list_del(vb);
              yield* this.spin_unlock(vbq.lock);
            }
            yield* this.spin_unlock(vb.lock);
            return vaddr;
          }
        },
    },
    base: v6_5,
    scenario: scenario(
      SMALL,
      'A = vm_map_ram(1)',
      'B = vm_map_ram(2)',
      'C = vm_map_ram(2)',
      'D = vmap(1)',
    ),
    search: {},
  },
];
