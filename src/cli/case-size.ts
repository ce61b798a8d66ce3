import { MOST_LISTED_PAGES } from '../../models/reference/area-pages.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CannotTell } from './errors.ts';

/**
 * The reference keeps books page by page, and of unmapped pages CPU by CPU. Beyond this many
 * entries it would take minutes, and then all memory.
 */
const MOST_ENTRIES = 2 ** 23;

/** And from here on running a scenario over and over, to explain it, would take minutes. */
const MANY_ENTRIES = 2 ** 18;

/** Throws CannotTell for a scenario that is too large for the reference. */
export function refuseTooLarge(scenario: Scenario, which: string): void {
  const { pages, entries } = entriesOf(scenario);
  if (entries <= MOST_ENTRIES) return;
  const size = `${pages} pages on ${scenario.machine.onlineCpus.length} CPUs`;
  throw new CannotTell(`${which} is too large for the reference, which goes page by page: ${size}`);
}

/** Whether a scenario takes long to run. */
export function isLarge(scenario: Scenario): boolean {
  return entriesOf(scenario).entries > MANY_ENTRIES;
}

/** The pages a scenario asks for, and the entries the reference needs for them. */
function entriesOf({ machine, tasks }: Scenario): { pages: number; entries: number } {
  let pages = 0;
  let mapped = 0;
  for (const operation of tasks.flatMap((task) => task.operations)) {
    for (const asked of sizesOf(operation)) {
      const reserves = operation.kind === 'get_vm_area' || operation.kind === 'pcpu_get_vm_areas';
      if (reserves && asked > MOST_LISTED_PAGES) continue;
      pages += asked;
      if (!reserves) mapped += asked;
    }
  }
  return { pages, entries: pages + mapped * machine.onlineCpus.length };
}

function sizesOf(operation: Operation): readonly number[] {
  if ('sizes' in operation) return operation.sizes;
  return 'pages' in operation ? [operation.pages ?? 0] : [];
}
