import { describe, expect, it } from 'vitest';
import { InterleavedRun } from '../src/explore/interleaved-run.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { areaName } from '../src/scenario/names.ts';
import { builtInPolicy } from '../src/subject/load-policy.ts';
import type { Subject } from '../src/subject/port.ts';
import { tasks } from './concurrent/bug.ts';

/** As many CPUs as it takes; with three, purges keep up. */
const CPUS = 6;

/**
 * The most lazy pages there were at a time while tasks, one on each of six CPUs, took and freed an
 * area of two pages so many times each, every task taking one step in its turn: no scheduler is
 * fairer. lazy_max_pages() is 2.
 */
function backlogInTurns(subject: Subject, times: number): number {
  const programs = Array.from({ length: CPUS }, (_, cpu) => {
    const names = Array.from({ length: times }, (__, nth) => areaName(cpu * times + nth));
    const calls = names.flatMap((name) => [`${name} = get_vm_area(1)`, `free_vm_area(${name})`]);
    return [`cpu${cpu}`, ...calls] as const;
  });
  const text = tasks(`cpus=${CPUS} vmalloc=4096 lazy-max=2`, ...programs);
  const run = new InterleavedRun(subject, parseCase(text).scenario, []);
  const enabled: number[] = [];
  let last = -1;
  while (run.enabled(enabled).length > 0) {
    last = enabled.find((task) => task > last) ?? enabled[0] ?? 0;
    run.step(last);
  }
  return run.checked.session.peaks()?.lazyPages ?? Number.NaN;
}

/** The lazy backlog after a few allocations and frees, and after four times as many. */
const backlogs = (policy: string) =>
  [8, 32].map((times) => backlogInTurns(builtInPolicy(policy).subject(), times));

describe('the starvation of mail 3, with tasks that take turns at every step', () => {
  it.each(['v5.0', 'mail3-yield-always'])('the more is freed the more waits: %s', (policy) => {
    const [few = 0, many = 0] = backlogs(policy);
    expect(few).toBeGreaterThan(30);
    expect(many).toBeGreaterThan(2 * few);
  });

  it.each(['mail3-threshold', 'v5.4', 'v5.11', 'v6.12'])(
    'what waits stays under a bound: %s',
    (policy) => {
      const [few = 0, many = 0] = backlogs(policy);
      expect(many).toBeLessThan(1.5 * few);
      expect(many).toBeLessThan(40);
    },
  );
});
