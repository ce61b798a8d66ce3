import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { workloads } from '../workload/index.ts';
import { traceWorkload } from '../workload/trace-workload.ts';
import type { Workload } from '../workload/workload.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { readTraceFile } from './trace-file.ts';

/** A workload that was recorded: this, and the file. */
const TRACE = 'trace:';

/**
 * The workload of this name. `cpus`: what was asked for, 0 if nothing was; `others`: what a user
 * may have meant besides. Throws a UsageError if there is none, or a trace cannot be read.
 */
export async function workloadNamed(
  name: string,
  cpus: number,
  { cwd }: Io,
  others: readonly string[] = [],
): Promise<Workload> {
  if (name.startsWith(TRACE)) {
    if (cpus !== 0) throw new UsageError('--cpus: a trace has the CPUs it was recorded on');
    return traceWorkload(name, await readTraceFile(name.slice(TRACE.length), cwd));
  }
  const workload = workloads.find((one) => one.name === name);
  if (workload !== undefined) return workload;
  const names = [...workloads.map((one) => one.name), ...others];
  const hint = didYouMean(name, names) || '; "vmapcheck compare --help" lists what there is';
  throw new UsageError(`unknown workload ${shown(name)}${hint}`);
}
