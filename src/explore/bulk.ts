import type { Machine } from '../../models/hardware/machine.ts';
import type { Property } from '../../properties/property.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Subject } from '../subject/port.ts';
import { draftOf, KIND_URN } from './arbitraries.ts';
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
  readonly #urn: readonly number[];

  constructor(seed: number, kinds: (kind: DraftKind) => boolean = () => true) {
    this.#random = new Random(seed);
    this.#urn = KIND_URN.flatMap((kind, index) => (kinds(kind) ? [index] : []));
  }

  next(): Draft {
    const random = this.#random;
    return draftOf(this.#urn[random.below(this.#urn.length)] ?? 0, random.next());
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
