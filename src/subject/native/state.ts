import type { KernelState } from '../port.ts';
import type { MessageReader } from './wire.ts';

/** A machine without anything: what can be told of one that has died. */
export const NO_STATE: KernelState = {
  busy: [],
  lazy: [],
  free: [],
  pooled: [],
  pools: [],
  freeRangesAreAreas: true,
  blocks: [],
  vmapLazyNr: 0,
  objects: new Map(),
  spareVmapAreas: 0,
  pendingWork: 0,
};

/** Kinds of object in their order in native/sim.h. */
const KINDS = ['vmap_area', 'vm_struct', 'vmap_block', 'page_array'];

/** Reads the bookkeeping as kernel_inspect() in native/kernel/inspect.h tells it. */
export function readState(message: MessageReader): KernelState {
  // Busy, lazy and pooled areas come node by node, blocks index by index.
  const busy = inAddressOrder(message.list(), 3);
  const lazy = inAddressOrder(message.list(), 2);
  const free = message.list();
  const pooled = inAddressOrder(message.list(), 2);
  const pools = message.list();
  const blocks = message.list();
  const vmapLazyNr = message.next();
  const spareVmapAreas = message.next();
  const objects = new Map(KINDS.map((kind) => [kind, message.next()]));
  const pendingWork = message.next();
  return {
    busy,
    lazy,
    free,
    pooled,
    pools,
    freeRangesAreAreas: true,
    blocks,
    vmapLazyNr,
    objects,
    spareVmapAreas,
    pendingWork,
  };
}

/** Sorts records of `width` numbers by the first number of each. */
function inAddressOrder(numbers: number[], width: number): number[] {
  const starts = [];
  let isSorted = true;
  for (let at = 0; at < numbers.length; at += width) {
    if (at > 0 && (numbers[at] ?? 0) < (numbers[at - width] ?? 0)) isSorted = false;
    starts.push(at);
  }
  if (isSorted) return numbers;
  starts.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  return starts.flatMap((at) => numbers.slice(at, at + width));
}
