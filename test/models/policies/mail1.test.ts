import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { caseOf, see } from './see.ts';

const SMALL = 'cpus=2 vmalloc=64 block=4 max-alloc=2';

/** One of the scenarios of the mails, by the name of its file. */
function mailCase(name: string): string {
  return readFileSync(new URL(`../../../scenarios/${name}.case`, import.meta.url), 'utf8');
}

describe('mail1-reset-dirty', () => {
  it('flushes a freed range once, where v6.4 flushes it over and over', () => {
    const text = mailCase('mail1-3-table-4-pages-left');
    expect(see('v6.4', text).calls).toBe(4);
    expect(see('mail1-reset-dirty', text).flushes).toEqual([
      '256 pages at 0, 255 dirty',
      '256 pages at 256, 255 dirty',
    ]);
  });

  it('still flushes nothing of a block that is used up, and all of one that is all dirty', () => {
    const { violated, flushes } = see('mail1-reset-dirty', mailCase('mail1-2-table-as-written'));
    expect([violated, flushes]).toEqual([['no-stale-alias'], []]);
    const late = see('mail1-reset-dirty', mailCase('mail1-8-last-of-255-freed-late'));
    expect(late.flushes.at(-1)).toBe('1024 pages at 0, 4 dirty');
  });
});

describe('mail1-free-threshold', () => {
  it('keeps the block that was allocated just before', () => {
    const text = mailCase('mail1-1-block-thrown-away');
    expect(see('v6.4', text)).toMatchObject({ blocks: 2, flushes: ['1024 pages at 0, 1 dirty'] });
    expect(see('mail1-free-threshold', text)).toMatchObject({
      blocks: 1,
      flushes: ['1 pages at 0, 1 dirty'],
      violated: [],
    });
  });

  it('gives the block up when address space has run out', () => {
    const operations = 'A = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_aliases();B = vmalloc(6)';
    const { steps, flushes } = see(
      'mail1-free-threshold',
      caseOf('cpus=1 vmalloc=8 block=4 max-alloc=2', operations),
    );
    expect(steps.at(-1)).toMatchObject({ outcome: { status: 'returned', value: 0 } });
    // The dirty range is flushed again: nothing resets it.
    expect(flushes).toEqual(['1 pages at 0, 1 dirty', '4 pages at 0, 0 dirty']);
  });
});

describe('mail1-skip-blocks', () => {
  const free = 'A = vm_map_ram(2);B = vm_map_ram(2);vm_unmap_ram(A);vm_unmap_aliases()';
  const last = caseOf(SMALL, `${free};vm_unmap_ram(B);vm_unmap_aliases()`);

  it('saves the second flush of A, and loses the only flush of B', () => {
    expect(see('v6.5', last).flushes).toEqual(['2 pages at 0, 2 dirty', '4 pages at 0, 2 dirty']);
    expect(see('mail1-skip-blocks', last)).toMatchObject({
      flushes: ['2 pages at 0, 2 dirty'],
      violated: ['no-stale-alias'],
    });
    expect(see('exact', last)).toMatchObject({
      flushes: ['2 pages at 0, 2 dirty', '2 pages at 2, 2 dirty'],
      violated: [],
    });
  });

  it('skips an area that is no block, because it was merged with one', () => {
    const regions = 'A = vm_map_ram(2);B = vm_map_ram(2);C = vm_map_ram(4)';
    const text = caseOf(
      SMALL,
      `${regions};vm_unmap_ram(A);vm_unmap_ram(B);vm_unmap_ram(C);vm_unmap_aliases()`,
    );
    expect(see('v6.5', text).flushes).toEqual(['8 pages at 0, 8 dirty']);
    expect(see('mail1-skip-blocks', text)).toMatchObject({
      flushes: [],
      violated: ['no-stale-alias'],
    });
  });
});

describe('mail1-hold-flush', () => {
  it('leaves stale what vm_unmap_aliases() is called for', () => {
    const text = mailCase('mail1-9-fully-used-block');
    const stale = (policy: string) =>
      see(policy, text).steps.flatMap((step) => (step.kind === 'touched' ? [step.stale] : []));
    expect(stale('v6.5')).toEqual([false, false]);
    expect(stale('mail1-hold-flush')).toEqual([false, true]);
    expect(see('mail1-hold-flush', text).flushes).toEqual(['1024 pages at 0, 1024 dirty']);
  });
});

describe('mail1-reset-perms-alone', () => {
  const operations = [
    'A = vmalloc(2)',
    'B = vmalloc(2, modules, VM_FLUSH_RESET_PERMS)',
    'vfree(A)',
    'vfree(B)',
    'vm_unmap_aliases()',
  ];
  const text = caseOf(`${SMALL} modules=16`, operations.join(';'));
  const MODULES = 2 ** 34;

  it('flushes the area and its frames, and purges nothing else', () => {
    const frames = 'pages at -17179869181, 2 dirty';
    expect(see('v6.4', text).flushes).toEqual([`${2 * MODULES} pages at -17179869181, 6 dirty`]);
    expect(see('mail1-reset-perms-alone', text).flushes).toEqual([
      `3 pages at ${MODULES}, 2 dirty`,
      `2 ${frames}`,
      '3 pages at 0, 2 dirty',
    ]);
  });
});

describe('mail1-per-area', () => {
  const operations =
    'A = vmalloc(2);B = vmalloc(8);C = vmalloc(3);D = vm_map_ram(2);' +
    'vm_unmap_ram(D);vfree(A);vfree(C);vm_unmap_aliases()';
  const text = caseOf(SMALL, operations);

  it('hands over each area and each dirty range, in one call', () => {
    expect(see('v6.5', text)).toMatchObject({ flushes: ['18 pages at 0, 7 dirty'], calls: 1 });
    expect(see('mail1-per-area', text)).toMatchObject({
      flushes: ['2 pages at 16, 2 dirty', '3 pages at 0, 2 dirty', '4 pages at 12, 3 dirty'],
      calls: 1,
    });
    expect(see('exact', text)).toMatchObject({
      flushes: ['2 pages at 16, 2 dirty', '2 pages at 0, 2 dirty', '3 pages at 12, 3 dirty'],
      calls: 1,
    });
  });

  it('leaves the hull inside a block as it is', () => {
    const far = mailCase('mail1-7-1002-pages-for-4');
    expect(see('mail1-per-area', far).flushes).toEqual(['1002 pages at 0, 4 dirty']);
    expect(see('exact', far)).toMatchObject({
      flushes: ['2 pages at 0, 2 dirty', '2 pages at 1000, 2 dirty'],
      calls: 1,
    });
  });
});

describe('mail1-age', () => {
  const unusedFor = (calls: number) =>
    caseOf(
      SMALL,
      `A = vm_map_ram(1);vm_unmap_ram(A)${';vm_unmap_aliases()'.repeat(calls)};B = vm_map_ram(1)`,
    );

  it('keeps a block that was used lately', () => {
    expect(see('mail1-age', unusedFor(4))).toEqual(see('v6.5', unusedFor(4)));
  });

  it('recycles one that was not, with three quarters of it free', () => {
    expect(see('v6.5', unusedFor(5)).blocks).toBe(1);
    const { blocks, violated } = see('mail1-age', unusedFor(5));
    expect(blocks).toBe(2);
    expect(violated).toContain('no-premature-purge');
  });
});
