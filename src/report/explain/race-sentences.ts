import { printOperation } from '../../scenario/operation-print.ts';
import { pageText, rangeText } from '../../scenario/page-text.ts';
import { runnerOf, runnerText } from '../../scenario/schedule.ts';
import { pointText } from '../interleaving-text.ts';
import type { InterleavingTrace, Stretch } from '../interleaving-trace.ts';
import type { Deed, InterleavedWitness, Moment } from './interleaved-witness.ts';

/** Why a property is violated in an interleaved run, in sentences. */
export function raceSentences(
  trace: InterleavingTrace,
  { deeds }: InterleavedWitness,
  moment: Moment,
): string[] {
  const { machine, tasks } = trace.scenario;
  const { page, task, operation, holders } = moment;
  const nameOf = (runner: number): string => runnerText(runnerOf(runner, tasks.length));
  const callOf = (runner: number, index: number): string => {
    const call = tasks[runner]?.operations[index];
    const text = call === undefined ? 'its work' : printOperation(call);
    return `${text} of ${nameOf(runner)}`;
  };
  const sentences: string[] = [];
  if (page !== null && holders.length > 0) {
    const cleared = deeds.findLast((deed) => deed.kind === 'clears' && coversPage(deed, page));
    const cpus = holders.map((cpu) => `cpu${cpu}`).join(', ');
    const how =
      cleared === undefined
        ? ''
        : `: ${callOf(cleared.task, cleared.operation)} clears its PTE${functionText(cleared)}`;
    sentences.push(
      `P${moment.pageName.slice(1)} (vpn ${pageText(page)}) is stale on ${cpus}${how}.`,
    );
    if (task !== null) sentences.push(`${callOf(task, operation)} ${flushesText(deeds, moment)}.`);
    sentences.push(whereText(moment, page, machine.vmapBbmapBits));
  } else if (task === null) {
    sentences.push('It shows when every call has returned.');
  } else {
    sentences.push(`It shows in ${callOf(task, operation)}.`);
  }
  return [...sentences, ...partingSentences(trace, nameOf)];
}

/** Where a call was left in its middle, up to the violation, and what ran before it went on. */
function partingSentences(
  { stretches }: InterleavingTrace,
  nameOf: (task: number) => string,
): string[] {
  const violated = stretches.findIndex(({ violations }) => violations.length > 0);
  const last = violated < 0 ? stretches.length : violated + 1;
  return stretches.slice(0, last).flatMap((left, index) => {
    const place = placeText(left);
    if (place === null) return [];
    const on = stretches.findIndex((one, at) => at > index && one.task === left.task);
    const meanwhile = stretches.slice(index + 1, Math.min(on < 0 ? last : on, last));
    const runs = [...new Set(meanwhile.map((one) => `${one.operation} of ${nameOf(one.task)}`))];
    if (runs.length === 0) return [];
    const call = `${left.operation} of ${nameOf(left.task)}`;
    const verb = runs.length === 1 ? 'runs' : 'run';
    return [`Policy and promise part while ${call} ${place}: ${runs.join(', ')} ${verb}.`];
  });
}

/** Where a call stands that could have gone on; null: it did, or waits. */
function placeText({ until }: Stretch): string | null {
  if (until?.kind === 'begins') return 'has just begun';
  return until?.kind === 'after' ? `stands after ${pointText(until.point)}` : null;
}

function flushesText(deeds: readonly Deed[], { task, operation, property }: Moment): string {
  const own = deeds.filter(
    (deed) => deed.kind === 'flushes' && deed.task === task && deed.operation === operation,
  );
  const texts = own.map((deed) => `${rangeText(deed.start, deed.end)}${functionText(deed)}`);
  const flushes = texts.length === 0 ? 'makes no flush' : `flushes only ${texts.join(', then ')}`;
  return property.name === 'no-stale-alias' ? `has to flush it and ${flushes}` : flushes;
}

/** Where the kernel has the page in its books at the moment of the violation. */
function whereText({ blocks, lazy }: Moment, page: number, size: number): string {
  const block = [...blocks.values()].find(({ start }) => start <= page && page < start + size);
  if (block !== undefined) {
    const { start, dirtyMin, dirtyMax, list } = block;
    const where = list < 0 ? 'on no free list' : `on cpu${list}'s free list`;
    const range = `dirty range ${dirtyMin}-${dirtyMax}`;
    return `By then it lies in block ${start}, ${range}, ${where}.`;
  }
  for (let i = 0; i < lazy.length; i += 2) {
    const [start = 0, end = 0] = lazy.slice(i, i + 2);
    if (start <= page && page < end)
      return `By then it lies in the lazy area ${rangeText(start, end)}.`;
  }
  return 'By then it is in no block of the index and in no lazy area: nobody can find it.';
}

function coversPage({ start, end }: Deed, page: number): boolean {
  return start <= page && page < end;
}

function functionText({ inFunction }: Deed): string {
  return inFunction === null ? '' : ` in ${inFunction}()`;
}
