import { HIGHEST_VPN, VMALLOC_START } from '../../models/hardware/machine.ts';
import {
  AREA_READ,
  AREA_WRITE,
  type Footprint,
  PTE_READ,
  TLB_READ,
  UNNUMBERED,
} from '../../models/kernel/footprint.ts';
import type { Area } from '../../models/reference/area.ts';
import type { CallRecord } from '../../models/reference/call-record.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Call, Outcome } from '../subject/port.ts';
import type { Pending } from './checked-run.ts';
import type { Handles } from './handles.ts';

/** Stands for the moments when calls begin and return, as no-stale-alias compares them. */
const BOUNDARY = 0;
const FIRST_NAME = 1;

/**
 * What the beginning and the end of calls touch: names that another task uses as well, what the
 * reference says about pages, and the moments themselves where a property compares them.
 */
export class CallFootprints {
  readonly #footprint: Footprint;
  readonly #handles: Handles;
  readonly #scenario: Scenario;
  /** Made when a footprint is wanted for the first time. */
  #numbers: ReadonlyMap<string, number> | null = null;

  constructor(scenario: Scenario, handles: Handles, footprint: Footprint) {
    this.#footprint = footprint;
    this.#handles = handles;
    this.#scenario = scenario;
  }

  #numberOf(name: string): number | undefined {
    this.#numbers ??= numbersOfSharedNames(this.#scenario);
    return this.#numbers.get(name);
  }

  /** An operation is looked at: whether there is anything to call depends on what it refers to. */
  considered(operation: Operation): void {
    if (!this.#footprint.isWanted || !('at' in operation)) return;
    const { at } = operation;
    if ('area' in at) {
      const number = this.#numberOf(at.area);
      if (number !== undefined) this.#footprint.read(number);
    }
    const vpn = this.#handles.vpnOf(at);
    if (!Number.isNaN(vpn)) this.#footprint.touchPages(vpn, vpn + 1, AREA_READ | PTE_READ);
  }

  begins({ call, freed, used }: Pending): void {
    if (!this.#footprint.isWanted) return;
    this.#areas(freed, AREA_WRITE);
    if (used !== null) this.#areas([used], AREA_WRITE);
    if (call.kind === 'vm_unmap_aliases') this.#footprint.write(BOUNDARY);
    if (call.kind === 'vread') this.#read(call);
  }

  returned({ call, freed, used, name, record }: Pending, outcome: Outcome): void {
    if (!this.#footprint.isWanted) return;
    this.#areas(freed, AREA_WRITE);
    if (used !== null) this.#areas([used], AREA_WRITE);
    this.workerReturned(record);
    if (name !== null) this.#named(name);
    if (outcome.status !== 'died') this.#observed(call);
  }

  /** Work has been done that no operation waits for. */
  workerReturned({ cleared }: CallRecord): void {
    if (cleared.length > 0) this.#footprint.read(BOUNDARY);
  }

  #named(name: string): void {
    const number = this.#numberOf(name);
    if (number !== undefined) this.#footprint.write(number);
    this.#areas(this.#handles.get(name)?.areas ?? [], AREA_WRITE | PTE_READ | TLB_READ);
  }

  /** What a property compares when a call returns. */
  #observed(call: Call): void {
    if (call.kind === 'vread') this.#read(call);
    if (call.kind !== 'vm_unmap_aliases') return;
    this.#footprint.touchPages(VMALLOC_START, HIGHEST_VPN, TLB_READ);
  }

  /** What the pages of a read are, from its beginning to its end, is what it may return. */
  #read({ vpn, pages }: Extract<Call, { kind: 'vread' }>): void {
    this.#footprint.touchPages(vpn, vpn + pages, PTE_READ | AREA_READ);
  }

  #areas(areas: readonly Area[], kinds: number): void {
    for (const { start, pages } of areas) this.#footprint.touchPages(start, start + pages, kinds);
  }
}

/** A number for each name that more than one task uses. Many names share numbers. */
function numbersOfSharedNames({ tasks }: Scenario): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  const numbers = new Map<string, number>();
  tasks.forEach(({ operations }, task) => {
    for (const name of operations.flatMap(namesOf)) {
      const user = users.get(name);
      users.set(name, user ?? task);
      if (user === undefined || user === task || numbers.has(name)) continue;
      numbers.set(name, FIRST_NAME + (numbers.size % (UNNUMBERED - FIRST_NAME)));
    }
  });
  return numbers;
}

function namesOf(operation: Operation): string[] {
  if ('area' in operation) return [operation.area];
  return 'at' in operation && 'area' in operation.at ? [operation.at.area] : [];
}
