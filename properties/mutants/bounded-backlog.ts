import type { Work } from '../../models/kernel/kernel-base.ts';
import type { Run } from '../../models/kernel/point.ts';
import { v6_5 } from '../../models/policies/v6.5.ts';
import { type Mutant, SMALL, scenario } from './mutant.ts';

/** Lazy pages pile up. */
export const boundedBacklogMutants: readonly Mutant[] = [
  {
    property: 'bounded-backlog',
    patch: {
      name: 'drain-request-lost',
      title: 'free_vmap_area_noflush does not schedule drain_vmap_work',
      source: '690467c81b1a (v5.18): the purge moved from the caller to a worker',
      apply: (Base) =>
        class extends Base {
          override *schedule_work(work: Work): Run<void> {
            if (work !== this.drain_vmap_work) yield* super.schedule_work(work);
          }
        },
    },
    base: v6_5,
    scenario: scenario(`${SMALL} lazy-max=1`, 'A = vmap(1)', 'vunmap(A)'),
    search: {},
  },
];
