import type { Operation } from '../scenario/operation.ts';
import type { CheckedRun, Step } from './checked-run.ts';

/** Kinds of allocation an area can come from, which also say how it is to be given back. */
export const ALLOCATORS = [
  'vmalloc',
  'vmap',
  'vm_map_ram',
  'get_vm_area',
  'ioremap',
  'pcpu_get_vm_areas',
] as const;

export type Allocator = (typeof ALLOCATORS)[number];

/** How many areas that are gone a roster remembers, for calls that must not be made. */
const GONE_REMEMBERED = 8;

/** The names of a run that are in use, by kind: what the next operation can refer to. */
export class Roster {
  readonly live: Readonly<Record<Allocator, string[]>> = {
    vmalloc: [],
    vmap: [],
    vm_map_ram: [],
    get_vm_area: [],
    ioremap: [],
    pcpu_get_vm_areas: [],
  };
  /** Names whose areas were given back, latest last. */
  readonly gone: string[] = [];
  /** vmaps that the purge notifier may give up. */
  readonly registered = new Set<string>();
  /** Areas whose frames may be made read-only: freeing them restores the permissions. */
  readonly resetsPerms = new Set<string>();
  /** Names handed out so far. */
  names = 0;

  /** Takes in what an operation did. */
  note(run: CheckedRun, operation: Operation, step: Step): void {
    if (step.kind !== 'called') return;
    if ('area' in operation) {
      if (run.handles.get(operation.area) !== undefined) {
        this.live[operation.kind].push(operation.area);
        if (operation.kind === 'vmalloc' && operation.resetPerms) {
          this.resetsPerms.add(operation.area);
        }
      }
      return;
    }
    if (!('at' in operation) || !('area' in operation.at)) return;
    const name = operation.at.area;
    switch (operation.kind) {
      case 'vfree':
      case 'vfree_atomic':
        this.#leave('vmalloc', name);
        break;
      case 'vunmap':
        this.registered.delete(name);
        this.#leave('vmap', name);
        this.#leave('ioremap', name);
        break;
      case 'vm_unmap_ram':
        this.#leave('vm_map_ram', name);
        break;
      case 'free_vm_area':
        this.#leave('get_vm_area', name);
        break;
      case 'pcpu_free_vm_areas':
        this.#leave('pcpu_get_vm_areas', name);
        break;
      case 'register_vmap_purge_notifier':
        this.registered.add(name);
    }
  }

  /** Forgets the vmaps that the purge notifier has given up meanwhile. */
  forgetReleased(run: CheckedRun): void {
    for (const name of this.registered) {
      const handle = run.handles.get(name);
      if (handle !== undefined && run.ledger.areas.get(handle.vpn) === handle.areas[0]) continue;
      this.registered.delete(name);
      this.#leave('vmap', name);
    }
  }

  #leave(kind: Allocator, name: string): void {
    const names = this.live[kind];
    const at = names.indexOf(name);
    if (at < 0) return;
    names.splice(at, 1);
    this.gone.push(name);
    if (this.gone.length > GONE_REMEMBERED) this.gone.shift();
  }
}
