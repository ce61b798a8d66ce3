import type { Machine } from '../../../models/hardware/machine.ts';
import type { Call } from '../port.ts';

/** The first number of a message: what is asked for. See native/machine/main.c. */
export const REQUEST = { boot: 0, call: 1, tracepoints: 2, run: 3, sites: 4 } as const;

/** How a call ended. See enum result in native/reply.h. */
export const STATUS = {
  nothing: 0,
  address: 1,
  number: 2,
  list: 3,
  failed: 4,
  died: 5,
} as const;

/** Causes of death in their order in native/sim.h. */
export const DEATHS = ['bug', 'oops', 'locking'] as const;

/** The calls in their order in native/reply.h, and one that does nothing. */
const CALLS: readonly (Call['kind'] | 'nothing')[] = [
  'vmalloc',
  'vmap',
  'vm_map_ram',
  'get_vm_area',
  'ioremap',
  'pcpu_get_vm_areas',
  'vfree',
  'vfree_atomic',
  'vunmap',
  'free_vm_area',
  'pcpu_free_vm_areas',
  'vm_unmap_ram',
  'vm_unmap_aliases',
  'set_memory_ro',
  'vread',
  'vmalloc_to_page',
  'find_vm_area',
  'migrate',
  'run_work',
  'shrink',
  'fail_alloc',
  'register_vmap_purge_notifier',
  'nothing',
];

const NUMBERS: ReadonlyMap<string, number> = new Map(CALLS.map((kind, index) => [kind, index]));

/** Asks for a boot; nothing is answered. */
export function bootMessage(machine: Machine): number[] {
  const { possibleCpus, onlineCpus } = machine;
  return [
    REQUEST.boot,
    machine.vmallocPages,
    machine.modulesPages,
    machine.ramPages,
    machine.directMapVpn,
    machine.lazyMaxPages,
    machine.vmapNodes,
    machine.zonePages,
    possibleCpus.length,
    ...possibleCpus,
    onlineCpus.length,
    ...onlineCpus,
  ];
}

/** Asks for a call, and for the kernel's bookkeeping after it if `withState`. */
export function callMessage(call: Call | { readonly kind: 'nothing' }, withState: boolean) {
  const message = [REQUEST.call, numberOf(call), withState ? 1 : 0];
  for (const operand of operandsOf(call)) message.push(operand);
  return message;
}

/** A call that a task is to make, as a part of a message. */
export function taskCall(call: Call): number[] {
  return [numberOf(call), ...operandsOf(call)];
}

function numberOf(call: Call | { readonly kind: 'nothing' }): number {
  return NUMBERS.get(call.kind) ?? -1;
}

/** The operands of a call, in pages, vpn and pfn, as native/kernel/calls.h takes them. */
function operandsOf(call: Call | { readonly kind: 'nothing' }): readonly number[] {
  switch (call.kind) {
    case 'vmalloc':
      return [call.pages, call.align, call.range === 'modules' ? 1 : 0, call.resetPerms ? 1 : 0];
    case 'vmap':
    case 'vm_map_ram':
    case 'ioremap':
      return [call.pages, ...call.frames];
    case 'get_vm_area':
      return [call.pages];
    case 'pcpu_get_vm_areas':
      return [call.align, call.offsets.length, ...call.offsets, ...call.sizes];
    case 'vm_unmap_ram':
    case 'vread':
      return [call.vpn, call.pages];
    case 'migrate':
      return [call.cpu];
    case 'fail_alloc':
      return [call.nth];
    case 'vm_unmap_aliases':
    case 'run_work':
    case 'shrink':
    case 'nothing':
      return [];
    default:
      return [call.vpn];
  }
}

/** Reads a message number by number. Throws a RangeError behind its end. */
export class MessageReader {
  readonly #numbers: Float64Array;
  #at = 0;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
  }

  get ended(): boolean {
    return this.#at === this.#numbers.length;
  }

  next(): number {
    const value = this.#numbers[this.#at++];
    if (value === undefined) throw new RangeError('a message from the kernel ends too early');
    return value;
  }

  /** The next `count` numbers; valid as long as the message is. */
  take(count: number): Float64Array {
    const taken = this.#numbers.subarray(this.#at, this.#at + count);
    if (taken.length < count) throw new RangeError('a message from the kernel ends too early');
    this.#at += count;
    return taken;
  }

  /** A reader of the next `count` numbers alone. */
  slice(count: number): MessageReader {
    return new MessageReader(this.take(count));
  }

  /** A list: how many, and the numbers. */
  list(): number[] {
    const count = this.next();
    const list: number[] = [];
    for (let i = 0; i < count; i++) list.push(this.next());
    return list;
  }

  /** A text: how many bytes, and each. */
  text(): string {
    if (this.#numbers[this.#at] === 0) {
      this.#at++;
      return '';
    }
    return Buffer.from(this.list()).toString('utf8');
  }
}
