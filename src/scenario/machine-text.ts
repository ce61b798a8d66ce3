import type { ArchName, Machine } from '../../models/hardware/machine.ts';
import { ARCH_NAMES } from '../../models/hardware/machine.ts';
import { parseCpuList, parsePossibleCpus, printCpuList, printPossibleCpus } from './cpu-list.ts';
import { ScenarioError, shown } from './errors.ts';
import { DEFAULT_MACHINE, MACHINE_KEYS, type MachineKey, machineProblem } from './machine.ts';
import { didYouMean } from './nearest.ts';
import { readNumber } from './number-text.ts';

/** A `key=value` of a machine line, and where it stands. */
interface Setting {
  readonly value: string;
  readonly line: number;
}

/** The settings of the machine lines of a case; a case may have several such lines. */
export type MachineSettings = Map<MachineKey, Setting>;

/**
 * Reads a machine from `cpus=2 vmalloc=64 block=4`; what is not said is as in DEFAULT_MACHINE.
 * Throws a ScenarioError that names the key.
 */
export function parseMachineSpec(text: string, line = 1): Machine {
  const settings: MachineSettings = new Map();
  collectSettings(text, line, settings);
  return machineOf(settings, line);
}

/** Adds the settings of one machine line to those read so far. */
export function collectSettings(text: string, line: number, settings: MachineSettings): void {
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const equals = word.indexOf('=');
    if (equals < 0) {
      throw new ScenarioError(line, `machine: ${shown(word)} is not key=value, as in cpus=2`);
    }
    const key = word.slice(0, equals);
    if (!isMachineKey(key)) {
      const hint = didYouMean(key, Object.keys(MACHINE_KEYS));
      throw new ScenarioError(line, `machine: unknown key ${shown(key)}${hint}`);
    }
    if (settings.has(key)) throw new ScenarioError(line, `${key} is given twice`);
    settings.set(key, { value: word.slice(equals + 1), line });
  }
}

/** The machine that settings describe; `line` is where a fault of no single key is reported. */
export function machineOf(settings: MachineSettings, line: number): Machine {
  const number = (key: MachineKey, otherwise: number): number => {
    const setting = settings.get(key);
    if (setting === undefined) return otherwise;
    return readNumber(setting.value, key, 0, Number.MAX_SAFE_INTEGER, setting.line);
  };
  const possible = settings.get('cpus');
  const online = settings.get('online');
  const possibleCpus =
    possible === undefined
      ? DEFAULT_MACHINE.possibleCpus
      : parsePossibleCpus(possible.value, 'cpus', possible.line);
  const machine: Machine = {
    possibleCpus,
    onlineCpus:
      online === undefined ? possibleCpus : parseCpuList(online.value, 'online', online.line),
    vmallocPages: number('vmalloc', DEFAULT_MACHINE.vmallocPages),
    modulesPages: number('modules', DEFAULT_MACHINE.modulesPages),
    ramPages: number('ram', DEFAULT_MACHINE.ramPages),
    vmapBbmapBits: number('block', DEFAULT_MACHINE.vmapBbmapBits),
    vmapMaxAlloc: number('max-alloc', DEFAULT_MACHINE.vmapMaxAlloc),
    lazyMaxPages: number('lazy-max', DEFAULT_MACHINE.lazyMaxPages),
    vmapNodes: number('nodes', DEFAULT_MACHINE.vmapNodes),
    zonePages: number('zone', DEFAULT_MACHINE.zonePages),
    directMapVpn: directMapOf(settings.get('direct-map')),
    arch: archOf(settings.get('arch')),
  };
  const found = machineProblem(machine);
  if (found !== null) {
    throw new ScenarioError(lineOf(found.field, settings) ?? line, found.problem);
  }
  return machine;
}

/** Prints a machine; left out is what equals DEFAULT_MACHINE, save for what every reader asks. */
export function printMachineSpec(machine: Machine): string {
  const { possibleCpus, onlineCpus, arch } = machine;
  const words = [`cpus=${printPossibleCpus(possibleCpus)}`];
  if (onlineCpus.length !== possibleCpus.length) words.push(`online=${printCpuList(onlineCpus)}`);
  const number = (key: Exclude<MachineKey, 'cpus' | 'online' | 'arch'>, always: boolean): void => {
    const value = machine[MACHINE_KEYS[key]];
    if (always || value !== DEFAULT_MACHINE[MACHINE_KEYS[key]]) words.push(`${key}=${value}`);
  };
  number('vmalloc', true);
  number('modules', false);
  number('ram', false);
  number('block', true);
  number('max-alloc', true);
  number('lazy-max', false);
  number('nodes', false);
  number('zone', false);
  number('direct-map', false);
  if (arch !== DEFAULT_MACHINE.arch) words.push(`arch=${arch}`);
  return words.join(' ');
}

/** Read as a page: the direct map lies below page 0, so that the number is negative. */
function directMapOf(setting: Setting | undefined): number {
  if (setting === undefined) return DEFAULT_MACHINE.directMapVpn;
  const digits = setting.value.replace(/^-/, '');
  const pages = readNumber(digits, 'direct-map', 0, Number.MAX_SAFE_INTEGER, setting.line);
  return digits === setting.value ? pages : -pages;
}

function archOf(setting: Setting | undefined): ArchName {
  if (setting === undefined) return DEFAULT_MACHINE.arch;
  const arch = ARCH_NAMES.find((name) => name === setting.value);
  if (arch !== undefined) return arch;
  const names = ARCH_NAMES.join(', ');
  throw new ScenarioError(setting.line, `arch: ${shown(setting.value)} is not one of ${names}`);
}

function isMachineKey(key: string): key is MachineKey {
  return Object.hasOwn(MACHINE_KEYS, key);
}

/** The line that set a field; if none did, the first line that set anything. */
function lineOf(field: PropertyKey | undefined, settings: MachineSettings): number | undefined {
  const all = [...settings];
  const blamed = all.find(([key]) => MACHINE_KEYS[key] === field) ?? all[0];
  return blamed?.[1].line;
}
