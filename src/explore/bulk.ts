import type { Machine } from '../../models/hardware/machine.ts';
import type { Property } from '../../properties/property.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Subject } from '../subject/port.ts';
import { DRAFT_WEIGHTS } from './arbitraries.ts';
import { CheckedRun, type RunOptions, type Violation } from './checked-run.ts';
import { type Draft, type DraftKind, operationOf } from './draft.ts';
import { Random } from './random.ts';
import { Roster } from './roster.ts';

/** Leaks and wrong counts stay, so that it is enough to look for them now and then. */
const BULK: RunOptions = { tlb: 'fast', stateInterval: 16 };

/** What a bulk run did. */
export interface BulkReport {
  readonly operations: number;
  readonly violations: readonly Violation[];
}

/** Draws drafts with the weights of the fast-check generator, from one integer seed. */
export class DraftSource {
  readonly #random: Random;
  readonly #kinds: DraftKind[] = [];
  readonly #draft: { kind: DraftKind; pick: number; size: number; extra: number } = {
    kind: 'vm_unmap_aliases',
    pick: 0,
    size: 0,
    extra: 0,
  };

  constructor(seed: number, kinds: (kind: DraftKind) => boolean = () => true) {
    this.#random = new Random(seed);
    for (const [kind, weight] of DRAFT_WEIGHTS) {
      if (!kinds(kind)) continue;
      for (let i = 0; i < Math.round(weight * 20); i++) this.#kinds.push(kind);
    }
  }

  /** The next draft; the same object every time, filled anew. */
  next(): Draft {
    const random = this.#random;
    const draft = this.#draft;
    draft.kind = this.#kinds[random.below(this.#kinds.length)] ?? 'vm_unmap_aliases';
    // One number is enough for all operands.
    const bits = random.next();
    draft.pick = bits & 0xfff;
    draft.size = (bits >>> 12) & 0x3ff;
    draft.extra = bits >>> 22;
    return draft;
  }
}

/**
 * Runs `operations` random operations on one machine after another, `perBoot` on each, without
 * fast-check: faster, but a failure has to be shrunk elsewhere. Stops at the first violation, whose
 * operations `executed` then holds.
 */
export function bulkRun(
  subject: Subject,
  machine: Machine,
  properties: readonly Property[],
  drafts: DraftSource,
  operations: number,
  perBoot: number,
  executed: Operation[] = [],
): BulkReport {
  let done = 0;
  while (done < operations) {
    const run = new CheckedRun(subject, machine, properties, BULK);
    const roster = new Roster();
    executed.length = 0;
    for (let i = 0; i < perBoot && !run.ended && done < operations; i++) {
      const operation = operationOf(drafts.next(), run, roster);
      if (operation === null) continue;
      executed.push(operation);
      roster.note(run, operation, run.step(operation));
      done++;
      if (run.violations.length > 0) return { operations: done, violations: run.violations };
    }
  }
  return { operations: done, violations: [] };
}
