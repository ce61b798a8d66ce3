import { match } from 'ts-pattern';
import type { Property } from '../../properties/property.ts';
import type { Exploration, Strategy } from '../explore/explorer.ts';
import { counted, grouped, wrapWords } from './words.ts';

/** What fits a mail and can still be quoted in one. */
const COLUMNS = 72;

/** What an exploration came to, and how much of all interleavings that says something about. */
export function explorationText(
  policy: string,
  watched: readonly Property[],
  strategy: Strategy,
  explored: Exploration,
): string {
  const { interleavings, steps } = explored;
  const noun = interleavings === 1 ? 'interleaving' : 'interleavings';
  const covered = `${grouped(interleavings)} ${noun}, ${grouped(steps)} steps`;
  const [only, ...others] = watched;
  const which = others.length === 0 ? `${only?.name}` : `all ${watched.length} properties`;
  const holds = others.length === 0 ? 'holds' : 'hold';
  const scope = scopeOf(strategy);
  const text = match(explored)
    .with({ verdict: 'violated' }, ({ property }) => `${property.name}: violated, after ${covered}`)
    .with({ verdict: 'holds' }, () => `${which}: ${holds}, complete: ${covered}, ${scope}`)
    .with(
      { verdict: 'unfinished' },
      () => `${which}: not finished: no violation in ${covered}, ${scope}`,
    )
    .exhaustive();
  return `${wrapWords(`${policy}: ${text}`, COLUMNS, 2).join('\n')}\n`;
}

/** The interleavings that a strategy chooses from. */
function scopeOf(strategy: Strategy): string {
  return match(strategy)
    .with({ kind: 'bounded' }, ({ bound }) => `at most ${counted(bound, 'preemption')}`)
    .with({ kind: 'dpor' }, () => 'any number of preemptions')
    .with({ kind: 'pct' }, ({ depth, seed }) => `random priorities, depth ${depth}, seed ${seed}`)
    .with({ kind: 'random' }, ({ seed }) => `chosen at random, seed ${seed}`)
    .exhaustive();
}
