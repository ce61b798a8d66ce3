import type { Kernel } from '../../models/kernel/kernel.ts';
import { Lock } from '../../models/kernel/locks.ts';
import { PageTables } from '../../models/kernel/page-tables.ts';
import type { Point } from '../../models/kernel/point.ts';
import { VmapBlock } from '../../models/kernel/vmap-block-node.ts';
import type { PointName } from '../scenario/schedule.ts';
import { methodsOf } from './kernel-methods.ts';

/** Deep enough to reach a kernel function through the helpers of the model. */
const STACK_FRAMES = 16;

/** Where a point that nothing was looked at for stands. */
const UNKNOWN = 'unknown';

/** What kernel functions do their scheduling points with: what mm/vmalloc.c takes for granted. */
const PRIMITIVES: ReadonlySet<string> = new Set([
  ...methodsOf(PageTables.prototype).keys(),
  'next_rcu',
  'xa_load',
  'xa_first',
  'xa_next',
]);

/**
 * Finds out where scheduling points stand in the C source. A kernel function asks `interleaved`
 * (or `workersAreTasks`) right before it stops at a point: while a namer is attached, that looks at
 * the JavaScript stack, on which V8 has every generator of the chain of `yield*`. Too slow for
 * exploring.
 */
export class PointNamer {
  /** Methods of this kernel, patches included: only they can be kernel functions. */
  readonly #methods: ReadonlySet<string>;
  /** Method names at the last look, innermost first; null: not looked at since a task stopped. */
  #looked: readonly string[] | null = null;
  /** Those of each task where it stands. */
  readonly #chains = new Map<number, readonly string[]>();

  constructor(kernel: Kernel) {
    this.#methods = new Set(methodsOf(kernel).keys());
    const look = { get: () => this.#look(), configurable: true };
    Object.defineProperties(kernel, { interleaved: look, workersAreTasks: look });
  }

  #look(): boolean {
    this.#looked = functionNames().filter((name) => this.#methods.has(name));
    return true;
  }

  /** The name of the point that a task has just stopped at. */
  nameOf(task: number, point: Point): PointName {
    // Not looked: the task has passed a point of a function that asks once for several.
    const chain = this.#looked ?? this.#chains.get(task) ?? [];
    this.#looked = null;
    this.#chains.set(task, chain);
    const outer = chain.findIndex((name) => !PRIMITIVES.has(name) || name === 'cond_resched_lock');
    const primitive = chain[outer - 1] ?? '';
    // What bears a kernel function's name is in lower case; the rest are helpers of the model.
    const inFunction = chain.slice(outer).find((name) => !/[A-Z]/.test(name)) ?? UNKNOWN;
    return { text: textOf(point, primitive), inFunction };
  }
}

/** The functions on the stack, innermost first; names without their class. */
function functionNames(): string[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const names: string[] = [];
  Error.stackTraceLimit = STACK_FRAMES;
  Error.prepareStackTrace = (_error, sites) => {
    for (const site of sites) names.push(site.getFunctionName() ?? '');
    return '';
  };
  try {
    // The stack is written down when it is read.
    if (new Error().stack === undefined) return [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
  return names.map((name) => name.slice(name.lastIndexOf('.') + 1));
}

function textOf({ kind, object, label }: Point, primitive: string): string {
  if (object instanceof Lock) {
    const doing = kind === 'unlock' ? 'unlock' : 'lock';
    const own = object.sleeps ? `mutex_${doing}` : `spin_${doing}`;
    return `${primitive === 'mutex_trylock' ? primitive : own}(&${label})`;
  }
  switch (primitive) {
    case 'READ_ONCE':
    case 'WRITE_ONCE':
      return `${primitive}(${object instanceof VmapBlock ? 'vb->' : ''}${label})`;
    case 'atomic_long_read':
    case 'atomic_long_add_return':
    case 'atomic_long_sub':
    case 'schedule_work_on':
    case 'flush_work':
      return `${primitive}(&${labelOf(object) ?? label})`;
    default:
      return label;
  }
}

function labelOf(object: object): string | null {
  return 'label' in object && typeof object.label === 'string' ? object.label : null;
}
