import type { LoadedPolicy } from '../subject/load-policy.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { readCases } from './case-file.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Verb } from './io.ts';
import { openPolicy } from './subjects.ts';
import { type ToldCase, tellCase } from './told-case.ts';

/** `vmapcheck replay` */
export const replay: Verb = {
  help: `Usage: vmapcheck replay FILE|- [--policy POLICY] [--json]

Runs every case of a text and shows what happens, operation by operation. The text may be a mail:
what stands around the cases is not looked at, and the cases may be quoted with "> ". "-" is
standard input. A case of several tasks is run by the schedule it has.

  --policy POLICY   run the cases on this policy, whatever policy they name
  --patch FILE      apply this patch to linux:PATH first; may be repeated
  --json            one JSON document on standard output

Exits with 1 if the property a case names is violated; for a case that names none, if any safety
property is. Exits with 2 if the policy does not come by a point that the schedule names.
`,
  async run(args, io) {
    const given = readArguments(args, { policy: 'text', patch: 'many' });
    const file = onlyPositional(given, 'file');
    const cases = await readCases(file, io);
    const patches = given.all('patch');
    const opened = new Map<string, LoadedPolicy>();
    const told: ToldCase[] = [];
    for (const [index, one] of cases.entries()) {
      const name = given.one('policy') ?? one.policy;
      const which = cases.length === 1 ? 'the case' : `case ${index + 1} of ${cases.length}`;
      if (name === null) throw new UsageError(`${which} names no policy; --policy POLICY does`);
      const policy = opened.get(name) ?? (await openPolicy(name, io, patches));
      opened.set(name, policy);
      told.push(tellCase(one, policy, which));
    }
    if (given.json) {
      const documents = told.map(({ document }) => document);
      io.stdout(`${JSON.stringify({ cases: documents }, null, 2)}\n`);
    } else {
      io.stdout(told.map((one, index) => replayText(one, index, told.length)).join('\n'));
    }
    return told.some(({ isViolated }) => isViolated) ? EXIT.violated : EXIT.holds;
  },
};

function replayText(told: ToldCase, index: number, count: number): string {
  return count === 1 ? told.text : `Case ${index + 1} of ${count}\n\n${told.text}`;
}
