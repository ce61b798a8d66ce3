import { describe, expect, it } from 'vitest';
import { violationOf } from '../../../src/explore/run-scenario.ts';
import { certified } from '../../../src/minimize/certificate.ts';
import { operationsOf } from '../../../src/minimize/edit.ts';
import { compareScenarios } from '../../../src/minimize/order.ts';
import {
  type Judge,
  type Known,
  type Outcome,
  SmallScope,
} from '../../../src/minimize/small-scope.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { OPERATION_KINDS, parseOperation } from '../../../src/scenario/operation-parse.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { judge, mentions, printed, scenarioOf, TINY } from './scenarios.ts';

const ENOUGH = 1_000_000;
const FOUR = 'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases()';

/** Judges by a predicate, and notes what it was asked. */
function judging(violates: (scenario: Scenario) => boolean, asked: Scenario[] = []): Judge {
  return {
    preemptions: null,
    try(program) {
      asked.push(program);
      return { verdict: violates(program) ? 'violated' : 'holds', runs: 1 };
    },
  };
}

function certificateOf(outcome: Outcome) {
  if (outcome.kind !== 'none') throw new Error(`simpler: ${printed(outcome.scenario)}`);
  return outcome.certificate;
}

/** Every list of calls on a block, sensible or not, of up to three areas. */
function* lists(length: number): Generator<Operation[]> {
  const calls = ['A', 'B', 'C'].flatMap((area) => [
    `${area} = vm_map_ram(1)`,
    `vm_unmap_ram(${area})`,
  ]);
  if (length === 0) yield [];
  else {
    for (const list of lists(length - 1)) {
      for (const call of [...calls, 'vm_unmap_aliases()']) yield [...list, parseOperation(call)];
    }
  }
}

describe('SmallScope', () => {
  it.each([
    ['v6.4', 'no-stale-alias', FOUR],
    ['v6.4', 'no-premature-purge', 'A = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases()'],
  ])('certifies for %s and %s what brute force finds no shorter one of', (policy, name, text) => {
    const { subject, property, violates } = judge(policy, name);
    const minimum = scenarioOf(TINY, text);
    const length = operationsOf(minimum).length;
    const certificate = certificateOf(
      new SmallScope(judging(violates), 2_000, new Map()).search(minimum),
    );
    const alphabet = length === 3 ? 'every' : 'common';
    expect(certified(certificate)).toMatchObject({ alphabet, length: length - 1 });
    for (let shorter = 1; shorter < length; shorter++) {
      for (const operations of lists(shorter)) {
        const one = { machine: minimum.machine, tasks: [{ cpu: 0, operations }] };
        expect(violationOf(subject, one, property), printed(one)).toBeNull();
      }
    }
  });

  it.each(OPERATION_KINDS.filter((kind) => kind !== 'touch'))(
    'looks at programs with %s',
    (kind) => {
      const start = scenarioOf('cpus=2 vmalloc=64 block=2 max-alloc=1', FOUR);
      const violates = mentions(`${kind}(`);
      const outcome = new SmallScope(judging(violates), ENOUGH, new Map()).search(start);
      if (outcome.kind !== 'simpler') throw new Error(`nothing with ${kind}`);
      expect(violates(outcome.scenario)).toBe(true);
      // What refers to an area needs one, and some of them need it to be registered or reset.
      expect(operationsOf(outcome.scenario).length).toBeLessThanOrEqual(2);
    },
  );

  it('finds a simpler one of as many operations, and no other', () => {
    const start = scenarioOf(TINY, 'A = get_vm_area(1);B = vm_map_ram(1);vm_unmap_ram(B)');
    const asked: Scenario[] = [];
    const two = (scenario: Scenario) =>
      operationsOf(scenario).length === 3 && mentions('B =')(scenario);
    const outcome = new SmallScope(judging(two, asked), ENOUGH, new Map()).search(start);
    if (outcome.kind !== 'simpler') throw new Error('nothing');
    expect(compareScenarios(outcome.scenario, start)).toBeLessThan(0);
    expect(asked.filter((one) => compareScenarios(one, start) >= 0)).toEqual([]);
  });

  it('keeps to its budget, begins nothing it cannot finish, and says how far it came', () => {
    const start = scenarioOf(TINY, FOUR);
    for (const budget of [1, 50, 300, 5_000]) {
      const asked: Scenario[] = [];
      const scope = new SmallScope(
        judging(() => false, asked),
        budget,
        new Map(),
      );
      const certificate = certificateOf(scope.search(start));
      expect(asked.length).toBeLessThanOrEqual(budget);
      expect(new Set(asked.map(printed)).size).toBe(asked.length);
      const { shorter, simpler } = certificate;
      const last = (covered: typeof shorter) => covered.at(-1)?.programs ?? 0;
      expect(last(shorter) + last(simpler)).toBeLessThanOrEqual(asked.length);
      expect(certified(certificate) === null).toBe(budget < 300);
    }
  });

  it('certifies nothing that has interleavings it did not come to', () => {
    const judge: Judge = { preemptions: 1, try: () => ({ verdict: 'unfinished', runs: 1 }) };
    const outcome = new SmallScope(judge, ENOUGH, new Map()).search(scenarioOf(TINY, FOUR));
    expect(certified(certificateOf(outcome))).toBeNull();
  });

  it('certifies the same however much is known already', () => {
    const known: Known = new Map();
    const longer = scenarioOf(TINY, `${FOUR};vm_unmap_aliases()`);
    for (const budget of [300, 5_000, 20_000]) {
      const asked: Scenario[] = [];
      const [fresh, again] = [new Map(), known].map((map) => {
        const scope = new SmallScope(
          judging(() => false, asked),
          budget,
          map,
        );
        scope.search(longer);
        return scope.search(scenarioOf(TINY, FOUR));
      });
      expect(again).toEqual(fresh);
    }
  });
});
