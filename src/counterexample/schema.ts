import { createHash } from 'node:crypto';
import type { Case } from '../scenario/case.ts';
import { printCase } from '../scenario/case-print.ts';

/** A scenario, the property it violates, and the policy it violates it on. */
export interface Counterexample extends Case {
  readonly policy: string;
  readonly property: string;
}

/** How the name of every file of a store ends. */
export const CASE_SUFFIX = '.case';

const DIGEST_CHARS = 8;
const POLICY_CHARS = 80;

/**
 * What makes two cases the same one: the canonical text without what was observed and certified,
 * which may be told in other words tomorrow.
 */
export function identityOf(one: Case): string {
  return printCase({ ...one, observed: [], certificate: [] });
}

/**
 * The name under which a store keeps a counterexample: property, policy and a digest of its
 * identity, so that `ls` tells the story and equal cases are one file.
 */
export function caseFileName(one: Counterexample): string {
  const policy = one.policy.replaceAll(/[^A-Za-z0-9._+-]+/g, '_').slice(0, POLICY_CHARS);
  const digest = createHash('sha256').update(identityOf(one)).digest('hex').slice(0, DIGEST_CHARS);
  return `${one.property}--${policy}--${digest}${CASE_SUFFIX}`;
}
