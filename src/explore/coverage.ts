import { OPERATION_KINDS } from '../scenario/operation-parse.ts';
import type { Coverage } from './check.ts';
import type { CheckedRun, Step } from './checked-run.ts';

/** Adds up what many runs reached. */
export class CoverageCounter implements Coverage {
  readonly operations = new Map<string, number>(OPERATION_KINDS.map((kind) => [kind, 0]));
  readonly tracepoints = new Map<string, number>();
  /** Operations executed. */
  total = 0;

  addStep(step: Step, kind: string): void {
    if (step.kind === 'skipped') return;
    this.addOperation(step.kind === 'misused' ? `bad call: ${step.verdict}` : kind);
  }

  /** An operation of a kind was executed. */
  addOperation(kind: string): void {
    this.total++;
    increase(this.operations, kind, 1);
  }

  addRun(run: CheckedRun): void {
    for (const [name, count] of run.session.tracepoints()) increase(this.tracepoints, name, count);
  }
}

/** Adds to the count of a key, which is 0 if it has none. */
export function increase<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
