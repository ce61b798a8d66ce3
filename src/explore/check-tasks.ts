import fc from 'fast-check';
import type { Subject } from '../subject/port.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import type { CheckOptions, CheckReport, Verdict } from './check.ts';
import { PropertyViolated } from './commands.ts';
import { CoverageCounter } from './coverage.ts';
import { InterleavedRun, type InterleavedStep } from './interleaved-run.ts';
import { runSwitched, scenarioOf, type TaskPlan, taskPlanArbitrary } from './task-plans.ts';

type Violated = Extract<Verdict, { verdict: 'violated' }>;

/**
 * The same as checkPolicy with several tasks: generates scenarios with an interleaving each. A
 * property that is violated is shrunk, operations, switches and all, and then no longer watched.
 * Watch only properties that have a meaning with several calls in flight.
 */
export function checkTasks(subject: Subject, tasks: number, options: CheckOptions): CheckReport {
  const coverage = new CoverageCounter();
  const violated = new Map<string, Violated>();
  let runs = 0;
  while (runs < options.runs) {
    const properties = options.properties.filter(({ name }) => !violated.has(name));
    if (properties.length === 0) break;
    const search = new Search(subject, { ...options, properties }, runs, coverage);
    const found = search.run(tasks);
    runs = search.runs;
    if (found === null) break;
    violated.set(found.property.name, found);
  }
  const verdicts = options.properties.map(
    (property): Verdict => violated.get(property.name) ?? { property, verdict: 'holds', runs },
  );
  return { verdicts, runs, operations: coverage.total, coverage };
}

/** Runs until one of the properties is violated. */
class Search {
  readonly #subject: Subject;
  readonly #options: CheckOptions;
  readonly #coverage: CoverageCounter;
  /** Scenarios run so far, those of searches before included, shrinking not. */
  runs: number;
  #shrinks = false;

  constructor(
    subject: Subject,
    options: CheckOptions,
    runsBefore: number,
    coverage: CoverageCounter,
  ) {
    this.#subject = subject;
    this.#options = options;
    this.#coverage = coverage;
    this.runs = runsBefore;
  }

  /** Null if none of the properties is violated in the runs that are left. */
  run(tasks: number): Violated | null {
    const { seed, runs, maxOps, machine, shrink } = this.#options;
    const result = fc.check(
      fc.property(taskPlanArbitrary(tasks, maxOps, machine), (plan) => this.#runPlan(plan)),
      // A seed of its own for each search, so that a later one does not repeat the earlier runs.
      { seed: seed + this.runs, numRuns: runs - this.runs, endOnFailure: !shrink },
    );
    if (!result.failed) return null;
    if (!(result.errorInstance instanceof PropertyViolated)) throw result.errorInstance;
    const [plan] = result.counterexample ?? [];
    if (plan === undefined) throw new Error('no counterexample');
    return this.#violated(plan);
  }

  #runPlan(plan: TaskPlan): void {
    const scenario = scenarioOf(this.#subject, plan);
    const run = new InterleavedRun(this.#subject, scenario, this.#options.properties);
    if (!this.#shrinks) {
      this.runs++;
      this.#options.onProgress?.(this.runs);
    }
    runSwitched(run, plan.switches, (step) => this.#count(step));
    if (!this.#shrinks) this.#coverage.addRun(run.checked);
    const [violation] = run.violations;
    if (violation === undefined) return;
    this.#shrinks = true;
    throw new PropertyViolated(violation.property.name);
  }

  #count({ operation, outcome }: InterleavedStep): void {
    if (this.#shrinks || operation === null || outcome === null) return;
    this.#coverage.addOperation(operation.kind);
  }

  #violated(plan: TaskPlan): Violated {
    const scenario = scenarioOf(this.#subject, plan);
    const run = new InterleavedRun(this.#subject, scenario, this.#options.properties);
    const schedule = runSwitched(run, plan.switches);
    const [violation] = run.violations;
    if (violation === undefined) {
      const what = 'a scenario that violated a property did not when it was run again';
      const why = 'it keeps state from one machine to the next';
      throw new SubjectCrash(`${this.#subject.name}: ${what}: ${why}`);
    }
    const { property, detail } = violation;
    const found = { scenario, schedule, certificate: null };
    return { property, detail, verdict: 'violated', run: this.runs, ...found };
  }
}
