import { Hardware } from '../../models/hardware/hardware.ts';
import { CALLER_PFN } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { Kernel, KernelClass } from '../../models/kernel/kernel.ts';
import { DEFAULT_MACHINE } from '../scenario/machine.ts';
import type { Call, Subject } from './port.ts';

const deaf = () => {};

/** Hears of everything and does nothing. */
const DEAF: KernelObserver = {
  ptesSet: deaf,
  ptesCleared: deaf,
  flushAsked: deaf,
  invalidated: deaf,
  frameAllocated: deaf,
  frameFreed: deaf,
  directMapSet: deaf,
  innerFreeBegins: deaf,
  innerFreeReturned: deaf,
  complaint: deaf,
  innerAllocated: deaf,
};

type Freeing = Extract<Call, { readonly vpn: number }>['kind'];

/** Allocations, and what gives each back. */
const PAIRS: readonly (readonly [Call, Exclude<Freeing, 'vread' | 'vm_unmap_ram'>])[] = [
  [{ kind: 'vmalloc', pages: 2, align: 1, range: 'vmalloc', resetPerms: false }, 'vfree'],
  [{ kind: 'vmalloc', pages: 1, align: 1, range: 'vmalloc', resetPerms: true }, 'vfree_atomic'],
  [{ kind: 'vmap', frames: [CALLER_PFN], pages: 1 }, 'vunmap'],
  [{ kind: 'get_vm_area', pages: 1 }, 'free_vm_area'],
];

/**
 * Makes a few calls of every sort, so that code that cannot work at all is noticed before a check
 * begins. Throws what the subject throws; how the calls end is not looked at.
 */
export function smokeTest(subject: Subject): void {
  const session = subject.boot(DEFAULT_MACHINE, DEAF);
  const allocate = (call: Call): number | null => {
    const outcome = session.call(call);
    return outcome.status === 'returned' ? outcome.value : null;
  };
  const pages = DEFAULT_MACHINE.vmapMaxAlloc;
  for (const size of [pages, pages, pages + 1]) {
    const frames = Array.from({ length: size }, (_, page) => CALLER_PFN + page);
    const vpn = allocate({ kind: 'vm_map_ram', frames, pages: size });
    if (vpn === null) return;
    session.call({ kind: 'vread', vpn, pages: size });
    session.call({ kind: 'vm_unmap_ram', vpn, pages: size });
    session.call({ kind: 'vm_unmap_aliases' });
  }
  for (const [allocation, kind] of PAIRS) {
    const vpn = allocate(allocation);
    if (vpn === null) return;
    session.call({ kind, vpn });
  }
  session.call({ kind: 'run_work' });
  session.call({ kind: 'vm_unmap_aliases' });
  session.inspect();
}

/** The name of a function that `Base` has and a kernel of a derived class lacks, or null. */
export function missingFunction(Base: KernelClass, Derived: KernelClass): string | null {
  const kernel: Kernel = new Derived(DEFAULT_MACHINE, new Hardware(DEFAULT_MACHINE, DEAF), DEAF);
  const missing = methods(Base).find(([name]) => typeof Reflect.get(kernel, name) !== 'function');
  return missing?.[0] ?? null;
}

/** The names of generator functions of `Base` that a derived class overrides with plain ones. */
export function plainOverrides(Base: KernelClass, Derived: KernelClass): string[] {
  return methods(Base)
    .filter(([, method]) => isGenerator(method))
    .map(([name]) => name)
    .filter((name) => !isGenerator(Reflect.get(Derived.prototype, name)));
}

/** The methods of a class by name, those it inherits included. */
function methods(Class: KernelClass): [string, unknown][] {
  const found = new Map<string, unknown>();
  let proto: unknown = Class.prototype;
  for (; proto instanceof Object; proto = Object.getPrototypeOf(proto)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (typeof value === 'function' && !found.has(name)) found.set(name, value);
    }
  }
  return [...found];
}

function isGenerator(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}
