import { describe, expect, it } from 'vitest';
import { properties } from '../../../properties/index.ts';
import { executionLines, legendLines } from '../../../src/report/execution-text.ts';
import { traceScenario } from '../../../src/report/trace.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';

/** The execution of a case whose machine and operations are given, told. */
function told(policy: string, property: string | null, machine: string, operations: string[]) {
  const text = ['vmapcheck case 1', `machine ${machine}`, 'task on cpu0', ...operations, 'end'];
  const { scenario } = parseCase(text.join('\n'));
  const watched = properties.filter(({ name }) => property === null || name === property);
  const trace = traceScenario(builtInPolicy(policy).subject(), scenario, watched);
  return [...executionLines(trace), ...legendLines(trace)].join('\n');
}

const FULL_BLOCK = ['A = vm_map_ram(2)', 'B = vm_map_ram(2)', 'vm_unmap_ram(A)'];
const SMALL = 'cpus=2 vmalloc=64 block=4 max-alloc=2';

describe('the fully used block', () => {
  const operations = [...FULL_BLOCK, 'vm_unmap_aliases()'];

  it('is told for v6.4', () => {
    expect(told('v6.4', 'no-stale-alias', SMALL, operations)).toMatchInlineSnapshot(`
      "                                     block free dirty min max list stale
      1  A = vm_map_ram(2) -> page 0           0    2     0   4   0 cpu0     0
           maps 0-2
      2  B = vm_map_ram(2) -> page 2           0    0     0   4   0    -     0
           maps 2-4
      3  vm_unmap_ram(A)                       0    0     2   0   2    -     2
           clears 0-2
      4  vm_unmap_aliases()                                                  2
           no flush
      (a-b: pages a to b-1; block: its first page, then its changed fields;
       list: its free list; stale: unmapped pages a TLB may still hold.)"
    `);
  });

  it('is told for v6.5', () => {
    expect(told('v6.5', 'no-stale-alias', SMALL, operations)).toMatchInlineSnapshot(`
      "                                     block free dirty min max list stale
      1  A = vm_map_ram(2) -> page 0           0    2     0   4   0 cpu0     0
           maps 0-2
      2  B = vm_map_ram(2) -> page 2           0    0     0   4   0    -     0
           maps 2-4
      3  vm_unmap_ram(A)                       0    0     2   0   2    -     2
           clears 0-2
      4  vm_unmap_aliases()                    0    0     2   4   0    -     0
           flush 0-2 (2 pages, 2 dirty)
      (a-b: pages a to b-1; block: its first page, then its changed fields;
       list: its free list; stale: unmapped pages a TLB may still hold.)"
    `);
  });

  it('is told alike each time', () => {
    const [first, second] = [1, 2].map(() => told('v6.4', null, SMALL, operations));
    expect(first).toBe(second);
  });
});

it('tells lazy areas, the direct map, modules, several blocks and calls not allowed', async () => {
  const operations = [
    'A = vmalloc(3, align=2, modules, VM_FLUSH_RESET_PERMS)',
    'B = vm_map_ram(1)',
    'migrate(1)',
    'C = vm_map_ram(2)',
    'set_memory_ro(A)',
    'vm_unmap_ram(B)',
    'vm_unmap_ram(C)',
    'touch(A+1) on cpu1',
    'touch(B) on cpu1',
    'vread(A, 9)',
    'vmalloc_to_page(A+2)',
    'find_vm_area(A)',
    'X = pcpu_get_vm_areas(0+2, 8+4, 16+32, align=2)',
    'vfree(A)',
    'pcpu_free_vm_areas(X)',
    'D = vmalloc(2)',
    'vfree_atomic(D)',
    'run_work()',
    'vfree(D)',
    'fail_alloc(1)',
    'E = vmalloc(1)',
    'vfree(E)',
    'vm_unmap_ram(@99, 2)',
    'vm_unmap_aliases()',
  ];
  const text = told('v6.4', null, `${SMALL} modules=16`, operations);
  await expect(text).toMatchFileSnapshot('everything.txt');
});

it('keeps to 72 columns beside the figures of a machine of real size', () => {
  const operations = [
    'A = get_vm_area(60000)',
    'B = vm_map_ram(255)',
    'migrate(1)',
    'C = pcpu_get_vm_areas(0+1024, 2048+1024, 4096+1024, align=1024)',
    'D = vm_map_ram(255)',
    'vm_unmap_ram(B)',
    'vm_unmap_ram(D)',
    'vm_unmap_aliases()',
  ];
  const machine = 'cpus=2 vmalloc=8589934592 block=1024 max-alloc=256 lazy-max=65536';
  expect(told('v6.4', 'flush-exact', machine, operations)).toMatchInlineSnapshot(`
    "                                    block free dirty  min max list stale
    1  A = get_vm_area(60000) -> page 0                                    0
    2  B = vm_map_ram(255)              60416  768     0 1024   0 cpu0     0
         -> page 60416
         maps 60416-60671
    3  migrate(1)                                                          0
    4  C = pcpu_get_vm_areas(0+1024,                                       0
           2048+1024, 4096+1024,
           align=1024)
         -> pages 8589929472, 8589931520, 8589933568
    5  D = vm_map_ram(255)              61440  768     0 1024   0 cpu1     0
         -> page 61440
         maps 61440-61695
    6  vm_unmap_ram(B)                  60416  768   256    0 256 cpu0   255
         clears 60416-60671
    7  vm_unmap_ram(D)                  61440  768   256    0 256 cpu1   510
         clears 61440-61695
    8  vm_unmap_aliases()                                                  0
         flush 60416-62464 (2048 pages, 510 dirty, as a full flush)
         block 60416 is gone
         block 61440 is gone
    (a-b: pages a to b-1; block: its first page, then its changed fields;
     list: its free list; stale: unmapped pages a TLB may still hold.)"
  `);
});
