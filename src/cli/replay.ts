import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { properties } from '../../properties/index.ts';
import { isNodeError } from '../counterexample/atomic-write.ts';
import { executionText } from '../report/execution-text.ts';
import { type Trace, traceScenario } from '../report/trace.ts';
import type { Case } from '../scenario/case.ts';
import { parseCases } from '../scenario/case-text.ts';
import { ScenarioError } from '../scenario/errors.ts';
import { SCENARIO_LIMITS } from '../scenario/limits.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { refuseTooLarge } from './case-size.ts';
import { CannotTell, UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { openPolicy, propertyNamed } from './subjects.ts';
import { traceDocument } from './trace-document.ts';

/** `vmapcheck replay` */
export const replay: Verb = {
  help: `Usage: vmapcheck replay FILE|- [--policy POLICY] [--json]

Runs every case of a text and shows what happens, operation by operation. The text may be a mail:
what stands around the cases is not looked at, and the cases may be quoted with "> ". "-" is
standard input.

  --policy POLICY   run the cases on this policy, whatever policy they name
  --json            one JSON document on standard output

Exits with 1 if the property a case names is violated; for a case that names none, if any safety
property is.
`,
  async run(args, io) {
    const given = readArguments(args, { policy: 'text' });
    const file = onlyPositional(given, 'file');
    const cases = parseNamed(file, file === '-' ? await io.readStdin() : readText(file, io.cwd));
    const opened = new Map<string, LoadedPolicy>();
    const traces: Trace[] = [];
    for (const [index, one] of cases.entries()) {
      const name = given.one('policy') ?? one.policy;
      const which = cases.length === 1 ? 'the case' : `case ${index + 1} of ${cases.length}`;
      if (name === null) throw new UsageError(`${which} names no policy; --policy POLICY does`);
      const policy = opened.get(name) ?? (await openPolicy(name, io.cwd));
      opened.set(name, policy);
      traces.push(traceCase(one, policy, which));
    }
    if (given.json) {
      const documents = traces.map(traceDocument);
      io.stdout(`${JSON.stringify({ cases: documents }, null, 2)}\n`);
    } else {
      io.stdout(traces.map((trace, index) => replayText(trace, index, traces.length)).join('\n'));
    }
    return traces.some(isViolated) ? EXIT.violated : EXIT.holds;
  },
};

function parseNamed(file: string, text: string): Case[] {
  try {
    return parseCases(text);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const name = file === '-' ? 'standard input' : file;
    throw new ScenarioError(error.line, error.problem, name);
  }
}

function readText(file: string, cwd: Io['cwd']): string {
  const path = resolve(cwd, file);
  try {
    if (statSync(path).size > SCENARIO_LIMITS.textBytes) {
      throw new UsageError(`${file}: longer than ${SCENARIO_LIMITS.textBytes} bytes`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) throw new UsageError(`${file}: no such file`);
    if (isNodeError(error, 'EISDIR')) throw new UsageError(`${file}: is a directory`);
    if (isNodeError(error, 'EACCES')) throw new UsageError(`${file}: may not be read`);
    throw error;
  }
}

function traceCase(one: Case, policy: LoadedPolicy, which: string): Trace {
  const tasks = one.scenario.tasks.length;
  if (tasks > 1) throw new CannotTell(`${which} has ${tasks} tasks; only one can be run so far`);
  refuseTooLarge(one.scenario, which);
  const watched = one.property === null ? properties : [propertyNamed(one.property)];
  return traceScenario(policy.subject(), one.scenario, watched);
}

/** Economy violations count when asked for by name. */
function isViolated({ properties: watched, violations }: Trace): boolean {
  const named = watched.length === 1;
  return violations.some(({ property }) => named || property.kind === 'safety');
}

function replayText(trace: Trace, index: number, count: number): string {
  const text = executionText(trace);
  return count === 1 ? text : `Case ${index + 1} of ${count}\n\n${text}`;
}
