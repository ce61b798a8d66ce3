import { describe, expect, it } from 'vitest';
import { CALLER_PFN } from '../../../models/hardware/machine.ts';
import { Handles } from '../../../src/explore/handles.ts';
import { CallerFrames, resolve } from '../../../src/explore/resolve.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import type { Call } from '../../../src/subject/port.ts';

/** A run in which A was mapped at page 10 with 3 pages. */
function resolver(): (text: string) => Call | null {
  const handles = new Handles();
  handles.add({ name: 'A', vpn: 10, pages: 3, areas: [] });
  const frames = new CallerFrames();
  return (text) => {
    const operation = parseOperation(text);
    if (operation.kind === 'touch') throw new Error('a touch is not a call');
    return resolve(operation, handles, frames);
  };
}

describe('resolve', () => {
  it('brings frames that no call brought before', () => {
    const call = resolver();
    const calls = [call('B = vmap(2)'), call('C = vm_map_ram(1)'), call('D = ioremap(1)')];
    const frames = calls.flatMap((one) => (one && 'frames' in one ? one.frames : []));
    expect(frames).toEqual([0, 1, 2, 3].map((n) => CALLER_PFN + n));
  });

  it('unmaps as many pages as were mapped, or as many as it is told', () => {
    const call = resolver();
    expect(call('vm_unmap_ram(A)')).toEqual({ kind: 'vm_unmap_ram', vpn: 10, pages: 3 });
    expect(call('vm_unmap_ram(A, 2)')).toEqual({ kind: 'vm_unmap_ram', vpn: 10, pages: 2 });
    expect(call('vm_unmap_ram(@7)')).toEqual({ kind: 'vm_unmap_ram', vpn: 7, pages: 1 });
  });

  it.each([
    ['vfree(A+1)', { kind: 'vfree', vpn: 11 }],
    ['vread(A+2, 4)', { kind: 'vread', vpn: 12, pages: 4 }],
    ['register_vmap_purge_notifier(A)', { kind: 'register_vmap_purge_notifier', vpn: 10 }],
    ['find_vm_area(@-3)', { kind: 'find_vm_area', vpn: -3 }],
    ['migrate(1)', { kind: 'migrate', cpu: 1 }],
  ])('of %s fills the page in', (text, call) => {
    expect(resolver()(text)).toEqual(call);
  });

  it.each(['vfree(B)', 'vm_unmap_ram(B)', 'vread(B, 1)', 'set_memory_ro(B)'])(
    'of %s is nothing, B never having been allocated',
    (text) => {
      expect(resolver()(text)).toBeNull();
    },
  );
});
