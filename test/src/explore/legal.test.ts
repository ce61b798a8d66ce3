import { describe, expect, it } from 'vitest';
import { areasFreedBy, isLegal } from '../../../src/explore/legal.ts';
import type { Call } from '../../../src/subject/port.ts';
import { newRun, steps } from './runs.ts';

/** One area of each kind, by name. */
function everything() {
  const run = newRun({ modulesPages: 8 });
  steps(
    run,
    'M = vmalloc(1)',
    'R = vmalloc(1, VM_FLUSH_RESET_PERMS)',
    'V = vmap(1)',
    'I = ioremap(1)',
    'G = get_vm_area(1)',
    'B = vm_map_ram(2)',
    'P = pcpu_get_vm_areas(0+1, 2+1)',
  );
  const vpn = (name: string) => run.handles.get(name)?.vpn ?? Number.NaN;
  const congruent = new Map([[vpn('P'), run.handles.get('P')?.areas.map((a) => a.start) ?? []]]);
  const freed = (call: Call) => areasFreedBy(call, run.ledger, congruent);
  return { run, vpn, freed, legal: (call: Call) => isLegal(call, run.ledger, freed(call)) };
}

describe('a call that frees', () => {
  it.each([
    ['vfree', 'MR'],
    ['vfree_atomic', 'MR'],
    ['vunmap', 'VI'],
    ['free_vm_area', 'G'],
    ['pcpu_free_vm_areas', 'P'],
  ] as const)('%s is for what came from the matching call: %s', (kind, mine) => {
    const { vpn, legal } = everything();
    const accepted = [...'MRVIGBP'].filter((area) => legal({ kind, vpn: vpn(area) }));
    expect(accepted.join('')).toBe(mine);
  });

  it('frees every area of pcpu_get_vm_areas', () => {
    const { vpn, freed } = everything();
    expect(freed({ kind: 'pcpu_free_vm_areas', vpn: vpn('P') })).toHaveLength(2);
  });

  it('must be given the first page, and the size that was mapped', () => {
    const { vpn, legal } = everything();
    const unmap = (at: number, pages: number) => legal({ kind: 'vm_unmap_ram', vpn: at, pages });
    expect(unmap(vpn('B'), 2)).toBe(true);
    expect([unmap(vpn('B'), 1), unmap(vpn('B') + 1, 1), unmap(vpn('M'), 1)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('must not come twice', () => {
    const { run, vpn, legal } = everything();
    steps(run, 'vfree_atomic(M)');
    expect(legal({ kind: 'vfree', vpn: vpn('M') })).toBe(false);
  });
});

describe('other calls', () => {
  it('ask for at least a page', () => {
    const { legal } = everything();
    const asks = (pages: number) => legal({ kind: 'get_vm_area', pages });
    expect([asks(0), asks(1)]).toEqual([false, true]);
  });

  it('make only memory read-only that restores its permissions when freed', () => {
    const { vpn, legal } = everything();
    const ro = [...'MRV'].filter((name) => legal({ kind: 'set_memory_ro', vpn: vpn(name) }));
    expect(ro).toEqual(['R']);
  });

  it('give only a vmap to a notifier, and move only to online CPUs', () => {
    const { vpn, legal } = everything();
    const registered = [...'MVIB'].filter((name) =>
      legal({ kind: 'register_vmap_purge_notifier', vpn: vpn(name) }),
    );
    expect(registered).toEqual(['V']);
    expect([1, 2].map((cpu) => legal({ kind: 'migrate', cpu }))).toEqual([true, false]);
  });

  it.each<[string, number[], number[], number, boolean]>([
    ['areas apart', [0, 4], [2, 2], 2, true],
    ['areas in any order', [4, 0], [2, 4], 2, true],
    ['an empty area', [0, 4], [2, 0], 2, false],
    ['a size that is not aligned', [0, 4], [2, 1], 2, false],
    ['an offset that is not aligned', [0, 3], [2, 2], 2, false],
    ['an alignment that is no power of two', [0, 3], [3, 3], 3, false],
    ['areas that overlap', [0, 1], [2, 2], 1, false],
    ['the same area twice', [0, 0], [2, 2], 2, false],
  ])('pcpu_get_vm_areas with %s', (_what, offsets, sizes, align, expected) => {
    const { legal } = everything();
    expect(legal({ kind: 'pcpu_get_vm_areas', offsets, sizes, align })).toBe(expected);
  });

  it.each<Call>([
    { kind: 'vm_unmap_aliases' },
    { kind: 'run_work' },
    { kind: 'vread', vpn: 9, pages: 9 },
    { kind: 'fail_alloc', nth: 1 },
  ])('$kind may be made at any time and frees nothing', (call) => {
    const { legal, freed } = everything();
    expect([legal(call), freed(call)]).toEqual([true, []]);
  });
});
