import { describe, expect, it } from 'vitest';
import { canonical } from '../../../src/minimize/canonical.ts';
import { dropOperations, fewerOperations } from '../../../src/minimize/drop.ts';
import { listing, mentions, printed, reduced, scenarioOf, TINY } from './scenarios.ts';

const times = (count: number, text: string): string => Array(count).fill(text).join(';');

describe('dropOperations', () => {
  it('leaves what the violation needs out of a long list', () => {
    const noise = times(40, 'find_vm_area(@1)');
    const start = scenarioOf(TINY, `${noise};run_work();${noise};vread(@5, 1);${noise}`);
    const end = reduced(start, mentions('run_work()', 'vread(@5, 1)'), dropOperations);
    expect(listing(end)).toEqual(['run_work()', 'vread(@5, 1)']);
  });

  it('takes what refers to a dropped allocation with it', () => {
    const start = scenarioOf(TINY, 'A = vmap(1);B = vmalloc(1);vunmap(A);set_memory_ro(B)');
    const end = reduced(start, mentions('set_memory_ro'), dropOperations);
    expect(listing(end)).toEqual(['A = vmalloc(1)', 'set_memory_ro(A)']);
  });

  it.each([2, 3, 4])('drops %i operations that only go together', (count) => {
    const start = scenarioOf(
      TINY,
      `run_work();vread(@1, 1);${'run_work();vread(@2, 1);'.repeat(4)}`,
    );
    const divides = (all: number): boolean => all % count === 0;
    const violates = (scenario: typeof start): boolean => {
      const works = listing(scenario).filter((text) => text === 'run_work()').length;
      return divides(works - 5) && mentions('vread(@1, 1)')(scenario);
    };
    const works = listing(reduced(start, violates, dropOperations)).filter(
      (t) => t === 'run_work()',
    );
    expect(works.length).toBeLessThan(count);
  });

  it('starts on the CPU that a migrate led to', () => {
    const start = scenarioOf('cpus=2', 'migrate(1);run_work();migrate(0);migrate(1)');
    const onCpu1 = (scenario: typeof start): boolean =>
      /task on cpu1\n {2}run_work|migrate\(1\)\n {2}run_work/.test(printed(scenario));
    const end = reduced(start, onCpu1, dropOperations);
    expect(listing(end)).toEqual(['run_work()']);
    expect(end.tasks[0]?.cpu).toBe(1);
  });
});

describe('fewerOperations', () => {
  it('leaves out one operation, then two, with what refers to them', () => {
    const start = scenarioOf(TINY, 'A = vmap(1);vunmap(A);run_work()');
    const listings = [...fewerOperations(start)].map((each) => listing(canonical(each)));
    expect(listings).toEqual([
      ['run_work()'],
      ['A = vmap(1)', 'run_work()'],
      ['A = vmap(1)', 'vunmap(A)'],
      ['run_work()'],
      [],
      ['A = vmap(1)'],
    ]);
  });
});
