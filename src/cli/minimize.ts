import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { loadCases, replaceCase } from '../counterexample/store.ts';
import { violationOf } from '../explore/run-scenario.ts';
import { followTurns } from '../explore/turns.ts';
import { compareScenarios } from '../minimize/order.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { mailText } from '../report/mail-text.ts';
import type { Case } from '../scenario/case.ts';
import { printCase } from '../scenario/case-print.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { type Arguments, onlyPositional, readArguments } from './arguments.ts';
import { readCases } from './case-file.ts';
import { readBudget } from './check-options.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { type Reduced, reducedCase, reducedSequential } from './reduced-case.ts';
import { openPolicy, propertyNamed } from './subjects.ts';
import { isViolated, tellCase } from './told-case.ts';

/** `vmapcheck minimize` */
export const minimize: Verb = {
  help: `Usage: vmapcheck minimize FILE|-|DIRECTORY [options]

Looks for the simplest case that violates the same property on the same policy, and says what was
tried to find a simpler one. FILE may be a mail, as for "vmapcheck replay"; every case in it is
minimised and printed. Of a DIRECTORY, every saved case is minimised and saved there again, in the
place of the one that it comes from; what is simpler and violates the same property on another
policy is tried first.

  --policy POLICY   the policy, whatever policy the cases name
  --certify N       runs to spend on a simpler case than shrinking comes to, or on certifying that
                    there is none in a small scope (${DEFAULT_BUDGET})
  --json            one JSON document on standard output; not for a directory

Exits with 1 if the cases violate their properties, with 0 if one of them does not.
`,
  async run(args, io) {
    const given = readArguments(args, { policy: 'text', certify: 'text' });
    const file = onlyPositional(given, 'file');
    const budget = readBudget(given);
    const path = resolve(io.cwd, file);
    if (file !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      return await minimizeStore(path, given, budget, io);
    }
    const documents: object[] = [];
    let isBad = true;
    for (const { one } of await readCases(file, io)) {
      const policy = await policyOf(one, given, io);
      const found = minimal(policy, one, budget);
      if (found === null) isBad = false;
      if (given.json) documents.push(documentOf(found));
      else io.stdout(textOf(policy, one, found));
    }
    if (given.json) io.stdout(`${JSON.stringify({ cases: documents }, null, 2)}\n`);
    return isBad ? EXIT.violated : EXIT.holds;
  },
};

/** Minimises every case of a directory in its place, and says of each what became of it. */
async function minimizeStore(
  directory: string,
  given: Arguments,
  budget: number,
  io: Io,
): Promise<number> {
  if (given.json) throw new UsageError('--json: not for a directory');
  const policies = new Map<string, LoadedPolicy>();
  let isBad = true;
  const all = loadCases(directory);
  const simplestFirst = all
    .map(({ case: one }) => one)
    .sort((a, b) => compareScenarios(a.scenario, b.scenario));
  for (const stored of all) {
    const name = given.one('policy') ?? stored.case.policy ?? '';
    const policy = policies.get(name) ?? (await policyOf(stored.case, given, io));
    policies.set(name, policy);
    const found = minimal(policy, simplestLike(stored.case, policy, simplestFirst), budget);
    if (found === null) {
      isBad = false;
      io.stdout(`holds    ${stored.name}\n`);
      continue;
    }
    const { path, outcome } = replaceCase(directory, stored, found.counterexample);
    const became = path === stored.path ? '' : `\n      -> ${relative(directory, path)}`;
    io.stdout(`${outcome.padEnd(8)} ${stored.name}${became}\n`);
  }
  return isBad ? EXIT.violated : EXIT.holds;
}

/** The first of the cases that violates the same property on the policy, in one task, or itself. */
function simplestLike(one: Case, policy: LoadedPolicy, cases: readonly Case[]): Case {
  if (one.property === null || one.scenario.tasks.length > 1) return one;
  const property = propertyNamed(one.property);
  const like = cases.find(
    ({ property: name, scenario }) =>
      name === one.property &&
      scenario.tasks.length === 1 &&
      violationOf(policy.subject(), scenario, property) !== null,
  );
  return like === undefined ? one : { ...one, scenario: like.scenario };
}

async function policyOf(one: Case, given: Arguments, io: Io): Promise<LoadedPolicy> {
  const name = given.one('policy') ?? one.policy;
  if (name === null) throw new UsageError('a case names no policy; --policy POLICY does');
  return await openPolicy(name, io);
}

/** The minimal case; null if the policy holds the property in this one. */
function minimal(policy: LoadedPolicy, one: Case, budget: number): Reduced | null {
  if (one.property === null) throw new UsageError('a case names no property to keep violated');
  if (!isViolated(tellCase(one, policy, 'the case'))) return null;
  const property = propertyNamed(one.property);
  const { scenario } = one;
  if (scenario.schedule === undefined) {
    return reducedSequential(policy, scenario, property, budget);
  }
  const { schedule } = followTurns(policy.subject(), scenario, [property]);
  return reducedCase(policy, scenario, { schedule, property }, budget);
}

function textOf(policy: LoadedPolicy, one: Case, found: Reduced | null): string {
  if (found === null) return `${policy.name} holds ${one.property} in this case.\n`;
  return mailText(tellCase(found.counterexample, policy, 'the case'));
}

function documentOf(found: Reduced | null): object {
  if (found === null) return { verdict: 'holds' };
  const { counterexample, certificate } = found;
  return { verdict: 'violated', certificate, case: printCase(counterexample) };
}
