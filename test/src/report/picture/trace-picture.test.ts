import { expect, test } from 'vitest';
import { amountText } from '../../../../src/report/picture/axes.ts';
import { tracePicture } from '../../../../src/report/picture/trace-picture.ts';
import { grouped } from '../../../../src/report/words.ts';
import { checkTrace } from '../../../../src/trace/check/check-trace.ts';
import { readTrace } from '../../../../src/trace/read.ts';
import { record } from '../../trace/recorder.ts';
import { recordingOf } from '../../trace/recordings.ts';

const TRACE = readTrace(record(recordingOf('v6.12', { nodes: 2, cpus: 4, tasks: 4 })));
const PICTURE = tracePicture('a<b&"c".jsonl', TRACE);

/** The names of elements that are not closed, or closed out of turn. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) wrong.push(name);
    } else if (self !== '/') {
      open.push(name);
    }
  }
  return [...wrong, ...open];
}

test('is well-formed, whatever the file is called, and needs no network', () => {
  expect(unbalanced(PICTURE)).toEqual([]);
  expect(PICTURE).toContain('a&lt;b&amp;&quot;c&quot;.jsonl');
  expect(PICTURE.replaceAll(/&(lt|gt|amp|quot);/g, '')).not.toContain('&');
  expect(PICTURE).not.toMatch(/NaN|Infinity|undefined/);
  expect([...PICTURE.matchAll(/[a-z]+:\/\/[^"]*/g)].map(String)).toEqual([
    'http://www.w3.org/2000/svg',
  ]);
});

test('has the sums of the report', () => {
  const { flushes, asked, dirty } = checkTrace(TRACE).flushes;
  expect(flushes).toBeGreaterThan(3);
  expect(PICTURE).toContain(`${grouped(flushes)} flushes ask for ${amountText(asked)} pages; `);
  expect(PICTURE).toContain(`${amountText(dirty)} had been unmapped since they were last flushed`);
  expect(PICTURE).toContain(`asked for, ${amountText(asked)} in all`);
});

test('draws a stroke for each flush', () => {
  const strokes = /<path class="asked" d="([^"]*)"/.exec(PICTURE)?.[1] ?? '';
  expect(strokes.match(/M/g)?.length).toBe(checkTrace(TRACE).flushes.flushes);
});

test('stays as it is', async () => {
  const small = record(recordingOf('v6.12', { calls: 6, rounds: 1, nodes: 2 }));
  const picture = tracePicture('small.jsonl', readTrace(small));
  await expect(picture).toMatchFileSnapshot('small.svg');
});
