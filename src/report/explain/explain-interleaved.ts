import type { Property } from '../../../properties/property.ts';
import { explore } from '../../explore/explore.ts';
import type { Exploration, Strategy } from '../../explore/explorer.ts';
import { assignedArea, usedArea } from '../../scenario/names.ts';
import type { Operation } from '../../scenario/operation.ts';
import { printOperation } from '../../scenario/operation-print.ts';
import { pageText, rangeText } from '../../scenario/page-text.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { preemptionsIn, runnerOf, runnerText } from '../../scenario/schedule.ts';
import type { Subject } from '../../subject/port.ts';
import { pointText } from '../interleaving-text.ts';
import type { InterleavingTrace } from '../interleaving-trace.ts';
import { counted, grouped, orText } from '../words.ts';
import type { Explanation } from './explain.ts';
import {
  type Deed,
  type InterleavedWitness,
  type Moment,
  witnessTurns,
} from './interleaved-witness.ts';
import type { Without } from './without.ts';

/** Interleavings that are looked at where something is left out, at most. */
const LIMIT = 500;
/** Scenarios of more operations are not taken apart: it would take too long. */
const MOST_OPERATIONS = 12;

/** Explains the first violation of a property in an interleaved run; null if there is none. */
export function explainInterleaved(
  subject: Subject,
  { scenario, turns }: InterleavingTrace,
  property: Property,
): Explanation | null {
  const seen = witnessTurns(subject, scenario, property);
  if (seen.moment === null) return null;
  const why = whySentences(scenario, seen, seen.moment);
  const count = scenario.tasks.reduce((sum, { operations }) => sum + operations.length, 0);
  if (count > MOST_OPERATIONS) return { property, why, without: [] };
  const look = (rest: Scenario, strategy: Strategy): Exploration =>
    explore(subject, rest, { strategy, properties: [property], limit: LIMIT });
  const bare: Scenario = { machine: scenario.machine, tasks: scenario.tasks };
  const preemptions = preemptionsIn(turns);
  const fewer: Without[] =
    preemptions === 0
      ? []
      : [
          {
            what: preemptions === 1 ? 'Without the preemption' : 'With fewer preemptions',
            instead: outcomeText(look(bare, { kind: 'bounded', bound: preemptions - 1 })),
          },
        ];
  return { property, why, without: [...fewer, ...withoutEach(bare, seen.moment, look)] };
}

/** Leaves out each operation in turn, but for the one that violates. */
function withoutEach(
  scenario: Scenario,
  moment: Moment,
  look: (rest: Scenario, strategy: Strategy) => Exploration,
): Without[] {
  const byText = new Map<string, string[]>();
  for (const [task, { operations }] of scenario.tasks.entries()) {
    for (const [index, operation] of operations.entries()) {
      if (task === moment.task && index === moment.operation) continue;
      const rest = leaveOut(scenario, operation);
      const outcome = look(rest, { kind: 'dpor' });
      const text = outcomeText(outcome);
      byText.set(text, [...(byText.get(text) ?? []), printOperation(operation)]);
    }
  }
  return [...byText].map(([instead, calls]) => ({ what: `Without ${orText(calls)}`, instead }));
}

function leaveOut({ machine, tasks }: Scenario, gone: Operation): Scenario {
  const area = assignedArea(gone);
  const isKept = (one: Operation): boolean =>
    one !== gone && (area === null || usedArea(one) !== area);
  return {
    machine,
    tasks: tasks.map(({ cpu, operations }) => ({ cpu, operations: operations.filter(isKept) })),
  };
}

function outcomeText(outcome: Exploration): string {
  const { verdict, interleavings } = outcome;
  const count = grouped(interleavings);
  switch (verdict) {
    case 'holds':
      return interleavings === 1 ? 'it holds' : `it holds in all ${count} interleavings`;
    case 'violated':
      return 'it is violated all the same';
    case 'unfinished':
      return `it is not violated in the first ${counted(interleavings, 'interleaving')}`;
  }
}

function whySentences({ machine, tasks }: Scenario, { deeds }: InterleavedWitness, moment: Moment) {
  const { page, task, operation, standing } = moment;
  const nameOf = (runner: number): string => runnerText(runnerOf(runner, tasks.length));
  const callOf = (runner: number, index: number): string => {
    const call = tasks[runner]?.operations[index];
    return call === undefined ? 'its work' : printOperation(call);
  };
  const judged = `${callOf(task, operation)} of ${nameOf(task)}`;
  const sentences: string[] = [];
  if (page !== null) {
    const cleared = deeds.findLast((deed) => deed.kind === 'clears' && coversPage(deed, page));
    const cpus = moment.holders.map((cpu) => `cpu${cpu}`).join(', ');
    if (cleared !== undefined) {
      sentences.push(
        `P${moment.pageName.slice(1)} (vpn ${pageText(page)}) is stale on ${cpus}: ` +
          `${callOf(cleared.task, cleared.operation)} of ${nameOf(cleared.task)} clears its PTE` +
          `${functionText(cleared)}.`,
      );
    }
    sentences.push(
      `${judged} ${flushesText(deeds, moment)}.`,
      whereText(moment, page, machine.vmapBbmapBits),
    );
  } else {
    sentences.push(`It shows in ${judged}.`);
  }
  for (const { task: other, operation: index, passed } of standing) {
    const where = passed === null ? 'has just begun' : `stands after ${pointText(passed)}`;
    sentences.push(
      `Policy and promise part there: ${callOf(other, index)} of ${nameOf(other)} ${where}.`,
    );
  }
  return sentences;
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
