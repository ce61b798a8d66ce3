import { beforeAll, describe, expect, it } from 'vitest';
import type { Touched } from '../../../models/kernel/footprint.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { type Reached, reached } from './reached.ts';
import { smallScenarios } from './small-scenarios.ts';

const NAIVE = { kind: 'bounded', bound: Number.POSITIVE_INFINITY } as const;
const REDUCED = { kind: 'dpor' } as const;

let naive: Reached[] = [];

beforeAll(() => {
  naive = smallScenarios.map(({ subject, scenario }) => reached(subject, scenario, NAIVE));
});

describe('the reduced exploration', () => {
  it.each(smallScenarios.map((small, index) => ({ ...small, index })))(
    'reaches every verdict and every end of: $name',
    ({ subject, scenario, index }) => {
      const all = naive[index];
      const reduced = reached(subject, scenario, REDUCED);
      expect(all?.exploration.verdict).toBe('holds');
      expect(reduced.exploration.verdict).toBe('holds');
      expect(reduced.violated).toEqual(all?.violated);
      expect(reduced.ends).toEqual(all?.ends);
    },
  );

  it('is tried on scenarios that end in several ways, and on such that violate properties', () => {
    expect(naive.filter(({ ends }) => ends.length > 1).length).toBeGreaterThan(12);
    expect(naive.filter(({ violated }) => violated.length > 0).length).toBeGreaterThan(8);
  });

  it('runs a small part of the interleavings', () => {
    const run = (all: readonly Reached[]) =>
      all.reduce((sum, { exploration }) => sum + exploration.interleavings, 0);
    const reduced = smallScenarios.map(({ subject, scenario }) =>
      reached(subject, scenario, REDUCED),
    );
    expect(run(naive)).toBeGreaterThan(10 * run(reduced));
  });
});

/** A subject whose steps do not tell all they touch. */
function faulty(subject: Subject, fault: (touched: Touched) => Partial<Touched>): Subject {
  return {
    name: subject.name,
    boot(machine, observer) {
      const session = subject.boot(machine, observer);
      const tasks = session.tasks();
      const copy = tasks.footprint.copy.bind(tasks.footprint);
      tasks.footprint.copy = () => {
        const touched = copy();
        return { ...touched, ...fault(touched) };
      };
      session.tasks = () => tasks;
      return session;
    },
  };
}

/** The bits of what a step touches while its task has it locked. */
function locked({ held, taken }: Touched): [low: number, high: number] {
  const numbers = [...held, ...taken];
  const bits = (isHigh: boolean) =>
    numbers.reduce((set, n) => (((n & 32) !== 0) === isHigh ? set | (1 << n) : set), 0);
  return [bits(false), bits(true)];
}

const NAMES = 0xfe;

/** Rules of the dependence relation, each forgotten in turn. */
const faults: Readonly<Record<string, (touched: Touched) => Partial<Touched>>> = {
  'reads without a lock': () => ({ readsLow: 0, readsHigh: 0 }),
  'writes without a lock': (touched) => {
    const [low, high] = locked(touched);
    return { writesLow: touched.writesLow & low, writesHigh: touched.writesHigh & high };
  },
  locks: (touched) => {
    const [low, high] = locked(touched);
    const { writesLow, writesHigh } = touched;
    return { writesLow: writesLow & ~low, writesHigh: writesHigh & ~high, held: [], taken: [] };
  },
  'who waits for whom': () => ({ held: [], taken: [] }),
  pages: () => ({ pages: [] }),
  names: ({ readsLow, writesLow }) => ({
    readsLow: readsLow & ~NAMES,
    writesLow: writesLow & ~NAMES,
  }),
  'tasks that are not preempted': () => ({ atomicBefore: false, atomicAfter: false }),
  'the end of the machine': () => ({ died: false }),
};

describe('a rule of the dependence relation that is forgotten', () => {
  it.each(Object.keys(faults))('is noticed: %s', (name) => {
    const fault = faults[name] ?? (() => ({}));
    const noticed = smallScenarios.filter(({ subject, scenario }, index) => {
      const { violated, ends } = reached(faulty(subject, fault), scenario, REDUCED);
      const all = naive[index];
      return `${violated}` !== `${all?.violated}` || `${ends}` !== `${all?.ends}`;
    });
    expect(noticed.map((small) => small.name)).not.toEqual([]);
  });

  it('is what is noticed: without a fault the small scenarios show what they should', () => {
    for (const [index, { subject, scenario }] of smallScenarios.entries()) {
      const { violated, ends } = reached(
        faulty(subject, () => ({})),
        scenario,
        REDUCED,
      );
      expect({ violated, ends }).toEqual({
        violated: naive[index]?.violated,
        ends: naive[index]?.ends,
      });
    }
  });
});
