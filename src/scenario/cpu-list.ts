import { MACHINE_LIMITS } from '../../models/hardware/machine.ts';
import { ScenarioError, shown } from './errors.ts';
import { readNumber } from './number-text.ts';

const HIGHEST_CPU = MACHINE_LIMITS.cpus - 1;

/**
 * Reads a list of CPUs as the kernel writes one in /sys/devices/system/cpu/possible: `0-3,8`.
 * Throws a ScenarioError unless the CPUs ascend.
 */
export function parseCpuList(text: string, what: string, line: number): number[] {
  const cpus: number[] = [];
  for (const run of text.split(',')) {
    const dash = run.indexOf('-');
    const first = readNumber(dash < 0 ? run : run.slice(0, dash), what, 0, HIGHEST_CPU, line);
    const last = dash < 0 ? first : readNumber(run.slice(dash + 1), what, 0, HIGHEST_CPU, line);
    if (last < first || first <= (cpus.at(-1) ?? -1)) {
      throw new ScenarioError(line, `${what}: the CPUs of ${shown(text)} do not ascend`);
    }
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  }
  return cpus;
}

/** Prints ascending CPUs as the shortest list: `0-3,8`. */
export function printCpuList(cpus: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const cpu of cpus) {
    const run = runs.at(-1);
    if (run !== undefined && cpu === run[1] + 1) run[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** Reads the possible CPUs of a machine: a count (`4` is 0-3) or a list (`0,2`). */
export function parsePossibleCpus(text: string, what: string, line: number): number[] {
  if (!/^[0-9]+$/.test(text)) return parseCpuList(text, what, line);
  return firstCpus(readNumber(text, what, 1, MACHINE_LIMITS.cpus, line));
}

/** Prints possible CPUs: the count if there are no holes, the list otherwise. */
export function printPossibleCpus(cpus: readonly number[]): string {
  if (cpus.every((cpu, index) => cpu === index)) return `${cpus.length}`;
  return printCpuList(cpus);
}

/** CPUs 0 .. count-1. */
export function firstCpus(count: number): number[] {
  return Array.from({ length: count }, (_, cpu) => cpu);
}
