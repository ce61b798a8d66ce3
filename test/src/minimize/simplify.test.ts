import { expect, it } from 'vitest';
import { plainerOperations } from '../../../src/minimize/simplify.ts';
import { listing, mentions, offers, printed, reduced, scenarioOf, TINY } from './scenarios.ts';

it.each([
  ['A = vmalloc(2, VM_FLUSH_RESET_PERMS)', 'A = vmalloc(2)'],
  ['A = vmalloc(2, modules)', 'A = vmalloc(2)'],
  ['A = vmalloc(2, modules, VM_FLUSH_RESET_PERMS)', 'A = vmalloc(2, modules)'],
  ['A = vmalloc(2);vfree_atomic(A)', 'A = vmalloc(2);vfree(A)'],
  ['A = vm_map_ram(2);vm_unmap_ram(A, 2)', 'A = vm_map_ram(2);vm_unmap_ram(A)'],
  ['A = vmap(2);vread(@1, 1)', 'A = vmap(2);vread(A+1, 1)'],
  ['A = vmalloc(2);set_memory_ro(A)', 'A = vmalloc(2);vm_unmap_aliases()'],
  ['A = pcpu_get_vm_areas(0+1, 1+1)', 'A = pcpu_get_vm_areas(0+1)'],
  ['A = vmap(2);vunmap(A)', 'A = vm_map_ram(2);vm_unmap_ram(A)'],
  ['A = ioremap(2);vunmap(A)', 'A = get_vm_area(2);free_vm_area(A)'],
  ['A = vmap(2);B = vmap(1);vunmap(B)', 'A = vmap(2);B = vm_map_ram(1);vm_unmap_ram(B)'],
  ['A = vm_map_ram(2);fail_alloc(3)', 'A = vm_map_ram(2);vm_unmap_ram(A)'],
])('%s: offers %s', (from, to) => {
  const offered = offers(plainerOperations(scenarioOf(TINY, from)));
  expect(offered).toContain(printed(scenarioOf(TINY, to)));
});

it('keeps what the violation needs', () => {
  const start = scenarioOf(TINY, 'A = vmalloc(2, align=2, modules, VM_FLUSH_RESET_PERMS)');
  const end = reduced(start, mentions('modules'), (search) => search.exhaust(plainerOperations));
  expect(listing(end)).toEqual(['A = vmalloc(2, align=2, modules)']);
});

it('takes all areas of a kind to another function where one alone would not do', () => {
  const start = scenarioOf(TINY, 'A = vmap(1);B = vmap(1);vunmap(A);vunmap(B)');
  const alike = (scenario: typeof start): boolean => {
    const kinds = scenario.tasks[0]?.operations.map(({ kind }) => kind) ?? [];
    return kinds[0] === kinds[1] && kinds[2] === kinds[3];
  };
  const end = reduced(start, alike, (search) => search.exhaust(plainerOperations));
  expect(listing(end)[1]).toBe('B = vm_map_ram(1)');
});
