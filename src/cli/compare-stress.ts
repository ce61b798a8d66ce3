import { contentionText } from '../report/contention-text.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { thrownText } from '../subject/policy-error.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import {
  type StressOptions,
  type StressResult,
  simulateStress,
  stressOptions,
} from '../workload/contention.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';

/** What `--workload` calls the simulation of contention, which is no workload of operations. */
export const STRESS = 'stress';

/** More take minutes. */
const CPUS_MAX = 64;

/** What `vmapcheck compare` is asked for. */
interface Asked {
  /** 0: as many as the machine of mail 3 has. */
  readonly cpus: number;
  readonly seed: number;
  readonly json: boolean;
}

/**
 * `vmapcheck compare POLICY... --workload stress`. Throws a UsageError for too many CPUs, a
 * SubjectCrash if a policy's code fails.
 */
export function compareStress(policies: readonly LoadedPolicy[], asked: Asked, io: Io): void {
  const { cpus, seed, json } = asked;
  if (cpus > CPUS_MAX) throw new UsageError(`cpus: at most ${CPUS_MAX} for ${STRESS}`);
  const options = stressOptions(cpus === 0 ? { seed } : { cpus, seed });
  const progress = new Progress(io, policies.length);
  const results = policies.map((policy, index) => {
    const result = stressed(policy, options);
    progress.done(index + 1);
    return result;
  });
  progress.close();
  const policiesDocument = results.map(({ options: _same, ...result }) => result);
  if (json) io.stdout(`${JSON.stringify({ options, policies: policiesDocument }, null, 2)}\n`);
  else io.stdout(contentionText(results));
}

function stressed({ name, kernelClass }: LoadedPolicy, options: StressOptions): StressResult {
  if (kernelClass === undefined) {
    throw new UsageError(`${name}: only a policy in TypeScript can be run under ${STRESS}`);
  }
  try {
    return simulateStress(name, kernelClass(), options);
  } catch (error) {
    throw new SubjectCrash(`${name}: fails under ${STRESS}: ${thrownText(error)}`);
  }
}
