import { VMALLOC_START } from '../models/hardware/machine.ts';
import { cpusHolding } from './holders.ts';
import type { Property, World } from './property.ts';

export const flushBeforeReuse: Property = {
  name: 'flush-before-reuse',
  kind: 'safety',
  invariant: 'I2',
  prose: 'No page is handed out or mapped while a TLB may hold an older translation of it.',
  source: 'the rule behind lazy purging since db64fe02258f (v2.6.28)',
  interleaved: 'always',
  underConcurrency:
    'As it stands: whichever call cleared the PTE, and whether it has returned or not, the page ' +
    'is not mapped or handed out before the flush.',
  watch(world, violated) {
    return {
      ptesSet(start, count) {
        const problem = staleProblem(world, start, start + count, 'mapped');
        if (problem !== null) violated(problem.detail, problem.page);
      },
      allocated({ start, pages }) {
        const problem = staleProblem(world, start, start + pages, 'handed out');
        if (problem !== null) violated(problem.detail, problem.page);
      },
    };
  },
};

interface StaleProblem {
  readonly detail: string;
  /** The page, vpn. */
  readonly page: number;
}

function staleProblem(world: World, start: number, end: number, what: string): StaleProblem | null {
  if (start < VMALLOC_START) return null;
  const vpn = world.ledger.tlb.firstStale(start, end);
  if (Number.isNaN(vpn)) return null;
  const detail =
    `${world.describe(vpn)} is ${what} while ${cpusHolding(world, vpn)} ` +
    'may still hold an older translation of it';
  return { detail, page: vpn };
}
