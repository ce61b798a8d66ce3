import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record } from '../trace/recorder.ts';
import { recordingOf } from '../trace/recordings.ts';
import { refusal, run } from './fake-io.ts';

const TRACE = record(recordingOf('v6.12', { calls: 8, rounds: 2, nodes: 2, lazyMaxPages: 100 }));
const LINES = TRACE.trimEnd().split('\n');

let cwd = '';

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'vmapcheck-trace-'));
  const file = (name: string, content: string | Uint8Array): void => {
    writeFileSync(join(cwd, name), content);
  };
  file('whole.jsonl.gz', gzipSync(TRACE));
  file('plain.jsonl', TRACE);
  file('short.jsonl', LINES.slice(0, 60).join('\n'));
  file('cut.jsonl.gz', gzipSync(TRACE).subarray(0, 900));
  file('empty.jsonl', '');
  file('old.jsonl', TRACE.replace('"6.12.7-test"', '"4.19.0"'));
});

afterAll(() => rmSync(cwd, { recursive: true }));

describe('vmapcheck trace', () => {
  test('exits with 0 where all is the same, packed or not', async () => {
    for (const file of ['whole.jsonl.gz', 'plain.jsonl']) {
      const { code, stdout, stderr } = await run(['trace', file], { cwd });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Replayed through v6.12 (Linux v6.12): everything matches.');
    }
  });

  test('exits with 1 where it is not, and shows where', async () => {
    const { code, stdout } = await run(['trace', 'plain.jsonl', '--policy', 'v6.5'], { cwd });
    expect(code).toBe(1);
    expect(
      stdout.slice(stdout.indexOf('The first'), stdout.indexOf('what the record')),
    ).toMatchSnapshot();
  });

  test('exits with 2 where the record was cut short', async () => {
    const { code, stdout } = await run(['trace', 'short.jsonl'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toContain('It has no end mark: it was cut short after line 60');
  });

  test('says the same in JSON', async () => {
    const args = ['trace', 'plain.jsonl', '--policy', 'v6.5', '--json'];
    const document: unknown = JSON.parse((await run(args, { cwd })).stdout);
    expect(document).toMatchObject({
      policy: 'v6.5',
      firstDivergence: { kind: expect.any(String) },
    });
  });

  test('draws what was recorded', async () => {
    const { code } = await run(['trace', 'plain.jsonl', '--svg', 'out.svg'], { cwd });
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'out.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test.each([
    ['cut.jsonl.gz', /^64 vmapcheck: cut.jsonl.gz: line \d+: the gzip file is cut short/],
    ['empty.jsonl', /^64 vmapcheck: empty.jsonl: line 1: /],
    ['none.jsonl', /^64 vmapcheck: none.jsonl: no such file/],
    ['old.jsonl', /^64 vmapcheck: no version models kernel "4.19.0"; --policy POLICY does/],
  ])('refuses %s in one line', async (file, message) => {
    expect((await refusal(['trace', file], { cwd })).replaceAll('\n', ' ')).toMatch(message);
  });
});
