import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spacePartition } from '../../../properties/space-partition.ts';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import {
  commandsArbitrary,
  PropertyViolated,
  ReferenceSide,
} from '../../../src/explore/commands.ts';
import { violationOf } from '../../../src/explore/run-scenario.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import type { Session } from '../../../src/subject/port.ts';
import { newRun, operations, subjectWith, watcher } from './runs.ts';

type Commands = Iterable<fc.Command<ReferenceSide, Session>>;

describe('ReferenceSide', () => {
  it('writes down what was executed, and tells of each step', () => {
    const kinds: string[] = [];
    const reference = new ReferenceSide(newRun(), (_operation, step) => kinds.push(step.kind));
    const list = operations('A = vmap(1)', 'vunmap(B)', 'vunmap(A)');
    for (const operation of list) reference.execute(operation);
    expect(reference.executed).toEqual(list);
    expect(kinds).toEqual(['called', 'skipped', 'called']);
    expect(reference.roster.gone).toEqual(['A']);
  });

  it('stops at the first violation, having written down the operation that made it', () => {
    const noFlush = watcher((violated) => ({ flushAsked: () => violated('a flush') }), 'no-flush');
    const reference = new ReferenceSide(newRun({}, [noFlush]));
    const [map, unmap, aliases] = operations('A = vmap(1)', 'vunmap(A)', 'vm_unmap_aliases()');
    if (!map || !unmap || !aliases) throw new Error('three operations');
    reference.execute(map);
    reference.execute(unmap);
    expect(() => reference.execute(aliases)).toThrow(new PropertyViolated('no-flush'));
    expect(reference.executed).toHaveLength(3);
  });
});

/** Loses a vm_struct each time one should be freed. */
const leaky = subjectWith(
  (Base) =>
    class extends Base {
      override kfree_vm_struct(): void {}
    },
);

describe('commandsArbitrary', () => {
  /** Runs a list of commands on the kernel with the leak, to its end or to where it shows. */
  function execute(commands: Commands): readonly Operation[] {
    const run = new CheckedRun(leaky, DEFAULT_MACHINE, [spacePartition]);
    const reference = new ReferenceSide(run);
    try {
      fc.modelRun(() => ({ model: reference, real: run.session }), commands);
    } catch (error) {
      if (!(error instanceof PropertyViolated)) throw error;
    }
    return reference.executed;
  }

  /** Whether a scenario shows the leak. */
  function isViolated(list: readonly Operation[]): boolean {
    const scenario = { machine: DEFAULT_MACHINE, tasks: [{ cpu: 0, operations: list }] };
    return violationOf(leaky, scenario, spacePartition) !== null;
  }

  /** What the smallest list of commands executes that shows the leak. */
  function smallest(seed: number): readonly Operation[] {
    const lists = commandsArbitrary(30);
    const property = fc.property(lists, (commands) => !isViolated(execute(commands)));
    const [commands] = fc.check(property, { seed, numRuns: 100 }).counterexample ?? [];
    if (commands === undefined) throw new Error('no leak was found');
    return execute(commands);
  }

  it('makes lists that find a mistake, and shrink until nothing more can go', () => {
    const found = smallest(1);
    expect(isViolated(found)).toBe(true);
    for (let i = 0; i < found.length; i++) expect(isViolated(found.toSpliced(i, 1))).toBe(false);
  });

  it('makes the same lists from the same seed', () => {
    expect(smallest(2)).toEqual(smallest(2));
  });

  it('makes lists as long as it is allowed to', () => {
    const lists = fc.sample(commandsArbitrary(50), { seed: 1, numRuns: 30 });
    const lengths = lists.map((list) => [...list].length);
    expect(Math.max(...lengths)).toBeGreaterThan(40);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(50);
  });
});
