import { type Machine, MODULES_VPN, VMALLOC_START } from '../models/hardware/machine.ts';
import type { Call } from '../src/subject/port.ts';
import type { Property } from './property.ts';

export const firstFit: Property = {
  name: 'first-fit',
  kind: 'economy',
  invariant: 'I13',
  prose:
    'Where promised (since v5.2, alignment of one page): an allocation gets the lowest ' +
    'address that fits.',
  source: '68ad4a330433 (v5.2)',
  watch(world, violated) {
    /** The free ranges before the running call; null: not known. */
    let free: readonly number[] | null = null;
    let flushed = false;
    return {
      callBegins() {
        flushed = false;
      },
      flushAsked() {
        flushed = true;
      },
      allocated(area, call) {
        const size = pagesTaken(world.machine, call);
        if (free === null || flushed || size === null) return;
        const [low, high] = rangeOf(world.machine, call);
        for (let i = 0; i < free.length; i += 2) {
          const start = Math.max(free[i] ?? 0, low);
          const end = Math.min(free[i + 1] ?? 0, high);
          if (end - start < size) continue;
          if (start !== area.start) {
            violated(`${size} pages would have fitted at page ${start}, given was ${area.start}`);
          }
          return;
        }
      },
      callReturned() {
        free = null;
      },
      state(state) {
        free = state.free;
      },
    };
  },
};

/** Pages of address space a call takes, guard page included; null: nothing is promised. */
function pagesTaken(machine: Machine, call: Call): number | null {
  switch (call.kind) {
    case 'vmalloc':
      return call.align === 1 ? call.pages + 1 : null;
    case 'vmap':
    case 'get_vm_area':
      return call.pages + 1;
    case 'vm_map_ram':
      return call.pages > machine.vmapMaxAlloc ? call.pages : null;
    default:
      return null;
  }
}

function rangeOf(machine: Machine, call: Call): readonly [number, number] {
  return call.kind === 'vmalloc' && call.range === 'modules'
    ? [MODULES_VPN, MODULES_VPN + machine.modulesPages]
    : [VMALLOC_START, VMALLOC_START + machine.vmallocPages];
}
