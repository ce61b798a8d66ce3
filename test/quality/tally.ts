import { type Covered, certified } from '../../src/minimize/certificate.ts';
import type { Effort } from '../../src/minimize/minimize.ts';
import { compareScenarios } from '../../src/minimize/order.ts';
import { printCase } from '../../src/scenario/case-print.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Bug, Ending } from './bug.ts';

/** Where the seeds of one bug ended. */
export interface Quality {
  readonly bug: Bug;
  readonly seeds: number;
  /** The simplest ending. */
  readonly least: Ending;
  /** What of its scope was gone through for certain; null: it is not certified. */
  readonly certified: Covered | null;
  /** Seeds that ended there, to the letter. */
  readonly atLeast: number;
  /** Seeds that ended with as few operations. */
  readonly asShort: number;
}

/** Of the seeds, how many are to end at the certified minimum. */
export const WANTED = 0.99;

/** Whether enough seeds end at the minimum, and it is certified that there is no shorter one. */
export function isReached({ certified, atLeast, seeds }: Quality): boolean {
  return certified !== null && atLeast >= WANTED * seeds;
}

/** Minimises a violation from each of the seeds 1, 2, 3, ... */
export function qualityOf(bug: Bug, seeds: number, effort: Effort = {}): Quality {
  const endings = Array.from({ length: seeds }, (_, index) => bug.endingOf(index + 1, effort));
  const least = endings.reduce((a, b) => (isSimpler(b.scenario, a.scenario) ? b : a));
  const { certificate } = least;
  const texts = endings.map(({ scenario }) => printed(scenario));
  return {
    bug,
    seeds,
    least,
    certified: certificate === null ? null : certified(certificate),
    atLeast: texts.filter((text) => text === printed(least.scenario)).length,
    asShort: endings.filter(({ scenario }) => sizeOf(scenario) === sizeOf(least.scenario)).length,
  };
}

/** Machine, operations and schedule as they are printed. */
function printed(scenario: Scenario): string {
  return printCase({ policy: null, property: null, scenario, observed: [], certificate: [] });
}

/** How many operations a scenario has. */
export function sizeOf({ tasks }: Scenario): number {
  return tasks.reduce((sum, { operations }) => sum + operations.length, 0);
}

/** By the order of simplicity, then the text, which tells schedules apart. */
function isSimpler(a: Scenario, b: Scenario): boolean {
  const order = compareScenarios(a, b);
  return order < 0 || (order === 0 && printed(a) < printed(b));
}
