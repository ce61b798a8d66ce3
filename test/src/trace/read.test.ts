import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { checkTrace } from '../../../src/trace/check/check-trace.ts';
import { readTrace } from '../../../src/trace/read.ts';
import { replayTrace } from '../../../src/trace/replay/replay.ts';
import { unpack } from '../../../src/trace/unpack.ts';
import { damaged } from './damage.ts';
import { record } from './recorder.ts';
import { kernelNamed, recordingOf } from './recordings.ts';

const SMALL = record(recordingOf('v6.12', { calls: 8, rounds: 2, nodes: 2, lazyMaxPages: 100 }));
const LINES = SMALL.trimEnd().split('\n');

/** What is said of a text that is no trace. */
function refusal(text: string): string {
  try {
    readTrace(text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'is taken';
}

async function gzipRefusal(bytes: Uint8Array): Promise<string> {
  try {
    readTrace(await unpack(bytes));
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'is taken';
}

/** The trace with a line, counted from 1, in place of its own. */
function withLine(line: number, text: string): string {
  return LINES.with(line - 1, text).join('\n');
}

describe('a trace that is damaged', () => {
  test.each([
    ['', 'line 1: '],
    ['{"format":"vmtrace-1"}', 'line 1: '],
    [LINES.slice(1).join('\n'), 'line 1: must be the header'],
    [withLine(5, '[1,2'), 'line 5: not JSON'],
    [withLine(5, ''), 'line 5: not JSON'],
    [withLine(5, '[1050,0,100,"Z",1]'), 'line 5: unknown code "Z"'],
    [withLine(5, '[1050,7,100,"u"]'), 'line 5: cpu: "7" is not a whole number of 0..1'],
    [withLine(5, '[1050,0,100,"M",0,-3]'), 'line 5: pages: "-3" is not a number of pages'],
    [withLine(5, '[1050,0,100,"M",1e300,3]'), 'line 5: start: "1e+300" is not a whole number'],
    [withLine(5, '[1050,0,100,"M",3]'), 'line 5: M has 2 arguments, not 1'],
    [withLine(5, '[1,0,100,"u"]'), 'line 5: out of order: it is of 1 ns, line 4 of '],
    [withLine(5, '{"snap":"s"}'), 'line 5: no snapshot: t: '],
    [LINES.join('\n').slice(0, -3), `line ${LINES.length}: the file is cut off within this line`],
  ])('%#: says where and what', (text, message) => {
    expect(refusal(text)).toContain(message);
    expect(refusal(text)).not.toContain('\n');
  });

  test('is taken as it is without an end mark, and known to be cut short', () => {
    const trace = readTrace(LINES.slice(0, -1).join('\n'));
    expect(trace.complete).toBe(false);
    expect(readTrace(SMALL).complete).toBe(true);
  });

  test('is told of as a gzip file', async () => {
    const whole = gzipSync(SMALL);
    expect(await gzipRefusal(whole)).toBe('is taken');
    expect(await gzipRefusal(new TextEncoder().encode(SMALL))).toBe('is taken');
    expect(await gzipRefusal(whole.subarray(0, -20))).toMatch(/^line \d+: the gzip file is cut/);
    const flipped = Uint8Array.from(whole, (byte, at) => (at === 400 ? byte ^ 0x55 : byte));
    expect(await gzipRefusal(flipped)).toMatch(/^line \d+: the gzip file is damaged/);
    expect(await gzipRefusal(whole.subarray(0, 2))).toMatch(/^line 1: the gzip file is cut short/);
  });

  test('is refused with its line, or replayed to a verdict', () => {
    const verdicts = { refused: 0, same: 0, other: 0 };
    const kernel = kernelNamed('v6.12');
    fc.assert(
      fc.property(damaged(SMALL), (text) => {
        const refused = refusal(text);
        if (refused !== 'is taken') {
          expect(refused).toMatch(/^line \d+: [^\n]+$/);
          verdicts.refused++;
          return;
        }
        const trace = readTrace(text);
        const { first, died } = replayTrace(kernel, trace, { untilDivergence: true });
        checkTrace(trace);
        if (first === null && died === null) verdicts.same++;
        else verdicts.other++;
      }),
      { seed: 20_261_128, numRuns: 1_500 },
    );
    expect(verdicts.refused).toBeGreaterThan(500);
    expect(verdicts.other).toBeGreaterThan(60);
    // A line that says nothing of its own may be missing, an unmap's name changed.
    expect(verdicts.same).toBeLessThan(verdicts.other);
  });
});
