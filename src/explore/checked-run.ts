import type { Machine } from '../../models/hardware/machine.ts';
import { HIGHEST_VPN, LOWEST_VPN } from '../../models/hardware/machine.ts';
import { ConcreteTlb } from '../../models/hardware/tlb-concrete.ts';
import { FastStaleTlb } from '../../models/hardware/tlb-fast.ts';
import { NaiveStaleTlb } from '../../models/hardware/tlb-naive.ts';
import type { Area, AreaKind } from '../../models/reference/area.ts';
import type { CallRecord } from '../../models/reference/call-record.ts';
import { Ledger } from '../../models/reference/ledger.ts';
import type { Property, World } from '../../properties/property.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Call, Outcome, Session, Subject } from '../subject/port.ts';
import { Handles } from './handles.ts';
import { Hooks } from './hooks.ts';
import { areasFreedBy, isLegal } from './legal.ts';
import { Monitor } from './monitor.ts';
import { CallerFrames, resolve, type Touch } from './resolve.ts';

/** The first violation of one property in a run. */
export interface Violation {
  readonly property: Property;
  readonly detail: string;
  /** The page it is about, vpn; null: about none, or the property does not say. */
  readonly page: number | null;
}

/** What became of one operation. */
export type Step =
  /** It refers to an area that does not exist in this run. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'touched'; readonly pfn: number; readonly stale: boolean }
  | { readonly kind: 'called'; readonly call: Call; readonly outcome: Outcome }
  /** The caller broke the contract of the API; `outcome` is how the kernel took it. */
  | {
      readonly kind: 'misused';
      readonly call: Call;
      readonly outcome: Outcome;
      /** refused: nothing changed. accepted: it did, and what follows is undefined. */
      readonly verdict: 'refused' | 'accepted' | 'died';
    };

/** Events that cannot happen, rather than calls that must not be made. */
function isWorldEvent(call: Call): boolean {
  return call.kind === 'migrate' || call.kind === 'register_vmap_purge_notifier';
}

/** A call in flight. */
export interface Pending {
  readonly call: Call;
  readonly freed: readonly Area[];
  /** The name its area gets. */
  readonly name: string | null;
  readonly record: CallRecord;
  /** An area that its caller has to keep until it returns. */
  readonly used: Area | null;
}

/** How a run keeps its books: what to spend on being slow and obvious. */
export interface RunOptions {
  /** The reference's TLBs: page by page, or by ranges. */
  readonly tlb: 'naive' | 'fast';
  /** The kernel's own bookkeeping is looked at after every so many calls. */
  readonly stateInterval: number;
}

const THOROUGH: RunOptions = { tlb: 'naive', stateInterval: 1 };

/** From this many numbers of bookkeeping on, it is looked at less often still. */
const LARGE_STATE = 128;
const LARGE_STATE_INTERVAL = 64;

/**
 * One scenario on one subject, operation by operation, with the reference beside it and the
 * properties watching.
 */
export class CheckedRun implements World {
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly session: Session;
  readonly handles = new Handles();
  /** First violations, in the order they happened. */
  readonly violations: Violation[] = [];
  readonly monitor: Monitor;
  /** Whether later operations have no meaning: the machine died, or a misuse was accepted. */
  ended = false;
  /** The CPU the calling task is on. */
  cpu: number;
  /** Is told of each violation in the moment it happens, for explaining it. */
  onViolated: ((violation: Violation) => void) | null = null;
  readonly #hooks: Hooks;
  readonly #violated = new Set<string>();
  readonly #frames = new CallerFrames();
  /** First pages of the areas of each pcpu_get_vm_areas, by the first of them. */
  readonly #congruent = new Map<number, readonly number[]>();
  readonly #stateInterval: number;
  #failuresBefore = 0;
  readonly #inFlight = new Set<Pending>();
  #callsSinceState = 0;
  #stateSize = 0;

  constructor(
    subject: Subject,
    machine: Machine,
    properties: readonly Property[],
    options: RunOptions = THOROUGH,
  ) {
    const cpus = machine.onlineCpus.length;
    this.machine = machine;
    this.cpu = machine.onlineCpus[0] ?? 0;
    this.#stateInterval = options.stateInterval;
    this.ledger = new Ledger(
      machine,
      options.tlb === 'naive' ? new NaiveStaleTlb(cpus) : new FastStaleTlb(cpus),
    );
    const watchers = properties.map((property) =>
      property.watch(this, (detail, page) => this.#violate(property, detail, page ?? null)),
    );
    this.#hooks = new Hooks(watchers);
    this.monitor = new Monitor(this.ledger, this.#hooks);
    this.session = subject.boot(machine, this.monitor);
  }

  allocationFailed(): boolean {
    return this.session.failedAllocations() > this.#failuresBefore;
  }

  describe(vpn: number): string {
    return this.handles.describe(vpn);
  }

  /** Runs one operation. After `ended` nothing runs any more. */
  step(operation: Operation): Step {
    if (this.ended) return { kind: 'skipped' };
    if (operation.kind === 'touch') return this.#touch(operation);
    const call = resolve(operation, this.handles, this.#frames);
    if (call === null) return { kind: 'skipped' };
    const freed = areasFreedBy(call, this.ledger, this.#congruent);
    if (!isLegal(call, this.ledger, freed)) {
      return isWorldEvent(call) ? { kind: 'skipped' } : this.#misuse(call);
    }
    const pending = this.#begin(call, freed, 'area' in operation ? operation.area : null);
    const outcome = this.session.call(call);
    this.end(pending, outcome);
    return { kind: 'called', call, outcome };
  }

  /**
   * Begins an operation that will run beside others, the caller's frames taken from `frames`. Null
   * if there is nothing to call: it refers to an area that does not exist, or its caller may not
   * make it.
   */
  begin(operation: Exclude<Operation, Touch>, frames: CallerFrames): Pending | null {
    const call = resolve(operation, this.handles, frames);
    if (call === null) return null;
    const freed = areasFreedBy(call, this.ledger, this.#congruent);
    if (!isLegal(call, this.ledger, freed)) return null;
    for (const { used } of this.#inFlight) if (used !== null && freed.includes(used)) return null;
    return this.#begin(call, freed, 'area' in operation ? operation.area : null);
  }

  #begin(call: Call, freed: readonly Area[], name: string | null): Pending {
    this.#failuresBefore = this.session.failedAllocations();
    const record = this.ledger.callBegins();
    for (const watcher of this.#hooks.callBegins) watcher.callBegins(call, record);
    for (const area of freed) this.ledger.freeBegins(area);
    const used = call.kind === 'set_memory_ro' ? (this.ledger.areas.get(call.vpn) ?? null) : null;
    const pending = { call, freed, name, record, used };
    this.#inFlight.add(pending);
    return pending;
  }

  /** A call that was begun has returned, or the machine has died in it. */
  end(pending: Pending, outcome: Outcome): void {
    const { call, freed, name, record } = pending;
    this.#inFlight.delete(pending);
    if (outcome.status === 'died') this.ended = true;
    else {
      if (call.kind === 'migrate') this.cpu = call.cpu;
      // A deferred free is complete when its work has run.
      if (call.kind !== 'vfree_atomic') for (const area of freed) this.ledger.freed(area);
      if (name !== null) this.#allocated(call, outcome, name);
    }
    for (const watcher of this.#hooks.callReturned) watcher.callReturned(call, outcome, record);
    this.ledger.callReturned(record);
    // With another call in flight the books need not balance.
    if (!this.ended && this.#inFlight.size === 0) this.#checkState(call);
  }

  #violate(property: Property, detail: string, page: number | null): void {
    if (this.#violated.has(property.name)) return;
    this.#violated.add(property.name);
    const violation = { property, detail, page };
    this.violations.push(violation);
    this.onViolated?.(violation);
  }

  #touch(operation: Touch): Step {
    const vpn = this.handles.vpnOf(operation.at);
    const index = this.machine.onlineCpus.indexOf(operation.cpu);
    if (Number.isNaN(vpn) || index < 0) return { kind: 'skipped' };
    this.monitor.concreteTlb ??= new ConcreteTlb(this.machine.onlineCpus.length);
    const mapped = this.ledger.frameOf.get(vpn) ?? -1;
    const pfn = this.monitor.concreteTlb.touch(index, vpn, mapped);
    return { kind: 'touched', pfn, stale: pfn !== mapped };
  }

  /** The machine has died in work that no operation of the scenario is. */
  diedInWork(outcome: Outcome): void {
    this.ended = true;
    const record = this.ledger.callBegins();
    const call: Call = { kind: 'run_work' };
    for (const watcher of this.#hooks.callReturned) watcher.callReturned(call, outcome, record);
    this.ledger.callReturned(record);
  }

  #allocated(call: Call, outcome: Outcome, name: string): void {
    if (call.kind === 'pcpu_get_vm_areas') {
      if (outcome.status !== 'returned-many') return;
      const areas = outcome.values.map((start, i) =>
        this.#register(call, 'pcpu', start, call.sizes[i] ?? 0, null),
      );
      const pages = areas.reduce((sum, area) => sum + area.pages, 0);
      const vpn = outcome.values[0] ?? 0;
      this.#congruent.set(vpn, outcome.values);
      this.handles.add({ name, vpn, pages, areas });
    } else if (outcome.status === 'returned' && isSingleAllocation(call)) {
      const { kind, pages } = call;
      const frames = 'frames' in call ? call.frames : null;
      const area = this.#register(call, kind, outcome.value, pages, frames);
      this.handles.add({ name, vpn: outcome.value, pages, areas: [area] });
    }
  }

  #register(
    call: Call,
    kind: AreaKind,
    start: number,
    pages: number,
    frames: readonly number[] | null,
  ): Area {
    const resetsPerms = call.kind === 'vmalloc' && call.resetPerms;
    const area: Area = { kind, start, pages, frames, resetsPerms, state: 'live' };
    for (const watcher of this.#hooks.allocated) watcher.allocated(area, call);
    this.ledger.allocated(area);
    return area;
  }

  /** A call its caller may not make: the kernel may refuse it, or die; both are its right. */
  #misuse(call: Call): Step {
    const before = this.#fingerprint();
    this.monitor.muted = true;
    const outcome = this.session.call(call);
    this.monitor.muted = false;
    if (outcome.status === 'died') {
      this.ended = true;
      return { kind: 'misused', call, outcome, verdict: 'died' };
    }
    // What vfree_atomic() puts off cannot be seen yet.
    const refused = call.kind !== 'vfree_atomic' && this.#fingerprint() === before;
    const verdict = refused ? 'refused' : 'accepted';
    if (verdict === 'accepted') this.ended = true;
    return { kind: 'misused', call, outcome, verdict };
  }

  #fingerprint(): string {
    const { busy, lazy, free, pooled, blocks, vmapLazyNr } = this.session.inspect();
    return JSON.stringify([this.monitor.events, busy, lazy, free, pooled, blocks, vmapLazyNr]);
  }

  #checkState(call: Call): void {
    if (this.#hooks.state.length === 0) return;
    this.#callsSinceState++;
    const interval = this.#stateSize > LARGE_STATE ? LARGE_STATE_INTERVAL : this.#stateInterval;
    if (this.#callsSinceState < interval) return;
    this.#callsSinceState = 0;
    this.checkStateNow(call);
  }

  /** Lets the properties look at the kernel's bookkeeping, `call` being what ran last. */
  checkStateNow(call: Call): void {
    if (this.#hooks.state.length === 0) return;
    const state = this.session.inspect();
    this.#stateSize = state.busy.length + state.lazy.length + state.free.length;
    for (const watcher of this.#hooks.state) watcher.state(state, call);
  }

  /** Throws if the subject's simulated TLBs and the reference's do not agree on every page. */
  assertTlbsAgree(): void {
    const own = this.session.staleTlb();
    if (own === null) return;
    const [mine, theirs] = [this.ledger.tlb, own].map((t) => t.countStale(LOWEST_VPN, HIGHEST_VPN));
    if (mine !== theirs) {
      throw new Error(`TLB models disagree: reference ${mine} stale pages, hardware ${theirs}`);
    }
  }
}

type SingleAllocation = Extract<
  Call,
  { kind: 'vmalloc' | 'vmap' | 'vm_map_ram' | 'get_vm_area' | 'ioremap' }
>;

function isSingleAllocation(call: Call): call is SingleAllocation {
  switch (call.kind) {
    case 'vmalloc':
    case 'vmap':
    case 'vm_map_ram':
    case 'get_vm_area':
    case 'ioremap':
      return true;
    default:
      return false;
  }
}
