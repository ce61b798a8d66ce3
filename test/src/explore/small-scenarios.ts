import { kernelOf } from '../../../models/policies/policy.ts';
import { mutants } from '../../../properties/mutants/index.ts';
import { mutated } from '../../../properties/mutants/mutant.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { tinyKernels } from './tiny-kernels.ts';

/** A scenario so small that all of its interleavings can be run. */
export interface Small {
  readonly name: string;
  readonly subject: Subject;
  readonly scenario: Scenario;
}

/** Tasks on a policy, each `cpuN: operation; operation`. */
function small(policy: string, ...tasks: readonly string[]): Small {
  return on(policy, builtInPolicy(policy).subject(), tasks);
}

function smallOnMutant(patch: string, ...tasks: readonly string[]): Small {
  const mutant = mutants.find((one) => one.patch.name === patch);
  if (mutant === undefined) throw new Error(`no mutant ${patch}`);
  const policy = mutated(mutant);
  return on(policy.name, new PolicySubject(policy.name, kernelOf(policy)), tasks);
}

function on(name: string, subject: Subject, tasks: readonly string[]): Small {
  const lines = tasks.flatMap((task) => {
    const [cpu = '', operations = ''] = task.split(': ');
    return [`task on ${cpu}`, ...operations.split('; ')];
  });
  const cpus =
    1 + Math.max(...tasks.map((task) => Number(task.slice('cpu'.length, 'cpu0'.length))));
  const head = `machine cpus=${cpus} vmalloc=16 block=4 max-alloc=2`;
  const { scenario } = parseCase(['vmapcheck case 1', head, ...lines, 'end'].join('\n'));
  return { name: `${name}, ${tasks.join(' | ')}`, subject, scenario };
}

const VMALLOC = 'A = vmalloc(1); vfree(A)';
const ALIASES = 'vm_unmap_aliases()';

/** Small scenarios on versions, policies of the mails, mutants, and kernels made for this. */
export const smallScenarios: readonly Small[] = [
  small('v6.1', `cpu0: ${ALIASES}`, `cpu1: ${ALIASES}`),
  small('v6.1', 'cpu0: A = vmalloc(1)', 'cpu1: B = get_vm_area(1)'),
  small('v6.1', 'cpu0: A = vm_map_ram(1); vm_unmap_ram(A)', 'cpu1: vread(A, 1)'),
  small('v6.5', `cpu0: ${ALIASES}`, `cpu1: ${ALIASES}`, `cpu2: ${ALIASES}`),
  small('v6.5', 'cpu0: A = vm_map_ram(1)', 'cpu0: B = vm_map_ram(3)'),
  small('v6.9', `cpu0: ${VMALLOC}`, 'cpu0: B = get_vm_area(1)'),
  small('v6.9', `cpu0: ${VMALLOC}`, 'cpu1: fail_alloc(2)', 'cpu2: vfree(A)'),
  small('v6.12', 'cpu0: A = vm_map_ram(1)', `cpu0: ${ALIASES}`),
  small('v6.12', `cpu0: ${VMALLOC}`, 'cpu1: vread(A, 1)'),
  small('v6.12', 'cpu0: A = vmalloc(1)', 'cpu1: B = vmalloc(1)'),
  small('mail1-per-area', 'cpu0: A = vm_map_ram(3); vm_unmap_ram(A)', `cpu0: ${ALIASES}`),
  small('mail3-threshold', 'cpu0: A = vm_map_ram(3); vm_unmap_ram(A)', 'cpu1: vread(A, 1)'),
  small('mail5-zones', 'cpu0: A = get_vm_area(1)', 'cpu0: B = vmalloc(1)'),
  small('mail5-zones', `cpu0: ${VMALLOC}`, 'cpu1: vread(A, 2)'),
  smallOnMutant('purge-flush-one-page-late', `cpu0: ${VMALLOC}`, `cpu0: ${ALIASES}`),
  smallOnMutant('subtracted-twice', `cpu0: ${VMALLOC}`, `cpu0: ${ALIASES}`),
  smallOnMutant('flush-of-nothing', `cpu0: ${ALIASES}`, `cpu1: ${ALIASES}`),
  ...tinyKernels,
];
