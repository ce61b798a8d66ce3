import type { Counterexample } from '../counterexample/schema.ts';
import { saveCase } from '../counterexample/store.ts';
import type { CheckOptions, CheckReport, Verdict } from '../explore/check.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { type Checked, checkText, operationsOf } from '../report/check-text.ts';
import { coverageText } from '../report/coverage-text.ts';
import { mailText } from '../report/mail-text.ts';
import { printCase } from '../scenario/case-print.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import {
  CHECK_OPTIONS,
  DEFAULT_MAX_OPS,
  DEFAULT_MAX_OPS_OF_TASKS,
  DEFAULT_RUNS,
  DEFAULT_SEED,
  readCheckOptions,
  readTasks,
} from './check-options.ts';
import { runCheck, type Shown } from './check-run.ts';
import { CannotTell, UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { openPolicy } from './subjects.ts';
import { tellCase } from './told-case.ts';

/** `vmapcheck check` */
export const check: Verb = {
  help: `Usage: vmapcheck check POLICY [options]

Generates scenarios, runs each on the policy and the reference side by side, and prints a shrunk
counterexample for every property that is violated. POLICY is the name of a built-in policy, the
path of a TypeScript file such as models/policies/candidate-example.ts, or linux:PATH, a kernel tree
or the tarball of one: then its mm/vmalloc.c is what runs. The output can be given to
"vmapcheck replay" as it is.

  --property NAME   check this property; may be repeated (all of them)
  --runs N          scenarios to generate (${DEFAULT_RUNS})
  --max-ops N       operations of the longest scenario (${DEFAULT_MAX_OPS}; with several tasks
                    ${DEFAULT_MAX_OPS_OF_TASKS} of all)
  --tasks N         tasks that run beside each other, every scenario in one interleaving; without
                    it each call returns before the next begins (1)
  --seed N          the same seed gives the same scenarios (${DEFAULT_SEED})
  --cpus N          possible CPUs of every machine (varies)
  --block N         VMAP_BBMAP_BITS, pages of a vmap_block (varies)
  --max-alloc N     VMAP_MAX_ALLOC, with --block (half of it)
  --arch NAME       architecture whose TLB flush is simulated (varies)
  --patch FILE      apply this patch to linux:PATH first; may be repeated
  --certify N       runs to spend on a simpler counterexample than shrinking came to, or on
                    certifying that there is none in a small scope (${DEFAULT_BUDGET})
  --save DIR        keep each counterexample as a file there
  --json            one JSON document on standard output

Exits with 1 if a safety property is violated, or any property that --property names. An economy
property that is violated is a finding: its counterexample is shown if it is named.
`,
  async run(args, io) {
    const given = readArguments(args, CHECK_OPTIONS);
    const argument = onlyPositional(given, 'policy');
    const tasks = readTasks(given);
    const options = readCheckOptions(given, tasks);
    const policy = await openPolicy(argument, io, given.all('patch'));
    const { report, shown } = runCheck(policy, options, tasks, io);
    const areNamed = given.all('property').length > 0;
    const counts = ({ property }: Verdict): boolean => areNamed || property.kind === 'safety';
    const { seed, maxOps } = options;
    const { name, title } = policy;
    const asked = { policy: name, title, seed, tasks, maxOps };
    const checked: Checked = { ...asked, expected: expectedOf(policy, tasks), isShown: counts };
    if (given.json) {
      io.stdout(`${JSON.stringify(checkDocument(checked, report, shown), null, 2)}\n`);
    } else {
      io.stdout(`${checkText(checked, report)}\n${coverageText(report)}`);
      for (const { verdict, counterexample } of shown) {
        if (!counts(verdict)) continue;
        const told = tellCase(counterexample, policy, 'the counterexample');
        io.stdout(`\n${mailText(told)}`);
      }
    }
    const directory = given.one('save');
    if (directory !== null) {
      for (const { counterexample } of shown) {
        save(directory, counterexample, given.json, io);
      }
    }
    const isBad = shown.some(({ verdict }) => counts(verdict));
    const never = isBad || tasks > 1 ? [] : neverReached(report, options);
    if (never.length > 0) throw new CannotTell(`never executed: ${never.join(', ')}`);
    return isBad ? EXIT.violated : EXIT.holds;
  },
};

/** What is known of a policy: with several tasks, what they show as well. */
function expectedOf(policy: LoadedPolicy, tasks: number): LoadedPolicy['expected'] {
  const { expected, expectedInterleaved } = policy;
  return tasks > 1 ? { ...expectedInterleaved, ...expected } : expected;
}

/** From so many operations on, a kind that was never executed means that generation is broken. */
const ENOUGH_OPERATIONS = 50_000;

/** Kinds of operation that a long check without a violation should have executed and did not. */
function neverReached(report: CheckReport, { machine }: CheckOptions): string[] {
  if (report.operations < ENOUGH_OPERATIONS) return [];
  const cannotMigrate = machine.possibleCpus?.length === 1;
  return [...report.coverage.operations]
    .filter(([kind, count]) => count === 0 && !(kind === 'migrate' && cannotMigrate))
    .map(([kind]) => kind);
}

function save(directory: string, counterexample: Counterexample, json: boolean, io: Io): void {
  try {
    const { path, outcome } = saveCase(directory, counterexample);
    if (!json) io.stdout(`\n${outcome} ${path}\n`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--save ${directory}: ${problem}`, { cause: error });
  }
}

function checkDocument(checked: Checked, report: CheckReport, shown: readonly Shown[]) {
  const cases = new Map(shown.map((one) => [one.verdict.property, one]));
  return {
    policy: checked.policy,
    title: checked.title,
    seed: checked.seed,
    maxOps: checked.maxOps,
    ...(checked.tasks > 1 ? { tasks: checked.tasks } : {}),
    runs: report.runs,
    operations: report.operations,
    verdicts: report.verdicts.map((verdict) => {
      const { name, kind } = verdict.property;
      const expected = checked.expected[name] ?? { verdict: 'holds' };
      const found = cases.get(verdict.property);
      if (found === undefined) return { property: name, kind, verdict: 'holds', expected };
      return {
        property: name,
        kind,
        verdict: 'violated',
        expected,
        run: found.verdict.run,
        operations: operationsOf(found.verdict),
        detail: found.verdict.detail,
        certificate: found.verdict.certificate,
        case: printCase(found.counterexample),
      };
    }),
    coverage: {
      operations: Object.fromEntries(report.coverage.operations),
      tracepoints: Object.fromEntries(report.coverage.tracepoints),
    },
  };
}
