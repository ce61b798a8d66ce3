import type { Hardware } from '../../models/hardware/hardware.ts';
import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { Kernel, KernelClass } from '../../models/kernel/kernel.ts';
import type { Lock, Task } from '../../models/kernel/locks.ts';
import { PassedStep, type Run, type Step } from '../../models/kernel/point.ts';
import type { VmapArea } from '../../models/kernel/structures/vmap-area-node.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import { Walks } from '../../models/kernel/walks.ts';

/** What a kernel in simulated time asks about it, and what it tells. */
export interface Clock {
  /** Ticks since the start. */
  now(): number;
  /** Whether somebody waits for a lock. */
  isContended(lock: Lock): boolean;
  /** The running task has visited one more node of a list. */
  nodeVisited(): void;
  /** An alloc_vmap_area() has returned that began at this tick. */
  allocated(begun: number): void;
  /** A purge has begun to look for lazy areas, under vmap_purge_lock. */
  purgeBegins(): void;
  /** It is over; `hadWork`: there were some. */
  purgeEnds(hadWork: boolean): void;
}

const passed = new PassedStep<void>(undefined);

/** Boots a policy's kernel so that what it does takes the time a clock gives it. */
export function bootTimed(
  Base: KernelClass,
  machine: Machine,
  hardware: Hardware,
  observer: KernelObserver,
  clock: Clock,
): Kernel {
  class TimedWalks extends Walks {
    override visited(task: Task): void {
      super.visited(task);
      clock.nodeVisited();
    }
  }

  class TimedKernel extends Base {
    override readonly walks = new TimedWalks();

    /** Gives the lock away if somebody waits for it: spin_needbreak(). */
    override cond_resched_lock(lock: Lock): Step<void> {
      if (clock.isContended(lock)) return super.cond_resched_lock(lock);
      this.lockdep_assert_held(lock);
      return passed;
    }

    override *alloc_vmap_area(
      size: number,
      align: number,
      vstart: number,
      vend: number,
      va_flags = 0,
      vm: VmStruct | null = null,
    ): Run<VmapArea | number> {
      const begun = clock.now();
      const va = yield* super.alloc_vmap_area(size, align, vstart, vend, va_flags, vm);
      clock.allocated(begun);
      return va;
    }

    override *__purge_vmap_area_lazy(
      start: number,
      end: number,
      full_pool_decay = false,
    ): Run<boolean> {
      clock.purgeBegins();
      const hadWork = yield* super.__purge_vmap_area_lazy(start, end, full_pool_decay);
      clock.purgeEnds(hadWork);
      return hadWork;
    }
  }
  return new TimedKernel(machine, hardware, observer);
}
