import { afterAll, describe, expect, it } from 'vitest';
import { clash, meet, type Touched } from '../../../../models/kernel/footprint.ts';
import { concurrentBugs } from '../../../../properties/concurrent/index.ts';
import { programs } from '../../../../properties/concurrent/programs.ts';
import { InterleavedRun } from '../../../../src/explore/interleaved-run.ts';
import { parseCase } from '../../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../../src/scenario/scenario.ts';
import { builtInPolicy } from '../../../../src/subject/load-policy.ts';
import { loadLinux } from '../../../../src/subject/native/load-linux.ts';
import { NativeSubject } from '../../../../src/subject/native/native-subject.ts';
import type { Subject } from '../../../../src/subject/port.ts';
import { run } from '../../cli/fake-io.ts';
import { randomSchedule } from '../../explore/random-schedule.ts';
import { reached } from '../../explore/reached.ts';
import { needKernels, tarball } from './toolchain.ts';

const RACE = new URL('../../../../scenarios/race-1-dirty-block-between-lists.case', import.meta.url)
  .pathname;
const SERIES = ['6.1', '6.12'] as const;
const DPOR = { kind: 'dpor' } as const;
/** Interleavings within which the scenarios below are done. */
const LIMIT = 250;
const BOTH_HOLD = ['holds', 'holds'];

const opened = new Map<string, Subject>();

/** The C file of a series, its program started once. */
function theC(series: string, everyAccess = false): Subject {
  const key = `${series} ${everyAccess}`;
  const subject =
    opened.get(key) ??
    loadLinux({ path: tarball(series), patches: [], everyAccess }, '/', () => {}).subject();
  opened.set(key, subject);
  return subject;
}

afterAll(() => {
  for (const subject of opened.values()) if (subject instanceof NativeSubject) subject.close();
});

/** Small programs of two tasks, each once. */
const scenarios: readonly { readonly name: string; readonly scenario: Scenario }[] = [
  ...new Map([...programs, ...concurrentBugs].map((one) => [one.scenario, one])).values(),
].map(({ name, scenario }) => ({ name, scenario: parseCase(scenario).scenario }));

/** What an end says of both: 6.1 does not say which CPU a block is of, nor models what is gone. */
function comparable(ends: readonly string[]): string[] {
  const texts = ends.map((end) =>
    end
      .replaceAll(/\["\w+",0\],?/g, '')
      .replaceAll(',]', ']')
      .replaceAll(/"blocks":\[[^\]]*\]/g, (text) =>
        text.replaceAll(/((?:-?\d+,){5})-?\d+,(-?\d+)/g, '$1cpu,$2'),
      ),
  );
  return [...new Set(texts)].sort();
}

/** A subject whose steps do not tell which memory they touch. */
function forgetful(subject: Subject): Subject {
  return {
    name: subject.name,
    boot(machine, observer) {
      const session = subject.boot(machine, observer);
      const tasks = session.tasks();
      const copy = tasks.footprint.copy.bind(tasks.footprint);
      tasks.footprint.copy = () => ({ ...copy(), memory: [] });
      session.tasks = () => tasks;
      return session;
    },
  };
}

/** Scenarios that are through in no time. */
function quick(...names: readonly string[]): readonly Scenario[] {
  return scenarios.filter(({ name }) => names.includes(name)).map(({ scenario }) => scenario);
}

const READS = quick(
  'an area is read while it is allocated',
  'an area is read while it is freed',
  'a block is read while a region of it is unmapped',
);

const QUEUE = quick('two allocations from one queue');

describe.each(SERIES)('the C file of %s as tasks', (series) => {
  it('comes to the same verdicts and the same ends as its model', (context) => {
    needKernels(context, series);
    const model = builtInPolicy(`v${series}`).subject();
    let compared = 0;
    for (const { name, scenario } of scenarios) {
      const c = reached(theC(series), scenario, DPOR, LIMIT);
      if (c.exploration.verdict !== 'holds') continue;
      const theirs = reached(model, scenario, DPOR, 2 * LIMIT);
      expect({ name, ...theirs.exploration }).toMatchObject({ name, verdict: 'holds' });
      expect({ name, violated: c.violated }).toEqual({ name, violated: theirs.violated });
      expect({ name, ends: comparable(c.ends) }).toEqual({ name, ends: comparable(theirs.ends) });
      compared++;
    }
    expect(compared).toBeGreaterThan(15);
  });

  it('explores the same whatever it explored before, on other CPUs too', (context) => {
    needKernels(context, series);
    const [scenario] = quick('each frees what the other CPU mapped');
    if (scenario === undefined) throw new Error('no such program');
    const swapped = { ...scenario, tasks: scenario.tasks.map((t) => ({ ...t, cpu: 1 - t.cpu })) };
    const counts = [scenario, swapped, scenario].map((one) => {
      const { interleavings, steps } = reached(theC(series), one, DPOR, 3_000).exploration;
      return [interleavings, steps];
    });
    expect(counts[2]).toEqual(counts[0]);
    const fresh = loadLinux(
      { path: tarball(series), patches: [], everyAccess: false },
      '/',
      () => {},
    );
    const alone = fresh.subject();
    const { interleavings, steps } = reached(alone, swapped, DPOR, 3_000).exploration;
    if (alone instanceof NativeSubject) alone.close();
    expect(counts[1]).toEqual([interleavings, steps]);
  });

  it('loses the pages of a block that is all dirty to vm_unmap_aliases', async (context) => {
    needKernels(context, series);
    const { code, stdout } = await run(['replay', RACE, '--policy', `linux:${tarball(series)}`]);
    expect(stdout).toContain('after spin_unlock(&xa_lock) in xa_erase');
    expect(stdout).toContain('may still be in the TLB');
    expect(code).toBe(1);
  });

  it('is explored in every order that matters', (context) => {
    needKernels(context, series);
    for (const scenario of [...READS, ...QUEUE]) {
      const some = reached(theC(series), scenario, { kind: 'bounded', bound: 2 }, LIMIT);
      const reduced = reached(theC(series), scenario, DPOR, LIMIT);
      expect(reduced.exploration.verdict).toBe('holds');
      expect(reduced.ends).toEqual(expect.arrayContaining([...some.ends]));
      expect(reduced.violated).toEqual(expect.arrayContaining([...some.violated]));
    }
  });

  it('is not, if it were not known which memory is touched', (context) => {
    needKernels(context, series);
    expect(QUEUE.length).toBe(1);
    for (const scenario of QUEUE) {
      const { ends } = reached(theC(series), scenario, DPOR, LIMIT);
      const { ends: left } = reached(forgetful(theC(series)), scenario, DPOR, LIMIT);
      expect(left.length).toBeLessThan(ends.length);
    }
  });

  it('is explored the same in every process', (context) => {
    needKernels(context, series);
    const explorations = [1, 2, 3].map(() => {
      const path = tarball(series);
      const subject = loadLinux({ path, patches: [], everyAccess: false }, '/', () => {}).subject();
      const explored = QUEUE.map((scenario) => reached(subject, scenario, DPOR, LIMIT));
      if (subject instanceof NativeSubject) subject.close();
      return explored;
    });
    expect(explorations[1]).toEqual(explorations[0]);
    expect(explorations[2]).toEqual(explorations[0]);
  });

  it('comes to the same where every load and store is a point', (context) => {
    needKernels(context, series);
    expect(READS.length).toBe(3);
    for (const scenario of READS) {
      const coarse = reached(theC(series), scenario, DPOR, LIMIT);
      const fine = reached(theC(series, true), scenario, DPOR, LIMIT);
      expect([coarse, fine].map(({ exploration }) => exploration.verdict)).toEqual(BOTH_HOLD);
      expect(fine.exploration.steps).toBeGreaterThan(4 * coarse.exploration.steps);
      expect(fine.ends).toEqual(coarse.ends);
      expect(fine.violated).toEqual(coarse.violated);
    }
  });

  it('takes steps in either order where they are said to commute', (context) => {
    needKernels(context, series);
    let swapped = 0;
    for (const [index, { name, scenario }] of scenarios.entries()) {
      const schedule = randomSchedule(theC(series), scenario, 1 + index);
      const one = played(theC(series), scenario, schedule);
      for (const depth of commuting(schedule, one.touched)) {
        const [first = 0, second = 0] = schedule.slice(depth, depth + 2);
        const exchanged = schedule.toSpliced(depth, 2, second, first);
        const two = played(theC(series), scenario, exchanged);
        if (two.isPossible) expect({ name, end: two.end }).toEqual({ name, end: one.end });
        swapped += Number(two.isPossible);
      }
    }
    expect(swapped).toBeGreaterThan(50);
  });
});

interface Played {
  /** Whether every task could take its step. */
  readonly isPossible: boolean;
  readonly touched: readonly Touched[];
  readonly end: string;
}

function played(subject: Subject, scenario: Scenario, schedule: readonly number[]): Played {
  const interleaved = new InterleavedRun(subject, scenario, []);
  const { footprint } = interleaved.tasks;
  footprint.isWanted = true;
  const touched: Touched[] = [];
  const outcomes: string[] = [];
  for (const task of schedule) {
    if (!interleaved.enabled().includes(task)) return { isPossible: false, touched, end: '' };
    const { outcome } = interleaved.step(task);
    if (outcome !== null) outcomes.push(`${task} ${JSON.stringify(outcome)}`);
    touched.push(footprint.copy());
  }
  const state = interleaved.checked.session.inspect();
  const end = JSON.stringify([outcomes.sort(), { ...state, objects: [...state.objects] }]);
  return { isPossible: interleaved.isDone, touched, end };
}

/** Where two steps of different tasks follow each other that could also do so the other way. */
function commuting(schedule: readonly number[], touched: readonly Touched[]): number[] {
  return [...schedule.keys()].filter((depth) => {
    const [one, other] = touched.slice(depth, depth + 2);
    if (one === undefined || other === undefined) return false;
    if (schedule[depth] === schedule[depth + 1] || meet(other.awaited, one.ended)) return false;
    return !clash(one, other);
  });
}
