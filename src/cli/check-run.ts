import type { Counterexample } from '../counterexample/schema.ts';
import type { CheckOptions, CheckReport, Verdict } from '../explore/check.ts';
import { checkPolicy } from '../explore/check-policy.ts';
import { checkTasks } from '../explore/check-tasks.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';
import { confirmedCase, reducedCase } from './reduced-case.ts';

export type Violated = Extract<Verdict, { verdict: 'violated' }>;

/** A violation, and the case that shows it. */
export interface Shown {
  readonly verdict: Violated;
  readonly counterexample: Counterexample;
}

/**
 * Checks a policy with so many tasks, and sees that every counterexample shows what it should once
 * more. Throws CannotTell if one does not.
 */
export function runCheck(
  policy: LoadedPolicy,
  options: CheckOptions,
  tasks: number,
  io: Io,
): { readonly report: CheckReport; readonly shown: readonly Shown[] } {
  const found = checkWithProgress(policy, options, tasks, io);
  const shown = new Map<Verdict, Shown>();
  for (const verdict of found.verdicts) {
    if (verdict.verdict !== 'violated') continue;
    const { schedule } = verdict;
    const confirmed =
      schedule === undefined
        ? { verdict, counterexample: confirmedCase(policy, verdict).counterexample }
        : leastInterleaving(policy, { ...verdict, schedule }, options.certify ?? DEFAULT_BUDGET);
    shown.set(verdict, confirmed);
  }
  const verdicts = found.verdicts.map((verdict) => shown.get(verdict)?.verdict ?? verdict);
  return { report: { ...found, verdicts }, shown: [...shown.values()] };
}

function checkWithProgress(
  policy: LoadedPolicy,
  options: CheckOptions,
  tasks: number,
  io: Io,
): CheckReport {
  const progress = new Progress(io, options.runs);
  const watched = { ...options, onProgress: (runs: number) => progress.done(runs) };
  try {
    return tasks > 1
      ? checkTasks(policy.subject(), tasks, watched)
      : checkPolicy(policy.subject(), watched);
  } finally {
    progress.close();
  }
}

/** A violation by several tasks, made as small as it can be had. */
function leastInterleaving(
  policy: LoadedPolicy,
  violated: Violated & Required<Pick<Violated, 'schedule'>>,
  budget: number,
): Shown {
  const { scenario } = violated;
  const { counterexample, certificate } = reducedCase(policy, scenario, violated, budget);
  const verdict = { ...violated, scenario: counterexample.scenario, certificate };
  return { verdict, counterexample };
}
