import type { Violation } from '../explore/checked-run.ts';
import type { Case } from '../scenario/case.ts';
import { preemptionsIn } from '../scenario/schedule.ts';
import type { Explanation } from './explain/explain.ts';
import type { InterleavingTrace } from './interleaving-trace.ts';
import type { Trace } from './trace.ts';
import { COLUMNS, counted, wrapWords } from './words.ts';

/** How a case ran: operation by operation, or by its schedule. */
export type ToldExecution =
  | { readonly kind: 'sequential'; readonly trace: Trace }
  | { readonly kind: 'interleaved'; readonly trace: InterleavingTrace };

/** A case that has run, with all that any of its forms shows. */
export interface Told {
  /** As it ran: with the policy it ran on and what was observed now. */
  readonly one: Case;
  readonly execution: ToldExecution;
  /** Null where nothing is violated. */
  readonly explanation: Explanation | null;
  /** Lines of prose: where the run parts from that on another policy. */
  readonly differences: readonly string[];
}

/** The last lines of every form, as herd ends: a line for each property that says so in short. */
export function observations({ one, execution }: Told): string[] {
  const { violations, properties } = execution.trace;
  const length = lengthText(execution);
  if (violations.length === 0) {
    const [only, ...others] = properties;
    const all = `all ${properties.length} properties: hold`;
    return [`Observation ${others.length === 0 ? `${only?.name}: holds` : all}, ${length}`];
  }
  const certificate = one.certificate.join(' ').replace(/\.$/, '') || 'not certified';
  return violations.map(({ property }) =>
    inTwoLines(`Observation ${property.name}: violated 1, ${length}`, certificate),
  );
}

/** With as much of the certificate as two lines of a mail hold: the case has it in full. */
function inTwoLines(verdict: string, certificate: string): string {
  const fits = (text: string): boolean => wrapWords(text, COLUMNS, 2).length <= 2;
  const whole = `${verdict} (${certificate})`;
  const words = certificate.split(' ');
  let text = whole;
  while (!fits(text) && words.pop() !== undefined) text = `${verdict} (${words.join(' ')} ...)`;
  return text;
}

function lengthText({ kind, trace }: ToldExecution): string {
  const { tasks } = trace.scenario;
  const operations = tasks.reduce((sum, task) => sum + task.operations.length, 0);
  const length = `in ${counted(operations, 'operation')}`;
  if (kind === 'sequential') return length;
  return `${length} and ${counted(preemptionsIn(trace.turns), 'preemption')}`;
}

/** `no-stale-alias: When vm_unmap_aliases returns, ...`: the promise, in its own words. */
export function promiseText({ property }: Violation): string {
  return `${property.name}: ${property.prose}`;
}
