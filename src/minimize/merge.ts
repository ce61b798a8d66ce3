import { usedArea } from '../scenario/names.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { mapOperations, operationsOf, withMachine } from './edit.ts';
import { isFree } from './family.ts';

/** Beyond this many allocations, only neighbours are merged. */
const FEW_ALLOCATIONS = 8;

/** An allocation of pages that numbers alone say, and where it stands. */
interface Allocation {
  readonly operation: Exclude<Extract<Operation, { area: string }>, { sizes: readonly number[] }>;
  readonly at: number;
}

/**
 * Scenarios with two allocations made one, as large as both: one of them goes, and with it
 * its release; what referred to it means the second part of the other from now on.
 */
export function* merged(scenario: Scenario): Generator<Scenario> {
  const allocations = operationsOf(scenario).flatMap((operation, at): Allocation[] =>
    'area' in operation && operation.kind !== 'pcpu_get_vm_areas' ? [{ operation, at }] : [],
  );
  const reach = allocations.length <= FEW_ALLOCATIONS ? allocations.length : 1;
  for (const [index, first] of allocations.entries()) {
    for (const second of allocations.slice(index + 1, index + 1 + reach)) {
      if (first.operation.kind !== second.operation.kind) continue;
      yield* asOne(scenario, first, second, first.operation.area);
      yield* asOne(scenario, first, second, second.operation.area);
    }
  }
}

/** `releasedAs`: whose release stays. */
function* asOne(
  scenario: Scenario,
  first: Allocation,
  second: Allocation,
  releasedAs: string,
): Generator<Scenario> {
  const [kept, gone] = [first.operation.area, second.operation.area];
  const shift = first.operation.pages;
  const [a, b] = [first.operation.pages, second.operation.pages];
  for (const pages of new Set([a + b, roundupPowOfTwo(a) + roundupPowOfTwo(b)])) {
    const one = mapOperations(scenario, (operation) => {
      if (operation === first.operation) return { ...first.operation, pages };
      if (operation === second.operation) return null;
      const used = usedArea(operation);
      if (used !== kept && used !== gone) return operation;
      if (!isFree(operation)) return used === gone ? shifted(operation, kept, shift) : operation;
      if (used !== releasedAs) return null;
      return whole({ ...operation, at: { area: kept, offset: 0 } });
    });
    yield roomFor(one, pages);
    yield one;
  }
}

function shifted(operation: Operation, area: string, by: number): Operation {
  if (!('at' in operation) || !('area' in operation.at)) return operation;
  return { ...operation, at: { area, offset: operation.at.offset + by } };
}

function whole(operation: Operation): Operation {
  return operation.kind === 'vm_unmap_ram' ? { ...operation, pages: null } : operation;
}

/** The machine with blocks that a mapping of so many pages still comes from. */
function roomFor(scenario: Scenario, pages: number): Scenario {
  const { vmapBbmapBits, vmapMaxAlloc } = scenario.machine;
  if (pages <= vmapMaxAlloc) return scenario;
  return withMachine(scenario, {
    vmapMaxAlloc: pages,
    vmapBbmapBits: Math.max(vmapBbmapBits, 2 * roundupPowOfTwo(pages)),
  });
}

function roundupPowOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}
