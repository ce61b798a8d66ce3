import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkTrace } from '../../../../src/trace/check/check-trace.ts';
import type { KernelTrace } from '../../../../src/trace/event.ts';
import { readTrace } from '../../../../src/trace/read.ts';
import { type Replay, replayTrace } from '../../../../src/trace/replay/replay.ts';
import { unpack } from '../../../../src/trace/unpack.ts';
import { traceMutants } from '../mutants.ts';
import { record } from '../recorder.ts';
import { kernelNamed, recordingOf } from '../recordings.ts';

const REAL = {
  'v6.1': await read('linux-6.1.192-4cpu-full.jsonl.gz'),
  'v6.12': await read('linux-6.12.117-4cpu-full.jsonl.gz'),
} as const;

const NAMES = ['v6.1', 'v6.12'] as const;

async function read(file: string): Promise<KernelTrace> {
  return readTrace(await unpack(readFileSync(`traces/${file}`)));
}

function differing({ counts }: Replay): string[] {
  return counts.filter(({ matched, compared }) => matched !== compared).map(({ kind }) => kind);
}

function comparedOf({ counts }: Replay, kind: string): number {
  return counts.find((count) => count.kind === kind)?.compared ?? 0;
}

describe('what was recorded of Debian kernels', () => {
  test('v6.1 does what 6.1.192 did', () => {
    const replay = replayTrace(kernelNamed('v6.1'), REAL['v6.1']);
    expect(replay.first).toBeNull();
    expect(replay.died).toBeNull();
    expect(differing(replay)).toEqual([]);
    expect(comparedOf(replay, 'addresses from the heap')).toBe(28_653);
    expect(comparedOf(replay, 'flush ranges')).toBe(632);
    expect(comparedOf(replay, 'lazy counts')).toBe(28_035);
    expect(comparedOf(replay, 'snapshots')).toBe(13);
  });

  test('v6.12 does what 6.12.117 did', () => {
    const replay = replayTrace(kernelNamed('v6.12'), REAL['v6.12']);
    expect(replay.first).toBeNull();
    expect(replay.died).toBeNull();
    expect(differing(replay)).toEqual([]);
    expect(comparedOf(replay, 'addresses from the heap')).toBe(20_637);
    expect(comparedOf(replay, 'pops from a pool')).toBe(8_285);
    expect(comparedOf(replay, 'flush ranges')).toBe(995);
    expect(comparedOf(replay, 'areas out of decayed pools')).toBe(19_566);
    expect(comparedOf(replay, 'snapshots')).toBe(13);
  });

  test('6.1.192 left stale aliases 22 times, 6.12.117 never', () => {
    const violations = (trace: KernelTrace): number[] =>
      checkTrace(trace).findings.flatMap(({ property, violations: count }) => {
        return property === 'no-stale-alias' || SAFETY.includes(property) ? [count] : [];
      });
    expect(violations(REAL['v6.1'])).toEqual([0, 22, 0, 0]);
    expect(violations(REAL['v6.12'])).toEqual([0, 0, 0, 0]);
  });

  test('swapped, they part at once', () => {
    for (const name of NAMES) {
      const other = name === 'v6.1' ? 'v6.12' : 'v6.1';
      const { first } = replayTrace(kernelNamed(other), REAL[name], { untilDivergence: true });
      expect(first?.line.line).toBeLessThan(300);
    }
  });

  test.each(traceMutants)('it is noticed when $name', ({ kind, apply, needsNodes }) => {
    for (const name of NAMES) {
      if (needsNodes === true && name === 'v6.1') continue;
      const replay = replayTrace(apply(kernelNamed(name)), upTo(REAL[name], 30_000), {
        untilDivergence: kind !== 'lazy counts',
      });
      expect(replay.first?.kind).toBe(kind);
    }
  });
});

/** The beginning of a trace: what is noticed is noticed there. */
function upTo(trace: KernelTrace, lines: number): KernelTrace {
  return { ...trace, lines: trace.lines.slice(0, lines), complete: false };
}

/** Version, CPUs, nodes, pages of a block, lazy_max_pages(). */
const MACHINES = [
  ['v5.18', 2, 1, 128, 100],
  ['v6.1', 1, 1, 64, 300],
  ['v6.1', 2, 1, 512, 100],
  ['v6.1', 3, 1, 256, 2_000],
  ['v6.4', 4, 1, 128, 300],
  ['v6.5', 4, 1, 64, 300],
  ['v6.9', 1, 3, 128, 100],
  ['v6.12', 1, 1, 64, 100],
  ['v6.12', 2, 2, 512, 300],
  ['v6.12', 4, 4, 128, 2_000],
  ['v6.12', 4, 2, 256, 100],
] as const;

describe('what a recorder makes of other machines', () => {
  test.each(MACHINES)(
    '%s on %i CPUs, %i nodes, blocks of %i pages, lazy_max_pages %i',
    (name, cpus, nodes, blockPages, lazyMaxPages) => {
      for (const seed of [2, 4]) {
        const machine = { cpus, tasks: cpus, nodes, blockPages, lazyMaxPages, seed };
        const trace = readTrace(record(recordingOf(name, machine)));
        const replay = replayTrace(kernelNamed(name), trace);
        expect(replay.first).toBeNull();
        expect(replay.died).toBeNull();
        expect(differing(replay)).toEqual([]);
        expect(comparedOf(replay, 'snapshots')).toBe(4);
        expect(comparedOf(replay, 'lazy counts')).toBeGreaterThan(20);
        const unsafe = checkTrace(trace).findings.filter(({ property, violations }) => {
          return violations > 0 && SAFETY.includes(property);
        });
        expect(unsafe).toEqual([]);
      }
    },
  );
});

const SAFETY = ['flush-before-reuse', 'space-partition', 'lazy-count'];
