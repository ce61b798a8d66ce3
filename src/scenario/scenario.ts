import type { Machine } from '../../models/hardware/machine.ts';
import type { Operation } from './operation.ts';
import type { Turns } from './schedule.ts';

/** What one task does, in order, starting on a CPU. */
export interface TaskProgram {
  readonly cpu: number;
  readonly operations: readonly Operation[];
}

/** The one currency: generated, run, minimised, saved, replayed and shown. */
export interface Scenario {
  readonly machine: Machine;
  readonly tasks: readonly TaskProgram[];
  /** How the tasks take turns. Not there: one after the other, or still to be explored. */
  readonly schedule?: Turns;
}
