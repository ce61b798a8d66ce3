import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { StaleTlb } from '../../models/hardware/tlb.ts';
import type { Call, KernelState, Outcome, Session, Subject, Tasks } from '../subject/port.ts';
import { EffectLog } from './effects.ts';

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
    const other = this.#second.session.call(call);
    const isOops = outcome.status === 'died' && outcome.cause === 'oops';
    this.#compare('returns', outcomeText(outcome), outcomeText(other), isOops);
    const effects = this.#first.log.take();
    const others = this.#second.log.take();
    const longer = Math.max(effects.length, others.length);
    for (let i = 0; i < longer; i++) this.#compare('effect', effects[i], others[i]);
    if (outcome.status !== 'died') this.#compareBooks();
    return outcome;
  }

  #compareBooks(): void {
    const book = bookOf(this.#first.session);
    const other = bookOf(this.#second.session);
    for (const [key, text] of Object.entries(book)) this.#compare(key, text, other[key]);
  }

  #compare(what: string, first?: string, second?: string, isOops = false): void {
    if (first === second) return;
    // What is read of freed memory, after a call that must not be made, is anybody's guess.
    if (first?.includes('NaN')) return;
    const [a, b] = [this.#first.name, this.#second.name];
    const text = `${what}: ${a}: ${first ?? 'nothing'}; ${b}: ${second ?? 'nothing'}`;
    throw new Difference(text, isOops);
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

/** What a kernel has in its books, as texts that can be compared. */
function bookOf(session: Session): Readonly<Record<string, string>> {
  const { objects, freeRangesAreAreas, blocks, ...state } = session.inspect();
  return {
    ...Object.fromEntries(Object.entries(state).map(([key, value]) => [key, String(value)])),
    blocks: blocksText(blocks),
    failedAllocations: String(session.failedAllocations()),
    ...Object.fromEntries(
      ['vmap_area', 'vm_struct', 'vmap_block', 'page_array'].map((kind) => [
        `live ${kind}`,
        String(objects.get(kind) ?? 0),
      ]),
    ),
  };
}

/** Fields of a block: start, free, dirty, dirty_min, dirty_max, cpu, queue. */
const BLOCK_FIELDS = 7;

/** Blocks in the order of their addresses; the CPU of a block on no list is nobody's concern. */
function blocksText(blocks: readonly number[]): string {
  const texts: string[] = [];
  for (let at = 0; at < blocks.length; at += BLOCK_FIELDS) {
    const [start, free, dirty, min, max, , queue] = blocks.slice(at, at + BLOCK_FIELDS);
    texts.push(`at ${start} free ${free} dirty ${dirty} [${min}, ${max}) list ${queue}`);
  }
  return texts.sort().join('; ');
}
