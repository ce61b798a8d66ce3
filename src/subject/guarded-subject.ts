import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { StaleTlb } from '../../models/hardware/tlb.ts';
import { lineIn, thrownText } from './policy-error.ts';
import type { Call, KernelState, Outcome, Peaks, Session, Subject, Tasks } from './port.ts';
import { SubjectCrash } from './subject-crash.ts';

/** A subject made of code that is not the project's own: its failures are told apart from ours. */
export class GuardedSubject implements Subject {
  readonly name: string;
  readonly #inner: Subject;
  readonly #file: string;

  /** `file`: absolute path of the subject's code, for saying in which line it failed. */
  constructor(inner: Subject, file: string) {
    this.name = inner.name;
    this.#inner = inner;
    this.#file = file;
  }

  boot(machine: Machine, observer: KernelObserver): Session {
    const session = this.#guard('booting', () => this.#inner.boot(machine, observer));
    return {
      call: (call) => {
        const outcome = this.#guard(callText(call), () => session.call(call));
        const problem = outcomeProblem(outcome);
        if (problem !== null) throw this.#crash(callText(call), problem);
        return outcome;
      },
      tasks: (): Tasks => this.#guardTasks(session.tasks()),
      inspect: (): KernelState => this.#guard('reading its areas', () => session.inspect()),
      failedAllocations: (): number => session.failedAllocations(),
      staleTlb: (): StaleTlb | null => session.staleTlb(),
      tracepoints: (): ReadonlyMap<string, number> => session.tracepoints(),
      peaks: (): Peaks | null => session.peaks(),
      followFunctions: (listener) => session.followFunctions(listener),
    };
  }

  #guardTasks(tasks: Tasks): Tasks {
    const guard = <T>(task: number, step: () => T): T =>
      this.#guard(`task ${tasks.nameOf(task)}`, step);
    return {
      spawn: (name, cpu) => tasks.spawn(name, cpu),
      begin: (task, call) => tasks.begin(task, call),
      spawnWorker: () => tasks.spawnWorker(),
      step: (task) => guard(task, () => tasks.step(task)),
      stepMany: (task, most) => guard(task, () => tasks.stepMany(task, most)),
      footprint: tasks.footprint,
      noteNext: (task) => tasks.noteNext(task),
      pointOf: (task) => tasks.pointOf(task),
      startNaming: () => tasks.startNaming(),
      pointNameOf: (task) => tasks.pointNameOf(task),
      canStep: (task) => tasks.canStep(task),
      mayRun: (task) => tasks.mayRun(task),
      nameOf: (task) => tasks.nameOf(task),
      cpuOf: (task) => tasks.cpuOf(task),
    };
  }

  #guard<T>(what: string, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof SubjectCrash) throw error;
      const line = lineIn(this.#file, error);
      const where = line === null ? '' : ` (line ${line})`;
      throw this.#crash(what, `${thrownText(error)}${where}`);
    }
  }

  #crash(what: string, problem: string): SubjectCrash {
    return new SubjectCrash(`${this.name}: ${what} fails: ${problem}`);
  }
}

/** A call with its operands, pages and vpn: `vm_unmap_ram(vpn 0, pages 2)`. */
function callText(call: Call): string {
  const operands = Object.entries(call)
    .filter(([key]) => key !== 'kind' && key !== 'frames')
    .map(([key, value]) => `${key} ${value}`);
  return `${call.kind}(${operands.join(', ')})`;
}

function outcomeProblem(outcome: Outcome): string | null {
  switch (outcome.status) {
    case 'returned':
      return isNumber(outcome.value) ? null : `returned ${String(outcome.value)}, not a number`;
    case 'returned-many': {
      const stray = outcome.values.find((value) => !isNumber(value));
      return stray === undefined ? null : `returned ${String(stray)} among numbers`;
    }
    default:
      return null;
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(value);
}
