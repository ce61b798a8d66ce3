import { type Machine, MODULES_VPN, VMALLOC_START } from '../models/hardware/machine.ts';
import type { Call } from '../src/subject/port.ts';
import type { Property } from './property.ts';

export const firstFit: Property = {
  name: 'first-fit',
  kind: 'economy',
  invariant: 'I13',
  prose:
    'Where promised (since v5.2, alignment of one page): an allocation gets the lowest ' +
    'address that fits.',
  source: '68ad4a330433 (v5.2)',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: it compares before and after a call, and other calls come in between.',
  watch(world, violated) {
    /** The free ranges before the running call; null: not known. */
    let free: readonly number[] | null = null;
    let pooled: readonly number[] = [];
    let flushed = false;
    return {
      callBegins() {
        flushed = false;
      },
      flushAsked() {
        flushed = true;
      },
      allocated(area, call) {
        const size = pagesTaken(world.machine, call);
        if (free === null || flushed || size === null) return;
        const range = rangeOf(world.machine, call);
        // What is kept for one CPU or one size is not in use either.
        const start = Math.min(lowestFit(free, size, range), lowestFit(pooled, size, range));
        if (!Number.isFinite(start) || start === area.start) return;
        violated(`${size} pages would have fitted at page ${start}, given was ${area.start}`);
      },
      callReturned() {
        free = null;
      },
      state(state) {
        free = state.free;
        pooled = state.pooled;
      },
    };
  },
};

/** Where `size` pages fit first into ranges [start, end) and [low, high), or Infinity. */
function lowestFit(
  ranges: readonly number[],
  size: number,
  [low, high]: readonly [number, number],
): number {
  for (let i = 0; i < ranges.length; i += 2) {
    const start = Math.max(ranges[i] ?? 0, low);
    if (Math.min(ranges[i + 1] ?? 0, high) - start >= size) return start;
  }
  return Number.POSITIVE_INFINITY;
}

/** Pages of address space a call takes, guard page included; null: nothing is promised. */
function pagesTaken(machine: Machine, call: Call): number | null {
  switch (call.kind) {
    case 'vmalloc':
      return call.align === 1 ? call.pages + 1 : null;
    case 'vmap':
    case 'get_vm_area':
      return call.pages + 1;
    case 'vm_map_ram':
      return call.pages > machine.vmapMaxAlloc ? call.pages : null;
    default:
      return null;
  }
}

function rangeOf(machine: Machine, call: Call): readonly [number, number] {
  return call.kind === 'vmalloc' && call.range === 'modules'
    ? [MODULES_VPN, MODULES_VPN + machine.modulesPages]
    : [VMALLOC_START, VMALLOC_START + machine.vmallocPages];
}
