import { describe, expect, test } from 'vitest';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import { Random } from '../../../src/explore/random.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { readTrace } from '../../../src/trace/read.ts';
import { AreaNames } from '../../../src/workload/calls.ts';
import { traceWorkload } from '../../../src/workload/trace-workload.ts';
import { record } from '../trace/recorder.ts';
import { recordingOf } from '../trace/recordings.ts';

const TRACE = readTrace(record(recordingOf('v6.1', { cpus: 1, tasks: 1 })));
const WORKLOAD = traceWorkload('recorded', TRACE);

/** How many lines of the trace have one of these codes. */
function recorded(...codes: readonly string[]): number {
  return TRACE.lines.filter(({ code }) => codes.includes(code)).length;
}

describe('what was recorded, asked of a policy', () => {
  test('is what a caller may ask, as often as it was recorded', () => {
    const machine = WORKLOAD.machine(WORKLOAD.cpus);
    const run = new CheckedRun(builtInPolicy('v6.1').subject(), machine, [], {
      tlb: 'fast',
      stateInterval: 1,
    });
    const made = new Map<string, number>();
    const names = new AreaNames();
    const operations = WORKLOAD.operations({ machine, random: new Random(1), names });
    for (let next = operations.next(); next.done !== true; next = operations.next(Number.NaN)) {
      const { kind } = next.value;
      expect(run.step(next.value)).toMatchObject({ kind: 'called' });
      made.set(kind, (made.get(kind) ?? 0) + 1);
    }
    expect(made.get('vm_map_ram')).toBe(recorded('B'));
    expect(made.get('vm_unmap_ram')).toBe(recorded('b'));
    expect(made.get('vm_unmap_ram')).toBeGreaterThan(10);
    expect(made.get('vmalloc')).toBeGreaterThan(10);
    expect(made.get('vfree')).toBeGreaterThan(10);
  });

  test('says what the recorded kernel itself flushed', () => {
    expect(WORKLOAD.prose).toMatch(/that kernel made \d+ flushes of \d\.\d{3}e\d+ pages$/);
    expect(WORKLOAD.prose).toContain(`${recorded('T')} flushes`);
  });
});
