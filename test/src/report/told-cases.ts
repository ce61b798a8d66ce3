import { readdirSync, readFileSync } from 'node:fs';
import { tellCase } from '../../../src/cli/told-case.ts';
import type { Told } from '../../../src/report/told.ts';
import type { Case } from '../../../src/scenario/case.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';

/** The saved case of a property and a policy, run on that policy. */
export function savedCase(property: string, policy: string): Told {
  const name = readdirSync('counterexamples').find((one) =>
    one.startsWith(`${property}--${policy}--`),
  );
  if (name === undefined) throw new Error(`no case of ${property} on ${policy}`);
  return toldOn(parseCase(readFileSync(`counterexamples/${name}`, 'utf8')), policy);
}

/** A case, run on a policy as it stands in a text. */
export function toldOn(one: Case, policy: string): Told {
  return tellCase({ ...one, policy, certificate: [] }, builtInPolicy(policy), 'the case');
}

/** The race of a block that is all dirty and on no list. */
export function raceCase(): Case {
  return parseCase(readFileSync('scenarios/race-1-dirty-block-between-lists.case', 'utf8'));
}
