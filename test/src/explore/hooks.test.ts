import { describe, expect, it } from 'vitest';
import type { Watcher } from '../../../properties/property.ts';
import { Hooks } from '../../../src/explore/hooks.ts';

describe('Hooks', () => {
  it('has the watchers that have a hook, in their order', () => {
    const quiet: Watcher = {};
    const flushes: Watcher = { flushAsked: () => {} };
    const both: Watcher = { flushAsked: () => {}, state: () => {} };
    const hooks = new Hooks([quiet, both, flushes]);
    expect(hooks.flushAsked).toEqual([both, flushes]);
    expect(hooks.state).toEqual([both]);
    expect(hooks.complaint).toEqual([]);
  });

  it('knows every hook there is', () => {
    const all: Required<Watcher> = {
      ptesSet: () => {},
      ptesCleared: () => {},
      flushAsked: () => {},
      frameFreed: () => {},
      complaint: () => {},
      callBegins: () => {},
      allocated: () => {},
      callReturned: () => {},
      state: () => {},
    };
    for (const found of Object.values(new Hooks([all]))) expect(found).toEqual([all]);
    expect(Object.keys(new Hooks([]))).toEqual(Object.keys(all));
  });
});
