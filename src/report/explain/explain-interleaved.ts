import type { Property } from '../../../properties/property.ts';
import { explore } from '../../explore/explore.ts';
import type { Exploration, Strategy } from '../../explore/explorer.ts';
import { assignedArea, usedArea } from '../../scenario/names.ts';
import type { Operation } from '../../scenario/operation.ts';
import { printOperation } from '../../scenario/operation-print.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { preemptionsIn } from '../../scenario/schedule.ts';
import type { Subject } from '../../subject/port.ts';
import type { InterleavingTrace } from '../interleaving-trace.ts';
import { counted, grouped, orText } from '../words.ts';
import type { Explanation } from './explain.ts';
import { type Moment, witnessTurns } from './interleaved-witness.ts';
import { raceSentences } from './race-sentences.ts';
import type { Without } from './without.ts';

/** Interleavings that are looked at where something is left out, at most. */
const LIMIT = 500;
/** Scenarios of more operations are not taken apart: it would take too long. */
const MOST_OPERATIONS = 12;

/** Explains the first violation of a property in an interleaved run; null if there is none. */
export function explainInterleaved(
  subject: Subject,
  trace: InterleavingTrace,
  property: Property,
): Explanation | null {
  const { scenario, turns } = trace;
  const seen = witnessTurns(subject, scenario, property);
  if (seen.moment === null) return null;
  const why = raceSentences(trace, seen, seen.moment);
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
            each: [],
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
  const calls = scenario.tasks.flatMap(({ operations }) => operations.map(printOperation));
  const byText = new Map<string, string[]>();
  for (const [task, { operations }] of scenario.tasks.entries()) {
    for (const [index, operation] of operations.entries()) {
      if (task === moment.task && index === moment.operation) continue;
      const rest = leaveOut(scenario, operation);
      const outcome = look(rest, { kind: 'dpor' });
      const text = outcomeText(outcome);
      const call = printOperation(operation);
      const isOnly = calls.indexOf(call) === calls.lastIndexOf(call);
      const name = isOnly ? call : `${call} of task ${task}`;
      byText.set(text, [...(byText.get(text) ?? []), name]);
    }
  }
  return [...byText].map(([instead, each]) => ({
    what: `Without ${orText(each)}`,
    each,
    instead,
  }));
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
