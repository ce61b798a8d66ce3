import { exploreBounded } from './explore-bounded.ts';
import { exploreDpor } from './explore-dpor.ts';
import { explorePct } from './explore-pct.ts';
import { exploreRandom } from './explore-random.ts';
import type { Exploration, Explorer } from './explorer.ts';

/**
 * Explores the interleavings of one scenario by the strategy asked for, and stops at the first
 * violation. Deterministic: the same arguments give the same exploration. Watch only properties
 * that have a meaning with several calls in flight.
 */
export const explore: Explorer = (subject, scenario, options): Exploration => {
  const { strategy } = options;
  switch (strategy.kind) {
    case 'random':
      return exploreRandom(subject, scenario, options, strategy.seed);
    case 'pct':
      return explorePct(subject, scenario, options, strategy);
    case 'bounded':
      return exploreBounded(subject, scenario, options, strategy.bound);
    case 'dpor':
      return exploreDpor(subject, scenario, options);
  }
};
