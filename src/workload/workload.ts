import type { Machine } from '../../models/hardware/machine.ts';
import type { Random } from '../explore/random.ts';
import type { Operation } from '../scenario/operation.ts';
import type { AreaNames } from './calls.ts';

/** What a run of a workload has at hand. */
export interface Setup {
  readonly machine: Machine;
  readonly random: Random;
  readonly names: AreaNames;
}

/**
 * Operations, made while they run: each `yield` gives the first page (vpn) of what the operation
 * allocated, NaN if it allocated nothing.
 */
export type Operations = Generator<Operation, void, number>;

/** What somebody's machine makes of the API, to compare what it costs under different policies. */
export interface Workload {
  readonly name: string;
  /** What it does, in one line. */
  readonly prose: string;
  /** Who described it, and where. */
  readonly source: string;
  /** CPUs of its machine, unless the caller wants others. */
  readonly cpus: number;
  machine(cpus: number): Machine;
  /** The same setup gives the same operations, as long as the allocations return the same. */
  operations(setup: Setup): Operations;
}
