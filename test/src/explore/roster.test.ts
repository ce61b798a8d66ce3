import { describe, expect, it } from 'vitest';
import type { CheckedRun } from '../../../src/explore/checked-run.ts';
import { Roster } from '../../../src/explore/roster.ts';
import { newRun, operations } from './runs.ts';

function noted(run: CheckedRun, roster: Roster, ...texts: string[]): void {
  for (const operation of operations(...texts)) roster.note(run, operation, run.step(operation));
}

const ALL = [
  'M = vmalloc(1)',
  'V = vmap(1)',
  'B = vm_map_ram(1)',
  'G = get_vm_area(1)',
  'I = ioremap(1)',
  'P = pcpu_get_vm_areas(0+1)',
];

describe('Roster', () => {
  it('has each area under the allocator it came from', () => {
    const [run, roster] = [newRun(), new Roster()];
    noted(run, roster, ...ALL);
    expect(roster.live).toEqual({
      vmalloc: ['M'],
      vmap: ['V'],
      vm_map_ram: ['B'],
      get_vm_area: ['G'],
      ioremap: ['I'],
      pcpu_get_vm_areas: ['P'],
    });
  });

  it('has them no more once they were given back, each in its way', () => {
    const [run, roster] = [newRun(), new Roster()];
    noted(run, roster, ...ALL);
    noted(run, roster, 'vfree_atomic(M)', 'vunmap(V)', 'vm_unmap_ram(B)');
    noted(run, roster, 'free_vm_area(G)', 'vunmap(I)', 'pcpu_free_vm_areas(P)');
    expect(Object.values(roster.live).flat()).toEqual([]);
    expect(roster.gone).toEqual(['M', 'V', 'B', 'G', 'I', 'P']);
  });

  it('knows nothing of an allocation that failed or a call that was refused', () => {
    const [run, roster] = [newRun(), new Roster()];
    noted(run, roster, 'A = vmap(65)', 'vfree(@3)', 'B = vmap(1)', 'vfree_atomic(A)');
    expect(roster.live.vmap).toEqual(['B']);
    expect(roster.gone).toEqual([]);
  });

  it('knows which areas restore their permissions', () => {
    const [run, roster] = [newRun(), new Roster()];
    noted(run, roster, 'A = vmalloc(1)', 'B = vmalloc(1, VM_FLUSH_RESET_PERMS)');
    expect([...roster.resetsPerms]).toEqual(['B']);
  });

  it('remembers the last few that are gone', () => {
    const [run, roster] = [newRun({ vmapBbmapBits: 16 }), new Roster()];
    for (const name of 'ABCDEFGHIJ') {
      noted(run, roster, `${name} = vm_map_ram(1)`, `vm_unmap_ram(${name})`);
    }
    expect(roster.gone).toEqual([...'CDEFGHIJ']);
  });

  it('forgets a vmap that the purge notifier gave up', () => {
    const [run, roster] = [newRun({ vmallocPages: 16 }), new Roster()];
    noted(run, roster, 'A = vmap(1)', 'B = vmap(10)', 'register_vmap_purge_notifier(B)');
    roster.forgetReleased(run);
    expect(roster.live.vmap).toEqual(['A', 'B']);
    noted(run, roster, 'C = get_vm_area(9)');
    roster.forgetReleased(run);
    expect(roster.live.vmap).toEqual(['A']);
    expect([...roster.registered]).toEqual([]);
    expect(roster.gone).toEqual(['B']);
  });
});
