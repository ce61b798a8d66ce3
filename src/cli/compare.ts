import { COSTS } from '../../models/hardware/arch-costs.ts';
import { MACHINE_LIMITS } from '../../models/hardware/machine.ts';
import {
  type Comparison,
  compactCompareText,
  compactLegend,
  compareText,
} from '../report/compare-text.ts';
import { shown } from '../scenario/errors.ts';
import { printMachineSpec } from '../scenario/machine-text.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { workloads } from '../workload/index.ts';
import { measure } from '../workload/measure.ts';
import { readArguments } from './arguments.ts';
import { MAX_SEED } from './check-options.ts';
import { compareSpread, SPREAD } from './compare-spread.ts';
import { compareStress, STRESS } from './compare-stress.ts';
import { costsDocument } from './costs-document.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { Progress } from './progress.ts';
import { openPolicy } from './subjects.ts';
import { workloadNamed } from './workloads.ts';

const DEFAULT_SEED = 1;

/** `vmapcheck compare` */
export const compare: Verb = {
  help: `Usage: vmapcheck compare POLICY... [options]

Runs a workload under each policy and puts side by side what it costs: flushes, the pages they ask
for and those that need it, estimated time on eight architectures, address space, lazy backlog,
blocks, and how far lists are walked under a lock. Without --workload, all workloads in short.

  --workload NAME   this workload, with every figure; or stress or spread, see below; or
                    trace:FILE, what was recorded of a real kernel
  --cpus N          CPUs of the machine (what the workload has)
  --seed N          what random sizes and lifetimes start from (${DEFAULT_SEED})
  --json            one JSON document on standard output

Workloads:

${workloads.map(({ name }) => `  ${name}`).join('\n')}

stress runs the cases of test_vmalloc.sh on all CPUs at once, in simulated time, and shows the lazy
backlog as it grows or does not, and how long allocations and purges take. spread shows how far
small areas of 16 CPUs spread over the address space, and which restricted ranges fail for it.
`,
  async run(args, io) {
    const given = readArguments(args, { workload: 'text', cpus: 'text', seed: 'text' });
    const name = given.one('workload');
    const cpus = given.number('cpus', 1, MACHINE_LIMITS.cpus, 0);
    const seed = given.number('seed', 0, MAX_SEED, DEFAULT_SEED);
    if (name === STRESS) {
      const policies = await openPolicies(given.positionals, io);
      compareStress(policies, { cpus, seed, json: given.json }, io);
      return EXIT.holds;
    }
    if (name === SPREAD) {
      compareSpread(await openPolicies(given.positionals, io), given.json, io);
      return EXIT.holds;
    }
    const chosen =
      name === null ? workloads : [await workloadNamed(name, cpus, io, [STRESS, SPREAD])];
    const policies = await openPolicies(given.positionals, io);
    const progress = new Progress(io, chosen.length * policies.length);
    const comparisons: Comparison[] = [];
    let done = 0;
    for (const workload of chosen) {
      const options = { cpus: cpus === 0 ? workload.cpus : cpus, seed };
      const costs = policies.map((policy) => {
        const measured = measure(policy.subject(), workload, options);
        progress.done(++done);
        return measured;
      });
      comparisons.push({ workload, ...options, costs });
    }
    progress.close();
    if (given.json) io.stdout(`${JSON.stringify(compareDocument(seed, comparisons), null, 2)}\n`);
    else io.stdout(text(comparisons, name !== null));
    return EXIT.holds;
  },
};

async function openPolicies(names: readonly string[], io: Io): Promise<LoadedPolicy[]> {
  if (names.length === 0) throw new UsageError('policy is missing; --help shows the usage');
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new UsageError(`policy ${shown(twice)} is given twice`);
  const policies: LoadedPolicy[] = [];
  for (const name of names) policies.push(await openPolicy(name, io));
  return policies;
}

function text(comparisons: readonly Comparison[], isLong: boolean): string {
  if (isLong) return comparisons.map(compareText).join('\n');
  return [...comparisons.map(compactCompareText), compactLegend()].join('\n');
}

function compareDocument(seed: number, comparisons: readonly Comparison[]) {
  return {
    seed,
    workloads: comparisons.map(({ workload, cpus, costs }) => ({
      name: workload.name,
      prose: workload.prose,
      source: workload.source,
      machine: printMachineSpec(workload.machine(cpus)),
      policies: costs.map(costsDocument),
    })),
    costs: COSTS,
  };
}
