import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { StaleTlb } from '../../models/hardware/tlb.ts';
import type {
  Call,
  FunctionListener,
  KernelState,
  Outcome,
  Session,
  Subject,
  Tasks,
} from '../subject/port.ts';
import { EffectLog, effectText } from './effects.ts';

/** Two subjects did not do the same. */
export class Difference extends Error {
  /**
   * Whether the first died of an access that is not allowed: the second may be C, where such an
   * access can go unnoticed.
   */
  readonly isOops: boolean;

  constructor(message: string, isOops: boolean) {
    super(message);
    this.isOops = isOops;
  }
}

/**
 * Two subjects as one: every call is made to both, and what they return, do to the world and have
 * in their books must be the same. What the first one does is what the caller sees.
 */
export class LockstepSubject implements Subject {
  readonly name: string;
  readonly #first: Subject;
  readonly #second: Subject;

  constructor(first: Subject, second: Subject) {
    this.name = `${first.name} and ${second.name}`;
    this.#first = first;
    this.#second = second;
  }

  boot(machine: Machine, observer: KernelObserver): Session {
    return new LockstepSession(
      { name: this.#first.name, ...booted(this.#first, machine, observer) },
      { name: this.#second.name, ...booted(this.#second, machine, null) },
    );
  }
}

interface Side {
  readonly name: string;
  readonly session: Session;
  readonly log: EffectLog;
}

function booted(subject: Subject, machine: Machine, observer: KernelObserver | null) {
  const log = new EffectLog(observer);
  return { session: subject.boot(machine, log), log };
}

class LockstepSession implements Session {
  readonly #first: Side;
  readonly #second: Side;

  constructor(first: Side, second: Side) {
    this.#first = first;
    this.#second = second;
  }

  /** Throws a Difference that says what is not the same. */
  call(call: Call): Outcome {
    const outcome = this.#first.session.call(call);
    this.#compareOutcomes(outcome, this.#second.session.call(call));
    this.#compareEffects();
    if (outcome.status !== 'died') this.#compareBooks();
    return outcome;
  }

  #compareOutcomes(outcome: Outcome, other: Outcome): void {
    const [text, others] = [outcomeText(outcome), outcomeText(other)];
    if (text === others || text.includes('NaN')) return;
    throw this.#difference('returns', text, others, isOops(outcome));
  }

  #compareEffects(): void {
    const effects = this.#first.log.take();
    const others = this.#second.log.take();
    const at = firstDifference(effects, others);
    if (at < 0) return;
    throw this.#difference('effect', effectText(effects, at), effectText(others, at));
  }

  #compareBooks(): void {
    const book = bookOf(this.#first.session);
    const other = bookOf(this.#second.session);
    for (const key of BOOK_KEYS) {
      const [mine, theirs] = [book[key], other[key]];
      if (mine.some(Number.isNaN) || firstDifference(mine, theirs) < 0) continue;
      throw this.#difference(key, bookText(key, mine), bookText(key, theirs));
    }
  }

  #difference(what: string, first: string | null, second: string | null, oops = false): Difference {
    const [a, b] = [this.#first.name, this.#second.name];
    return new Difference(
      `${what}: ${a}: ${first ?? 'nothing'}; ${b}: ${second ?? 'nothing'}`,
      oops,
    );
  }

  tasks(): Tasks {
    throw new Error('two subjects are held against each other call by call only');
  }

  inspect(): KernelState {
    return this.#first.session.inspect();
  }

  failedAllocations(): number {
    return this.#first.session.failedAllocations();
  }

  staleTlb(): StaleTlb | null {
    return this.#first.session.staleTlb();
  }

  tracepoints(): ReadonlyMap<string, number> {
    return this.#first.session.tracepoints();
  }

  peaks(): null {
    return null;
  }

  followFunctions(listener: FunctionListener): void {
    this.#first.session.followFunctions(listener);
  }
}

/** An outcome without the words of a subject. */
function outcomeText(outcome: Outcome): string {
  const text = 'warning' in outcome && outcome.warning !== null ? ', with a warning' : '';
  switch (outcome.status) {
    case 'returned':
      return `${outcome.value}${text}`;
    case 'returned-many':
      return `${outcome.values.join(' ')}${text}`;
    case 'failed':
      return `failure${text}`;
    case 'died':
      return 'never: it dies';
  }
}

function isOops(outcome: Outcome): boolean {
  return outcome.status === 'died' && outcome.cause === 'oops';
}

/**
 * The index at which two lists of numbers differ first, -1 if they do not. A NaN of the first is
 * like anything: what is read of freed memory, after a call that must not be made, is anybody's
 * guess.
 */
function firstDifference(first: readonly number[], second: readonly number[]): number {
  const longer = Math.max(first.length, second.length);
  for (let at = 0; at < longer; at++) {
    if (first[at] === second[at] || Number.isNaN(first[at])) continue;
    return at;
  }
  return -1;
}

/** What a kernel has in its books, number by number. */
const BOOK_KEYS = [
  'busy',
  'lazy',
  'free',
  'pooled',
  'pools',
  'blocks',
  'vmap_lazy_nr',
  'spare vmap_areas',
  'pending work',
  'failed allocations',
  'objects',
] as const;

type BookKey = (typeof BOOK_KEYS)[number];

/** Kinds of object that both subjects count. */
const OBJECT_KINDS = ['vmap_area', 'vm_struct', 'vmap_block', 'page_array'];

function bookOf(session: Session): Readonly<Record<BookKey, readonly number[]>> {
  const state = session.inspect();
  return {
    busy: state.busy,
    lazy: state.lazy,
    free: state.free,
    pooled: state.pooled,
    pools: state.pools,
    blocks: blocksInOrder(state.blocks),
    vmap_lazy_nr: [state.vmapLazyNr],
    'spare vmap_areas': [state.spareVmapAreas],
    'pending work': [state.pendingWork],
    'failed allocations': [session.failedAllocations()],
    objects: OBJECT_KINDS.map((kind) => state.objects.get(kind) ?? 0),
  };
}

/** Numbers of a block in the bookkeeping: start, free, dirty, dirty_min, dirty_max, cpu, queue. */
const BLOCK_FIELDS = 7;

/** The cpu of a block on no list is nobody's concern, and its place in an index neither. */
function blocksInOrder(blocks: readonly number[]): number[] {
  const starts: number[] = [];
  for (let at = 0; at < blocks.length; at += BLOCK_FIELDS) starts.push(at);
  starts.sort((a, b) => (blocks[a] ?? 0) - (blocks[b] ?? 0));
  return starts.flatMap((at) => [...blocks.slice(at, at + 5), blocks[at + 6] ?? -1]);
}

function bookText(key: BookKey, numbers: readonly number[]): string {
  if (key !== 'blocks') return numbers.join(' ');
  const texts: string[] = [];
  for (let at = 0; at < numbers.length; at += BLOCK_FIELDS - 1) {
    const [start, free, dirty, min, max, queue] = numbers.slice(at);
    texts.push(`at ${start} free ${free} dirty ${dirty} [${min}, ${max}) list ${queue}`);
  }
  return texts.join('; ');
}
