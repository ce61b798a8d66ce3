import type { Machine } from '../../models/hardware/machine.ts';
import { readCpu } from './call-text.ts';
import type { Case } from './case.ts';
import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { collectSettings, type MachineSettings, machineOf } from './machine-text.ts';
import { assignedArea, usedArea } from './names.ts';
import { didYouMean } from './nearest.ts';
import type { Operation } from './operation.ts';
import { parseOperation } from './operation-parse.ts';
import type { Scenario } from './scenario.ts';
import { parseTurn, TaskTexts } from './schedule-text.ts';

/** A header value, and where it stands. */
interface Header {
  readonly value: string;
  readonly line: number;
}

interface DraftTask {
  readonly cpu: number;
  readonly operations: Operation[];
}

/** A turn of a schedule as its lines are joined, and the line it begins on. */
interface DraftTurn {
  text: string;
  readonly line: number;
}

/** A CPU that some line names; whether it is online is known once the machine is. */
interface NamedCpu {
  readonly cpu: number;
  readonly line: number;
}

/** A case while its lines are being read. */
export interface Draft {
  /** Line of the version line. */
  readonly line: number;
  readonly headers: Map<'policy' | 'property', Header>;
  readonly settings: MachineSettings;
  readonly tasks: DraftTask[];
  /** Null above the `schedule` line. */
  schedule: DraftTurn[] | null;
  readonly observed: string[];
  readonly certificate: string[];
  /** The line that assigned each area name. */
  readonly areas: Map<string, number>;
  readonly cpus: NamedCpu[];
  operations: number;
}

const LINE_KEYS = [
  'policy',
  'property',
  'machine',
  'task',
  'schedule',
  'observed',
  'certificate',
  'end',
];

/** An empty case whose version line is this one. */
export function newDraft(line: number): Draft {
  return {
    line,
    headers: new Map(),
    settings: new Map(),
    tasks: [],
    schedule: null,
    observed: [],
    certificate: [],
    areas: new Map(),
    cpus: [],
    operations: 0,
  };
}

/**
 * Adds one line to a case, not blank and free of quote marks; false if it is the `end`.
 * Throws a ScenarioError that says what is wrong with the line.
 */
export function addLine(draft: Draft, text: string, line: number): boolean {
  if (text.startsWith('#')) return true;
  if (/[\p{Cc}\p{Cs}]/u.test(text.replaceAll('\t', ' '))) {
    throw new ScenarioError(line, `${shown(text)} holds a control character`);
  }
  const space = text.search(/\s/);
  const key = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? '' : text.slice(space).trim();
  switch (key) {
    case 'observed':
      draft.observed.push(rest);
      return true;
    case 'certificate':
      draft.certificate.push(rest);
      return true;
    case 'policy':
    case 'property':
      addHeader(draft, key, withoutComment(rest), line);
      return true;
    case 'machine':
      refuseAfterTask(draft, key, line);
      collectSettings(withoutComment(rest), line, draft.settings);
      return true;
    default:
      return addBody(draft, key, withoutComment(text), line);
  }
}

/** Adds a line of a task or of the schedule; false if it is the `end`. */
function addBody(draft: Draft, key: string, text: string, line: number): boolean {
  if (text === 'end') return false;
  if (text === 'schedule') beginSchedule(draft, line);
  else if (draft.schedule !== null) addTurn(draft.schedule, key, text, line);
  else if (key === 'task') addTask(draft, text.slice(key.length).trim(), line);
  else addOperation(draft, text, line);
  return true;
}

/** The case that was read, at its `end` line. Throws a ScenarioError if it cannot be run. */
export function finish(draft: Draft, endLine: number): Case {
  const machine = machineOf(draft.settings, draft.line);
  if (draft.tasks.length === 0) {
    throw new ScenarioError(endLine, 'the case has no task; add a line such as "task on cpu0"');
  }
  refuseUnknownCpus(draft.cpus, machine);
  const { observed, certificate, headers } = draft;
  return {
    policy: headers.get('policy')?.value ?? null,
    property: headers.get('property')?.value ?? null,
    scenario: scenarioOf(draft, machine),
    observed,
    certificate,
  };
}

function scenarioOf({ tasks, schedule }: Draft, machine: Machine): Scenario {
  if (schedule === null) return { machine, tasks };
  const texts = new TaskTexts(tasks);
  const turns = schedule.map(({ text, line }) => parseTurn(text, line, texts));
  return { machine, tasks, schedule: turns };
}

function beginSchedule(draft: Draft, line: number): void {
  if (draft.schedule !== null) throw new ScenarioError(line, 'a second schedule line');
  if (draft.tasks.length === 0) {
    throw new ScenarioError(line, 'the schedule belongs below the tasks');
  }
  draft.schedule = [];
}

/** A line that does not begin with who runs goes on with the turn above it. */
function addTurn(turns: DraftTurn[], key: string, text: string, line: number): void {
  const last = turns.at(-1);
  if (key !== 'task' && key !== 'worker' && last !== undefined) {
    last.text += ` ${text}`;
    return;
  }
  if (turns.length === SCENARIO_LIMITS.turns) {
    throw new ScenarioError(line, `more than ${SCENARIO_LIMITS.turns} turns`);
  }
  turns.push({ text, line });
}

function addHeader(draft: Draft, key: 'policy' | 'property', value: string, line: number): void {
  refuseAfterTask(draft, key, line);
  const first = draft.headers.get(key);
  if (first !== undefined) {
    throw new ScenarioError(line, `a second ${key} line; the first is line ${first.line}`);
  }
  if (value === '') throw new ScenarioError(line, `${key} lacks its value`);
  if (key === 'property' && !isPropertyName(value)) {
    throw new ScenarioError(line, `${shown(value)} is not a property, such as no-stale-alias`);
  }
  draft.headers.set(key, { value, line });
}

function addTask(draft: Draft, rest: string, line: number): void {
  const [on, cpuText, ...more] = rest.split(/\s+/);
  if (on !== 'on' || cpuText === undefined || more.length > 0) {
    throw new ScenarioError(line, 'a task is written "task on cpuN"');
  }
  if (draft.tasks.length === SCENARIO_LIMITS.tasks) {
    throw new ScenarioError(line, `more than ${SCENARIO_LIMITS.tasks} tasks`);
  }
  const cpu = readCpu(cpuText, line);
  draft.cpus.push({ cpu, line });
  draft.tasks.push({ cpu, operations: [] });
}

function addOperation(draft: Draft, text: string, line: number): void {
  const task = draft.tasks.at(-1);
  if (!/[(=]/.test(text)) {
    const word = text.split(/\s/)[0] ?? '';
    const hint = didYouMean(word, LINE_KEYS);
    if (task === undefined || hint !== '') {
      throw new ScenarioError(line, `unknown key ${shown(word)}${hint}`);
    }
  }
  const operation = parseOperation(text, line);
  if (task === undefined) {
    throw new ScenarioError(line, 'an operation above the first "task on cpuN" line');
  }
  if (draft.operations === SCENARIO_LIMITS.operations) {
    throw new ScenarioError(line, `more than ${SCENARIO_LIMITS.operations} operations`);
  }
  draft.operations++;
  noteArea(draft, operation, line);
  if ('cpu' in operation) draft.cpus.push({ cpu: operation.cpu, line });
  task.operations.push(operation);
}

/** Every name is assigned once, and used only below its assignment. */
function noteArea(draft: Draft, operation: Operation, line: number): void {
  const used = usedArea(operation);
  if (used !== null && !draft.areas.has(used)) {
    throw new ScenarioError(line, `area ${used} is not assigned above`);
  }
  const assigned = assignedArea(operation);
  if (assigned === null) return;
  const first = draft.areas.get(assigned);
  if (first !== undefined) {
    throw new ScenarioError(line, `area ${assigned} is assigned already, on line ${first}`);
  }
  draft.areas.set(assigned, line);
}

function refuseAfterTask(draft: Draft, key: string, line: number): void {
  if (draft.tasks.length > 0) {
    throw new ScenarioError(line, `the ${key} line belongs above the first task`);
  }
}

function refuseUnknownCpus(cpus: readonly NamedCpu[], machine: Machine): void {
  const online = new Set(machine.onlineCpus);
  const stray = cpus.find(({ cpu }) => !online.has(cpu));
  if (stray === undefined) return;
  const possible = machine.possibleCpus.includes(stray.cpu);
  const why = possible ? 'is not online' : 'is not a CPU of this machine';
  throw new ScenarioError(stray.line, `cpu${stray.cpu} ${why}`);
}

function isPropertyName(text: string): boolean {
  return text.length <= SCENARIO_LIMITS.propertyChars && /^[a-z][a-z0-9-]*$/.test(text);
}

/** Cuts a comment off: `#` at the front or after white space. */
function withoutComment(text: string): string {
  const start = text.search(/(?:^|\s)#/);
  return start < 0 ? text : text.slice(0, start).trimEnd();
}
