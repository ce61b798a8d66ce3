import { pageText } from '../src/scenario/page-text.ts';
import type { Property } from './property.ts';

export const locking: Property = {
  name: 'locking',
  kind: 'safety',
  invariant: 'I9',
  prose:
    'No deadlock, lock order inversion, sleep in atomic context or foreign unlock; every ' +
    'flush has start < end.',
  source: 'lockdep and might_sleep(); fc2c22693c60 (v6.9), cb6075bc62dc (v6.16) for an empty flush',
  interleaved: 'always',
  underConcurrency:
    'As it stands. A deadlock is when tasks are left and none can go on; a livelock, when tasks ' +
    'that take turns do not come to an end.',
  watch(_world, violated) {
    return {
      flushAsked(start, end) {
        if (!(start < end))
          violated(
            `flush_tlb_kernel_range(${pageText(start)}, ${pageText(end)}): start is not below end`,
          );
      },
      complaint(cause, text) {
        if (cause === 'locking') violated(text);
      },
      callReturned(call, outcome) {
        if (outcome.status === 'died' && outcome.cause === 'locking') {
          violated(`${call.kind}: ${outcome.reason}`);
        }
      },
    };
  },
};
