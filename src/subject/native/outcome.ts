import type { Outcome } from '../port.ts';
import { DEATHS, STATUS } from './wire.ts';

/** What becomes of a call that the program does not answer. */
export const PROGRAM_ENDED: Outcome = {
  status: 'died',
  reason: 'the program of the kernel has ended',
  cause: 'oops',
};

/**
 * How a call ended, from what the program answers. `text`: a warning, or what the machine died of;
 * `values`: what it returned, if that is a list.
 */
export function outcomeOf(
  status: number,
  value: number,
  text: string,
  values: readonly number[],
): Outcome {
  const warning = text === '' ? null : text;
  switch (status) {
    case STATUS.nothing:
      return { status: 'returned', value: 0, warning };
    case STATUS.address:
    case STATUS.number:
      return { status: 'returned', value, warning };
    case STATUS.list:
      return { status: 'returned-many', values, warning };
    case STATUS.failed:
      return { status: 'failed', reason: 'NULL', warning };
    default:
      return { status: 'died', reason: text, cause: DEATHS[value] ?? 'oops' };
  }
}
