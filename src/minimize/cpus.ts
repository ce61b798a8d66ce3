import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { startCpuOf } from './edit.ts';

/** Up to this many CPUs, exchanging two of them is tried for each pair. */
const FEW_CPUS = 8;

/** Scenarios with fewer CPUs, without holes in the mask, or with lower CPU numbers. */
export function* fewerCpus(scenario: Scenario): Generator<Scenario> {
  const { possibleCpus, onlineCpus } = scenario.machine;
  const count = possibleCpus.length;
  for (const fewer of [1, 2, 3, 4, Math.floor(count / 2)]) {
    if (fewer >= count || fewer < 1) continue;
    yield renumbered(scenario, (cpu) => cpu % fewer);
    yield renumbered(scenario, (cpu) => Math.min(cpu, fewer - 1));
  }
  for (const gone of possibleCpus) {
    const rest = onlineCpus.filter((cpu) => cpu !== gone);
    for (const instead of new Set([rest[0], rest.at(-1)])) {
      if (instead === undefined) continue;
      yield moved(scenario, gone, instead);
    }
  }
  yield { ...scenario, machine: { ...scenario.machine, onlineCpus: possibleCpus } };
  yield renumbered(scenario, (cpu) => Math.max(0, possibleCpus.indexOf(cpu)));
  for (const [index, cpu] of possibleCpus.entries()) {
    const lowest = (possibleCpus[index - 1] ?? -1) + 1;
    for (const lower of new Set([lowest, lowest + 1, cpu - 1])) {
      if (lower >= lowest && lower < cpu) yield moved(scenario, cpu, lower);
    }
  }
}

/** Scenarios with two CPUs exchanged in everything that the tasks do, and the start moved. */
export function* otherCpus(scenario: Scenario): Generator<Scenario> {
  const { onlineCpus } = scenario.machine;
  for (const cpu of onlineCpus.slice(0, FEW_CPUS)) {
    yield onCpus(scenario, (each) => (each === startCpuOf(scenario) ? cpu : each));
  }
  if (onlineCpus.length > FEW_CPUS) return;
  for (const a of onlineCpus) {
    for (const b of onlineCpus) {
      if (a < b) yield withCpusExchanged(scenario, a, b);
    }
  }
}

/** The scenario with two CPUs exchanged in everything that the tasks do. */
export function withCpusExchanged(scenario: Scenario, a: number, b: number): Scenario {
  return onCpus(scenario, (cpu) => (cpu === a ? b : cpu === b ? a : cpu));
}

/** Every CPU given the number `to` says, the same for some if they are to become one. */
function renumbered(scenario: Scenario, to: (cpu: number) => number): Scenario {
  const { machine } = scenario;
  return {
    machine: {
      ...machine,
      possibleCpus: ascending(machine.possibleCpus.map(to)),
      onlineCpus: ascending(machine.onlineCpus.map(to)),
    },
    tasks: onCpus(scenario, to).tasks,
  };
}

/** One CPU given another number; if that is another CPU's, it takes over what this one does. */
function moved(scenario: Scenario, from: number, to: number): Scenario {
  return renumbered(scenario, (cpu) => (cpu === from ? to : cpu));
}

function onCpus(scenario: Scenario, to: (cpu: number) => number): Scenario {
  const tasks = scenario.tasks.map(({ cpu, operations }) => ({
    cpu: to(cpu),
    operations: operations.map(
      (operation): Operation =>
        'cpu' in operation ? { ...operation, cpu: to(operation.cpu) } : operation,
    ),
  }));
  return { machine: scenario.machine, tasks };
}

function ascending(cpus: readonly number[]): number[] {
  return [...new Set(cpus)].sort((a, b) => a - b);
}
