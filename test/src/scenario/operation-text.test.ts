import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { printOperation } from '../../../src/scenario/operation-print.ts';

const A = { area: 'A', offset: 0 } as const;
const vmalloc = {
  kind: 'vmalloc',
  area: 'A',
  align: 1,
  range: 'vmalloc',
  resetPerms: false,
} as const;

const CANONICAL: readonly (readonly [string, Operation])[] = [
  ['A = vmalloc(3)', { ...vmalloc, pages: 3 }],
  ['A = vmalloc(3, align=4)', { ...vmalloc, pages: 3, align: 4 }],
  [
    'A = vmalloc(2, modules, VM_FLUSH_RESET_PERMS)',
    { ...vmalloc, pages: 2, range: 'modules', resetPerms: true },
  ],
  ['A = vmap(2)', { kind: 'vmap', area: 'A', pages: 2 }],
  ['A = vm_map_ram(0)', { kind: 'vm_map_ram', area: 'A', pages: 0 }],
  ['A = get_vm_area(17179869184)', { kind: 'get_vm_area', area: 'A', pages: 2 ** 34 }],
  ['A = ioremap(4)', { kind: 'ioremap', area: 'A', pages: 4 }],
  [
    'A = pcpu_get_vm_areas(0+2, 8+2, align=2)',
    { kind: 'pcpu_get_vm_areas', area: 'A', offsets: [0, 8], sizes: [2, 2], align: 2 },
  ],
  [
    'A = pcpu_get_vm_areas(8+1)',
    { kind: 'pcpu_get_vm_areas', area: 'A', offsets: [8], sizes: [1], align: 1 },
  ],
  ['vfree(A)', { kind: 'vfree', at: A }],
  ['vfree_atomic(A)', { kind: 'vfree_atomic', at: A }],
  ['vunmap(A-1)', { kind: 'vunmap', at: { area: 'A', offset: -1 } }],
  ['free_vm_area(@123)', { kind: 'free_vm_area', at: { vpn: 123 } }],
  ['pcpu_free_vm_areas(A)', { kind: 'pcpu_free_vm_areas', at: A }],
  ['vm_unmap_ram(A)', { kind: 'vm_unmap_ram', at: A, pages: null }],
  ['vm_unmap_ram(A, 3)', { kind: 'vm_unmap_ram', at: A, pages: 3 }],
  ['vm_unmap_aliases()', { kind: 'vm_unmap_aliases' }],
  ['set_memory_ro(A)', { kind: 'set_memory_ro', at: A }],
  ['vread(A+1, 2)', { kind: 'vread', at: { area: 'A', offset: 1 }, pages: 2 }],
  ['vmalloc_to_page(A+1)', { kind: 'vmalloc_to_page', at: { area: 'A', offset: 1 } }],
  ['find_vm_area(@-5)', { kind: 'find_vm_area', at: { vpn: -5 } }],
  ['touch(A+1) on cpu1', { kind: 'touch', at: { area: 'A', offset: 1 }, cpu: 1 }],
  ['migrate(1)', { kind: 'migrate', cpu: 1 }],
  ['run_work()', { kind: 'run_work' }],
  ['shrink()', { kind: 'shrink' }],
  ['fail_alloc(2)', { kind: 'fail_alloc', nth: 2 }],
  ['register_vmap_purge_notifier(A)', { kind: 'register_vmap_purge_notifier', at: A }],
];

describe('the text of an operation', () => {
  it.each(CANONICAL)('%s', (text, operation) => {
    expect(parseOperation(text)).toEqual(operation);
    expect(printOperation(operation)).toBe(text);
  });

  it.each([
    [
      'A=vmalloc( 3,VM_FLUSH_RESET_PERMS ,modules, align=4 )',
      'A = vmalloc(3, align=4, modules, VM_FLUSH_RESET_PERMS)',
    ],
    ['A = vmalloc(007, align=1)', 'A = vmalloc(7)'],
    ['A = pcpu_get_vm_areas(align=2, 0 + 2)', 'A = pcpu_get_vm_areas(0+2, align=2)'],
    ['vread( A - 0 , 2 )', 'vread(A, 2)'],
    ['touch (A)  on  cpu01', 'touch(A) on cpu1'],
    ['vfree(@-0)', 'vfree(@0)'],
  ])('takes %s', (text, canonical) => {
    expect(printOperation(parseOperation(text))).toBe(canonical);
    expect(parseOperation(text)).toEqual(parseOperation(canonical));
  });

  it.each([
    ['', '"" is not an operation, such as A = vmalloc(3) or vfree(A)'],
    ['vfree', 'vfree is written vfree(A)'],
    ['vfree(A', '"vfree(A" is not an operation'],
    ['vfree)A(', 'is not an operation'],
    ['vfree(find_vm_area(A))', 'is not an operation'],
    ['vfree(A) // why', '"// why" does not belong after the closing parenthesis'],
    ['vmap_ram(2)', 'unknown operation "vmap_ram"; did you mean "vm_map_ram"?'],
    ['kfree(A)', 'unknown operation "kfree"; did you mean "vfree"?'],
    ['toString(A)', 'unknown operation "toString"'],
    ['vmalloc(3)', 'vmalloc is written A = vmalloc(PAGES, '],
    ['A = vfree(B)', 'vfree is written vfree(A)'],
    ['A = B = vmap(2)', 'unknown operation "B = vmap"'],
    ['a = vmap(2)', '"a" is not an area name, such as A or B2'],
    ['A = vmap()', 'vmap is written A = vmap(PAGES)'],
    ['A = vmap(2, 3)', 'vmap is written A = vmap(PAGES)'],
    ['A = vmap(-2)', 'pages: "-2" is not a number'],
    ['A = vmap(1048577)', 'pages: "1048577" is not within 0..1048576'],
    ['A = vmalloc(99999999999999999999)', 'is not within 0..17179869184'],
    [
      'A = vmalloc(2, aling=4)',
      '"aling=4" is not one of: align=PAGES, modules, VM_FLUSH_RESET_PERMS',
    ],
    ['A = vmalloc(2, modules, modules)', '"modules" is not one of'],
    ['A = vmalloc(2, align=3)', 'align: 3 is not a power of two'],
    ['A = vmalloc(2, align=0)', 'align: "0" is not within 1..'],
    ['A = pcpu_get_vm_areas(align=2)', 'pcpu_get_vm_areas takes 1..64 areas'],
    ['A = pcpu_get_vm_areas(0+2, align=2, align=2)', '"align=2" is not one of: one align=PAGES'],
    ['A = pcpu_get_vm_areas(0+3, align=2)', 'pcpu_get_vm_areas: 3 is not a multiple of 2'],
    ['A = pcpu_get_vm_areas(4+2, 0+5)', 'pcpu_get_vm_areas: two areas cover page 4'],
    ['A = pcpu_get_vm_areas(0)', '"0" is not one of: OFFSET+PAGES'],
    ['vfree(b)', '"b" is not a place, such as A, A+3 or @123'],
    ['vfree(A+)', 'page of "A+": "" is not a number'],
    ['vfree(A+1+1)', 'is not a number'],
    ['vfree(@9999999999999)', 'is not within 0..1099511627776'],
    ['touch(A)', 'touch is written touch(A) on cpuN'],
    ['touch(A) on 1', '"1" is not a CPU, such as cpu0'],
    ['vfree(A) on cpu1', 'vfree is written vfree(A)'],
    ['fail_alloc(0)', 'allocation: "0" is not within 1..'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseOperation(text, 7)).toThrow(ScenarioError);
    expect(() => parseOperation(text, 7)).toThrow(problem);
    expect(() => parseOperation(text, 7)).toThrow(/^line 7: [^\n]*$/);
  });
});
