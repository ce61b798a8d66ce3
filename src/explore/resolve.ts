import { CALLER_PFN } from '../../models/hardware/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import type { Call } from '../subject/port.ts';
import type { Handles } from './handles.ts';

/** Frames that the callers of one task may bring. */
const FRAMES_OF_A_TASK = 1_000_000;

/** Hands out the frames that callers of vmap, vm_map_ram and ioremap bring; none comes twice. */
export class CallerFrames {
  #next: number;

  /** Each task brings frames of its own, so that what it maps does not depend on the others. */
  constructor(task = 0) {
    this.#next = CALLER_PFN + task * FRAMES_OF_A_TASK;
  }

  take(pages: number): number[] {
    const frames: number[] = [];
    for (let page = 0; page < pages; page++) frames.push(this.#next++);
    return frames;
  }
}

/** An operation that is the harness's own affair, not a call of the subject. */
export type Touch = Extract<Operation, { kind: 'touch' }>;

/**
 * The call an operation means, its places and frames filled in. Null if it refers to an area whose
 * allocation failed or never ran: such an operation is passed over.
 */
export function resolve(
  operation: Exclude<Operation, Touch>,
  handles: Handles,
  frames: CallerFrames,
): Call | null {
  switch (operation.kind) {
    case 'vmalloc':
    case 'get_vm_area':
    case 'pcpu_get_vm_areas':
    case 'vm_unmap_aliases':
    case 'migrate':
    case 'run_work':
    case 'shrink':
    case 'fail_alloc':
      return operation;
    case 'vmap':
    case 'vm_map_ram':
    case 'ioremap': {
      const { kind, pages } = operation;
      return { kind, pages, frames: frames.take(pages) };
    }
    case 'vm_unmap_ram': {
      const vpn = handles.vpnOf(operation.at);
      if (Number.isNaN(vpn)) return null;
      const mapped = 'area' in operation.at ? handles.get(operation.at.area)?.pages : undefined;
      // The count is an unsigned int.
      return { kind: 'vm_unmap_ram', vpn, pages: (operation.pages ?? mapped ?? 1) % 2 ** 32 };
    }
    case 'vread': {
      const vpn = handles.vpnOf(operation.at);
      return Number.isNaN(vpn) ? null : { kind: 'vread', vpn, pages: operation.pages };
    }
    default: {
      const vpn = handles.vpnOf(operation.at);
      return Number.isNaN(vpn) ? null : { kind: operation.kind, vpn };
    }
  }
}
