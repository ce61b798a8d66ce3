import { describe, expect, it } from 'vitest';
import { Hardware } from '../../../models/hardware/hardware.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';
import { Task } from '../../../models/kernel/locks.ts';
import { runStepped } from '../../../models/kernel/point.ts';
import { mail4 } from '../../../models/policies/mail4.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { Ledger } from '../../../models/reference/ledger.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { caseOf, policyNamed, see } from './see.ts';

const SMALL = 'cpus=2 vmalloc=64 block=4 max-alloc=2';
const FIRST_FRAME = 2 ** 24;

/** What the last vread of a case returned: callers' frames as 1, 2, ..., a failed one as is. */
function read(policy: string, operations: string): readonly (number | string)[] {
  const step = see(policy, caseOf(SMALL, operations)).steps.at(-1);
  if (step?.kind !== 'called') return [step?.kind ?? 'nothing'];
  const { outcome } = step;
  if (outcome.status === 'died') return [outcome.reason];
  if (outcome.status !== 'returned-many') return [outcome.status];
  return outcome.values.map((pfn) => (pfn < FIRST_FRAME ? pfn : pfn - FIRST_FRAME + 1));
}

/** How the kernel took the last call of a case, which must not be made. */
function taken(policy: string, operations: string): string {
  const step = see(policy, caseOf(SMALL, operations)).steps.at(-1);
  return step?.kind === 'misused' ? step.verdict : (step?.kind ?? 'nothing');
}

describe('vread', () => {
  const regions = 'A = vm_map_ram(1);B = vm_map_ram(2);vm_unmap_ram(A)';

  it.each([
    ['a region of a block', 'A = vm_map_ram(2);vread(A, 2)', [1, 2]],
    ['a hole, and the region behind it', `${regions};vread(A, 4)`, [0, 2, 3, 0]],
    ['an area of its own', 'A = vm_map_ram(4);vread(A, 4)', [1, 2, 3, 4]],
    ['an area of its own that is unmapped', 'A = vm_map_ram(4);vm_unmap_ram(A);vread(A, 1)', [0]],
    ['vmalloc, with the page behind it', 'A = vmalloc(2);vread(A, 3)', [1, 2, 0]],
    ['vmap, from its second page', 'A = vmap(3);vread(A+1, 2)', [2, 3]],
    ['I/O memory', 'A = ioremap(2);vread(A, 2)', [0, 0]],
    ['an area without pages', 'A = get_vm_area(2);vread(A, 2)', [0, 0]],
  ])('reads %s alike under both readings of the marks', (_what, operations, expected) => {
    expect(read('mail4-v2', operations)).toEqual(expected);
    expect(read('mail4-flags-split', operations)).toEqual(expected);
  });

  it('is not changed by marks that nobody reads', () => {
    expect(read('v6.1', 'A = vm_map_ram(2);vread(A, 2)')).toEqual([]);
    expect(read('mail4-flags', 'A = vm_map_ram(2);vread(A, 2)')).toEqual([]);
  });

  it('dies on a block that is marked in one way and read in the other', () => {
    expect(read('mail4-flags-mixed', 'A = vm_map_ram(2);vread(A, 2)')).toEqual([
      'vread: vm->flags, and vm is NULL',
    ]);
    expect(read('mail4-flags-mixed', 'A = vm_map_ram(4);vread(A, 1)')).toEqual([1]);
  });

  it('reads a block page by page, exactly, if both marks are taken for VMAP_RAM alone', () => {
    const middle = 'A = vm_map_ram(2);vread(A+1, 1)';
    expect(read('mail4-flags-mixed-reverse', middle)).toEqual([2]);
    // From the region's first page, and that is why v2 and v6.3 violate vread-exact.
    expect(read('mail4-v2', middle)).toEqual([1]);
  });

  it('reads a hole as the region behind it, if only the first byte is zeroed', () => {
    expect(read('mail4-vread-off-by-one', `${regions};vread(A, 3)`)).toEqual([2, 3, 0]);
    expect(see('mail4-vread-off-by-one', caseOf(SMALL, `${regions};vread(A, 3)`)).violated).toEqual(
      ['vread-exact'],
    );
  });

  it('does not show bits that are cleared late, as long as nobody reads meanwhile', () => {
    for (const operations of [`${regions};vread(A, 4)`, `${regions};vm_unmap_ram(B);vread(A, 4)`]) {
      expect(read('mail4-used-bit-late', operations)).toEqual(read('mail4-v2', operations));
    }
  });
});

describe('calls that must not be made', () => {
  const again = 'A = vm_map_ram(4);vm_unmap_ram(A);vm_unmap_ram(A)';

  it('vm_unmap_ram of a large area that is gone: BUG, or a warning', () => {
    expect(Object.fromEntries(mail4.map(({ name }) => [name, taken(name, again)]))).toEqual({
      'mail4-flags': 'died',
      'mail4-v2': 'died',
      'mail4-flags-split': 'died',
      'mail4-flags-mixed': 'died',
      'mail4-flags-mixed-reverse': 'died',
      'mail4-vread-off-by-one': 'died',
      'mail4-used-bit-late': 'died',
      'mail4-unlink-on-entry': 'refused',
      'mail4-bug-on': 'died',
      'mail4-warn': 'refused',
    });
  });

  it('the warning says what is wrong', () => {
    const warned = see('mail4-warn', caseOf(SMALL, again)).steps.at(-1);
    expect(warned).toMatchObject({ outcome: { warning: 'vm_unmap_ram: !va' } });
    const died = see('mail4-bug-on', caseOf(SMALL, again)).steps.at(-1);
    expect(died).toMatchObject({ outcome: { cause: 'bug', reason: 'BUG: vm_unmap_ram: !va' } });
  });

  it.each([
    ['v6.1', 'A = vmalloc(2);vfree(A);vfree(A)', 'refused'],
    ['mail4-unlink-on-entry', 'A = vmalloc(2);vfree(A);vfree(A)', 'refused'],
    ['v6.1', 'A = vmap(2);vunmap(A);vfree(A)', 'refused'],
    ['mail4-unlink-on-entry', 'A = vmap(2);vunmap(A);vfree(A)', 'refused'],
    ['v6.1', 'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_ram(A)', 'accepted'],
    ['mail4-v2', 'A = vm_map_ram(1);B = vm_map_ram(1);vm_unmap_ram(A);vm_unmap_ram(A)', 'accepted'],
  ])('%s: %s is %s', (policy, operations, verdict) => {
    expect(taken(policy, operations)).toBe(verdict);
  });
});

describe('two tasks that free one area at the same time', () => {
  /** The second frees it when the first has looked it up; what becomes of the first. */
  function race(policy: string): string {
    const observer = new Ledger(DEFAULT_MACHINE, new NaiveStaleTlb(2));
    const hardware = new Hardware(DEFAULT_MACHINE, observer);
    const kernel = new (kernelOf(policyNamed(policy)))(DEFAULT_MACHINE, hardware, observer);
    const [start, end] = kernel.rangeOf('vmalloc');
    kernel.interleaved = true;
    const area = runStepped(kernel.__vmalloc_node_range(2, 1, start, end, 0));

    const first = new Task('first', 0);
    kernel.current = first;
    const run = kernel.vfree(area);
    let point = run.next();
    while (!point.done && point.value.kind !== 'unlock') point = run.next();
    run.next();
    kernel.current = new Task('second', 1);
    runStepped(kernel.vfree(area));
    const secondWarned = kernel.warning !== null;
    kernel.current = first;
    kernel.warning = null;
    try {
      runStepped(run);
    } catch (error) {
      return error instanceof Error ? error.message : 'died';
    }
    return secondWarned || kernel.warning !== null ? 'one is refused' : 'both succeed';
  }

  it('is caught where the lookup is the unlink, and where its result is asked for', () => {
    expect(race('v6.4')).toBe('one is refused');
    expect(race('v6.1')).toMatch(/freed|double free/);
    expect(race('mail4-unlink-on-entry')).toMatch(/freed|double free/);
  });
});
