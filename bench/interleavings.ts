import { kernelOf } from '../models/policies/policy.ts';
import { tasks } from '../properties/concurrent/bug.ts';
import { concurrentBugs } from '../properties/concurrent/index.ts';
import { interleavedProperties } from '../properties/index.ts';
import { explore } from '../src/explore/explore.ts';
import type { Exploration, Strategy } from '../src/explore/explorer.ts';
import { InterleavedRun } from '../src/explore/interleaved-run.ts';
import { Random } from '../src/explore/random.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { builtInPolicy } from '../src/subject/load-policy.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { smallScenarios } from '../test/src/explore/small-scenarios.ts';
import { cpuSeconds, type Figure } from './measure.ts';

const NAIVE = { kind: 'bounded', bound: Number.POSITIVE_INFINITY } as const;
const REDUCED = { kind: 'dpor' } as const;
const MACHINE = 'vmalloc=16 block=4 max-alloc=2';

const subject = builtInPolicy('v6.12').subject();

/** What is watched: v6.12 violates none of it in the scenarios below. */
const watched = interleavedProperties.filter(({ name }) => name !== 'vread-exact');

type Program = Parameters<typeof tasks>[1];

function scenarioOf(machine: string, ...programs: Program[]): Scenario {
  return parseCase(tasks(machine, ...programs)).scenario;
}

const TWO_OPERATIONS = scenarioOf(
  `cpus=2 ${MACHINE}`,
  ['cpu0', 'A = vm_map_ram(1)'],
  ['cpu1', 'B = vm_map_ram(1)'],
);

const TWO_TASKS = scenarioOf(
  `cpus=2 ${MACHINE}`,
  ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()'],
  ['cpu1', 'B = vm_map_ram(1)', 'vm_unmap_ram(B)'],
);

const THREE_TASKS = scenarioOf(
  `cpus=3 ${MACHINE}`,
  ['cpu0', 'A = vm_map_ram(1)', 'vm_unmap_ram(A)'],
  ['cpu1', 'B = vm_map_ram(1)', 'vm_unmap_ram(B)'],
  ['cpu2', 'C = vmalloc(1)', 'vfree(C)'],
);

/** Three tasks in each other's way: the drain is asked for by two of them. */
const CONTENDED = scenarioOf(
  'cpus=3 vmalloc=16 block=2 max-alloc=1 lazy-max=1',
  ['cpu0', 'A = vmalloc(1)', 'vfree(A)'],
  ['cpu1', 'B = vmalloc(1)', 'vfree(B)'],
  ['cpu2', 'vm_unmap_aliases()'],
);

/** Interleavings per second, each with everything that is checked of it. */
export function interleavings(): Figure[] {
  return [
    rate('two operations', TWO_OPERATIONS, NAIVE, 20_000, 100_000),
    rate('two tasks', TWO_TASKS, NAIVE, 10_000),
    rate('three tasks', THREE_TASKS, NAIVE, 10_000),
    rate('three tasks, DPOR', CONTENDED, REDUCED, 10_000),
  ];
}

function rate(
  what: string,
  scenario: Scenario,
  strategy: Strategy,
  limit: number,
  aim: number | null = null,
): Figure {
  let best = Number.POSITIVE_INFINITY;
  let name = '';
  for (let i = 0; i < 4; i++) {
    let covered: Exploration | null = null;
    const seconds = cpuSeconds(() => {
      covered = explore(subject, scenario, { strategy, properties: watched, limit });
    });
    const { runs, steps } = sizeOf(covered);
    name = `interleavings, ${what}, ${Math.round(steps / runs)} steps`;
    best = Math.min(best, seconds / runs);
  }
  return { name, perSecond: 1 / best, aim };
}

function sizeOf(covered: Exploration | null): { runs: number; steps: number } {
  if (covered === null) return { runs: 0, steps: 0 };
  return { runs: covered.interleavings + covered.redundant, steps: covered.steps };
}

/** How many interleavings DPOR runs in the place of how many. */
export interface Reduction {
  readonly name: string;
  /** All there are; `isEstimate`: too many to count. */
  readonly naive: number;
  readonly isEstimate: boolean;
  readonly reduced: number;
}

/** What is left of the interleavings of scenarios, small ones together first. */
export function reductions(): Reduction[] {
  const count = (strategy: Strategy) =>
    smallScenarios.reduce((sum, { subject, scenario }) => {
      const options = { strategy, properties: [], limit: 100_000 };
      return sum + sizeOf(explore(subject, scenario, options)).runs;
    }, 0);
  const small = `${smallScenarios.length} small scenarios`;
  return [
    { name: small, naive: count(NAIVE), isEstimate: false, reduced: count(REDUCED) },
    estimated('two operations', TWO_OPERATIONS),
    estimated('two tasks', TWO_TASKS),
    estimated('three tasks', THREE_TASKS),
    estimated('three contending tasks', CONTENDED),
  ];
}

function estimated(name: string, scenario: Scenario): Reduction {
  const options = { strategy: REDUCED, properties: [], limit: 100_000 };
  const reduced = sizeOf(explore(subject, scenario, options)).runs;
  return { name, naive: interleavingsOf(scenario), isEstimate: true, reduced };
}

/**
 * About how many interleavings there are: the mean, over random ones, of the product of the choices
 * on the way. Source: Knuth, "Estimating the Efficiency of Backtrack Programs", Mathematics of
 * Computation 29, 1975.
 */
function interleavingsOf(scenario: Scenario): number {
  const random = new Random(1);
  const enabled: number[] = [];
  const samples = 2_000;
  let sum = 0;
  for (let i = 0; i < samples; i++) {
    const run = new InterleavedRun(subject, scenario, []);
    let product = 1;
    while (run.enabled(enabled).length > 0) {
      product *= enabled.length;
      run.step(enabled[random.below(enabled.length)] ?? 0);
    }
    sum += product;
  }
  return sum / samples;
}

/** How long it took to find a bug that takes two tasks. */
export interface FirstCounterexample {
  readonly name: string;
  readonly interleavings: number;
  readonly seconds: number;
}

/** Each bug on each policy that has it, fewest preemptions first, as `explore` would find it. */
export function firstCounterexamples(): FirstCounterexample[] {
  return concurrentBugs.flatMap(({ name, property, scenario, violated, preemptions }) =>
    violated.map((policy) => {
      const properties = interleavedProperties.filter((one) => one.name === property);
      const options = { strategy: { kind: 'bounded', bound: preemptions } as const, properties };
      const on = new PolicySubject(policy.name, kernelOf(policy));
      let found: Exploration | null = null;
      const seconds = cpuSeconds(() => {
        found = explore(on, parseCase(scenario).scenario, { ...options, limit: 100_000 });
      });
      return { name: `${name}, ${policy.name}`, interleavings: sizeOf(found).runs, seconds };
    }),
  );
}
