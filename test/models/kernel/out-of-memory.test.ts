import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf, type Policy } from '../../../models/policies/policy.ts';
import { properties } from '../../../properties/index.ts';
import type { Property } from '../../../properties/property.ts';
import { CheckedRun, type Step } from '../../../src/explore/checked-run.ts';
import { ALLOCATORS, type Allocator, Roster } from '../../../src/explore/roster.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { parseOperation } from '../../../src/scenario/operation-parse.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';

/** Where a kernel stands when memory runs out. */
interface Situation {
  readonly name: string;
  readonly machine: Machine;
  readonly operations: readonly string[];
}

const large = { ...DEFAULT_MACHINE, vmallocPages: 4096, ramPages: 2048 };

const SITUATIONS: readonly Situation[] = [
  { name: 'a new machine', machine: DEFAULT_MACHINE, operations: [] },
  {
    name: 'areas, holes, something to be freed later, and no spare on this CPU',
    machine: { ...DEFAULT_MACHINE, vmapNodes: 2, zonePages: 8 },
    operations: [
      'A = vmalloc(3)',
      'B = vm_map_ram(1)',
      'C = vmap(2)',
      'D = vm_map_ram(3)',
      'E = vm_map_ram(2)',
      'vfree(A)',
      'vm_unmap_ram(B)',
      'F = vmalloc(1)',
      'vfree_atomic(F)',
      'migrate(1)',
    ],
  },
  {
    name: 'no room until lazy areas and a block are purged',
    machine: { ...DEFAULT_MACHINE, vmallocPages: 24, lazyMaxPages: 64 },
    operations: ['A = vmalloc(8)', 'B = vm_map_ram(1)', 'vfree(A)', 'vm_unmap_ram(B)'],
  },
  {
    name: 'no room until a purge notifier gives an area up',
    machine: { ...DEFAULT_MACHINE, vmallocPages: 24 },
    operations: ['A = vmap(20)', 'register_vmap_purge_notifier(A)'],
  },
  {
    name: 'the border of a page table ahead',
    machine: large,
    operations: ['A = get_vm_area(506)', 'B = get_vm_area(1)', 'free_vm_area(B)'],
  },
  {
    name: 'RAM for 4 more pages',
    machine: { ...DEFAULT_MACHINE, ramPages: 24 },
    operations: ['A = vmalloc(20)'],
  },
];

const ALLOCATIONS = [
  'Z = vmalloc(3)',
  'Z = vmalloc(6, VM_FLUSH_RESET_PERMS)',
  'Z = vmalloc(2, align=4)',
  'Z = vmalloc(600)',
  'Z = vmap(6)',
  'Z = vm_map_ram(2)',
  'Z = vm_map_ram(6)',
  'Z = get_vm_area(3)',
  'Z = ioremap(6)',
  'Z = pcpu_get_vm_areas(0+2, 6+2, align=2)',
];

/** How what an allocator gave is given back. */
const FREE: Readonly<Record<Allocator, (name: string) => string>> = {
  vmalloc: (name) => `vfree(${name})`,
  vmap: (name) => `vunmap(${name})`,
  vm_map_ram: (name) => `vm_unmap_ram(${name})`,
  get_vm_area: (name) => `free_vm_area(${name})`,
  ioremap: (name) => `vunmap(${name})`,
  pcpu_get_vm_areas: (name) => `pcpu_free_vm_areas(${name})`,
};

/** A machine that has memory for `left` more allocations, then none for `missing`, then again. */
class StarvedRun {
  readonly run: CheckedRun;
  readonly #roster = new Roster();
  left = Number.POSITIVE_INFINITY;
  missing = 0;

  constructor(policy: Policy, machine: Machine, watched: readonly Property[]) {
    const starved = this;
    class Starved extends kernelOf(policy) {
      override mayAllocate(): boolean {
        if (starved.left-- > 0 || starved.missing-- <= 0) return super.mayAllocate();
        this.failedAllocations++;
        return false;
      }
    }
    const subject = new PolicySubject(policy.name, Starved);
    this.run = new CheckedRun(subject, machine, watched, { tlb: 'fast', stateInterval: 1 });
  }

  step(operation: Operation): Step {
    const step = this.run.step(operation);
    this.#roster.note(this.run, operation, step);
    return step;
  }

  /** Gives everything back, and lets nothing wait: no work, no lazy area, no fragmented block. */
  freeEverything(): void {
    this.#roster.forgetReleased(this.run);
    for (const allocator of ALLOCATORS) {
      const names = [...this.#roster.live[allocator]];
      for (const name of names) this.step(parseOperation(FREE[allocator](name)));
    }
    const { vmallocPages } = this.run.machine;
    this.step({ kind: 'run_work' });
    this.step({ kind: 'vm_unmap_aliases' });
    // There is no room for this, so everything that can be purged is.
    this.step({ kind: 'get_vm_area', area: 'ZZ', pages: vmallocPages });
    this.step({ kind: 'run_work' });
  }
}

/** What is left when nothing should be, in words; empty: nothing. */
function leftovers({ run }: StarvedRun): string[] {
  const { busy, lazy, blocks, vmapLazyNr, objects, pendingWork } = run.session.inspect();
  const counts: readonly (readonly [string, number])[] = [
    ['busy areas', busy.length / 3],
    ['lazy areas', lazy.length / 2],
    ['lazy pages', vmapLazyNr],
    ['blocks', blocks.length],
    ['work items', pendingWork],
    ['frames', run.ledger.framesInUse.size],
    ...['vm_struct', 'vmap_block', 'page_array'].map(
      (kind) => [kind, objects.get(kind) ?? 0] as const,
    ),
  ];
  return [
    ...run.violations.map(({ property, detail }) => `${property.name}: ${detail}`),
    ...counts.filter(([, count]) => count !== 0).map(([what, count]) => `${count} ${what}`),
  ];
}

/** Whether memory was short, whether the allocation failed, what was left of it in the end. */
function starve(
  policy: Policy,
  watched: readonly Property[],
  { machine, operations }: Situation,
  allocation: string,
  [left, missing]: readonly [number, number],
): { short: boolean; failed: boolean; left: string[] } {
  const starved = new StarvedRun(policy, machine, watched);
  for (const operation of operations) starved.step(parseOperation(operation));
  starved.left = left;
  starved.missing = missing;
  const step = starved.step(parseOperation(allocation));
  starved.left = Number.POSITIVE_INFINITY;
  const short = starved.run.session.failedAllocations() > 0;
  starved.freeEverything();
  return {
    short,
    failed: step.kind === 'called' && step.outcome.status === 'failed',
    left: leftovers(starved),
  };
}

/** One allocation fails, or all from then on. */
const MISSING = [1, Number.POSITIVE_INFINITY];

/** What the kernel's books and the areas in them must look like, short of memory or not. */
const BOOKS = ['space-partition', 'lazy-count', 'block-integrity', 'live-mapping-intact'];

/** Versions whose ways to fail differ. */
const VERSIONS = ['v5.0', 'v6.1', 'v6.5', 'v6.12'];

function policyOf(name: string): Policy {
  const policy = policies.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  return policy;
}

describe.each(VERSIONS)('%s', (name) => {
  const policy = policyOf(name);
  // What the policy is known to violate is not what this is about.
  const watched = properties.filter(
    ({ name }) => BOOKS.includes(name) && policy.expected[name]?.verdict !== 'violated',
  );

  it.each(ALLOCATIONS)('loses nothing in %s', (allocation) => {
    let failures = 0;
    for (const situation of SITUATIONS) {
      for (const missing of MISSING) {
        // One allocation later each time, until the call needs no more than there are.
        for (let short = true, nth = 0; short; nth++) {
          const result = starve(policy, watched, situation, allocation, [nth, missing]);
          const when = `${situation.name}: ${nth} allocations, then ${missing} missing`;
          expect(result.left, when).toEqual([]);
          if (result.failed) failures++;
          short = result.short;
        }
      }
    }
    expect(failures).toBeGreaterThan(SITUATIONS.length);
  });
});
