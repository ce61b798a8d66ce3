import { properties } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import type { Strategy } from '../explore/explorer.ts';
import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { interleavableProperty } from './subjects.ts';

/** The options of `explore` and whether they may be repeated. */
export const EXPLORE_OPTIONS = {
  property: 'many',
  strategy: 'text',
  bound: 'text',
  depth: 'text',
  limit: 'text',
  seed: 'text',
  certify: 'text',
} as const;

export const DEFAULT_BOUND = 2;
export const DEFAULT_DEPTH = 3;
export const DEFAULT_SEED = 1;
export const DEFAULT_LIMIT = 100_000;
const MOST_PREEMPTIONS = 1_000;
const MAX_LIMIT = 1_000_000_000;
const MAX_SEED = 2 ** 31 - 1;

/** The strategies, and the options that each of them takes. */
const STRATEGIES = {
  dpor: [],
  bounded: ['bound'],
  pct: ['depth', 'seed'],
  random: ['seed'],
} as const;
type StrategyName = keyof typeof STRATEGIES;

/** How the options ask to explore. Throws a UsageError for one that does not go with the others. */
export function readStrategy(given: Arguments): Strategy {
  const name = given.one('strategy') ?? strategyFor(given);
  if (!isStrategy(name)) {
    const names = Object.keys(STRATEGIES);
    const hint = didYouMean(name, names) || `; known are ${names.join(', ')}`;
    throw new UsageError(`--strategy: ${shown(name)} is none${hint}`);
  }
  const takes: readonly string[] = STRATEGIES[name];
  for (const option of ['bound', 'depth', 'seed']) {
    if (given.one(option) === null || takes.includes(option)) continue;
    throw new UsageError(`--${option} does not go with --strategy ${name}`);
  }
  const seed = given.number('seed', 0, MAX_SEED, DEFAULT_SEED);
  switch (name) {
    case 'bounded':
      return { kind: name, bound: given.number('bound', 0, MOST_PREEMPTIONS, DEFAULT_BOUND) };
    case 'dpor':
      return { kind: name };
    case 'pct':
      return { kind: name, seed, depth: given.number('depth', 1, MOST_PREEMPTIONS, DEFAULT_DEPTH) };
    case 'random':
      return { kind: name, seed };
  }
}

/** The strategy that an option means which only one of them takes. */
function strategyFor(given: Arguments): StrategyName {
  if (given.one('bound') !== null) return 'bounded';
  return given.one('depth') !== null ? 'pct' : 'dpor';
}

/** How many interleavings may be run. Throws a UsageError for a value out of range. */
export function readLimit(given: Arguments): number {
  return given.number('limit', 1, MAX_LIMIT, DEFAULT_LIMIT);
}

/** The properties to watch: those named, that of the case, or every safety property. */
export function readProperties(given: Arguments, ofCase: string | null): readonly Property[] {
  const named = given.all('property');
  const names = new Set(named.length === 0 && ofCase !== null ? [ofCase] : named);
  if (names.size > 0) return [...names].map(interleavableProperty);
  return properties.filter(({ kind, interleaved }) => kind === 'safety' && interleaved !== 'never');
}

function isStrategy(name: string): name is StrategyName {
  return Object.hasOwn(STRATEGIES, name);
}
