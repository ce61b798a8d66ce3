import { describe, expect, it } from 'vitest';
import {
  PassedStep,
  type Run,
  runStepped,
  runStraight,
  StoppedStep,
} from '../../../models/kernel/point.ts';

const object = {};

function* stops(kind: 'read' | 'blocked'): Run<number> {
  yield { kind, object, label: 'vb->free' };
  return 7;
}

function* passes(): Run<number> {
  const step = new PassedStep<number>(0);
  return (yield* step.with(3)) + (yield* step.with(4));
}

describe('StoppedStep', () => {
  it('stops once, at the point that it is, and then does its thing', () => {
    const did: string[] = [];
    const step = new StoppedStep('write', object, 'vb->free', () => did.push('written'));
    expect(step.next()).toMatchObject({
      done: false,
      value: { kind: 'write', object, label: 'vb->free' },
    });
    expect(did).toEqual([]);
    expect(step.next()).toEqual({ done: true, value: 1 });
    expect(did).toEqual(['written']);
  });

  it('gives its result to whoever delegates to it', () => {
    function* delegates(): Run<number> {
      return 1 + (yield* new StoppedStep('read', object, 'vb->free', () => 6));
    }
    expect(runStepped(delegates())).toBe(7);
  });
});

describe('runStraight', () => {
  it('returns what a function returns that passes its points', () => {
    expect(runStraight(passes())).toBe(7);
  });

  it('refuses a function that stops, and says where', () => {
    expect(() => runStraight(stops('read'))).toThrow('stopped at vb->free');
  });
});

describe('runStepped', () => {
  it('goes on at every point and returns the result', () => {
    expect(runStepped(stops('read'))).toBe(7);
    expect(runStepped(passes())).toBe(7);
  });

  it('gives up where a lock is waited for, as nobody else can release it', () => {
    expect(() => runStepped(stops('blocked'))).toThrow('waits for vb->free');
  });
});
