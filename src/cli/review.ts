import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { properties } from '../../properties/index.ts';
import type { Counterexample } from '../counterexample/schema.ts';
import { loadCases, type StoredCase } from '../counterexample/store.ts';
import type { BetweenTasks } from '../explore/between-tasks.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { mailText } from '../report/mail-text.ts';
import { reviewText } from '../report/review-text.ts';
import {
  changes,
  type Evidence,
  evidence,
  REVIEW_STEPS,
  type Review,
  type ReviewOptions,
  reviewPolicy,
} from '../review/review.ts';
import { printCase } from '../scenario/case-print.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { workloads } from '../workload/index.ts';
import type { Workload } from '../workload/workload.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { DEFAULT_MAX_OPS, DEFAULT_SEED, MAX_RUNS, MAX_SEED } from './check-options.ts';
import { costsDocument } from './costs-document.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { Progress } from './progress.ts';
import { reducedCase, reducedSequential } from './reduced-case.ts';
import { openPolicy } from './subjects.ts';
import { tellCase } from './told-case.ts';
import { workloadNamed } from './workloads.ts';

const DEFAULT_RUNS = 5_000;

/** `vmapcheck review` */
export const review: Verb = {
  help: `Usage: vmapcheck review POLICY [options]

Holds a policy against the one that it changes, and shows only where they differ, as a text to
answer a patch with: the verdicts of generated scenarios, what programs of two tasks violate, the
saved counterexamples, and what workloads cost. A property that is worse is shown by a case.

  --base POLICY     hold it against this one (the base of POLICY; for linux:PATH with --patch, the
                    same kernel without the patches)
  --patch FILE      apply this patch to linux:PATH first; may be repeated
  --runs N          scenarios to generate for each of the two (${DEFAULT_RUNS})
  --seed N          the same seed gives the same scenarios (${DEFAULT_SEED})
  --workload NAME   compare costs on this workload only; may be repeated (all of compare)
  --json            one JSON document on standard output

Exits with 1 if a safety property is violated that the base does not violate.
`,
  async run(args, io) {
    const given = readArguments(args, {
      base: 'text',
      patch: 'many',
      runs: 'text',
      seed: 'text',
      workload: 'many',
    });
    const name = onlyPositional(given, 'policy');
    const runs = given.number('runs', 1, MAX_RUNS, DEFAULT_RUNS);
    const seed = given.number('seed', 0, MAX_SEED, DEFAULT_SEED);
    const patches = given.all('patch');
    const named: Workload[] = [];
    for (const one of given.all('workload')) named.push(await workloadNamed(one, 0, io));
    const chosen = named.length === 0 ? workloads : named;
    const candidate = await openPolicy(name, io, patches);
    const base = await openPolicy(given.one('base') ?? baseOf(candidate, patches), io);
    const result = reviewWithProgress(base, candidate, { runs, seed, workloads: chosen }, io);
    const cases = evidence(result).map((one) => counterexampleOf(candidate, one));
    if (given.json) {
      const document = { ...reviewDocument(result), cases: cases.map(printCase) };
      io.stdout(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const mails = cases.map((one) => mailText(tellCase(one, candidate, 'the counterexample')));
      io.stdout([reviewText(result, { runs, seed }), ...mails].join('\n'));
    }
    return isWorse(result) ? EXIT.violated : EXIT.holds;
  },
};

function baseOf({ name, base }: LoadedPolicy, patches: readonly string[]): string {
  if (patches.length > 0) return name;
  if (base !== null) return base;
  throw new UsageError(`${name} changes no other policy; --base POLICY names one`);
}

/** Those in the repository. */
function savedCases(): StoredCase[] {
  const directory = fileURLToPath(new URL('../../counterexamples', import.meta.url));
  return existsSync(directory) ? loadCases(directory) : [];
}

function reviewWithProgress(
  base: LoadedPolicy,
  candidate: LoadedPolicy,
  asked: Pick<ReviewOptions, 'runs' | 'seed' | 'workloads'>,
  io: Io,
): Review {
  const progress = new Progress(io, REVIEW_STEPS, 'steps');
  try {
    return reviewPolicy(base, candidate, {
      ...asked,
      maxOps: DEFAULT_MAX_OPS,
      saved: savedCases(),
      onStep: (done) => progress.done(done),
    });
  } finally {
    progress.close();
  }
}

/** The smallest case there is of what is worse; economy is shown as well as safety. */
function counterexampleOf(
  candidate: LoadedPolicy,
  { property, scenario, schedule }: Evidence,
): Counterexample {
  const { counterexample } =
    schedule === null
      ? reducedSequential(candidate, scenario, property, DEFAULT_BUDGET)
      : reducedCase(candidate, scenario, { property, schedule }, DEFAULT_BUDGET);
  return counterexample;
}

function isWorse(result: Review): boolean {
  const safety = properties.filter(({ kind }) => kind === 'safety').map(({ name }) => name);
  return changes(result).worse.some(({ property }) => safety.includes(property));
}

function reviewDocument(result: Review) {
  const { base, candidate, verdicts, betweenTasks, saved, costs } = result;
  const named = ({ property, program }: BetweenTasks) => ({ property: property.name, program });
  return {
    base: base.name,
    candidate: candidate.name,
    ...changes(result),
    verdicts: verdicts.map(({ property, base: ofBase, candidate: ofCandidate }) => ({
      property: property.name,
      kind: property.kind,
      base: ofBase,
      candidate: ofCandidate,
    })),
    betweenTasks: {
      base: betweenTasks.base.violated.map(named),
      candidate: betweenTasks.candidate.violated.map(named),
    },
    saved: saved.map(({ scenario: _scenario, ...one }) => one),
    costs: costs.map(({ workload, ...pair }) => ({
      workload: workload.name,
      base: costsDocument(pair.base),
      candidate: costsDocument(pair.candidate),
    })),
  };
}
