import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, replaced, withMachine } from './edit.ts';
import { numbersIn } from './numbers.ts';
import { scaled, smallerSizes } from './sizes.ts';

/** VMAP_MAX_ALLOC of at most this is tried value by value. */
const SMALL_MAX_ALLOC = 4;

/** Scenarios on a simpler machine; what fills it shrinks with it. */
export function* simplerMachine(scenario: Scenario): Generator<Scenario> {
  yield withMachine(scenario, { arch: DEFAULT_MACHINE.arch });
  const { vmapNodes, zonePages, directMapVpn } = DEFAULT_MACHINE;
  yield withMachine(scenario, { directMapVpn });
  yield withMachine(scenario, { vmapNodes, zonePages });
  yield* smallerBlocks(scenario);
  for (const [field, least] of FIELDS) {
    const value = scenario.machine[field];
    for (const simpler of [DEFAULT_MACHINE[field], ...halvings(value, least), value - 1]) {
      if (simpler < least) continue;
      const smaller = withMachine(scenario, { [field]: simpler });
      yield smaller;
      if (simpler >= value) continue;
      yield* smallerSizes(smaller);
      yield scaled(smaller, (size) => Math.ceil((size * simpler) / value));
      yield scaled(smaller, (size) => Math.max(1, Math.floor((size * simpler) / value)));
      yield* onePartSmaller(smaller, value - simpler);
    }
  }
}

/** The least value, twice it, four times it, ... below `value`. */
function halvings(value: number, least: number): number[] {
  const values = [];
  if (value > least) values.push(least);
  for (let power = 2 * Math.max(1, least); power < value; power *= 2) values.push(power);
  return values;
}

/** Fields that are counts, most of them of pages, and the least of each. */
const FIELDS = [
  ['vmapNodes', 1],
  ['zonePages', 1],
  ['lazyMaxPages', 0],
  ['modulesPages', 0],
  ['ramPages', 1],
  ['vmallocPages', 1],
] as const;

/** Smaller vmap blocks, with the sizes as they are, all 1, or scaled as the block is. */
function* smallerBlocks(scenario: Scenario): Generator<Scenario> {
  const { vmapBbmapBits, vmapMaxAlloc } = scenario.machine;
  for (let block = 2; block <= vmapBbmapBits; block *= 2) {
    const ratio = block / vmapBbmapBits;
    for (const maxAlloc of maxAllocs(block, vmapMaxAlloc)) {
      const smaller = withMachine(scenario, { vmapBbmapBits: block, vmapMaxAlloc: maxAlloc });
      const within = (pages: number): number => Math.min(maxAlloc, Math.max(1, pages));
      yield smaller;
      yield scaled(smaller, () => 1);
      yield scaled(smaller, (size) => within(Math.ceil(size * ratio)));
      yield scaled(smaller, (size) => within(Math.floor(size * ratio)));
      yield scaled(smaller, (size) => Math.ceil(size * ratio));
    }
  }
}

/** Values of VMAP_MAX_ALLOC that a block has room for, ascending, none above the present one. */
function maxAllocs(block: number, present: number): number[] {
  const most = Math.min(block / 2, present);
  const values = new Set([most]);
  for (let small = 1; small <= Math.min(SMALL_MAX_ALLOC, most); small++) values.add(small);
  return [...values].sort((a, b) => a - b);
}

/** One size at a time made smaller by as much as the machine was. */
function* onePartSmaller(scenario: Scenario, pages: number): Generator<Scenario> {
  for (const [index, operation] of operationsOf(scenario).entries()) {
    for (const { role, value, with: put } of numbersIn(operation)) {
      if (role === 'size' && value > pages) yield replaced(scenario, index, put(value - pages));
    }
  }
}
