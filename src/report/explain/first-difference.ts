import { rangeText } from '../../scenario/page-text.ts';
import type { InterleavingTrace, Stretch } from '../interleaving-trace.ts';
import type { BlockState, Trace, TraceStep } from '../trace.ts';
import { inFunction } from './functions.ts';
import type { Happening, Witness } from './witness.ts';

/** The same scenario on a policy, as it is told and as it was seen from within. */
export interface SeenTrace {
  readonly trace: Trace;
  readonly witness: Witness;
}

/**
 * The first operation in which two policies do not do the same of one scenario: a line that says
 * which, one for each policy, and one for what the kernel functions did first that differs.
 */
export function firstDifference(one: SeenTrace, other: SeenTrace): string[] {
  const [a, b] = [one.trace, other.trace];
  const names = `${a.policy} and ${b.policy}`;
  const at = a.steps.findIndex((step, index) => doneText(step) !== doneText(b.steps[index]));
  if (at < 0) return [`${names} do the same in every operation.`];
  return [
    `${names} part in operation ${at + 1}, ${a.steps[at]?.operation}:`,
    `${a.policy}: ${doneText(a.steps[at])}.`,
    `${b.policy}: ${doneText(b.steps[at])}.`,
    ...functionDifference(one, other, at),
  ];
}

const NOTHING = 'nothing to be seen';

/** What an operation came to, block by block. */
function doneText(step: TraceStep | undefined): string {
  if (step === undefined) return 'not run';
  const { outcome, events, blocks, blocksGone, lazy } = step;
  return (
    [
      ...outcome,
      ...events,
      ...blocks.map(blockText),
      ...blocksGone.map((start) => `block ${start} is gone`),
      ...(lazy === 0 ? [] : [`vmap_lazy_nr ${lazy}`]),
    ].join('; ') || NOTHING
  );
}

function blockText({ start, free, dirty, dirtyMin, dirtyMax, list }: BlockState): string {
  const where = list < 0 ? 'on no free list' : `on cpu${list}'s free list`;
  const range = dirtyMin < dirtyMax ? `dirty range ${dirtyMin}-${dirtyMax}` : 'no dirty range';
  return `block ${start}: free ${free}, dirty ${dirty}, ${range}, ${where}`;
}

function functionDifference(one: SeenTrace, other: SeenTrace, at: number): string[] {
  const [own, others] = [one.witness.steps[at], other.witness.steps[at]];
  // The C file does not tell which functions run.
  if (!own?.functions.length || !others?.functions.length) return [];
  const [mine, theirs] = [own.happenings, others.happenings];
  const count = Math.max(mine.length, theirs.length);
  for (let i = 0; i < count; i++) {
    const [first, second] = [happeningText(mine[i]), happeningText(theirs[i])];
    if (first === second) continue;
    const [a, b] = [one.trace.policy, other.trace.policy];
    return [`In it ${a} ${first} where ${b} ${second}.`];
  }
  return [];
}

function happeningText(happening: Happening | undefined): string {
  if (happening === undefined) return 'returns';
  const { kind, start, end, within } = happening;
  const what = kind === 'locks' ? `locks block ${start}` : `${kind} ${rangeText(start, end)}`;
  return `${what}${inFunction(within)}`;
}

/** The same of two interleaved runs by one schedule: the first stretch that differs. */
export function firstStretchDifference(a: InterleavingTrace, b: InterleavingTrace): string[] {
  const names = `${a.policy} and ${b.policy}`;
  const at = a.stretches.findIndex(
    (one, index) => stretchText(one) !== stretchText(b.stretches[index]),
  );
  const stretch = a.stretches[at];
  if (stretch === undefined) return [`${names} do the same from switch to switch.`];
  return [
    `${names} part in ${stretch.operation} of task ${stretch.task}:`,
    `${a.policy}: ${stretchText(stretch)}.`,
    `${b.policy}: ${stretchText(b.stretches[at])}.`,
  ];
}

function stretchText(stretch: Stretch | undefined): string {
  if (stretch === undefined) return 'not run';
  const { outcome, events, changes } = stretch;
  return [...(outcome ?? []), ...events, ...changes].join('; ') || NOTHING;
}
