import { MOST_LISTED_PAGES } from '../../models/reference/area-pages.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { CannotTell } from './errors.ts';

/**
 * The reference keeps books page by page, and of unmapped pages CPU by CPU. Beyond this many
 * entries it would take minutes, and then all memory.
 */
const MOST_ENTRIES = 2 ** 23;

/** Throws CannotTell for a scenario that is too large for the reference. */
export function refuseTooLarge({ machine, tasks }: Scenario, which: string): void {
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
  const entries = pages + mapped * machine.onlineCpus.length;
  if (entries <= MOST_ENTRIES) return;
  const size = `${pages} pages on ${machine.onlineCpus.length} CPUs`;
  throw new CannotTell(`${which} is too large for the reference, which goes page by page: ${size}`);
}

function sizesOf(operation: Operation): readonly number[] {
  if ('sizes' in operation) return operation.sizes;
  return 'pages' in operation ? [operation.pages ?? 0] : [];
}
