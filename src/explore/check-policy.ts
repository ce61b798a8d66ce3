import fc from 'fast-check';
import type { Machine } from '../../models/hardware/machine.ts';
import type { Property } from '../../properties/property.ts';
import { minimize } from '../minimize/minimize.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Session, Subject } from '../subject/port.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { machineArbitrary } from './arbitraries.ts';
import type { CheckOptions, CheckReport, Verdict } from './check.ts';
import { CheckedRun } from './checked-run.ts';
import { commandsArbitrary, PropertyViolated, ReferenceSide } from './commands.ts';
import { CoverageCounter } from './coverage.ts';
import { violationOf } from './run-scenario.ts';

type Commands = Iterable<fc.Command<ReferenceSide, Session>>;

/**
 * Generates scenarios and runs each on the subject and the reference, command by command. A
 * property that is violated is shrunk and minimised and then no longer watched; the others go on
 * until all runs are done.
 */
export function checkPolicy(subject: Subject, options: CheckOptions): CheckReport {
  const coverage = new CoverageCounter();
  const violated = new Map<Property, Verdict>();
  let runs = 0;
  while (runs < options.runs) {
    const open = options.properties.filter((property) => !violated.has(property));
    if (open.length === 0) break;
    const before = runs;
    const verdict = findViolation(subject, open, options, before, coverage, () => {
      runs++;
      options.onProgress?.(runs);
    });
    if (verdict === null) break;
    violated.set(verdict.property, verdict);
  }
  const verdicts = options.properties.map(
    (property): Verdict => violated.get(property) ?? { property, verdict: 'holds', runs },
  );
  return { verdicts, runs, operations: coverage.total, coverage };
}

/** Runs until one of the properties is violated; null if none is in the runs that are left. */
function findViolation(
  subject: Subject,
  properties: readonly Property[],
  options: CheckOptions,
  runsBefore: number,
  coverage: CoverageCounter,
  countRun: () => void,
): Verdict | null {
  let shrinking = false;
  let firstRun = runsBefore;
  const onRun = (machine: Machine, commands: Commands) => {
    const reference = new ReferenceSide(
      new CheckedRun(subject, machine, properties),
      shrinking ? undefined : (operation, step) => coverage.addStep(step, operation.kind),
    );
    if (!shrinking) {
      countRun();
      firstRun++;
    }
    try {
      fc.modelRun(() => ({ model: reference, real: reference.run.session }), commands);
    } catch (error) {
      shrinking = true;
      throw error;
    } finally {
      if (!shrinking) coverage.addRun(reference.run);
    }
  };
  const result = fc.check(
    fc.property(machineArbitrary(options.machine), commandsArbitrary(options.maxOps), onRun),
    // A seed of its own for each search, so that a later one does not repeat the earlier runs.
    {
      seed: options.seed + runsBefore,
      numRuns: options.runs - runsBefore,
      endOnFailure: !options.shrink,
    },
  );
  if (!result.failed) return null;
  if (!(result.errorInstance instanceof PropertyViolated)) throw result.errorInstance;
  const [machine, commands] = result.counterexample ?? [];
  if (machine === undefined || commands === undefined) throw new Error('no counterexample');
  return shrunk(subject, properties, machine, commands, firstRun, options);
}

/** The verdict for fast-check's smallest failing run, minimised further as a scenario. */
function shrunk(
  subject: Subject,
  properties: readonly Property[],
  machine: Machine,
  commands: Commands,
  run: number,
  options: CheckOptions,
): Verdict {
  const reference = new ReferenceSide(new CheckedRun(subject, machine, properties));
  try {
    fc.modelRun(() => ({ model: reference, real: reference.run.session }), commands);
  } catch (error) {
    if (!(error instanceof PropertyViolated)) throw error;
  }
  const violation = reference.run.violations[0];
  if (violation === undefined) throw notTheSameTwice(subject);
  const { property } = violation;
  const found: Scenario = {
    machine,
    tasks: [{ cpu: machine.onlineCpus[0] ?? 0, operations: reference.executed }],
  };
  const { detail } = violation;
  if (!options.shrink) {
    return { property, verdict: 'violated', run, scenario: found, detail, certificate: null };
  }
  if (violationOf(subject, found, property) === null) throw notTheSameTwice(subject);
  const violates = (scenario: Scenario) => violationOf(subject, scenario, property) !== null;
  const { scenario, certificate } = minimize(found, violates, {
    budget: options.certify ?? DEFAULT_BUDGET,
  });
  const observed = violationOf(subject, scenario, property) ?? detail;
  return { property, verdict: 'violated', run, scenario, detail: observed, certificate };
}

function notTheSameTwice(subject: Subject): SubjectCrash {
  const what = 'a scenario that violated a property did not when it was run again';
  return new SubjectCrash(`${subject.name}: ${what}: it keeps state from one machine to the next`);
}
