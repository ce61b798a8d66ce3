import type { Property } from './property.ts';

export const objectLifetime: Property = {
  name: 'object-lifetime',
  kind: 'safety',
  invariant: 'I14',
  prose:
    'Nothing freed or not yet initialised is read; nothing is freed twice; no legal call ends ' +
    'in BUG() or an oops.',
  source: 'kfree_rcu() of blocks; a34acf30b19b (v6.10), 993d0b287e2e (v5.19) for NULL pointers',
  interleaved: 'always',
  underConcurrency:
    'As it stands; what waits for a grace period may be read by whoever was in an RCU read-side ' +
    'critical section before.',
  watch(_world, violated) {
    return {
      callReturned(call, outcome) {
        if (outcome.status !== 'died') return;
        if (outcome.cause === 'oops' || outcome.cause === 'bug') {
          violated(`${call.kind}: ${outcome.reason}`);
        }
      },
    };
  },
};
