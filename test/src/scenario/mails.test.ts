import { describe, expect, it } from 'vitest';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { areaName } from '../../../src/scenario/names.ts';

const REAL_BLOCK = 'vmalloc=65536 ram=4096 block=1024';

/** The scenarios of the May 2023 thread on excessive TLB flush ranges, as one would type them. */
const SCENARIOS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'four times 255 pages in one block, the first one freed, flushed over and over',
    `${REAL_BLOCK} max-alloc=256`,
    [
      ...['A', 'B', 'C', 'D'].map((area) => `${area} = vm_map_ram(255)`),
      'vm_unmap_ram(A)',
      'vm_unmap_aliases()',
      'vm_unmap_aliases()',
    ],
  ],
  [
    'dirty ranges, case 1: flush between freeing A and C',
    `${REAL_BLOCK} max-alloc=64`,
    [
      ...mapped(2, 4, 2),
      'vm_unmap_ram(A)',
      'vm_unmap_aliases()',
      'vm_unmap_ram(C)',
      'vm_unmap_aliases()',
    ],
  ],
  [
    'dirty ranges, case 2: no flush between freeing A and C',
    `${REAL_BLOCK} max-alloc=64`,
    [...mapped(2, 4, 2), 'vm_unmap_ram(A)', 'vm_unmap_ram(C)', 'vm_unmap_aliases()'],
  ],
  [
    'dirty ranges, case 3: A, C and B freed, then one flush',
    `${REAL_BLOCK} max-alloc=64`,
    [
      ...mapped(2, 4, 2),
      ...['A', 'C', 'B'].map((area) => `vm_unmap_ram(${area})`),
      'vm_unmap_aliases()',
    ],
  ],
  [
    '1002 pages asked for 4',
    `${REAL_BLOCK} max-alloc=512`,
    [
      ...mapped(2, 2, 4, 8, 16, 32, 64, 128, 256, 256, 128, 64, 32, 8, 2),
      'vm_unmap_ram(A)',
      'vm_unmap_ram(O)',
      'vm_unmap_aliases()',
    ],
  ],
  [
    '255 times 4 pages, 254 freed and flushed, then the last one',
    `${REAL_BLOCK} max-alloc=64 lazy-max=8192`,
    [
      ...mapped(...Array.from({ length: 255 }, () => 4)),
      ...Array.from({ length: 254 }, (_, index) => `vm_unmap_ram(${areaName(index)})`),
      'vm_unmap_aliases()',
      `vm_unmap_ram(${areaName(254)})`,
      'vm_unmap_aliases()',
    ],
  ],
  [
    'a block thrown away between two allocations',
    `${REAL_BLOCK} max-alloc=64`,
    ['A = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_aliases()', 'B = vm_map_ram(1)'],
  ],
  [
    'dirty | still mapped | dirty | free',
    'block=8',
    [...mapped(2, 2, 2), 'vm_unmap_ram(A)', 'vm_unmap_ram(C)', 'vm_unmap_aliases()'],
  ],
  [
    'dirty | free',
    'block=8',
    [...mapped(2, 2), 'vm_unmap_ram(A)', 'vm_unmap_ram(B)', 'vm_unmap_aliases()'],
  ],
  [
    'a BPF program freed while a vm_map_ram is lazy: a hull over two ranges',
    'modules=16',
    [
      'A = vmalloc(1, modules, VM_FLUSH_RESET_PERMS)',
      'set_memory_ro(A)',
      'B = vm_map_ram(4)',
      'vm_unmap_ram(B)',
      'vfree(A)',
    ],
  ],
];

function mapped(...sizes: number[]): string[] {
  return sizes.map((pages, index) => `${areaName(index)} = vm_map_ram(${pages})`);
}

describe('the scenarios of the mails', () => {
  it.each(SCENARIOS)('%s', (title, machine, operations) => {
    const typed = [
      'vmapcheck case 1',
      `# ${title}`,
      `machine ${machine}`,
      'task on cpu0',
      ...operations,
    ];
    const read = parseCase([...typed, 'end'].join('\n'));
    const printed = printCase(read);
    expect(printed.split('\n').filter((line) => line.startsWith('  '))).toEqual(
      operations.map((operation) => `  ${operation}`),
    );
    expect(parseCase(printed)).toEqual(read);
  });
});
