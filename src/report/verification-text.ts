import { match } from 'ts-pattern';
import type { Domain } from '../explore/small-programs.ts';
import type { VerifyProgress } from '../explore/verification.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import { COLUMNS, counted, grouped, wrapWords } from './words.ts';

/** What a verification came to. */
export type VerifyVerdict = 'violated' | 'holds' | 'unfinished';

/** A verification, as far as it went. */
export interface Verified {
  readonly policy: string;
  readonly domain: Domain;
  /** Names of the properties watched. */
  readonly properties: readonly string[];
  /** Interleavings of one program, at most. */
  readonly limit: number;
  readonly progress: VerifyProgress;
  /** Whether it looks for all violations, not only for the first. */
  readonly keepsGoing: boolean;
  /** Operations of the first program that was not explored; null: none is left. */
  readonly sizeLeft: number | null;
}

/** The verdict on all of the properties together. */
export function verdictOf({ progress: { violations, isEnd, cut } }: Verified): VerifyVerdict {
  if (violations.length > 0) return 'violated';
  return isEnd && cut === 0 ? 'holds' : 'unfinished';
}

/** What a verification came to, and what exactly that says something about. */
export function verificationText(verified: Verified): string {
  const lines = verdictLines(verified).map((text) => `${verified.policy}: ${text}`);
  const all = [...lines, domainText(verified.domain)];
  return `${all.flatMap((text) => wrapWords(text, COLUMNS, 2)).join('\n')}\n`;
}

function verdictLines(verified: Verified): string[] {
  const { properties, progress, keepsGoing } = verified;
  const { violations, isEnd, cut } = progress;
  const covered = coveredText(verified);
  const [violation] = violations;
  if (violation !== undefined && !keepsGoing) {
    return [`${violation.property}: violated, after ${covered}`];
  }
  const lines = violations.map(
    ({ property, program }) => `${property}: violated, by program ${grouped(program + 1)}`,
  );
  const left = properties.length - violations.length;
  if (left === 0) return [...lines, `no property is left, after ${covered}`];
  const isComplete = isEnd && cut === 0;
  const verdict = isComplete ? 'complete: ' : 'not finished: no violation in ';
  const holds = isComplete ? (left === 1 ? ' holds,' : ' hold,') : '';
  return [...lines, `${whichAreLeft(verified)}:${holds} ${verdict}${covered}`];
}

function whichAreLeft({ properties, progress: { violations } }: Verified): string {
  const violated = violations.map(({ property }) => property);
  const left = properties.filter((name) => !violated.includes(name));
  if (left.length === 1) return `${left[0]}`;
  return violated.length > 0
    ? `the other ${left.length} properties`
    : `all ${left.length} properties`;
}

function coveredText({ progress, limit, sizeLeft }: Verified): string {
  const { next, interleavings, steps, cut } = progress;
  const figures = [
    `${grouped(next)} ${next === 1 ? 'program' : 'programs'}`,
    `${grouped(interleavings)} interleavings`,
    `${grouped(steps)} steps`,
  ];
  if (sizeLeft !== null) {
    figures.push(`every program of fewer than ${counted(sizeLeft, 'operation')} among them`);
  }
  if (cut > 0) {
    figures.push(`${grouped(cut)} of the programs only up to ${grouped(limit)} interleavings`);
  }
  return figures.join(', ');
}

/** The programs that are looked at, and the machines. */
function domainText({ tasks, operations, calls, machines }: Domain): string {
  const each = operations === 1 ? '1 operation' : `1 to ${operations} operations`;
  const on = machines.map(printMachineSpec).join('; ');
  const who = match(tasks)
    .with(1, () => `1 task of ${each}`)
    .otherwise(() => `${tasks} tasks of ${each} each`);
  return `Programs: ${who}, of ${calls.join(', ')}; any number of preemptions; on ${on}`;
}

/** The same for programs, a document for each violation put in. */
export function verificationDocument(verified: Verified, violations: readonly object[]): object {
  const { policy, domain, properties, limit, progress, sizeLeft } = verified;
  const { tasks, operations, calls, machines } = domain;
  const { next, interleavings, redundant, steps, cut } = progress;
  return {
    policy,
    verdict: verdictOf(verified),
    domain: { tasks, operations, calls, machines: machines.map(printMachineSpec), limit },
    properties,
    programs: next,
    sizeLeft,
    interleavings,
    redundant,
    steps,
    cut,
    violations,
  };
}
