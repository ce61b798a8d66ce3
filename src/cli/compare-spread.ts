import { addressSpread, LOADS } from '../explore/address-spread.ts';
import { spreadText } from '../report/spread-text.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { thrownText } from '../subject/policy-error.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';

/** What `--workload` calls the use of address space under allocators of small areas. */
export const SPREAD = 'spread';

/**
 * `vmapcheck compare POLICY... --workload spread`. Throws a SubjectCrash if a policy's code fails,
 * a UsageError for a policy that is no TypeScript.
 */
export function compareSpread(policies: readonly LoadedPolicy[], json: boolean, io: Io): void {
  const progress = new Progress(io, policies.length * LOADS.length);
  let done = 0;
  const rows = policies.flatMap(({ name, kernelClass }) => {
    if (kernelClass === undefined) {
      throw new UsageError(`${name}: only a policy in TypeScript can be run under ${SPREAD}`);
    }
    return LOADS.map((load) => {
      try {
        return addressSpread(name, kernelClass(), load);
      } catch (error) {
        throw new SubjectCrash(`${name}: fails under ${SPREAD}: ${thrownText(error)}`);
      } finally {
        progress.done(++done);
      }
    });
  });
  progress.close();
  io.stdout(json ? `${JSON.stringify({ rows }, null, 2)}\n` : spreadText(rows));
}
