import { expect, it } from 'vitest';
import { backlogVerdict } from '../../../src/workload/contention-meter.ts';

it('a backlog grows if it is large and the second half has a quarter more', () => {
  const halves: readonly (readonly [number, number])[] = [
    [0, 100],
    [100, 101],
    [300, 400],
    [300, 401],
    [400, 500],
    [400, 501],
    [9_000, 900],
  ];
  expect(halves.map((each) => backlogVerdict(each, 100))).toEqual([
    'unreached',
    'bounded',
    'bounded',
    'grows',
    'bounded',
    'grows',
    'bounded',
  ]);
});
