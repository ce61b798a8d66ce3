import { match } from 'ts-pattern';
import type { Step } from '../explore/checked-run.ts';
import { frameText, pageText } from '../scenario/page-text.ts';
import type { Call, Outcome } from '../subject/port.ts';

const MISUSE_WORDS = {
  refused: ': refused, nothing changed',
  accepted: ': accepted, so the run ends here',
  died: '',
} as const;

/** So many values of a list are shown before the rest is only counted. */
const VALUES_SHOWN = 4;

/**
 * What an operation returned, and how it was taken, each a line of its own: `-> page 4`. Empty if
 * there is nothing to say. `ended`: the machine had stopped before it.
 */
export function outcomeLines(step: Step, ended: boolean): string[] {
  return match(step)
    .with({ kind: 'skipped' }, () =>
      ended
        ? ['not run: what goes before has ended the run']
        : ['skipped: what it refers to was never allocated'],
    )
    .with({ kind: 'touched' }, ({ pfn, stale }) => [touchText(pfn, stale)])
    .with({ kind: 'called' }, ({ call, outcome }) => outcomeText(call, outcome))
    .with({ kind: 'misused' }, ({ call, outcome, verdict }) => [
      ...outcomeText(call, outcome),
      `not a call its caller may make${MISUSE_WORDS[verdict]}`,
    ])
    .exhaustive();
}

/** All that the words depend on. */
type CallKind = Pick<Call, 'kind'>;

function touchText(pfn: number, stale: boolean): string {
  const from = stale ? ' through a stale TLB entry' : '';
  return pfn < 0 ? 'page fault: not mapped' : `reads ${frameText(pfn)}${from}`;
}

/** What a call returned, and that it died or warned, each a line of its own. */
export function outcomeText(call: CallKind, outcome: Outcome): string[] {
  return match(outcome)
    .with({ status: 'returned' }, ({ value, warning }) => [
      ...returnedText(call, value),
      ...warningText(warning),
    ])
    .with({ status: 'returned-many' }, ({ values, warning }) => [
      `-> ${listText(call, values)}`,
      ...warningText(warning),
    ])
    .with({ status: 'failed' }, ({ reason, warning }) => [`-> ${reason}`, ...warningText(warning)])
    .with({ status: 'died' }, ({ reason }) => [`the machine dies: ${reason}`])
    .exhaustive();
}

function returnedText(call: CallKind, value: number): string[] {
  switch (call.kind) {
    case 'vmalloc':
    case 'vmap':
    case 'vm_map_ram':
    case 'get_vm_area':
    case 'ioremap':
      return [`-> page ${pageText(value)}`];
    case 'find_vm_area':
      return [`-> the area at page ${pageText(value)}`];
    case 'vmalloc_to_page':
      return [value < 0 ? '-> NULL' : `-> ${frameText(value)}`];
    default:
      return [];
  }
}

function listText(call: CallKind, values: readonly number[]): string {
  if (values.length === 0) return 'nothing';
  const isRead = call.kind === 'vread';
  const text = isRead ? (pfn: number) => (pfn === 0 ? 'zeroes' : frameText(pfn)) : pageText;
  const shown = values.slice(0, VALUES_SHOWN).map(text).join(', ');
  const rest = values.length - VALUES_SHOWN;
  const what = isRead ? '' : values.length === 1 ? 'page ' : 'pages ';
  return `${what}${shown}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function warningText(warning: string | null): string[] {
  return warning === null ? [] : [`WARN ${warning}`];
}
