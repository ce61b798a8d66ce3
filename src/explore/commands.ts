import fc from 'fast-check';
import type { Operation } from '../scenario/operation.ts';
import type { Session } from '../subject/port.ts';
import { draftArbitrary } from './arbitraries.ts';
import type { CheckedRun, Step } from './checked-run.ts';
import { type Draft, operationOf } from './draft.ts';
import { Roster } from './roster.ts';

/** The reference's side of a model-based run: ledger, properties, and the names in use. */
export class ReferenceSide {
  readonly run: CheckedRun;
  readonly roster = new Roster();
  /** What was executed, in order: the run as a scenario. */
  readonly executed: Operation[] = [];
  readonly #onStep: ((operation: Operation, step: Step) => void) | undefined;

  constructor(run: CheckedRun, onStep?: (operation: Operation, step: Step) => void) {
    this.run = run;
    this.#onStep = onStep;
  }

  execute(operation: Operation): void {
    const step = this.run.step(operation);
    this.run.assertTlbsAgree();
    this.roster.note(this.run, operation, step);
    this.executed.push(operation);
    this.#onStep?.(operation, step);
    const violation = this.run.violations[0];
    if (violation !== undefined) throw new PropertyViolated(violation.property.name);
  }
}

/** Ends a run at the first violation of a property that is being checked. */
export class PropertyViolated extends Error {}

/** One operation as a fast-check command; the model is the reference, the real side the subject. */
class OperationCommand implements fc.Command<ReferenceSide, Session> {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  check({ run }: Readonly<ReferenceSide>): boolean {
    return !run.ended;
  }

  run(reference: ReferenceSide): void {
    const operation = operationOf(this.#draft, reference.run, reference.roster);
    if (operation !== null) reference.execute(operation);
  }

  toString(): string {
    return this.#draft.kind;
  }
}

/** Command lists of up to `maxOps` operations, really that long: `size: 'max'`. */
export function commandsArbitrary(
  maxOps: number,
): fc.Arbitrary<Iterable<fc.Command<ReferenceSide, Session>>> {
  const command = draftArbitrary().map((draft) => new OperationCommand(draft));
  return fc.commands([command], { maxCommands: maxOps, size: 'max' });
}
