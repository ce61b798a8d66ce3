import type { Task } from '../../../models/kernel/locks.ts';
import type { VmapNode, VmapPool } from '../../../models/kernel/vmap-node.ts';

/**
 * An allocation looks whether its pool is empty before it takes the pool's lock, and goes to the
 * heap if it is. The trace has no line for the look: it came some time after the task's last line.
 * This remembers when pools were empty, so that both answers the kernel may have got are known.
 */
export class PoolLooks {
  /** The line of the trace that is being replayed. */
  line = 0;
  readonly #emptyUntil = new WeakMap<VmapPool, number>();
  readonly #decaying = new Set<VmapNode>();
  readonly #decayedAt = new WeakMap<VmapNode, number>();
  readonly #earlier = new WeakSet<Task>();

  /** A pool that was empty has an area again. */
  noLongerEmpty(pool: VmapPool): void {
    this.#emptyUntil.set(pool, this.line);
  }

  /** While a node decays, each of its pools is empty for a moment. */
  decayBegins(vn: VmapNode): void {
    this.#decaying.add(vn);
  }

  decayEnds(vn: VmapNode): void {
    this.#decaying.delete(vn);
    this.#decayedAt.set(vn, this.line);
  }

  /** Whether a look since a line of the trace may have found this pool of a node empty. */
  mayHaveBeenEmptySince(line: number, vn: VmapNode, pool: VmapPool): boolean {
    const latest = Math.max(this.#emptyUntil.get(pool) ?? 0, this.#decayedAt.get(vn) ?? 0);
    return latest > line || this.#decaying.has(vn);
  }

  /** The next look of this task came while its pool was empty. */
  letComeEarlier(task: Task): void {
    this.#earlier.add(task);
  }

  /** Whether the look of this task came while its pool was empty. */
  cameEarlier(task: Task): boolean {
    return this.#earlier.has(task);
  }
}
