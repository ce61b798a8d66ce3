import type { Lock } from '../kernel/locks.ts';
import type { Run } from '../kernel/point.ts';
import type { Patch } from './policy.ts';

/** With preemption off, the CPU that has its spare vmap_area is the one that takes the lock. */
export const pinnedPreload: Patch = {
  name: 'v5.4-pinned-preload',
  title: 'before "mm/vmalloc: remove preempt_disable/enable when doing preloading"',
  source: 'v5.5; v5.4 source',
  apply: (Base) =>
    class extends Base {
      override *preload_this_cpu_lock(lock: Lock): Run<void> {
        const task = this.current;
        task.atomicDepth++; // preempt_disable()
        this.noteCpuWrite();
        this.ne_fit_preload_node[task.cpu] ??= this.vmap_area_cachep.alloc();
        yield* this.spin_lock(lock);
        task.atomicDepth--; // preempt_enable()
      }
    },
};
