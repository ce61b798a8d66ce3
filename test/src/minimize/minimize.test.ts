import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationsOf } from '../../../src/minimize/edit.ts';
import { minimize } from '../../../src/minimize/minimize.ts';
import { compareScenarios } from '../../../src/minimize/order.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { judge, listing, mentions, printed, scenarioOf, TINY } from './scenarios.ts';

const oneTask: fc.Arbitrary<Scenario> = anyCase.map(({ scenario: { machine, tasks } }) => ({
  machine,
  tasks: tasks.slice(0, 1),
}));

/** A predicate without rhyme or reason, true of about one scenario in `oneIn`. */
function arbitrary(oneIn: number, always: Scenario): (scenario: Scenario) => boolean {
  const text = printed(always);
  return (scenario) => {
    const candidate = printed(scenario);
    let hash = 0;
    for (let i = 0; i < candidate.length; i++) {
      hash = (Math.imul(hash, 31) + candidate.charCodeAt(i)) | 0;
    }
    return candidate === text || ((hash >>> 8) ^ hash) % oneIn === 0;
  };
}

describe('minimize', () => {
  it('ends with something that violates and is not larger, and leaves that as it is', () => {
    fc.assert(
      fc.property(oneTask, fc.integer({ min: 2, max: 40 }), (start, oneIn) => {
        const violates = arbitrary(oneIn, start);
        const { scenario, exhausted } = minimize(start, violates);
        expect(violates(scenario)).toBe(true);
        expect(compareScenarios(scenario, start)).toBeLessThanOrEqual(0);
        expect(exhausted).toBe(false);
        expect(minimize(scenario, violates).scenario).toBe(scenario);
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  it('asks only about scenarios that the parser accepts', () => {
    fc.assert(
      fc.property(oneTask, (start) => {
        const violates = arbitrary(5, start);
        minimize(start, (scenario) => {
          expect(parseCase(printed(scenario)).scenario).toEqual(scenario);
          return violates(scenario);
        });
      }),
      { seed: 8, numRuns: 10 },
    );
  });

  it('asks the same questions in the same order every time', () => {
    const start = scenarioOf('cpus=3', 'A = vmap(5);vunmap(A);B = vmalloc(3, align=2);vread(B, 2)');
    const asked = [0, 1].map(() => {
      const questions: string[] = [];
      minimize(start, (scenario) => {
        questions.push(printed(scenario));
        return mentions('vread')(scenario);
      });
      return questions;
    });
    expect(asked[0]).toEqual(asked[1]);
  });

  it('stops at the limit and says so', () => {
    const start = scenarioOf('cpus=3', 'A = vmap(5);vunmap(A);B = vmalloc(3, align=2);vread(B, 2)');
    for (const limit of [0, 1, 7]) {
      const result = minimize(start, mentions('vread'), { limit });
      expect(result).toMatchObject({ tries: limit, exhausted: true });
      expect(compareScenarios(result.scenario, start)).toBeLessThanOrEqual(0);
    }
  });

  it('refuses what does not violate, and what has no task', () => {
    const start = scenarioOf(TINY, 'run_work()');
    expect(() => minimize(start, () => false)).toThrow('the scenario does not violate');
    expect(() => minimize({ ...start, tasks: [] }, () => true)).toThrow('has no task');
  });

  it('leaves the minimum of a real violation as it is', () => {
    const operations = 'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases()';
    const minimum = scenarioOf(TINY, operations);
    const { violates } = judge('v6.4', 'no-stale-alias');
    expect(minimize(minimum, violates).scenario).toBe(minimum);
  });

  it('keeps the two CPUs of a violation that needs them', () => {
    const noise = 'A = vmap(2);migrate(3);B = vmalloc(4);vunmap(A);run_work()';
    const start = scenarioOf('cpus=4', `${noise};touch(B) on cpu2;touch(B+1) on cpu3;vfree(B)`);
    const { scenario } = minimize(start, (candidate) => {
      const cpus = operationsOf(candidate).flatMap((op) => (op.kind === 'touch' ? [op.cpu] : []));
      return new Set(cpus).size === 2;
    });
    expect(scenario.machine.onlineCpus).toEqual([0, 1]);
    expect(listing(scenario)).toHaveLength(3);
  });
});
